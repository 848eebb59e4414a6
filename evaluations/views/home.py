"""What does everybody see first: what waits for me, and one click to it?"""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import chain
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive
from django.views import View

from activities.queries import todo as todo_of_activities
from branchportal.messages import text_of
from branchportal.months import last_day_of
from branchportal.todo import in_one_line_each, oldest_first
from evaluations.deadlines import month_of
from evaluations.queries import changes, dates, home, notice_todo, spot_checks, todo
from members.access import PortalView, access_of
from members.labels import STAGE_LABELS
from members.models import Branch, Member
from members.queries import absences, people, transfers
from members.queries import todo as todo_of_people
from members.roles import Permission, Role
from members.services import accounts
from members.stages import Stage


class HomeView(PortalView, View):
    """One page for all; each office adds its card, so that somebody with several offices sees them all."""

    permission = Permission.SIGNED_IN

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        user, now = request.user, timezone.now()
        member = getattr(user, "member", None)
        own = self._own(member, now) if member is not None and member.ended_on is None else None
        branches = [self._branch(branch, now) for branch in home.rated_branches(user)]
        superior = home.is_superior(user)
        scopes = home.scope_months(user, now=now) if superior else []
        today = timezone.localdate(now)
        todays = absences.of_today(user, today)
        context = {
            "now": now,
            "own": own,
            "branches": branches,
            "todos": self._todos(branches, scopes, now),
            "is_officer": bool(branches or superior),
            "standing_in": todays.standing_in,
            "away": todays.away,
            "scopes": [self._scope(scope) for scope in scopes],
            "changes": changes.unseen(user, now=now) if superior else None,
            "samples": self._samples(scopes, now),
            "operations": home.operations() if access_of(user).has_role(Role.ADMINISTRATOR) else None,
            "today": today,
            "month_before": (today.replace(day=1) - timedelta(days=1)).replace(day=1),
            "month_after": last_day_of(today) + timedelta(days=1),
            "dates": dates.of_home(user, own["month"] if own else None, [item["month"] for item in branches], now=now),
            "unread": [(note, text_of(note)) for note in home.unread_messages(user)],
        }
        return render(request, "evaluations/home.html", context)

    def _todos(
        self, branches: list[dict[str, Any]], scopes: list[home.ScopeMonth], now: datetime
    ) -> list[dict[str, Any]]:
        """What waits in all apps, the oldest first, each with its days."""
        user = self.request.user
        in_one_line = [todo_of_people.of_corrections(user, now), todo_of_activities.of_awards(user, now)]
        in_one_line += [todo.of_freezings(user), todo.of_decisions(user), todo.of_judging(user)]
        in_one_line += [todo_of_activities.of_duties(user, now), notice_todo.of_notices(user, now)]
        in_one_line.append(todo.of_appeals(user, now))
        in_one_line += [todo.of_replies(item["month"], user) for item in branches]
        waiting = [
            transfers.todos(user, now), todo_of_activities.of_minutes(user, now), todo.of_schemes(user),
            notice_todo.of_objections(user), in_one_line_each(chain(*in_one_line)),
        ]  # fmt: skip
        waiting += [todo.of_month(item["month"], may_compile=item["may_compile"]) for item in branches]
        if access_of(user).may(Permission.REMIND):
            waiting += [todo.of_scope(scope, several=len(scopes) > 1) for scope in scopes]
        return [
            {"todo": line, "days_left": line.days_left(now), "days_waited": line.days_waited(now)}
            for line in oldest_first(chain(*waiting))
        ]

    def _own(self, member: Member, now: datetime) -> dict[str, Any]:
        return {
            "member": member,
            "month": home.own_month(member, now=now),
            "steps": people.steps(member, timezone.localdate(now)),
            "result": home.own_latest_result(member),
        }

    def _branch(self, branch: Branch, now: datetime) -> dict[str, Any]:
        month = home.branch_month(branch, reader=self.request.user, now=now)
        access = access_of(self.request.user)
        return {
            "month": month,
            "stages": _labelled(month.stages),
            "may_compile": access.may_in(Permission.COMPILE_RANKING, branch),
            "may_remind": access.may_in(Permission.REMIND, branch),
            "may_rank": access.may_in(Permission.VIEW_RANKING, branch),
            "may_import": access.may_in(Permission.IMPORT_ROSTER, branch),
        }

    def _samples(self, scopes: list[home.ScopeMonth], now: datetime) -> list[spot_checks.Sample]:
        """The spot checks of this month, for whoever draws them."""
        known = [scope.cycle for scope in scopes if scope.cycle]
        return spot_checks.samples_of(self.request.user, month_of(now), known)

    def _scope(self, month: home.ScopeMonth) -> dict[str, Any]:
        lines = [(line, _labelled(line.stages)) for line in month.shown]
        return {"cycle": month.cycle, "lines": lines, "total": len(month.lines)}


class ChangesSeenView(PortalView, View):
    """The reader has seen the changes up to the moment at which the page was made."""

    permission = Permission.VIEW_AUDIT
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        until = parse_datetime(request.POST.get("until", ""))
        if until is None or is_naive(until):
            raise Http404
        accounts.mark_changes_seen(user=request.user, until=min(until, timezone.now()))
        return redirect("evaluations:home")


def _labelled(stages: dict[Stage, int]) -> list[tuple[Any, int, str]]:
    """(label, how many, address of the roster) for each stage that somebody is in."""
    roster = reverse("members:roster")
    return [(STAGE_LABELS[stage], number, f"{roster}?stage={stage}") for stage, number in stages.items()]
