"""What would happen to each person of a class that leaves, and what should be looked at first?"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from branchportal.months import months_later
from branchportal.wording import listed
from members.labels import ROLE_LABELS
from members.models import Branch, Member, Transfer, User
from members.queries.offices import offices_within
from members.queries.own_matters import own_people, whose_turn
from members.roles import Permission, Role
from members.rules import MONTHS_OF_PROBATION
from members.stages import Stage


class Leaving(StrEnum):
    """What becomes of people who finish their studies."""

    ENDS = "ends"
    MOVES = "moves"
    KEPT = "kept"


@dataclass(frozen=True)
class LeavingPlan:
    """What was chosen for all of them: the last day of ENDS, the letter of MOVES, the new date of KEPT."""

    branch: Branch
    kind: Leaving
    last_day: date | None = None
    organisation: str = ""
    valid_days: int = 0
    until: date | None = None

    @property
    def ended_on(self) -> date:
        """The first day that no longer counts."""
        return self.last_day + timedelta(days=1)


@dataclass(frozen=True)
class LeavingRow:
    """One person: what will happen, what should be looked at, and why he can't be among them (or "")."""

    member: Member
    what: str
    warnings: list[str]
    conflict: str
    ticked: bool = True  # before anybody has chosen


def preview(people: QuerySet[Member], plan: LeavingPlan, now: datetime, *, by: User) -> list[LeavingRow]:
    """Each of these people of the plan's branch, in roster order, as `by` would decide about them.

    The number of queries does not grow with them.
    """
    members = list(people.filter(branch=plan.branch).in_roster_order().select_related("branch"))
    found = _Findings(members, plan, now, by)
    return [
        LeavingRow(
            member, _what(plan), found.warnings(member), found.conflict(member), ticked=not _cannot_end(member, plan)
        )
        for member in members
    ]


class _Findings:
    """What speaks for a second look at each of many people."""

    def __init__(self, members: list[Member], plan: LeavingPlan, now: datetime, by: User) -> None:
        self.plan, self.by, self.today = plan, by, timezone.localdate(now)
        today = self.today
        self.own_people = own_people(by, today) if plan.kind != Leaving.MOVES else frozenset()
        self.last_day = plan.last_day or today
        open_ones = Transfer.objects.open().filter(member__in=members).select_related("target")
        self.open = {row.member_id: row for row in open_ones}
        self.offices: dict[int, list[str]] = defaultdict(list)
        users = [member.user_id for member in members if member.user_id]
        for office in offices_within(plan.branch, users, today):
            self.offices[office.user_id].append(str(ROLE_LABELS[Role(office.role)]))
        self.concerns: dict[int, list[str]] = defaultdict(list)
        for name in settings.LEAVING_CONCERNS:
            for member, texts in import_string(name)(plan.branch, now).items():
                self.concerns[member] += texts

    def conflict(self, member: Member) -> str:
        if row := self.open.get(member.pk):
            text = _("On the way to %(destination)s already: letter %(number)s is open.")
            return text % {"destination": row.destination, "number": row.letter_number}
        if self.plan.kind == Leaving.ENDS and member.joined_on > self.plan.last_day:
            return _("Belongs to the branch only since %(day)s.") % {"day": member.joined_on.isoformat()}
        if member.user_id in self.own_people:
            return whose_turn(self.by, member, Permission.EDIT_ROSTER, self.today)
        return ""

    def warnings(self, member: Member) -> list[str]:
        if self.plan.kind == Leaving.KEPT:
            return []
        return [
            *self._membership(member),
            *self._leaving_day(member),
            *self._offices(member),
            *self._probation(member),
            *self._kind(member),
            *self.concerns[member.pk],
        ]

    def _membership(self, member: Member) -> list[str]:
        if not _cannot_end(member, self.plan):
            return []
        return [
            _(
                "The membership of a Party member does not end with the studies: it is transferred with a letter. "
                "Tick him only if that has been done already."
            )
        ]

    def _leaving_day(self, member: Member) -> list[str]:
        if member.leaving_on is None or member.leaving_on <= self.today:
            return []
        text = _("The planned leaving date %(day)s still lies ahead. Is it time already?")
        return [text % {"day": member.leaving_on.isoformat()}]

    def _offices(self, member: Member) -> list[str]:
        if not self.offices[member.user_id]:
            return []
        offices = listed(self.offices[member.user_id])
        if self.plan.kind == Leaving.ENDS:
            return [_("Holds an office that ends too: %(offices)s.") % {"offices": offices}]
        return [_("Holds an office that ends with the receipt: %(offices)s.") % {"offices": offices}]

    def _probation(self, member: Member) -> list[str]:
        if member.stage != Stage.PROBATIONARY or member.probationary_on is None:
            return []
        end = months_later(member.probationary_on, MONTHS_OF_PROBATION)
        if end > self.last_day:
            text = _("Probation lasts until %(day)s, after the last day: the next organisation decides the conversion.")
        else:
            text = _("Probation was over on %(day)s, and no conversion is recorded.")
        return [text % {"day": end.isoformat()}]

    def _kind(self, member: Member) -> list[str]:
        return [_("Is a teacher.")] if member.kind == Member.Kind.TEACHER else []


def _cannot_end(member: Member, plan: LeavingPlan) -> bool:
    """A membership in the Party goes on elsewhere."""
    return plan.kind == Leaving.ENDS and member.is_party_member


def _what(plan: LeavingPlan) -> str:
    if plan.kind == Leaving.ENDS:
        return _("Membership ends; the last day is %(day)s") % {"day": plan.last_day.isoformat()}
    if plan.kind == Leaving.MOVES:
        return _("Gets a letter; stays until the receipt is back")
    return _("Stays; planned leaving date %(day)s") % {"day": plan.until.isoformat()}
