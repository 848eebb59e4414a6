"""Which membership is on its way to another organisation, with which letter, and how did it end?"""

from datetime import date, timedelta

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from members.access import ScopedQuerySet, access_of
from members.roles import Permission
from members.stages import PARTY_MEMBERS, Stage


class TransferQuerySet(ScopedQuerySet):
    def visible_to(self, user, permission: Permission) -> "TransferQuerySet":
        """Those that leave or reach a branch in which the user holds the permission."""
        access = access_of(user)
        return self.filter(access.rows(permission, "source") | access.rows(permission, "target"))

    def leaving(self, user, permission: Permission) -> "TransferQuerySet":
        """Those out of a branch in which the user holds the permission."""
        return self.filter(access_of(user).rows(permission, "source"))

    def arriving(self, user, permission: Permission) -> "TransferQuerySet":
        """Those into a branch in which the user holds the permission."""
        return self.filter(access_of(user).rows(permission, "target"))

    def open(self) -> "TransferQuerySet":
        """Those that nobody has decided yet."""
        return self.filter(state=Transfer.State.PROPOSED)

    def overdue(self, today: date) -> "TransferQuerySet":
        """Open ones whose letter is no longer valid."""
        return self.open().filter(valid_until__lt=today)


class Transfer(models.Model):
    """A membership that leaves a branch, with its letter. The person moves only when the other side has answered."""

    class Direction(models.TextChoices):
        INSIDE = "inside", _("Inside the portal")
        OUT = "out", _("To an organisation outside")
        IN = "in", _("From an organisation outside")

    class Reason(models.TextChoices):
        GRADUATION = "graduation", _("Graduation")
        STUDY = "study", _("Further study")
        WORK = "work", _("Taking up work")
        CHANGE = "change", _("Change of class, major or institute")
        OTHER = "other", _("Other")

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Waits for an answer")
        ACCEPTED = "accepted", pgettext_lazy("transfer", "Accepted")
        DECLINED = "declined", pgettext_lazy("transfer", "Declined")
        RETURNED = "returned", _("Receipt came back")
        CANCELLED = "cancelled", pgettext_lazy("transfer", "Cancelled")

    member = models.ForeignKey("members.Member", on_delete=models.PROTECT, related_name="transfers")
    direction = models.CharField(_("Direction"), max_length=10, choices=Direction)
    source = models.ForeignKey(
        "members.Branch", null=True, on_delete=models.PROTECT, related_name="transfers_out", verbose_name=_("From")
    )
    target = models.ForeignKey(
        "members.Branch", null=True, on_delete=models.PROTECT, related_name="transfers_in", verbose_name=_("To")
    )
    organisation = models.CharField(_("Organisation"), max_length=120, blank=True)  # the one outside the portal
    reason = models.CharField(_("Reason"), max_length=20, choices=Reason)
    letter_number = models.CharField(_("Letter number"), max_length=40, blank=True)
    dated_on = models.DateField(_("Date of the letter"), null=True)
    valid_until = models.DateField(_("Letter valid until"), null=True)
    state = models.CharField(_("State"), max_length=10, choices=State, default=State.PROPOSED)
    proposed_by = models.ForeignKey("members.User", on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey("members.User", null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    answer = models.CharField(_("Why"), max_length=200, blank=True)  # of a refusal or cancellation
    effective_on = models.DateField(_("First day in the new branch"), null=True)  # or the date of the receipt

    objects = TransferQuerySet.as_manager()

    class Meta:
        ordering = ["-proposed_at", "-pk"]
        indexes = [models.Index(fields=["source", "state"]), models.Index(fields=["target", "state"])]
        constraints = [
            models.UniqueConstraint(
                fields=["member"], condition=Q(state="proposed"), name="one_open_transfer_per_member"
            ),
            models.UniqueConstraint(
                fields=["letter_number"],
                condition=~Q(direction="in"),
                name="one_letter_per_number",
            ),
            models.CheckConstraint(
                condition=Q(direction="inside", source__isnull=False, target__isnull=False, organisation="")
                | Q(direction="out", source__isnull=False, target__isnull=True) & ~Q(organisation="")
                | Q(direction="in", source__isnull=True, target__isnull=False) & ~Q(organisation=""),
                name="a_transfer_has_two_ends",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("dated_on")),
                name="a_letter_is_valid_from_its_date",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.letter_number} {self.member}"

    @property
    def is_open(self) -> bool:
        return self.state == self.State.PROPOSED

    @property
    def origin(self) -> str:
        """Where the person comes from, in words."""
        return self.source.name if self.source_id else self.organisation

    @property
    def destination(self) -> str:
        """Where the person goes, in words."""
        return self.target.name if self.target_id else self.organisation

    @property
    def stage(self) -> Stage:
        """The person's stage on the date of the letter."""
        return self.member.stage_on(self.dated_on) if self.dated_on else Stage(self.member.stage)

    @property
    def hands_over_file(self) -> bool:
        """Somebody who is no Party member yet has no membership to transfer: the letter goes with his file."""
        return self.stage not in PARTY_MEMBERS

    @property
    def valid_days(self) -> int:
        """How long the letter is valid, its own date not counted."""
        return (self.valid_until - self.dated_on).days

    def is_overdue(self, today: date) -> bool:
        return self.is_open and self.valid_until < today

    def overdue_since(self) -> date:
        """The first day on which the answer is late."""
        return self.valid_until + timedelta(days=1)
