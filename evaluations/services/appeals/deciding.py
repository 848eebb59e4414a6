"""How does the superior committee answer an appeal: decline it, or uphold it, correct the source and compile again?

Locks are taken in one order: the branch, the newest run of the ranking, the appeal. Whoever freezes, compiles or
answers at the same time waits, and then finds what was done.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from branchportal import audit
from branchportal.models import JobRun
from branchportal.notifications import notify
from evaluations.models import Appeal, RankingRun
from evaluations.models.appeals import LONGEST_WORDS
from evaluations.queries import appeals, freezings, rankings
from evaluations.queries.appeals import SAME, Figure
from evaluations.refusals import Refused
from evaluations.scheme_wording import component_label
from evaluations.services import compile as compiling
from evaluations.services import freezing
from evaluations.services.appeals.corrections import correct
from evaluations.services.appeals.filing import about, committee_of
from evaluations.sources import COLUMN, DEFENCE, DUTIES, MONTHS_AS_ACTIVIST, POINTS
from members.models import Branch, User
from members.queries.offices import holders
from members.queries.own_matters import is_own_matter
from members.roles import Permission

State = Appeal.State
CORRECTED_BY = {  # who corrects what the committee does not correct itself, by source
    DUTIES: Permission.RATE_MEMBERS,
    COLUMN: Permission.IMPORT_SCORES,
    POINTS: Permission.IMPORT_SCORES,
    DEFENCE: Permission.HOLD_DEFENCES,
    MONTHS_AS_ACTIVIST: Permission.EDIT_ROSTER,
}


@transaction.atomic
def decline(*, appeal: Appeal, reason: str, by: User, now: datetime) -> Appeal:
    """Let the figure stand, with a reason; the same person and words again change nothing. Raises Refused."""
    appeal = _held(appeal)
    reason = _checked(reason)
    if (appeal.state, appeal.decider_id, appeal.reason) == (State.DECLINED, by.pk, reason):
        return appeal
    _decide(appeal, State.DECLINED, reason, by=by, now=now)
    _tell_appellant(appeal, "appeal_declined")
    return appeal


@transaction.atomic
def uphold(*, appeal: Appeal, reason: str, points: Mapping[str, int] | None, by: User, now: datetime) -> Appeal:
    """Grant the appeal. A monthly figure is corrected at once to `points`, and the ranking compiled again.

    Any other figure is corrected where it stands by whoever rates it, who is told; then see `recompile`.
    Raises Refused.
    """
    appeal = _held(appeal)
    reason = _checked(reason)
    if (appeal.state, appeal.decider_id, appeal.reason) == (State.UPHELD, by.pk, reason):
        return appeal
    figure = _figure(appeal)
    _decide(appeal, State.UPHELD, reason, by=by, now=now)
    if figure.is_corrected_here:
        if points is None:
            raise Refused(_("Give all five: each is one of the five grades, or a whole number from 0 to 100."))
        correct(source=figure.source, member=appeal.entry.member, month=figure.month, points=points, by=by, now=now)
        _compile(appeal, by=by, now=now)
    else:
        _tell_correctors(appeal, figure, by=by, now=now)
    _tell_appellant(appeal, "appeal_upheld")
    return appeal


@transaction.atomic
def recompile(*, appeal: Appeal, by: User, now: datetime) -> JobRun:
    """Compile again because of an upheld appeal whose source says something else now; an open job is returned.

    Raises Refused where it was not upheld, was followed already, or the source says what it said.
    """
    appeal = _held(appeal)
    _signature(appeal, by, now)
    if not appeal.is_upheld:
        raise Refused(_("This appeal was not upheld: nothing is compiled because of it."))
    return _compile(appeal, by=by, now=now)


@transaction.atomic
def take_back(*, appeal: Appeal, reason: str, by: User, now: datetime) -> Appeal:
    """Let the figure stand after all, where no run has followed and nothing can be corrected; the same again is one.

    Raises Refused where it was not upheld, was followed, or the figure has been corrected already.
    """
    appeal = _held(appeal)
    reason = _checked(reason)
    if (appeal.state, appeal.decider_id, appeal.reason) == (State.DECLINED, by.pk, reason):
        return appeal
    signed = _signature(appeal, by, now)
    check_can_be_taken_back(appeal)
    if _is_corrected(appeal, now):
        raise Refused(_("The figure has been corrected already: have the ranking compiled again."))
    before = {"state": appeal.state, "reason": appeal.reason}
    _answer(appeal, State.DECLINED, reason, signed, now)
    committee = committee_of(appeal.run.branch)
    audit.record("appeal.taken_back", by=by, subject=appeal, branch=committee, before=before, reason=reason)
    _tell_appellant(appeal, "appeal_taken_back")
    return appeal


def check_can_be_taken_back(appeal: Appeal) -> None:
    """Raise Refused where an appeal is not upheld, or a run rests on it."""
    if not appeal.is_upheld:
        raise Refused(_("This appeal is not upheld: there is nothing to take back."))
    if appeal.run_after_id is not None:
        raise Refused(_("The ranking was compiled again because of this appeal: what was corrected stands."))


def _is_corrected(appeal: Appeal, now: datetime) -> bool:
    """Whether the source says something else now; not where the ranking can't be compiled at all any more."""
    try:
        return appeals.is_changed(appeal, timezone.localdate(now))
    except Refused:
        return False


