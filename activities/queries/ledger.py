"""What does a ledger of activities say of each: who came, who did not, and are there minutes?"""

from __future__ import annotations

from django.db.models import BooleanField, Case, Count, OuterRef, Q, QuerySet, Subquery, Value, When

from activities.models import Activity, Attendance, Minutes

State = Attendance.State


def with_figures(activities: QuerySet[Activity]) -> QuerySet[Activity]:
    """Add `came`, `were_excused`, `were_absent` and `has_confirmed_minutes` (None without); no further query."""
    minutes = Minutes.objects.filter(activity=OuterRef("pk")).annotate(
        fixed=Case(When(confirmed_at=None, then=Value(False)), default=Value(True), output_field=BooleanField())
    )
    return (
        activities.select_related("branch", "owner", "kind")
        .annotate(
            came=Count("attendances", filter=Q(attendances__state=State.PRESENT)),
            were_excused=Count("attendances", filter=Q(attendances__state=State.EXCUSED)),
            were_absent=Count("attendances", filter=Q(attendances__state=State.ABSENT)),
            has_confirmed_minutes=Subquery(minutes.values("fixed")[:1]),
        )
        .order_by("-starts_at", "-pk")
    )
