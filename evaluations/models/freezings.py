"""Which ranking was proposed for freezing, by whom, and what became of it?"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from evaluations.models.rankings import RankingRun
from members.access import ScopedQuerySet


class FreezingQuerySet(ScopedQuerySet):
    branch_lookup = "run__branch"

    def proposed(self) -> "FreezingQuerySet":
        """Those that wait for somebody to confirm or decline them."""
        return self.filter(state=Freezing.State.PROPOSED)

    def frozen(self) -> "FreezingQuerySet":
        """Those that were confirmed."""
        return self.filter(state=Freezing.State.FROZEN)


class Freezing(models.Model):
    """One proposal to freeze a run, and how it ended. The run itself is never written again, frozen or not.

    Names and offices are those of the day, as text; `…_for` is the person in whose place somebody acted.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", pgettext_lazy("state of a ranking", "Proposed for freezing")
        WITHDRAWN = "withdrawn", pgettext_lazy("state of a ranking", "Proposal withdrawn")
        DECLINED = "declined", pgettext_lazy("state of a ranking", "Not confirmed")
        OVERTAKEN = "overtaken", pgettext_lazy("state of a ranking", "Overtaken by a newer run")
        FROZEN = "frozen", pgettext_lazy("state of a ranking", "Frozen")

    run = models.ForeignKey(RankingRun, on_delete=models.PROTECT, related_name="freezings")
    state = models.CharField(_("State"), max_length=10, choices=State, default=State.PROPOSED)
    fingerprint = models.CharField(max_length=64)  # of what was proposed
    note = models.CharField(_("Note"), max_length=200, blank=True)  # of the proposer, for whoever confirms
    proposer = models.ForeignKey("members.User", on_delete=models.PROTECT, related_name="+")
    proposer_name = models.CharField(max_length=80)
    proposer_role = models.CharField(max_length=30)  # a Role
    proposer_for = models.ForeignKey("members.User", null=True, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decider = models.ForeignKey("members.User", null=True, on_delete=models.PROTECT, related_name="+")
    decider_name = models.CharField(max_length=80, blank=True)
    decider_role = models.CharField(max_length=30, blank=True)
    decider_for = models.ForeignKey("members.User", null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(_("Reason"), max_length=200, blank=True)  # why it was withdrawn or declined

    objects = FreezingQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["run"], condition=Q(state__in=["proposed", "frozen"]), name="one_freezing_per_run"
            ),
            models.CheckConstraint(
                condition=~Q(state="frozen") | (~Q(decider=F("proposer")) & Q(decider__isnull=False)),
                name="frozen_by_two_people",
            ),
            models.CheckConstraint(
                condition=Q(state="proposed", decided_at__isnull=True)
                | (~Q(state="proposed") & Q(decided_at__isnull=False)),
                name="a_decision_has_its_time",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["withdrawn", "declined"]) | ~Q(reason=""),
                name="a_refused_freezing_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run} {self.state}"

    @property
    def is_open(self) -> bool:
        return self.state == self.State.PROPOSED

    @property
    def is_frozen(self) -> bool:
        return self.state == self.State.FROZEN