def _compile(appeal: Appeal, *, by: User, now: datetime) -> JobRun:
    run = appeal.run
    if appeal.run_after_id is None and not appeals.is_changed(appeal, timezone.localdate(now)):
        raise Refused(_("The figure still rests on what it rested on: first it has to be corrected where it stands."))
    job, _created = compiling.request(
        branch=run.branch, purpose=run.purpose, first=run.first_month, last=run.last_month, by=by, now=now,
        appeal=appeal,
    )  # fmt: skip
    return job


def _held(appeal: Appeal) -> Appeal:
    """The appeal as it stands behind the locks."""
    run = RankingRun.objects.select_related("branch").get(entries__appeals=appeal)
    Branch.objects.select_for_update(no_key=True).get(pk=run.branch_id)
    same = {name: getattr(run, name) for name in SAME}
    list(freezing.held(RankingRun.objects.filter(superseded_by=None, **same).order_by("pk")).values_list("pk"))
    rows = Appeal.objects.select_for_update(of=("self",))
    return rows.select_related("entry__member__user", "entry__run__branch", "entry__run__scheme").get(pk=appeal.pk)


def _figure(appeal: Appeal) -> Figure:
    found = appeals.figure_of(appeal.entry, appeal.figure, appeal.place)
    if found is None:
        raise Refused(_("There is no such figure in the row any more."))
    return found


def _signature(appeal: Appeal, by: User, now: datetime) -> freezings.Signature:
    today = timezone.localdate(now)
    if is_own_matter(by, appeal.entry.member, today):
        raise Refused(_("Nobody handles an appeal about himself or about whom he stands in for: somebody else does."))
    signed = freezings.signature(by, Permission.DECIDE_APPEALS, appeal.run.branch, today)
    if signed is None:
        raise Refused(_("You hold no office any more that signs for %(branch)s."), branch=appeal.run.branch.name)
    if freezings.is_of_the_branch(signed, appeal.run.branch, today):
        raise Refused(_("Nobody handles an appeal from his own branch: a reviewer from outside it does."))
    return signed


def _checked(reason: str) -> str:
    reason = " ".join(reason.split())
    if not reason:
        raise Refused(_("Write why: the member reads it, and it stays with the appeal."))
    if len(reason) > LONGEST_WORDS:
        raise Refused(_("At most %(longest)s characters. Please shorten it."), longest=LONGEST_WORDS)
    return reason


def _decide(appeal: Appeal, state: str, reason: str, *, by: User, now: datetime) -> None:
    signed = _signature(appeal, by, now)
    if not appeal.is_waiting:
        words = {
            State.WITHDRAWN: _("The member has taken this appeal back meanwhile."),
            State.DECLINED: _("%(name)s has declined this appeal meanwhile."),
            State.UPHELD: _("%(name)s has upheld this appeal meanwhile."),
        }
        raise Refused(words[State(appeal.state)], name=appeal.decider_name)
    _answer(appeal, state, reason, signed, now)
    audit.record(f"appeal.{state}", by=by, subject=appeal, branch=committee_of(appeal.run.branch), reason=reason)


def _answer(appeal: Appeal, state: str, reason: str, signed: freezings.Signature, now: datetime) -> None:
    appeal.state, appeal.reason, appeal.decided_at = state, reason, now
    appeal.decider, appeal.decider_name = signed.user, signed.user.name
    appeal.decider_role, appeal.decider_for = signed.role, signed.holder
    appeal.save()


def _tell_appellant(appeal: Appeal, kind: str) -> None:
    user = appeal.entry.member.user
    if user is None:
        return
    context = about(appeal.run) | {"reason": appeal.reason}
    notify([user], kind, key=str(appeal.pk), context=context, url=reverse("evaluations:own_appeal", args=[appeal.pk]))


def _tell_correctors(appeal: Appeal, figure: Figure, *, by: User, now: datetime) -> None:
    """Which figure is to be corrected where it stands; not that somebody appealed, nor in which words."""
    permission, run = CORRECTED_BY.get(figure.source, Permission.COMPILE_RANKING), appeal.run
    people = {user.pk: user for user in holders(permission, run.branch, timezone.localdate(now))}
    people.pop(by.pk, None)
    people.pop(appeal.entry.member.user_id, None)
    label = component_label(rankings.scheme_of(run), figure.code)
    context = about(run) | {"name": appeal.entry.name, "figure": label, "place": figure.place, "source": figure.source}
    url = reverse("evaluations:ranking_evidence", args=[run.pk, appeal.entry_id])
    notify(people.values(), "figure_to_correct", key=str(appeal.pk), context=context, url=url)
