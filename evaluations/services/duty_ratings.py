"""How does a branch rate what its members did in the "three ones", correct a rating, and take it back?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from activities.models import Duty
from activities.queries.duties import written_by_duty
from activities.services.duties import DutyRefused, check_months, check_over, close_months, hold_duties
from branchportal import audit
from evaluations.dimensions import is_on_scale
from evaluations.models import DutyRating
from evaluations.queries.duty_ratings import rated_in_grades, within
from evaluations.services.scheme_sealing import seal_first_figure
from members.models import Branch, Member, User
from members.queries.own_matters import own_people


@dataclass(frozen=True)
class Given:
    """What was typed for one kind of one person: points, or None for no rating; `version` is what the sender saw."""

    member: int
    kind: str
    points: int | None
    version: int


class NotRated(Exception):
    """Nothing was saved; `problems` says what is wrong with which: {(member id, kind): sentence}."""

    def __init__(self, problems: dict[tuple[int, str], str]) -> None:
        super().__init__(problems)
        self.problems = problems


@dataclass(frozen=True)
class _Sheet:
    """What all ratings of one press have in common."""

    branch: Branch
    first: date
    last: date
    reason: str
    in_grades: bool
    by: User
    now: datetime
    own: frozenset[int]


def check_period(first: date, last: date, now: datetime) -> None:
    """Raise DutyRefused where these months can't be rated: wrong order, too many, or not over yet."""
    check_months(first, last)
    check_over(last, now)


@transaction.atomic
def rate_duties(
    *, branch: Branch, first: date, last: date, given: Sequence[Given], reason: str, by: User, now: datetime
) -> int:
    """Rate these duties for these months, all or none; return how many ratings are new or others now.

    Rated months are closed: their entries change no more. Raises DutyRefused (the months) or NotRated (a duty that is
    gone, own rating, off the scale, rated meanwhile, months that are rated otherwise, a change without a reason).
    """
    check_period(first, last, now)
    in_grades, own = rated_in_grades(branch, last), own_people(by, timezone.localdate(now))
    sheet = _Sheet(branch, first, last, reason, in_grades, by, now, own)
    duties = [
        duty
        for duty in hold_duties(((one.member, one.kind) for one in given), branch)
        if duty.first_month <= last and first <= duty.last_month
    ]
    standing = _standing(duties, first, last)
    written = written_by_duty(duties)
    problems: dict[tuple[int, str], str] = {}
    changed = 0
    for one in given:
        theirs = [duty for duty in duties if (duty.member_id, duty.kind) == (one.member, one.kind)]
        rating = standing.get((one.member, one.kind))
        if one.points == (rating.points if rating else None):
            continue
        if problem := _problem(sheet, one, theirs, rating):
            problems[one.member, one.kind] = problem
            continue
        try:
            _rate(sheet, one, theirs, rating, written)
        except DutyRefused as refused:
            problems[one.member, one.kind] = str(refused)
        changed += 1
    if problems:
        raise NotRated(problems)
    if changed:
        seal_first_figure(branch=branch, month=first, now=now)
    return changed


def _standing(duties: Sequence[Duty], first: date, last: date) -> dict[tuple[int, str], DutyRating]:
    people = {duty.member_id for duty in duties}
    found = DutyRating.objects.filter(
        closing__member__in=people, closing__first_month=first, closing__last_month=last
    ).select_related("closing__member", "rated_by")
    return {(one.closing.member_id, one.closing.kind): one for one in found}


def _problem(sheet: _Sheet, one: Given, duties: Sequence[Duty], rating: DutyRating | None) -> str:
    """Why this can't be, in words; "" where nothing stands against it."""
    if not duties:
        return _("This duty is not there any more: it was taken back, or the person has left the branch.")
    if duties[0].member.user_id in sheet.own:
        return _("Nobody rates himself or whom he stands in for: ask another officer.")
    if not is_on_scale({"points": one.points}, in_grades=sheet.in_grades):
        return _("A rating is one of the five grades, or a whole number from 0 to 100.")
    if one.version != (rating.version if rating else 0):
        by = rating.rated_by.name if rating and rating.rated_by else "–"
        points = rating.points if rating else "–"
        return _("%(by)s rated this meanwhile: %(points)s. Yours stands here; save again to let it count.") % {
            "by": by, "points": points,
        }  # fmt: skip
    if rating and not sheet.reason:
        return _("This is rated already. Say above why it changes.")
    return ""


def _rate(sheet: _Sheet, one: Given, duties: list[Duty], rating: DutyRating | None, written: dict) -> None:
    if rating is None:
        _give(sheet, one, duties, written)
    elif one.points is None:
        _take_back(sheet, rating)
    else:
        _correct(sheet, rating, one.points)


def _give(sheet: _Sheet, one: Given, duties: list[Duty], written: dict) -> None:
    member = duties[0].member
    closing = close_months(
        branch=sheet.branch, member=member, kind=one.kind, first=sheet.first, last=sheet.last, now=sheet.now
    )
    due, done = within(duties, written, sheet.first, sheet.last)
    rating = DutyRating.objects.create(
        closing=closing, points=one.points, due=due, done=done, rated_by=sheet.by, rated_at=sheet.now
    )
    after = _facts(member, rating) | {"points": rating.points}
    audit.record("duty_rating.given", by=sheet.by, subject=rating, branch=sheet.branch, after=after)


def _correct(sheet: _Sheet, rating: DutyRating, points: int) -> None:
    before = {"points": rating.points}
    rating.points, rating.rated_by, rating.rated_at = points, sheet.by, sheet.now
    rating.version += 1
    rating.save()
    after = _facts(rating.closing.member, rating) | {"points": points}
    audit.record(
        "duty_rating.corrected", by=sheet.by, subject=rating, branch=sheet.branch, before=before, after=after,
        reason=sheet.reason,
    )  # fmt: skip


def _take_back(sheet: _Sheet, rating: DutyRating) -> None:
    """The months are open again."""
    before = _facts(rating.closing.member, rating) | {"points": rating.points}
    audit.record(
        "duty_rating.taken_back", by=sheet.by, subject=rating, branch=sheet.branch, before=before, reason=sheet.reason
    )
    closing = rating.closing
    rating.delete()
    closing.delete()


def _facts(member: Member, rating: DutyRating) -> dict[str, Any]:
    closing = rating.closing
    months = {"first_month": f"{closing.first_month:%Y-%m}", "last_month": f"{closing.last_month:%Y-%m}"}
    return {"person": member.name, "kind": closing.kind, **months}
