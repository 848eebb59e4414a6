"""How does a ranking become unchangeable: proposed by the branch, confirmed by somebody of the superior committee?

A frozen run is never superseded by a compilation, but by one that carries an upheld appeal: compiling takes the same
lock on the run and finds it frozen.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from branchportal import audit
from branchportal.notifications import notify
from evaluations import bundle
from evaluations.documents import DocumentError
from evaluations.models import Freezing, RankingRun
from evaluations.queries import freezings, rankings
from evaluations.queries.freezings import Signature
from evaluations.refusals import Refused
from evaluations.services.appeals.grounds import check_nothing_upheld
from members.models import User
from members.queries.offices import holders
from members.roles import Permission

State = Freezing.State
NOT_PROPOSED = _("This ranking is not proposed for freezing.")


def held(runs: QuerySet[RankingRun]) -> QuerySet[RankingRun]:
    """These runs, locked until the transaction ends: meanwhile nobody freezes or supersedes them."""
    return runs.select_for_update(of=("self",), no_key=True)


@transaction.atomic
def propose(*, run: RankingRun, fingerprint: str, note: str, by: User, now: datetime) -> Freezing:
    """Propose a run for freezing, as it was shown; the same person again changes nothing. Raises Refused."""
    run = _hold(run)
    known = run.freezing
    if known and known.is_open and known.proposer_id == by.pk and known.fingerprint == fingerprint:
        return known
    check_can_be_proposed(run)
    _check_shown(run, fingerprint)
    signed = _signature(by, Permission.PROPOSE_FREEZING, run, now)
    freezing = Freezing.objects.create(
        run=run, fingerprint=run.fingerprint, note=" ".join(note.split()), proposer=by, proposer_name=by.name,
        proposer_role=signed.role, proposer_for=signed.holder, proposed_at=now,
    )  # fmt: skip
    after = {"fingerprint": run.fingerprint, "note": freezing.note}
    audit.record("ranking.freezing_proposed", by=by, subject=run, branch=run.branch, after=after)
    _tell(freezing, "freezing_proposed", Permission.CONFIRM_FREEZING, now, by=by)
    return freezing


@transaction.atomic
def confirm(*, freezing: Freezing, fingerprint: str, by: User, now: datetime) -> Freezing:
    """Freeze what was proposed, as it was shown; the same person again changes nothing. Raises Refused.

    Whoever proposed it, and whoever acts for him or for whom he acts, is no second person.
    """
    run, freezing = _hold_both(freezing)
    if freezing.is_frozen and freezing.decider_id == by.pk:
        return freezing
    signed = check_can_be_confirmed(freezing, by=by, now=now)
    _check_newest(run)
    check_nothing_upheld(run)
    _check_shown(run, fingerprint)
    _check_shown(run, freezing.fingerprint)
    _check_unchanged(run)
    _decide(freezing, State.FROZEN, signed, now)
    after = {"fingerprint": run.fingerprint, "proposed_by": freezing.proposer_name}
    audit.record("ranking.frozen", by=by, subject=run, branch=run.branch, after=after)
    _tell(freezing, "ranking_frozen", Permission.PROPOSE_FREEZING, now, by=by)
    return freezing


@transaction.atomic
def decline(*, freezing: Freezing, reason: str, by: User, now: datetime) -> Freezing:
    """Send a proposal back with a reason; the same person again changes nothing. Raises Refused."""
    return _refuse(
        freezing, State.DECLINED, reason, Permission.CONFIRM_FREEZING, tell=Permission.PROPOSE_FREEZING, by=by, now=now
    )


@transaction.atomic
def withdraw(*, freezing: Freezing, reason: str, by: User, now: datetime) -> Freezing:
    """Take a proposal back with a reason; the same person again changes nothing. Raises Refused."""
    return _refuse(
        freezing, State.WITHDRAWN, reason, Permission.PROPOSE_FREEZING, tell=Permission.CONFIRM_FREEZING, by=by, now=now
    )


def overtake(freezing: Freezing, *, by: Any, now: datetime) -> None:
    """A newer run supersedes the proposed one: nobody can confirm it any more. Call it with the run held."""
    freezing.state, freezing.decided_at = State.OVERTAKEN, now
    freezing.save(update_fields=["state", "decided_at"])
    audit.record("ranking.freezing_overtaken", by=by, subject=freezing.run, branch=freezing.run.branch)
    for permission in (Permission.CONFIRM_FREEZING, Permission.PROPOSE_FREEZING):
        _tell(freezing, "freezing_overtaken", permission, now, by=by)


def compile_refusal(freezing: Freezing) -> Refused:
    """Why a frozen ranking is not compiled again, and what can be done."""
    return Refused(
        _(
            "This ranking was frozen on %(day)s by %(proposer)s and %(decider)s and is not compiled again, so that "
            "what was confirmed stays. If a figure in it is wrong, take it to the committee that confirmed it; for "
            "other months choose another period."
        ),
        day=f"{timezone.localdate(freezing.decided_at):%Y-%m-%d}",
        proposer=freezing.proposer_name,
        decider=freezing.decider_name,
    )


def check_can_be_proposed(run: RankingRun) -> None:
    """Raise Refused where a run is signed already, not the newest, empty, provisional or not what was compiled."""
    known = run.freezing
    if known and known.is_frozen:
        raise Refused(_("This ranking is frozen already."))
    if known and known.is_open:
        raise Refused(
            _("%(name)s has proposed this ranking already; it waits for the superior committee."),
            name=known.proposer_name,
        )
    _check_newest(run)
    check_nothing_upheld(run)
    if not run.ranked_count:
        raise Refused(_("Nobody is ranked here: there is nothing to freeze."))
    if months := rankings.not_closed([run])[run.pk]:
        raise Refused(
            _("%(month)s had not closed when this was compiled: wait for its end and compile again."),
            month=f"{months[0]:%Y-%m}",
        )
    _check_unchanged(run)


def check_can_be_confirmed(freezing: Freezing, *, by: User, now: datetime) -> Signature:
    """How `by` would sign; raise Refused where the proposal is over or he is no second person."""
    check_open(freezing)
    signed = _signature(by, Permission.CONFIRM_FREEZING, freezing.run, now)
    if freezings.is_one_hand(freezing, signed, timezone.localdate(now)):
        raise Refused(
            _(
                "Two people freeze a ranking, and %(name)s has proposed this one: somebody else of the superior "
                "committee confirms it, nobody who acts in the place of the other."
            ),
            name=freezing.proposer_name,
        )
    if freezings.is_of_the_branch(signed, freezing.run.branch, timezone.localdate(now)):
        raise Refused(
            _(
                "A ranking is confirmed by somebody of the superior committee who is not of %(branch)s: neither a "
                "member nor in an office of it, nor acting for one."
            ),
            branch=freezing.run.branch.name,
        )
    return signed


def check_open(freezing: Freezing) -> None:
    """Raise Refused where a proposal waits for nobody any more."""
    if freezing.is_open:
        return
    words = {
        State.FROZEN: _("This ranking has been frozen meanwhile; nothing is left to decide."),
        State.DECLINED: _("%(name)s has declined this proposal meanwhile."),
        State.WITHDRAWN: _("%(name)s has withdrawn this proposal meanwhile."),
        State.OVERTAKEN: _("The ranking was compiled again meanwhile: the newest run has to be proposed first."),
    }
    raise Refused(words[State(freezing.state)], name=freezing.decider_name)


def _refuse(
    freezing: Freezing, state: str, reason: str, permission: Permission, *, tell: Permission, by: User, now: datetime
) -> Freezing:
    run, freezing = _hold_both(freezing)
    reason = " ".join(reason.split())
    if (freezing.state, freezing.decider_id, freezing.reason) == (state, by.pk, reason):
        return freezing
    check_open(freezing)
    if not reason:
        raise Refused(_("Write why: the other side has to know what to do next."))
    freezing.reason = reason
    _decide(freezing, state, _signature(by, permission, run, now), now)
    audit.record(f"ranking.freezing_{state}", by=by, subject=run, branch=run.branch, reason=reason)
    _tell(freezing, f"freezing_{state}", tell, now, by=by)
    return freezing


def _decide(freezing: Freezing, state: str, signed: Signature, now: datetime) -> None:
    freezing.state, freezing.decided_at = state, now
    freezing.decider, freezing.decider_name = signed.user, signed.user.name
    freezing.decider_role, freezing.decider_for = signed.role, signed.holder
    freezing.save()


def _hold(run: RankingRun) -> RankingRun:
    return held(RankingRun.objects.select_related("branch")).get(pk=run.pk)


def _hold_both(freezing: Freezing) -> tuple[RankingRun, Freezing]:
    """The run, locked, and then the proposal as it stands behind the lock."""
    run = _hold(freezing.run)
    freezing = Freezing.objects.select_related("proposer", "proposer_for").get(pk=freezing.pk)
    freezing.run = run
    return run, freezing


def _signature(by: User, permission: Permission, run: RankingRun, now: datetime) -> Signature:
    signed = freezings.signature(by, permission, run.branch, timezone.localdate(now))
    if signed is None:
        raise Refused(_("You hold no office any more that signs for %(branch)s."), branch=run.branch.name)
    return signed


def _check_newest(run: RankingRun) -> None:
    if RankingRun.objects.filter(supersedes=run).exists():
        raise Refused(_("A newer run has replaced this one: open the newest and propose that."))


def _check_shown(run: RankingRun, fingerprint: str) -> None:
    if fingerprint != run.fingerprint:
        raise Refused(_("The page showed another ranking than the one that is stored: open it anew and compare."))


def _check_unchanged(run: RankingRun) -> None:
    """What is signed computes to its fingerprint."""
    try:
        bundle.verify(rankings.bundle_of(run))
    except DocumentError:
        raise Refused(
            _("The stored rows do not agree with the fingerprint: compile again, and tell the system administrator.")
        ) from None


def _tell(freezing: Freezing, kind: str, permission: Permission, now: datetime, *, by: User | None) -> None:
    """A message to everybody who holds the right there, but to whoever did it."""
    run = freezing.run
    people = {user.pk: user for user in holders(permission, run.branch, timezone.localdate(now))}
    if by is not None:
        people.pop(by.pk, None)
    notify(
        people.values(),
        kind,
        key=str(freezing.pk),
        context={
            "purpose": run.purpose,
            "branch": run.branch.name,
            "months": f"{run.first_month:%Y-%m} – {run.last_month:%Y-%m}",
            "proposer": freezing.proposer_name,
            "decider": freezing.decider_name,
            "reason": freezing.reason,
        },
        url=reverse("evaluations:ranking", args=[run.pk]),
    )
