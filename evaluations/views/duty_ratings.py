"""How does an officer rate the "three ones" of a whole branch for some months on one screen?"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView

from activities.forms.duties import MonthsForm
from branchportal.spreadsheets.values import text_of
from evaluations.dimensions import GRADE_POINTS
from evaluations.labels import GRADE_LABELS
from evaluations.queries import duty_ratings
from evaluations.queries.duty_ratings import Place
from evaluations.refusals import Refused
from evaluations.services.duty_ratings import Given, NotRated, rate_duties
from members.access import PortalView
from members.models import Branch
from members.roles import Permission

LONGEST_REASON = 200
NOT_A_NUMBER = -1  # off every scale


class DutyRatingsView(PortalView, TemplateView):
    """Everybody with duties, how much of each is done, and a field for each."""

    permission = Permission.RATE_MEMBERS
    template_name = "evaluations/duty_ratings.html"

    @cached_property
    def branch(self) -> Branch:
        return get_object_or_404(self.visible(Branch.objects.party_branches()), code=self.kwargs["code"])

    @cached_property
    def period(self) -> MonthsForm:
        today = timezone.localdate()
        return MonthsForm(self.request.GET, today=today, latest=today.replace(day=1))

    @cached_property
    def places(self) -> list[Place]:
        return duty_ratings.places_of(self.branch, *self.period.months, rater=self.request.user)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        first, last = self.period.months
        context = {"problem_count": 0, "reason": "", "places": self.places} | context
        return super().get_context_data(
            branch=self.branch,
            period=self.period,
            months=(first, last),
            rated_periods=duty_ratings.rated_periods(self.branch),
            in_grades=duty_ratings.rated_in_grades(self.branch, last),
            grades=[(str(points), GRADE_LABELS[grade]) for grade, points in GRADE_POINTS.items()],
            left=sum(place.is_free and place.rating is None for place in context["places"]),
            has_ratings=any(place.rating for place in context["places"]),
            **context,
        )

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        first, last = self.period.months
        reason = text_of(request.POST.get("reason", ""))[:LONGEST_REASON]
        try:
            count = rate_duties(
                branch=self.branch, first=first, last=last, given=self._given(), reason=reason, by=request.user,
                now=timezone.now(),
            )  # fmt: skip
        except Refused as refused:
            messages.error(request, str(refused))
            return redirect(request.get_full_path())
        except NotRated as refused:
            return self._again(refused.problems, reason)
        if count:
            text = ngettext("%(count)s rating saved.", "%(count)s ratings saved.", count)
            messages.success(request, text % {"count": count})
        else:
            messages.info(request, _("Nothing has changed."))
        return redirect(request.get_full_path())

    def _given(self) -> list[Given]:
        """What was typed where the reader may rate."""
        return [
            Given(place.member.pk, place.kind, _points(self._typed(place)), self._version(place))
            for place in self.places
            if place.is_free and place.name in self.request.POST
        ]

    def _again(self, problems: dict[tuple[int, str], str], reason: str) -> HttpResponse:
        """The page with what was typed, the newest versions, and what is wrong beside each."""
        shown = [
            place.with_typed(self._typed(place), problems.get((place.member.pk, place.kind), ""))
            if place.name in self.request.POST
            else place
            for place in self.places
        ]
        context = self.get_context_data(places=shown, problem_count=len(problems), reason=reason)
        return self.render_to_response(context, status=409)

    def _typed(self, place: Place) -> str:
        return text_of(self.request.POST.get(place.name, ""))

    def _version(self, place: Place) -> int:
        version = self.request.POST.get(f"version-{place.name}", "")
        return int(version) if version.isascii() and version.isdecimal() and len(version) < 9 else 0


def _points(typed: str) -> int | None:
    """Whole points, None for an empty field; anything else is off the scale."""
    if not typed:
        return None
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) <= 3 else NOT_A_NUMBER
