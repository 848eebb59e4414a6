"""How does somebody stand in for an officer who is away, and how does it end early?"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from branchportal import audit
from branchportal.notifications import notify
from members.models import Absence, RoleAssignment, User
from members.queries.absences import candidates, may_enter

LONGEST_DAYS = 183


def enter_absence(
    *, office: RoleAssignment, stand_in: User, kind: str, starts_on: date, ends_on: date, by: User, now: datetime
) -> Absence:
    """Give `stand_in` the rights of the office from a day to a day (both included), besides his own.

    The same absence sent twice is one. Both are told. Raises ValidationError, or PermissionDenied for an office that
    is neither the own one nor one that `by` fills.
    """
    with transaction.atomic():
        hold(office.user_id, stand_in.pk)
        office = RoleAssignment.objects.select_related("user", "branch").get(pk=office.pk)
        if not may_enter(office, by=by):
            raise PermissionDenied
        same = {"stand_in": stand_in, "kind": kind, "starts_on": starts_on, "ends_on": ends_on}
        if there := office.absences.filter(**same).first():
            return there
        _check_days(office, starts_on, ends_on, timezone.localdate(now))
        _check_place(office, stand_in, ends_on, timezone.localdate(now))
        _check_people(office, stand_in, starts_on, ends_on, by)
        absence = Absence.objects.create(office=office, entered_by=by, entered_at=now, **same)
        audit.record("absence.entered", by=by, subject=office.user, branch=office.branch, after=facts(absence))
        tell("absence_entered", absence, now)
    return absence


def end_absence(*, absence: Absence, by: User, now: datetime) -> None:
    """End it at once: yesterday was the last day; one that had not begun by then is removed.

    Raises PermissionDenied.
    """
    yesterday = timezone.localdate(now) - timedelta(days=1)
    with transaction.atomic():
        row = Absence.objects.select_for_update().filter(pk=absence.pk).first()
        if row is None or row.ends_on <= yesterday:
            return
        if not may_enter(row.office, by=by):
            raise PermissionDenied
        before = facts(row)
        audit.record("absence.ended", by=by, subject=row.office.user, branch=row.office.branch, before=before)
        tell("absence_ended", row, now)
        if row.starts_on > yesterday:
            row.delete()
        else:
            row.ends_on = yesterday
            row.save(update_fields=["ends_on"])


def hold(*users: int | None) -> None:
    """Nobody enters an absence of these people, and none of their offices ends, meanwhile; always in the same order."""
    list(User.objects.select_for_update().filter(pk__in=[user for user in users if user]).order_by("pk"))


def _check_days(office: RoleAssignment, starts_on: date, ends_on: date, today: date) -> None:
    if starts_on < today:
        raise ValidationError({"starts_on": _("Rights are not given for days that are over. Choose today or later.")})
    if ends_on < starts_on:
        raise ValidationError({"ends_on": _("The last day must not be before the first day.")})
    if (ends_on - starts_on).days >= LONGEST_DAYS:
        raise ValidationError({"ends_on": _("Longer than half a year: end the office and appoint somebody instead.")})
    if office.starts_on > starts_on or (office.ends_on is not None and office.ends_on < ends_on):
        raise ValidationError(_("The office itself does not last over all of these days. Choose days within it."))


def _check_place(office: RoleAssignment, stand_in: User, ends_on: date, today: date) -> None:
    if not candidates(office, today).filter(pk=stand_in.pk).exists():
        message = _("Choose an officer or a Party member of this branch, or an officer above.")
        raise ValidationError({"stand_in": message})
    if not candidates(office, ends_on).filter(pk=stand_in.pk).exists():
        message = _("The office of %(name)s ends before the last day. Choose somebody else, or an earlier last day.")
        raise ValidationError({"stand_in": message % {"name": stand_in.name}})


def _check_people(office: RoleAssignment, stand_in: User, starts_on: date, ends_on: date, by: User) -> None:
    if stand_in.pk == by.pk:
        raise ValidationError({"stand_in": _("Nobody hands an office to himself. Choose somebody else.")})
    if _between(office.absences.all(), starts_on, ends_on).exists():
        raise ValidationError(_("There is an absence from this office in these days already. End it first."))
    if _between(Absence.objects.filter(office__user=stand_in), starts_on, ends_on).exists():
        message = _("%(name)s is away himself in these days. Choose somebody else.")
        raise ValidationError({"stand_in": message % {"name": stand_in.name}})
    if _between(office.user.stand_ins.exclude(office__user=office.user), starts_on, ends_on).exists():
        message = _("%(name)s stands in for somebody else in these days, which nobody takes over. End that first.")
        raise ValidationError(message % {"name": office.user.name})


def _between(absences: QuerySet[Absence], starts_on: date, ends_on: date) -> QuerySet[Absence]:
    return absences.filter(starts_on__lte=ends_on, ends_on__gte=starts_on)


def facts(absence: Absence) -> dict[str, object]:
    """What the audit trail keeps of an absence."""
    return {
        "role": str(absence.office.role),
        "stand_in": absence.stand_in.name,
        "absence_kind": absence.kind,
        "starts_on": absence.starts_on,
        "ends_on": absence.ends_on,
    }


def tell(kind: str, absence: Absence, now: datetime, *, last_day: date | None = None) -> None:
    """Tell both; `last_day` is the last one on which somebody stands in, if it is not the absence's own."""
    office = absence.office
    context = {
        "name": office.user.name,
        "stand_in": absence.stand_in.name,
        "role": str(office.role),
        "branch": office.branch.name,
        "starts_on": absence.starts_on.isoformat(),
        "ends_on": (last_day or absence.ends_on).isoformat(),
    }
    notify(
        [office.user, absence.stand_in],
        kind,
        key=f"{absence.pk}:{now.isoformat()}",
        context=context,
        url=reverse("members:absences"),
    )
