"""Which files can be taken away: rankings as workbooks and bundles, months as workbooks?

Every taking is noted for the whole branch, so that each person in it can see who took the own figures away.
"""

from __future__ import annotations

import json
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from branchportal import audit
from branchportal.downloads import attachment
from evaluations.deadlines import parse_month
from evaluations.models import RankingRun
from evaluations.queries import rankings
from evaluations.queries.freezings import TOLD_WITH_A_RUN
from evaluations.queries.monthly import branch_months
from evaluations.reports.monthly import monthly_workbook
from evaluations.reports.ranking import TITLES, ranking_workbook, rankings_workbook
from evaluations.views.rankings import filtered_runs
from members.access import PortalView
from members.models import Branch
from members.roles import Permission

MOST_RUNS = 300


class RankingWorkbookView(PortalView, View):
    """One ranking as a workbook."""

    permission = Permission.EXPORT_RANKING

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        runs = self.visible(RankingRun.objects.select_related("branch", "scheme"))
        runs = runs.prefetch_related(TOLD_WITH_A_RUN)
        run = get_object_or_404(runs, pk=pk)
        audit.note_access("ranking.export", by=request.user, branch=run.branch)
        return attachment(ranking_workbook(run), f"{file_name(run)}.xlsx")


class RankingWorkbooksView(PortalView, View):
    """All rankings that the list's filters leave, in one workbook."""

    permission = Permission.EXPORT_RANKING

    def get(self, request: HttpRequest) -> HttpResponse:
        found = filtered_runs(self.visible(RankingRun.objects.all()), request)
        runs = list(found.prefetch_related("entries")[: MOST_RUNS + 1])
        if not runs:
            messages.info(request, _("There is no ranking to export yet."))
            return redirect("evaluations:rankings")
        if len(runs) > MOST_RUNS:
            messages.error(
                request,
                _("More than %(most)s rankings are too many for one workbook: choose a month or a purpose first.")
                % {"most": MOST_RUNS},
            )
            return redirect(f"{reverse('evaluations:rankings')}?{request.GET.urlencode()}")
        audit.note_access_many("ranking.export", by=request.user, branches=[run.branch for run in runs])
        return attachment(rankings_workbook(runs), "综合排名.xlsx")


class RankingBundleView(PortalView, View):
    """One ranking as a sealed bundle, for the outside checker."""

    permission = Permission.DOWNLOAD_BUNDLE

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        runs = self.visible(RankingRun.objects.select_related("branch")).prefetch_related(TOLD_WITH_A_RUN)
        run = get_object_or_404(runs, pk=pk)
        audit.note_access("ranking.bundle", by=request.user, branch=run.branch)
        text = json.dumps(rankings.bundle_of(run), ensure_ascii=False, indent=1) + "\n"
        return attachment(text.encode(), f"{file_name(run)}.json", "application/json")


class MonthWorkbookView(PortalView, View):
    """One month of one branch (`branch=CODE`) or of all branches in scope, as a workbook."""

    permission = Permission.EXPORT_RANKING

    def get(self, request: HttpRequest) -> HttpResponse:
        month = _month(request.GET.get("month", ""))
        branches = self.visible(Branch.objects.party_branches())
        if code := request.GET.get("branch", ""):
            branches = [get_object_or_404(branches, code=code)]
        branches = list(branches)
        audit.note_access_many("month.export", by=request.user, branches=branches)
        content = monthly_workbook(branch_months(branches, month), month)
        name = branches[0].name if len(branches) == 1 else "全部支部"
        return attachment(content, f"{month:%Y-%m}考评汇总 {name}.xlsx")


def file_name(run: RankingRun) -> str:
    """What a run's file is called, without the ending."""
    freezing = run.freezing
    frozen = "（已冻结）" if freezing and freezing.is_frozen else ""
    return f"{TITLES[run.purpose]} {run.branch.name} {run.first_month:%Y-%m}至{run.last_month:%Y-%m}{frozen}"


def _month(text: str) -> date:
    try:
        return parse_month(text)
    except ValueError:
        raise Http404 from None
