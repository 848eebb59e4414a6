"""How does everything that is done with one defence wait for the one before it?"""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_noop as _

from evaluations.models import DefenceSession
from evaluations.queries.defences import whose_lead
from evaluations.refusals import Refused
from evaluations.stages import DEFENCE_STEPS, DefenceState, DefenceStep
from members.models import User

REFUSALS = {
    DefenceState.PREPARING: _("This session has not opened yet: the order is drawn first."),
    DefenceState.OPEN: _("This session is under way: its panel, its speakers and its criteria stand."),
    DefenceState.CLOSED: _("This session is closed: nothing in it can be changed any more."),
}


def hold(session: DefenceSession, step: DefenceStep) -> DefenceSession:
    """The session as it stands, kept so until the caller's transaction ends.

    What is submitted is either in the snapshot of the closing or refused. Raises Refused where its state does not
    allow the step.
    """
    held = locked(session)
    allow(held, step)
    return held


def lead(session: DefenceSession, step: DefenceStep, *, by: User, now: datetime) -> DefenceSession:
    """The session as `hold` gives it, for whoever leads it. Raises Refused also where he speaks in it himself."""
    held = hold(session, step)
    refuse_speaker(held, by=by, now=now)
    return held


def refuse_speaker(session: DefenceSession, *, by: User, now: datetime) -> None:
    """Raise Refused, naming who may lead it, where `by` (or somebody for whom he stands in) speaks in the session."""
    if text := whose_lead(session, by, timezone.localdate(now)):
        raise Refused(text)


def given_reason(text: str) -> str:
    """The reason in one line. Raises Refused where there is none."""
    reason = " ".join(text.split())
    if not reason:
        raise Refused(_("Write the reason: it stands in the audit trail."))
    return reason


def allow(session: DefenceSession, step: DefenceStep) -> None:
    """Raise Refused, saying why, where the session's state does not allow the step."""
    state = DefenceState(session.state)
    if step not in DEFENCE_STEPS[state]:
        raise Refused(REFUSALS[state])


def locked(session: DefenceSession) -> DefenceSession:
    """The session as it stands, for this transaction alone. Raises Refused if it was thrown away."""
    rows = DefenceSession.objects.select_for_update(of=("self",), no_key=True).select_related("branch")
    found = rows.filter(pk=session.pk).first()
    if found is None:
        raise Refused(_("This session has been thrown away."))
    return found
