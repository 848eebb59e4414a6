"""Who is missing in a month, who of them can be reminded today, and by which way?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from django.db.models import QuerySet

from branchportal import mail
from branchportal.messages import kinds_of
from branchportal.models import MailPreference
from evaluations.deadlines import SHANGHAI
from evaluations.models import Cycle, Due, Reminder, ReviewAnswer
from evaluations.queries import months
from evaluations.queries.overview import RatingsLeft, ratings_left
from evaluations.queries.self_reviews import accepts_late
from members.models import Absence, Branch, RoleAssignment, User
from members.roles import ACTING_ORDER, Role, acting_role

OFFICERS = (Role.SECRETARY, *ACTING_ORDER)
KINDS = {Reminder.Task.REVIEWS: "review_missing", Reminder.Task.RATINGS: "ratings_missing"}  # of the messages


@dataclass(frozen=True)
class Person:
    """Somebody who still has something to do, before `until`; `hint` tells namesakes apart, `unrated` is for raters."""

    name: str
    hint: str
    branch: Branch
    user: User | None
    until: datetime
    unrated: int = 0


@dataclass(frozen=True)
class Missing:
    """Everybody whom one press of the button is about; `mailed` are the ids of users who also get an e-mail."""

    cycle: Cycle
    task: Reminder.Task
    to_remind: list[Person]
    already: list[Person]
    without_account: list[Person]
    mailed: frozenset[int]
    left: RatingsLeft | None = None  # of many branches, as the to-do that leads to them counts

    @property
    def everybody(self) -> list[Person]:
        return [*self.to_remind, *self.already, *self.without_account]


def missing_reviews(cycle: Cycle, branch: Branch, *, now: datetime) -> Missing:
    """Members of the branch whose self-review is missing, and who can still file it: after the deadline only those
    whose review was returned, or all where the branch accepts late ones.
    """
    window = months.window_of(cycle, branch)
    members, until = months.missing_members(cycle, branch).select_related("user"), window.reviews_end
    if not window.accepts_reviews(now):
        until = window.ratings_end
        if not accepts_late(branch, cycle.month):
            members = members.filter(pk__in=_returned(cycle, branch))
    people = [Person(member.name, member.class_name, branch, member.user, until) for member in members]
    return _sorted_out(cycle, Reminder.Task.REVIEWS, people if window.accepts_ratings(now) else [], now)


def missing_ratings(cycle: Cycle, branch: Branch, *, now: datetime, by: User | None = None) -> Missing:
    """The officers of the branch, without `by`, who can still rate somebody; nobody rates himself."""
    owed = _owed(cycle, [branch])
    people = [person for person in _raters(cycle, [branch], owed, now=now) if by is None or person.user != by]
    return _sorted_out(cycle, Reminder.Task.RATINGS, people, now)


def branches_without_ratings(cycle: Cycle, branches: Iterable[Branch], *, by: User, now: datetime) -> Missing:
    """The secretaries of all these branches (or who acts as such) in which ratings are missing. Six queries."""
    branches = list(branches)
    owed = _owed(cycle, branches)
    people = [person for person in _raters(cycle, branches, owed, now=now, secretaries=True) if person.user != by]
    return replace(_sorted_out(cycle, Reminder.Task.RATINGS, people, now), left=_left(cycle, branches, owed, now))


def _returned(cycle: Cycle, branch: Branch) -> QuerySet:
    """Ids of members whose review waits for them."""
    waiting = ReviewAnswer.objects.filter(review__cycle=cycle, review__branch=branch, resubmitted_at=None)
    return waiting.filter(kind=ReviewAnswer.Kind.RETURN).order_by().values("review__member")


@dataclass
class _Owed:
    """What one branch owes: a mark for each person without a rating (the id of the log-in, else one of his own)."""

    unrated: set[int | str] = field(default_factory=set)
    rated: int = 0

    @property
    def progress(self) -> months.Progress:
        return months.Progress(due=len(self.unrated) + self.rated, rated=self.rated)


def _left(cycle: Cycle, branches: list[Branch], owed: dict[int, _Owed], now: datetime) -> RatingsLeft:
    windows = months.windows_of(cycle, branches)
    return ratings_left((branch.pk, windows[branch.pk].phase(now), owed[branch.pk].progress) for branch in branches)


def _raters(
    cycle: Cycle, branches: list[Branch], owed: dict[int, _Owed], *, now: datetime, secretaries: bool = False
) -> list[Person]:
    windows = months.windows_of(cycle, branches)
    officers = _officers(branches, now.astimezone(SHANGHAI).date(), secretaries=secretaries)
    return [
        Person(user.name, branch.name, branch, user, windows[branch.pk].ratings_end, len(owed[branch.pk].unrated))
        for branch in branches
        if windows[branch.pk].accepts_ratings(now)
        for user in officers[branch.pk]
        if owed[branch.pk].unrated - {user.pk}
    ]


def _owed(cycle: Cycle, branches: list[Branch]) -> dict[int, _Owed]:
    """{branch id: what it owes}, in one query."""
    dues = months.with_marks(Due.objects.filter(cycle=cycle, branch__in=branches)).order_by("pk")
    found: dict[int, _Owed] = defaultdict(_Owed)
    for branch_id, member_id, user_id, is_rated in dues.values_list(
        "branch_id", "member_id", "member__user_id", "is_rated"
    ):
        if is_rated:
            found[branch_id].rated += 1
        else:
            found[branch_id].unrated.add(user_id or f"member {member_id}")
    return found


def _officers(branches: list[Branch], today: date, *, secretaries: bool) -> dict[int, list[User]]:
    """{branch id: officers of today and who stands in for them}; with `secretaries` only those, or who acts as such."""
    held = RoleAssignment.objects.on(today).filter(branch__in=branches, role__in=OFFICERS, user__is_active=True)
    roles: dict[int, dict[User, set[Role]]] = defaultdict(lambda: defaultdict(set))
    for office in held.select_related("user").order_by("user__name", "user_id"):
        roles[office.branch_id][office.user].add(Role(office.role))
    absences = Absence.objects.on(today).filter(office__in=held, stand_in__is_active=True)
    for absence in absences.select_related("office", "stand_in").order_by("stand_in__name", "stand_in_id"):
        roles[absence.office.branch_id][absence.stand_in].add(Role(absence.office.role))
    if not secretaries:
        return defaultdict(list, {branch_id: list(users) for branch_id, users in roles.items()})
    return defaultdict(list, {branch_id: _in_charge(users) for branch_id, users in roles.items()})


def _in_charge(users: dict[User, set[Role]]) -> list[User]:
    wanted = acting_role(set().union(*users.values())) or Role.SECRETARY
    return [user for user, roles in users.items() if wanted in roles]


def _sorted_out(cycle: Cycle, task: Reminder.Task, people: list[Person], now: datetime) -> Missing:
    """Whoever holds two offices is told once."""
    once = {(person.user.pk if person.user else person): person for person in people}
    able = [person for person in once.values() if person.user is not None and person.user.is_active]
    today = now.astimezone(SHANGHAI).date()
    users = [person.user.pk for person in able]
    reminded = Reminder.objects.filter(cycle=cycle, day=today, user__in=users).order_by().values_list("user", flat=True)
    done = set(reminded)
    return Missing(
        cycle,
        task,
        to_remind=[person for person in able if person.user.pk not in done],
        already=[person for person in able if person.user.pk in done],
        without_account=[person for person in once.values() if person not in able],
        mailed=_mailed(able, KINDS[task]),
    )


def _mailed(people: list[Person], kind: str) -> frozenset[int]:
    """Ids of those who also get it by e-mail."""
    addressed = {person.user.pk for person in people if person.user.email}
    if not (addressed and mail.is_set_up()):
        return frozenset()
    preferences = MailPreference.objects.filter(user__in=addressed).values_list("user", "silenced")
    return frozenset(addressed - {user for user, silenced in preferences if kind in kinds_of(silenced)})
