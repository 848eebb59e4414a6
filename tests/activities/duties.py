"""Which duties and entries do the tests speak of? Today is 10 November 2026, in the term until January."""

from datetime import UTC, date, datetime
from uuid import uuid4

from activities.duties import DutyKind
from activities.services.duties import Wanted, assign_duties
from activities.services.duty_entries import write_entry

NOW = datetime(2026, 11, 10, 4, 0, tzinfo=UTC)
TODAY = date(2026, 11, 10)
SEPTEMBER, OCTOBER, NOVEMBER, JANUARY = date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1), date(2027, 1, 1)


def give(member, kind=DutyKind.DORMITORY, subject="3 号楼", *, by=None, activists=(), **changed):
    """One duty of this term, with one entry a month."""
    months = {"first": SEPTEMBER, "last": JANUARY, "per_month": dict.fromkeys(DutyKind, 1), "now": NOW, **changed}
    [duty] = assign_duties(
        branch=member.branch, wanted=[Wanted(member, kind, subject, tuple(activists))], by=by or member.user, **months
    )
    return duty


def write(duty, on=date(2026, 10, 8), *, topic="safety", text="检查用电安全", upload=None, entry=None, now=NOW):
    values = {"on": on, "topic": topic, "text": text}
    by = duty.member.user
    return write_entry(duty=duty, entry=entry or uuid4(), values=values, upload=upload, by=by, now=now)
