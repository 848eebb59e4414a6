"""Whose month did the committee look at by lot, and what did it find?"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from evaluations.models.months import Cycle
from members.access import ScopedQuerySet


class SpotCheckDraw(models.Model):
    """One draw of a month below one branch. Whoever has the seed and the numbers can repeat it (see sampling.py)."""

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="spot_check_draws")
    branch = models.ForeignKey("members.Branch", on_delete=models.PROTECT, related_name="spot_check_draws")
    seed = models.CharField(max_length=32)
    people = models.PositiveIntegerField()  # among how many it was drawn
    drawn_by = models.ForeignKey("members.User", on_delete=models.PROTECT, related_name="+")
    drawn_at = models.DateTimeField()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["-cycle__month", "branch__path"]
        constraints = [models.UniqueConstraint(fields=["cycle", "branch"], name="one_draw_per_month_and_branch")]

    def __str__(self) -> str:
        return f"{self.branch} {self.cycle}"


class SpotCheckQuerySet(ScopedQuerySet):
    branch_lookup = "draw__branch"


class SpotCheck(models.Model):
    """One person who was drawn, and what was found in the papers of that month."""

    class Finding(models.TextChoices):
        IN_ORDER = "in_order", _("In order")
        REMARK = "remark", _("Remark")

    draw = models.ForeignKey(SpotCheckDraw, on_delete=models.PROTECT, related_name="checks")
    member = models.ForeignKey("members.Member", on_delete=models.PROTECT, related_name="spot_checks")
    branch = models.ForeignKey("members.Branch", on_delete=models.PROTECT, related_name="+")  # of that month
    position = models.PositiveSmallIntegerField()
    finding = models.CharField(_("Finding"), max_length=10, choices=Finding, blank=True)
    note = models.CharField(_("Note"), max_length=200, blank=True)
    checked_by = models.ForeignKey("members.User", null=True, on_delete=models.PROTECT, related_name="+")
    checked_at = models.DateTimeField(null=True)

    objects = SpotCheckQuerySet.as_manager()

    class Meta:
        ordering = ["draw", "position"]
        constraints = [
            models.UniqueConstraint(fields=["draw", "member"], name="drawn_once"),
            models.UniqueConstraint(fields=["draw", "position"], name="one_person_per_lot"),
            models.CheckConstraint(condition=~Q(finding="remark", note=""), name="a_remark_says_something"),
            models.CheckConstraint(
                condition=Q(finding="", checked_at__isnull=True) | (~Q(finding="") & Q(checked_at__isnull=False)),
                name="a_finding_has_its_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member} {self.draw}"
