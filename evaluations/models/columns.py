"""Which figures about its people did a branch bring in from Excel: grade points, failed courses, votes?"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from evaluations.column_names import LONGEST_NAME
from members.access import ScopedQuerySet


class FigureColumn(models.Model):
    """One column of a sheet, called as its head says, about one day or from one day to another."""

    branch = models.ForeignKey("members.Branch", on_delete=models.PROTECT, related_name="figure_columns")
    name = models.CharField(_("Column"), max_length=LONGEST_NAME)
    key = models.CharField(max_length=LONGEST_NAME)  # by which schemes find it: see column_names.py
    first_on = models.DateField(_("First day"))
    last_on = models.DateField(_("Last day"))  # a ranking counts it whose period holds this day

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["-last_on", "key", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["branch", "key", "first_on", "last_on"], name="one_column_of_a_name"),
            models.CheckConstraint(condition=Q(first_on__lte=F("last_on")), name="column_days_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.last_on}"


class ColumnFigureQuerySet(ScopedQuerySet):
    branch_lookup = "column__branch"


class ColumnFigure(models.Model):
    """One person's figure in a column, as an exact decimal text, and who brought it in from which file."""

    column = models.ForeignKey(FigureColumn, on_delete=models.CASCADE, related_name="figures")
    member = models.ForeignKey("members.Member", on_delete=models.PROTECT, related_name="column_figures")
    value = models.CharField(_("Figure"), max_length=20)
    imported_by = models.ForeignKey("members.User", on_delete=models.PROTECT, related_name="+")
    imported_at = models.DateTimeField()
    file_name = models.CharField(_("File"), max_length=200)

    objects = ColumnFigureQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["column", "member"], name="one_figure_per_person_and_column")]

    def __str__(self) -> str:
        return f"{self.member} · {self.column}: {self.value}"

    @property
    def branch(self):
        return self.column.branch
