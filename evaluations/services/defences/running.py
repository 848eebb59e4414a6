"""How does a defence open, with its order drawn, and how does it close, once, with a snapshot of what counts?"""

from __future__ import annotations

import secrets
from collections import defaultdict
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from branchportal import audit
from branchportal.notifications import notify
from evaluations.defence_scores import outcomes, read_criteria, score_of
from evaluations.models import DefenceJudge, DefenceSession, DefenceSpeaker, JudgeScore
from evaluations.queries import defences as queries
from evaluations.refusals import Refused
from evaluations.sampling import drawn
from evaluations.services.defences.holding import allow, given_reason, lead, locked, refuse_speaker
from evaluations.stages import HIMSELF, OWN_BRANCH, DefenceState, DefenceStep
from members.models import User


@transaction.atomic
def open_session(*, session: DefenceSession, by: User, now: datetime, seed: str = "") -> DefenceSession:
    """Draw the order and let the judges in; a session that is open already is returned as it is.

    Raises Refused, also for whoever speaks in it.
    """
    session = locked(session)
    if session.state == DefenceState.OPEN:
        return session
    allow(session, DefenceStep.DRAW)
    refuse_speaker(session, by=by, now=now)
    _refuse_later(session.held_on, now)
    speakers, judges = list(queries.speakers(session)), list(session.judges.select_related("user__member"))
    if not speakers or not judges:
        raise Refused(_("Choose at least one speaker and one judge before the order is drawn."))
    session.seed = seed or secrets.token_hex(8)
    by_number = {speaker.number: speaker for speaker in speakers}
    order = drawn(session.seed, by_number, len(speakers))
    for place, number in enumerate(order, start=1):
        speaker = by_number[number]
        speaker.position, speaker.drawn_number, speaker.drawn_name = place, number, speaker.name
    DefenceSpeaker.objects.bulk_update(speakers, ["position", "drawn_number", "drawn_name"])
    session.state, session.opened_at, session.opened_by = DefenceState.OPEN, now, by
    session.save(update_fields=["seed", "state", "opened_at", "opened_by"])
    _recuse_from_own(judges, speakers, now)
    after = {"seed": session.seed, "order": [f"{by_number[number].name} {number}" for number in order]}
    audit.record("defence.opened", by=by, subject=session, branch=session.branch, after=after)
    url = reverse("evaluations:judge", args=[session.pk])
    notify([judge.user for judge in judges if judge.user], "defence_opened", key=f"defence:{session.pk}",
           context={"title": session.title}, url=url)  # fmt: skip
    return session


@transaction.atomic
def close(*, session: DefenceSession, by: User, now: datetime) -> DefenceSession:
    """End the session with what was submitted: each score is in the snapshot, or comes too late and is refused.

    Once: a session that is closed already is returned as it is. Raises Refused before it has opened, and for
    whoever speaks in it.
    """
    session = locked(session)
    if session.state == DefenceState.CLOSED:
        return session
    allow(session, DefenceStep.CLOSE)
    refuse_speaker(session, by=by, now=now)
    speakers = list(queries.speakers(session).select_related("member__user"))
    submitted = snapshot(session)
    found = outcomes({speaker.pk: [score for _judge, score in submitted[speaker.pk]] for speaker in speakers})
    for speaker in speakers:
        speaker.scores = submitted[speaker.pk]
        speaker.total, speaker.rank = found[speaker.pk].total, found[speaker.pk].rank
    DefenceSpeaker.objects.bulk_update(speakers, ["scores", "total", "rank"])
    session.state, session.closed_at, session.closed_by = DefenceState.CLOSED, now, by
    session.save(update_fields=["state", "closed_at", "closed_by"])
    after: dict[str, Any] = {"scores": sum(map(len, submitted.values())), "speakers": len(speakers)}
    if lost := queries.given_back(session):
        after["given_back"] = lost
    audit.record("defence.closed", by=by, subject=session, branch=session.branch, after=after)
    heard = [speaker.member.user for speaker in speakers if speaker.member and speaker.member.user]
    notify(heard, "defence_closed", key=f"defence:{session.pk}", context={"title": session.title},
           url=reverse("evaluations:own_defence", args=[session.pk]))  # fmt: skip
    return session


@transaction.atomic
def correct_day(*, session: DefenceSession, held_on: date, reason: str, by: User, now: datetime) -> DefenceSession:
    """Correct the day of a session that is under way; the same day changes nothing. Raises Refused."""
    session = lead(session, DefenceStep.DATE, by=by, now=now)
    reason = given_reason(reason)
    _refuse_later(held_on, now)
    if session.held_on == held_on:
        return session
    before, session.held_on = session.held_on, held_on
    session.version += 1
    session.save(update_fields=["held_on", "version"])
    audit.record("defence.dated", by=by, subject=session, branch=session.branch, before={"held_on": before},
                 after={"held_on": held_on}, reason=reason)  # fmt: skip
    return session


def snapshot(session: DefenceSession) -> dict[int, list[list]]:
    """{speaker: [[judge, score], …] in the panel's order} of what is submitted now."""
    criteria = read_criteria(session.criteria)
    rows = JudgeScore.objects.filter(judge__session=session, submitted_at__isnull=False)
    found: dict[int, list[list]] = defaultdict(list)
    for judge, speaker, marks in rows.order_by("judge__position").values_list("judge", "speaker", "marks"):
        found[speaker].append([judge, score_of(criteria, marks)])
    return found


def _refuse_later(day: date, now: datetime) -> None:
    if day > timezone.localdate(now):
        raise Refused(_("The session is dated %(day)s, which has not come yet: correct its date first."), day=day)


def _recuse_from_own(judges: list[DefenceJudge], speakers: list[DefenceSpeaker], now: datetime) -> None:
    """Nobody judges himself or the own branch."""
    rows = []
    for judge in judges:
        member = getattr(judge.user, "member", None) if judge.user else None
        for speaker in speakers if member is not None else ():
            if speaker.member_id == member.pk:
                rows.append((judge, speaker, HIMSELF))
            elif speaker.branch_id is not None and speaker.branch_id == member.branch_id:
                rows.append((judge, speaker, OWN_BRANCH))
    JudgeScore.objects.bulk_create(
        JudgeScore(judge=judge, speaker=speaker, recused_at=now, recused_for=why, saved_at=now)
        for judge, speaker, why in rows
    )
