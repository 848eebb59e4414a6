"""How are months, their clock, reminders and spot checks broken by hand?"""

from __future__ import annotations

from datetime import date
from uuid import uuid4

from branchportal.ledger import place
from evaluations.models import Cycle, CycleEvent, Due, Reminder, SpotCheck, SpotCheckDraw
from members.models import Branch, Member, User
from tests.ledger.breaking.by_hand import NOW, branch, breaks, change, double, first


@breaks("months.due")
def _() -> list[str]:
    return change(first(Due, branch__code="B001"), branch=branch("B002"))


@breaks("months.committee")
def _() -> list[str]:
    other = Branch.objects.create(code="OTHER", name="文学院党委", kind="committee", path="OTHER/")
    return change(first(Due), cycle=Cycle.objects.create(committee=other, month=date(2026, 11, 1)))


@breaks("months.order")
def _() -> list[str]:
    opened = first(CycleEvent, kind="opened", cycle__events__kind="closed")
    later = CycleEvent.objects.get(kind="reviews_due", cycle=opened.cycle, branch=opened.branch)
    opened.delete()
    return [place(CycleEvent, later.pk)]


@breaks("reminders.once")
def _() -> list[str]:
    row = Reminder.objects.create(
        cycle=first(Cycle), branch=branch("B001"), user=first(User), task="reviews", day=NOW.date(), press=uuid4(),
        sent_by=first(User), sent_at=NOW,
    )  # fmt: skip
    double(row)
    return [f"evaluations.Reminder cycle={row.cycle_id} user={row.user_id} day=2026-11-22"]


@breaks("clock.once")
def _() -> list[str]:
    row = first(CycleEvent)
    double(row)
    return [f"evaluations.CycleEvent cycle={row.cycle_id} branch={row.branch_id} kind={row.kind}"]


@breaks("spot_checks.due")
def _() -> list[str]:
    draw = SpotCheckDraw.objects.create(
        cycle=first(Cycle), branch=branch("B001"), seed="7", people=1, drawn_by=first(User), drawn_at=NOW
    )
    stranger = first(Member, branch__code="B001", stage="applicant")
    row = SpotCheck.objects.create(draw=draw, member=stranger, branch=branch("B001"), position=1)
    return [place(SpotCheck, row.pk)]
