"""What happens to a month: it is made, opens, its self-reviews become due, it closes; each step once per branch?

The clock only ticks: `advance` compares every branch's window (deadlines.py) with what was already done (CycleEvent).
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_noop as _

from branchportal.notifications import notify
from evaluations.deadlines import SHANGHAI, Phase, Window, month_of, next_month
from evaluations.models import Cycle, CycleDeadline, CycleEvent, Due
from evaluations.models.months import MONTHS_OFF
from evaluations.queries.months import accepts_sheets, progress_of, ran_here, read_again, window_of, windows_of
from evaluations.refusals import Refused
from members.models import Absence, Branch, FormerMembership, Member, RoleAssignment, User
from members.roles import ACTING_ORDER, Role

MONTHS_AHEAD = 2
LOOK_BACK = timedelta(days=366)  # a tick that comes late catches up with what it missed within a year
# Any two constants: the first half of PostgreSQL's advisory locks; the second is the branch, or the top committee.
MONTH_LOCK = 7_301
RULES_LOCK = 7_302
OFFICERS = (Role.SECRETARY, *ACTING_ORDER)

logger = logging.getLogger(__name__)
Kind = CycleEvent.Kind
OnClosed = Callable[[Cycle, Branch], None]


def ensure_months(*, now: datetime) -> None:
    """Make this and the next two months of every committee. Twice makes nothing new.

    A committee starts with the first month in which a self-review can still be filed.
    """
    for committee in Branch.objects.filter(parent=None, kind=Branch.Kind.COMMITTEE, closed_on=None):
        month = month_of(now)
        for _step in range(MONTHS_AHEAD + 1):
            if Cycle.objects.filter(committee=committee, month__lte=month).exists() or _can_still_file(month, now):
                ensure_month(committee=committee, month=month, is_off=month.month in MONTHS_OFF)
            month = next_month(month)


def ensure_month(*, committee: Branch, month: date, is_off: bool = False) -> Cycle:
    """Return the cycle of `month` (its first day), made like the month before it where there is none yet."""
    with transaction.atomic():
        before = Cycle.objects.filter(committee=committee, month__lt=month).first()
        copied = {}
        if before is not None:
            copied = {name: getattr(before, name) for name in ("review_day", "rating_day", "scale", "filing_stages")}
        cycle, created = Cycle.objects.get_or_create(
            committee=committee, month=month, defaults={"is_off": is_off, **copied}
        )
        if created and before is not None:
            CycleDeadline.objects.bulk_create(
                CycleDeadline(cycle=cycle, branch=own.branch, review_day=own.review_day, rating_day=own.rating_day)
                for own in before.deadlines.all()
            )
    return cycle


def ensure_past_month(*, committee: Branch, month: date, now: datetime) -> Cycle:
    """As ensure_month, for a month that paper brings in: where it was over before it was made, the clock leaves it."""
    with transaction.atomic():
        is_new = not Cycle.objects.filter(committee=committee, month=month).exists()
        cycle = ensure_month(committee=committee, month=month)
        branches = list(_not_closed_yet(cycle)) if is_new else []
        windows = windows_of(cycle, branches)
        CycleEvent.objects.bulk_create(
            [
                CycleEvent(cycle=cycle, branch=branch, kind=kind, at=now)
                for branch in branches
                if windows[branch.pk].phase(now) == Phase.CLOSED
                for kind in Kind
            ],
            ignore_conflicts=True,
            batch_size=500,
        )
    return cycle


def advance(*, now: datetime, on_closed: OnClosed) -> int:
    """Do for every branch and month what is due by `now` and not done yet; return how many steps were taken.

    `on_closed(cycle, branch)` runs in the transaction that closes the month: the caller enqueues the ranking there.
    """
    steps = 0
    cycles = Cycle.objects.filter(is_off=False, month__lte=month_of(now), month__gte=month_of(now - LOOK_BACK))
    for cycle in cycles.select_related("committee").order_by("month"):
        branches = list(_not_closed_yet(cycle))
        windows, done = windows_of(cycle, branches), _events_by_branch(cycle)
        for branch in branches:
            phase = windows[branch.pk].phase(now)
            try:
                steps += _advance_branch(cycle, branch, phase, done[branch.pk], now=now, on_closed=on_closed)
            except Exception:  # one branch's trouble must not hold up the others; the next tick tries again
                logger.exception("The month %s of %s could not be moved on.", cycle, branch.code)
    return steps


def open_month(*, cycle: Cycle, branch: Branch, now: datetime) -> bool:
    """Write down who is due and tell them. A branch without people opens when it has some. Once: else False."""
    with transaction.atomic():
        members = due_on_opening(cycle, branch)
        if not _has_people(branch) or not _first_time(cycle, branch, Kind.OPENED, now):
            return False
        Due.objects.bulk_create(
            [Due(cycle=cycle, member=member, branch=branch) for member in members],
            ignore_conflicts=True,
            batch_size=500,
        )
        window = window_of(cycle, branch)
        if window.accepts_reviews(now):
            users = [member.user for member in members if member.user is not None]
            _tell(users, "month_opened", cycle, branch, until=window.month.replace(day=window.review_day).isoformat())
    return True


def mark_reviews_due(*, cycle: Cycle, branch: Branch, now: datetime) -> bool:
    """Tell the branch's officers that self-reviews have ended and how many are missing. Once: else False."""
    with transaction.atomic():
        if not _first_time(cycle, branch, Kind.REVIEWS_DUE, now):
            return False
        progress = progress_of(cycle, branch)
        _tell(_officers(branch, now), "reviews_due", cycle, branch, due=progress.due, filed=progress.filed)
    return True


