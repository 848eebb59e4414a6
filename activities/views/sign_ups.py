"""How does somebody sign up on the page of an activity, and who has?"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import View

from activities.models import Activity
from activities.queries.sign_ups import in_order, own_sign_up, places_of
from activities.services.sign_ups import SignUpRefused, sign_up, why_not, withdraw
from members.access import PortalView
from members.models import Member
from members.roles import Permission


class SignUpView(PortalView, View):
    """Sign up, or step back with `wish=withdraw`."""

    permission = Permission.VIEW_ACTIVITIES

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        activity = get_object_or_404(self.visible(Activity.objects), pk=pk)
        return redirect("activities:activity", activity.pk)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        activity = get_object_or_404(self.visible(Activity.objects), pk=pk)
        member = getattr(request.user, "member", None)
        if member is None or member.ended_on:
            raise PermissionDenied
        wanted = {"activity": activity, "member": member, "by": request.user, "now": timezone.now()}
        try:
            self._act(request, wanted)
        except SignUpRefused as refused:
            messages.error(request, str(refused))
        return redirect("activities:activity", activity.pk)

    def _act(self, request: HttpRequest, wanted: dict[str, Any]) -> None:
        if request.POST.get("wish") == "withdraw":
            withdraw(**wanted)
            messages.success(request, _("You have stepped back."))
        elif sign_up(**wanted).has_place:
            messages.success(request, _("You have a place."))
        else:
            messages.success(request, _("All places are taken. You are on the waiting list."))


def sign_up_box(activity: Activity, member: Member | None, *, sees_everybody: bool, now: datetime) -> dict[str, Any]:
    """What the page of an activity shows of its places."""
    if not activity.signs_up:
        return {"places": None}
    own = own_sign_up(activity, member)
    belongs = member is not None and member.ended_on is None
    return {
        "places": places_of(activity),
        "own_sign_up": own,
        "why_not": why_not(activity, member, now=now) if belongs and own is None else "",
        "can_sign_up": belongs,
        "signed_up": list(in_order(activity)) if sees_everybody else [],
    }
