"""How are branches, people, their stages and transfers broken by hand?"""

from __future__ import annotations

from datetime import date, timedelta

from branchportal.ledger import place
from members.models import Absence, CorrectionRequest, FormerMembership, FormerNumber, Member, Transfer, User
from tests.ledger.breaking.by_hand import NOW, branch, breaks, change, drop_line_about, first


@breaks("branches.path")
def _() -> list[str]:
    return change(branch("B001"), path="COMP/B001/")


@breaks("stages.dates")
def _() -> list[str]:
    member = first(Member, stage="activist")
    return change(member, applied_on=member.activist_on + timedelta(days=1))


@breaks("stages.skipped")
def _() -> list[str]:
    return change(first(Member, stage="applicant"), candidate_on=date(2026, 5, 4))


@breaks("people.recorded")
def _() -> list[str]:
    return drop_line_about(Member, "member.added")


@breaks("memberships.one")
def _() -> list[str]:
    member = first(Member)
    row = FormerMembership.objects.create(
        member=member, branch=branch("B002"), joined_on=date(2000, 9, 1), left_on=member.joined_on + timedelta(days=1)
    )
    return [place(FormerMembership, row.pk)]


@breaks("numbers.one")
def _() -> list[str]:
    one, other = Member.objects.order_by("pk")[:2]
    row = FormerNumber.objects.create(member=one, number=other.number, until=NOW.date())
    return [place(FormerNumber, row.pk)]


@breaks("transfers.moved")
def _() -> list[str]:
    return change(first(Transfer), state="accepted", decided_at=NOW, decided_by=first(User))


@breaks("transfers.source")
def _() -> list[str]:
    transfer = first(Transfer)
    return change(transfer, source=transfer.target)


@breaks("transfers.decided")
def _() -> list[str]:
    return change(first(Transfer), state="declined")


@breaks("absences.one")
def _() -> list[str]:
    one = first(Absence)
    other = Absence.objects.create(
        office=one.office, stand_in=one.stand_in, starts_on=one.ends_on, ends_on=one.ends_on, entered_by=one.entered_by
    )
    return [place(Absence, one.pk), place(Absence, other.pk)]


@breaks("corrections.decided")
def _() -> list[str]:
    row = CorrectionRequest.objects.create(
        member=first(Member), field="name", reason="…", state="accepted", decided_at=NOW
    )
    return [place(CorrectionRequest, row.pk)]
