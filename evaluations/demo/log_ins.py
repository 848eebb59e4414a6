"""With which number and password does a visitor of the demo sign in, one for each role?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from evaluations.demo.months import not_yet_filed
from members.models import Member, RoleAssignment
from members.roles import Role

PASSWORD = "branch-demo-2026"  # noqa: S105 - shown to everybody who starts the demo
FIRST_BRANCH = "B001"
# People who belong to no branch of the demo.
STAFF = {
    Role.COUNSELOR: ("900001", "周静怡"),
    Role.REVIEWER: ("900002", "沈志远"),
    Role.CLASS_CONTACT: ("900003", "韩丽华"),
    Role.ADMINISTRATOR: ("900004", "顾海峰"),
}


@dataclass(frozen=True)
class LogIn:
    """One person to sign in as."""

    role: Role
    number: str
    name: str


def log_ins() -> Iterator[LogIn]:
    """Yield one person for each role of the first branch, in the order of the role table."""
    members = list(Member.objects.filter(branch__code=FIRST_BRANCH).order_by("pk"))
    member = not_yet_filed(members) or next((one for one in reversed(members) if one.user_id), None)
    if member is not None:
        yield LogIn(Role.MEMBER, member.number, member.name)
    offices = {
        Role(office.role): office.user
        for office in RoleAssignment.objects.select_related("user", "branch").order_by("-pk")
        if office.branch.code == FIRST_BRANCH or office.user.number in {number for number, _name in STAFF.values()}
    }
    yield from (LogIn(role, offices[role].number, offices[role].name) for role in Role if role in offices)
