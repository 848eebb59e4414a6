"""What does everybody see first: what waits for me, and one click to it?"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views import View

from branchportal.messages import text_of
from evaluations.queries import home
from members.access import PortalView, access_of
from members.labels import STAGE_LABELS
from members.models import Member
from members.roles import Permission, Role


class HomeView(PortalView, View):
    """One page for all; each office adds its card, so that somebody with several offices sees them all."""

    permission = Permission.SIGNED_IN

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        user, now = request.user, timezone.now()
        member = getattr(user, "member", None)
        context = {
            "now": now,
            "own": self._own(member, now) if member is not None and member.ended_on is None else None,
            "branch_months": [self._branch_month(branch, now) for branch in home.rated_branches(user)],
            "scope": self._scope(now) if home.is_superior(user) else None,
            "operations": home.operations() if access_of(user).has_role(Role.ADMINISTRATOR) else None,
            "activities": home.next_activities(user, now=now),
            "unread": [(note, text_of(note)) for note in home.unread_messages(user)],
        }
        return render(request, "evaluations/home.html", context)

    def _own(self, member: Member, now: Any) -> dict[str, Any]:
        steps = [{**step, "label": STAGE_LABELS[step["stage"]]} for step in home.stage_steps(member)]
        return {
            "member": member,
            "month": home.own_month(member, now=now),
            "steps": steps,
            "result": home.own_latest_result(member),
        }

    def _branch_month(self, branch: Any, now: Any) -> dict[str, Any]:
        month = home.branch_month(branch, now=now)
        access = access_of(self.request.user)
        return {
            "month": month,
            "stages": [(STAGE_LABELS[stage], people, stage.value) for stage, people in month.stages],
            "may_compile": access.may_in(Permission.COMPILE_RANKING, branch),
            "may_edit": access.may_in(Permission.IMPORT_ROSTER, branch),
        }

    def _scope(self, now: Any) -> dict[str, Any]:
        cycle, lines, total = home.scope_lines(self.request.user, now=now)
        return {"cycle": cycle, "lines": lines, "total": total}
