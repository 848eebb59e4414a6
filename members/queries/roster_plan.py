"""What would a roster file change in this branch? Reads only; the services write what this plans."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Func, Value
from django.db.models.sql.compiler import SQLCompiler
from django.utils.translation import gettext as _

from branchportal.spreadsheets.reading import Sheet
from branchportal.spreadsheets.rows import Reading
from branchportal.wording import listed
from members.branch_names import is_name_of, may_be_name_of
from members.labels import STAGE_LABELS
from members.models import Branch, FormerNumber, Member, User
from members.queries.own_matters import own_people
from members.roster_file import RosterRow, numbers_in, read_roster
from members.rule_texts import sentence
from members.rules import warnings
from members.stages import ORDER, STAGE_DATE_FIELDS, Stage

SHOWN_ERRORS = 1000
SHOWN_CHANGES = 300
SHOWN_BRANCHES = 5
STEP_FIELDS = tuple(STAGE_DATE_FIELDS.values())
LATER = {stage: ORDER[place + 1 :] for place, stage in enumerate(ORDER)}


@dataclass(frozen=True)
class Change:
    """What one row does to one person: `before` and `after` hold only the fields that differ."""

    row: RosterRow
    member: Member | None
    before: dict[str, Any]
    after: dict[str, Any]


@dataclass(frozen=True)
class Concern:
    """Something worth a look that holds nothing up."""

    sheet: str
    row: int
    name: str
    message: str

    def as_dict(self) -> dict[str, Any]:
        return {"sheet": self.sheet, "row": self.row, "name": self.name, "message": self.message}


@dataclass(frozen=True)
class Stray:
    """A new person of whom the file says another branch than the one that the import is for."""

    sheet: str
    row: int
    number: str
    name: str
    branch: str


@dataclass
class Plan:
    """Everything that a file says about a branch."""

    branch: Branch
    reading: Reading
    created: list[Change] = field(default_factory=list)
    updated: list[Change] = field(default_factory=list)
    unchanged: int = 0
    concerns: list[Concern] = field(default_factory=list)
    strays: list[Stray] = field(default_factory=list)
    own_matters: frozenset[int] = frozenset()  # log-ins about whom whoever imports decides nothing

    @property
    def fingerprint(self) -> str:
        """The same as long as writing would do the same."""
        changes = [
            [change.row.number, change.member and change.member.pk, _plain(change.before), _plain(change.after)]
            for change in (*self.created, *self.updated)
        ]
        return hashlib.sha256(json.dumps(changes, ensure_ascii=False).encode()).hexdigest()

    @property
    def stray_branches(self) -> list[str]:
        """The other branches that the file names, as it writes them, each once."""
        return list(dict.fromkeys(stray.branch for stray in self.strays))

    def as_dict(self) -> dict[str, Any]:
        """The published report, as the command prints it."""
        return {
            "rows": self.reading.rows,
            "accepted": len(self.reading.accepted),
            "created": len(self.created),
            "updated": len(self.updated),
            "errors": [error.as_dict() for error in self.reading.errors],
        }

    def as_page(self) -> dict[str, Any]:
        """The report with what a page shows besides; long lists are cut, their lengths are kept."""
        report = self.as_dict()
        return {
            **report,
            "errors": [error.stored() for error in self.reading.errors[:SHOWN_ERRORS]],
            "error_count": len(self.reading.errors),
            "failed": self.reading.rows - len(self.reading.accepted),
            "unchanged": self.unchanged,
            "ignored": self.reading.ignored,
            "concerns": [concern.as_dict() for concern in self.concerns[:SHOWN_ERRORS]],
            "concern_count": len(self.concerns),
            "strays": [asdict(stray) for stray in self.strays[:SHOWN_CHANGES]],
            "stray_count": len(self.strays),
            "stray_branches": self.stray_branches[:SHOWN_BRANCHES],
            "more_branches": max(len(self.stray_branches) - SHOWN_BRANCHES, 0),
            "new": [_shown(change) for change in self.created[:SHOWN_CHANGES]],
            "changed": [_shown(change) for change in self.updated[:SHOWN_CHANGES]],
            "fingerprint": self.fingerprint,
        }


def plan_import(branch: Branch, sheets: list[Sheet], *, today: date, by: User | None = None) -> Plan:
    """Read the sheets against what the portal knows; raises SpreadsheetError when there is no roster in them.

    What they say about `by` himself, or about somebody for whom he stands in, is left to another officer.
    """
    numbers = numbers_in(sheets)
    known = _known_people(numbers)
    own = {number: member for number, member in known.items() if member.branch_id == branch.pk}
    reading = read_roster(
        sheets,
        today=today,
        taken=frozenset(known) - frozenset(own),
        owners={number: member.number for number, member in own.items()},
        kept={number: _kept_steps(member) for number, member in own.items() if member.ended_on is None},
    )
    plan = Plan(branch, reading, own_matters=own_people(by, today) if by else frozenset())
    names = _names_in(branch)
    for row in reading.accepted:
        _plan_row(plan, row, own.get(row.number), names)
    _note_other_branches(plan, own)
    return plan


def _known_people(numbers: set[str]) -> dict[str, Member]:
    """{number or former number: person} of everybody whom the file may mean, in whatever branch."""
    all_of_them = _Each(Value(json.dumps(sorted(numbers))))
    people = {
        former.number: former.member
        for former in FormerNumber.objects.filter(number__in=all_of_them).select_related("member")
    }
    return people | {member.number: member for member in Member.objects.filter(number__in=all_of_them)}


class _Each(Func):
    """The texts of a JSON list, as rows. Thousands of values one by one take the ORM longer than the database."""

    template = "(SELECT jsonb_array_elements_text(%(expressions)s::jsonb))"

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, list[Any]]:
        return super().as_sql(compiler, connection, template="(SELECT value FROM json_each(%(expressions)s))")


def _kept_steps(member: Member) -> dict[str, date]:
    return {key: day for key in STEP_FIELDS if (day := getattr(member, key))}


def _names_in(branch: Branch) -> dict[str, set[str]]:
    """{name: numbers} of the people who belong to the branch."""
    names: dict[str, set[str]] = {}
    for number, name in Member.objects.current().filter(branch=branch).values_list("number", "name"):
        names.setdefault(name, set()).add(number)
    return names


def _plan_row(plan: Plan, row: RosterRow, member: Member | None, names: dict[str, set[str]]) -> None:
    after = {"name": row.name, **{key: value for key, value in row.values.items() if key != "born_on"}}
    if member is None:
        _concern_new_person(plan, row, after, names)
        plan.created.append(Change(row, None, {}, after))
    elif member.ended_on is not None:
        plan.unchanged += 1
        _concern(plan, row, _("The membership has ended; the row changes nothing. Take the person back on his page."))
        return
    else:
        _plan_known(plan, row, member, after)
    _concern_limits(plan, row, member, after)


def _note_other_branches(plan: Plan, own: dict[str, Member]) -> None:
    """New people of other branches are strays; who is here already stays here, whatever the file says of him."""
    name, code = plan.branch.name, plan.branch.code
    said = {row.branch for row in plan.reading.accepted if row.branch}
    foreign = {text for text in said if not is_name_of(text, name, code)}
    close = {text for text in foreign if may_be_name_of(text, name)}
    elsewhere = foreign - close
    if close:
        elsewhere |= set(
            Branch.objects.exclude(pk=plan.branch.pk).filter(name__in=close).values_list("name", flat=True)
        )
    for row in plan.reading.accepted:
        if row.branch not in elsewhere:
            continue
        if row.number not in own:
            plan.strays.append(Stray(row.sheet, row.row, row.number, row.name, row.branch))
            continue
        message = _("The file names %(branch)s; the import moves nobody. Transfer the membership if that is right.")
        _concern(plan, row, message % {"branch": row.branch})


def _plan_known(plan: Plan, row: RosterRow, member: Member, after: dict[str, Any]) -> None:
    differing = {key: value for key, value in after.items() if getattr(member, key) != value}
    if not differing:
        plan.unchanged += 1
        return
    if member.user_id in plan.own_matters:
        plan.unchanged += 1
        message = _(
            "This row is about yourself, or about somebody for whom you stand in; it changes nothing. Let another "
            "officer import it, or ask for a correction."
        )
        _concern(plan, row, message)
        return
    if "name" in differing:
        message = _("The name changes from %(old)s to %(new)s. Is the number right?")
        _concern(plan, row, message % {"old": member.name, "new": row.name})
    plan.updated.append(Change(row, member, {key: getattr(member, key) for key in differing}, differing))


def _concern_new_person(plan: Plan, row: RosterRow, after: dict[str, Any], names: dict[str, set[str]]) -> None:
    if names.get(row.name):
        message = _(
            "%(name)s is already in the branch as %(numbers)s. For a new number, change it on that page instead."
        )
        _concern(plan, row, message % {"name": row.name, "numbers": listed(sorted(names[row.name]))})
    if "stage" not in after:
        after["stage"] = _latest_stage(after)
        message = _("The stage is not given; it is taken from the dates as %(stage)s.")
        _concern(plan, row, message % {"stage": STAGE_LABELS[after["stage"]]})


def _latest_stage(values: dict[str, Any]) -> Stage:
    reached = [stage for stage, key in STAGE_DATE_FIELDS.items() if values.get(key)]
    return reached[-1] if reached else Stage.APPLICANT


def _concern_limits(plan: Plan, row: RosterRow, member: Member | None, after: dict[str, Any]) -> None:
    dates = {stage: after.get(key) or (member and getattr(member, key)) for stage, key in STAGE_DATE_FIELDS.items()}
    for finding in warnings(dates, born_on=row.values.get("born_on")):
        _concern(plan, row, sentence(finding))
    stage = Stage(after.get("stage") or member.stage)
    if any(dates[step] for step in LATER[stage]):
        message = _("There is a date for a later step than the stage %(stage)s.")
        _concern(plan, row, message % {"stage": STAGE_LABELS[stage]})


def _concern(plan: Plan, row: RosterRow, message: str) -> None:
    plan.concerns.append(Concern(row.sheet, row.row, row.name, message))


def _plain(values: dict[str, Any]) -> dict[str, str]:
    return {key: str(value) for key, value in values.items()}


def _shown(change: Change) -> dict[str, Any]:
    """A change as the preview lists it: [(field label, before, after)]."""
    return {
        "sheet": change.row.sheet,
        "row": change.row.row,
        "number": change.row.number,
        "name": change.row.name,
        "changes": [
            [str(Member._meta.get_field(key).verbose_name), _text(key, change.before.get(key)), _text(key, value)]
            for key, value in change.after.items()
        ],
    }


def _text(key: str, value: Any) -> str:
    if value in (None, ""):
        return ""
    return str(STAGE_LABELS[Stage(value)]) if key == "stage" else str(value)
