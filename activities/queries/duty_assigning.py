"""To whom could the "three ones" of some months be given, and what stands or is proposed for each?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from activities.duties import DutyKind
from activities.models import Duty
from members.models import Branch, Member
from members.stages import PARTY_MEMBERS, Stage

STAGES = (Stage.ACTIVIST, Stage.CANDIDATE, Stage.PROBATIONARY, Stage.FULL)


@dataclass(frozen=True)
class Place:
    """One kind for one person: the duty that stands in these months, or what is proposed."""

    member: Member
    kind: DutyKind
    standing: Duty | None
    proposed: str

    @property
    def name(self) -> str:
        return f"{self.kind.value}-{self.member.pk}"


@dataclass(frozen=True)
class Coached:
    """One activist: who is there for him in these months, or who is proposed."""

    member: Member
    by: tuple[Member, ...]
    proposed: int | None

    @property
    def name(self) -> str:
        return f"coach-{self.member.pk}"


@dataclass(frozen=True)
class Plan:
    """Everything that the page of giving duties shows."""

    people: list[Member]
    places: dict[int, list[Place]]  # by person
    activists: list[Coached]
    coaches: list[Member]
    classes: list[str]
    per_month: dict[DutyKind, int]

    @property
    def free(self) -> list[Place]:
        """Where nothing stands yet."""
        return [place for places in self.places.values() for place in places if place.standing is None]


def plan(branch: Branch, first: date, last: date) -> Plan:
    """The students of the branch from activists on, with what stands in these months. Four queries.

    Proposed is what everybody had before; for activists without such, who stands in the roster as cultivation contact.
    """
    students = Member.objects.current().filter(branch=branch, kind=Member.Kind.STUDENT, stage__in=STAGES)
    people = list(students.in_roster_order())
    earlier, standing = {}, {}
    duties = Duty.objects.standing().filter(branch=branch, member__in=[one.pk for one in people])
    for duty in duties.select_related("member").prefetch_related("activists").order_by("first_month", "pk"):
        shares = duty.first_month <= last and first <= duty.last_month
        (standing if shares else earlier)[duty.member_id, duty.kind] = duty
    coaches = [one for one in people if one.stage in PARTY_MEMBERS]
    return Plan(
        people=people,
        places={one.pk: [_place(one, kind, standing, earlier) for kind in DutyKind] for one in people},
        activists=[_coached(one, coaches, standing, earlier) for one in people if one.stage == Stage.ACTIVIST],
        coaches=coaches,
        classes=sorted({one.class_name for one in people if one.class_name}),
        per_month=_per_month(earlier, standing),
    )


def _place(member: Member, kind: DutyKind, standing: dict, earlier: dict) -> Place:
    key = (member.pk, kind.value)
    return Place(member, kind, standing.get(key), earlier[key].subject if key in earlier else "")


def _coached(member: Member, coaches: list[Member], standing: dict, earlier: dict) -> Coached:
    by = tuple(duty.member for duty in standing.values() if member in duty.activists.all())
    before = [duty.member_id for duty in earlier.values() if member in duty.activists.all()]
    named = [one.pk for one in coaches if one.name in member.cultivation_contact]
    able = [pk for pk in (*before[-1:], *named) if any(one.pk == pk for one in coaches)]
    return Coached(member, by, able[0] if able else None)


def _per_month(earlier: dict, standing: dict) -> dict[DutyKind, int]:
    """What the branch asked for last, kind by kind; one entry a month where it asked for none yet."""
    found = dict.fromkeys(DutyKind, 1)
    for duty in sorted([*earlier.values(), *standing.values()], key=lambda one: (one.first_month, one.pk)):
        found[DutyKind(duty.kind)] = duty.per_month
    return found
