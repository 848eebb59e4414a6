"""By which rules are scores made: an owned, published, sealed document?"""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.access import ScopedQuerySet


class Purpose(models.TextChoices):
    """What a ranking is for; it decides who is ranked."""

    CANDIDATE = "candidate", _("Development candidates")
    CONVERSION = "conversion", _("Conversion to full member")
    APPRAISAL = "appraisal", _("Appraisal of student members")


class ScoringScheme(models.Model):
    """A scheme document of a branch (valid for all below it that have no own one), from a first to a last month."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")
        SEALED = "sealed", _("Sealed")

    branch = models.ForeignKey("members.Branch", on_delete=models.PROTECT, related_name="schemes")
    purpose = models.CharField(_("Purpose"), max_length=12, choices=Purpose)
    name = models.CharField(_("Name"), max_length=80)
    version = models.CharField(_("Version"), max_length=20)
    document = models.JSONField()  # branchportal.scheme/1, as it was given
    # {"components": {code: source}, "inputs": {gate input: source}}; sources are listed in evaluations/sources.py
    sources = models.JSONField(default=dict)
    state = models.CharField(_("State"), max_length=10, choices=State, default=State.DRAFT)
    first_month = models.DateField(_("Valid from"), null=True, blank=True)  # first day of a month
    last_month = models.DateField(_("Valid until"), null=True, blank=True)  # first day of the last month; none = open
    published_at = models.DateTimeField(_("Published"), null=True)
    published_by = models.ForeignKey("members.User", null=True, on_delete=models.PROTECT, related_name="+")
    sealed_at = models.DateTimeField(_("Sealed"), null=True)
    document_hash = models.CharField(max_length=64, blank=True)  # SHA-256 of the canonical document, since publication
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey("members.User", null=True, on_delete=models.PROTECT, related_name="+")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["branch__path", "purpose", "-first_month", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["branch", "name", "version"], name="one_scheme_per_name_and_version"),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(first_month__isnull=False, published_at__isnull=False),
                name="a_published_scheme_has_a_date_and_a_period",
            ),
            models.CheckConstraint(
                condition=Q(last_month__isnull=True) | Q(last_month__gte=F("first_month")),
                name="scheme_months_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"
