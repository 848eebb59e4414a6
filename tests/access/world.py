"""Whom and what does the access matrix look at? One person of every kind, and one of every thing in three branches.

`own` is a branch of the person's scope, `sibling` a branch beside it, `foreign` one of another committee.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from activities.duties import DutyKind
from activities.models import AwardLevel, DutyEntry, Minutes
from activities.services.awards import Upload, propose_award
from activities.services.duties import Wanted, assign_duties
from activities.services.duty_entries import write_entry
from branchportal.notifications import notify
from evaluations.models import Appeal, Freezing, RankingRun, ReviewAnswer, SelfReview
from evaluations.services.score_batches import keep_batch as keep_score_batch
from evaluations.services.spot_checks import draw
from members.models import Absence, Branch, Member, Transfer, User
from members.roles import Role
from members.services.roster_import import keep_batch as keep_roster_batch
from tests.access.marks import FOREIGN, SIBLING, mark
from tests.activities.evidence import PDF
from tests.evaluations.decision_material import sheets_of
from tests.evaluations.defence_material import defences
from tests.evaluations.figures_material import figures
from tests.evaluations.notice_material import notices
from tests.evaluations.ranking_material import (
    NOVEMBER,
    OCTOBER,
    SEPTEMBER,
    compile_now,
    install,
    make_month,
    make_scheme,
    ready_document,
    review,
)
from tests.factories import activity_kind, make_branch_tree, make_member, make_user

NOW = datetime(2026, 11, 10, 4, 0, tzinfo=UTC)
ROSTER = Path(__file__).parents[1] / "data/rosters/errors_few.xlsx"
BRANCHES = ("B001", "B002", "XB001")  # own, sibling, foreign
SCORES = "学号,思想,学习,生活,工作,作风\n9999999,优秀,良好,合格,优秀,坏\n"

ITEMS = [{"topic": "讨论发展对象", "spoken": "", "decided": "一致通过。"}]
ROLL = {"expected": 2, "present": ["赵明远"], "excused": ["钱子涵"], "absent": [], "guests": 1}

ROLES = {
    "member": Role.MEMBER,
    "secretary": Role.SECRETARY,
    "acting_deputy": Role.DEPUTY_SECRETARY,
    "deputy": Role.DEPUTY_SECRETARY,
    "organisation": Role.ORGANISATION_COMMISSIONER,
    "publicity": Role.PUBLICITY_COMMISSIONER,
    "discipline": Role.DISCIPLINE_COMMISSIONER,
    "counselor": Role.COUNSELOR,
    "reviewer": Role.REVIEWER,
    "class_contact": Role.CLASS_CONTACT,
    "administrator": Role.ADMINISTRATOR,
}
OF_ONE_BRANCH = {
    "member", "secretary", "acting_deputy", "deputy", "organisation", "publicity", "discipline", "class_contact",
}  # fmt: skip


@dataclass
class World:
    """The person (None: nobody is signed in) and the address parts of each thing, by branch."""

    user: User | None
    own: dict[str, dict[str, Any]]
    sibling: dict[str, dict[str, Any]]
    foreign: dict[str, dict[str, Any]]


def make_world(person: str) -> World:
    tree, other_tree = make_branch_tree(), make_branch_tree("X")
    for root in (tree.root, other_tree.root):
        install(root)
    secretary = None if person in {"secretary", "acting_deputy"} else make_user(Role.SECRETARY, tree.b1)
    user = _person(person, tree)
    for branch in (tree.b2, other_tree.b1):
        make_user(Role.SECRETARY, branch)
    administrator = make_user(Role.ADMINISTRATOR, tree.root)
    world = World(
        user,
        own=_things(tree.b1, by=secretary or administrator, reader=user, myself=getattr(user, "member", None)),
        sibling=_things(tree.b2, by=administrator, reader=administrator),
        foreign=_things(other_tree.b1, by=administrator, reader=administrator),
    )
    mark(other_tree.root, FOREIGN)
    mark(tree.b2, SIBLING)
    return world


def _person(person: str, tree) -> User | None:
    if person == "anonymous":
        return None
    branch = {"counselor": tree.first, "reviewer": tree.root, "administrator": tree.root}.get(person, tree.b1)
    extra = {"class_name": "计算机2302"} if person == "class_contact" else {}
    return make_user(ROLES[person], branch, **extra)


def _things(branch: Branch, *, by: User, reader: User | None, myself: Member | None = None) -> dict[str, dict]:
    """One of everything, as the arguments of its address."""
    member = myself or make_member(branch)
    for month in (SEPTEMBER, OCTOBER):
        review(member, month, own=95, branch=85)
    make_month(branch, NOVEMBER)
    _answer(member, by)
    compile_now(branch, SEPTEMBER, OCTOBER)
    run = compile_now(branch, SEPTEMBER, OCTOBER)
    contact = make_user(Role.CLASS_CONTACT, branch, class_name="计算机2301")
    ended = make_member(branch, ended_on=date(2026, 6, 30), end_reason=Member.EndReason.GRADUATED)
    month = {"code": branch.code, "month": NOVEMBER}
    return {
        "branch": {"pk": branch.pk},
        "member": {"pk": make_member(branch).pk},
        "ended_member": {"pk": ended.pk},
        "staff": {"pk": contact.pk},
        "office": {"pk": contact.role_assignments.get().pk},
        "roster_batch": {"pk": _roster_batch(branch, by).pk},
        "score_batch": {"pk": _score_batch(branch, by).pk},
        **figures(branch, by=by, member=member),
        "month": month,
        "rated_member": {**month, "member": member.pk},
        "reviewed_member": {"code": branch.code, "month": OCTOBER, "member": member.pk},
        "coded_branch": {"code": branch.code},
        "own_month": {"month": NOVEMBER},
        "filed_month": {"month": OCTOBER},
        "own_field": {"field": "class_name"},
        "own_section": {"code": "messages"},
        "own_wish": {"pk": _wish(member, "class_name").pk},
        "wish": {"pk": _wish(make_member(branch), "name").pk},
        "cycle": {"pk": branch_root(branch).cycles.get(month=OCTOBER).pk},
        "run": {"pk": run.pk},
        "proposed_run": {"pk": _proposed(compile_now(branch, OCTOBER, OCTOBER), by).pk},
        "figure": {"pk": run.pk, "place": "2026-10", "figure": "branch"},
        "appeal": {"pk": _appeal(run, member).pk},
        "entry": {"pk": run.pk, "entry": run.entries.get(member=member).pk},
        "job": {"pk": run.job_id},
        "scheme": {"pk": branch_root(branch).schemes.first().pk},
        "draft_scheme": {"pk": make_scheme(branch, ready_document(name=f"草案 {branch.code}")).pk},
        "committee": {"committee": branch_root(branch).code},
        "kind": {"committee": branch_root(branch).code, "code": "study"},
        "activity": {"pk": _activity(branch).pk},
        "sign_up": {"pk": _sign_up(branch).pk},
        "draft_minutes": {"pk": _minutes(branch, by).activity_id},
        "fixed_minutes": {"pk": _minutes(branch, by, confirmed_at=NOW, confirmed_by=by, roll=ROLL).activity_id},
        "award": {"pk": _award(member, by).pk},
        "duty": {"pk": _duty_entry(member, by).duty_id},
        "duty_entry": {"pk": _duty_entry(member, by).pk},
        "spot_check": {"pk": _spot_check(branch, by).pk},
        **notices(branch, run, by=by),
        **sheets_of(branch, run, by=by),
        **defences(branch, by=by, judge=reader or by, member=member),
        "leaving": {"pk": _transfer(branch, by, out=True).pk},
        "arriving": {"pk": _transfer(branch, by, out=False).pk},
        "absence": {"pk": _absence(contact, by).pk},
        "message": {"pk": _message(reader or by).pk},
    }


def branch_root(branch: Branch) -> Branch:
    return Branch.objects.get(path=branch.ancestor_paths()[0])


def _roster_batch(branch: Branch, by: User):
    return keep_roster_batch(
        branch=branch, content=ROSTER.read_bytes(), file_name=ROSTER.name, by=by, now=NOW, today=NOW.date(),
        joined_on=NOW.date(),
    )  # fmt: skip


def _score_batch(branch: Branch, by: User):
    return keep_score_batch(
        branch=branch, cycle=branch_root(branch).cycles.get(month=OCTOBER), source="self",
        content=SCORES.encode(), file_name="cards.csv", by=by, now=NOW,
    )  # fmt: skip


def _answer(member: Member, by: User | None) -> None:
    answered = SelfReview.objects.get(member=member, cycle__month=OCTOBER)
    ReviewAnswer.objects.create(
        review=answered, kind="reply", text="收到，继续努力。", at=NOW, by=by, submitted_at=answered.submitted_at
    )


def _activity(branch: Branch):
    """Each branch meets on a day of its own: a full day of the calendar shows its first activities alone."""
    begins = NOW + timedelta(days=2 * BRANCHES.index(branch.code))
    ends = begins + timedelta(hours=1)
    return branch.activities.create(kind=activity_kind(), title="学习会", starts_at=begins, ends_at=ends, hours=1)


def _sign_up(branch: Branch):
    return _activity(branch).sign_ups.create(member=make_member(branch), arrival=1, has_place=False, at=NOW)


def _minutes(branch: Branch, by: User, **fixed: Any) -> Minutes:
    return Minutes.objects.create(activity=_activity(branch), items=ITEMS, saved_at=NOW, saved_by=by, **fixed)


def _award(member: Member, by: User):
    values = {"title": "竞赛二等奖", "level": AwardLevel.objects.first(), "awarded_on": NOW.date(), "body": "某学会"}
    upload = Upload("奖状.pdf", PDF, "application/pdf")
    return propose_award(member=member, entry=uuid4(), values={**values, "link": ""}, upload=upload, by=by, now=NOW)


def _duty_entry(member: Member, by: User) -> DutyEntry:
    """An entry with a file in this term's duty of the person."""
    found = DutyEntry.objects.filter(duty__member=member).first()
    if found is not None:
        return found
    wanted = Wanted(member, DutyKind.DORMITORY, f"{member.branch.code} 号楼")
    [duty] = assign_duties(
        branch=member.branch, first=SEPTEMBER, last=date(2027, 1, 1), per_month={DutyKind.DORMITORY: 1},
        wanted=[wanted], by=by, now=NOW,
    )  # fmt: skip
    return write_entry(
        duty=duty, entry=uuid4(), values={"on": NOW.date(), "topic": "safety", "text": "检查用电安全"},
        upload=Upload("记录.pdf", PDF, "application/pdf"), by=by, now=NOW,
    )  # fmt: skip


