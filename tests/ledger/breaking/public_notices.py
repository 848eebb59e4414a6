"""How are public notices and objections broken by hand?"""

from __future__ import annotations

from datetime import timedelta

from branchportal.ledger import place
from branchportal.models import AuditEntry
from evaluations.models import Decision, NoticePerson, Objection, PublicNotice
from tests.ledger.breaking.by_hand import NOW, branch, breaks, change, drop_line_about, first


@breaks("notices.days")
def _() -> list[str]:
    notice = first(PublicNotice, state="published")
    return change(notice, last_on=notice.first_on)


@breaks("notices.consent")
def _() -> list[str]:
    notice = first(PublicNotice, state="published")
    return change(notice, published_at=notice.meeting.reviewed_at - timedelta(hours=1))


@breaks("notices.people")
def _() -> list[str]:
    person = first(NoticePerson)
    change(first(Decision, meeting=person.notice.meeting, entry__member=person.member), outcome="postponed")
    return [place(NoticePerson, person.pk)]


@breaks("notices.outcome")
def _() -> list[str]:
    return change(first(PublicNotice, state="published"), outcome="no_objections", outcome_at=NOW)


@breaks("objections.time")
def _() -> list[str]:
    objection = first(Objection)
    return change(objection, filed_at=objection.notice.published_at - timedelta(days=1))


@breaks("objections.hidden")
def _() -> list[str]:
    return change(first(AuditEntry, action="objection.filed"), branch=branch("B001"))


@breaks("notices.recorded")
def _() -> list[str]:
    return drop_line_about(PublicNotice, "public_notice.published")
