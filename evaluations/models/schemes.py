"""By which rules are scores made: an owned, published, sealed document?"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from evaluations.deadlines import month_of
from evaluations.documents import digest
from evaluations.purposes import Purpose
from members.access import ScopedQuerySet, access_of
from members.roles import Permission


class SchemeQuerySet(ScopedQuerySet):
    def visible_to(self, user: Any, permission: Permission) -> SchemeQuerySet:
        """Schemes of the branches in which the user holds the permission; to read, also what they inherit from above.

        Drafts are for those who may edit them.
        """
        own = access_of(user).rows(permission, "branch")
        if permission != Permission.VIEW_SCHEMES:
            return self.filter(own)
        grants = access_of(user).granting(permission)
        inherited = {path for grant in grants for path in grant.branch.ancestor_paths()}
        drafts = access_of(user).rows(Permission.EDIT_SCHEMES, "branch")
        return self.filter(own | Q(branch__path__in=inherited)).filter(~Q(state=ScoringScheme.State.DRAFT) | drafts)

    def in_force(self) -> SchemeQuerySet:
        """Only schemes that were published."""
        return self.exclude(state=ScoringScheme.State.DRAFT)

    def valid_in(self, month: date) -> SchemeQuerySet:
        """Only published schemes whose period holds that month (its first day)."""
        return self.in_force().filter(Q(last_month=None) | Q(last_month__gte=month), first_month__lte=month)

    def above(self, branch: Any) -> SchemeQuerySet:
        """Schemes of the branch itself and of all above it."""
        return self.filter(branch__path__in=branch.ancestor_paths())


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
    written_by = models.ForeignKey("members.User", null=True, on_delete=models.PROTECT, related_name="+")  # last
    approved_on = models.DateField(_("Approved by the committee on"), null=True)
    approved_by = models.ForeignKey("members.User", null=True, on_delete=models.PROTECT, related_name="+")
    approved_mark = models.CharField(max_length=64, blank=True)  # of what was approved
    published_at = models.DateTimeField(_("Published"), null=True)
    published_by = models.ForeignKey("members.User", null=True, on_delete=models.PROTECT, related_name="+")
    sealed_at = models.DateTimeField(_("Sealed"), null=True)
    document_hash = models.CharField(max_length=64, blank=True)  # SHA-256 of the canonical document, since publication
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey("members.User", null=True, on_delete=models.PROTECT, related_name="+")

    objects = SchemeQuerySet.as_manager()

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

    @property
    def mark(self) -> str:
        """What tells whether document and sources are still as they were shown."""
        return digest({"document": self.document, "sources": self.sources})

    @property
    def is_approved(self) -> bool:
        """Whether the committee has approved exactly this."""
        return self.approved_mark == self.mark

    @property
    def was_published_late(self) -> bool:
        """Whether its first month had begun when it was published."""
        return self.published_at is not None and month_of(self.published_at) >= self.first_month

    def is_valid_in(self, month: date) -> bool:
        """Whether the published scheme's period holds that month (its first day)."""
        return (
            self.first_month is not None
            and self.first_month <= month
            and (self.last_month is None or month <= self.last_month)
        )
