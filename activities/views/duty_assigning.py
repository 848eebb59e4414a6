"""How are the "three ones" given to a whole branch on one screen, changed, and taken back?"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.generic import FormView, TemplateView

from activities.forms.duties import AssignForm, DutyForm, MonthsForm
from activities.forms.duty_entries import ReasonForm
from activities.models import Duty
from activities.models.duties import KIND_LABELS
from activities.queries.duties import for_whom
from activities.queries.duty_assigning import Plan, plan
from activities.services.duties import (
    DutyRefused,
    StaleDuty,
    assign_duties,
    change_duty,
    check_months,
    withdraw_duty,
)
from branchportal.wording import listed
from members.access import PortalView
from members.models import Branch, Member
from members.roles import Permission
from members.stages import Stage


class AssignView(PortalView, TemplateView):
    """Everybody of the branch and the three kinds on one screen; what stands in the months is shown beside."""

    permission = Permission.ASSIGN_DUTIES
    template_name = "activities/duties_assign.html"

    @cached_property
    def branch(self) -> Branch:
        return get_object_or_404(self.visible(Branch.objects.party_branches()), code=self.kwargs["code"])

    @cached_property
    def period(self) -> MonthsForm:
        return MonthsForm(self.request.GET, today=timezone.localdate(), check=check_months)

    @cached_property
    def plan(self) -> Plan:
        return plan(self.branch, *self.period.months)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        form = context.setdefault("form", AssignForm(plan=self.plan))
        return super().get_context_data(
            branch=self.branch,
            period=self.period,
            months=self.period.months,
            kinds=list(KIND_LABELS.values()),
            plan=self.plan,
            people=[(one, [_cell(place, form) for place in self.plan.places[one.pk]]) for one in self.plan.people],
            coached=[(one, form.coaches.get(one.name, "")) for one in self.plan.activists],
            **context,
        )

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        form = AssignForm(request.POST, plan=self.plan)
        if "spread" in request.POST:
            form.spread()
            return self.render_to_response(self.get_context_data(form=form, is_spread=True))
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        if problem := self.period.refusal_of_sent:
            form.add_error(None, problem)
            return self.render_to_response(self.get_context_data(form=form), status=422)
        if names := form.left_out():
            text = _("%(names)s: whoever you chose has a group in these months. Add them on the page of that duty.")
            form.add_error(None, text % {"names": listed(one.name for one in names)})
            return self.render_to_response(self.get_context_data(form=form), status=422)
        return self.save(form)

    def save(self, form: AssignForm) -> HttpResponse:
        first, last = self.period.months
        wanted, by, now = form.wanted(), self.request.user, timezone.now()
        try:
            made = assign_duties(
                branch=self.branch, first=first, last=last, per_month=form.per_month, wanted=wanted, by=by, now=now
            )
        except DutyRefused as refused:
            form.add_error(None, str(refused))
            return self.render_to_response(self.get_context_data(form=form), status=422)
        if made:
            text = ngettext("%(count)s duty was given.", "%(count)s duties were given.", len(made))
            messages.success(self.request, text % {"count": len(made)})
        else:
            messages.info(self.request, _("Nothing new: write an area or a class, or choose who is there for whom."))
        return redirect(f"{reverse('activities:duties')}?branch={self.branch.code}")


class _OneDuty(PortalView, FormView):
    permission = Permission.ASSIGN_DUTIES

    @cached_property
    def duty(self) -> Duty:
        rows = Duty.objects.standing().select_related("member", "branch").prefetch_related("activists")
        return get_object_or_404(self.visible(rows), pk=self.kwargs["pk"])

    def back(self) -> HttpResponse:
        return redirect("activities:duty", self.duty.pk)


class EditDutyView(_OneDuty):
    """For whom, until when, how often."""

    template_name = "activities/duty_form.html"
    form_class = DutyForm

    def get_form_kwargs(self) -> dict[str, Any]:
        people = Member.objects.current().filter(branch=self.duty.branch, stage=Stage.ACTIVIST)
        standing = Member.objects.filter(coached_in=self.duty)
        activists = Member.objects.filter(pk__in=people.union(standing).values("pk")).exclude(pk=self.duty.member_id)
        return super().get_form_kwargs() | {"duty": self.duty, "activists": activists.in_roster_order()}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(**{"duty": self.duty, "stale": None} | context)

    def form_invalid(self, form: DutyForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def form_valid(self, form: DutyForm) -> HttpResponse:
        try:
            change_duty(duty=self.duty, by=self.request.user, **form.values())
        except StaleDuty as stale:
            form.data = form.data.copy()
            form.data["version"] = stale.duty.version
            shown = self.get_context_data(form=form, stale=stale.duty, stale_for_whom=for_whom(stale.duty))
            return self.render_to_response(shown, status=409)
        except DutyRefused as refused:
            form.add_error(None, str(refused))
            return self.form_invalid(form)
        messages.success(self.request, _("Saved."))
        return self.back()


class WithdrawDutyView(_OneDuty):
    """Ask for the reason, then take the duty back; its entries stay readable."""

    template_name = "branchportal/confirm.html"
    form_class = ReasonForm

    def get_initial(self) -> dict[str, Any]:
        return {"version": self.duty.version}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Take the duty back"),
            text=_("Nothing is expected for it any more, and its entries count no more; they stay readable."),
            facts=[
                (_("Person"), self.duty.member.name),
                (_("Kind"), self.duty.get_kind_display()),
                (pgettext("duty", "For whom"), for_whom(self.duty)),
            ],
            label=_("Take back"),
            danger=True,
            back_url=reverse("activities:duty", args=[self.duty.pk]),
            **context,
        )

    def form_invalid(self, form: ReasonForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def form_valid(self, form: ReasonForm) -> HttpResponse:
        try:
            withdraw_duty(duty=self.duty, by=self.request.user, now=timezone.now(), **form.cleaned_data)
        except StaleDuty:
            messages.warning(self.request, _("The duty was changed meanwhile, so nothing was taken back."))
        except DutyRefused as refused:
            messages.error(self.request, str(refused))
        else:
            messages.success(self.request, _("The duty is taken back."))
        return self.back()


def _cell(place: Any, form: AssignForm) -> dict[str, Any]:
    """One kind of one person: what stands, or the field with what was typed or is proposed."""
    if place.standing:
        return {"place": place, "standing": for_whom(place.standing), "text": ""}
    return {"place": place, "standing": "", "text": form.texts[place.name]}
