"""How does a public notice end: by its last day with an outcome, taken down, corrected, or with its decision?"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from branchportal import audit
from branchportal.notifications import notify
from evaluations.models import DecisionMeeting, PublicNotice, RankingRun
from evaluations.queries import objections
from evaluations.refusals import Refused
from evaluations.services.public_notices.holding import hold
from evaluations.services.public_notices.publishing import Wording, prepare, publishers, recount
from members.models import User

State, Outcome = PublicNotice.State, PublicNotice.Outcome
ENDINGS = {State.TAKEN_DOWN: "taken_down", State.CORRECTED: "corrected", State.WITHDRAWN: "withdrawn"}


@transaction.atomic
def take_down(*, notice: PublicNotice, reason: str, by: User, now: datetime) -> PublicNotice:
    """Take a notice down before its last day; the same person again changes nothing. Raises Refused.

    Its days don't count: a new one hangs out from the first day on.
    """
    notice, reason = hold(notice), _given(reason)
    if _is_done(notice, State.TAKEN_DOWN, reason, by):
        return notice
    check_can_be_taken_down(notice, now=now)
    return _end(notice, State.TAKEN_DOWN, reason, by, now)


@transaction.atomic
def correct(*, notice: PublicNotice, reason: str, by: User, now: datetime) -> PublicNotice:
    """Take a wrong notice down and prepare the one that replaces it, with the full days. Raises Refused.

    Returns the new one, which is to be looked at and published.
    """
    _hold_run(notice)
    notice, reason = hold(notice), _given(reason)
    if not _is_done(notice, State.CORRECTED, reason, by):
        check_can_be_corrected(notice)
        _end(notice, State.CORRECTED, reason, by, now)
    return prepare(meeting=notice.meeting, wording=Wording.of(notice), by=by, now=now)


def withdraw(*, meeting: DecisionMeeting, reason: str, by: User | None, now: datetime) -> None:
    """The decision is taken back or replaced: whatever is prepared or hangs out ends with it.

    Call it in the transaction that does so, with the run held. `by` is None where a job does it.
    """
    for notice in meeting.public_notices.filter(state__in=[State.PREPARED, State.PUBLISHED]):
        _end(hold(notice), State.WITHDRAWN, _given(reason), by, now)


def withdraw_of_run(*, run: RankingRun, reason: str, by: User | None, now: datetime) -> None:
    """The same for every decision about this run, which a newer one replaces."""
    for meeting in DecisionMeeting.objects.filter(run=run):
        withdraw(meeting=meeting, reason=reason, by=by, now=now)


@transaction.atomic
def record_outcome(*, notice: PublicNotice, note: str, by: User, now: datetime) -> PublicNotice:
    """Record how a notice ended whose days are over; the same person again changes nothing. Raises Refused.

    Whether there were objections is no choice: it follows from what was filed.
    """
    notice = hold(notice)
    note = " ".join(note.split())
    if notice.outcome and (notice.outcome_by_id, notice.outcome_note) == (by.pk, note):
        return notice
    check_can_have_outcome(notice, now=now)
    came = objections.of_selection(notice).exists()
    notice.outcome = Outcome.SETTLED if came else Outcome.NO_OBJECTIONS
    notice.outcome_note, notice.outcome_at = note, now
    notice.outcome_by, notice.outcome_name = by, by.name
    notice.save(update_fields=["outcome", "outcome_note", "outcome_at", "outcome_by", "outcome_name"])
    after = {"outcome": notice.outcome, "note": note}
    audit.record("public_notice.outcome", by=by, subject=notice, branch=notice.branch, after=after)
    _tell(notice, "public_notice_outcome", publishers(notice, now), by)
    return notice


def check_can_be_taken_down(notice: PublicNotice, *, now: datetime) -> None:
    """Raise Refused where a notice does not hang out."""
    if not notice.runs(timezone.localdate(now)):
        raise Refused(_("This notice does not hang out any more."))


def check_can_be_corrected(notice: PublicNotice) -> None:
    """Raise Refused where a notice is not published, or its outcome stands."""
    if not notice.is_published or not notice.rests_on_its_decision:
        raise Refused(_("Only a published notice is corrected; one that is being prepared is changed."))
    if notice.outcome:
        raise Refused(_("The outcome of this notice is recorded: nothing in it can be corrected any more."))


def check_can_have_outcome(notice: PublicNotice, *, now: datetime) -> None:
    """Raise Refused while the notice hangs out, and where it was too short or an objection is open or upheld."""
    if notice.outcome:
        raise Refused(_("%(name)s has recorded the outcome already."), name=notice.outcome_name)
    if not notice.is_over(timezone.localdate(now)):
        raise Refused(_("The outcome is recorded after the last day of a notice that was not taken down."))
    check_had_its_days(notice)
    if count := objections.of_selection(notice).filter(decision="").count():
        raise Refused(_("Objections that are still open: %(count)s. Decide them first."), count=count)
    if count := objections.upheld_since(notice).count():
        raise Refused(
            _(
                "Objections that were upheld, wholly or in part: %(count)s. This notice can't end with an outcome: "
                "send the decision back first, so that the branch committee decides anew."
            ),
            count=count,
        )


def check_had_its_days(notice: PublicNotice) -> None:
    """Raise Refused where holidays were announced since by which its last day was too early."""
    found = recount(notice)
    if notice.last_on < found.last:
        raise Refused(
            _(
                "This notice came down on %(last)s, but by the holidays announced since it had to hang out until "
                "%(wanted)s. The branch corrects it: the new notice hangs out its full days."
            ),
            last=f"{notice.last_on:%Y-%m-%d}",
            wanted=f"{found.last:%Y-%m-%d}",
        )


def _end(notice: PublicNotice, state: str, reason: str, by: User | None, now: datetime) -> PublicNotice:
    was_published = notice.is_published
    notice.state, notice.ended_at, notice.ended_by, notice.reason, notice.token = state, now, by, reason, ""
    notice.save(update_fields=["state", "ended_at", "ended_by", "reason", "token"])
    audit.record(f"public_notice.{ENDINGS[state]}", by=by, subject=notice, branch=notice.branch, reason=reason)
    if was_published:
        _tell(notice, "public_notice_ended", objections.handlers(notice, timezone.localdate(now)), by)
        if state == State.WITHDRAWN:
            _tell(notice, "public_notice_ended", publishers(notice, now), by)
    return notice


def _is_done(notice: PublicNotice, state: str, reason: str, by: User) -> bool:
    return (notice.state, notice.ended_by_id, notice.reason) == (state, by.pk, reason)


def _given(reason: str) -> str:
    reason = " ".join(reason.split())
    if not reason:
        raise Refused(_("Write why: it stands in the audit trail, and the committee reads it."))
    return reason


def _hold_run(notice: PublicNotice) -> None:
    """In the order in which everything is locked: the ranking before the notice."""
    RankingRun.objects.select_for_update(of=("self",), no_key=True).get(pk=notice.meeting.run_id)


def _tell(notice: PublicNotice, kind: str, people: list[User], by: User | None) -> None:
    context = {
        "branch": notice.branch.name, "purpose": notice.meeting.run.purpose, "state": notice.state,
        "reason": notice.reason, "outcome": notice.outcome,
    }  # fmt: skip
    told = [user for user in people if by is None or user.pk != by.pk]
    url = reverse("evaluations:public_notice", args=[notice.pk])
    notify(told, kind, key=str(notice.pk), context=context, url=url)
