"""Which kinds of activities are there, and what follows from a kind?"""

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from activities.kinds import STANDARD_NAMES
from members.access import ScopedQuerySet


class ActivityKindQuerySet(ScopedQuerySet):
    branch_lookup = "root"


class ActivityKind(models.Model):
    """A kind of activity: a standard one (no `root`), or one of a single committee.

    A committee that changes a standard kind gets a row of its own with the same code, which counts for it instead.
    """

    class Group(models.TextChoices):
        MEETINGS = "meetings", _("Three meetings and one lecture")
        THEME_DAY = "theme_day", _("Theme Party day")
        STUDY = "study", _("Theory study")
        SERVICE = "service", _("Service")
        TRAINING = "training", _("Training of officers")
        OTHER = "other", _("Other")

    class Platform(models.TextChoices):
        """The five platforms beside the lessons."""

        THOUGHT = "thought", _("Thought and politics")
        PRACTICE = "practice", _("Social practice and volunteering")
        INNOVATION = "innovation", _("Innovation and start-ups")
        ARTS_AND_SPORTS = "arts_and_sports", _("Arts and sports")
        SKILLS = "skills", _("Skills")

    root = models.ForeignKey("members.Branch", null=True, on_delete=models.PROTECT, related_name="activity_kinds")
    code = models.CharField(max_length=40)
    name = models.CharField(_("Name"), max_length=20, blank=True)  # "" for the standard name
    english_name = models.CharField(_("Name in English"), max_length=40, blank=True)
    group = models.CharField(_("Group"), max_length=10, choices=Group)
    platform = models.CharField(_("Platform"), max_length=20, choices=Platform, blank=True)
    series = models.CharField(_("Counted in the series"), max_length=20, blank=True)
    counts_hours = models.BooleanField(_("Hours count"), default=True)
    needs_minutes = models.BooleanField(_("Needs minutes"), default=False)
    position = models.PositiveSmallIntegerField(default=100)  # the standard ones first
    retired_on = models.DateField(null=True)  # no longer offered; activities keep it
    version = models.PositiveIntegerField(default=1)

    objects = ActivityKindQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["root", "code"], name="one_kind_per_code"),
            models.UniqueConstraint(fields=["code"], condition=Q(root=None), name="one_standard_kind_per_code"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The name in the reader's language."""
        if not self.name:
            return str(STANDARD_NAMES.get(self.code, self.code))
        return self.english_name if self.english_name and get_language() == "en" else self.name
