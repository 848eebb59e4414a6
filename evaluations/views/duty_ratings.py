"""How does an officer rate the "three ones" of a whole branch for some months on one screen?"""

from __future__ import annotations

import re
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView

from activities.duties import DutyKind
from activities.forms.duties import MonthsForm
from activities.models.duties import KIND_LABELS
from branchportal.months import months_later
from branchportal.spreadsheets.values import text_of
from evaluations.dimensions import GRADE_POINTS
from evaluations.labels import GRADE_LABELS
from evaluations.queries import duty_ratings
from evaluations.queries.duty_ratings import Place
from evaluations.services.duty_ratings import Given, NotRated, check_period, rate_duties
from members.access import PortalView
from members.models import Branch
from members.roles import Permission

LONGEST_REASON = 200
NOT_A_NUMBER = -1  # off every scale
GRADES = {str(points): GRADE_LABELS[grade] for grade, points in GRADE_POINTS.items()}
NAME = re.compile(rf"({'|'.join(DutyKind)})-[0-9]{{1,15}}")  # of a field, as places have them


class DutyRatingsView(PortalView, TemplateView):
    """Everybody with duties, how much of each is done, and a field for each."""

    permission = Permission.RATE_MEMBERS
    template_name = "evaluations/duty_ratings.html"

    @cached_property
    def branch(self) -> Branch:
        return get_object_or_404(self.visible(Branch.objects.party_branches()), code=self.kwargs["code"])

    @cached_property
    def period(self) -> MonthsForm:
        now, today = timezone.now(), timezone.localdate()
        latest = months_later(today.replace(day=1), -1)
        return MonthsForm(
            self.request.GET, today=today, latest=latest, check=lambda first, last: check_period(first, last, now)
        )

    @cached_property
    def places(self) -> list[Place]:
        return duty_ratings.places_of(self.branch, *self.period.months, rater=self.request.user)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        (first, last), is_sent = self.period.months, self.request.method == "POST"
        context = {"problem_count": 0, "reason": "", "places": self.places, "not_taken": ()} | context
        return super().get_context_data(
            branch=self.branch,
            period=self.period,
            months=(first, last),
            is_sent=is_sent,
            refusal=self.period.refusal_of_sent if is_sent else self.period.refusal,
            rated_periods=duty_ratings.rated_periods(self.branch),
            in_grades=duty_ratings.rated_in_grades(self.branch, last),
            grades=list(GRADES.items()),
            left=sum(place.is_free and place.rating is None for place in context["places"]),
            has_ratings=any(place.rating for place in context["places"]),
            **context,
        )

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        reason = text_of(request.POST.get("reason", ""))[:LONGEST_REASON]
        if self.period.refusal_of_sent:
            return self._again({}, reason, status=422)
        first, last = self.period.months
        try:
            count = rate_duties(
                branch=self.branch, first=first, last=last, given=self._given(), reason=reason, by=request.user,
                now=timezone.now(),
            )  # fmt: skip
        except NotRated as refused:
            return self._again(refused.problems, reason, status=409)
        if count:
            text = ngettext("%(count)s rating saved.", "%(count)s ratings saved.", count)
            messages.success(request, text % {"count": count})
        else:
            messages.info(request, _("Nothing has changed."))
        return redirect(request.get_full_path())

    def _given(self) -> list[Given]:
        """Every field that was sent, also of duties that are gone meanwhile: the service says what becomes of it."""
        names = [name for name in self.request.POST if NAME.fullmatch(name)]
        return [Given(*_key(name), _points(self._typed(name)), self._version(name)) for name in names]

    def _again(self, problems: dict[tuple[int, str], str], reason: str, *, status: int) -> HttpResponse:
        """The page with what was typed, the newest versions, and what is wrong beside each."""
        shown = [
            place.with_typed(self._typed(place.name), problems.get(place.key, ""))
            if place.name in self.request.POST
            else place
            for place in self.places
        ]
        free = {place.key for place in shown if place.is_free}
        others = {key: problem for key, problem in problems.items() if key not in free}
        context = self.get_context_data(
            places=shown, problem_count=len(problems), reason=reason, not_taken=self._not_taken(others)
        )
        return self.render_to_response(context, status=status)

    def _not_taken(self, problems: dict[tuple[int, str], str]) -> list[dict[str, str]]:
        """What was typed into fields that the page doesn't have any more: whose, of which kind, what, and why not."""
        names = duty_ratings.names_in(self.branch, {member for member, _kind in problems})
        found = []
        for (member, kind), problem in problems.items():
            typed = self._typed(f"{kind}-{member}")
            person = names.get(member, _("Somebody of another branch"))
            said = {"kind": str(KIND_LABELS[DutyKind(kind)]), "typed": str(GRADES.get(typed, typed))}
            found.append({"person": person, **said, "problem": problem})
        return found

    def _typed(self, name: str) -> str:
        return text_of(self.request.POST.get(name, ""))

    def _version(self, name: str) -> int:
        version = self.request.POST.get(f"version-{name}", "")
        return int(version) if version.isascii() and version.isdecimal() and len(version) < 9 else 0


def _key(name: str) -> tuple[int, str]:
    """(member id, kind) of a field's name."""
    kind, member = name.split("-")
    return int(member), kind


def _points(typed: str) -> int | None:
    """Whole points, None for an empty field; anything else is off the scale."""
    if not typed:
        return None
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) <= 3 else NOT_A_NUMBER
