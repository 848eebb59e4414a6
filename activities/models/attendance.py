"""Who was at an activity, and how many hours count?"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from activities.models.activities import Activity
from members.access import ScopedQuerySet


class AttendanceQuerySet(ScopedQuerySet):
    branch_lookup = "activity__branch"


class Attendance(models.Model):
    """One person at one activity."""

    class State(models.TextChoices):
        PRESENT = "present", _("Present")
        EXCUSED = "excused", _("Excused")
        ABSENT = "absent", _("Absent")

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="attendances")
    member = models.ForeignKey("members.Member", on_delete=models.PROTECT, related_name="attendances")
    state = models.CharField(_("Attendance"), max_length=10, choices=State)
    hours = models.DecimalField(_("Hours"), max_digits=4, decimal_places=1)  # 0 unless present

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        ordering = ["member__pinyin", "member__number"]
        constraints = [
            models.UniqueConstraint(fields=["activity", "member"], name="one_attendance_per_person"),
            models.CheckConstraint(condition=Q(hours__gte=0, hours__lte=24), name="attendance_hours_of_one_day"),
        ]

    def __str__(self) -> str:
        return f"{self.member} at {self.activity}: {self.state}"
