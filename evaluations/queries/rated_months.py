"""In which months was anything given that a ranking is made of, so that their scheme can't be exchanged any more?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import chain

from django.db.models import QuerySet

from branchportal.months import last_day_of
from evaluations.deadlines import month_of, months_between
from evaluations.models import BranchReview, ColumnFigure, DutyRating, JudgeScore, PointsEntry, SelfReview
from evaluations.queries.defences import KIND_OF
from members.models import Branch


def rated_months(branch: Branch, first: date, last: date | None) -> list[date]:
    """Every month from `first` (to `last`) of which the branch or one below it was given a figure; a query a source."""
    found = set(chain(_monthly(branch, first, last), _days(branch, first, last), _spans(branch, first, last)))
    return sorted(month for month in found if first <= month and (last is None or month <= last))


def _monthly(branch: Branch, first: date, last: date | None) -> Iterable[date]:
    """The months of submitted self-reviews and branch ratings."""
    until = {} if last is None else {"cycle__month__lte": last}
    for model in (SelfReview, BranchReview):
        submitted = model.objects.submitted().filter(
            branch__path__startswith=branch.path, cycle__month__gte=first, **until
        )
        yield from submitted.order_by().values_list("cycle__month", flat=True).distinct()


def _days(branch: Branch, first: date, last: date | None) -> Iterable[date]:
    """The months of submitted scores of a defence, of bonuses and deductions, and of columns from Excel."""
    for rows, owner, day in (
        (_of_a_defence(), "judge__session__branch", "judge__session__held_on"),
        (PointsEntry.objects.standing(), "branch", "on"),
        (ColumnFigure.objects.all(), "column__branch", "column__last_on"),
    ):
        until = {} if last is None else {f"{day}__lte": last_day_of(last)}
        inside = rows.filter(**{f"{owner}__path__startswith": branch.path, f"{day}__gte": first}, **until)
        yield from map(month_of, inside.order_by().values_list(day, flat=True).distinct())


def _of_a_defence() -> QuerySet[JudgeScore]:
    """Submitted scores of defences that some ranking counts."""
    return JudgeScore.objects.filter(submitted_at__isnull=False, judge__session__kind__in=KIND_OF.values())


def _spans(branch: Branch, first: date, last: date | None) -> Iterable[date]:
    """The months that ratings of the three ones are about."""
    until = {} if last is None else {"closing__first_month__lte": last}
    rated = DutyRating.objects.filter(
        closing__branch__path__startswith=branch.path, closing__last_month__gte=first, **until
    )
    for span in rated.order_by().values_list("closing__first_month", "closing__last_month").distinct():
        yield from months_between(*span)
