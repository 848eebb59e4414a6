"""Which points were added to or taken off a person's total, what for, and what shows it?"""

from uuid import uuid4

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.access import ScopedQuerySet

MOST_DIGITS, DECIMALS = 5, 2


class PointsEntryQuerySet(ScopedQuerySet):
    def standing(self) -> "PointsEntryQuerySet":
        """Those that count: nobody took them back."""
        return self.filter(withdrawn_at=None)


class PointsEntry(models.Model):
    """A bonus or a deduction of one person in one category. Taken back with a reason, never removed.

    The category is the code of a component of the branch's scheme; whether it adds or takes off is said there.
    """

    branch = models.ForeignKey("members.Branch", on_delete=models.PROTECT, related_name="points_entries")
    member = models.ForeignKey(
        "members.Member", on_delete=models.PROTECT, related_name="points_entries", verbose_name=_("Person")
    )
    category = models.CharField(_("Category"), max_length=60)
    category_label = models.CharField(max_length=80)  # as the scheme called it when this was written down
    points = models.DecimalField(
        _("Points"), max_digits=MOST_DIGITS, decimal_places=DECIMALS, validators=[MinValueValidator(0)]
    )
    on = models.DateField(_("Date"))
    what = models.CharField(_("What for"), max_length=120)
    source = models.CharField(_("What shows it"), max_length=120, blank=True)  # a document, a link, who saw it
    evidence = models.ForeignKey(
        "activities.Evidence", null=True, on_delete=models.PROTECT, related_name="points_entries",
        verbose_name=_("File"),
    )  # fmt: skip
    recorded_by = models.ForeignKey("members.User", on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey("members.User", null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_because = models.CharField(_("Reason"), max_length=200, blank=True)
    entry = models.UUIDField(unique=True, default=uuid4, editable=False)  # of the form that was sent, once or twice
    version = models.PositiveIntegerField(default=1)  # raised by every change: no silent overwrite

    objects = PointsEntryQuerySet.as_manager()

    class Meta:
        ordering = ["-on", "-pk"]
        indexes = [models.Index(fields=["branch", "-on"])]
        constraints = [
            models.CheckConstraint(condition=Q(points__gt=0), name="points_above_zero"),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None, withdrawn_because="")
                | (Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawn_because="")),
                name="points_withdrawn_with_reason",
            ),
            models.CheckConstraint(condition=~Q(source="", evidence=None), name="points_with_evidence"),
        ]

    def __str__(self) -> str:
        return f"{self.member} · {self.what}"
