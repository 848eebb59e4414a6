"""How well did somebody do one of the "three ones" in some months, as the branch sees it?"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from evaluations.dimensions import HIGHEST_POINTS
from members.access import ScopedQuerySet


class DutyRatingQuerySet(ScopedQuerySet):
    branch_lookup = "closing__branch"


class DutyRating(models.Model):
    """The branch's points for one person, one kind of duty and the months that it closed. Nobody rates himself."""

    closing = models.OneToOneField("activities.DutyClosing", on_delete=models.PROTECT, related_name="rating")
    points = models.PositiveSmallIntegerField(_("Points"))
    due = models.PositiveSmallIntegerField()  # entries that these months expected when they were closed
    done = models.PositiveSmallIntegerField()  # and how many of those were written
    rated_by = models.ForeignKey("members.User", null=True, on_delete=models.PROTECT, related_name="+")
    rated_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)  # raised by every change: no silent overwrite

    objects = DutyRatingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(points__lte=HIGHEST_POINTS), name="duty_rating_up_to_100"),
            models.CheckConstraint(condition=Q(done__lte=F("due")), name="duty_rating_done_of_due"),
        ]

    def __str__(self) -> str:
        return f"{self.closing}: {self.points}"
