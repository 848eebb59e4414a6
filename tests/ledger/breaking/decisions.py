"""How are decisions of branch committees broken by hand?"""

from __future__ import annotations

from branchportal.ledger import place
from evaluations.models import Decision, DecisionMeeting, Freezing
from tests.ledger.breaking.by_hand import breaks, change, drop_line_about, first


@breaks("decisions.frozen")
def _() -> list[str]:
    meeting = first(DecisionMeeting, state="consented")
    change(first(Freezing, run=meeting.run, state="frozen"), state="overtaken")
    return [place(DecisionMeeting, meeting.pk)]


@breaks("decisions.reasons")
def _() -> list[str]:
    decision = Decision.objects.filter(meeting__state="consented").exclude(reason="")[0]
    return change(decision, reason="")


@breaks("decisions.one")
def _() -> list[str]:
    meeting = first(DecisionMeeting, state="consented")
    DecisionMeeting.objects.create(
        run=meeting.run, number=meeting.number + 1, state="sent_back", reason="请补充", held_on=meeting.held_on,
        entitled=5, present=5, chair="王书记", minutes="讨论", saved_at=meeting.saved_at, saved_by=meeting.saved_by,
        signer=meeting.signer, recorded_at=meeting.recorded_at, reviewer=meeting.reviewer,
        reviewed_at=meeting.reviewed_at,
    )  # fmt: skip
    return [place(DecisionMeeting, meeting.pk)]


@breaks("decisions.others")
def _() -> list[str]:
    meeting = first(DecisionMeeting, state="consented")
    return change(meeting, signer_for=meeting.reviewer)


@breaks("decisions.recorded")
def _() -> list[str]:
    return drop_line_about(DecisionMeeting, "decision.consented")
