"""Who is there for which activists, dormitory area or class, what did he write down, and which months are closed?"""

from datetime import date
from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from activities.duties import MOST_A_MONTH, DutyKind
from activities.models.awards import Evidence
from members.access import ScopedQuerySet

KIND_LABELS = {
    DutyKind.ACTIVISTS: _("A group of activists"),
    DutyKind.DORMITORY: _("A dormitory area"),
    DutyKind.CLASS: _("A class"),
}
KIND_CHOICES = [(kind.value, label) for kind, label in KIND_LABELS.items()]
TOPIC_LABELS = {
    "thought": pgettext_lazy("topic of a duty", "Thought"),
    "study": pgettext_lazy("topic of a duty", "Study"),
    "life": pgettext_lazy("topic of a duty", "Life"),
    "work": pgettext_lazy("topic of a duty", "Work"),
    "tidiness": _("Tidiness and hygiene"),
    "atmosphere": _("Atmosphere for study"),
    "safety": _("Safety and discipline"),
    "solved": _("A real problem solved"),
    "talk": _("Heart-to-heart talk"),
    "class_meeting": _("Theme class meeting"),
    "one_to_one": _("One-to-one help"),
    "other": pgettext_lazy("topic of a duty", "Other"),
}


def _first_days(name: str) -> models.CheckConstraint:
    """Months are kept as their first days, in order."""
    return models.CheckConstraint(
        condition=Q(first_month__day=1, last_month__day=1, last_month__gte=F("first_month")), name=name
    )


class OfMonthsQuerySet(ScopedQuerySet):
    def sharing_months(self, first: date, last: date) -> "OfMonthsQuerySet":
        """Rows of which at least one month lies in this range."""
        return self.filter(first_month__lte=last, last_month__gte=first)


class DutyQuerySet(OfMonthsQuerySet):
    def standing(self) -> "DutyQuerySet":
        """Those that nobody took back."""
        return self.filter(withdrawn_at=None)


class Duty(models.Model):
    """One of the "three ones" of one person, from one month to another, with the entries that each month expects."""

    member = models.ForeignKey(
        "members.Member", on_delete=models.PROTECT, related_name="duties", verbose_name=_("Person")
    )
    branch = models.ForeignKey("members.Branch", on_delete=models.PROTECT, related_name="+")  # that gave it
    kind = models.CharField(_("Kind"), max_length=10, choices=KIND_CHOICES)
    subject = models.CharField(_("For whom"), max_length=40, blank=True)  # an area, a class, activists by name
    activists = models.ManyToManyField("members.Member", related_name="coached_in", verbose_name=_("Activists"))
    first_month = models.DateField(_("From the month"))
    last_month = models.DateField(_("To the month"))
    per_month = models.PositiveSmallIntegerField(_("Entries a month"), default=1)
    assigned_at = models.DateTimeField()
    assigned_by = models.ForeignKey("members.User", null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey("members.User", null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_because = models.CharField(_("Reason"), max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1)  # raised by every change: no silent overwrite

    objects = DutyQuerySet.as_manager()

    class Meta:
        ordering = ["first_month", "pk"]
        indexes = [models.Index(fields=["branch", "last_month"]), models.Index(fields=["member", "kind"])]
        constraints = [
            _first_days("duty_months_in_order"),
            models.UniqueConstraint(
                fields=["member", "kind", "first_month"], condition=Q(withdrawn_at=None), name="one_duty_of_a_kind"
            ),
            models.CheckConstraint(
                condition=Q(per_month__gte=1, per_month__lte=MOST_A_MONTH), name="duty_expects_something"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_because="")
                | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_because="")),
                name="duty_withdrawn_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.member}"

    @property
    def is_past(self) -> bool:
        """Whether nobody expects it any more: it was taken back, or the person belongs to another branch now."""
        return self.withdrawn_at is not None or self.branch_id != self.member.branch_id


class DutyEntryQuerySet(ScopedQuerySet):
    branch_lookup = "duty__branch"

    def standing(self) -> "DutyEntryQuerySet":
        """Those that count: the person did not take them back."""
        return self.filter(withdrawn_at=None)


class DutyEntry(models.Model):
    """What somebody did for his activists, area or class on one day. Taken back with a reason, never removed."""

    duty = models.ForeignKey(Duty, on_delete=models.PROTECT, related_name="entries")
    on = models.DateField(_("Day"))
    topic = models.CharField(_("Topic"), max_length=15, choices=list(TOPIC_LABELS.items()))
    text = models.CharField(_("What"), max_length=120)
    evidence = models.ForeignKey(
        Evidence, null=True, on_delete=models.PROTECT, related_name="duty_entries", verbose_name=_("File")
    )
    written_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_because = models.CharField(_("Reason"), max_length=200, blank=True)
    entry = models.UUIDField(unique=True, default=uuid4, editable=False)  # of the form that was sent, once or twice
    version = models.PositiveIntegerField(default=1)  # raised by every change: no silent overwrite

    objects = DutyEntryQuerySet.as_manager()

    class Meta:
        ordering = ["-on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["evidence"], condition=Q(withdrawn_at=None), name="a_file_shows_one_duty_entry"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_because="")
                | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_because="")),
                name="duty_entry_withdrawn_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def branch(self):
        return self.duty.branch


class DutyClosing(models.Model):
    """Months of one kind of duty of one person that were looked at and closed: their entries change no more."""

    member = models.ForeignKey("members.Member", on_delete=models.PROTECT, related_name="duty_closings")
    branch = models.ForeignKey("members.Branch", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=KIND_CHOICES)
    first_month = models.DateField()
    last_month = models.DateField()
    closed_at = models.DateTimeField()

    objects = OfMonthsQuerySet.as_manager()

    class Meta:
        ordering = ["first_month", "pk"]
        constraints = [
            _first_days("duty_closing_months_in_order"),
            models.UniqueConstraint(fields=["member", "kind", "first_month"], name="one_duty_closing"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.member} {self.first_month:%Y-%m} – {self.last_month:%Y-%m}"
