"""Is a decision one's own affair, and who can take it instead?

Nobody decides about himself, nor about somebody for whom he stands in today: the right would come from the very
person it is about.
"""

from __future__ import annotations

from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from branchportal.wording import listed
from members.models import Branch, Member, User
from members.queries.absences import acting_for, standing_in
from members.queries.offices import holders
from members.roles import Permission


def of_others(user: User, today: date) -> Q:
    """Rows about people (by `member`) about whom this person may decide; no query of its own."""
    stood_in_for = standing_in(user, today).order_by().values("office__user")
    return ~Q(member__user=user) & ~Q(member__user__in=stood_in_for)


def own_people(user: User, today: date) -> frozenset[int]:
    """The log-ins (ids) about whom this person decides nothing: his own, and those for whom he stands in."""
    return acting_for(user, today) | {user.pk}


def is_own_matter(user: User, member: Member, today: date) -> bool:
    """Is it about himself, or about somebody for whom he stands in?"""
    if member.user_id is None or member.user_id == user.pk:
        return member.user_id is not None
    return member.user_id in own_people(user, today)


def others(permission: Permission, member: Member, today: date, *, branch: Branch | None = None) -> list[User]:
    """Who holds the permission in the person's branch (or in `branch`) and may decide about him."""
    people = holders(permission, branch or member.branch, today)
    return [user for user in people if not is_own_matter(user, member, today)]


def whose_turn(user: User, member: Member, permission: Permission, today: date, *, branch: Branch | None = None) -> str:
    """Why this person does not decide about that one, and who does; "" where nothing stands against it."""
    if not is_own_matter(user, member, today):
        return ""
    able = listed(other.name for other in others(permission, member, today, branch=branch))
    if member.user_id == user.pk:
        if able:
            return _("This is about yourself, so somebody else decides: %(names)s.") % {"names": able}
        return _(
            "This is about yourself, so somebody else has to decide, and at present nobody else has this right. Ask "
            "whoever appoints the officers of the branch."
        )
    values = {"name": member.name, "names": able}
    if able:
        return _("You stand in for %(name)s, so somebody else decides about %(name)s: %(names)s.") % values
    text = _(
        "You stand in for %(name)s, so somebody else has to decide about %(name)s, and at present nobody else has "
        "this right. Ask whoever appoints the officers of the branch."
    )
    return text % values
