"""How long are links of public notices, objections and the notices themselves kept?"""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from branchportal.retention import Ending, Rule
from evaluations.models import Objection, ObjectionEntry, PublicNotice


def _links(limit: datetime) -> QuerySet:
    return PublicNotice.objects.exclude(token="").filter(last_on__lt=timezone.localdate(limit))


def _decided(limit: datetime) -> QuerySet:
    return Objection.objects.filter(decided_at__lt=limit, emptied_at=None)


def _empty(rows: QuerySet) -> int:
    """What is left: that there was one, when, and what was decided."""
    ObjectionEntry.objects.filter(objection__in=rows).delete()
    return rows.update(
        name="", contact="", text="", reply="", user=None, about=None, receipt_hash="", emptied_at=timezone.now()
    )


RULES = (
    Rule(
        "notice_links",
        _("Links of public notices"),
        _("The link opens nothing after the last day."),
        since=_("after its last day"),
        ending=Ending.EMPTIED,
        days=1,
        expired=_links,
        end=lambda rows: rows.update(token=""),
    ),
    Rule(
        "objections",
        _("Objections: who filed them, what they say, how they were looked into"),
        _("So that the reply can be read, and the committee can account for its decision."),
        since=_("after the decision"),
        ending=Ending.ANONYMISED,
        months=24,
        expired=_decided,
        end=_empty,
    ),
    Rule(
        "public_notices",
        _("Public notices with name, class and dates"),
        _("They are part of the papers by which somebody was listed."),
        ending=Ending.KEPT,
    ),
)
