"""How does an outside judge get in: by a link that works once, and only when he presses the button?"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop as _

from branchportal import audit
from evaluations.models import DefenceJudge, DefenceSession
from evaluations.refusals import Refused
from evaluations.services.defences.holding import hold, lead
from evaluations.stages import DefenceState, DefenceStep
from members.models import User

CODE_BYTES = 20  # cannot be guessed, so a plain hash is enough


@transaction.atomic
def make_link(*, judge: DefenceJudge, by: User, now: datetime, as_of: datetime) -> str:
    """The code of a fresh link, which is kept nowhere; earlier ones, and whoever came in by them, are out.

    A page sent twice makes one: it is refused when one was made after `as_of`. Raises Refused.
    """
    session = lead(judge.session, DefenceStep.LINK, by=by, now=now)
    judge = session.judges.get(pk=judge.pk)
    if not judge.is_outside:
        raise Refused(_("%(name)s has an account and signs in with it."), name=judge.name)
    if judge.code_made_at is not None and judge.code_made_at > as_of:
        raise Refused(
            _("A link for %(name)s has just been made. Use that one, or reload the page to make another."),
            name=judge.name,
        )
    code = secrets.token_urlsafe(CODE_BYTES)
    judge.code_hash, judge.code_made_at, judge.code_spent_at = hash_of(code), now, None
    judge.save(update_fields=["code_hash", "code_made_at", "code_spent_at"])
    after = {"judge": judge.name}
    audit.record("defence.link_made", by=by, subject=session, branch=session.branch, after=after)
    return code


def judge_behind(code: str) -> DefenceJudge | None:
    """Whose link this is, spent or not; looking spends nothing."""
    return DefenceJudge.objects.filter(code_hash=hash_of(code)).select_related("session__branch").first()


@transaction.atomic
def spend(*, code: str, now: datetime) -> DefenceJudge:
    """Spend the link; of parallel presses one succeeds. Raises Refused, saying what to do."""
    judge = judge_behind(code)
    if judge is None:
        raise Refused(_("This link is not valid, or a newer one has been made: ask whoever sent it."))
    if judge.session.state == DefenceState.PREPARING:
        raise Refused(_("The session has not opened yet. The link works from then on, and nothing is spent now."))
    session = hold(judge.session, DefenceStep.SCORE)
    spent = session.judges.filter(pk=judge.pk, code_hash=hash_of(code), code_spent_at=None).update(code_spent_at=now)
    if not spent:
        raise Refused(_("This link has been used already. Ask whoever leads the session for a new one."))
    after = {"judge": judge.name}
    audit.record("defence.link_spent", by=None, subject=session, branch=session.branch, after=after)
    return judge


def seat(session: DefenceSession, code_hash: str) -> DefenceJudge | None:
    """The outside judge who came in by this link, while the session is under way and no newer link was made."""
    if not code_hash or session.state != DefenceState.OPEN:
        return None
    return session.judges.filter(code_hash=code_hash, user=None, code_spent_at__isnull=False).first()


def hash_of(code: str) -> str:
    """What is kept of a code."""
    return hashlib.sha256(code.encode()).hexdigest()
