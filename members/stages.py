"""Which stages does a person pass on the way to full membership, and which was it on a given day?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum


class Stage(StrEnum):
    """The five stages in their order, after the masses (no application yet)."""

    MASSES = "masses"
    APPLICANT = "applicant"
    ACTIVIST = "activist"
    CANDIDATE = "candidate"
    PROBATIONARY = "probationary"
    FULL = "full"


ORDER: tuple[Stage, ...] = tuple(Stage)

# The date field that says when a stage began.
STAGE_DATE_FIELDS: dict[Stage, str] = {
    Stage.APPLICANT: "applied_on",
    Stage.ACTIVIST: "activist_on",
    Stage.CANDIDATE: "candidate_on",
    Stage.PROBATIONARY: "probationary_on",
    Stage.FULL: "full_on",
}


def at_least(stage: Stage) -> tuple[Stage, ...]:
    """Return this stage and every later one."""
    return ORDER[ORDER.index(stage) :]


# They alone have a membership in the Party that can be transferred; with everybody else a file goes along.
PARTY_MEMBERS: tuple[Stage, ...] = at_least(Stage.PROBATIONARY)


def stage_on(day: date, *, now: Stage, dates: Mapping[Stage, date | None]) -> Stage:
    """Return the stage on `day`, from today's stage and the known dates.

    A step with a later date had not been taken yet; a step without a date counts as taken, for rosters often lack it.
    """
    reached = ORDER.index(now)
    while reached and (began := dates.get(ORDER[reached])) is not None and began > day:
        reached -= 1
    return ORDER[reached]


def whole_months(start: date, end: date) -> int:
    """Return the whole months from `start` to `end`; the 31st counts as the month's last day where there is none."""
    months = (end.year - start.year) * 12 + end.month - start.month
    if end.day < start.day and not _is_month_end(end):
        months -= 1
    return max(months, 0)


def _is_month_end(day: date) -> bool:
    return day.month != date.fromordinal(day.toordinal() + 1).month
