"""How does the demo come into an empty portal: the college, its people, their months, its rankings?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from branchportal import audit
from branchportal.models import AuditEntry
from branchportal.months import last_day_of
from evaluations.demo import (
    answers,
    appeals,
    decisions,
    defences,
    doings,
    duties,
    figures,
    moves,
    notices,
    plans,
    rankings,
    records,
)
from evaluations.demo import months as demo_months
from evaluations.demo.log_ins import PASSWORD, STAFF
from evaluations.demo.people import BranchPlan, plan_branch
from evaluations.models import Cycle
from evaluations.services import scheme_sealing, schemes
from members.models import Branch, Member, User
from members.roles import Role
from members.services.branches import add_branch
from members.services.roles import appoint
from members.stages import Stage

LOADED = "demo.loaded"
COMMITTEE = ("COMP", "信息学院党委")
GENERAL_BRANCHES = ("本科生党总支", "研究生党总支")
BRANCHES_OF_A_GENERAL_BRANCH = 20
FOUNDED_ON = date(2021, 10, 12)
USUAL_SIZES = (32, 29, 24)

Report = Callable[[int, int], None]


@dataclass(frozen=True)
class Size:
    """How much is asked for; without `members` the branches have the usual sizes by turns."""

    branches: int = 3
    members: int | None = None
    months: int = 6

    def of(self, number: int) -> int:
        return self.members or USUAL_SIZES[(number - 1) % len(USUAL_SIZES)]


@dataclass(frozen=True)
class Loaded:
    """What is there now."""

    branches: int
    people: int
    months: list[date]
    rankings: int


def is_loaded() -> bool:
    """Whether this portal holds the demo."""
    return AuditEntry.objects.filter(action=LOADED).exists()


def holds_data() -> bool:
    """Whether anybody or any branch is known already."""
    return Branch.objects.exists() or User.objects.exists() or Member.objects.exists()


@transaction.atomic
def load(*, size: Size, now: datetime, report: Report = lambda *_counts: None) -> Loaded:
    """Write the whole demo or nothing of it. Only for a portal in which `holds_data` is false."""
    today, password = timezone.localdate(now), make_password(PASSWORD)
    committee = add_branch(code=COMMITTEE[0], name=COMMITTEE[1], kind=Branch.Kind.COMMITTEE, parent=None, by=None,
                           founded_on=FOUNDED_ON)  # fmt: skip
    above = [_general_branch(committee, number) for number in _general_branches(size)]
    months = demo_months.evaluated(now, size.months)
    cycles = demo_months.make_cycles(committee, months, now)
    first_month = min(date(today.year - 1, 1, 1), months[0])
    schemes.install_ready_schemes(committee=committee, by=None, first_month=first_month, now=now)
    filled = []
    for number in range(1, size.branches + 1):
        plan = plan_branch(number, size.of(number), today)
        filled.append(_fill_branch(plan, above[_place(number)], password, now))
        if filled[-1].is_first:
            figures.publish_scheme(filled[-1].branch, first_month, now)
        _fill_months(filled[-1], cycles, now)
        report(number, size.branches)
    scheme_sealing.seal_first_rating(branch=filled[0].branch, month=months[0], now=now)
    plans.write(above[0], filled[0].branch, filled[0].members, now)
    _appoint_staff(committee, filled[0], password, now)
    defences.write(filled[0].branch, filled[0].members, filled[0].raters.first, now)
    compiled = rankings.compile_all(filled, cycles, now)
    appeals.write(filled, now)
    decisions.write(filled[0], now)
    notices.write(filled[0], now)
    moves.write(filled, now)
    audit.record(LOADED, by=None, branch=committee, after={"branches": size.branches, "months": size.months})
    return Loaded(size.branches, sum(len(one.members) for one in filled), months, compiled)


def _general_branches(size: Size) -> range:
    return range(_place(size.branches) + 1)


def _place(number: int) -> int:
    """To which general branch a branch belongs: the third to the second one, and then twenty to each."""
    if number <= 3:
        return number // 3
    return (number - 4) // BRANCHES_OF_A_GENERAL_BRANCH + len(GENERAL_BRANCHES)


def _general_branch(committee: Branch, place: int) -> Branch:
    usual = place < len(GENERAL_BRANCHES)
    name = GENERAL_BRANCHES[place] if usual else f"第{place + 1}党总支"
    return add_branch(code=f"GB{place + 1}", name=name, kind=Branch.Kind.GENERAL_BRANCH, parent=committee, by=None,
                      founded_on=FOUNDED_ON)  # fmt: skip


def _fill_branch(plan: BranchPlan, parent: Branch, password: str, now: datetime) -> demo_months.Filled:
    branch = add_branch(code=plan.code, name=plan.name, kind=Branch.Kind.BRANCH, parent=parent, by=None,
                        founded_on=FOUNDED_ON)  # fmt: skip
    with_log_in = [member for member in plan.members if member.stage != Stage.APPLICANT]
    users = User.objects.bulk_create(
        [User(number=member.number, name=member.name, password=password) for member in with_log_in]
    )
    for member, user in zip(with_log_in, users, strict=True):
        member.user = user
    for member in plan.members:
        member.branch = branch
    members = Member.objects.bulk_create(plan.members)
    audit.record_many("member.added", by=None, lines=[{"subject": member} for member in members])
    officers = [members[place].user for place in plan.offices.values()]
    for role, officer in zip(plan.offices, officers, strict=True):
        appoint(user=officer, role=role, branch=branch, starts_on=_since(now), by=None, now=now)
    first, second = (officers * 2 or [users[0]] * 2)[:2]
    raters = demo_months.Raters(first, second)
    return demo_months.Filled(branch, members, raters, is_first=plan.code == "B001", is_late=plan.is_late)


def _fill_months(filled: demo_months.Filled, cycles: list[Cycle], now: datetime) -> None:
    demo_months.fill(filled, cycles, now)
    answers.write(filled.branch, filled.raters.first, cycles, now, accepts_late=filled.is_first)
    doings.write(filled.branch, filled.members, cycles, now)
    records.write(filled.branch, filled.members, [filled.raters.first, filled.raters.second], now)
    duties.write(filled.branch, filled.members, [filled.raters.first, filled.raters.second], now)
    if filled.is_first:
        officers = [filled.raters.first, filled.raters.second]
        figures.write(filled.branch, filled.members, officers, _closed(cycles, now), now)


def _closed(cycles: list[Cycle], now: datetime) -> date:
    """The last day of the newest month that is over."""
    over = [last_day_of(cycle.month) for cycle in cycles if last_day_of(cycle.month) < timezone.localdate(now)]
    return max(over, default=last_day_of(cycles[0].month))


def _appoint_staff(committee: Branch, first: demo_months.Filled, password: str, now: datetime) -> None:
    places = {Role.CLASS_CONTACT: first.branch}
    class_name = next((member.class_name for member in first.members if member.class_name), "")
    for role, (number, name) in STAFF.items():
        user = User.objects.create(number=number, name=name, password=password)
        own_class = class_name if role == Role.CLASS_CONTACT else ""
        appoint(user=user, role=role, branch=places.get(role, committee), starts_on=_since(now),
                class_name=own_class, by=None, now=now)  # fmt: skip


def _since(now: datetime) -> date:
    """Officers are elected in autumn; those of the demo last year."""
    return date(now.year - 1, 9, 15)
