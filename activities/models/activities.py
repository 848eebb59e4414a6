"""What does a branch do, when, and who is responsible?"""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Case, F, Q, When
from django.utils.translation import gettext_lazy as _

from activities.audiences import audiences_of
from activities.web_links import followable
from members.access import Access, ScopedQuerySet, access_of
from members.models import Branch
from members.roles import Permission, Role


class ActivityQuerySet(ScopedQuerySet):
    def visible_to(self, user: Any, permission: Permission) -> "ActivityQuerySet":
        """Rows of the user's branches; to look at, also those above them that are meant for him."""
        access = access_of(user)
        rows = access.rows(permission, self.branch_lookup)
        if permission == Permission.VIEW_ACTIVITIES:
            rows |= _meant_from_above(user, access)
        return self.filter(rows)

    def nearest_first(self, moment: datetime) -> "ActivityQuerySet":
        """What is to come, the soonest first, then what has begun, the last one first: what is cut off lies far."""
        begun = Case(When(starts_at__lt=moment, then=F("starts_at")))
        return self.order_by(begun.desc(nulls_first=True), "starts_at", "pk")


def _meant_from_above(user: Any, access: Access) -> Q:
    condition = Q(pk__in=[])
    for grant in access.granting(Permission.VIEW_ACTIVITIES):
        above = grant.branch.ancestor_paths()[:-1]
        audiences = audiences_of(user.member.stage) if grant.role == Role.MEMBER else ["open"]
        condition |= Q(branch__path__in=above, audience__in=audiences)
    return condition


class Activity(models.Model):
    """One activity of a branch at one time: a meeting, a lecture, a theme Party day, a volunteer service."""

    class Mode(models.TextChoices):
        OFFLINE = "offline", _("On site")
        ONLINE = "online", _("Online")
        BOTH = "both", _("On site and online")

    class Audience(models.TextChoices):
        """For whom it is (see audiences.py): organisation life is counted apart from study for non-members."""

        INSIDE = "inside", _("Party members (organisation life)")
        APPLICANTS = "applicants", _("Applicants, activists and candidates")
        OPEN = "open", _("Everybody, non-members too")

    branch = models.ForeignKey(
        "members.Branch", on_delete=models.PROTECT, related_name="activities", verbose_name=_("Branch")
    )
    kind = models.ForeignKey(
        "activities.ActivityKind", on_delete=models.PROTECT, related_name="activities", verbose_name=_("Kind")
    )
    title = models.CharField(_("Title"), max_length=80)
    place = models.CharField(_("Location"), max_length=80, blank=True)
    mode = models.CharField(_("On site or online"), max_length=10, choices=Mode, default=Mode.OFFLINE)
    link = models.URLField(_("Meeting link"), max_length=300, blank=True)
    description = models.TextField(_("Description"), blank=True)
    audience = models.CharField(_("For whom"), max_length=10, choices=Audience, default=Audience.INSIDE)
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
    signs_up = models.BooleanField(_("People sign up"), default=False)
    capacity = models.PositiveSmallIntegerField(_("Places"), null=True, blank=True)  # none: as many as like
    signs_up_until = models.DateTimeField(_("Sign-up until"), null=True, blank=True)  # none: until it begins
    arrivals = models.PositiveIntegerField(default=0, editable=False)  # how many ever signed up: the next one's order
    series = models.UUIDField(_("Series"), null=True, editable=False, db_index=True)  # of occurrences of one plan
    cancelled_at = models.DateTimeField(null=True, editable=False)
    cancelled_because = models.CharField(_("Reason"), max_length=200, blank=True)
    entry = models.UUIDField(unique=True, default=uuid4, editable=False)  # of the form that was sent, once or twice
    version = models.PositiveIntegerField(default=1)  # raised by every edit and by every attendance that is saved

    objects = ActivityQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at", "-id"]
        indexes = [models.Index(fields=["branch", "-starts_at"]), models.Index(fields=["starts_at"])]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="activity_ends_after_start"),
            models.CheckConstraint(condition=Q(hours__gte=0, hours__lte=24), name="activity_hours_of_one_day"),
            models.CheckConstraint(condition=Q(capacity=None) | Q(capacity__gte=1), name="activity_with_a_place"),
            models.CheckConstraint(
                condition=Q(signs_up=True) | Q(capacity=None, signs_up_until=None),
                name="activity_places_to_sign_up_for",
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at=None, cancelled_because="")
                | (Q(cancelled_at__isnull=False) & ~Q(cancelled_because="")),
                name="activity_cancelled_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def web_link(self) -> str:
        return followable(self.link)

    def reaches(self, branch: Branch) -> bool:
        """Is it held by this branch or by one above it, so that its people belong to it?"""
        return branch.path.startswith(self.branch.path)

    @property
    def is_cancelled(self) -> bool:
        return self.cancelled_at is not None

    @property
    def is_online(self) -> bool:
        return self.mode in {self.Mode.ONLINE, self.Mode.BOTH}
