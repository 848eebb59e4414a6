"""Who was at an activity, how many hours count, and what was corrected later, for one person or for everybody?"""

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from activities.models.activities import Activity
from members.access import ScopedQuerySet


class AttendanceQuerySet(ScopedQuerySet):
    branch_lookup = "activity__branch"

    def counted(self) -> "AttendanceQuerySet":
        """Those whose hours count: present, at activities of a kind that counts."""
        return self.filter(state=Attendance.State.PRESENT, activity__kind__counts_hours=True)

    def following(self, hours: Decimal) -> "AttendanceQuerySet":
        """Those present whose hours are those of the activity."""
        return self.filter(state=Attendance.State.PRESENT, hours=hours, reason="")


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
    reason = models.CharField(_("Why other hours"), max_length=100, blank=True)  # without: the hours of the activity

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        ordering = ["member__pinyin", "member__number"]
        constraints = [
            models.UniqueConstraint(fields=["activity", "member"], name="one_attendance_per_person"),
            models.CheckConstraint(condition=Q(hours__gte=0, hours__lte=24), name="attendance_hours_of_one_day"),
        ]

    def __str__(self) -> str:
        return f"{self.member} at {self.activity}: {self.state}"


class AttendanceCorrection(models.Model):
    """What was written about a person at an activity that was over, and was changed later; "" for nothing written."""

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="corrections")
    member = models.ForeignKey("members.Member", on_delete=models.PROTECT, related_name="attendance_corrections")
    old_state = models.CharField(max_length=10, choices=Attendance.State)
    old_hours = models.DecimalField(max_digits=4, decimal_places=1)
    new_state = models.CharField(max_length=10, choices=Attendance.State, blank=True)
    new_hours = models.DecimalField(max_digits=4, decimal_places=1)
    reason = models.CharField(_("Reason"), max_length=200)
    by = models.ForeignKey("members.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="attendance_corrected_with_reason")]

    def __str__(self) -> str:
        return f"{self.member} at {self.activity}: {self.old_state} → {self.new_state}"


class HoursCorrectionQuerySet(ScopedQuerySet):
    branch_lookup = "activity__branch"


class HoursCorrection(models.Model):
    """What counted for everybody at an activity before and after a change that came when attendance was recorded.

    Hours are those that counted: 0 for a kind whose hours do not count.
    """

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="hours_corrections")
    old_hours = models.DecimalField(max_digits=4, decimal_places=1)
    new_hours = models.DecimalField(max_digits=4, decimal_places=1)
    old_starts_at = models.DateTimeField()
    new_starts_at = models.DateTimeField()
    old_ends_at = models.DateTimeField()
    new_ends_at = models.DateTimeField()
    old_audience = models.CharField(max_length=10, choices=Activity.Audience)
    new_audience = models.CharField(max_length=10, choices=Activity.Audience)
    reason = models.CharField(_("Reason"), max_length=200)
    by = models.ForeignKey("members.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = HoursCorrectionQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="hours_corrected_with_reason")]

    def __str__(self) -> str:
        return f"{self.activity}: {self.old_hours} → {self.new_hours}"
