"""How does somebody sign up on the page of an activity, who has, and what do officers change about it?"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import FormView, View

from activities.forms.sign_ups import SignUpForm
from activities.models import Activity, SignUp
from activities.queries.sign_ups import in_order, own_sign_up, places_of
from activities.services.sign_ups import SignUpRefused, put_first, sign_up, take_off, why_not, withdraw
from branchportal.paging import page_of
from members.access import PortalView
from members.models import Member
from members.roles import Permission

ROWS_OF_A_PAGE = 50


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


class ChangeSignUpView(PortalView, FormView):
    """An officer takes somebody off the list or lets him wait as the first one, with a reason."""

    permission = Permission.EDIT_ACTIVITIES
    template_name = "branchportal/confirm.html"
    form_class = SignUpForm

    @cached_property
    def sign_up(self) -> SignUp:
        sign_ups = self.visible(SignUp.objects.select_related("activity", "member__branch"))
        return get_object_or_404(sign_ups, pk=self.kwargs["pk"])

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"sign_up": self.sign_up}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        activity, member = self.sign_up.activity, self.sign_up.member
        when = timezone.localtime(activity.starts_at)
        return super().get_context_data(**context) | {
            "title": _("Change the sign-up of %(name)s") % {"name": member.name},
            "text": _("%(name)s gets a message with the reason.") % {"name": member.name},
            "facts": [
                (_("Activity"), activity.title),
                (_("When"), f"{when:%Y-%m-%d %H:%M}"),
                (_("Branch"), member.branch.name),
                (_("Sign-up state"), _("Has a place") if self.sign_up.has_place else _("Waits")),
            ],
            "label": _("Take off the list") if self.sign_up.has_place else _("Save"),
            "back_url": reverse("activities:activity", args=[activity.pk]),
            "danger": self.sign_up.has_place,
        }

    def form_valid(self, form: SignUpForm) -> HttpResponse:
        act, text = (
            (put_first, _("%(name)s is the first to move up now.")) if form.puts_first
            else (take_off, _("%(name)s is off the list."))
        )  # fmt: skip
        try:
            act(sign_up=self.sign_up, reason=form.cleaned_data["reason"], by=self.request.user, now=timezone.now())
        except SignUpRefused as refused:
            form.add_error(None, str(refused))
            return self.form_invalid(form)
        messages.success(self.request, text % {"name": self.sign_up.member.name})
        return redirect("activities:activity", self.sign_up.activity_id)


def sign_up_box(
    activity: Activity,
    member: Member | None,
    request: HttpRequest,
    *,
    sees_everybody: bool,
    may_edit: bool,
    now: datetime,
) -> dict[str, Any]:
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
        "signed_up": page_of(request, in_order(activity), ROWS_OF_A_PAGE, "list") if sees_everybody else None,
        "changes_list": may_edit and now < activity.starts_at and not activity.is_cancelled,
    }
