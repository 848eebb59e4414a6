"""How far is this month: in one branch, and in all branches that I look after?"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import cached_property
from django.views import View

from evaluations.deadlines import Window
from evaluations.labels import reply_time_label
from evaluations.models import Cycle
from evaluations.queries import answers, months, overview, rates, ratings
from evaluations.queries.self_reviews import accepts_late
from members.access import PortalView, access_of
from members.models import Branch
from members.roles import Permission

BRANCHES_PER_PAGE = 50


class BranchMonthView(PortalView, View):
    """What every page about one branch in one month begins with: the branch, its cycle, its window."""

    @cached_property
    def branch(self) -> Branch:
        return get_object_or_404(self.visible(Branch.objects.party_branches()), code=self.kwargs["code"])

    @cached_property
    def cycle(self) -> Cycle:
        cycle = months.cycle_of(self.branch, self.kwargs["month"])
        if cycle is None:
            raise Http404
        return cycle

    @cached_property
    def window(self) -> Window:
        return months.window_of(self.cycle, self.branch)


class MonthView(BranchMonthView):
    """One branch in one month: who filed, who is missing, what has been rated, what to do next."""

    permission = Permission.VIEW_MONTH

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        now = timezone.now()
        access = access_of(request.user)
        context = {
            "branch": self.branch,
            "has_other_branches": self.visible(Branch.objects.party_branches()).exclude(pk=self.branch.pk).exists(),
            "cycle": self.cycle,
            "window": self.window,
            "phase": self.window.phase(now).value,
            "days_left": self.window.days_left(now),
            "progress": months.progress_of(self.cycle, self.branch),
            "missing": list(months.missing_members(self.cycle, self.branch)),
            "unrated": list(ratings.unrated_members(self.cycle, self.branch)),
            "answers": self._answers(),
            "run": overview.latest_runs([self.branch], month=self.cycle.month).get(self.branch.pk),
            "rates": rates.month_rates(self.branch, now=now),
            "months": overview.months_shown(self.branch.ancestor_paths()[0], now=now)[:12],
            "may_rate": access.may_in(Permission.RATE_MEMBERS, self.branch),
            "may_import": access.may_in(Permission.IMPORT_SCORES, self.branch),
            "may_compile": access.may_in(Permission.COMPILE_RANKING, self.branch),
            "may_rank": access.may_in(Permission.VIEW_RANKING, self.branch),
            "may_export": access.may_in(Permission.EXPORT_RANKING, self.branch),
        }
        return render(request, "evaluations/month.html", context)

    def _answers(self) -> dict[str, Any] | None:
        """What waits of the month's self-reviews, for who may read them."""
        access = access_of(self.request.user)
        if not access.may_in(Permission.VIEW_REVIEWS, self.branch):
            return None
        time = answers.reply_times(self.cycle, [self.branch]).get(self.branch.pk)
        return {
            "waiting": answers.awaiting_reply_by(self.request.user, self.cycle, self.branch).count(),
            "reply_time": reply_time_label(time) if time is not None else "",
            "accepts_late": accepts_late(self.branch, self.cycle.month),
            "may_choose_late": access.may_in(Permission.CHOOSE_LATE_POLICY, self.branch),
        }


class MonthsView(PortalView, View):
    """All branches in scope in one month; with one branch in scope, straight to it. Filters stay in the address."""

    permission = Permission.VIEW_MONTH

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        branches = self.visible(Branch.objects.party_branches())
        cycles = self._cycles(branches)
        if not cycles:
            return render(request, "evaluations/months_empty.html")
        cycle = self._chosen(cycles)
        found = _filtered(branches.filter(path__startswith=cycle.committee.path), request)
        if not request.GET and branches.count() == 1:
            return redirect("evaluations:month", code=branches.get().code, month=cycle.month)
        now = timezone.now()
        page = Paginator(found.select_related("parent"), BRANCHES_PER_PAGE).get_page(request.GET.get("page"))
        context = {
            "cycle": cycle,
            "cycles": cycles,
            "page": page,
            "lines": self._lines(cycle, page.object_list, now),
            "query": request.GET.get("q", ""),
            "may_export": access_of(request.user).may(Permission.EXPORT_RANKING),
        }
        return render(request, "evaluations/months.html", context)

    def _lines(self, cycle: Cycle, branches: Any, now: datetime) -> list[tuple[overview.BranchLine, str]]:
        """Each branch with its median time to an answer in words, "" without one."""
        times = answers.reply_times(cycle, branches)
        return [
            (line, reply_time_label(times[line.branch.pk]) if line.branch.pk in times else "")
            for line in overview.branch_lines(cycle, branches, now=now)
        ]

    def _cycles(self, branches: Any) -> list[Cycle]:
        """The last twelve months of the first committee in scope."""
        first = branches.first()
        if first is None:
            return []
        shown = overview.months_shown(first.ancestor_paths()[0], now=timezone.now())
        return list(shown.select_related("committee")[:12])

    def _chosen(self, cycles: list[Cycle]) -> Cycle:
        wanted = self.request.GET.get("month", "")
        return next((cycle for cycle in cycles if f"{cycle.month:%Y-%m}" == wanted), cycles[0])


def _filtered(branches: Any, request: HttpRequest) -> Any:
    query = request.GET.get("q", "").strip()[:60].replace("\0", "")
    return branches.filter(name__icontains=query) if query else branches
