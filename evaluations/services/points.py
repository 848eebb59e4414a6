"""How is a bonus or a deduction written down, changed with a reason, and taken back?"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from activities.models import Evidence
from activities.services.evidence import Upload, digest_of, drop_unused, keep
from branchportal import audit
from branchportal.notifications import notify
from evaluations.documents import number
from evaluations.explaining import plain
from evaluations.models import PointsEntry
from evaluations.services.scheme_sealing import seal_first_figure
from members.models import Branch, Member, User
from members.queries.own_matters import whose_turn
from members.roles import Permission


class StalePoints(Exception):
    """Somebody else changed the entry since the page was opened; `entry` is how it stands now."""

    def __init__(self, entry: PointsEntry) -> None:
        super().__init__(entry.pk)
        self.entry = entry


class PointsRefused(Exception):
    """This can't be done; the message says why and what to do."""


def record_points(
    *,
    branch: Branch,
    member: Member,
    entry: UUID,
    values: dict[str, Any],
    upload: Upload | None,
    by: User,
    now: datetime,
) -> PointsEntry:
    """Store an entry from `values` (category, category_label, points, on, what, source).

    The same `entry` with the same values again gives that one. Raises PointsRefused for oneself, a day to come, what
    nothing shows, or an `entry` that says something else.
    """
    try:
        with transaction.atomic():
            _check(member, values, upload is not None, by, now)
            evidence = keep(upload, branch, by, now) if upload else None
            row = PointsEntry.objects.create(
                branch=branch, member=member, entry=entry, evidence=evidence, recorded_by=by, recorded_at=now, **values
            )
            audit.record("points.recorded", by=by, subject=row, branch=branch, after=_facts(row))
            seal_first_figure(branch=branch, month=row.on.replace(day=1), now=now)
            _tell(row, "points_recorded", by)
    except IntegrityError:
        row = PointsEntry.objects.filter(branch=branch, entry=entry).first()
        if row is None:
            raise
        if row.member != member or not _holds(row, values, upload):
            raise PointsRefused(_("This form has been used: open it anew to write down another entry.")) from None
    return row


@transaction.atomic
def change_points(
    *,
    row: PointsEntry,
    version: int,
    values: dict[str, Any],
    upload: Upload | None,
    reason: str,
    by: User,
    now: datetime,
) -> PointsEntry:
    """Change an entry; without `upload` its file stays. The same change sent twice is done once.

    Raises StalePoints or PointsRefused.
    """
    row = _locked(row)
    if row.withdrawn_at:
        raise PointsRefused(_("This entry was taken back meanwhile. Write a new one."))
    if _holds(row, values, upload):
        return row
    if row.version != version:
        raise StalePoints(row)
    _check(row.member, values, bool(upload or row.evidence), by, now)
    if not reason:
        raise PointsRefused(_("Say why the entry changes: whoever it is about reads it."))
    before, former = _facts(row), row.evidence
    for name, value in values.items():
        setattr(row, name, value)
    row.evidence = keep(upload, row.branch, by, now) if upload else former
    row.recorded_by, row.recorded_at = by, now
    row.version += 1
    row.save()
    old, new = audit.changes(before, _facts(row))
    audit.record("points.changed", by=by, subject=row, branch=row.branch, before=old, after=new, reason=reason)
    seal_first_figure(branch=row.branch, month=row.on.replace(day=1), now=now)
    _drop(former, row)
    _tell(row, "points_changed", by, reason)
    return row


@transaction.atomic
def withdraw_points(*, row: PointsEntry, version: int, reason: str, by: User, now: datetime) -> PointsEntry:
    """Take an entry back: it counts no more and stays readable with the reason. Twice is once.

    Raises StalePoints or PointsRefused.
    """
    row = _locked(row)
    if row.withdrawn_at:
        return row
    if row.version != version:
        raise StalePoints(row)
    _check_own(row.member, by, now)
    row.withdrawn_at, row.withdrawn_by, row.withdrawn_because = now, by, reason
    row.version += 1
    row.save()
    audit.record("points.taken_back", by=by, subject=row, branch=row.branch, before=_facts(row), reason=reason)
    _tell(row, "points_taken_back", by, reason)
    return row


def _locked(row: PointsEntry) -> PointsEntry:
    rows = PointsEntry.objects.select_for_update(of=("self",))
    return rows.select_related("branch", "member__user", "member__branch", "evidence").get(pk=row.pk)


def _check(member: Member, values: dict[str, Any], has_file: bool, by: User, now: datetime) -> None:
    _check_own(member, by, now)
    if values["on"] > timezone.localdate(now):
        raise PointsRefused(_("This day lies after today. Choose today or an earlier day."))
    if not has_file and not values["source"]:
        raise PointsRefused(_("Say what shows it, or add a file: points that nothing shows don't count."))


def _check_own(member: Member, by: User, now: datetime) -> None:
    if text := whose_turn(by, member, Permission.IMPORT_SCORES, timezone.localdate(now)):
        raise PointsRefused(text)


def _holds(row: PointsEntry, values: dict[str, Any], upload: Upload | None) -> bool:
    """Are these the values, and is this the file, that the row has?"""
    is_its_file = upload is None or (row.evidence and row.evidence.sha256 == digest_of(upload))
    return bool(is_its_file) and all(getattr(row, name) == value for name, value in values.items())


def _drop(former: Evidence | None, row: PointsEntry) -> None:
    if former and former != row.evidence:
        drop_unused(former)


def _tell(row: PointsEntry, kind: str, by: User, reason: str = "") -> None:
    """The person reads what stands about him, the same day."""
    if row.member.user and row.member.user != by:
        context = {
            "by": by.name, "what": row.what, "points": figure(row.points), "category": row.category_label,
            "reason": reason,
        }  # fmt: skip
        url = reverse("evaluations:my_data_section", args=["points"])
        notify([row.member.user], kind, key=f"{row.pk}:{row.version}", context=context, url=url)


def figure(points: Decimal) -> str:
    """Points as people write them: 5, 2.5."""
    return plain(number(str(points)))


def _facts(row: PointsEntry) -> dict[str, Any]:
    return {
        "person": row.member.name,
        "category": row.category_label,
        "points": figure(row.points),
        "on": row.on,
        "what": row.what,
        "source": row.source,
        "file": row.evidence.sha256 if row.evidence else "",
    }
