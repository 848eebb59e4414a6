"""What waits for this person today? One answer per office, for the home page."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from activities.models import Activity
from branchportal.counting import counts
from branchportal.models import JobRun, Notification
from branchportal.todo import INSTANT
from evaluations.deadlines import Phase, Window
from evaluations.dimensions import is_complete
from evaluations.models import BranchReview, Cycle, Due, RankingEntry
from evaluations.queries import answers, months, overview, self_reviews
from evaluations.stages import CardState
from members.access import access_of
from members.models import Branch, Member, User
from members.roles import Permission, Role
from members.stages import Stage

NEXT_DAYS = timedelta(days=14)
SCOPE_LINES = 8
MESSAGES_SHOWN = 3
LONGEST_MONTH = timedelta(days=31)
ACTIVITIES_READ = 100


@dataclass(frozen=True)
class OwnCard:
    """The card of a member in few words: where it stands, how long it stays open, whether he has one at all."""

    card: self_reviews.Card | None
    days_left: int = 0

    @property
    def files(self) -> bool:
        return self.card is not None and self.card.state != CardState.NOT_FILER

    @property
    def is_shown(self) -> bool:
        """Who does not file has no card, unless he has written in this month."""
        return self.files or (self.card is not None and self.card.review is not None)

    @property
    def last_day(self) -> date | None:
        """The last day on which the card is open."""
        return timezone.localdate(self.card.until - INSTANT) if self.card else None


@dataclass(frozen=True)
class BranchMonth:
    """The month of one branch for its officers: counts, and what is still to do."""

    branch: Branch
    cycle: Cycle | None
    window: Window | None
    phase: Phase | None
    newest_run: Any  # the ranking of the latest period
    stages: dict[Stage, int]
    progress: months.Progress = field(default_factory=months.Progress)
    missing: list[str] = field(default_factory=list)  # names, while self-reviews are awaited
    not_given: int = 0  # ratings that are complete but saved only
    never_given: int = 0  # of these, for the first time
    returned: list[str] = field(default_factory=list)  # names: to be submitted again, told to who reads reviews

    @property
    def run(self) -> Any:
        """The ranking that holds this month, if the newest does."""
        newest, month = self.newest_run, self.cycle.month
        return newest if newest is not None and newest.first_month <= month <= newest.last_month else None

    @property
    def awaits_reviews(self) -> bool:
        return self.phase == Phase.FILING and self.progress.missing > 0

    @property
    def awaits_ratings(self) -> bool:
        return self.phase in {Phase.FILING, Phase.RATING} and self.progress.unrated > 0


@dataclass(frozen=True)
class ScopeMonth:
    """The month of all branches that somebody looks after, the furthest behind first."""

    cycle: Cycle | None
    lines: list[overview.BranchLine]

    @property
    def shown(self) -> list[overview.BranchLine]:
        return self.lines[:SCOPE_LINES]

    @property
    def silent(self) -> list[overview.BranchLine]:
        """Branches in which nobody is rated yet although the month runs."""
        not_begun = self.ratings_left.not_begun
        return [line for line in self.lines if line.branch.pk in not_begun]

    @property
    def ratings_left(self) -> overview.RatingsLeft:
        return overview.ratings_left((line.branch.pk, line.phase, line.progress) for line in self.lines)


def own_month(member: Member, *, now: datetime) -> OwnCard:
    """This month's card; until when it is open is said by the card alone."""
    card = self_reviews.current_card(member, now)
    return OwnCard(card, card.days_left(now)) if card else OwnCard(None)


def own_latest_result(member: Member) -> RankingEntry | None:
    """The member's own row of the newest ranking that still stands."""
    entries = RankingEntry.objects.filter(member=member, run__superseded_by=None).select_related("run")
    return entries.order_by("-run__last_month", "-run__compiled_at", "-pk").first()


def rated_branches(user: User) -> list[Branch]:
    """The branches in which this person works as an officer."""
    offices = {grant.branch.pk: grant.branch for grant in access_of(user).granting(Permission.RATE_MEMBERS)}
    return sorted(offices.values(), key=lambda branch: branch.path)


