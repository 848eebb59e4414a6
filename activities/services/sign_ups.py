"""How does somebody sign up for an activity, and step back again?"""

from __future__ import annotations

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
    places.fill(row, now=now)


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
    if activity.audience not in audiences_of(member.stage):
        return _("This activity is for: %(audience)s.") % {"audience": activity.get_audience_display()}
    return ""
