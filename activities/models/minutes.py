"""What was said and decided at an activity, who confirmed it, and what was added later?"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from activities.models.activities import Activity
from members.access import ScopedQuerySet


class MinutesQuerySet(ScopedQuerySet):
    branch_lookup = "activity__branch"


class Minutes(models.Model):
    """The record of one meeting: a draft until its chair or the secretary confirms it, then fixed."""

    activity = models.OneToOneField(Activity, on_delete=models.PROTECT, related_name="minutes")
    chair = models.ForeignKey(
        "members.User", null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("Chair")
    )
    recorder = models.ForeignKey(
        "members.User", null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("Recorder")
    )
    items = models.JSONField(default=list)  # [{"topic": …, "spoken": …, "decided": …}] in the order of the agenda
    version = models.PositiveIntegerField(default=1)  # raised by every save: no silent overwrite
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey("members.User", on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey("members.User", null=True, on_delete=models.PROTECT, related_name="+")
    roll = models.JSONField(null=True)  # who was there, as it was confirmed: {"present": [names], …, "guests": number}

    objects = MinutesQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_at=None, confirmed_by=None, roll__isnull=True)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False, roll__isnull=False),
                name="minutes_confirmed_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return str(self.activity)

    @property
    def branch(self):
        return self.activity.branch

    @property
    def is_confirmed(self) -> bool:
        return self.confirmed_at is not None


class MinutesAddendum(models.Model):
    """What was added to confirmed minutes, when, by whom and why; it changes nothing above it."""

    minutes = models.ForeignKey(Minutes, on_delete=models.PROTECT, related_name="addenda")
    text = models.TextField(_("Addendum"))
    reason = models.CharField(_("Reason"), max_length=200)
    by = models.ForeignKey("members.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    entry = models.UUIDField(unique=True, editable=False)  # of the form that was sent, once or twice

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return self.text[:80]
