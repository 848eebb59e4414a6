"""What do the "three ones" expect of the reader, and how does he write down, change and take back an entry?"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView, View

from activities.forms.duty_entries import EntryForm, ReasonForm
from activities.models import Duty, DutyEntry
from activities.queries.duties import for_whom, own_duties, own_entries, own_standings
from activities.services.duty_entries import (
    EntryRefused,
    StaleEntry,
    change_entry,
    check_writable,
    withdraw_entry,
    write_entry,
)
from activities.views.awards import handed_over
from members.access import PortalView
from members.roles import Permission


class MyDutiesView(PortalView, TemplateView):
    """Everything that is expected, what is done, and what is late."""

    permission = Permission.VIEW_OWN_RECORD
    template_name = "activities/my_duties.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        today = timezone.localdate()
        standings = own_standings(self.request.user.member, today)
        expected = [one for one in standings if not one.duty.is_past]
        return super().get_context_data(
            running=[one for one in expected if not one.is_closed],
            closed=[one for one in expected if one.is_closed],
            past=[one for one in standings if one.duty.is_past],
            late=sum(one.late for one in expected),
            **context,
        )


class _EntryFormView(PortalView, FormView):
    permission = Permission.VIEW_OWN_RECORD
    template_name = "activities/duty_entry_form.html"
    form_class = EntryForm
    duty: Duty
    row: DutyEntry | None = None

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form, unless nothing can be written any more. What was sent is kept, and the service says why."""
        try:
            check_writable(self.duty, self.row)
        except EntryRefused as refused:
            messages.warning(request, str(refused))
            return redirect("activities:my_duties")
        return super().get(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"duty": self.duty, "today": timezone.localdate(), "row": self.row}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context = {"row": self.row, "stale": None} | context
        return super().get_context_data(duty=self.duty, for_whom=for_whom(self.duty), **context)

    def form_invalid(self, form: EntryForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def form_valid(self, form: EntryForm) -> HttpResponse:
        try:
            self.save(form)
        except StaleEntry as stale:
            form.data = form.data.copy()
            form.data["version"] = stale.entry.version
            return self.render_to_response(self.get_context_data(form=form, stale=stale.entry), status=409)
        except EntryRefused as refused:
            form.add_error(None, str(refused))
            return self.form_invalid(form)
        messages.success(self.request, _("Saved. It counts for the month of its day."))
        return redirect("activities:my_duties")

    def save(self, form: EntryForm) -> None:
        raise NotImplementedError


class WriteEntryView(_EntryFormView):
    @cached_property
    def duty(self) -> Duty:
        own = own_duties(self.request.user.member).prefetch_related("activists")
        return get_object_or_404(own, pk=self.kwargs["pk"])

    def save(self, form: EntryForm) -> None:
        entry, by = form.cleaned_data["entry"], self.request.user
        write_entry(duty=self.duty, entry=entry, values=form.values(), upload=form.upload, by=by, now=timezone.now())


class EditEntryView(_EntryFormView):
    @cached_property
    def row(self) -> DutyEntry:
        own = own_entries(self.request.user.member).select_related("evidence").prefetch_related("duty__activists")
        return get_object_or_404(own, pk=self.kwargs["pk"])

    @property
    def duty(self) -> Duty:
        return self.row.duty

    def save(self, form: EntryForm) -> None:
        change_entry(
            row=self.row, version=form.cleaned_data["version"] or 0, values=form.values(), upload=form.upload,
            by=self.request.user, now=timezone.now(),
        )  # fmt: skip


class WithdrawEntryView(PortalView, FormView):
    """Ask for the reason, then take the entry back; it stays readable."""

    permission = Permission.VIEW_OWN_RECORD
    template_name = "branchportal/confirm.html"
    form_class = ReasonForm

    @cached_property
    def row(self) -> DutyEntry:
        return get_object_or_404(own_entries(self.request.user.member), pk=self.kwargs["pk"])

    def get_initial(self) -> dict[str, Any]:
        return {"version": self.row.version}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Take the entry back"),
            text=_("It counts no more. You and the officers of your branch still read it, with the reason."),
            facts=[(_("Day"), self.row.on), (_("What"), self.row.text)],
            label=_("Take back"),
            danger=True,
            back_url=reverse("activities:my_duties"),
            **context,
        )

    def form_invalid(self, form: ReasonForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def form_valid(self, form: ReasonForm) -> HttpResponse:
        try:
            withdraw_entry(row=self.row, by=self.request.user, now=timezone.now(), **form.cleaned_data)
        except StaleEntry:
            messages.warning(self.request, _("The entry was changed meanwhile, so nothing was taken back."))
        except EntryRefused as refused:
            messages.error(self.request, str(refused))
        else:
            messages.success(self.request, _("The entry is taken back."))
        return redirect("activities:my_duties")


class OwnEntryEvidenceView(PortalView, View):
    """The file of one's own entry as a download."""

    permission = Permission.VIEW_OWN_RECORD

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        own = DutyEntry.objects.filter(duty__member=request.user.member).select_related("evidence")
        return handed_over(get_object_or_404(own, pk=pk))
