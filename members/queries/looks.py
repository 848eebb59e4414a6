"""Who looked at what the portal keeps about a person, or took it away as a file?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from branchportal.models import AccessRecord
from branchportal.wording import listed
from members.labels import ROLE_LABELS
from members.models import Absence, Member, RoleAssignment, User
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
    """Every look by somebody else, the newest first; three queries."""
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
    users = {record.user_id for record in records}
    offices, stand_ins = _offices_of(users), _stand_ins_of(users)
    return [
        Look(
            record.at,
            record.user.name,
            _office_on(offices[record.user_id], stand_ins[record.user_id], timezone.localdate(record.at)),
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


def _stand_ins_of(users: set[int]) -> dict[int, list[Absence]]:
    stand_ins = defaultdict(list)
    rows = Absence.objects.filter(stand_in__in=users).select_related("office__user", "office__branch")
    for absence in rows.order_by("starts_on", "pk"):
        stand_ins[absence.stand_in_id].append(absence)
    return stand_ins


def _office_on(offices: Sequence[RoleAssignment], stand_ins: Sequence[Absence], day: date) -> str:
    """The offices that somebody held on that day, and those in which he stood in, in words."""
    held = [one for one in offices if one.starts_on <= day and (one.ends_on is None or one.ends_on >= day)]
    texts = [f"{one.branch.name} {ROLE_LABELS[Role(one.role)]}" for one in held]
    texts += [
        _("for %(name)s, %(branch)s %(role)s")
        % {"name": one.office.user.name, "branch": one.office.branch.name, "role": ROLE_LABELS[Role(one.office.role)]}
        for one in stand_ins
        if one.starts_on <= day <= one.ends_on
    ]
    return listed(texts)
