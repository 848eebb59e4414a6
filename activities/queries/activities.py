"""Which activities are there, and what differs between one and what is typed?"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from activities.models import Activity, Attendance
from members.models import Member


def with_attendance(activities: QuerySet[Activity], member: Member | None) -> QuerySet[Activity]:
    """Add `present`, `known` (how many are marked) and `own_state` (of this member) to each; no further query."""
    own = Attendance.objects.filter(activity=OuterRef("pk"), member=member)
    return (
        activities.select_related("branch", "owner", "kind")
        .annotate(
            present=Count("attendances", filter=Q(attendances__state=Attendance.State.PRESENT)),
            known=Count("attendances"),
            own_state=Subquery(own.values("state")[:1]),
        )
        .order_by("-starts_at", "-pk")
    )  # counting drops the model's own order


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
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    labels = dict(Activity._meta.get_field(name).flatchoices)
    return str(labels.get(value, value)) or "–"
