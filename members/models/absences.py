"""Who is away from an office, from when until when, and who stands in?"""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.access import ScopedQuerySet


class AbsenceQuerySet(ScopedQuerySet):
    branch_lookup = "office__branch"

    def on(self, day: date) -> "AbsenceQuerySet":
        """Only absences that last on that day."""
        return self.filter(starts_on__lte=day, ends_on__gte=day)

    def not_over(self, today: date) -> "AbsenceQuerySet":
        """Absences of today and of later days."""
        return self.filter(ends_on__gte=today)


class Absence(models.Model):
    """Days (both included) on which somebody else has the rights of an office besides his own.

    Overlaps are refused by the service, which holds the two people; SQLite has no constraint for them.
    """

    class Kind(models.TextChoices):  # never why in detail: health and family are nobody's business
        TRAVEL = "travel", _("Travel on duty")
        LEAVE = "leave", _("Leave")
        INTERNSHIP = "internship", _("Internship or stay elsewhere")
        OTHER = "other", _("Other")

    office = models.ForeignKey("members.RoleAssignment", on_delete=models.CASCADE, related_name="absences")
    stand_in = models.ForeignKey(
        "members.User", on_delete=models.PROTECT, related_name="stand_ins", verbose_name=_("Stands in")
    )
    kind = models.CharField(_("Kind"), max_length=10, choices=Kind, default=Kind.LEAVE)
    starts_on = models.DateField(_("First day"))
    ends_on = models.DateField(_("Last day"))
    entered_by = models.ForeignKey("members.User", on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(default=timezone.now)

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        ordering = ["starts_on", "pk"]
        indexes = [models.Index(fields=["stand_in", "ends_on"])]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="absence_ends_after_start"),
        ]

    def __str__(self) -> str:
        return f"{self.office} {self.starts_on} {self.ends_on}"
