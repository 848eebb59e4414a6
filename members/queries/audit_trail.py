"""Which lines of the audit trail may somebody read, and which of them does the filter leave?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from branchportal.models import AuditEntry
from members.access import access_of
from members.labels import ROLE_LABELS
from members.models import Absence, Transfer, User
from members.roles import Permission

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?[+-]\d\d:\d\d\Z")
TECHNICAL = ("account.", "role.", "branch.", "job.")


_LABELS = {
    "role": gettext_lazy("Office"),
    "class_name": gettext_lazy("Class"),
    "starts_on": gettext_lazy("First day"),
    "ends_on": gettext_lazy("Last day"),
    "expires_at": gettext_lazy("Slip valid until"),
    "origin": gettext_lazy("Comes from"),
    "destination": gettext_lazy("Goes to"),
    "letter_number": gettext_lazy("Letter number"),
    "letter_date": gettext_lazy("Date of the letter"),
    "transfer_reason": gettext_lazy("Reason"),
    "stand_in": gettext_lazy("Stands in"),
    "absence_kind": gettext_lazy("Kind"),
    "people": pgettext_lazy("search", "People"),
}
# Values of lines about people that are no fields of theirs.
_WORDS = {
    "role": ROLE_LABELS,
    "transfer_reason": dict(Transfer.Reason.choices),
    "absence_kind": dict(Absence.Kind.choices),
}


@dataclass(frozen=True)
class Change:
    """One value that a line changed."""

    label: str
    before: str
    after: str


def lines_for(user: User, permission: Permission) -> QuerySet[AuditEntry]:
    """The lines of the branches in scope; with VIEW_OPERATIONS nothing about reviews, scores and rosters."""
    scope = access_of(user).rows(permission, "branch")
    lines = AuditEntry.objects.select_related("branch")
    if permission != Permission.VIEW_OPERATIONS:
        return lines.filter(scope)
    technical = Q()
    for beginning in TECHNICAL:
        technical |= Q(action__startswith=beginning)
    return lines.filter(scope | Q(branch=None), technical)


def filtered(lines: QuerySet[AuditEntry], *, words: str, action: str, first: date | None, last: date | None):
    """Only lines about or by somebody, of one kind, between two days (both included, Asia/Shanghai)."""
    if words:
        lines = lines.filter(Q(actor_name__icontains=words) | Q(subject_name__icontains=words))
    if action:
        lines = lines.filter(action=action)
    if first:
        lines = lines.filter(at__gte=_midnight(first))
    if last:
        lines = lines.filter(at__lt=_midnight(last + timedelta(days=1)))
    return lines


@cache
def action_labels() -> dict[str, Any]:
    """What each action is called, from all apps (settings.AUDIT_ACTIONS)."""
    return {action: label for path in settings.AUDIT_ACTIONS for action, label in import_string(path).items()}


def changes_of(line: AuditEntry) -> list[Change]:
    """The values of a line in words, for the page."""
    keys = [*line.before, *(key for key in line.after if key not in line.before)]
    changes = [
        Change(_label(line, key), _value(line, key, line.before.get(key)), _value(line, key, line.after.get(key)))
        for key in keys
    ]
    return [change for change in changes if change.before or change.after]


def _field(line: AuditEntry, key: str):
    try:
        return apps.get_model(line.subject_type)._meta.get_field(key)
    except (LookupError, ValueError, FieldDoesNotExist):
        return None


def _label(line: AuditEntry, key: str) -> str:
    if key in _LABELS:
        return str(_LABELS[key])
    field = _field(line, key)
    return str(field.verbose_name) if field is not None and hasattr(field, "verbose_name") else key.replace("_", " ")


def _value(line: AuditEntry, key: str, value: Any) -> str:
    if value is None or value == "":
        return ""
    if key in _WORDS:
        return str(_WORDS[key].get(value, value))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, str) and _MOMENT.match(value):
        return date_format(timezone.localtime(datetime.fromisoformat(value)), "Y-m-d H:i")
    choices = dict(getattr(_field(line, key), "flatchoices", None) or ())
    return str(choices.get(value, value)) if not isinstance(value, dict | list) else _flat(value)


def _flat(value: dict | list) -> str:
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    return ", ".join(f"{key} {item}" for key, item in value.items())


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=timezone.get_default_timezone())
