"""What did a compilation find, exactly as it was found?"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from evaluations.models.schemes import ScoringScheme
from evaluations.purposes import Purpose
from members.access import ScopedQuerySet


class RankingRun(models.Model):
    """One immutable ranking of a branch for a purpose and a period. Recompiling makes the next run."""

    branch = models.ForeignKey("members.Branch", on_delete=models.PROTECT, related_name="ranking_runs")
    purpose = models.CharField(_("Purpose"), max_length=12, choices=Purpose)
    first_month = models.DateField(_("First month"))
    last_month = models.DateField(_("Last month"))
    number = models.PositiveIntegerField(_("Run"))  # 1, 2, … within branch, purpose and period
    scheme = models.ForeignKey(ScoringScheme, on_delete=models.PROTECT, related_name="runs")
    scheme_document = models.JSONField()  # as it was when compiled
    fingerprint = models.CharField(max_length=64)
    ranked_count = models.PositiveIntegerField()
    not_ranked_count = models.PositiveIntegerField()
    supersedes = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="superseded_by")
    job = models.OneToOneField("branchportal.JobRun", null=True, on_delete=models.PROTECT, related_name="ranking_run")
    compiled_by = models.ForeignKey("members.User", null=True, on_delete=models.PROTECT, related_name="+")
    compiled_at = models.DateTimeField()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["-last_month", "-first_month", "branch__path", "purpose", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["branch", "purpose", "first_month", "last_month", "number"], name="ranking_runs_are_numbered"
            ),
            models.CheckConstraint(condition=Q(last_month__gte=F("first_month")), name="ranking_months_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.branch} {self.first_month:%Y-%m}–{self.last_month:%Y-%m} #{self.number}"

    @property
    def freezing(self):
        """The newest proposal to freeze this run, open or ended; None where nobody has proposed it."""
        return max(self.freezings.all(), key=lambda freezing: freezing.pk, default=None)


class RankingEntryQuerySet(ScopedQuerySet):
    branch_lookup = "run__branch"


class RankingEntry(models.Model):
    """One person in one run, ranked or not, with names and classes as text and everything that made the figure."""

    run = models.ForeignKey(RankingRun, on_delete=models.CASCADE, related_name="entries")
    member = models.ForeignKey("members.Member", on_delete=models.PROTECT, related_name="ranking_entries")
    number = models.CharField(max_length=32)
    name = models.CharField(max_length=80)
    class_name = models.CharField(max_length=60, blank=True)
    stage = models.CharField(max_length=20)
    inputs = models.JSONField()  # as in the bundle: {component: [observation, …], gate input: text}
    evidence = models.JSONField(default=dict)  # beside inputs: {component: [{"month": "2026-09"}, …]}
    components = models.JSONField(default=dict)  # as in the bundle: {code: {value, points, weight, contribution}}
    total = models.CharField(max_length=20, blank=True)  # decimal text as shown
    rank = models.PositiveIntegerField(null=True)
    tied = models.BooleanField(default=False)
    band = models.CharField(max_length=40, blank=True)
    reasons = models.JSONField(default=list)  # why not ranked

    objects = RankingEntryQuerySet.as_manager()

    class Meta:
        ordering = ["rank", "number"]
        constraints = [
            models.UniqueConstraint(fields=["run", "member"], name="one_entry_per_person_and_run"),
            models.CheckConstraint(
                condition=Q(rank__isnull=True, total="") | (Q(rank__isnull=False) & ~Q(total="")),
                name="ranked_with_a_total_or_not_at_all",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rank or '–'} {self.name}"
