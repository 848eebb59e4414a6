"""What does a branch do, when, and who is responsible?"""

from decimal import Decimal
from uuid import uuid4

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from members.access import ScopedQuerySet


class Activity(models.Model):
    """One activity of a branch at one time: a meeting, a lecture, a theme Party day, a volunteer service."""

    class Kind(models.TextChoices):
        GENERAL_MEETING = "general_meeting", _("General meeting")
        COMMITTEE_MEETING = "committee_meeting", _("Branch committee meeting")
        GROUP_MEETING = "group_meeting", _("Party group meeting")
        PARTY_LECTURE = "party_lecture", _("Party lecture")
        THEME_DAY = "theme_day", _("Theme Party day")
        STUDY = "study", _("Study session")
        SERVICE = "service", _("Volunteer service")
        DUTY = "duty", _("Duty shift")
        OTHER = "other", _("Other")

    branch = models.ForeignKey(
        "members.Branch", on_delete=models.PROTECT, related_name="activities", verbose_name=_("Branch")
    )
    kind = models.CharField(_("Kind"), max_length=20, choices=Kind)
    title = models.CharField(_("Title"), max_length=80)
    place = models.CharField(_("Location"), max_length=80, blank=True)
    starts_at = models.DateTimeField(_("Starts at"))
    ends_at = models.DateTimeField(_("Ends at"))
    hours = models.DecimalField(
        _("Hours counted"), max_digits=4, decimal_places=1, default=Decimal("0"),
        validators=[MinValueValidator(Decimal("0")), MaxValueValidator(Decimal("24"))],
    )  # fmt: skip
    guests = models.PositiveSmallIntegerField(_("Guests"), default=0)  # from outside the branch, without names
    owner = models.ForeignKey(
        "members.Member",
        null=True,
        on_delete=models.PROTECT,
        related_name="owned_activities",
        verbose_name=_("Responsible"),
    )
    entry = models.UUIDField(unique=True, default=uuid4, editable=False)  # of the form that was sent, once or twice
    version = models.PositiveIntegerField(default=1)  # raised by every edit and by every attendance that is saved

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at", "-id"]
        indexes = [models.Index(fields=["branch", "-starts_at"])]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="activity_ends_after_start"),
            models.CheckConstraint(condition=Q(hours__gte=0, hours__lte=24), name="activity_hours_of_one_day"),
        ]

    def __str__(self) -> str:
        return self.title
