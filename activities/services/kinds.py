"""How does a committee add, change and retire its kinds of activities?"""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from activities.models import Activity, ActivityKind
from activities.queries.kinds import kinds_of
from branchportal import audit
from members.models import Branch, User

EDITABLE = ("name", "english_name", "group", "platform", "series", "counts_hours", "needs_minutes")


class StaleKind(Exception):
    """Somebody else changed the kind since the page was opened; `kind` is how it stands now."""

    def __init__(self, kind: ActivityKind) -> None:
        super().__init__(kind.pk)
        self.kind = kind


@transaction.atomic
def add_kind(*, root: Branch, entry: UUID, values: dict[str, Any], by: User) -> ActivityKind:
    """Add a kind of the committee's own from EDITABLE `values`. The same `entry` sent again gives what stands."""
    _lock(root)
    code = f"own-{entry.hex}"
    standing = ActivityKind.objects.filter(root=root, code=code).first()
    if standing:
        return standing
    _refuse_the_same_name(root, code, values["name"])
    kind = ActivityKind.objects.create(root=root, code=code, **values)
    audit.record("activity_kind.added", by=by, subject=kind, branch=root, after=values)
    return kind


@transaction.atomic
def edit_kind(*, root: Branch, code: str, version: int, values: dict[str, Any], by: User) -> ActivityKind:
    """Write the changed ones of `values`. Raises StaleKind, or ValidationError where another kind has the name."""
    _lock(root)
    kind = kinds_of(root).get(code=code)
    before, after = audit.changes({name: getattr(kind, name) for name in values}, values)
    if not after:
        return kind
    if kind.version != version:
        raise StaleKind(kind)
    if "name" in after:
        _refuse_the_same_name(root, code, values["name"])
    own = _own(root, kind)
    _write(own, after)
    audit.record("activity_kind.edited", by=by, subject=own, branch=root, before=before, after=after)
    return own


@transaction.atomic
def retire_kind(*, root: Branch, code: str, by: User, today: date) -> ActivityKind:
    """Offer the kind no more; activities keep it. Twice is once."""
    _lock(root)
    kind = kinds_of(root).get(code=code)
    if kind.retired_on:
        return kind
    own = _own(root, kind)
    _write(own, {"retired_on": today})
    audit.record("activity_kind.retired", by=by, subject=own, branch=root)
    return own


@transaction.atomic
def bring_back_kind(*, root: Branch, code: str, by: User) -> ActivityKind:
    """Offer a retired kind again. Twice is once."""
    _lock(root)
    kind = kinds_of(root).get(code=code)
    if kind.retired_on is None:
        return kind
    _write(kind, {"retired_on": None})
    audit.record("activity_kind.brought_back", by=by, subject=kind, branch=root)
    return kind


def _lock(root: Branch) -> None:
    """One change of a committee's kinds at a time."""
    Branch.objects.select_for_update().get(pk=root.pk)


def _refuse_the_same_name(root: Branch, code: str, name: str) -> None:
    if name and any(kind.label == name and kind.code != code for kind in kinds_of(root)):
        raise ValidationError({"name": _("There is a kind of this name already. Choose another name.")})


def _own(root: Branch, kind: ActivityKind) -> ActivityKind:
    """The committee's own row of this kind; for a standard one it is made, and the committee's activities go to it."""
    if kind.root_id:
        return kind
    copied = {name: getattr(kind, name) for name in [*EDITABLE, "position", "version"]}
    own = ActivityKind.objects.create(root=root, code=kind.code, **copied)
    Activity.objects.filter(kind=kind, branch__path__startswith=root.path).update(kind=own)
    return own


def _write(kind: ActivityKind, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(kind, name, value)
    kind.version += 1
    kind.save()
