"""Which entries of the main menu lead to people, and who is signed in?"""

from collections.abc import Iterator

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from branchportal.navigation import Account, NavItem, Place
from members.access import Grant, access_of
from members.labels import ROLE_LABELS
from members.roles import Permission, Role
from members.views.office import PAGES

OFFICE_VIEWS = ("accounts", "member_slip", "staff_slip", "roles", "appoint", "end_office", "branches", "add_branch",
                "rename_branch", "close_branch", "audit", "technical_audit",
                "health")  # fmt: skip
# Which guide of the help speaks to a role; officers of a branch read the secretary's.
GUIDES = {
    Role.MEMBER: "member", Role.CLASS_CONTACT: "member", Role.COUNSELOR: "counselor", Role.REVIEWER: "reviewer",
    Role.ADMINISTRATOR: "reviewer",
}  # fmt: skip
MEMBER_VIEWS = ("members:roster", "members:person", "members:transfer", "members:graduation")
SHOWN_FIRST = [role for role in Role if role != Role.MEMBER]


def items(request: HttpRequest) -> Iterator[NavItem]:
    if not request.user.is_authenticated:
        return
    access = access_of(request.user)
    if access.may(Permission.VIEW_ROSTER):
        yield NavItem(_("Members"), "members:roster", order=30, covers=MEMBER_VIEWS)
    if any(grant.role != Role.MEMBER for grant in access.grants):
        yield NavItem(_("Absences"), "members:absences", order=37, place=Place.PERSON_MENU, covers=("members:absence",))
    if access.may(Permission.VIEW_OWN_RECORD):
        yield NavItem(_("My record"), "members:own_record", order=35, place=Place.PERSON_MENU)
    office = next((name for permission, name, _label in PAGES if access.may(permission)), None)
    if office:
        yield NavItem(_("Administration"), office, order=80, covers=tuple(f"members:{name}" for name in OFFICE_VIEWS))
    if access.may(Permission.SIGNED_IN):
        badge = request.user.unread
        yield NavItem(_("Messages"), "members:messages", order=90, badge=badge, place=Place.BESIDE_NAME)


def account(request: HttpRequest) -> Account | None:
    """The person's name and the first of the offices."""
    if not request.user.is_authenticated:
        return None
    return Account(request.user.name, _role_label(request), reverse("members:account"), _guide(request))


def _guide(request: HttpRequest) -> str:
    """The guide of the first of the offices."""
    grants = sorted(access_of(request.user).grants, key=_place)
    return GUIDES.get(grants[0].role, "secretary") if grants else ""


def _role_label(request: HttpRequest) -> str:
    grants = sorted(access_of(request.user).grants, key=_place)
    if not grants:
        return ""
    label = str(ROLE_LABELS[grants[0].role])
    if grants[0].stands_in_for:
        return _("%(role)s (standing in)") % {"role": label}
    return _("%(role)s (acting)") % {"role": label} if grants[0].acting else label


def _place(grant: Grant) -> tuple[bool, bool, int]:
    """The own offices first, then those of people who are away, the membership last."""
    is_member = grant.role == Role.MEMBER
    return is_member, bool(grant.stands_in_for), 0 if is_member else SHOWN_FIRST.index(grant.role)
