"""How does a judge score, flag a conflict of interest, and get a submitted score back?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop as _

from branchportal import audit
from evaluations.deadlines import month_of
from evaluations.defence_scores import is_mark, read_criteria
from evaluations.models import DefenceJudge, DefenceSession, DefenceSpeaker, JudgeScore
from evaluations.queries.defences import KIND_OF
from evaluations.refusals import Refused, StaleReviewError
from evaluations.services.defences.holding import given_reason, hold, lead, refuse_speaker
from evaluations.services.scheme_sealing import seal_first_figure
from evaluations.stages import HIMSELF, OWN_BRANCH, DefenceStep
from members.models import User


@dataclass(frozen=True)
class Marks:
    """What stands on a judge's page, a text per criterion; `page` and `step` as on the card (see self_reviews)."""

    values: Sequence[str]
    page: str = ""
    step: int = 0


@transaction.atomic
def keep_draft(
    *, judge: DefenceJudge, speaker: DefenceSpeaker, marks: Marks, version: int, now: datetime
) -> JudgeScore:
    """Keep what was typed so far; it counts for nothing. Raises Refused, or StaleReviewError."""
    session = hold(judge.session, DefenceStep.SCORE)
    score = _locked(judge, speaker, now)
    _refuse(score, session, marks, complete=False)
    draft = {"marks": list(marks.values), "page": marks.page, "step": marks.step}
    if score.draft == draft:  # the same save again
        return score
    _check_version(score, marks, version)
    score.draft = draft
    score.version, score.saved_at = score.version + 1, now
    score.save(update_fields=["draft", "version", "saved_at"])
    return score


@transaction.atomic
def submit(
    *, judge: DefenceJudge, speaker: DefenceSpeaker, marks: Marks, version: int, by: User | None, now: datetime
) -> JudgeScore:
    """Make the marks count and lock them; the same again changes nothing. Raises Refused, or StaleReviewError."""
    session = hold(judge.session, DefenceStep.SCORE)
    score = _locked(judge, speaker, now)
    if score.marks == list(marks.values):
        return score
    _refuse(score, session, marks, complete=True)
    _check_version(score, marks, version)
    score.marks, score.draft, score.submitted_at, score.saved_at = list(marks.values), None, now, now
    score.version += 1
    score.save()
    _record("defence.submitted", score, by=by)
    if session.kind in KIND_OF.values():
        seal_first_figure(branch=session.branch, month=month_of(session.held_on), now=now)
    return score


@transaction.atomic
def recuse(*, judge: DefenceJudge, speaker: DefenceSpeaker, reason: str, by: User | None, now: datetime) -> JudgeScore:
    """Take a judge out for one speaker, by himself or by whoever leads the session; what he typed goes.

    Once; a submitted score is given back first, and then the judge alone may do it: whoever leads the session takes no
    score away. Raises Refused.
    """
    hold(judge.session, DefenceStep.RECUSE)
    is_own = by is None or by.pk == judge.user_id
    if not is_own:
        refuse_speaker(judge.session, by=by, now=now)
    reason = given_reason(reason)
    score = _locked(judge, speaker, now)
    if score.recused_at is not None:
        return score
    if score.submitted_at is not None:
        raise Refused(_("This score is submitted: it is given back first, with a reason."))
    if score.reopened_for and not is_own:
        raise Refused(
            _("This score was submitted once and given back: only the judge himself can still say that he is recused.")
        )
    score.draft, score.recused_at, score.recused_for, score.saved_at = None, now, reason, now
    score.version += 1
    score.save()
    _record("defence.recused", score, by=by, reason=reason)
    return score


@transaction.atomic
def reopen(*, judge: DefenceJudge, speaker: DefenceSpeaker, reason: str, by: User, now: datetime) -> JudgeScore:
    """Give a submitted score back to its judge, as a draft with its marks; nobody does so for himself.

    A score that is not submitted is returned as it is. Raises Refused.
    """
    lead(judge.session, DefenceStep.RECUSE, by=by, now=now)
    if judge.user_id == by.pk:
        raise Refused(_("These are your own scores: somebody else who leads the session gives them back."))
    reason = given_reason(reason)
    score = _locked(judge, speaker, now)
    if score.submitted_at is None:
        return score
    score.draft = {"marks": score.marks, "page": "", "step": 0}
    score.marks, score.submitted_at, score.reopened_for, score.saved_at = None, None, reason, now
    score.version += 1
    score.save()
    _record("defence.reopened", score, by=by, reason=reason)
    return score


@transaction.atomic
def restore(*, judge: DefenceJudge, speaker: DefenceSpeaker, reason: str, by: User, now: datetime) -> JudgeScore:
    """Let a judge score again who was recused by a slip; nobody does so for himself.

    A judge who is not recused is left as he is; one whom the portal recused stays so. Raises Refused.
    """
    lead(judge.session, DefenceStep.RECUSE, by=by, now=now)
    if judge.user_id == by.pk:
        raise Refused(_("You are recused yourself: somebody else who leads the session takes that back."))
    reason = given_reason(reason)
    score = _locked(judge, speaker, now)
    if score.recused_at is None:
        return score
    if score.recused_for in {HIMSELF, OWN_BRANCH}:
        raise Refused(_("Nobody judges himself or the own branch: this stays as it is."))
    before = {"reason": score.recused_for}
    score.recused_at, score.recused_for, score.saved_at = None, "", now
    score.version += 1
    score.save()
    _record("defence.restored", score, by=by, reason=reason, before=before)
    return score


def _locked(judge: DefenceJudge, speaker: DefenceSpeaker, now: datetime) -> JudgeScore:
    """The row of this judge and this speaker, made if need be; the session's lock keeps others out."""
    score, _created = JudgeScore.objects.get_or_create(judge=judge, speaker=speaker, defaults={"saved_at": now})
    score.judge, score.speaker = judge, speaker
    return score


def _refuse(score: JudgeScore, session: DefenceSession, marks: Marks, *, complete: bool) -> None:
    if score.recused_at is not None:
        raise Refused(_("You are recused here and give no score."))
    if score.submitted_at is not None:
        raise Refused(
            _("Your score is submitted and locked. If it is wrong, ask whoever leads the session to give it back.")
        )
    criteria = read_criteria(session.criteria)
    if len(marks.values) != len(criteria):
        raise Refused(_("The criteria were others when this page was opened: reload it."))
    for text, criterion in zip(marks.values, criteria, strict=True):
        if not text and not complete:
            continue
        if not is_mark(text, criterion):
            raise Refused(
                _("%(label)s: give points from 0 to %(highest)s, with one decimal at most."),
                label=criterion.label,
                highest=criterion.highest,
            )


def _check_version(score: JudgeScore, marks: Marks, version: int) -> None:
    """Newer words are never overwritten unseen; those of the own page, or the same ones, are no conflict."""
    draft = score.draft or {}
    is_own_page = bool(marks.page) and draft.get("page") == marks.page and draft["step"] <= marks.step
    if score.version != version and not is_own_page and draft.get("marks") != list(marks.values):
        raise StaleReviewError(score)


def _record(
    action: str, score: JudgeScore, *, by: User | None, reason: str = "", before: dict[str, str] | None = None
) -> None:
    """What happened, never the score itself: nobody reads it before the closing."""
    session = score.judge.session
    after = {"judge": score.judge.name, "speaker": f"{score.speaker.name} {score.speaker.number}"}
    audit.record(action, by=by, subject=session, branch=session.branch, before=before, after=after, reason=reason)
