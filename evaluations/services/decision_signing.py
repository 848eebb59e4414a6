"""How does a decision of the branch committee become valid: recorded by the branch, consented to by the superior?

What is recorded is never written again. Whoever wants it corrected has it sent back, and the next sheet says more.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from branchportal import audit
from branchportal.notifications import notify
from branchportal.wording import listed
from evaluations.models import Decision, DecisionMeeting
from evaluations.queries import decisions as queries
from evaluations.queries import freezings
from evaluations.queries.decisions import Line
from evaluations.queries.freezings import Signature
from evaluations.refusals import Refused
from evaluations.services.appeals.grounds import check_nothing_upheld
from evaluations.services.decisions import StaleSheetError, check_newest, held_meeting
from evaluations.services.public_notices import ending
from members.models import User
from members.queries.offices import holders
from members.queries.own_matters import own_people
from members.roles import Permission

State, Outcome = DecisionMeeting.State, Decision.Outcome
NAMES_SHOWN = 5


@transaction.atomic
def record(*, meeting: DecisionMeeting, version: int, by: User, now: datetime) -> DecisionMeeting:
    """Fix the sheet as it was shown; the same person again changes nothing. Raises Refused and StaleSheetError."""
    meeting = held_meeting(meeting)
    if meeting.is_recorded and meeting.signer_id == by.pk:
        return meeting
    lines = queries.lines(meeting)
    check_can_be_recorded(meeting, lines, now)
    if meeting.version != version:
        raise StaleSheetError(meeting)
    signed = _signature(by, Permission.RECORD_DECISIONS, meeting, now)
    meeting.state, meeting.recorded_at = State.RECORDED, now
    meeting.signer, meeting.signer_name = by, by.name
    meeting.signer_role, meeting.signer_for = signed.role, signed.holder
    meeting.save()
    audit.record("decision.recorded", by=by, subject=meeting, branch=meeting.branch, after=_counted(meeting, lines))
    _tell_offices(meeting, "decision_recorded", Permission.CONSENT_DECISIONS, by=by, now=now)
    return meeting


@transaction.atomic
def consent(*, meeting: DecisionMeeting, version: int, by: User, now: datetime) -> DecisionMeeting:
    """Agree to what was recorded; the same person again changes nothing. Raises Refused and StaleSheetError."""
    meeting = held_meeting(meeting)
    if meeting.is_consented and meeting.reviewer_id == by.pk:
        return meeting
    signed = check_can_be_consented(meeting, by=by, now=now)
    if meeting.version != version:
        raise StaleSheetError(meeting)
    _review(meeting, State.CONSENTED, signed, now)
    after = _counted(meeting, queries.lines(meeting))
    audit.record("decision.consented", by=by, subject=meeting, branch=meeting.branch, after=after)
    _tell_offices(meeting, "decision_consented", Permission.RECORD_DECISIONS, by=by, now=now)
    _tell_people(meeting, "decision_about_you")
    return meeting


@transaction.atomic
def send_back(*, meeting: DecisionMeeting, reason: str, by: User, now: datetime) -> DecisionMeeting:
    """Give a sheet back to the branch with a reason, consented to or not; the same again changes nothing."""
    meeting = held_meeting(meeting)
    reason = " ".join(reason.split())
    if meeting.is_sent_back and (meeting.reviewer_id, meeting.reason) == (by.pk, reason):
        return meeting
    signed = check_can_be_reviewed(meeting, by=by, now=now)
    if not reason:
        raise Refused(_("Write why: the branch committee has to know what to discuss again."))
    was_valid = meeting.is_consented
    meeting.reason = reason
    _review(meeting, State.SENT_BACK, signed, now)
    ending.withdraw(meeting=meeting, reason=reason, by=by, now=now)
    audit.record("decision.sent_back", by=by, subject=meeting, branch=meeting.branch, reason=reason)
    _tell_offices(meeting, "decision_sent_back", Permission.RECORD_DECISIONS, by=by, now=now)
    if was_valid:
        _tell_people(meeting, "decision_reopened")
    return meeting


def check_can_be_recorded(meeting: DecisionMeeting, lines: list[Line], now: datetime) -> None:
    """Raise Refused where the sheet is no draft, its list has changed, or something is missing in it."""
    check_newest(meeting.run)
    check_nothing_upheld(meeting.run)
    if not meeting.is_draft:
        raise Refused(_("This decision is recorded already."))
    missing = next(iter(what_is_missing(meeting, lines, now)), None)
    if missing is not None:
        raise missing


def check_can_be_consented(meeting: DecisionMeeting, *, by: User, now: datetime) -> Signature:
    """How `by` would sign; raise Refused also where somebody has consented already."""
    if meeting.is_consented:
        raise Refused(_("%(name)s has consented to this decision meanwhile."), name=meeting.reviewer_name)
    check_nothing_upheld(meeting.run)
    return check_can_be_reviewed(meeting, by=by, now=now)


def check_can_be_reviewed(meeting: DecisionMeeting, *, by: User, now: datetime) -> Signature:
    """How `by` would sign; raise Refused where nothing waits, or he is no second person, or it is about him."""
    check_newest(meeting.run)
    if meeting.is_sent_back:
        raise Refused(_("%(name)s has sent this decision back meanwhile."), name=meeting.reviewer_name)
    if meeting.is_draft:
        raise Refused(_("The branch committee has not recorded this decision yet."))
    signed = _signature(by, Permission.CONSENT_DECISIONS, meeting, now)
    today = timezone.localdate(now)
    if freezings.are_one_hand(meeting.signer, meeting.signer_for_id, signed, today):
        raise Refused(
            _(
                "%(name)s has recorded this decision: somebody else of the superior committee looks at it, nobody who "
                "acts in the place of the other."
            ),
            name=meeting.signer_name,
        )
    _refuse_own_matter(meeting, signed, today)
    if freezings.is_of_the_branch(signed, meeting.branch, today):
        raise Refused(
            _(
                "A decision is looked at by somebody of the superior committee who is not of %(branch)s: neither a "
                "member nor in an office of it, nor acting for one."
            ),
            branch=meeting.branch.name,
        )
    return signed


def _refuse_own_matter(meeting: DecisionMeeting, signed: Signature, today: date) -> None:
    """Raise Refused where whoever signs stands on the list, or somebody for whom he acts."""
    own = own_people(signed.user, today) | ({signed.holder.pk} if signed.holder else set())
    listed = meeting.decisions.filter(entry__member__user__in=own).select_related("entry__member")
    found = sorted(listed, key=lambda one: one.entry.member.user_id != signed.user.pk)
    if not found:
        return
    if found[0].entry.member.user_id == signed.user.pk:
        raise Refused(_("Nobody decides about himself: you are on this list, so somebody else consents to it."))
    raise Refused(
        _("You stand in for %(name)s, who is on this list: somebody else consents to it."), name=found[0].entry.name
    )


def what_is_missing(meeting: DecisionMeeting, lines: list[Line], now: datetime) -> list[Refused]:
    """What the sheet still lacks before it can be recorded, in the order of the page."""
    return [*_missing_of_meeting(meeting, now), *_missing_of_people(lines)]


def _missing_of_meeting(meeting: DecisionMeeting, now: datetime) -> list[Refused]:
    found, frozen = [], timezone.localdate(meeting.run.freezing.decided_at)
    if meeting.held_on is None:
        found.append(Refused(_("Enter the date of the meeting.")))
    elif not frozen <= meeting.held_on <= timezone.localdate(now):
        found.append(
            Refused(
                _("The meeting took place after the ranking was frozen on %(frozen)s and not in the future."),
                frozen=f"{frozen:%Y-%m-%d}",
            )
        )
    elif meeting.activity and timezone.localdate(meeting.activity.starts_at) != meeting.held_on:
        found.append(Refused(_("The date of the meeting differs from that of the activity that is linked to it.")))
    if not meeting.entitled or meeting.present is None:
        found.append(Refused(_("Enter how many members the committee has and how many of them were present.")))
    elif meeting.present * 2 <= meeting.entitled:
        found.append(
            Refused(
                _("More than half of the committee has to be present: %(present)s of %(entitled)s are not enough."),
                present=meeting.present,
                entitled=meeting.entitled,
            )
        )
    if not (meeting.chair and meeting.recorder):
        found.append(Refused(_("Enter who chaired the meeting and who recorded it.")))
    if not meeting.minutes:
        found.append(Refused(_("Write into the minutes what was discussed.")))
    return found


def _missing_of_people(lines: list[Line]) -> list[Refused]:
    undecided = [line for line in lines if line.entry.rank is not None and not line.decision.outcome]
    unexplained = [line for line in lines if line.lacks_reason]
    found = []
    if undecided:
        found.append(Refused(_("Decide about everybody who is ranked. Open: %(names)s."), names=_names(undecided)))
    if unexplained:
        found.append(
            Refused(
                _("Give a reason where the decision departs from the order. Missing: %(names)s."),
                names=_names(unexplained),
            )
        )
    return found


def _names(lines: list[Line]) -> str:
    names = listed(line.entry.name for line in lines[:NAMES_SHOWN])
    return names if len(lines) <= NAMES_SHOWN else f"{names} …"


def _counted(meeting: DecisionMeeting, lines: list[Line]) -> dict[str, object]:
    outcomes = [line.decision.outcome for line in lines]
    return {
        "sheet": meeting.number,
        "held_on": f"{meeting.held_on:%Y-%m-%d}",
        "selected": outcomes.count(Outcome.SELECTED),
        "not_selected": outcomes.count(Outcome.NOT_SELECTED),
        "postponed": outcomes.count(Outcome.POSTPONED),
        "departing": sum(line.departure is not None for line in lines),
    }


def _review(meeting: DecisionMeeting, state: str, signed: Signature, now: datetime) -> None:
    meeting.state, meeting.reviewed_at = state, now
    meeting.reviewer, meeting.reviewer_name = signed.user, signed.user.name
    meeting.reviewer_role, meeting.reviewer_for = signed.role, signed.holder
    meeting.save()


def _signature(by: User, permission: Permission, meeting: DecisionMeeting, now: datetime) -> Signature:
    signed = freezings.signature(by, permission, meeting.branch, timezone.localdate(now))
    if signed is None:
        raise Refused(_("You hold no office any more that signs for %(branch)s."), branch=meeting.branch.name)
    return signed


def _tell_offices(meeting: DecisionMeeting, kind: str, permission: Permission, *, by: User, now: datetime) -> None:
    """A message to everybody who holds the right there, but to whoever did it."""
    people = [user for user in holders(permission, meeting.branch, timezone.localdate(now)) if user.pk != by.pk]
    url = reverse("evaluations:decision", args=[meeting.pk])
    notify(people, kind, key=f"{meeting.pk}:{meeting.state}", context=_words(meeting), url=url)


def _tell_people(meeting: DecisionMeeting, kind: str) -> None:
    """A message to everybody about whom was decided; what was decided stands on the own page only."""
    decided = meeting.decisions.exclude(outcome="").filter(entry__member__user__isnull=False)
    people = User.objects.filter(member__in=decided.values("entry__member"), is_active=True)
    url = reverse("evaluations:own_ranking", args=[meeting.run_id])
    notify(people, kind, key=str(meeting.pk), context=_words(meeting), url=url)


def _words(meeting: DecisionMeeting) -> dict[str, str]:
    run = meeting.run
    return {
        "purpose": run.purpose,
        "branch": run.branch.name,
        "months": f"{run.first_month:%Y-%m} – {run.last_month:%Y-%m}",
        "signer": meeting.signer_name,
        "reviewer": meeting.reviewer_name,
        "reason": meeting.reason,
    }
