"""What does the portal keep about people, and has this person read that?"""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, resolve_url
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views import View
from django.views.generic import TemplateView

from branchportal.retention import rules
from members import notice
from members.access import PortalView
from members.queries.offices import secretaries_of
from members.roles import Permission
from members.services.notice import acknowledge


@method_decorator(login_not_required, name="dispatch")
class NoticeView(TemplateView):
    """The notice, for everybody at any time; whoever has not read this version finds the button below it."""

    template_name = "members/notice.html"

    def get_context_data(self, **kwargs):
        user = self.request.user
        member = getattr(user, "member", None) if user.is_authenticated else None
        return super().get_context_data(
            **kwargs,
            version=notice.VERSION,
            valid_from=notice.VALID_FROM,
            is_unread=user.is_authenticated and user.notice_version < notice.VERSION,
            next=self.request.GET.get("next", ""),
            branch=member.branch if member else None,
            secretaries=secretaries_of(member.branch, timezone.localdate()) if member else [],
        )


class AcknowledgeNoticeView(PortalView, View):
    """One click, once per version; back to where the person wanted to go."""

    permission = Permission.SIGNED_IN

    def post(self, request: HttpRequest) -> HttpResponse:
        version, wanted = request.POST.get("version", ""), request.POST.get("next", "")
        inside = url_has_allowed_host_and_scheme(
            wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        )
        target = wanted if inside else resolve_url(settings.LOGIN_REDIRECT_URL)
        known = version.isascii() and version.isdecimal() and len(version) < 5
        if known and acknowledge(user=request.user, version=int(version), now=timezone.now()):
            return HttpResponseRedirect(target)
        return redirect(reverse("members:notice", query={"next": target}))


class RetentionView(PortalView, TemplateView):
    """How long each kind of record is kept, why, and what happens then."""

    permission = Permission.SIGNED_IN
    template_name = "members/retention.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs, rules=rules())
