"""Which invariants hold of activities, their places, attendance and hours, and of the files that show awards?"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from django.db.models import Count, F, Max, Min, Q
from django.utils.translation import gettext_lazy as _

from activities.models import Activity, Attendance, Award, Duty, DutyEntry, Evidence, Minutes, SignUp
from branchportal.invariants import without_line
from branchportal.ledger import Asked, Check, Violation, place, rows_of
from members.queries.invariants import strangers

PRESENT = Attendance.State.PRESENT


def activity_without_line(asked: Asked) -> Iterator[Violation]:
    """Of every activity the audit trail tells that it was recorded."""
    yield from without_line(Activity, ("activity.recorded",), asked)


def award_without_line(asked: Asked) -> Iterator[Violation]:
    """Of every award the audit trail tells that it was proposed."""
    yield from without_line(Award, ("award.proposed",), asked)


def confirmed_without_line(asked: Asked) -> Iterator[Violation]:
    """Of all minutes that are confirmed the audit trail tells that they were."""
    fixed = Minutes.objects.filter(confirmed_at__isnull=False)
    yield from without_line(Minutes, ("minutes.confirmed",), asked, fixed)


def more_people_than_places(asked: Asked) -> Iterator[Violation]:
    """No more people have a place at an activity than it has places."""
    taken = Count("sign_ups", filter=Q(sign_ups__has_place=True))
    full = Activity.objects.filter(capacity__isnull=False).annotate(taken=taken).filter(taken__gt=F("capacity"))
    for pk, capacity, count in full.order_by("pk").values_list("pk", "capacity", "taken"):
        yield Violation(place(Activity, pk), f"places={capacity} taken={count}")


def waiting_before_a_place(asked: Asked) -> Iterator[Violation]:
    """Nobody has a place while somebody who came earlier and still belongs to a branch waits for one."""
    waits = Q(sign_ups__has_place=False, sign_ups__member__ended_on=None)
    ahead = Activity.objects.filter(cancelled_at=None).annotate(
        first=Min("sign_ups__arrival", filter=waits),
        last=Max("sign_ups__arrival", filter=Q(sign_ups__has_place=True)),
    )
    for pk, first, last in ahead.filter(first__lt=F("last")).order_by("pk").values_list("pk", "first", "last"):
        yield Violation(place(Activity, pk), f"waits={first} has_place={last}")


def arrival_not_counted(asked: Asked) -> Iterator[Violation]:
    """An activity has counted everybody who ever signed up: the next one is the last."""
    ahead = SignUp.objects.filter(arrival__gt=F("activity__arrivals"))
    for pk, arrival, counted in ahead.order_by("pk").values_list("pk", "arrival", "activity__arrivals"):
        yield Violation(place(SignUp, pk), f"arrival={arrival} counted={counted}")


def hours_without_presence(asked: Asked) -> Iterator[Violation]:
    """Hours count only for those who were there."""
    for some in rows_of(Attendance.objects.exclude(state=PRESENT), asked):
        for pk, state, hours in some.filter(hours__gt=0).order_by("pk").values_list("pk", "state", "hours"):
            yield Violation(place(Attendance, pk), f"state={state} hours={hours}")


def other_hours_without_reason(asked: Asked) -> Iterator[Violation]:
    """Whoever was there has the hours of the activity, or a reason for others."""
    for some in rows_of(Attendance.objects.filter(state=PRESENT, reason=""), asked):
        other = some.exclude(hours=F("activity__hours")).order_by("pk")
        for pk, hours, usual in other.values_list("pk", "hours", "activity__hours"):
            yield Violation(place(Attendance, pk), f"hours={hours} activity={usual}")


def present_at_nothing(asked: Asked) -> Iterator[Violation]:
    """Nobody attended an activity that was cancelled."""
    cancelled = Attendance.objects.filter(activity__cancelled_at__isnull=False)
    for pk, activity in cancelled.order_by("pk").values_list("pk", "activity"):
        yield Violation(place(Attendance, pk), f"activity={activity} cancelled")


def evidence_of_another_branch(asked: Asked) -> Iterator[Violation]:
    """The file that shows an award lies in a branch to which the person belongs or belonged."""
    shown = strangers(Award.objects.filter(evidence__isnull=False), branch="evidence__branch")
    for pk, evidence in shown.order_by("pk").values_list("pk", "evidence"):
        yield Violation(place(Award, pk), f"evidence={evidence}")


def duty_without_line(asked: Asked) -> Iterator[Violation]:
    """Of every duty the audit trail tells that it was given."""
    yield from without_line(Duty, ("duty.assigned",), asked)


def duty_entry_without_line(asked: Asked) -> Iterator[Violation]:
    """Of every entry the audit trail tells that it was written."""
    yield from without_line(DutyEntry, ("duty_entry.written",), asked)


def entry_outside_its_duty(asked: Asked) -> Iterator[Violation]:
    """An entry that counts lies in the months of its duty."""
    for some in rows_of(DutyEntry.objects.standing(), asked):
        for pk, on, first, last in some.order_by("pk").values_list("pk", "on", "duty__first_month", "duty__last_month"):
            if not first <= on.replace(day=1) <= last:
                yield Violation(place(DutyEntry, pk), f"on={on} duty={first:%Y-%m}–{last:%Y-%m}")


def entry_file_of_another_branch(asked: Asked) -> Iterator[Violation]:
    """The file that shows an entry lies in the branch of its duty."""
    shown = DutyEntry.objects.filter(evidence__isnull=False).exclude(evidence__branch=F("duty__branch"))
    for pk, evidence in shown.order_by("pk").values_list("pk", "evidence"):
        yield Violation(place(DutyEntry, pk), f"evidence={evidence}")


def file_missing(asked: Asked) -> Iterator[Violation]:
    """Every stored file is there with its size; its content has the kept hash (within a month, see ledger.py)."""
    for some in rows_of(Evidence.objects.all(), asked, size=500):
        for evidence in some.order_by("pk"):
            asked.alive()
            if problem := _problem_of(evidence, reads=asked.takes(Evidence, evidence.pk)):
                yield Violation(place(Evidence, evidence.pk), f"{evidence.file.name}: {problem}")


def _problem_of(evidence: Evidence, *, reads: bool) -> str:
    try:
        size = evidence.file.size
        if size != evidence.size:
            return f"size={size} kept={evidence.size}"
        if not reads:
            return ""
        with evidence.file.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return "missing"
    except OSError as error:
        return f"unreadable ({error.strerror})"
    return "" if found == evidence.sha256 else f"sha256={found[:12]} kept={evidence.sha256[:12]}"


_FAULT = _("Note the row and what happened around it, and report it as a fault of the program.")
_HOURS = _("The branch opens the activity, looks at the attendance and saves it again with a reason.")
_FILE = _("Bring the file back from the last backup: it lies in its folder under the same name.")

CHECKS = (
    Check("activities.recorded", _("The audit trail tells who recorded each activity."), _FAULT, activity_without_line),
    Check("awards.recorded", _("The audit trail tells who proposed each award."), _FAULT, award_without_line),
    Check("minutes.recorded", _("The audit trail tells who confirmed minutes."), _FAULT, confirmed_without_line),
    Check("places.capacity", _("No activity has given more places than it has."), _FAULT, more_people_than_places),
    Check("places.order", _("Places are given in the order of arrival."), _FAULT, waiting_before_a_place),
    Check("places.arrivals", _("Every activity has counted those who signed up."), _FAULT, arrival_not_counted),
    Check("hours.presence", _("Hours count only for those who were there."), _HOURS, hours_without_presence),
    Check("hours.reason", _("Other hours than the activity's have a reason."), _HOURS, other_hours_without_reason),
    Check("hours.cancelled", _("Nobody attended an activity that was cancelled."), _HOURS, present_at_nothing),
    Check("duties.recorded", _("The audit trail tells who gave each of the three ones."), _FAULT, duty_without_line),
    Check("duty_entries.recorded", _("The audit trail tells of each entry in them."), _FAULT, duty_entry_without_line),
    Check("duty_entries.months", _("An entry lies in the months of its duty."), _FAULT, entry_outside_its_duty),
    Check("duty_entries.files", _("The file of an entry lies in its branch."), _FAULT, entry_file_of_another_branch),
    Check("files.branch", _("A file lies in the branch of its award."), _FAULT, evidence_of_another_branch),
    Check("files.whole", _("Every stored file is there with its hash."), _FILE, file_missing),
)
