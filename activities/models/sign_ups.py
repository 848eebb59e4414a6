"""Who wants to come to an activity, and has a place?"""

from django.db import models
from django.db.models import F, Q

from activities.models.activities import Activity
from members.access import ScopedQuerySet


class SignUpQuerySet(ScopedQuerySet):
    branch_lookup = "activity__branch"

    def of_people_gone(self) -> "SignUpQuerySet":
        """Of people whose membership has ended, or moved to where the activity does not reach (see Activity)."""
        is_there = Q(member__branch__path__startswith=F("activity__branch__path"))
        return self.filter(Q(member__ended_on__isnull=False) | ~is_there)


class SignUp(models.Model):
    """One person who signed up. `arrival` is counted under the activity's lock: the waiting list is in its order."""

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="sign_ups")
    member = models.ForeignKey("members.Member", on_delete=models.PROTECT, related_name="sign_ups")
    arrival = models.PositiveIntegerField()
    has_place = models.BooleanField()  # the others wait
    at = models.DateTimeField()

    objects = SignUpQuerySet.as_manager()

    class Meta:
        ordering = ["arrival"]
        constraints = [
            models.UniqueConstraint(fields=["activity", "member"], name="one_sign_up_per_person"),
            models.UniqueConstraint(fields=["activity", "arrival"], name="one_sign_up_per_arrival"),
        ]

    def __str__(self) -> str:
        return f"{self.member} for {self.activity}"