def close_month(*, cycle: Cycle, branch: Branch, now: datetime, on_closed: OnClosed) -> bool:
    """End the month in this branch: nothing that was submitted in time is missing afterwards. Once: else False."""
    with transaction.atomic():
        _lock(MONTH_LOCK, branch.pk, shared=False)
        cycle = Cycle.objects.select_for_update(no_key=True).get(pk=cycle.pk)  # its days can't change meanwhile
        if window_of(cycle, branch).phase(now) != Phase.CLOSED:
            return False
        if not _first_time(cycle, branch, Kind.CLOSED, now):
            return False
        progress = progress_of(cycle, branch)
        _tell(_officers(branch, now), "month_closed", cycle, branch, due=progress.due, rated=progress.rated)
        on_closed(cycle, branch)
    return True


def hold_open(*, cycle: Cycle, branch: Branch) -> Window:
    """Keep the month from closing, and its rules from changing, until the caller's transaction ends.

    What is submitted is either in the snapshot of the closing month or refused, never both or neither. `cycle` is
    read anew, and its window returned as it stands now. Raises Refused if the month has closed in this branch.
    """
    _keep_month_and_rules(cycle, branch)
    is_closed, window = read_again(cycle, branch)
    if is_closed:
        raise Refused(_("This month is closed: nothing in it can be changed any more."))
    return window


def hold_for_sheets(*, cycle: Cycle, branch: Branch, now: datetime) -> None:
    """As hold_open, for what comes in as a sheet: a month that never ran here is paper and can be brought in any time.

    Raises Refused where the page would take no ratings either.
    """
    _keep_month_and_rules(cycle, branch)
    read_again(cycle, branch)
    refuse_sheets(cycle, branch, now)
    if ran_here(cycle, branch):
        hold_open(cycle=cycle, branch=branch)


def refuse_sheets(cycle: Cycle, branch: Branch, now: datetime) -> None:
    """Raise Refused unless sheets of the month are taken now."""
    if accepts_sheets(cycle, branch, now):
        return
    if window_of(cycle, branch).phase(now) != Phase.CLOSED:
        raise Refused(
            _("Scores can be imported once the month has begun, and only in months that are not switched off.")
        )
    raise Refused(
        _(
            "This month ran in the portal and is closed in this branch: a sheet changes it no more than the page does. "
            "Paper is taken afterwards only for months in which the branch did not use the portal yet."
        )
    )


def keep_rules(committee_id: int) -> None:
    """Keep the committee's months and schemes as they are until the caller's transaction ends."""
    _lock(RULES_LOCK, committee_id, shared=True)


def change_rules(committee_id: int) -> None:
    """Wait for what is being submitted below this committee; later ones wait until the caller's transaction ends."""
    _lock(RULES_LOCK, committee_id, shared=False)


