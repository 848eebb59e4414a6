"""How does the committee set a month: on or off, until which days, on which scale, and where other days hold?"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop as _

from branchportal import audit
from evaluations.deadlines import Phase, Window
from evaluations.models import BranchReview, Cycle, CycleDeadline, CycleEvent, SelfReview
from evaluations.queries.months import windows_of
from evaluations.refusals import Refused, StaleReviewError
from evaluations.services import months
from members.models import Branch, User


@dataclass(frozen=True)
class MonthSettings:
    """What the committee decides; `own_days` is {branch id: (review day, rating day)} of general branches."""

    is_off: bool
    review_day: int
    rating_day: int
    scale: str
    own_days: dict[int, tuple[int, int]] = field(default_factory=dict)


@transaction.atomic
def set_month(*, cycle: Cycle, settings: MonthSettings, version: int, by: User, now: datetime) -> Cycle:
    """Change a month. Raises Refused where it would undo what people have done, StaleReviewError if it was changed.

    Whoever is submitting at this moment goes first, or is judged by the new settings.
    """
    months.change_rules(cycle.committee_id)
    cycle = Cycle.objects.select_for_update(no_key=True).get(pk=cycle.pk)
    before = settings_of(cycle)
    if before == settings:
        return cycle
    if cycle.version != version:
        raise StaleReviewError(cycle)
    _check_reviews(cycle, settings)
    branches = list(Branch.objects.below(cycle.committee).party_branches())
    old_windows = windows_of(cycle, branches)
    _write(cycle, settings)
    new_windows = windows_of(cycle, branches)
    closed = _closed_branches(cycle)
    for branch in branches:
        old, new = old_windows[branch.pk], new_windows[branch.pk]
        if old != new:
            _check_window(branch, old, new, is_closed=branch.pk in closed, now=now)
            _forgive_late(cycle, branch, new)
    changed = audit.changes(_plain(before), _plain(settings))
    audit.record("cycle.changed", by=by, subject=cycle, branch=cycle.committee, before=changed[0], after=changed[1])
    return cycle


def settings_of(cycle: Cycle) -> MonthSettings:
    """Return how the month is set now."""
    own_days = {own.branch_id: (own.review_day, own.rating_day) for own in CycleDeadline.objects.filter(cycle=cycle)}
    return MonthSettings(cycle.is_off, cycle.review_day, cycle.rating_day, cycle.scale, own_days)


def _check_reviews(cycle: Cycle, settings: MonthSettings) -> None:
    """What was submitted keeps its month and its scale."""
    filed = SelfReview.objects.submitted().filter(cycle=cycle).count()
    rated = BranchReview.objects.submitted().filter(cycle=cycle).count()
    if not filed + rated:
        return
    if settings.is_off and not cycle.is_off:
        raise Refused(
            _("%(count)s reviews of this month are submitted already, so it can't be switched off any more."),
            count=filed + rated,
        )
    if settings.scale != cycle.scale:
        raise Refused(
            _("%(count)s reviews of this month are submitted already, so its scale stays. Change the next month."),
            count=filed + rated,
        )


def _closed_branches(cycle: Cycle) -> set[int]:
    closed = CycleEvent.objects.filter(cycle=cycle, kind=CycleEvent.Kind.CLOSED)
    return set(closed.values_list("branch_id", flat=True))


def _check_window(branch: Branch, old: Window, new: Window, *, is_closed: bool, now: datetime) -> None:
    """A month that has ended in a branch stays as it was there; no deadline is moved into the past."""
    if is_closed or old.phase(now) == Phase.CLOSED:
        raise Refused(_("In %(branch)s this month is closed already; its days can't be changed."), branch=branch.name)
    if new.phase(now) == Phase.OFF:
        return
    if (old.is_off or new.reviews_end != old.reviews_end) and new.reviews_end <= now:
        raise Refused(
            _("Day %(day)s has passed already: let self-reviews end today or later (%(branch)s)."),
            day=new.review_day,
            branch=branch.name,
        )
    if new.ratings_end != old.ratings_end and new.ratings_end <= now:
        raise Refused(
            _("Day %(day)s has passed already: let branch ratings end today or later (%(branch)s)."),
            day=new.rating_day,
            branch=branch.name,
        )


def _forgive_late(cycle: Cycle, branch: Branch, window: Window) -> None:
    """What turns out to lie before the new deadline is late no more."""
    late = SelfReview.objects.filter(cycle=cycle, branch=branch, is_late=True)
    late.filter(submitted_at__lt=window.reviews_end).update(is_late=False)


def _write(cycle: Cycle, settings: MonthSettings) -> None:
    cycle.is_off, cycle.scale = settings.is_off, settings.scale
    cycle.review_day, cycle.rating_day = settings.review_day, settings.rating_day
    cycle.version += 1
    cycle.save(update_fields=["is_off", "scale", "review_day", "rating_day", "version"])
    cycle.deadlines.all().delete()
    CycleDeadline.objects.bulk_create(
        CycleDeadline(cycle=cycle, branch_id=branch_id, review_day=days[0], rating_day=days[1])
        for branch_id, days in settings.own_days.items()
    )


def _plain(settings: MonthSettings) -> dict[str, Any]:
    codes = dict(Branch.objects.filter(pk__in=settings.own_days).values_list("pk", "code"))
    return {
        "is_off": settings.is_off,
        "review_day": settings.review_day,
        "rating_day": settings.rating_day,
        "scale": settings.scale,
        "own_days": {codes[branch_id]: list(days) for branch_id, days in sorted(settings.own_days.items())},
    }
