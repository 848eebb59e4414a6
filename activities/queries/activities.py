"""Which activities are there, and what differs between one and what is typed?"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from activities.models import Activity, Attendance, SignUp
from members.models import Member


def with_attendance(activities: QuerySet[Activity], member: Member | None) -> QuerySet[Activity]:
    """Add to each, without a further query: `present`, `known` (how many are marked), `taken`, and of this member
    `own_state` and `own_place` (True: a place, False: waits, None: not signed up)."""
    marks = Attendance.objects.filter(activity=OuterRef("pk"))
    sign_ups = SignUp.objects.filter(activity=OuterRef("pk"))
    return activities.select_related("branch", "owner", "kind").annotate(
        present=_count_of(marks.filter(state=Attendance.State.PRESENT)),
        known=_count_of(marks),
        taken=_count_of(sign_ups.filter(has_place=True)),
        own_state=Subquery(marks.filter(member=member).values("state")[:1]),
        own_place=Subquery(sign_ups.filter(member=member).values("has_place")[:1]),
    )


def _count_of(rows: QuerySet) -> Coalesce:
    """How many rows of one activity: asked for the rows of a page only, not for all of the list."""
    counted = rows.order_by().values("activity").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted), 0)


def differences(activity: Activity, typed: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Where typed values and the present activity disagree: (label, present, typed) in words."""
    return [
        (
            str(Activity._meta.get_field(name).verbose_name),
            _in_words(name, getattr(activity, name)),
            _in_words(name, value),
        )
        for name, value in typed.items()
        if getattr(activity, name) != value
    ]


def _in_words(name: str, value: Any) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    labels = dict(Activity._meta.get_field(name).flatchoices)
    return str(labels.get(value, value))
