"""Who objected to what on a public notice, what was found out, and what was replied until when?

The branch and the people concerned never see these rows (see queries/objections.py).
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from evaluations.models.public_notices import NoticePerson, OfNotice, PublicNotice


class Objection(models.Model):
    """One objection. Of the number on the receipt only a hash is kept: whoever has it reads the reply."""

    class Decision(models.TextChoices):
        UPHELD = "upheld", _("Upheld")
        PARTLY = "partly", _("Partly upheld")
        NOT_UPHELD = "not_upheld", _("Not upheld")

    notice = models.ForeignKey(PublicNotice, on_delete=models.PROTECT, related_name="objections")
    about = models.ForeignKey(NoticePerson, null=True, on_delete=models.PROTECT, related_name="objections")
    text = models.TextField(_("Objection"), max_length=2000, blank=True)
    name = models.CharField(_("Name"), max_length=80, blank=True)
    contact = models.CharField(_("Contact"), max_length=80, blank=True)
    user = models.ForeignKey("members.User", null=True, on_delete=models.PROTECT, related_name="objections")
    entry = models.UUIDField(unique=True)  # of the form that made it: a double press makes one
    receipt_hash = models.CharField(max_length=64, blank=True)
    filed_at = models.DateTimeField()
    due_on = models.DateField()  # the last day on which the promised reply is in time
    decision = models.CharField(_("Decision"), max_length=10, choices=Decision, blank=True)
    reply = models.TextField(_("Reply with its reasons"), max_length=2000, blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey("members.User", null=True, on_delete=models.PROTECT, related_name="+")
    decider_name = models.CharField(max_length=80, blank=True)
    emptied_at = models.DateTimeField(null=True)  # when the words and the objector's name were removed

    objects = OfNotice.as_manager()

    class Meta:
        ordering = ["-filed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["receipt_hash"], condition=~Q(receipt_hash=""), name="one_objection_per_receipt"
            ),
            models.CheckConstraint(
                condition=Q(decision="", decided_at__isnull=True, decided_by__isnull=True, reply="")
                | (~Q(decision="") & Q(decided_at__isnull=False, decided_by__isnull=False)),
                name="a_decided_objection_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(emptied_at__isnull=False, name="", contact="", text="", user__isnull=True, receipt_hash="")
                | (Q(emptied_at__isnull=True) & ~Q(name="") & ~Q(text="") & ~Q(receipt_hash="")),
                name="an_objection_has_its_name_until_emptied",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)  # nobody's name: the audit trail keeps it

    @property
    def is_open(self) -> bool:
        return not self.decision


class ObjectionEntry(models.Model):
    """One step of looking into an objection: dated, by whom, never changed."""

    objection = models.ForeignKey(Objection, on_delete=models.CASCADE, related_name="entries")
    at = models.DateTimeField()
    by = models.ForeignKey("members.User", on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=80)
    text = models.CharField(max_length=1000)
    entry = models.UUIDField(unique=True)  # of the form that made it

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.objection_id} {self.at:%Y-%m-%d}"
