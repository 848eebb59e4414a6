"""How are the "three ones" given to people, changed, taken back, and their months closed?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from activities.duties import LONGEST_DUTY, DutyKind, months_of, overlap
from activities.models import Duty, DutyClosing
from activities.models.duties import KIND_LABELS
from activities.queries.duties import in_branch
from branchportal import audit
from branchportal.months import last_day_of
from branchportal.notifications import notify
from branchportal.wording import listed
from members.models import Branch, Member, User


class StaleDuty(Exception):
    """Somebody else changed the duty since the page was opened; `duty` is how it stands now."""

    def __init__(self, duty: Duty) -> None:
        super().__init__(duty.pk)
        self.duty = duty


class DutyRefused(Exception):
    """This can't be done with the duty; the message says why and what to do."""


@dataclass(frozen=True)
class Wanted:
    """One duty to be given: to whom, of which kind, and for whom he is there."""

    member: Member
    kind: DutyKind
    subject: str = ""
    activists: tuple[Member, ...] = ()


@transaction.atomic
def assign_duties(
    *,
    branch: Branch,
    first: date,
    last: date,
    per_month: Mapping[DutyKind, int],
    wanted: Sequence[Wanted],
    by: User,
    now: datetime,
) -> list[Duty]:
    """Give these duties for these months, all or none; return the new ones. What stands just so is left alone.

    Raises DutyRefused where somebody has another duty of the kind in these months.
    """
    check_months(first, last)
    Branch.objects.select_for_update(no_key=True).get(pk=branch.pk)  # two officers at once: the second one waits
    left = _not_standing_yet(branch, first, last, per_month, wanted)
    duties = Duty.objects.bulk_create(
        Duty(
            member=one.member, branch=branch, kind=one.kind.value, subject=one.subject, first_month=first,
            last_month=last, per_month=per_month[one.kind], assigned_at=now, assigned_by=by,
        )
        for one in left
    )  # fmt: skip
    links = Duty.activists.through
    links.objects.bulk_create(
        links(duty_id=duty.pk, member_id=activist.pk)
        for duty, one in zip(duties, left, strict=True)
        for activist in one.activists
    )
    lines = [
        {"subject": duty, "branch": branch, "after": _facts(duty, one.activists)}
        for duty, one in zip(duties, left, strict=True)
    ]
    audit.record_many("duty.assigned", by=by, lines=lines)
    _tell(duties, by)
    return duties


@transaction.atomic
def change_duty(
    *, duty: Duty, version: int, subject: str, activists: Sequence[Member], last: date, per_month: int, by: User
) -> Duty:
    """Change for whom it is, until when and how often. The same change sent twice is done once.

    Raises StaleDuty, or DutyRefused (taken back, rated months, another duty of the kind).
    """
    row = _locked(duty)
    before, until = _facts(row, row.activists.all()), row.last_month
    row.subject, row.last_month, row.per_month = subject, last, per_month
    after = _facts(row, activists)
    if before == after:
        return row
    if row.version != version:
        raise StaleDuty(Duty.objects.get(pk=row.pk))
    check_months(row.first_month, last)
    _check_rated(row, until, before, after)
    _check_neighbours(row)
    row.version += 1
    row.save()
    row.activists.set(activists)
    old, new = audit.changes(before, after)
    audit.record("duty.changed", by=by, subject=row, before=old, after=new)
    return row


@transaction.atomic
def withdraw_duty(*, duty: Duty, version: int, reason: str, by: User, now: datetime) -> Duty:
    """Take a duty back: nothing is expected any more, its entries stay readable. Twice is once.

    Raises StaleDuty, or DutyRefused where months of it are rated.
    """
    row = Duty.objects.select_for_update(of=("self",)).select_related("branch", "member").get(pk=duty.pk)
    if row.withdrawn_at:
        return row
    if row.version != version:
        raise StaleDuty(row)
    if _closings(row.member_id, row.kind, row.first_month, row.last_month):
        raise DutyRefused(_("Months of this duty are rated, so it stays. Change its last month to end it."))
    row.withdrawn_at, row.withdrawn_by, row.withdrawn_because = now, by, reason
    row.version += 1
    row.save()
    audit.record("duty.withdrawn", by=by, subject=row, reason=reason)
    return row


def hold_duties(people: Iterable[tuple[int, str]], branch: Branch) -> list[Duty]:
    """The standing duties of these (member id, kind) who belong to the branch, locked: nobody writes meanwhile."""
    wanted = set(people)
    rows = in_branch(branch).prefetch_related(None).select_for_update(of=("self",))
    rows = rows.filter(member__in={member for member, _kind in wanted}).order_by("pk")
    return [row for row in rows if (row.member_id, row.kind) in wanted]


def close_months(*, branch: Branch, member: Member, kind: str, first: date, last: date, now: datetime) -> DutyClosing:
    """Close these months of one kind: from now on their entries stand. The caller holds the duties.

    Raises DutyRefused where one of the months is closed already, or not over yet.
    """
    check_over(last, now)
    standing = DutyClosing.objects.filter(member=member, kind=kind).sharing_months(first, last).first()
    if standing:
        raise DutyRefused(
            _("%(name)s is rated for %(first)s to %(last)s already: choose just these months, or none of them.")
            % {"name": member.name, "first": f"{standing.first_month:%Y-%m}", "last": f"{standing.last_month:%Y-%m}"}
        )
    return DutyClosing.objects.create(
        branch=branch, member=member, kind=kind, first_month=first, last_month=last, closed_at=now
    )


