"""Which lines of the audit trail may somebody read, and which of them does the filter leave?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
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

from branchportal.audit_facts import Fact, fact_of
from branchportal.models import AuditEntry
from branchportal.wording import listed
from members.access import access_of
from members.models import Member, User
from members.roles import Permission

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?[+-]\d\d:\d\d\Z")
TECHNICAL = ("account.", "role.", "branch.", "job.")
PERSON = "person"  # what a value is called that is kept by the number of somebody's row


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


def actions_by_subject(beginnings: tuple[str, ...]) -> list[tuple[str, list[tuple[str, str]]]]:
    """The subjects of all apps (settings.AUDIT_SUBJECTS) that have such actions, each with these and their names."""
    labels = {action: str(label) for action, label in action_labels().items() if action.startswith(beginnings)}
    found: dict[str, list[tuple[str, str]]] = {}
    for subject, words in (pair for path in settings.AUDIT_SUBJECTS for pair in import_string(path).items()):
        actions = [(action, label) for action, label in labels.items() if action.startswith(words)]
        found.setdefault(str(subject), []).extend(actions)
    return [(subject, sorted(actions, key=lambda pair: pair[1])) for subject, actions in found.items() if actions]


def people_in(lines: Iterable[AuditEntry]) -> dict[str, str]:
    """The names of the people by whose rows some values are kept ({"17": "…"}); a query only if there are any."""
    keys = {key for line in lines for key in (*line.before, *line.after) if key.isdigit()}
    return {str(pk): name for pk, name in Member.objects.filter(pk__in=keys).values_list("pk", "name")} if keys else {}


def changes_of(line: AuditEntry, people: Mapping[str, str] | None = None) -> list[Change]:
    """The values of a line in words, for the page; `people` as people_in() finds them."""
    keys = [*line.before, *(key for key in line.after if key not in line.before)]
    changes = [_change(line, key, people or {}) for key in keys]
    return [change for change in changes if change.before or change.after]


def _change(line: AuditEntry, key: str, people: Mapping[str, str]) -> Change:
    field = _field(line, key)
    fact = fact_of(line.action, PERSON if key.isdigit() else key)
    label = people.get(key) or (fact.label if fact else getattr(field, "verbose_name", key.replace("_", " ")))
    before, after = (_value(values.get(key), fact, field) for values in (line.before, line.after))
    return Change(str(label), before, after)


def _field(line: AuditEntry, key: str):
    try:
        return apps.get_model(line.subject_type)._meta.get_field(key)
    except (LookupError, ValueError, FieldDoesNotExist):
        return None


def _value(value: Any, fact: Fact | None, field: Any) -> str:
    if value is None or value in ("", [], {}):
        return ""
    if fact is not None:
        value = fact.said(value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, str) and _MOMENT.match(value):
        return date_format(timezone.localtime(datetime.fromisoformat(value)), "Y-m-d H:i")
    if isinstance(value, list):
        return listed(value)
    if isinstance(value, dict):
        return listed(f"{key} {item}" for key, item in value.items())
    choices = dict(getattr(field, "flatchoices", None) or ()) if fact is None else {}
    return str(choices.get(value, value))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=timezone.get_default_timezone())
