"""Which months are evaluated, until when, and who was due?"""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from members.access import ScopedQuerySet
from members.stages import Stage

FILING_STAGES = [Stage.ACTIVIST.value, Stage.CANDIDATE.value, Stage.PROBATIONARY.value, Stage.FULL.value]
MONTHS_OFF = (2, 7, 8)  # winter and summer holidays: a new cycle of these months starts switched off

_days = [MinValueValidator(1), MaxValueValidator(28)]


def default_filing_stages() -> list[str]:
    return list(FILING_STAGES)


class CycleQuerySet(ScopedQuerySet):
    branch_lookup = "committee"


class Cycle(models.Model):
    """One month below one top committee. When it opens and closes is decided in deadlines.py."""

    class Scale(models.TextChoices):
        GRADES = "grades", _("Five grades")
        POINTS = "points", _("Points from 0 to 100")

    committee = models.ForeignKey("members.Branch", on_delete=models.PROTECT, related_name="cycles")
    month = models.DateField(_("Month"))  # its first day
    is_off = models.BooleanField(_("Switched off"), default=False)
    review_day = models.PositiveSmallIntegerField(_("Self-reviews due on day"), default=15, validators=_days)
    rating_day = models.PositiveSmallIntegerField(_("Branch ratings due on day"), default=20, validators=_days)
    scale = models.CharField(_("Scale"), max_length=10, choices=Scale, default=Scale.GRADES)
    filing_stages = models.JSONField(_("Who files"), default=default_filing_stages)
    version = models.PositiveIntegerField(default=1)

    objects = CycleQuerySet.as_manager()
    own_days: dict[str, tuple[int, int]] | None = None  # read along with some months (see queries/months.py)

    class Meta:
        ordering = ["-month"]
        constraints = [
            models.UniqueConstraint(fields=["committee", "month"], name="one_cycle_per_month"),
            models.CheckConstraint(condition=Q(month__day=1), name="cycle_month_is_its_first_day"),
            models.CheckConstraint(
                condition=Q(review_day__gte=1, rating_day__gte=F("review_day"), rating_day__lte=28),
                name="cycle_days_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class CycleDeadline(models.Model):
    """Other days for one general branch (or branch) in one month."""

    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="deadlines")
    branch = models.ForeignKey("members.Branch", on_delete=models.PROTECT, related_name="cycle_deadlines")
    review_day = models.PositiveSmallIntegerField(_("Self-reviews due on day"), validators=_days)
    rating_day = models.PositiveSmallIntegerField(_("Branch ratings due on day"), validators=_days)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["branch__path"]
        constraints = [
            models.UniqueConstraint(fields=["cycle", "branch"], name="one_deadline_per_branch_and_cycle"),
            models.CheckConstraint(
                condition=Q(review_day__gte=1, rating_day__gte=F("review_day"), rating_day__lte=28),
                name="deadline_days_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.branch} {self.cycle}"


class CycleEvent(models.Model):
    """What the clock already did for one branch in one month, so that a second tick does nothing."""

    class Kind(models.TextChoices):
        OPENED = "opened"
        REVIEWS_DUE = "reviews_due"
        CLOSED = "closed"
        REVIEWS_IN_3 = "reviews_in_3"  # reminded three days before; the others likewise
        REVIEWS_IN_1 = "reviews_in_1"
        RATINGS_IN_3 = "ratings_in_3"
        RATINGS_IN_1 = "ratings_in_1"

    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="events")
    branch = models.ForeignKey("members.Branch", on_delete=models.PROTECT, related_name="cycle_events")
    kind = models.CharField(max_length=12, choices=Kind)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cycle", "branch", "kind"], name="one_event_per_branch_and_cycle"),
        ]

    def __str__(self) -> str:
        return f"{self.branch} {self.cycle} {self.kind}"


class Due(models.Model):
    """Who had to file in a month: those who belonged on its opening day, written once when it opened."""

    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="dues")
    member = models.ForeignKey("members.Member", on_delete=models.CASCADE, related_name="dues")
    branch = models.ForeignKey("members.Branch", on_delete=models.PROTECT, related_name="dues")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cycle", "member"], name="due_once_per_month")]
        indexes = [models.Index(fields=["cycle", "branch"])]

    def __str__(self) -> str:
        return f"{self.member} {self.cycle}"


class LatePolicy(models.Model):
    """Whether a branch accepts late self-reviews, from one month on until a later row says otherwise."""

    branch = models.ForeignKey("members.Branch", on_delete=models.PROTECT, related_name="late_policies")
    from_month = models.DateField()  # its first day
    accepts_late = models.BooleanField(default=False)
    set_by = models.ForeignKey("members.User", null=True, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["-from_month"]
        constraints = [
            models.UniqueConstraint(fields=["branch", "from_month"], name="one_late_policy_per_branch_and_month"),
            models.CheckConstraint(condition=Q(from_month__day=1), name="late_policy_month_is_its_first_day"),
        ]

    def __str__(self) -> str:
        return f"{self.branch} {self.from_month:%Y-%m}"
