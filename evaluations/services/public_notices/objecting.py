"""How is an objection filed, looked into and decided, without the branch learning of it?

Lines of the audit trail belong to the superior committee and name nobody: what was filed carries no actor.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_noop as _

from activities.working_days import working_days_after
from branchportal import audit
from branchportal.notifications import notify
from evaluations import receipts
from evaluations.models import NoticePerson, Objection, ObjectionEntry, PublicNotice
from evaluations.queries import objections
from evaluations.refusals import Refused
from evaluations.services.public_notices.holding import hold
from members.models import User

SALT = "evaluations.objections.receipt"


@dataclass(frozen=True)
class Words:
    """What somebody objects to (None: to the notice as a whole), why, who he is and how he is reached."""

    about: NoticePerson | None
    text: str
    name: str
    contact: str


@transaction.atomic
def file(*, notice: PublicNotice, words: Words, entry: UUID, user: User | None, now: datetime) -> tuple[Objection, str]:
    """Keep an objection; returns it with the number on its receipt, which is kept nowhere. Raises Refused.

    The same form sent again is the same objection and the same number.
    """
    notice = hold(notice)
    receipt = receipt_of(entry)
    known = Objection.objects.filter(entry=entry).first()
    if known is not None:
        if (known.notice_id, known.user_id, known.text) != (notice.pk, user and user.pk, words.text):
            raise Refused(_("This form has been used: open it anew to file another objection."))
        return known, receipt
    today = timezone.localdate(now)
    if notice.outcome or not notice.runs(today):
        raise Refused(_("This notice does not hang out any more: objections are no longer taken here."))
    objection = Objection.objects.create(
        notice=notice, about=words.about, text=words.text, name=words.name, contact=words.contact, user=user,
        entry=entry, receipt_hash=receipts.hash_of(receipt), filed_at=now,
        due_on=working_days_after(today, notice.reply_days).last,
    )  # fmt: skip
    after = {"notice": str(notice), "due_on": objection.due_on}
    audit.record("objection.filed", by=None, subject=objection, branch=_committee(notice), after=after)
    readers = [reader for reader in objections.handlers(notice, today) if user is None or reader.pk != user.pk]
    _tell(objection, "objection_filed", readers, reverse("evaluations:objection", args=[objection.pk]))
    return objection, receipt


@transaction.atomic
def add_entry(*, objection: Objection, text: str, entry: UUID, by: User, now: datetime) -> ObjectionEntry:
    """Write down a step of looking into it; the same form again is the same entry. Raises Refused."""
    objection = _hold(objection)
    known = ObjectionEntry.objects.filter(entry=entry).first()
    if known is not None:
        if (known.objection_id, known.by_id, known.text) != (objection.pk, by.pk, text):
            raise Refused(_("This form has been used: open it anew."))
        return known
    _check_open(objection)
    written = objection.entries.create(at=now, by=by, by_name=by.name, text=text, entry=entry)
    audit.record("objection.noted", by=by, subject=objection, branch=_committee(objection.notice))
    return written


@transaction.atomic
def decide(*, objection: Objection, decision: str, reply: str, by: User, now: datetime) -> Objection:
    """Decide an objection, once, with the reply that its receipt opens; the same again changes nothing.

    Raises Refused.
    """
    objection = _hold(objection)
    if (objection.decision, objection.reply, objection.decided_by_id) == (decision, reply, by.pk):
        return objection
    _check_open(objection)
    objection.decision, objection.reply, objection.decided_at = decision, reply, now
    objection.decided_by, objection.decider_name = by, by.name
    objection.save(update_fields=["decision", "reply", "decided_at", "decided_by", "decider_name"])
    branch, after = _committee(objection.notice), {"decision": decision}
    audit.record("objection.decided", by=by, subject=objection, branch=branch, after=after)
    if objection.user is not None:
        _tell(objection, "objection_answered", [objection.user], reverse("evaluations:objection_state"))
    return objection


def receipt_of(entry: UUID) -> str:
    """The number on the receipt follows from the form, so that a form sent twice shows it twice."""
    return receipts.printed(salted_hmac(SALT, entry.hex, algorithm="sha256").digest())


def _hold(objection: Objection) -> Objection:
    notice = hold(objection.notice)
    objection = Objection.objects.select_related("user").get(pk=objection.pk)
    objection.notice = notice
    return objection


def _check_open(objection: Objection) -> None:
    if not objection.is_open:
        raise Refused(_("%(name)s has decided this objection already."), name=objection.decider_name)


def _committee(notice: PublicNotice):
    return objections.committee_of(notice.branch)


def _tell(objection: Objection, kind: str, people: list[User], url: str) -> None:
    context = {
        "branch": objection.notice.branch.name, "purpose": objection.notice.meeting.run.purpose,
        "due_on": objection.due_on.isoformat(),
    }  # fmt: skip
    notify(people, kind, key=str(objection.pk), context=context, url=url)
