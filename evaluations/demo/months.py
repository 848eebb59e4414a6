"""Which months does the demo have, and what was filed and rated in each of them?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from branchportal import audit
from evaluations.deadlines import SHANGHAI, Window, month_of, months_between, next_month
from evaluations.demo import SEED, reviews
from evaluations.models import BranchReview, Cycle, CycleDeadline, CycleEvent, Due, SelfReview
from evaluations.models.months import MONTHS_OFF
from evaluations.queries.months import window_of
from evaluations.services import months as month_services
from members.models import Branch, Member, User
from members.stages import Stage

MONTHS_AHEAD = 2
USUAL_REVIEW_DAY, USUAL_RATING_DAY, LAST_DAY = 15, 20, 28
EARLIEST, HOURS_AWAKE = 8, 14  # of a day: nobody writes at night
DAYS_TO_TRY = 3  # a visitor after the 15th still finds a card that he can file, until the 28th


@dataclass(frozen=True)
class Shares:
    """Of those who are due: how many filed, left a draft, were rated, have a rating that is not given yet."""

    filed: float
    drafts: float
    rated: float
    rating_drafts: float


PAST, PAST_LATE = Shares(0.97, 0, 1, 0), Shares(0.75, 0, 0.6, 0)
PRESENT_FIRST, PRESENT, PRESENT_LATE = Shares(0.88, 0.05, 0.6, 0.2), Shares(0.64, 0.1, 0, 0.25), Shares(0.3, 0.15, 0, 0)


@dataclass(frozen=True)
class Raters:
    """Who rates, and who rates the first one."""

    first: User
    second: User

    def of(self, member: Member) -> User:
        return self.second if member.user_id == self.first.pk else self.first


@dataclass(frozen=True)
class Filled:
    """One branch and what is needed to fill its months."""

    branch: Branch
    members: list[Member]
    raters: Raters
    is_first: bool
    is_late: bool


@dataclass(frozen=True)
class BranchMonth:
    """One month of one branch."""

    filled: Filled
    cycle: Cycle
    window: Window
    shares: Shares
    round: int  # 0, 1, … from the first month on
    now: datetime
    random: Random

    @property
    def is_present(self) -> bool:
        return self.cycle.month == month_of(self.now)


def evaluated(now: datetime, count: int) -> list[date]:
    """Return the last `count` months that are evaluated (not February, July, August), the present one included."""
    months: list[date] = []
    month = month_of(now)
    while len(months) < count:
        if month.month not in MONTHS_OFF:
            months.append(month)
        month = (month - timedelta(days=1)).replace(day=1)
    return months[::-1]


def make_cycles(committee: Branch, months: list[date], now: datetime) -> list[Cycle]:
    """Make every month from the first to two ahead, holidays switched off; return those that have begun and are on."""
    last = month_of(now)
    for _step in range(MONTHS_AHEAD):
        last = next_month(last)
    cycles = [
        month_services.ensure_month(committee=committee, month=month, is_off=month.month in MONTHS_OFF)
        for month in months_between(months[0], last)
    ]
    _leave_days_to_try(committee, now)
    begun = [cycle for cycle in cycles if cycle.month in months]
    for cycle in begun:
        cycle.refresh_from_db()
    return begun


def fill(filled: Filled, cycles: list[Cycle], now: datetime) -> None:
    """Write who was due, what was filed and rated, and what the clock did, month by month."""
    for round_, cycle in enumerate(cycles):
        random = Random(f"{SEED}:{filled.branch.code}:{cycle}")  # noqa: S311
        is_present = cycle.month == month_of(now)
        shares = _shares(filled, is_present=is_present, is_recent=cycle in cycles[-2:])
        window = window_of(cycle, filled.branch)
        month = BranchMonth(filled, cycle, window, shares, round_, now, random)
        if is_present:
            month_services.open_month(cycle=cycle, branch=filled.branch, now=now)
        else:
            _write_past(cycle, filled.branch, window)
        _write_reviews(month)


def not_yet_filed(members: list[Member]) -> Member | None:
    """The activist of the first branch who left this month's card to the visitor: one of the two at the cut line."""
    activists = [member for member in members if member.stage == Stage.ACTIVIST]
    return activists[reviews.TIED_PLACES[1]] if len(activists) > reviews.TIED_PLACES[1] else None


def _leave_days_to_try(committee: Branch, now: datetime) -> None:
    """Move this month's days if the usual ones are over, and let one general branch have days of its own."""
    cycle = Cycle.objects.filter(committee=committee, month=month_of(now)).first()
    today = now.astimezone(SHANGHAI).day
    if cycle is None or cycle.is_off:
        return
    if today > USUAL_REVIEW_DAY:
        cycle.review_day = min(today + DAYS_TO_TRY, LAST_DAY)
    cycle.rating_day = max(USUAL_RATING_DAY, min(cycle.review_day + 5, LAST_DAY))
    cycle.save(update_fields=["review_day", "rating_day"])
    second = Branch.objects.filter(parent=committee, kind=Branch.Kind.GENERAL_BRANCH).order_by("path")[1:2].first()
    if second is not None:
        review_day = min(cycle.review_day + 2, LAST_DAY)
        CycleDeadline.objects.create(
            cycle=cycle, branch=second, review_day=review_day, rating_day=max(cycle.rating_day, review_day)
        )


