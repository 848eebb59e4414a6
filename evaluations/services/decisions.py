"""How does the branch committee write down what it decides about the people of a frozen ranking?

Nobody starts with an outcome. The ranking advises: an outcome that departs from its order needs a reason, no more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from activities.models import Activity
from branchportal import audit
from evaluations.models import Decision, DecisionMeeting, RankingRun
from evaluations.queries import decisions as queries
from evaluations.refusals import Refused
from evaluations.services import freezing
from members.models import User
from members.queries.own_matters import own_people

State = DecisionMeeting.State


class StaleSheetError(Exception):
    """Somebody saved the sheet in between; `meeting` is what stands now."""

    def __init__(self, meeting: DecisionMeeting) -> None:
        super().__init__("stale")
        self.meeting = meeting


@dataclass(frozen=True)
class Meeting:
    """What is said of the meeting itself; None and "" where it is not known yet."""

    held_on: date | None = None
    entitled: int | None = None
    present: int | None = None
    chair: str = ""
    recorder: str = ""
    minutes: str = ""
    activity: Activity | None = None
    quota: int | None = None


@dataclass(frozen=True)
class Said:
    """What is said of one person: an outcome ("" for none yet) and a reason."""

    outcome: str = ""
    reason: str = ""


@transaction.atomic
def begin(*, run: RankingRun, by: User, now: datetime) -> DecisionMeeting:
    """Open the decision sheet of a frozen run; one that is being written is returned. Raises Refused.

    After a sheet was sent back the next one begins with what stood there. Otherwise nobody has an outcome.
    """
    run = held_run(run)
    last = queries.current(run)
    if last is not None and last.is_draft:
        return last
    check_can_be_begun(run, last)
    meeting = DecisionMeeting(run=run, number=last.number + 1 if last else 1, saved_at=now, saved_by=by)
    before = {one.entry_id: one for one in last.decisions.all()} if last else {}
    if last:
        for name in Meeting.__dataclass_fields__:
            setattr(meeting, name, getattr(last, name))
    meeting.save()
    sitting = _sitting(meeting, now)
    Decision.objects.bulk_create(
        Decision(
            meeting=meeting, entry=entry, recused=entry.member.user_id in sitting,
            outcome=before[entry.pk].outcome if entry.pk in before else "",
            reason=before[entry.pk].reason if entry.pk in before else "",
        )
        for entry in run.entries.select_related("member")
    )  # fmt: skip
    audit.record("decision.begun", by=by, subject=meeting, branch=run.branch, after={"sheet": meeting.number})
    return meeting


@transaction.atomic
def save(
    *, meeting: DecisionMeeting, version: int, held: Meeting, said: Mapping[int, Said], by: User, now: datetime
) -> DecisionMeeting:
    """Keep the draft as it stands on the page; `said` by the ids of decisions. Raises Refused and StaleSheetError."""
    meeting = held_meeting(meeting)
    check_newest(meeting.run)
    if not meeting.is_draft:
        raise Refused(_("This decision has been recorded meanwhile: what is to change goes through a new sheet."))
    if meeting.version != version:
        raise StaleSheetError(meeting)
    changed = _changed(meeting, said, by, now)
    for name, value in vars(held).items():
        setattr(meeting, name, value)
    meeting.version, meeting.saved_at, meeting.saved_by = version + 1, now, by
    meeting.save()
    _recuse(meeting, now)
    Decision.objects.bulk_update(changed, ["outcome", "reason"])
    after = {"sheet": meeting.number, "changed": len(changed)}
    audit.record("decision.saved", by=by, subject=meeting, branch=meeting.branch, after=after)
    return meeting


def check_can_be_begun(run: RankingRun, last: DecisionMeeting | None) -> None:
    """Raise Refused where a run is not frozen, was replaced, or is decided on already."""
    frozen = run.freezing
    if frozen is None or not frozen.is_frozen:
        raise Refused(_("The branch committee decides on a frozen ranking: propose this one for freezing first."))
    check_newest(run)
    if last is not None and not last.is_sent_back:
        raise Refused(
            _(
                "The decision on this ranking is recorded. To correct it, ask the superior committee to send it "
                "back with a reason."
            )
        )


def check_newest(run: RankingRun) -> None:
    """Raise Refused where a newer run has replaced the one that is decided on."""
    if RankingRun.objects.filter(supersedes=run).exists():
        raise Refused(
            _("The list has changed since: a newer run has replaced this one, and the decision is taken there.")
        )


def held_run(run: RankingRun) -> RankingRun:
    """The run, locked until the transaction ends."""
    return freezing.held(RankingRun.objects.select_related("branch")).get(pk=run.pk)


def held_meeting(meeting: DecisionMeeting) -> DecisionMeeting:
    """The sheet as it stands behind the lock on its run."""
    run = held_run(meeting.run)
    people = ("saved_by", "signer", "reviewer", "activity")
    meeting = DecisionMeeting.objects.select_related(*people).get(pk=meeting.pk)
    meeting.run = run
    return meeting


def _changed(meeting: DecisionMeeting, said: Mapping[int, Said], by: User, now: datetime) -> list[Decision]:
    """The decisions that say something else now; about himself, or whom he stands in for, nobody says anything."""
    changed, own = [], own_people(by, timezone.localdate(now))
    for one in meeting.decisions.select_related("entry__member"):
        new = said.get(one.pk)
        if new is None or (new.outcome, new.reason) == (one.outcome, one.reason):
            continue
        if one.entry.member.user_id == by.pk:
            raise Refused(_("Nobody decides about himself: somebody else of the committee enters what it says of you."))
        if one.entry.member.user_id in own:
            raise Refused(
                _("You stand in for %(name)s: somebody else of the committee enters what it says of %(name)s."),
                name=one.entry.name,
            )
        one.outcome, one.reason = new.outcome, new.reason
        changed.append(one)
    return changed


def _recuse(meeting: DecisionMeeting, now: datetime) -> None:
    sitting = _sitting(meeting, now)
    decisions = meeting.decisions.all()
    decisions.filter(recused=False, entry__member__user__in=sitting).update(recused=True)
    decisions.filter(recused=True).exclude(entry__member__user__in=sitting).update(recused=False)


def _sitting(meeting: DecisionMeeting, now: datetime) -> set[int]:
    """Who sat in the committee on the day of the meeting, or sits in it today."""
    day = meeting.held_on or timezone.localdate(now)
    return set(queries.committee(meeting.branch, day).values_list("pk", flat=True))
