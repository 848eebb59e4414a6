"""Which activities do the tests speak of?"""

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from django.utils import timezone

from activities.models import Activity, Attendance
from tests.factories import activity_kind

ENTRY = UUID("00000000-0000-4000-8000-000000000001")
PAYLOAD = '<script>alert("x")</script>'
PRESENT, EXCUSED, ABSENT = Attendance.State


def make_activity(branch, *, title="共读一本书", starts_at=None, hours="2.0", owner=None, **fields):
    starts_at = starts_at or timezone.now() - timedelta(days=2)
    return Activity.objects.create(
        branch=branch, title=title, starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=2), hours=Decimal(hours), owner=owner,
        **{"kind": activity_kind(), "audience": "open", **fields},
    )  # fmt: skip


def mark(activity, member, state=PRESENT, hours="2.0"):
    return Attendance.objects.create(
        activity=activity, member=member, state=state, hours=Decimal(hours if state == PRESENT else "0")
    )


def form_values(owner, **changed):
    return {
        "entry": str(ENTRY), "kind": "theme_day", "title": "参观校史馆", "audience": "inside",
        "mode": "offline", "place": "校史馆", "day": "2026-11-06",
        "begins": "18:30", "ends": "20:00", "hours": "", "owner": owner.pk, **changed,
    }  # fmt: skip
