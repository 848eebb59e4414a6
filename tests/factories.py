"""Who lives in a test? A small tree of branches, people with plausible dates, log-ins with a role.

    tree = make_branch_tree()                          # tree.root, tree.first, tree.second, tree.b1 … tree.b4
    member = make_member(tree.b1, stage=Stage.ACTIVIST)
    secretary = make_user(Role.SECRETARY, tree.b1)     # a User; make_user(Role.MEMBER, b1).member is the person
    sign_in(client, secretary)

Names and numbers follow from how many people there are already: the same test always meets the same people.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.test import Client

from activities.models import ActivityKind
from members import notice
from members.models import Branch, Member, RoleAssignment, User
from members.pinyin import spell
from members.roles import Role
from members.stages import ORDER, STAGE_DATE_FIELDS, Stage

JOINED_ON = date(2024, 9, 2)
STAGE_DATES = {
    Stage.APPLICANT: date(2023, 3, 1),
    Stage.ACTIVIST: date(2024, 3, 15),
    Stage.CANDIDATE: date(2025, 4, 10),
    Stage.PROBATIONARY: date(2025, 6, 20),
    Stage.FULL: date(2026, 6, 25),
}
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕施张孔曹严金魏陶姜"
GIVEN = (
    "明远",
    "子涵",
    "雨桐",
    "浩然",
    "思源",
    "嘉禾",
    "文博",
    "若溪",
    "景行",
    "知夏",
    "一鸣",
    "书瑶",
    "承志",
    "晓岚",
    "天佑",
    "佳宁",
    "立群",
    "安琪",
    "泽宇",
)


@dataclass(frozen=True)
class BranchTree:
    """One committee with two general branches: b1, b2, b3 under the first, b4 under the second."""

    root: Branch
    first: Branch
    second: Branch
    b1: Branch
    b2: Branch
    b3: Branch
    b4: Branch


def make_branch_tree(prefix: str = "") -> BranchTree:
    """Return the tree; another `prefix` (such as "X") makes a second, unrelated tree."""
    kind = Branch.Kind
    root = make_branch(f"{prefix}ROOT", None, kind=kind.COMMITTEE, name=f"{prefix}计算机学院党委")
    first = make_branch(f"{prefix}GB1", root, kind=kind.GENERAL_BRANCH, name=f"{prefix}本科生党总支")
    second = make_branch(f"{prefix}GB2", root, kind=kind.GENERAL_BRANCH, name=f"{prefix}研究生党总支")
    return BranchTree(
        root,
        first,
        second,
        b1=make_branch(f"{prefix}B001", first, name=f"{prefix}本科生第一党支部"),
        b2=make_branch(f"{prefix}B002", first, name=f"{prefix}本科生第二党支部"),
        b3=make_branch(f"{prefix}B003", first, name=f"{prefix}本科生第三党支部"),
        b4=make_branch(f"{prefix}B004", second, name=f"{prefix}研究生第一党支部"),
    )


def make_branch(code: str, parent: Branch | None, *, kind: str = Branch.Kind.BRANCH, name: str = "") -> Branch:
    path = f"{parent.path if parent else ''}{code}/"
    return Branch.objects.create(code=code, name=name or code, kind=kind, parent=parent, path=path)


def make_member(
    branch: Branch,
    *,
    name: str = "",
    number: str = "",
    stage: Stage = Stage.ACTIVIST,
    user: User | None = None,
    **fields,
) -> Member:
    """Return a person of the branch with the dates of all stages up to `stage`; `fields` overrides any column."""
    order = Member.objects.count() + User.objects.count()
    name = name or generated_name(order)
    pinyin, initials = spell(name)
    dates = {
        STAGE_DATE_FIELDS[step]: day for step, day in STAGE_DATES.items() if ORDER.index(step) <= ORDER.index(stage)
    }
    values = {
        "number": number or generated_number(order),
        "name": name,
        "pinyin": pinyin,
        "initials": initials,
        "stage": stage,
        "class_name": "计算机2301",
        "grade": "2023",
        "major": "计算机科学与技术",
        "joined_on": JOINED_ON,
        **dates,
        **fields,
    }
    return Member.objects.create(branch=branch, user=user, **values)


def make_members(branch: Branch, count: int, **fields) -> list[Member]:
    return [make_member(branch, **fields) for _ in range(count)]


def make_user(
    role: Role, branch: Branch, *, name: str = "", number: str = "", password: str | None = None, **fields
) -> User:
    """Return a log-in that holds `role` in `branch`. Role.MEMBER makes the person in the roster too.

    `fields` go to the Member of Role.MEMBER, to the RoleAssignment otherwise.
    """
    order = Member.objects.count() + User.objects.count()
    name, number = name or generated_name(order), number or generated_number(order)
    user = User.objects.create(
        number=number, name=name, password=make_password(password), notice_version=notice.VERSION
    )
    if role == Role.MEMBER:
        make_member(branch, name=name, number=number, user=user, **fields)
    else:
        RoleAssignment.objects.create(user=user, branch=branch, role=role, **{"starts_on": date(2024, 9, 1), **fields})
    return user


def activity_kind(code: str = "study") -> ActivityKind:
    """Return a standard kind of activity."""
    return ActivityKind.objects.get(root=None, code=code)


def sign_in(client: Client, user: User, *, language: str = "") -> Client:
    """Log in without a password (hashing it would take most of a test's time); returns the client.

    `language` is one that the reader has chosen, such as "en"; pages are Chinese otherwise.
    """
    client.force_login(user)
    if language:
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    return client


def generated_name(order: int) -> str:
    """570 different names, then the same ones with a letter behind."""
    surname, rest = order % len(SURNAMES), order // len(SURNAMES)
    given, round_ = (rest + surname) % len(GIVEN), order // (len(SURNAMES) * len(GIVEN))
    return SURNAMES[surname] + GIVEN[given] + ("" if round_ == 0 else chr(ord("A") + round_ - 1))


def generated_number(order: int) -> str:
    return f"2023{order + 1:06d}"
