"""Which awards are there, what shows them, and which of them count?"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import FormView, ListView, View

from activities.forms.awards import AwardFilter, DecisionForm
from activities.models import Award
from activities.queries.awards import may_decide, same_file
from activities.services.awards import AwardRefused, StaleAward, decide_award
from branchportal import audit
from branchportal.downloads import attachment
from branchportal.paging import NearestPage
from members.access import PortalView, access_of
from members.models import Branch
from members.roles import Permission


class AwardsView(PortalView, NearestPage, ListView):
    """The register of awards of the branches that the reader looks after, with filters in the address."""

    permission = Permission.VIEW_ROSTER
    template_name = "activities/awards.html"
    context_object_name = "awards"
    paginate_by = 50

    def get_queryset(self) -> QuerySet[Award]:
        self.branches = list(self.visible(Branch.objects.party_branches()))
        self.filter = AwardFilter(self.request.GET, self.visible(Award.objects.all()), branches=self.branches)
        return self.filter.qs.select_related("member__branch", "level")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        branches = self.branches
        return super().get_context_data(
            filter=self.filter,
            branch=branches[0] if len(branches) == 1 else None,
            branch_count=len(branches),
            may_confirm=access_of(self.request.user).may(Permission.CONFIRM_AWARDS),
            **context,
        )


class AwardView(PortalView, FormView):
    """One award with its evidence; officers who may answer it here."""

    permission = Permission.VIEW_ROSTER
    template_name = "activities/award.html"
    form_class = DecisionForm

    @cached_property
    def award(self) -> Award:
        rows = Award.objects.select_related("member__branch", "level", "evidence", "decided_by")
        return get_object_or_404(self.visible(rows), pk=self.kwargs["pk"])

    @property
    def may_decide(self) -> bool:
        return may_decide(self.request.user, self.award, timezone.localdate())

    def get_initial(self) -> dict[str, Any]:
        return {"version": self.award.version}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        award = self.award
        return super().get_context_data(
            award=award, may_decide=self.may_decide, is_own=award.member.user_id == self.request.user.pk,
            same_file=same_file(award), **context,
        )  # fmt: skip

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.may_decide:
            messages.error(request, _("Another officer decides about this award."))
            return redirect("activities:award", self.award.pk)
        return super().post(request, *args, **kwargs)

    def form_invalid(self, form: DecisionForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def form_valid(self, form: DecisionForm) -> HttpResponse:
        try:
            decide_award(award=self.award, by=self.request.user, now=timezone.now(), **form.cleaned_data)
        except StaleAward:
            messages.warning(self.request, _("The award was changed meanwhile, so nothing was decided. Read it again."))
            return redirect("activities:award", self.award.pk)
        except AwardRefused as refused:
            messages.error(self.request, str(refused))
            return redirect("activities:award", self.award.pk)
        messages.success(self.request, _("Decided. The person gets a message."))
        return redirect("activities:awards")


class EvidenceView(PortalView, View):
    """The file of an award as a download, for officers; noted."""

    permission = Permission.VIEW_ROSTER

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        award = get_object_or_404(self.visible(Award.objects.select_related("member__branch", "evidence")), pk=pk)
        answer = handed_over(award)
        audit.note_access("evidence.downloaded", by=request.user, subject=award.member, branch=award.branch)
        return answer


def handed_over(award: Award) -> HttpResponse:
    """The file of the award, never shown inside a page; 404 where there is none."""
    evidence = award.evidence
    if evidence is None or not evidence.file.storage.exists(evidence.file.name):
        raise Http404
    with evidence.file.open("rb") as file:
        return attachment(file.read(), evidence.file_name, evidence.content_type)
