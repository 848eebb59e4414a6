"""What does the page of one person show: the path, the facts, the offices?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from members.access import access_of
from members.labels import ROLE_LABELS, STAGE_LABELS
from members.models import Member, RoleAssignment, User
from members.queries.accounts import offices_of
from members.queries.offices import offices_within, roles_for
from members.roles import Permission, Role
from members.rules import next_step
from members.stages import ORDER, Stage

FACTS = (
    "number", "kind", "grade", "class_name", "major", "schooling", "contact", "cultivation_contact", "leaving_on",
    "joined_on", "ended_on", "end_reason",
)  # fmt: skip


@dataclass(frozen=True)
class Step:
    """One dot of the path, as stage_dots.html prints it: "done", "current" or "todo".

    `earliest` is the first day that the rules allow for the step that comes next, where they set one; `fulfilled`:
    that day has come.
    """

    label: str
    date: date | None
    state: str
    earliest: date | None = None
    fulfilled: bool = False


def steps(member: Member, today: date) -> list[Step]:
    """The five stages of the path; a step without a date counts as taken (see stages.py)."""
    reached = ORDER.index(Stage(member.stage))
    dates = member.stage_dates
    coming = next_step(Stage(member.stage), dates, member.leaving_on)
    earliest = {coming.stage: coming.earliest} if coming and coming.earliest else {}
    return [
        Step(
            STAGE_LABELS[stage],
            dates[stage] if position <= reached else None,
            _state(position, reached),
            earliest.get(stage),
            fulfilled=stage in earliest and earliest[stage] <= today,
        )
        for position, stage in enumerate(ORDER)
        if stage != Stage.MASSES
    ]


def facts(member: Member) -> list[tuple[str, str]]:
    """The record beside the path: (label, value in words), the end only if there is one."""
    return [
        (label(field), in_words(field, getattr(member, field)))
        for field in FACTS
        if getattr(member, field) or not field.startswith("end")
    ]


def differences(current: Member, typed: dict[str, Any], *, touched: Iterable[str]) -> list[tuple[str, str, str]]:
    """Where one's typed values and the present record disagree: (label, present, typed) in words."""
    return [
        (label(field), in_words(field, getattr(current, field)), in_words(field, typed[field]))
        for field in touched
        if field in typed and typed[field] != getattr(current, field)
    ]


@dataclass(frozen=True)
class PersonOffice:
    """An office of today or later in words, and whether the reader can end it."""

    office: RoleAssignment
    label: str
    may_end: bool


def offices_of_person(member: Member, today: date, *, by: User) -> list[PersonOffice]:
    """The person's offices wherever they are, for those who fill some."""
    if member.user_id is None or not access_of(by).may(Permission.ASSIGN_ROLES):
        return []
    return [
        PersonOffice(
            office,
            str(ROLE_LABELS[Role(office.role)]),
            may_end=member.user_id != by.pk and office.role in roles_for(office.branch, by=by),
        )
        for office in offices_of(member.user, today)
    ]


def offices_left(member: Member, today: date) -> list[str]:
    """Offices in the person's own branch: they end when he leaves it."""
    if member.user_id is None:
        return []
    offices = offices_within(member.branch, [member.user_id], today)
    return [f"{office.branch.name} · {ROLE_LABELS[Role(office.role)]}" for office in offices]


def in_words(field: str, value: Any) -> str:
    """A value of a member's field as people read it."""
    if value is None or value == "":
        return "–"
    labels = dict(Member._meta.get_field(field).flatchoices) if field in _FIELDS else {}
    return str(labels.get(value, value))


def label(field: str) -> str:
    return str(Member._meta.get_field(field).verbose_name) if field in _FIELDS else field


_FIELDS = {field.name for field in Member._meta.get_fields() if hasattr(field, "verbose_name")}


def _state(position: int, reached: int) -> str:
    if position == reached:
        return "current"
    return "done" if position < reached else "todo"
