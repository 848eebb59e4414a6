"""How does a calendar programme get somebody's calendar, and how does he get its address?"""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.generic import View

from activities.calendar_entries import entries_for
from activities.models import Activity, CalendarAddress
from activities.queries.calendar import file_days, for_a_file
from activities.queries.calendar_addresses import opens, owner_of
from activities.reports.calendar_file import CONTENT_TYPE, calendar_file
from activities.services.calendar_addresses import make_address, switch_off
from members.access import PortalView, access_of
from members.roles import Permission


class CalendarAddressView(PortalView, View):
    """Whether there is an address, and buttons to make a new one or to switch it off. A new one is shown once."""

    permission = Permission.VIEW_ACTIVITIES

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request)

    def post(self, request: HttpRequest) -> HttpResponse:
        if request.POST.get("wish") == "off":
            switch_off(user=request.user)
            return redirect("activities:calendar_address")
        replaces = CalendarAddress.objects.filter(user=request.user).exists()
        token = make_address(user=request.user, language=request.LANGUAGE_CODE, now=timezone.now())
        address = request.build_absolute_uri(reverse("activities:calendar_file", args=[token]))
        return self._page(request, address=address, replaces=replaces)

    def _page(self, request: HttpRequest, address: str = "", *, replaces: bool = False) -> HttpResponse:
        standing = CalendarAddress.objects.filter(user=request.user).first()
        context = {
            "address": address,
            "replaces": replaces,
            "standing": standing,
            "opens": bool(standing) and opens(standing, request.user),
        }
        return render(request, "activities/calendar_address.html", context)


@method_decorator(login_not_required, name="dispatch")
class CalendarFileView(View):
    """The calendar of whoever the token belongs to, without a session; every wrong token is the same 404."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        found = owner_of(token)
        if found is None or not access_of(found.user).may(Permission.VIEW_ACTIVITIES):
            raise Http404
        with translation.override(found.language):
            content = self._content(request, found.user)
        return HttpResponse(content, content_type=CONTENT_TYPE, headers={"Cache-Control": "private, no-store"})

    def _content(self, request: HttpRequest, user) -> bytes:
        now = timezone.now()
        today = timezone.localdate(now)
        own = getattr(user, "member", None)
        visible = Activity.objects.visible_to(user, Permission.VIEW_ACTIVITIES)
        return calendar_file(
            for_a_file(visible, member=own, now=now),
            entries_for(user, *file_days(today)),
            name=_("Branch Portal"),
            host=request.build_absolute_uri("/").rstrip("/"),
            now=now,
        )