def _write_past(cycle: Cycle, branch: Branch, window: Window) -> None:
    due = month_services.due_on_opening(cycle, branch)
    Due.objects.bulk_create([Due(cycle=cycle, member=member, branch=branch) for member in due], batch_size=500)
    kind = CycleEvent.Kind
    times = {kind.OPENED: window.opens_at, kind.REVIEWS_DUE: window.reviews_end, kind.CLOSED: window.ratings_end}
    CycleEvent.objects.bulk_create(
        CycleEvent(cycle=cycle, branch=branch, kind=step, at=at) for step, at in times.items()
    )


def _shares(filled: Filled, *, is_present: bool, is_recent: bool) -> Shares:
    is_late = filled.is_late and is_recent
    if is_present:
        return PRESENT_LATE if is_late else PRESENT_FIRST if filled.is_first else PRESENT
    return PAST_LATE if is_late else PAST


def _write_reviews(month: BranchMonth) -> None:
    due = set(Due.objects.filter(cycle=month.cycle, branch=month.filled.branch).values_list("member_id", flat=True))
    members = _in_order_of_filing(month, [member for member in month.filled.members if member.pk in due])
    steps = _steps(month, members)
    shares, window = month.shares, month.window
    own = [
        _self_review(month, member, steps[member.pk][0], is_draft=is_draft)
        for member, is_draft in _chosen(members, shares.filed, shares.drafts)
    ]
    branch = [
        _branch_review(month, member, steps[member.pk][1], is_draft=is_draft)
        for member, is_draft in _chosen(members, shares.rated, shares.rating_drafts)
    ]
    _date(month.random, own, window.opens_at, min(window.reviews_end, month.now))
    _date(month.random, branch, window.opens_at + timedelta(days=5), min(window.ratings_end, month.now))
    SelfReview.objects.bulk_create(own, batch_size=500)
    BranchReview.objects.bulk_create(branch, batch_size=500)
    _record("self_review.submitted", own)
    _record("branch_rating.given", branch)


def _record(action: str, rows: list[SelfReview | BranchReview]) -> None:
    submitted = [row for row in rows if row.submitted_at is not None]
    audit.record_many(action, by=None, lines=[{"subject": row, "after": row.points} for row in submitted])


def _in_order_of_filing(month: BranchMonth, members: list[Member]) -> list[Member]:
    """By chance; the first branch's activists come first, but for the one who leaves the present month to a visitor."""
    members = sorted(members, key=lambda _member: month.random.random())
    if not month.filled.is_first:
        return members
    left_out = not_yet_filed(month.filled.members) if month.is_present else None
    tops = _tops(month.filled.members)
    return sorted((member for member in members if member != left_out), key=lambda member: member.pk not in tops)


def _chosen(members: list[Member], done: float, drafted: float) -> list[tuple[Member, bool]]:
    """[(member, is a draft)]: the first ones are done, the next ones have a draft, the rest is missing."""
    count_done = round(len(members) * done)
    count_all = min(count_done + round(len(members) * drafted), len(members))
    return [(member, place >= count_done) for place, member in enumerate(members[:count_all])]


def _steps(month: BranchMonth, members: list[Member]) -> dict[int, tuple[int, int]]:
    """{member id: (own, branch) steps below the best}."""
    tops = list(_tops(month.filled.members)) if month.filled.is_first else []
    found = {}
    for member in members:
        if member.pk in tops:
            found[member.pk] = reviews.top_steps(tops.index(member.pk), month.round)
        else:
            level = Random(f"{SEED}:{member.number}").randint(2, 8)  # noqa: S311 - his own, the same every month
            found[member.pk] = reviews.own_steps(month.random, level), reviews.branch_steps(month.random, level)
    return found


def _tops(members: list[Member]) -> dict[int, None]:
    """The activists of the first branch, in the order of their places."""
    return {member.pk: None for member in members if member.stage == Stage.ACTIVIST}


def _self_review(month: BranchMonth, member: Member, steps: int, *, is_draft: bool) -> SelfReview:
    points, notes = reviews.points(month.random, steps), reviews.note(month.random)
    review = SelfReview(cycle=month.cycle, member=member, branch=month.filled.branch)
    if is_draft:
        half = {name: value if place < 3 else None for place, (name, value) in enumerate(points.items())}
        review.draft = {"points": half, "notes": notes, "page": "", "step": 0}
        return review
    review.notes, review.submitted_by_id = notes, member.user_id
    return _with_points(review, points)


def _branch_review(month: BranchMonth, member: Member, steps: int, *, is_draft: bool) -> BranchReview:
    points, rater = reviews.points(month.random, steps), month.filled.raters.of(member)
    review = BranchReview(cycle=month.cycle, member=member, branch=month.filled.branch, rated_by=rater)
    if is_draft:
        review.draft = {"points": points if month.random.random() < 0.7 else points | {"work": None, "conduct": None}}
        return review
    review.submitted_by = rater
    return _with_points(review, points)


def _with_points(review: SelfReview | BranchReview, points: dict[str, int]) -> SelfReview | BranchReview:
    for dimension, value in points.items():
        setattr(review, dimension, value)
    return review


def _by_day(moment: datetime) -> datetime:
    """The same day between eight in the morning and ten in the evening, when people write."""
    moment = moment.astimezone(SHANGHAI)
    return moment.replace(hour=EARLIEST + moment.hour * HOURS_AWAKE // 24)


def _date(random: Random, rows: list[SelfReview | BranchReview], first: datetime, last: datetime) -> None:
    """Give every row a moment between the two; only a complete one was submitted then."""
    seconds = max(int((last - first).total_seconds()) - 60, 0)
    for row in rows:
        moment = min(first, last) + timedelta(seconds=random.randint(0, seconds))
        row.saved_at = max(min(_by_day(moment), last - timedelta(minutes=1)), min(first, last))
        row.submitted_at = row.saved_at if row.draft is None else None