def check_order(first: date, last: date) -> None:
    """Raise DutyRefused where the last month lies before the first."""
    if last < first:
        raise DutyRefused(_("The last month lies before the first one: choose a later one."))


def check_over(last: date, now: datetime) -> None:
    """Raise DutyRefused where the last month still runs, or lies ahead: entries for it can still be written."""
    if last_day_of(last) >= timezone.localdate(now):
        text = _("%(month)s is not over: entries are due until %(day)s. Choose months that are over.")
        raise DutyRefused(text % {"month": f"{last:%Y-%m}", "day": last_day_of(last).isoformat()})


def check_months(first: date, last: date) -> None:
    """Raise DutyRefused where the months are in the wrong order or too many."""
    check_order(first, last)
    if len(months_of(first, last)) > LONGEST_DUTY:
        raise DutyRefused(_("A duty lasts %(months)s months at most: give it anew then.") % {"months": LONGEST_DUTY})


def _not_standing_yet(
    branch: Branch, first: date, last: date, per_month: Mapping[DutyKind, int], wanted: Sequence[Wanted]
) -> list[Wanted]:
    standing = Duty.objects.standing().filter(member__in=[one.member.pk for one in wanted])
    found = {
        (duty.member_id, duty.kind): duty for duty in standing.sharing_months(first, last).prefetch_related("activists")
    }
    left, others = [], []
    for one in wanted:
        duty = found.get((one.member.pk, one.kind.value))
        if duty is None:
            left.append(one)
        elif not _is_the_same(duty, one, first, last, per_month):
            others.append(f"{one.member.name} ({KIND_LABELS[one.kind]})")
    if others:
        text = _("These people have another duty of the kind in these months: %(names)s. Nothing was saved.")
        raise DutyRefused(text % {"names": listed(others)})
    return left


def _is_the_same(duty: Duty, one: Wanted, first: date, last: date, per_month: Mapping[DutyKind, int]) -> bool:
    asked = (one.subject, first, last, per_month[one.kind], {activist.pk for activist in one.activists})
    activists = {activist.pk for activist in duty.activists.all()}
    return asked == (duty.subject, duty.first_month, duty.last_month, duty.per_month, activists)


def _locked(duty: Duty) -> Duty:
    row = Duty.objects.select_for_update(of=("self",)).select_related("branch", "member").get(pk=duty.pk)
    if row.withdrawn_at:
        raise DutyRefused(_("This duty was taken back meanwhile."))
    return row


def _closings(member: int, kind: str, first: date, last: date) -> list[DutyClosing]:
    return list(DutyClosing.objects.filter(member=member, kind=kind).sharing_months(first, last))


def _check_rated(row: Duty, until: date, before: dict[str, Any], after: dict[str, Any]) -> None:
    """Of a duty that lasted `until` and has rated months only the last month changes, not to one before them."""
    closed = _closings(row.member_id, row.kind, row.first_month, until)
    if not closed:
        return
    if {**before, "last_month": None} != {**after, "last_month": None}:
        raise DutyRefused(_("Months of this duty are rated, so only its last month can change."))
    rated = min(closed[-1].last_month, until)
    if row.last_month < rated:
        raise DutyRefused(_("%(month)s is rated: the duty lasts at least until then.") % {"month": f"{rated:%Y-%m}"})


def _check_neighbours(row: Duty) -> None:
    others = Duty.objects.standing().filter(member=row.member_id, kind=row.kind).exclude(pk=row.pk)
    for other in others:
        if overlap(row.first_month, row.last_month, other.first_month, other.last_month):
            text = _("%(name)s has another duty of this kind from %(month)s: end this one before.")
            raise DutyRefused(text % {"name": row.member.name, "month": f"{other.first_month:%Y-%m}"})


def _tell(duties: Sequence[Duty], by: User) -> None:
    """One message for each person, however many duties he got."""
    first_of: dict[int, Duty] = {}
    for duty in duties:
        first_of.setdefault(duty.member_id, duty)
    for duty in first_of.values():
        if duty.member.user_id and duty.member.user_id != by.pk:
            months = {"first": f"{duty.first_month:%Y-%m}", "last": f"{duty.last_month:%Y-%m}"}
            url = reverse("activities:my_duties")
            notify([duty.member.user], "duties_assigned", key=str(duty.pk), context={"by": by.name, **months}, url=url)


def _facts(duty: Duty, activists: Iterable[Member]) -> dict[str, Any]:
    return {
        "person": duty.member.name,
        "kind": duty.kind,
        "subject": duty.subject,
        "activists": sorted(activist.name for activist in activists),
        "first_month": f"{duty.first_month:%Y-%m}",
        "last_month": f"{duty.last_month:%Y-%m}",
        "per_month": duty.per_month,
    }
