"""How are the minutes of an activity read, written, confirmed and added to?"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView, View

from activities.forms.minutes import AddendumForm, MinutesForm, VersionForm
from activities.models import Activity, Minutes
from activities.queries.minutes import (
    differences,
    lacking,
    may_confirm,
    may_write,
    people_who_may_sign,
    roll_of,
    signs,
)
from activities.services.minutes import (
    MinutesRefused,
    StaleMinutes,
    add_to_minutes,
    confirm_minutes,
    save_minutes,
)
from branchportal.wording import sentences
from members.access import PortalView, access_of
from members.roles import Permission


class _OfOneActivity(View):
    """The activity in the address and its minutes (None before the first draft), for an `office` and for who signs."""

    office: Permission

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        access = access_of(request.user)
        if not self.signs and not (access.may(self.office) and access.may_in(self.office, self.activity.branch)):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def activity(self) -> Activity:
        found = Activity.objects.visible_to(self.request.user, Permission.VIEW_ACTIVITIES)
        return get_object_or_404(found.select_related("branch", "kind", "owner"), pk=self.kwargs["pk"])

    @cached_property
    def minutes(self) -> Minutes | None:
        people = ("chair", "recorder", "confirmed_by", "saved_by")
        return Minutes.objects.filter(activity=self.kwargs["pk"]).select_related(*people).first()

    @cached_property
    def signs(self) -> bool:
        """Is the reader the chair or the recorder?"""
        return signs(self.request.user, self.minutes)

    @property
    def is_confirmed(self) -> bool:
        return self.minutes is not None and self.minutes.is_confirmed

    def back(self) -> HttpResponse:
        return redirect("activities:minutes", self.activity.pk)


class _MinutesView(PortalView, _OfOneActivity):
    permission = Permission.VIEW_ACTIVITIES


class MinutesView(_MinutesView, TemplateView):
    """The minutes as they are read and printed."""

    office = Permission.VIEW_ROSTER
    template_name = "activities/minutes.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        activity, minutes, is_confirmed = self.activity, self.minutes, self.is_confirmed
        user = self.request.user
        roll = minutes.roll if is_confirmed else roll_of(activity)
        return super().get_context_data(
            activity=activity,
            minutes=minutes,
            is_confirmed=is_confirmed,
            roll=roll,
            lacking=[] if is_confirmed or minutes is None else lacking(minutes, roll),
            addenda=minutes.addenda.select_related("by") if is_confirmed else [],
            is_corrected=is_confirmed and activity.corrections.filter(at__gt=minutes.confirmed_at).exists(),
            may_write=may_write(user, activity, minutes),
            may_confirm=not is_confirmed and may_confirm(user, activity, minutes),
            signing=[_("Chair"), _("Recorder")],
            **context,
        )


class EditMinutesView(_MinutesView, FormView):
    """Write the draft; who saves second sees what differs and keeps what he typed."""

    office = Permission.EDIT_ACTIVITIES
    template_name = "activities/minutes_form.html"
    form_class = MinutesForm

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.is_confirmed:
            return self.back()
        return super().get(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        standing = [user for user in (self.minutes.chair, self.minutes.recorder) if user] if self.minutes else []
        people = people_who_may_sign(self.activity.branch, timezone.localdate(), standing)
        return super().get_form_kwargs() | {"people": people, "minutes": self.minutes, "owner": self.activity.owner}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        shown = {"activity": self.activity, "roll": roll_of(self.activity), "differences": [], "refusal": ""}
        return super().get_context_data(**shown | context)

    def form_valid(self, form: MinutesForm) -> HttpResponse:
        typed = {"chair": form.cleaned_data["chair"], "recorder": form.cleaned_data["recorder"], "items": form.items}
        version = form.cleaned_data["version"] or 0
        try:
            save_minutes(activity=self.activity, version=version, by=self.request.user, now=timezone.now(), **typed)
        except StaleMinutes as stale:
            form.data = form.data.copy()
            form.data["version"] = stale.minutes.version
            shown = self.get_context_data(form=form, differences=differences(stale.minutes, **typed))
            return self.render_to_response(shown, status=409)
        except MinutesRefused as refused:
            return self.render_to_response(self.get_context_data(form=form, refusal=str(refused)), status=409)
        messages.success(self.request, _("The draft of the minutes is saved."))
        return self.back()

    def form_invalid(self, form: MinutesForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


class ConfirmMinutesView(_MinutesView, FormView):
    """Ask once more, then fix the minutes."""

    office = Permission.CONFIRM_MINUTES
    template_name = "branchportal/confirm.html"
    form_class = VersionForm

    @cached_property
    def signs(self) -> bool:
        """Is the reader the chair? The recorder wrote, somebody else confirms."""
        return self.minutes is not None and self.minutes.chair_id == self.request.user.pk

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.minutes is None or self.is_confirmed:
            return self.back()
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.minutes is None:
            return self.back()
        return super().post(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        return {"version": self.minutes.version}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        missing = lacking(self.minutes, roll_of(self.activity))
        return super().get_context_data(
            title=_("Confirm the minutes"),
            text=_(
                "You confirm that the minutes say what happened. From then on they stay as they are, with the "
                "attendance of this moment; more can only be added below, dated and with a reason."
            ),
            facts=[
                (_("Activity"), self.activity),
                (_("Chair"), self.minutes.chair or "–"),
                (_("Recorder"), self.minutes.recorder or "–"),
                (_("Items"), len(self.minutes.items)),
                *([(_("Still missing"), sentences(missing))] if missing else []),
            ],
            label=_("Confirm"),
            danger=False,
            back_url=reverse("activities:minutes", args=[self.activity.pk]),
            **context,
        )

    def form_valid(self, form: VersionForm) -> HttpResponse:
        version, now = form.cleaned_data["version"], timezone.now()
        try:
            confirm_minutes(minutes=self.minutes, version=version, by=self.request.user, now=now)
        except StaleMinutes:
            messages.warning(self.request, _("The minutes were changed meanwhile. Read them again before confirming."))
        except MinutesRefused as refused:
            messages.error(self.request, str(refused))
        else:
            messages.success(self.request, _("The minutes are confirmed."))
        return self.back()


class AddToMinutesView(_MinutesView, FormView):
    """Add a dated text with a reason to confirmed minutes."""

    office = Permission.EDIT_ACTIVITIES
    template_name = "activities/addendum_form.html"
    form_class = AddendumForm

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.is_confirmed:
            return self.back()
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.minutes is None:
            return self.back()
        return super().post(request, *args, **kwargs)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(activity=self.activity, **context)

    def form_valid(self, form: AddendumForm) -> HttpResponse:
        try:
            add_to_minutes(minutes=self.minutes, by=self.request.user, now=timezone.now(), **form.cleaned_data)
        except MinutesRefused as refused:
            messages.error(self.request, str(refused))
        else:
            messages.success(self.request, _("The addendum is kept with the minutes."))
        return self.back()
