"""Who lives in the portal that is measured? Branches of equal size, everybody an activist, the same points each time.

Written in bulk, past the services: what is measured is what the portal does with it afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from evaluations.deadlines import month_of, months_between
from evaluations.models import Cycle, CycleEvent, Due
from evaluations.services.schemes import install_ready_schemes
from members import notice
from members.models import Branch, Member, RoleAssignment, User
from members.pinyin import spell
from members.roles import Role
from members.stages import Stage

PASSWORD = "branch-demo-2026"
GIVEN = ("明远", "子涵", "雨桐", "浩然", "思源", "嘉禾", "文博", "若溪", "景行", "知夏")
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何"
BRANCHES_OF_A_GENERAL_BRANCH = 100
LAST_DAY = 28
BATCH = 2000
REVIEWS = """
    INSERT INTO {table} (cycle_id, member_id, branch_id, thought, study, life, work, conduct, notes, submitted_at,
                         from_paper, saved_at, version{more})
    SELECT cycle.id, member.id, member.branch_id,
           {points}, '{{}}', cycle.month + interval '10 days', false, cycle.month + interval '10 days', 1{values}
    FROM members_member AS member CROSS JOIN evaluations_cycle AS cycle
    WHERE cycle.month < %s ORDER BY cycle.id, member.id
"""


@dataclass(frozen=True)
class Size:
    """`large`: people in the first branch, beside `branches` of `people` each; `months` with the present one."""

    branches: int
    people: int
    months: int
    large: int = 0


def build(size: Size, now: datetime, *, with_log_ins: bool) -> None:
    """Fill an empty portal. The present month is open and unfiled, all months before it are filed and rated."""
    committee = Branch.objects.create(code="ROOT", name="信息学院党委", kind=Branch.Kind.COMMITTEE, path="ROOT/")
    branches = _branches(committee, size)
    _people(branches, size, with_log_ins=with_log_ins)
    months = _last_months(now, size.months)
    install_ready_schemes(committee=committee, by=None, first_month=months[0], now=now)
    cycles = Cycle.objects.bulk_create(
        Cycle(committee=committee, month=month, review_day=LAST_DAY, rating_day=LAST_DAY) for month in months
    )
    _open(cycles, now)
    for table, shift in (("evaluations_selfreview", 3), ("evaluations_branchreview", 5)):
        _reviews(table, shift, month_of(now))
    if not connection.in_atomic_block:  # as it is in a test
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def sign_in(users: list[User], file: Path) -> None:
    """Sessions as log-ins leave them; their keys in the order of the users."""
    store, until = SessionStore(), timezone.now() + timedelta(days=35)
    keys = [f"portal{place:026d}" for place in range(len(users))]
    rows = [
        Session(session_key=key, session_data=store.encode(_signed_in(user)), expire_date=until)
        for key, user in zip(keys, users, strict=True)
    ]
    Session.objects.bulk_create(rows, batch_size=BATCH)
    file.write_text("".join(f"{key}\n" for key in keys))


def officer(branch: Branch, role: Role = Role.SECRETARY) -> User:
    """A log-in that holds an office."""
    user = User.objects.create(number=f"9{branch.pk:07d}", name="书记", notice_version=notice.VERSION)
    RoleAssignment.objects.create(user=user, branch=branch, role=role, starts_on=date(2024, 9, 1))
    return user


def _signed_in(user: User) -> dict[str, str]:
    return {
        SESSION_KEY: str(user.pk),
        BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
        HASH_SESSION_KEY: user.get_session_auth_hash(),
    }


def _branches(committee: Branch, size: Size) -> list[tuple[Branch, int]]:
    """Every branch with its number of people."""
    kind, found = Branch.Kind, []
    above = committee
    sizes = [size.large] * bool(size.large) + [size.people] * size.branches
    for place, people in enumerate(sizes):
        if place % BRANCHES_OF_A_GENERAL_BRANCH == 0:
            above = _branch(f"GB{place // BRANCHES_OF_A_GENERAL_BRANCH}", committee, kind.GENERAL_BRANCH)
            above.save()
        found.append((_branch(f"B{place:04d}", above, kind.BRANCH), people))
    Branch.objects.bulk_create([branch for branch, _people in found], batch_size=BATCH)
    return found


def _branch(code: str, above: Branch, kind: str) -> Branch:
    return Branch(code=code, name=f"{code} 党支部", kind=kind, parent=above, path=f"{above.path}{code}/")


def _people(branches: list[tuple[Branch, int]], size: Size, *, with_log_ins: bool) -> None:
    homes = [branch for branch, people in branches for _person in range(people)]
    names = [SURNAMES[place % 20] + GIVEN[place // 20 % 10] for place in range(len(homes))]
    spelled = {name: spell(name) for name in set(names)}
    users: list[User | None] = [None] * len(homes)
    if with_log_ins:
        password = make_password(PASSWORD)
        users = User.objects.bulk_create(
            [
                User(number=f"2024{place:08d}", name=name, password=password, notice_version=notice.VERSION)
                for place, name in enumerate(names)
            ],
            batch_size=BATCH,
        )
    Member.objects.bulk_create(
        (
            Member(
                branch=homes[place], user=users[place], number=f"2024{place:08d}", name=name, pinyin=spelled[name][0],
                initials=spelled[name][1], stage=Stage.ACTIVIST, applied_on=date(2023, 3, 1),
                activist_on=date(2024, 3, 15), class_name="计算机2401", grade="2024", joined_on=date(2023, 9, 2),
            )
            for place, name in enumerate(names)
        ),
        batch_size=BATCH,
    )  # fmt: skip


def _last_months(now: datetime, count: int) -> list[date]:
    present = month_of(now)
    first = present.year * 12 + present.month - count
    return months_between(date(first // 12, first % 12 + 1, 1), present)


def _open(cycles: list[Cycle], now: datetime) -> None:
    """Every month opened in every branch, and everybody due in each."""
    branches = list(Branch.objects.party_branches())
    CycleEvent.objects.bulk_create(
        (
            CycleEvent(cycle=cycle, branch=branch, kind=CycleEvent.Kind.OPENED, at=now)
            for cycle in cycles
            for branch in branches
        ),
        batch_size=BATCH,
    )
    with _foreign_keys_unchecked() as cursor:
        cursor.execute(
            f"INSERT INTO {Due._meta.db_table} (cycle_id, member_id, branch_id) SELECT cycle.id, member.id, branch_id "
            "FROM members_member AS member CROSS JOIN evaluations_cycle AS cycle ORDER BY cycle.id, member.id"
        )


def _reviews(table: str, shift: int, present: date) -> None:
    """Five grades for everybody and every past month, spread by plain arithmetic."""
    points = ", ".join(
        f"95 - 10 * ((member.id * {7 + place} + cycle.id * {shift} + member.id / {11 + shift + place}) %% 5)"
        for place in range(5)
    )
    own = table.endswith("selfreview")
    statement = REVIEWS.format(
        table=table, points=points, more=", is_late" if own else "", values=", false" if own else ""
    )
    with _foreign_keys_unchecked() as cursor:
        cursor.execute(statement, [present])


@contextmanager
def _foreign_keys_unchecked() -> Iterator[CursorWrapper]:
    """Checking them takes as long as writing, and these rows are made out of the rows that they point to."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        try:
            yield cursor
        finally:
            cursor.execute("SET session_replication_role = origin")
