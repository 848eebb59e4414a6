"""Which wishes to have a record corrected wait, and how were they answered?"""

from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.access import ScopedQuerySet


class CorrectionRequestQuerySet(ScopedQuerySet):
    branch_lookup = "member__branch"

    def waiting(self) -> "CorrectionRequestQuerySet":
        """Only those that nobody has answered, the oldest first."""
        return self.filter(state=CorrectionRequest.State.OPEN).order_by("asked_at", "pk")


class CorrectionRequest(models.Model):
    """A member asks to have one field of the own record changed; an officer decides. Values as text, days as ISO."""

    class State(models.TextChoices):
        OPEN = "open", _("Waits for an answer")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    member = models.ForeignKey("members.Member", on_delete=models.PROTECT, related_name="correction_requests")
    field = models.CharField(_("Field"), max_length=30)
    old_value = models.CharField(_("When asked"), max_length=80, blank=True)
    proposed_value = models.CharField(_("Right would be"), max_length=80, blank=True)
    reason = models.CharField(_("Reason"), max_length=300)
    entry = models.UUIDField(unique=True, default=uuid4, editable=False)  # of the form that was sent, once or twice
    asked_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(_("State"), max_length=10, choices=State, default=State.OPEN)
    answer = models.CharField(_("Answer"), max_length=300, blank=True)
    decided_by = models.ForeignKey("members.User", null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)

    objects = CorrectionRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["member", "field"], condition=Q(state="open"), name="one_open_correction_per_field"
            ),
            models.CheckConstraint(
                condition=Q(state="open", decided_at__isnull=True) | (~Q(state="open") & Q(decided_at__isnull=False)),
                name="a_decided_correction_has_a_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member} {self.field} {self.state}"
