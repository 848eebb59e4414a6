"""How is it kept that nobody decides about himself, or about the one for whom he stands in?"""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError

from members.models import Branch, Member, User
from members.queries.own_matters import whose_turn
from members.roles import Permission


class OwnMatter(ValidationError):
    """Somebody else has to decide; the message names who can."""


def refuse_own_matter(
    member: Member, permission: Permission, *, by: User | None, today: date, branch: Branch | None = None
) -> None:
    """Raise OwnMatter where `by` would decide about himself; `by` is None for a command at the server."""
    if by is None:
        return
    if text := whose_turn(by, member, permission, today, branch=branch):
        raise OwnMatter(text)
