"""What has changed about one person, when, by whom and why: the audit trail in plain words?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from branchportal.models import AuditEntry
from members.models import Member, User
from members.queries.audit_trail import Change, action_labels, changes_of

OF_THE_PERSON = ("member.", "roster.", "transfer.", "correction.")
OF_THE_ACCOUNT = ("role.", "absence.")


@dataclass(frozen=True)
class Line:
    """When, who (and for whom), what, which values, why; `name_then` if the person was called otherwise."""

    at: datetime
    by: str
    what: str
    changes: list[Change]
    why: str = ""
    stood_in_for: str = ""
    name_then: str = ""


def entries_about(member: Member) -> QuerySet[AuditEntry]:
    """The audit lines about the person and the person's offices, the newest first."""
    record = Q(subject_type=Member._meta.label_lower, subject_id=str(member.pk)) & _beginning(OF_THE_PERSON)
    if member.user_id is None:
        return AuditEntry.objects.filter(record)
    offices = Q(subject_type=User._meta.label_lower, subject_id=str(member.user_id)) & _beginning(OF_THE_ACCOUNT)
    return AuditEntry.objects.filter(record | offices)


def lines(entries: Iterable[AuditEntry], member: Member) -> list[Line]:
    """These entries as the person's page prints them; without a further query."""
    return [
        Line(
            entry.at,
            entry.actor_name,
            what(entry),
            changes_of(entry),
            entry.reason,
            entry.stood_in_for,
            entry.subject_name if entry.subject_name != member.name else "",
        )
        for entry in entries
    ]


def last_change(member: Member) -> Line | None:
    """The newest line, for whoever comes second with an edit."""
    return next(iter(lines(entries_about(member)[:1], member)), None)


def what(entry: AuditEntry) -> str:
    """The action in words; of an edit, what matters most in it."""
    if entry.action == "member.edited":
        for field, text in _EDITS.items():
            if field in entry.after:
                return str(text())
    return str(action_labels().get(entry.action, entry.action))


_EDITS = {
    "stage": lambda: _("Stage changed"),
    "number": lambda: _("Number changed"),
    "name": lambda: _("Name changed"),
    "leaving_on": lambda: _("Planned leaving date changed"),
}


def _beginning(prefixes: Iterable[str]) -> Q:
    condition = Q()
    for prefix in prefixes:
        condition |= Q(action__startswith=prefix)
    return condition