def branch_month(branch: Branch, *, reader: User, now: datetime) -> BranchMonth:
    cycle = months.current_cycle(branch, now)
    newest = overview.newest_runs([branch]).get(branch.pk)
    stages = overview.stages_of([branch])[branch.pk]
    if cycle is None:
        return BranchMonth(branch, None, None, None, newest, stages)
    window = months.window_of(cycle, branch)
    phase = window.phase(now)
    progress, missing, returned = _people(cycle, branch, phase, reader)
    return BranchMonth(
        branch, cycle, window, phase, newest, stages, progress, missing,
        *_not_given(cycle, branch), returned,
    )  # fmt: skip


def scope_months(user: User, *, now: datetime) -> list[ScopeMonth]:
    """The current month of the branches in scope under each committee, the furthest behind first; never empty."""
    branches = Branch.objects.party_branches().visible_to(user, Permission.EXPORT_RANKING)
    found = [_scope_month(together, now) for together in months.by_committee(branches)]
    return [month for month in found if month.cycle] or [ScopeMonth(None, [])]


def _scope_month(branches: list[Branch], now: datetime) -> ScopeMonth:
    cycle = months.current_cycle(branches[0], now)
    if cycle is None:
        return ScopeMonth(None, [])
    lines = overview.branch_lines(cycle, branches, now=now)
    return ScopeMonth(cycle, sorted(lines, key=overview.how_far_behind))


def is_superior(user: User) -> bool:
    """Whether this person looks after branches without being an officer of one."""
    access = access_of(user)
    return access.has_role(Role.COUNSELOR) or access.has_role(Role.REVIEWER)


def planned_activities(user: User, *, now: datetime) -> list[Activity]:
    """What takes place in this month and in the next fourteen days in the person's branches, cancelled ones aside.

    The ACTIVITIES_READ nearest: what is to come goes before what is over.
    """
    planned = Activity.objects.visible_to(user, Permission.VIEW_ACTIVITIES).filter(cancelled_at=None)
    first = timezone.localtime(now).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    last = max(first + LONGEST_MONTH, now + NEXT_DAYS)
    planned = planned.filter(starts_at__gte=first, starts_at__lt=last).select_related("branch")
    return list(planned.nearest_first(now)[:ACTIVITIES_READ])


def unread_messages(user: User) -> list[Notification]:
    return list(user.notifications.filter(read_at=None)[:MESSAGES_SHOWN]) if user.unread else []


def operations() -> dict[str, int]:
    """Counts for the administrator; nothing about any person's reviews. One query."""
    day_ago = timezone.now() - timedelta(days=1)
    found = counts([
        ("branches", Branch.objects.party_branches()),
        ("log_ins", User.objects.filter(is_active=True)),
        ("failed_jobs", JobRun.objects.filter(state=JobRun.State.FAILED, finished_at__gte=day_ago)),
        ("open_jobs", JobRun.objects.filter(state__in=[JobRun.State.QUEUED, JobRun.State.RUNNING])),
    ])  # fmt: skip
    return dict(found)


def _people(cycle: Cycle, branch: Branch, phase: Phase, reader: User) -> tuple[months.Progress, list[str], list[str]]:
    """How far the branch is; names of who has never submitted while reviews are open, and of whom one was returned.

    Returns are told to who reads reviews; to others these people miss like all. One query.
    """
    rows = answers.with_returns(months.with_marks(Due.objects.filter(cycle=cycle, branch=branch)))
    people = list(rows.select_related("member").order_by("member__pinyin", "member__number"))
    progress = months.Progress(
        len(people), sum(one.has_filed for one in people), sum(one.is_rated for one in people)
    )  # fmt: skip
    reads = access_of(reader).may_in(Permission.VIEW_REVIEWS, branch)
    without = [one for one in people if not one.has_filed] if phase in {Phase.FILING, Phase.RATING} else []
    missing = [one.member.name for one in without if not (reads and one.is_returned) and phase == Phase.FILING]
    return progress, missing, [one.member.name for one in without if reads and one.is_returned]


def _not_given(cycle: Cycle, branch: Branch) -> tuple[int, int]:
    """How many ratings are complete but saved only, and how many of those have never been given."""
    drafts = BranchReview.objects.filter(cycle=cycle, branch=branch, draft__isnull=False)
    complete = [given for draft, given in drafts.values_list("draft", "submitted_at") if is_complete(draft["points"])]
    return len(complete), complete.count(None)
