"""Who belongs to a branch, and how far on the path is he?"""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from members.access import ScopedQuerySet
from members.labels import STAGE_LABELS
from members.stages import PARTY_MEMBERS, STAGE_DATE_FIELDS, Stage, stage_on


class MemberQuerySet(ScopedQuerySet):
    def current(self) -> "MemberQuerySet":
        """People who belong to their branch today."""
        return self.filter(ended_on=None)

    def belonging_on(self, day: date) -> "MemberQuerySet":
        """People who belonged to their present branch on that day."""
        return self.filter(Q(ended_on=None) | Q(ended_on__gt=day), joined_on__lte=day)

    def in_roster_order(self) -> "MemberQuerySet":
        """By pinyin, then number: the order of every list of people."""
        return self.order_by("pinyin", "number")


class Member(models.Model):
    """A person in a branch: student or teacher, from the masses to full membership. Ended memberships stay."""

    class Kind(models.TextChoices):
        STUDENT = "student", _("Student")
        TEACHER = "teacher", _("Teacher")

    class EndReason(models.TextChoices):
        GRADUATED = "graduated", _("Graduated")
        TRANSFERRED = "transferred", _("Transferred to another organisation")
        WITHDREW = "withdrew", _("Withdrew")
        REMOVED = "removed", _("Removed")
        OTHER = "other", _("Other")

    branch = models.ForeignKey(
        "members.Branch", on_delete=models.PROTECT, related_name="members", verbose_name=_("Branch")
    )
    user = models.OneToOneField(
        "members.User", null=True, blank=True, on_delete=models.PROTECT, related_name="member"
    )  # none until an activation slip is made
    number = models.CharField(_("Student or staff number"), max_length=32, unique=True)
    name = models.CharField(_("Name"), max_length=80)
    pinyin = models.CharField(max_length=200, editable=False)  # "zhang wei": order and search
    initials = models.CharField(max_length=80, editable=False)  # "zw"
    kind = models.CharField(_("Kind"), max_length=10, choices=Kind, default=Kind.STUDENT)
    stage = models.CharField(
        _("Stage"),
        max_length=20,
        choices=[(stage.value, label) for stage, label in STAGE_LABELS.items()],
        default=Stage.APPLICANT,
    )
    applied_on = models.DateField(_("Applied on"), null=True, blank=True)
    activist_on = models.DateField(_("Activist since"), null=True, blank=True)
    candidate_on = models.DateField(_("Development candidate since"), null=True, blank=True)
    probationary_on = models.DateField(_("Probationary member since"), null=True, blank=True)
    full_on = models.DateField(_("Full member since"), null=True, blank=True)
    class_name = models.CharField(_("Class"), max_length=60, blank=True)
    grade = models.CharField(_("Grade"), max_length=20, blank=True)
    major = models.CharField(_("Major"), max_length=60, blank=True)
    schooling = models.CharField(_("Length of schooling"), max_length=20, blank=True)
    contact = models.CharField(_("Contact"), max_length=80, blank=True)
    cultivation_contact = models.CharField(_("Cultivation contacts"), max_length=80, blank=True)
    leaving_on = models.DateField(_("Planned leaving date"), null=True, blank=True)
    joined_on = models.DateField(_("In this branch since"))
    ended_on = models.DateField(_("Membership ended on"), null=True, blank=True)  # first day that no longer counts
    end_reason = models.CharField(_("Reason of the end"), max_length=20, choices=EndReason, blank=True)
    version = models.PositiveIntegerField(default=1)  # raised by every edit: no silent overwrite

    objects = MemberQuerySet.as_manager()

    class Meta:
        ordering = ["pinyin", "number"]
        indexes = [
            models.Index(fields=["branch", "ended_on", "pinyin", "number"]),
            models.Index(fields=["pinyin"]),
            models.Index(fields=["initials"]),
            # The quick search asks for beginnings, which PostgreSQL finds in indexes of this kind alone.
            models.Index(fields=["pinyin"], name="pinyin_by_beginning", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["initials"], name="initials_by_beginning", opclasses=["varchar_pattern_ops"]),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("joined_on")),
                name="membership_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True, end_reason="") | (Q(ended_on__isnull=False) & ~Q(end_reason="")),
                name="an_ended_membership_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def stage_dates(self) -> dict[Stage, date | None]:
        """When each stage began, as far as it is known."""
        return {stage: getattr(self, field) for stage, field in STAGE_DATE_FIELDS.items()}

    @property
    def stage_began_on(self) -> date | None:
        """When today's stage began, if that is known."""
        field = STAGE_DATE_FIELDS.get(self.stage)
        return getattr(self, field) if field else None

    def get_stage_display(self) -> str:
        """Django's own looks through all choices again for each row of a list."""
        return str(STAGE_LABELS[self.stage])

    @property
    def is_party_member(self) -> bool:
        return self.stage in PARTY_MEMBERS

    def stage_on(self, day: date) -> Stage:
        return stage_on(day, now=Stage(self.stage), dates=self.stage_dates)


class FormerMembership(models.Model):
    """An earlier branch of a person who was transferred inside the university."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="former_memberships")
    branch = models.ForeignKey("members.Branch", on_delete=models.PROTECT, related_name="former_memberships")
    joined_on = models.DateField()
    left_on = models.DateField()  # first day in the next branch

    class Meta:
        ordering = ["-left_on"]
        constraints = [
            models.CheckConstraint(condition=Q(left_on__gte=F("joined_on")), name="former_membership_dates"),
        ]

    def __str__(self) -> str:
        return f"{self.member} in {self.branch} until {self.left_on}"


class FormerNumber(models.Model):
    """A number that a person had before: still found by search and import, never given to somebody else."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="former_numbers")
    number = models.CharField(max_length=32, unique=True)
    until = models.DateField()

    class Meta:
        ordering = ["-until"]

    def __str__(self) -> str:
        return self.number
