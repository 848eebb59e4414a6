"""Against which figure of his own row does a member appeal, in which words, and what became of it?"""

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from evaluations.models.rankings import RankingEntry, RankingRun
from members.access import ScopedQuerySet

LONGEST_WORDS = 500


class AppealQuerySet(ScopedQuerySet):
    branch_lookup = "entry__run__branch"

    def waiting(self) -> "AppealQuerySet":
        """Those that nobody has answered yet."""
        return self.filter(state=Appeal.State.WAITING)

    def without_a_run(self) -> "AppealQuerySet":
        """Those that were upheld and wait for the ranking to be compiled again."""
        return self.filter(state=Appeal.State.UPHELD, run_after=None)


class Appeal(models.Model):
    """One appeal against one figure. The run appealed against is never written again; `run_after` rests on the appeal.

    Name and office of whoever decided are those of the day, as text; `decider_for` is the person in whose place.
    """

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("state of an appeal", "Waiting")
        WITHDRAWN = "withdrawn", pgettext_lazy("state of an appeal", "Withdrawn")
        DECLINED = "declined", pgettext_lazy("state of an appeal", "Not upheld")
        UPHELD = "upheld", pgettext_lazy("state of an appeal", "Upheld")

    entry = models.ForeignKey(RankingEntry, on_delete=models.PROTECT, related_name="appeals")
    figure = models.CharField(max_length=60)  # the code of a component, or the name of a gate's input
    place = models.CharField(max_length=20, blank=True)  # of a component: "2026-09", or the number of an observation
    words = models.CharField(max_length=LONGEST_WORDS, blank=True)
    evidence = models.CharField(max_length=LONGEST_WORDS, blank=True)
    filed_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    decider = models.ForeignKey("members.User", null=True, on_delete=models.PROTECT, related_name="+")
    decider_name = models.CharField(max_length=80, blank=True)
    decider_role = models.CharField(max_length=30, blank=True)  # a Role
    decider_for = models.ForeignKey("members.User", null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)  # also when it was withdrawn
    reason = models.CharField(max_length=LONGEST_WORDS, blank=True)
    run_after = models.ForeignKey(RankingRun, null=True, on_delete=models.PROTECT, related_name="grounds")

    objects = AppealQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "figure", "place"], condition=Q(state="waiting"), name="one_waiting_appeal_per_figure"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", decided_at__isnull=True)
                | (~Q(state="waiting") & Q(decided_at__isnull=False)),
                name="an_answered_appeal_has_its_time",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["declined", "upheld"]) | (Q(decider__isnull=False) & ~Q(reason="")),
                name="an_answered_appeal_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(run_after__isnull=True) | Q(state="upheld"), name="only_an_upheld_appeal_makes_a_run"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def run(self) -> RankingRun:
        """The run in whose row the figure stands."""
        return self.entry.run

    @property
    def is_waiting(self) -> bool:
        return self.state == self.State.WAITING

    @property
    def is_upheld(self) -> bool:
        return self.state == self.State.UPHELD
