"""In which months was anything given that a ranking is made of, so that their scheme can't be exchanged any more?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from django.db.models import QuerySet

from branchportal.months import last_day_of
from evaluations.deadlines import month_of, months_between
from evaluations.models import BranchReview, ColumnFigure, DutyRating, JudgeScore, PointsEntry, SelfReview
from evaluations.queries.defences import KIND_OF
from members.models import Branch


def rated_months(branch: Branch, first: date, last: date | None) -> list[date]:
    """Every month from `first` (to `last`) of which the branch or one below it was given a figure. Two queries."""
    days = [_inside(*dated, branch=branch, first=first, last=last) for dated in _dated()]
    found = set(map(month_of, days[0].union(*days[1:])))
    found.update(month for span in _rated_spans(branch, first, last) for month in months_between(*span))
    return sorted(month for month in found if first <= month and (last is None or month <= last))


def _dated() -> Iterator[tuple[QuerySet, str, str]]:
    """What is given for one day or month, whose it is, and which day that is."""
    yield SelfReview.objects.submitted(), "branch", "cycle__month"
    yield BranchReview.objects.submitted(), "branch", "cycle__month"
    counted = JudgeScore.objects.filter(submitted_at__isnull=False, judge__session__kind__in=KIND_OF.values())
    yield counted, "judge__session__branch", "judge__session__held_on"
    yield PointsEntry.objects.standing(), "branch", "on"
    yield ColumnFigure.objects.all(), "column__branch", "column__last_on"


def _inside(rows: QuerySet, owner: str, day: str, *, branch: Branch, first: date, last: date | None) -> QuerySet:
    until = {} if last is None else {f"{day}__lte": last_day_of(last)}
    inside = rows.filter(**{f"{owner}__path__startswith": branch.path, f"{day}__gte": first}, **until)
    return inside.order_by().values_list(day, flat=True)


def _rated_spans(branch: Branch, first: date, last: date | None) -> Iterable[tuple[date, date]]:
    """From which month to which ratings of the three ones are about."""
    until = {} if last is None else {"closing__first_month__lte": last}
    rated = DutyRating.objects.filter(
        closing__branch__path__startswith=branch.path, closing__last_month__gte=first, **until
    )
    return rated.order_by().values_list("closing__first_month", "closing__last_month").distinct()
