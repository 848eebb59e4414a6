"""What ends with a membership besides it: offices in the branch, absences that rest on them, sessions without role?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import F
from django.utils import timezone

from branchportal import audit
from members.models import Branch, RoleAssignment, User
from members.queries.offices import offices_within
from members.services.absences import hold
from members.services.roles import facts, tell
from members.services.stand_ins import end_with_offices, end_without_place


def end_offices(*, users: Iterable[int], branch: Branch, last_day: date, by: User, now: datetime) -> None:
    """End all offices of these people over the branch after `last_day`; those that begin later are withdrawn.

    Absences from them, and those in which one of these people stands in there, end too. It follows from leaving, so
    nobody's right to dismiss is asked. Call it in the transaction of the leaving, after the membership was written.
    """
    users, today = list(users), timezone.localdate(now)
    hold(*users)
    offices = list(offices_within(branch, users, today).select_for_update(of=("self",)))
    ended = [office for office in offices if office.starts_on <= last_day < (office.ends_on or date.max)]
    withdrawn = [office for office in offices if office.starts_on > last_day]
    lines = [_line(office, {"role": str(office.role), "ends_on": last_day}) for office in ended]
    audit.record_many("role.ended", by=by, lines=lines)
    audit.record_many("role.withdrawn", by=by, lines=[_line(office) for office in withdrawn])
    for office in ended:
        office.ends_on = last_day
    RoleAssignment.objects.bulk_update(ended, ["ends_on"], batch_size=200)
    end_with_offices(offices=[*ended, *withdrawn], last_day=last_day, by=by, now=now)
    RoleAssignment.objects.filter(pk__in=[office.pk for office in withdrawn]).delete()
    end_without_place(users=users, last_day=last_day, by=by, now=now)
    for office in (*ended, *withdrawn):
        tell("role_ended", office, now)


def sign_out_without_role(*, users: Iterable[int], today: date) -> None:
    """End the sessions of those who neither belong to a branch nor hold an office any more."""
    users = set(users)
    kept = set(RoleAssignment.objects.on(today).filter(user__in=users).values_list("user", flat=True))
    belonging = User.objects.filter(pk__in=users, member__isnull=False, member__ended_on=None)
    kept |= set(belonging.values_list("pk", flat=True))
    User.objects.filter(pk__in=users - kept).update(session_epoch=F("session_epoch") + 1)


def _line(office: RoleAssignment, after: dict | None = None) -> dict:
    before = facts(office)
    if after is None:
        return {"subject": office.user, "branch": office.branch, "before": before}
    return {
        "subject": office.user,
        "branch": office.branch,
        "before": {key: before[key] for key in after},
        "after": after,
    }
