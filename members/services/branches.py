"""How does the tree of branches grow and change?"""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from branchportal import audit
from members.models import Branch, User
from members.queries.accounts import not_over

Kind = Branch.Kind
KINDS_ABOVE = {
    Kind.COMMITTEE: frozenset({Kind.COMMITTEE}),
    Kind.GENERAL_BRANCH: frozenset({Kind.COMMITTEE}),
    Kind.BRANCH: frozenset({Kind.COMMITTEE, Kind.GENERAL_BRANCH}),
}


def add_branch(
    *, code: str, name: str, kind: str, parent: Branch | None, by: User | None, founded_on: date | None = None
) -> Branch:
    """Add a committee, general branch or branch below `parent`. `by` is None for a command. Raises ValidationError."""
    _check_place(Kind(kind), parent)
    branch = Branch(
        code=code.strip(), name=name.strip(), kind=kind, parent=parent, founded_on=founded_on,
        path=f"{parent.path if parent else ''}{code.strip()}/",
    )  # fmt: skip
    branch.full_clean(validate_unique=False)
    try:
        with transaction.atomic():
            branch.save()
            after = {"code": branch.code, "kind": kind}
            audit.record("branch.added", by=by, subject=branch, branch=branch, after=after)
    except IntegrityError as error:  # the database decides, also between two who add it at once
        raise ValidationError({"code": _("There is a branch with this code already. Choose another code.")}) from error
    return branch


def rename_branch(*, branch: Branch, name: str, by: User) -> None:
    """Give the branch another name; its code stays."""
    with transaction.atomic():
        branch = Branch.objects.select_for_update().get(pk=branch.pk)
        before, branch.name = branch.name, name.strip()
        if before == branch.name:
            return
        branch.full_clean()
        branch.save(update_fields=["name"])
        audit.record("branch.renamed", by=by, subject=branch, branch=branch, before={"name": before},
                     after={"name": branch.name})  # fmt: skip


def close_branch(*, branch: Branch, by: User, today: date) -> None:
    """Close a branch in which nobody is left; its history stays. Raises ValidationError."""
    with transaction.atomic():
        branch = Branch.objects.select_for_update().get(pk=branch.pk)
        if branch.closed_on is not None:
            return
        if branch.children.filter(closed_on=None).exists():
            raise ValidationError(_("There are open branches below this one. Close them first."))
        if branch.members.filter(ended_on=None).exists():
            raise ValidationError(
                _("There are still members in this branch. Transfer them or end their membership first.")
            )
        if branch.role_assignments.filter(not_over(today)).exists():
            raise ValidationError(_("There are still offices held in this branch. End them first."))
        branch.closed_on = today
        branch.save(update_fields=["closed_on"])
        audit.record("branch.closed", by=by, subject=branch, branch=branch, after={"closed_on": today})


def _check_place(kind: Branch.Kind, parent: Branch | None) -> None:
    if parent is None:
        if kind != Kind.COMMITTEE:
            raise ValidationError({"parent": _("Only a committee can stand alone. Choose what it belongs to.")})
        return
    if parent.closed_on is not None:
        raise ValidationError({"parent": _("%(branch)s is closed.") % {"branch": parent.name}})
    if parent.kind not in KINDS_ABOVE[kind]:
        raise ValidationError({"parent": _PLACES[kind]()})


_PLACES = {
    Kind.COMMITTEE: lambda: _("A committee stands alone or below another committee."),
    Kind.GENERAL_BRANCH: lambda: _("A general branch belongs directly to a committee."),
    Kind.BRANCH: lambda: _("A branch belongs to a general branch or to a committee, never to another branch."),
}
