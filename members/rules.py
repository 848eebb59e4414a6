"""What do the development rules ask of the dates of a path, and what comes next? Pure.

《中国共产党发展党员工作细则》 as in force since 2026-05-11; these limits are the same in the text of 2014.
The portal only points out: a person decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from branchportal.months import months_later
from members.stages import ORDER, Stage

ADULT_YEARS = 18
MONTHS_AS_ACTIVIST = 12
MONTHS_OF_PROBATION = 12
MONTHS_BEFORE_LEAVING = 3  # no pre-review later than this before the planned leaving date


class Rule(StrEnum):
    """What a date can offend against, or what sets the next one; numbered as in the catalogue of checks."""

    ADULT = "R01"
    CULTIVATION = "R05"
    PROBATION = "R15"
    PRE_REVIEW = "R10"
    ORDER = "R16"


ARTICLES: dict[Rule, str] = {
    Rule.ADULT: "5",
    Rule.CULTIVATION: "13",
    Rule.PROBATION: "30",
    Rule.PRE_REVIEW: "18",
    Rule.ORDER: "",
}


@dataclass(frozen=True)
class Finding:
    """The date of `stage` is `day`; measured by `before` it should not lie before `limit`."""

    rule: Rule
    stage: Stage
    day: date
    limit: date
    before: Stage | None = None


@dataclass(frozen=True)
class NextStep:
    """The stage that comes next: `earliest` day, or `last_good_day` of what must be done before somebody leaves."""

    stage: Stage
    rule: Rule | None = None
    earliest: date | None = None
    last_good_day: date | None = None
    too_late: bool = False


def out_of_order(dates: Mapping[Stage, date | None]) -> list[Finding]:
    """Return each step that lies before an earlier one; equal days are in order, unknown ones are passed over."""
    findings = []
    latest: tuple[Stage, date] | None = None
    for stage in ORDER:
        day = dates.get(stage)
        if day is None:
            continue
        if latest and day < latest[1]:
            findings.append(Finding(Rule.ORDER, stage, day, latest[1], latest[0]))
        else:
            latest = (stage, day)
    return findings


def shortfalls(dates: Mapping[Stage, date | None], *, born_on: date | None = None) -> list[Finding]:
    """Return the limits that these dates fall short of; an unknown date falls short of nothing."""
    spans = (
        (Rule.ADULT, None, born_on, ADULT_YEARS * 12, Stage.APPLICANT),
        (Rule.CULTIVATION, Stage.ACTIVIST, dates.get(Stage.ACTIVIST), MONTHS_AS_ACTIVIST, Stage.CANDIDATE),
        (Rule.PROBATION, Stage.PROBATIONARY, dates.get(Stage.PROBATIONARY), MONTHS_OF_PROBATION, Stage.FULL),
    )
    findings = []
    for rule, before, start, months, stage in spans:
        day = dates.get(stage)
        if start and day and day < (limit := months_later(start, months)):
            findings.append(Finding(rule, stage, day, limit, before))
    return findings


def warnings(dates: Mapping[Stage, date | None], *, born_on: date | None = None) -> list[Finding]:
    """Return all that an office should look at: steps out of order, then limits fallen short of."""
    return out_of_order(dates) + shortfalls(dates, born_on=born_on)


def next_step(stage: Stage, dates: Mapping[Stage, date | None], leaving_on: date | None = None) -> NextStep | None:
    """Return what comes after `stage`; None for a full member."""
    if stage == Stage.FULL:
        return None
    following = ORDER[ORDER.index(stage) + 1]
    if following == Stage.PROBATIONARY and leaving_on:
        return NextStep(following, Rule.PRE_REVIEW, last_good_day=months_later(leaving_on, -MONTHS_BEFORE_LEAVING))
    began = dates.get(stage)
    months, rule = {
        Stage.CANDIDATE: (MONTHS_AS_ACTIVIST, Rule.CULTIVATION),
        Stage.FULL: (MONTHS_OF_PROBATION, Rule.PROBATION),
    }.get(following, (0, None))
    if not months or began is None:
        return NextStep(following)
    earliest = months_later(began, months)
    return NextStep(following, rule, earliest, too_late=bool(leaving_on and earliest > leaving_on))
