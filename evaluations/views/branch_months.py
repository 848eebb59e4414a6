"""How far is this month: in one branch, and in all branches that I look after?"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from branchportal.paging import page_of
from evaluations.deadlines import Window, days_until, month_of
from evaluations.labels import reply_time_label
from evaluations.models import Cycle
from evaluations.queries import answers, branch_month, months, overview, rates
from evaluations.queries.branch_month import Show
from evaluations.queries.self_reviews import accepts_late
from members.access import PortalView, access_of
from members.models import Branch
from members.roles import Permission

BRANCHES_PER_PAGE = 50
MONTHS_SHOWN = 12
SHOW_LABELS = {
    Show.MISSING: gettext_lazy("Not submitted"),
    Show.RETURNED: gettext_lazy("Returned"),
    Show.WAITING: gettext_lazy("Waiting for an answer"),
    Show.UNRATED: gettext_lazy("Not rated"),
}


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
        lines = branch_month.person_lines(self.cycle, self.branch, reader=request.user)
        may_read = access.may_in(Permission.VIEW_REVIEWS, self.branch)
        may_rate = access.may_in(Permission.RATE_MEMBERS, self.branch)
        may_remind = access.may_in(Permission.REMIND, self.branch) and self.window.accepts_ratings(now)
        month_rates = rates.month_rates(self.branch, now=now)
        context = {
            **self._people(lines, may_read=may_read),
            "branch": self.branch,
            "has_other_branches": any(grant.branch.pk != self.branch.pk for grant in access.granting(self.permission)),
            "cycle": self.cycle,
            "window": self.window,
            "phase": self.window.phase(now).value,
            "days_left": self.window.days_left(now),
            "rating_days_left": days_until(self.window.ratings_end, now),
            "progress": self._progress(month_rates),
            "missing": [line.member for line in lines if line.is_missing and not (may_read and line.review.returned)],
            "returned": [line.member for line in lines if may_read and line.is_missing and line.review.returned],
            "unrated": [line.member for line in lines if line.is_unrated],
            "answers": self._answers(lines) if may_read else None,
            "run": overview.latest_runs([self.branch], month=self.cycle.month).get(self.branch.pk),
            "rates": month_rates,
            "may_read": may_read,
            "may_rate": may_rate,
            "may_comment": may_read or may_rate,
            "may_remind_members": may_remind and self._can_file(lines, now),
            "may_remind_officers": may_remind,
            "may_import": access.may_in(Permission.IMPORT_SCORES, self.branch),
            "may_compile": access.may_in(Permission.COMPILE_RANKING, self.branch),
            "may_rank": access.may_in(Permission.VIEW_RANKING, self.branch),
            "may_export": access.may_in(Permission.EXPORT_RANKING, self.branch),
        }
        return render(request, "evaluations/month.html", context)

    def _people(self, lines: list[branch_month.PersonLine], *, may_read: bool) -> dict[str, Any]:
        """The list of people as filtered by ?show=, and what each filter would leave."""
        found = branch_month.counts(lines)
        offered = [show for show in Show if may_read or show in {Show.MISSING, Show.UNRATED}]
        chosen = next((show for show in offered if show == self.request.GET.get("show")), None)
        return {
            "show": chosen.value if chosen else "",
            "lines": [line for line in lines if chosen is None or line.is_shown(chosen)],
            "filters": [
                ("", _("All"), len(lines)),
                *((show.value, SHOW_LABELS[show], found[show]) for show in offered),
            ],
        }

    def _can_file(self, lines: list[branch_month.PersonLine], now: datetime) -> bool:
        """Whether somebody who is missing may still submit: after the deadline late or returned reviews."""
        if self.window.accepts_reviews(now) or any(line.review.returned for line in lines):
            return True
        return self._accepts_late

    @cached_property
    def _accepts_late(self) -> bool:
        return accepts_late(self.branch, self.cycle.month)

    def _progress(self, month_rates: list[rates.MonthRate]) -> months.Progress:
        """Counted with the other months, unless this one is older than they or switched off."""
        known = {rate.cycle: rate.progress for rate in month_rates if not rate.cycle.is_off}
        return known[self.cycle] if self.cycle in known else months.progress_of(self.cycle, self.branch)

    def _answers(self, lines: list[branch_month.PersonLine]) -> dict[str, Any]:
        """What waits of the month's self-reviews, and how long others waited."""
        time = answers.reply_time(line.review for line in lines)
        return {
            "waiting": sum(line.is_shown(Show.WAITING) for line in lines),
            "reply_time": reply_time_label(time) if time is not None else "",
            "accepts_late": self._accepts_late,
            "may_choose_late": access_of(self.request.user).may_in(Permission.CHOOSE_LATE_POLICY, self.branch),
        }


class MonthsView(PortalView, View):
    """All branches in scope in one month, the furthest behind first; with one branch in scope, straight to it.

    Filters stay in the address.
    """

    permission = Permission.VIEW_MONTH

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        branches = self.visible(Branch.objects.party_branches())
        committees = months.committees_of(request.user, self.permission)
        wanted = request.GET.get("committee", "")
        committee = next((one for one in committees if one.code == wanted), next(iter(committees), None))
        begun = overview.months_shown(committee, now=timezone.now()) if committee else Cycle.objects.none()
        cycles = months.with_own_days(begun)[:MONTHS_SHOWN]
        if not cycles:
            return render(request, "evaluations/months_empty.html")
        cycle = self._chosen(cycles)
        found = _filtered(branches.filter(path__startswith=committee.path), request)
        now = timezone.now()
        found = months.furthest_behind_first(found.select_related("parent"), cycle)
        page = page_of(request, found, BRANCHES_PER_PAGE)
        if not request.GET and len(committees) == page.paginator.count == 1:
            return redirect("evaluations:month", code=page[0].code, month=cycle.month)
        context = {
            "committee": committee,
            "committees": committees,
            "cycle": cycle,
            "cycles": cycles,
            "page": page,
            "lines": self._lines(cycle, page.object_list, now),
            "query": request.GET.get("q", ""),
            "may_export": access_of(request.user).may(Permission.EXPORT_RANKING),
            "may_remind": self._may_remind(cycle),
        }
        return render(request, "evaluations/months.html", context)

    def _lines(self, cycle: Cycle, branches: Any, now: datetime) -> list[tuple[overview.BranchLine, str]]:
        """Each branch with its median time to an answer in words, "" without one."""
        times = answers.reply_times(cycle, branches)
        return [
            (line, reply_time_label(times[line.branch.pk]) if line.branch.pk in times else "")
            for line in overview.branch_lines(cycle, branches, now=now)
        ]

    def _may_remind(self, cycle: Cycle) -> bool:
        return cycle.month == month_of(timezone.now()) and access_of(self.request.user).may(Permission.REMIND)

    def _chosen(self, cycles: list[Cycle]) -> Cycle:
        wanted = self.request.GET.get("month", "")
        return next((cycle for cycle in cycles if f"{cycle.month:%Y-%m}" == wanted), cycles[0])


def _filtered(branches: Any, request: HttpRequest) -> Any:
    query = request.GET.get("q", "").strip()[:60].replace("\0", "")
    return branches.filter(name__icontains=query) if query else branches
