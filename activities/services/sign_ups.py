"""How does somebody sign up for an activity and step back again, and what may officers change about the list?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from activities.audiences import audiences_of
from activities.models import Activity, SignUp
from activities.services import places
from activities.services.activities import locked
from branchportal import audit
from members.models import Member, User


class SignUpRefused(Exception):
    """The sign-up can't be changed; the message says why and what to do."""


@transaction.atomic
def sign_up(*, activity: Activity, member: Member, by: User, now: datetime) -> SignUp:
    """Give the next place, or the last one on the waiting list. Twice is once. Raises SignUpRefused."""
    row = locked(activity)
    standing = row.sign_ups.filter(member=member).first()
    if standing:
        return standing
    if reason := why_not(row, member, now=now):
        raise SignUpRefused(reason)
    places.settle(row, now=now)
    row.arrivals += 1
    row.save(update_fields=["arrivals"])
    has_place = row.capacity is None or places.taken(row) < row.capacity
    made = row.sign_ups.create(member=member, arrival=row.arrivals, has_place=has_place, at=now)
    audit.record("activity.signed_up", by=by, subject=row, after={"arrival": made.arrival, "has_place": has_place})
    return made


@transaction.atomic
def withdraw(*, activity: Activity, member: Member, by: User, now: datetime) -> None:
    """Give the place back: the first who waits gets it. Twice is once. Raises SignUpRefused."""
    row = locked(activity)
    standing = row.sign_ups.filter(member=member).first()
    if standing is None:
        return
    if now >= row.starts_at:
        raise SignUpRefused(_("It has begun. Tell the person responsible that you do not come."))
    standing.delete()
    before = {"arrival": standing.arrival, "has_place": standing.has_place}
    audit.record("activity.withdrawn", by=by, subject=row, before=before)
    places.settle(row, now=now)


@transaction.atomic
def take_off(*, sign_up: SignUp, reason: str, by: User, now: datetime) -> None:
    """Take somebody off the list and tell him; the first who waits moves up. Twice is once. Raises SignUpRefused."""
    row, standing = _of_officer(sign_up, reason, now)
    if standing is None:
        return
    audit.record("activity.taken_off", by=by, subject=row, before=places.facts(standing), reason=reason)
    places.tell([standing], "activity_taken_off", key=f"off:{standing.pk}", reason=reason)
    standing.delete()
    places.settle(row, now=now)


@transaction.atomic
def put_first(*, sign_up: SignUp, reason: str, by: User, now: datetime) -> None:
    """Let somebody who waits wait as the first one and tell him; he gets the next place. Twice is once.

    Raises SignUpRefused. The others keep their order; nobody loses a place.
    """
    row, standing = _of_officer(sign_up, reason, now)
    if standing is None or standing.has_place:
        return
    waiting = list(row.sign_ups.filter(has_place=False).order_by("arrival"))
    if waiting[0] == standing:
        return
    arrivals, before = [one.arrival for one in waiting], places.facts(standing)
    order = [standing, *(one for one in waiting if one != standing)]
    _number(order, range(row.arrivals + 1, row.arrivals + 1 + len(order)))  # no number may stand twice meanwhile
    _number(order, arrivals)
    after = {"arrival": standing.arrival}
    audit.record("activity.put_first", by=by, subject=row, before=before, after=after, reason=reason)
    places.tell([standing], "activity_put_first", key=f"first:{standing.pk}:{now.isoformat()}", reason=reason)
    places.settle(row, now=now)


def free_places(*, now: datetime) -> int:
    """Give the places of people who have left to those who wait; return in how many activities."""
    gone = SignUp.objects.of_people_gone().filter(activity__starts_at__gt=now, activity__cancelled_at=None)
    activities = Activity.objects.filter(pk__in=gone.values("activity")).order_by("pk")
    for activity in activities:
        with transaction.atomic():
            places.settle(locked(activity), now=now)
    return len(activities)


def _of_officer(sign_up: SignUp, reason: str, now: datetime) -> tuple[Activity, SignUp | None]:
    """The activity, locked, and the sign-up as it stands; None if it is gone."""
    if not reason:
        raise SignUpRefused(_("Say why: the person reads it."))
    row = locked(sign_up.activity)
    if row.is_cancelled:
        raise SignUpRefused(_("The activity is cancelled."))
    if now >= row.starts_at:
        raise SignUpRefused(_("It has begun, so the list is closed. Mark who was there instead."))
    return row, row.sign_ups.select_related("activity", "member__user").filter(pk=sign_up.pk).first()


def _number(sign_ups: list[SignUp], arrivals: Iterable[int]) -> None:
    for one, arrival in zip(sign_ups, arrivals, strict=True):
        one.arrival = arrival
    SignUp.objects.bulk_update(sign_ups, ["arrival"])


def why_not(activity: Activity, member: Member, *, now: datetime) -> str:
    """Why this person can't sign up now; "" where he can."""
    if activity.is_cancelled:
        return _("The activity is cancelled.")
    if not activity.signs_up:
        return _("Nobody needs to sign up for this activity: just come.")
    if now >= activity.starts_at:
        return _("It has begun.")
    if activity.signs_up_until and now >= activity.signs_up_until:
        return _("Sign-up has ended. Ask the person responsible whether there is still room.")
    if not activity.reaches(member.branch):
        return _("Another branch holds this activity. Ask the person responsible whether you can come as a guest.")
    if activity.audience not in audiences_of(member.stage):
        return _("This activity is for: %(audience)s.") % {"audience": activity.get_audience_display()}
    return ""
