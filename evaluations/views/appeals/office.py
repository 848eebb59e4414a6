"""Which appeals does the superior committee see, with everything that made the figure, and how does it answer them?"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from django.views import View

from branchportal import audit
from branchportal.paging import page_of
from evaluations.forms.appeals import AnswerForm, CorrectionForm, StateForm, is_of_grades
from evaluations.models import Appeal, Cycle
from evaluations.queries import appeals, freezings
from evaluations.queries.appeals import Figure
from evaluations.queries.observations import REVIEW_MODELS
from evaluations.refusals import Refused, shown
from evaluations.services.appeals import deciding
from evaluations.views.appeals.words import told
from evaluations.views.figures import explanation_context
from members.access import PortalView
from members.roles import Permission

PER_PAGE = 50


class AppealsView(PortalView, View):
    """All appeals in scope, those that wait first; the filter stays in the address."""

    permission = Permission.DECIDE_APPEALS

    def get(self, request: HttpRequest) -> HttpResponse:
        form, now = StateForm(request.GET), timezone.now()
        found = _in_scope(self)
        if form.is_valid() and form.cleaned_data["state"]:
            found = found.filter(state=form.cleaned_data["state"])
        page = page_of(request, found, PER_PAGE)
        context = {
            "form": form,
            "page": page,
            "lines": [told(one, now) for one in page.object_list],
            "is_filtered": bool(request.GET.get("state")),
        }
        return render(request, "evaluations/appeals.html", context)


class AppealView(PortalView, View):
    """One appeal with what made the figure, and what can be done."""

    permission = Permission.DECIDE_APPEALS

    @cached_property
    def appeal(self) -> Appeal:
        return get_object_or_404(_in_scope(self), pk=self.kwargs["pk"])

    @cached_property
    def figure(self) -> Figure:
        one = self.appeal
        return appeals.figure_of(one.entry, one.figure, one.place) or Figure(one.figure, one.place, "")

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        one = self.appeal
        audit.note_access("appeal.read", by=request.user, subject=one.entry.member, branch=one.run.branch)
        made = explanation_context(one.entry)
        job = appeals.newest_job(one)
        context = told(one, timezone.now()) | {
            "entry": one.entry,
            "run": one.run,
            "figure": self.figure,
            "parts": [line for line in made["parts"] if line["part"].component.code == one.figure],
            "checks": [check for check in made["checks"] if check["gate"].input == one.figure],
            "job": job,
            "job_error": shown(job.error) if job and job.error else "",
        }
        return render(request, "evaluations/appeal.html", context)


class AnswerView(AppealView):
    """One answer: a page that shows the appeal, and a form."""

    title = label = text = done = ""
    is_refusal = False

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        try:
            self.check()
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect("evaluations:appeal", pk=pk)
        return self._page(self.form())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = self.form(request.POST)
        if not form.is_valid():
            return self._page(form, status=422)
        try:
            self.act(form)
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self._page(form, status=422)
        messages.success(request, self.done)
        return redirect("evaluations:appeal", pk=pk)

    def form(self, data: Any = None) -> Form:
        """The form, empty or with what was sent."""
        return AnswerForm(data)

    def check(self) -> None:
        """Raise Refused where there is nothing to answer."""
        if not self.appeal.is_waiting:
            raise Refused(gettext_noop("This appeal is answered already."))

    def act(self, form: Form) -> None:
        """Answer, or raise Refused."""
        raise NotImplementedError

    def _page(self, form: Form, status: int = 200) -> HttpResponse:
        context = told(self.appeal, timezone.now()) | {
            "form": form, "title": self.title, "button": self.label, "text": self.text, "is_refusal": self.is_refusal,
        }  # fmt: skip
        return render(self.request, "evaluations/appeal_answer.html", context, status=status)


class DeclineAppealView(AnswerView):
    """The figure stands, with a reason."""

    title = gettext_lazy("Do not uphold the appeal")
    text = gettext_lazy("The figure stays as it is. The member reads your reason.")
    label = gettext_lazy("Do not uphold")
    done = gettext_lazy("The appeal is answered; the member has a message.")
    is_refusal = True

    def act(self, form: Form) -> None:
        reason = form.cleaned_data["reason"]
        deciding.decline(appeal=self.appeal, reason=reason, by=self.request.user, now=timezone.now())


class UpholdAppealView(AnswerView):
    """The figure is corrected: a monthly one here, any other where it stands."""

    title = gettext_lazy("Uphold the appeal")
    label = gettext_lazy("Uphold and correct")

    @property
    def text(self) -> str:
        if self.figure.is_corrected_here:
            return _(
                "Enter the five points that should have counted in this month. They replace what stands there, and the "
                "ranking is compiled again at once, also where it is frozen. Your reason stays in the audit trail of "
                "your committee; the branch reads that you have corrected the figure, not who appealed. The old run "
                "stays as it is; the new one has to be proposed and confirmed anew."
            )
        return _(
            "This figure is corrected where it stands, by whoever enters it there; they get a message which figure of "
            "whom it is, not that somebody appealed. Afterwards come back to the appeal and have the ranking compiled "
            "again. The old run stays as it is; the new one has to be proposed and confirmed anew."
        )

    @property
    def done(self) -> str:
        if self.figure.is_corrected_here:
            return _("The figure is corrected, and the ranking is being compiled again.")
        return _("The appeal is upheld. Whoever corrects the figure has a message.")

    def form(self, data: Any = None) -> Form:
        if not self.figure.is_corrected_here:
            return AnswerForm(data)
        standing, cycle = self._standing
        points = standing.points if standing else {}
        in_grades = cycle is None or cycle.scale == Cycle.Scale.GRADES
        shown_as_grades = in_grades and is_of_grades(points)
        return CorrectionForm(data, in_grades=in_grades, initial=points if shown_as_grades or not in_grades else {})

    @cached_property
    def _standing(self) -> tuple[Any, Cycle | None]:
        """What counts in that month so far, and the month."""
        member, month = self.appeal.entry.member, self.figure.month
        rows = REVIEW_MODELS[self.figure.source].objects.submitted().filter(member=member, cycle__month=month)
        row = rows.select_related("cycle").first()
        return row, row.cycle if row else appeals.month_of_due(member, month)

    def act(self, form: Form) -> None:
        points = form.points if isinstance(form, CorrectionForm) else None
        reason = form.cleaned_data["reason"]
        deciding.uphold(
            appeal=self.appeal, reason=reason, points=points, by=self.request.user, now=timezone.now()
        )  # fmt: skip


class TakeBackAppealView(AnswerView):
    """An upheld appeal ends without a run: the figure can't be corrected, or was right after all."""

    title = gettext_lazy("Take the uphold back")
    text = gettext_lazy(
        "For a figure that turns out to be right, or that nobody can correct any more. It stays as it is, the appeal "
        "ends as not upheld, and the member reads your reason. Nothing is compiled; then the ranking can be frozen."
    )
    label = gettext_lazy("Take the uphold back")
    done = gettext_lazy("The appeal is ended; the member has a message.")
    is_refusal = True

    def check(self) -> None:
        deciding.check_can_be_taken_back(self.appeal)

    def act(self, form: Form) -> None:
        reason = form.cleaned_data["reason"]
        deciding.take_back(appeal=self.appeal, reason=reason, by=self.request.user, now=timezone.now())


class CompileAppealView(AppealView):
    """Compile again because of an upheld appeal, once the source says something else."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        try:
            deciding.recompile(appeal=self.appeal, by=request.user, now=timezone.now())
            messages.success(request, _("The ranking is being compiled again."))
        except Refused as refusal:
            messages.error(request, str(refusal))
        return redirect("evaluations:appeal", pk=pk)


def _in_scope(view: PortalView) -> QuerySet[Appeal]:
    """Never of the own branch, nor of somebody for whom one stands in: somebody else sees and answers those."""
    today = timezone.localdate()
    found = view.visible(Appeal.objects.all()).filter(appeals.answered_by(view.request.user, today))
    related = ("entry__member", "entry__run__branch", "entry__run__scheme", "entry__run__superseded_by", "run_after")
    found = found.select_related(*related, "decider_for").prefetch_related(freezings.TOLD_WITH_AN_APPEAL)
    return found.order_by(appeals.WAITING_FIRST, "-filed_at", "-pk")
