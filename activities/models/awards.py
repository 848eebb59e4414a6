"""Which awards does somebody have, at which level, and what shows it?"""

from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from activities.web_links import followable
from members.access import ScopedQuerySet

READY_LEVELS = {
    "school": _("School level"),
    "city": _("City level"),
    "province": _("Province level"),
    "national": _("National level"),
}


class AwardLevel(models.Model):
    """A level of awards. Data: a university adds its own; the ready ones are translated."""

    code = models.SlugField(max_length=20, unique=True)
    name = models.CharField(max_length=40)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return str(READY_LEVELS.get(self.code, self.name))


class Evidence(models.Model):
    """One uploaded file, stored once however many awards it shows. Read only through a page that checks the right."""

    branch = models.ForeignKey("members.Branch", on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    file = models.FileField(upload_to="evidence/%Y")
    file_name = models.CharField(max_length=120)  # as the sender called it
    content_type = models.CharField(max_length=40)  # found in its content
    size = models.PositiveIntegerField()  # bytes
    uploaded_by = models.ForeignKey("members.User", on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["branch", "sha256"], name="one_evidence_per_content")]

    def __str__(self) -> str:
        return self.file_name


class AwardQuerySet(ScopedQuerySet):
    branch_lookup = "member__branch"

    def confirmed(self) -> "AwardQuerySet":
        """Those that count."""
        return self.filter(state=Award.State.CONFIRMED)


class Award(models.Model):
    """An award of one person. The person proposes it, an officer confirms or rejects it; confirmed ones count."""

    class State(models.TextChoices):
        PROPOSED = "proposed", pgettext_lazy("award", "Waiting for an answer")
        CONFIRMED = "confirmed", _("Confirmed")
        REJECTED = "rejected", _("Not confirmed")

    member = models.ForeignKey(
        "members.Member", on_delete=models.PROTECT, related_name="awards", verbose_name=_("Person")
    )
    title = models.CharField(_("Award"), max_length=120)
    level = models.ForeignKey(AwardLevel, on_delete=models.PROTECT, related_name="+", verbose_name=_("Level"))
    awarded_on = models.DateField(_("Awarded on"))
    body = models.CharField(_("Awarding body"), max_length=120)
    evidence = models.ForeignKey(
        Evidence, null=True, on_delete=models.PROTECT, related_name="awards", verbose_name=_("File")
    )
    link = models.URLField(_("Link"), max_length=300, blank=True)
    state = models.CharField(_("State"), max_length=10, choices=State, default=State.PROPOSED)
    proposed_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey("members.User", null=True, on_delete=models.PROTECT, related_name="+")
    decision = models.CharField(_("Reason"), max_length=200, blank=True)
    entry = models.UUIDField(unique=True, default=uuid4, editable=False)  # of the form that was sent, once or twice
    version = models.PositiveIntegerField(default=1)  # raised by every change: no silent overwrite

    objects = AwardQuerySet.as_manager()

    class Meta:
        ordering = ["-awarded_on", "-pk"]
        indexes = [models.Index(fields=["state", "-awarded_on"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="proposed", decided_at=None, decided_by=None)
                | (~Q(state="proposed") & Q(decided_at__isnull=False, decided_by__isnull=False)),
                name="award_decided_by_somebody",
            ),
            models.CheckConstraint(condition=~Q(state="rejected", decision=""), name="award_rejected_with_reason"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def web_link(self) -> str:
        return followable(self.link)

    @property
    def branch(self):
        return self.member.branch
