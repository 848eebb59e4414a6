"""How long can a figure be appealed against, and by when is an appeal answered? Pure: moments are arguments.

The one place where both times stand. Days are counted whole, the last one until 24:00 in Shanghai.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from evaluations.deadlines import SHANGHAI

DAYS_TO_APPEAL = 7  # after the ranking was shown, and once more after it was frozen
DAYS_TO_ANSWER = 7  # after the appeal came in


def last_day_to_appeal(compiled_at: datetime, frozen_at: datetime | None) -> date:
    """The last day on which figures of a ranking can be appealed against; `frozen_at`: None where it is not frozen."""
    return _day(frozen_at or compiled_at) + timedelta(days=DAYS_TO_APPEAL)


def last_day_to_answer(filed_at: datetime) -> date:
    """The last day on which the committee answers in time."""
    return _day(filed_at) + timedelta(days=DAYS_TO_ANSWER)


def end_of_answering(filed_at: datetime) -> datetime:
    """The first instant at which an answer is too late."""
    return end_of(last_day_to_answer(filed_at))


def end_of(day: date) -> datetime:
    """The first instant after a day."""
    return datetime.combine(day + timedelta(days=1), time(), SHANGHAI)


def _day(moment: datetime) -> date:
    return moment.astimezone(SHANGHAI).date()
