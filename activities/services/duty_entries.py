"""How does somebody write down what he did in a duty, change it, and take it back?"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from activities.duties import TOPICS, DutyKind
from activities.models import Duty, DutyClosing, DutyEntry, Evidence
from activities.services.evidence import Upload, digest_of, drop_unused, keep
from branchportal import audit
from members.models import User


class StaleEntry(Exception):
    """The entry was changed in another window since the page was opened; `entry` is how it stands now."""

    def __init__(self, entry: DutyEntry) -> None:
        super().__init__(entry.pk)
        self.entry = entry


class EntryRefused(Exception):
    """This can't be written; the message says why and what to do."""


def check_writable(duty: Duty, row: DutyEntry | None = None) -> None:
    """Raise EntryRefused where nothing is written for the duty any more, or this entry of it was taken back."""
    if duty.withdrawn_at:
        raise EntryRefused(_("This duty was taken back, so nothing is written for it any more."))
    if duty.is_past:
        text = _(
            "This duty was given by %(branch)s, to which you no longer belong: nothing is written for it any more."
        )
        raise EntryRefused(text % {"branch": duty.branch.name})
    if row and row.withdrawn_at:
        raise EntryRefused(_("This entry was taken back meanwhile. Write a new one."))


def write_entry(
    *, duty: Duty, entry: UUID, values: dict[str, Any], upload: Upload | None, by: User, now: datetime
) -> DutyEntry:
    """Store an entry from `values` (on, topic, text). The same `entry` again gives that one. Raises EntryRefused."""
    try:
        with transaction.atomic():
            held = _hold(duty)
            _check(held, values, now)
            evidence = _kept(upload, held, by, now)
            row = DutyEntry.objects.create(duty=held, entry=entry, evidence=evidence, written_at=now, **values)
            audit.record("duty_entry.written", by=by, subject=row, after=_facts(row))
    except IntegrityError:
        row = DutyEntry.objects.filter(duty=duty, entry=entry).first()
        if row is None:
            raise EntryRefused(_shown_already()) from None
    return row


def change_entry(
    *, row: DutyEntry, version: int, values: dict[str, Any], upload: Upload | None, by: User, now: datetime
) -> DutyEntry:
    """Change an entry whose month is not rated; without `upload` its file stays. The same change twice is done once.

    Raises StaleEntry or EntryRefused.
    """
    try:
        with transaction.atomic():
            return _change(row, version, values=values, upload=upload, by=by, now=now)
    except IntegrityError:
        raise EntryRefused(_shown_already()) from None


def withdraw_entry(*, row: DutyEntry, version: int, reason: str, by: User, now: datetime) -> DutyEntry:
    """Take an entry back: it counts no more and stays readable with the reason. Twice is once.

    Raises StaleEntry, or EntryRefused once its month is rated, or the duty taken back.
    """
    with transaction.atomic():
        _hold(row.duty)
        row = _rows(row).get()
        if row.withdrawn_at:
            return row
        if row.version != version:
            raise StaleEntry(row)
        check_writable(row.duty)
        _check_open(row.duty, row.on)
        row.withdrawn_at, row.withdrawn_because = now, reason
        row.version += 1
        row.save()
        audit.record("duty_entry.withdrawn", by=by, subject=row, before=_facts(row), reason=reason)
        return row


def _change(
    row: DutyEntry, version: int, *, values: dict[str, Any], upload: Upload | None, by: User, now: datetime
) -> DutyEntry:
    duty = _hold(row.duty)
    row = _rows(row).get()
    check_writable(duty, row)
    if _holds(row, values, upload):
        return row
    if row.version != version:
        raise StaleEntry(row)
    _check_open(duty, row.on)
    _check(duty, values, now)
    before, former = _facts(row), row.evidence
    for name, value in values.items():
        setattr(row, name, value)
    row.evidence = _kept(upload, duty, by, now, of=row) or former
    row.version += 1
    row.save()
    old, new = audit.changes(before, _facts(row))
    audit.record("duty_entry.changed", by=by, subject=row, before=old, after=new)
    if former and former != row.evidence:
        drop_unused(former)
    return row


def _hold(duty: Duty) -> Duty:
    """The duty, locked: whoever rates its months waits until the entry is written, or the entry finds them closed."""
    rows = Duty.objects.select_for_update(of=("self",)).select_related("branch", "member")
    return rows.get(pk=duty.pk)


def _rows(row: DutyEntry) -> QuerySet[DutyEntry]:
    people = ("duty__branch", "duty__member", "evidence")
    return DutyEntry.objects.filter(pk=row.pk).select_related(*people)


def _check(duty: Duty, values: dict[str, Any], now: datetime) -> None:
    check_writable(duty)
    if values["topic"] not in TOPICS[DutyKind(duty.kind)]:
        raise EntryRefused(_("Choose one of the topics of this duty."))
    month = values["on"].replace(day=1)
    if values["on"] > timezone.localdate(now):
        raise EntryRefused(_("This day lies after today. Choose today or an earlier day."))
    if not duty.first_month <= month <= duty.last_month:
        text = _("This duty lasts from %(first)s to %(last)s: choose a day of these months.")
        raise EntryRefused(text % {"first": f"{duty.first_month:%Y-%m}", "last": f"{duty.last_month:%Y-%m}"})
    _check_open(duty, values["on"])


def _check_open(duty: Duty, day: date) -> None:
    month = day.replace(day=1)
    closed = DutyClosing.objects.filter(member=duty.member_id, kind=duty.kind)
    if closed.sharing_months(month, month).exists():
        text = _("%(month)s is rated, so its entries stay as they are. If something is wrong, tell your secretary.")
        raise EntryRefused(text % {"month": f"{month:%Y-%m}"})


def _kept(upload: Upload | None, duty: Duty, by: User, now: datetime, of: DutyEntry | None = None) -> Evidence | None:
    """The file of the upload, which shows no other entry."""
    if upload is None:
        return None
    digest = digest_of(upload)
    shown = DutyEntry.objects.standing().filter(evidence__branch=duty.branch_id, evidence__sha256=digest)
    other = shown.exclude(pk=of.pk if of else None).select_related("duty").first()
    if other is not None:
        raise EntryRefused(_shown_already(other if other.duty.member_id == duty.member_id else None))
    return keep(upload, duty.branch, by, now)


def _shown_already(other: DutyEntry | None = None) -> str:
    """Why a file is not taken: a file counts once. Other people's entries are not named."""
    if other is None:
        return _("This file already shows another entry, and each file counts once. Send the entry without it.")
    text = _("This file already shows your entry of %(day)s, and each file counts once. Choose another, or none.")
    return text % {"day": other.on.isoformat()}


def _holds(row: DutyEntry, values: dict[str, Any], upload: Upload | None) -> bool:
    """Are these the values, and is this the file, that the row has?"""
    is_its_file = upload is None or (row.evidence and row.evidence.sha256 == digest_of(upload))
    return bool(is_its_file) and all(getattr(row, name) == value for name, value in values.items())


def _facts(row: DutyEntry) -> dict[str, Any]:
    return {
        "person": row.duty.member.name,
        "kind": row.duty.kind,
        "on": row.on,
        "topic": row.topic,
        "text": row.text,
        "file": row.evidence.sha256 if row.evidence else "",
    }