def due_on_opening(cycle: Cycle, branch: Branch) -> list[Member]:
    """Return the student members of the filing stages who belonged to the branch on the opening day.

    Worked out from dates alone, so that a late answer is the same as one in time.
    """
    day = cycle.month
    present = Member.objects.belonging_on(day).filter(branch=branch)
    moved_away = FormerMembership.objects.filter(branch=branch, joined_on__lte=day, left_on__gt=day)
    members = Member.objects.filter(Q(pk__in=present.values("pk")) | Q(pk__in=moved_away.values("member_id")))
    students = members.filter(kind=Member.Kind.STUDENT).select_related("user").order_by("pk")
    return [member for member in students if member.stage_on(day) in cycle.filing_stages]


def _advance_branch(
    cycle: Cycle, branch: Branch, phase: Phase, done: set[str], *, now: datetime, on_closed: OnClosed
) -> int:
    steps = 0
    if Kind.OPENED not in done:
        if not open_month(cycle=cycle, branch=branch, now=now):
            return 0
        steps += 1
    if phase in {Phase.RATING, Phase.CLOSED} and Kind.REVIEWS_DUE not in done:
        steps += mark_reviews_due(cycle=cycle, branch=branch, now=now)
    if phase == Phase.CLOSED:
        steps += close_month(cycle=cycle, branch=branch, now=now, on_closed=on_closed)
    return steps


def _not_closed_yet(cycle: Cycle) -> QuerySet[Branch]:
    closed = CycleEvent.objects.filter(cycle=cycle, kind=Kind.CLOSED)
    return Branch.objects.below(cycle.committee).party_branches().exclude(pk__in=closed.values("branch_id"))


def _events_by_branch(cycle: Cycle) -> dict[int, set[str]]:
    done = defaultdict(set)
    for branch_id, kind in CycleEvent.objects.filter(cycle=cycle).values_list("branch_id", "kind"):
        done[branch_id].add(kind)
    return done


def _first_time(cycle: Cycle, branch: Branch, kind: Kind, now: datetime) -> bool:
    """The unique row decides: of two ticks at once, one waits here and then finds it done."""
    return CycleEvent.objects.get_or_create(cycle=cycle, branch=branch, kind=kind, defaults={"at": now})[1]


def _lock(kind: int, key: int, *, shared: bool) -> None:
    """Until the transaction ends. On SQLite every writing transaction is the only one already."""
    if connection.vendor != "postgresql":
        return
    function = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s, %s)", [kind, key])


def _keep_month_and_rules(cycle: Cycle, branch: Branch) -> None:
    """Both shared locks in one round trip: every submitted card takes them."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock_shared(%s, %s), pg_advisory_xact_lock_shared(%s, %s)",
            [MONTH_LOCK, branch.pk, RULES_LOCK, cycle.committee_id],
        )


def _has_people(branch: Branch) -> bool:
    return Member.objects.filter(branch=branch).exists() or FormerMembership.objects.filter(branch=branch).exists()


def _officers(branch: Branch, now: datetime) -> list[User]:
    """The branch's officers, and who stands in for one of them."""
    today = now.astimezone(SHANGHAI).date()
    held = RoleAssignment.objects.on(today).filter(branch=branch, role__in=OFFICERS)
    stand_ins = Absence.objects.on(today).filter(office__in=held)
    told = Q(pk__in=held.values("user_id")) | Q(pk__in=stand_ins.values("stand_in_id"))
    return list(User.objects.filter(told, is_active=True).order_by("pk"))


def _tell(users: list[User], kind: str, cycle: Cycle, branch: Branch, **context: Any) -> None:
    """One message per person and month; its text is made where it is shown."""
    if kind == "month_opened":
        url = reverse("evaluations:review_of_month", kwargs={"month": cycle.month})
    else:
        url = reverse("evaluations:month", kwargs={"code": branch.code, "month": cycle.month})
    values = {"month": f"{cycle.month:%Y-%m}", "branch": branch.name, **context}
    notify(users, kind, key=f"{cycle.month:%Y-%m}:{branch.code}", context=values, url=url)


def _can_still_file(month: date, now: datetime) -> bool:
    usual = Cycle(month=month)
    return now < Window(month, usual.review_day, usual.rating_day).reviews_end
