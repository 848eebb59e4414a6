"""How is an award proposed, changed, withdrawn and decided?"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from activities.models import Award
from activities.services.evidence import Upload, digest_of, drop_unused, keep
from branchportal import audit
from branchportal.notifications import notify
from members.models import Member, User
from members.queries.own_matters import whose_turn
from members.roles import Permission

State = Award.State


class StaleAward(Exception):
    """Somebody else changed the award since the page was opened; `award` is how it stands now."""

    def __init__(self, award: Award) -> None:
        super().__init__(award.pk)
        self.award = award


class AwardRefused(Exception):
    """This can't be done with the award; the message says why and what to do."""


def propose_award(
    *, member: Member, entry: UUID, values: dict[str, Any], upload: Upload | None, by: User, now: datetime
) -> Award:
    """Store a proposal from `values` (title, level, awarded_on, body, link). The same `entry` again gives that one."""
    try:
        with transaction.atomic():
            evidence = keep(upload, member.branch, by, now) if upload else None
            award = Award.objects.create(member=member, entry=entry, evidence=evidence, proposed_at=now, **values)
            audit.record("award.proposed", by=by, subject=award, after=_facts(award))
    except IntegrityError:
        standing = Award.objects.filter(member=member, entry=entry).first()
        if standing is None:
            raise
        return standing
    return award


@transaction.atomic
def edit_award(
    *, award: Award, version: int, values: dict[str, Any], upload: Upload | None, by: User, now: datetime
) -> Award:
    """Change a proposal, or a refused one, which is then proposed again. Without `upload` the file stays.

    The same edit sent twice is done once. Raises StaleAward, or AwardRefused for one that is confirmed or taken back.
    """
    row = _locked(award)
    if row.version == version + 1 and row.state == State.PROPOSED and _holds(row, values, upload):
        return row
    if row.version != version:
        raise StaleAward(row)
    if row.state == State.CONFIRMED:
        raise AwardRefused(_("This award is confirmed. If something is wrong, tell an officer of the branch."))
    before, former = _facts(row), row.evidence
    for name, value in values.items():
        setattr(row, name, value)
    if upload:
        row.evidence = keep(upload, row.member.branch, by, now)
    _propose(row, now)
    audit.record("award.edited", by=by, subject=row, before=before, after=_facts(row))
    if former and former != row.evidence:
        drop_unused(former)
    return row


@transaction.atomic
def withdraw_award(*, award: Award, version: int, by: User) -> None:
    """Remove a proposal with its file. Twice is once. Raises StaleAward, or AwardRefused for a confirmed one."""
    row = _rows(award).first()
    if row is None:
        return
    if row.version != version:
        raise StaleAward(row)
    if row.state == State.CONFIRMED:
        raise AwardRefused(_("This award is confirmed. If something is wrong, tell an officer of the branch."))
    audit.record("award.withdrawn", by=by, subject=row, branch=row.branch, before=_facts(row))
    evidence = row.evidence
    row.delete()
    if evidence:
        drop_unused(evidence)


@transaction.atomic
def decide_award(*, award: Award, version: int, confirms: bool, reason: str, by: User, now: datetime) -> Award:
    """Confirm or reject it; a confirmed one may be rejected later. The same decision twice is taken once.

    Raises StaleAward, or AwardRefused for one's own award (see own_matters), for one that was taken back, and for a
    rejection without a reason.
    """
    state = State.CONFIRMED if confirms else State.REJECTED
    row = _locked(award)
    if (row.state, row.decided_by_id) == (state, by.pk):
        return row
    if row.version != version:
        raise StaleAward(row)
    if text := whose_turn(by, row.member, Permission.CONFIRM_AWARDS, timezone.localdate(now)):
        raise AwardRefused(text)
    if not confirms and not reason:
        raise AwardRefused(_("Say why it is not confirmed, so that it can be mended."))
    before = {"state": row.state}
    row.state, row.decision, row.decided_at, row.decided_by = state, reason, now, by
    row.version += 1
    row.save()
    action = "award.confirmed" if confirms else "award.rejected"
    audit.record(action, by=by, subject=row, before=before, after={"state": state}, reason=reason)
    if row.member.user:
        kind = "award_confirmed" if confirms else "award_rejected"
        context = {"title": row.title, "reason": reason}
        notify(
            [row.member.user], kind, key=f"{row.pk}:{row.version}", context=context, url=reverse("activities:my_hours")
        )
    return row


def _rows(award: Award) -> QuerySet[Award]:
    """The row of the award, locked; none once it was taken back."""
    rows = Award.objects.select_for_update(of=("self",)).filter(pk=award.pk)
    return rows.select_related("member__user", "member__branch", "evidence", "level")


def _locked(award: Award) -> Award:
    row = _rows(award).first()
    if row is None:
        raise AwardRefused(_("This award was taken back meanwhile."))
    return row


def _holds(row: Award, values: dict[str, Any], upload: Upload | None) -> bool:
    """Are these the values, and is this the file, that the row has?"""
    is_its_file = upload is None or (row.evidence and row.evidence.sha256 == digest_of(upload))
    return is_its_file and all(getattr(row, name) == value for name, value in values.items())


def _propose(award: Award, now: datetime) -> None:
    award.state, award.proposed_at = State.PROPOSED, now
    award.decision, award.decided_at, award.decided_by = "", None, None
    award.version += 1
    award.save()


def _facts(award: Award) -> dict[str, Any]:
    return {
        "person": award.member.name,
        "title": award.title,
        "level": award.level.code,
        "awarded_on": award.awarded_on,
        "body": award.body,
        "file": award.evidence.sha256 if award.evidence else "",
        "link": award.link,
    }
