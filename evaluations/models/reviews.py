"""What did a member say of the own month, and what did the branch say of it?"""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from evaluations.dimensions import DIMENSIONS
from evaluations.models.months import Cycle
from members.access import ScopedQuerySet


def _points(label):
    return models.PositiveSmallIntegerField(label, null=True, blank=True)


WHOLE_CARD = "card"  # the note of a paper card that belongs to no single dimension


class ReviewQuerySet(ScopedQuerySet):
    def submitted(self) -> "ReviewQuerySet":
        """Only what counts: submitted, and not returned since (a return makes a draft of it again)."""
        return self.filter(submitted_at__isnull=False)


class Review(models.Model):
    """Five points from 0 to 100 by one kind of rater for one person and month: one wide row, quick to sum.

    The columns hold what was submitted; `draft` holds autosaved words until they are submitted too:
    {"points": {dimension: int | null}, "notes": {dimension: text}}.
    """

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="+")
    member = models.ForeignKey("members.Member", on_delete=models.PROTECT, related_name="%(class)ss")
    branch = models.ForeignKey("members.Branch", on_delete=models.PROTECT, related_name="+")  # of that month
    thought = _points(_("Thought"))
    study = _points(_("Study"))
    life = _points(_("Life"))
    work = _points(_("Work"))
    conduct = _points(_("Conduct"))
    notes = models.JSONField(default=dict)  # {dimension or WHOLE_CARD: one line}
    draft = models.JSONField(null=True)
    submitted_at = models.DateTimeField(null=True)
    submitted_by = models.ForeignKey("members.User", null=True, on_delete=models.PROTECT, related_name="+")
    from_paper = models.BooleanField(default=False)  # what counts was imported, not given online
    saved_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=1)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(fields=["member", "cycle"], name="one_%(class)s_per_member_and_month"),
            models.CheckConstraint(
                condition=Q(submitted_at__isnull=True) | Q(**{f"{dimension}__lte": 100 for dimension in DIMENSIONS}),
                name="%(class)s_points_up_to_100",
            ),
            models.CheckConstraint(
                condition=Q(submitted_at__isnull=True)
                | Q(**{f"{dimension}__isnull": False for dimension in DIMENSIONS}),
                name="a_submitted_%(class)s_is_complete",
            ),
        ]
        indexes = [models.Index(fields=["cycle", "branch"])]

    def __str__(self) -> str:
        return f"{self.member} {self.cycle}"

    @property
    def points(self) -> dict[str, int | None]:
        """What was submitted, by dimension."""
        return {dimension: getattr(self, dimension) for dimension in DIMENSIONS}

    @property
    def card_note(self) -> str:
        """What a paper card says of the whole month, or nothing."""
        return self.notes.get(WHOLE_CARD, "")


class SelfReview(Review):
    """A member's monthly self-review."""

    is_late = models.BooleanField(default=False)  # first submitted after the deadline, where the branch accepts that


class BranchReview(Review):
    """The branch's rating of a member for a month; given by an officer, never by the member himself."""

    rated_by = models.ForeignKey("members.User", null=True, on_delete=models.PROTECT, related_name="+")  # last editor

    class Meta(Review.Meta):
        pass