def _spot_check(branch: Branch, by: User):
    root = branch_root(branch)
    return draw(cycle=root.cycles.get(month=OCTOBER), branch=root, by=by, now=NOW).checks.first()


def _proposed(run: RankingRun, by: User) -> RankingRun:
    Freezing.objects.create(
        run=run, fingerprint=run.fingerprint, proposer=by, proposer_name=by.name, proposer_role="secretary",
        proposed_at=NOW,
    )  # fmt: skip
    return run


def _appeal(run: RankingRun, member: Member) -> Appeal:
    """Against a month of the member's own review; nobody has answered it."""
    entry = run.entries.get(member=member)
    return Appeal.objects.create(
        entry=entry, figure="self", place="2026-10", words="登记有误", evidence="原表第三行", filed_at=NOW
    )


def _transfer(branch: Branch, by: User, *, out: bool):
    """One to the outside, or one into the branch from a third one beside it."""
    third = branch.parent.children.get(name__endswith="第三党支部")
    ends = {"source": branch, "organisation": "某研究所党支部"} if out else {"source": third, "target": branch}
    return Transfer.objects.create(
        member=make_member(ends["source"]), direction="out" if out else "inside", reason="work",
        letter_number=f"{branch.code}-{out}", dated_on=NOW.date(), valid_until=date(2026, 12, 10), proposed_by=by,
        **ends,
    )  # fmt: skip


def _absence(contact: User, by: User):
    return Absence.objects.create(
        office=contact.role_assignments.get(), stand_in=by, entered_by=by, starts_on=NOW.date(),
        ends_on=date(2026, 12, 1),
    )  # fmt: skip


def _message(user: User):
    notify([user], "password_changed", key="1", context={})
    return user.notifications.get(kind="password_changed", key="1")


def _wish(member: Member, field: str):
    return member.correction_requests.create(field=field, proposed_value="2302", reason="学籍卡")
