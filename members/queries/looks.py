"""Who looked at what the portal keeps about a person, or took it away as a file?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from branchportal.models import AccessRecord
from members.labels import ROLE_LABELS
from members.models import Member, RoleAssignment, User
from members.queries.audit_trail import action_labels
from members.roles import Role


@dataclass(frozen=True)
class Look:
    """When, who in which office, and what, in words."""

    at: datetime
    by: str
    office: str
    what: str


def looks_at(user: User) -> list[Look]:
    """Every look by somebody else, the newest first; two queries."""
    return in_words(looks(user))


def looks(user: User) -> QuerySet[AccessRecord]:
    """Looks at the person alone, and at lists of a branch in the time in which he belonged to it."""
    member = getattr(user, "member", None)
    if member is None:
        return AccessRecord.objects.none()
    of_the_person = Q(subject_type=Member._meta.label_lower, subject_id=str(member.pk))
    of_a_list = Q(pk__in=[])
    for path, first, last in _belonged(member):
        days = Q(at__date__gte=first) & (Q(at__date__lt=last) if last else Q())
        of_a_list |= Q(subject_id="", branch__path__in=path) & days
    found = AccessRecord.objects.filter(of_the_person | of_a_list).exclude(user=user)
    return found.select_related("user").order_by("-at", "-pk")


def in_words(records: Iterable[AccessRecord]) -> list[Look]:
    """The records with names, the offices of that day, and what was done."""
    records, labels = list(records), action_labels()
    offices = _offices_of({record.user_id for record in records})
    return [
        Look(
            record.at,
            record.user.name,
            _office_on(offices[record.user_id], timezone.localdate(record.at)),
            str(labels.get(record.action, record.action)),
        )
        for record in records
    ]


def _belonged(member: Member) -> list[tuple[list[str], date, date | None]]:
    """(paths of the branch and those above, first day, first day no more) of each membership."""
    found = [(member.branch.ancestor_paths(), member.joined_on, member.ended_on)]
    found += [
        (former.branch.ancestor_paths(), former.joined_on, former.left_on)
        for former in member.former_memberships.select_related("branch")
    ]
    return found


def _offices_of(users: set[int]) -> dict[int, list[RoleAssignment]]:
    offices = defaultdict(list)
    held = RoleAssignment.objects.filter(user__in=users).select_related("branch").order_by("starts_on", "pk")
    for office in held:
        offices[office.user_id].append(office)
    return offices


def _office_on(offices: Sequence[RoleAssignment], day: date) -> str:
    """The offices that somebody held on that day, in words."""
    held = [one for one in offices if one.starts_on <= day and (one.ends_on is None or one.ends_on >= day)]
    return ", ".join(f"{one.branch.name} {ROLE_LABELS[Role(one.role)]}" for one in held)
