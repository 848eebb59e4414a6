"""Which bonuses and deductions does a branch have, which of them count, and how are they written down?"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.generic import FormView, TemplateView, View

from activities.forms.duties import MonthsForm
from activities.views.awards import handed_over
from branchportal import audit
from branchportal.months import months_later
from branchportal.wording import sentences
from evaluations.forms.columns import BranchForm
from evaluations.forms.points import PointsForm, WithdrawForm, people_of
from evaluations.models import PointsEntry
from evaluations.queries import points
from evaluations.scheme_wording import clamp_sentence, entries_sentence, weight_sentence
from evaluations.services.points import (
    PointsRefused,
    StalePoints,
    change_points,
    figure,
    record_points,
    withdraw_points,
)
from members.access import PortalView, access_of
from members.models import Branch
from members.queries.own_matters import own_people
from members.roles import Permission


class PointsView(PortalView, TemplateView):
    """The entries of one branch by category, with what the scheme does with them and which of them count."""

    permission = Permission.VIEW_RANKING
    template_name = "evaluations/points.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        form = BranchForm(self.request.GET, branches=list(self.visible(Branch.objects.party_branches())))
        branch, today = form.chosen, timezone.localdate()
        period = MonthsForm(self.request.GET, today=today, latest=today.replace(day=1))
        found = points.of_months(branch, *period.months) if branch else []
        may_import = branch and access_of(self.request.user).may_in(Permission.IMPORT_SCORES, branch)
        own = own_people(self.request.user, today) if may_import else frozenset()
        return super().get_context_data(
            form=form,
            period=period,
            months=period.months,
            branch=branch,
            categories=[_shown(category, own) for category in found],
            may_import=may_import,
            can_add=may_import and any(category.component for category in found),
            **context,
        )


class _PointsFormView(PortalView, FormView):
    permission = Permission.IMPORT_SCORES
    template_name = "evaluations/points_form.html"
    form_class = PointsForm
    branch: Branch
    row: PointsEntry | None = None

    def get_form_kwargs(self) -> dict[str, Any]:
        today = timezone.localdate()
        month = today.replace(day=1)
        people = people_of(self.branch.members, own_people(self.request.user, today))
        found = points.categories(self.branch, months_later(month, -11), month)
        return super().get_form_kwargs() | {"people": people, "categories": found, "today": today, "row": self.row}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context = {"row": self.row, "stale": None} | context
        return super().get_context_data(branch=self.branch, back_url=back_to(self.branch), **context)

    def form_invalid(self, form: PointsForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def form_valid(self, form: PointsForm) -> HttpResponse:
        try:
            self.save(form)
        except StalePoints as stale:
            form.data = form.data.copy()
            form.data["version"] = stale.entry.version
            return self.render_to_response(self.get_context_data(form=form, stale=stale.entry), status=409)
        except PointsRefused as refused:
            form.add_error(None, str(refused))
            return self.form_invalid(form)
        messages.success(self.request, _("Saved. The person gets a message."))
        return redirect(back_to(self.branch))

    def save(self, form: PointsForm) -> None:
        raise NotImplementedError


class AddPointsView(_PointsFormView):
    @cached_property
    def branch(self) -> Branch:
        return get_object_or_404(self.visible(Branch.objects.party_branches()), code=self.kwargs["code"])

    def save(self, form: PointsForm) -> None:
        record_points(
            branch=self.branch, member=form.cleaned_data["member"], entry=form.cleaned_data["entry"],
            values=form.values(), upload=form.upload, by=self.request.user, now=timezone.now(),
        )  # fmt: skip


class EditPointsView(_PointsFormView):
    @cached_property
    def row(self) -> PointsEntry:
        """The entry: one that stands to open the form; what was typed is answered in words even where it is gone."""
        rows = PointsEntry.objects.select_related("branch", "member", "evidence")
        if self.request.method != "POST":
            rows = rows.standing()
        return get_object_or_404(self.visible(rows), pk=self.kwargs["pk"])

    @property
    def branch(self) -> Branch:
        return self.row.branch

    def save(self, form: PointsForm) -> None:
        change_points(
            row=self.row, version=form.cleaned_data["version"] or 0, values=form.values(), upload=form.upload,
            reason=form.cleaned_data["reason"], by=self.request.user, now=timezone.now(),
        )  # fmt: skip


class WithdrawPointsView(PortalView, FormView):
    """Ask for the reason, then take the entry back; it stays readable."""

    permission = Permission.IMPORT_SCORES
    template_name = "branchportal/confirm.html"
    form_class = WithdrawForm

    @cached_property
    def row(self) -> PointsEntry:
        rows = PointsEntry.objects.select_related("branch", "member")
        return get_object_or_404(self.visible(rows), pk=self.kwargs["pk"])

    def get_initial(self) -> dict[str, Any]:
        return {"version": self.row.version}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        row = self.row
        return super().get_context_data(
            title=_("Take the entry back"),
            text=_(
                "It counts in no ranking that is compiled from now on. It stays readable with your reason, and the "
                "person gets a message."
            ),
            facts=[
                (pgettext("of an entry", "Person"), row.member.name),
                (_("Category"), row.category_label),
                (pgettext("points", "What for"), row.what),
                (_("Points"), figure(row.points)),
            ],
            label=_("Take back"),
            danger=True,
            back_url=back_to(row.branch),
            **context,
        )

    def form_invalid(self, form: WithdrawForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def form_valid(self, form: WithdrawForm) -> HttpResponse:
        try:
            withdraw_points(row=self.row, by=self.request.user, now=timezone.now(), **form.cleaned_data)
        except StalePoints:
            messages.warning(self.request, _("The entry was changed meanwhile, so nothing was taken back."))
        except PointsRefused as refused:
            messages.error(self.request, str(refused))
        else:
            messages.success(self.request, _("The entry is taken back."))
        return redirect(back_to(self.row.branch))


class PointsFileView(PortalView, View):
    """The file of an entry as a download, for officers; noted."""

    permission = Permission.VIEW_RANKING

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        rows = PointsEntry.objects.select_related("member", "branch", "evidence")
        row = get_object_or_404(self.visible(rows), pk=pk)
        answer = handed_over(row)
        audit.note_access("points.file_downloaded", by=request.user, subject=row.member, branch=row.branch)
        return answer


class OwnPointsFileView(PortalView, View):
    """The file of an entry about oneself as a download."""

    permission = Permission.VIEW_OWN_RANKING

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        own = PointsEntry.objects.filter(member__user=request.user).select_related("evidence")
        return handed_over(get_object_or_404(own, pk=pk))


def back_to(branch: Branch) -> str:
    """The list of the branch."""
    return f"{reverse('evaluations:points')}?branch={branch.code}"


def _shown(category: points.Category, own: frozenset[int]) -> dict[str, Any]:
    """A category with its words; whoever reads changes nothing about himself."""
    component = category.component
    words = [weight_sentence(component), entries_sentence(component), clamp_sentence(component)] if component else []
    return {
        "label": category.label,
        "is_counted": component is not None,
        "words": sentences(text for text in words if text),
        "lines": [
            {
                "entry": line.entry,
                "points": figure(line.entry.points),
                "counts": line.counts,
                "may_change": line.entry.withdrawn_at is None and line.entry.member.user_id not in own,
            }
            for line in category.lines
        ],
    }
