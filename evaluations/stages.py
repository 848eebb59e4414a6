"""In which state is a member's card of a month, or a defence, and what may be done with it? Tables; pure."""

from __future__ import annotations

from enum import StrEnum

from evaluations.deadlines import Phase


class CardState(StrEnum):
    """What the card shows. Only submitted points count; a draft is what was typed since."""

    OFF = "off"
    PLANNED = "planned"
    NOT_FILER = "not_filer"
    EMPTY = "empty"
    DRAFT = "draft"
    RETURNED = "returned"  # by the branch; what was submitted is a draft again
    SUBMITTED = "submitted"
    CHANGED = "changed"  # submitted, and changed since
    MISSED = "missed"  # the deadline passed without a word
    MISSED_DRAFT = "missed_draft"
    FINAL = "final"  # submitted, the deadline has passed
    FINAL_DRAFT = "final_draft"  # the same with a newer draft that does not count

    @property
    def is_open(self) -> bool:
        return self in {
            CardState.EMPTY, CardState.DRAFT, CardState.RETURNED, CardState.SUBMITTED, CardState.CHANGED,
        }  # fmt: skip

    @property
    def is_submitted(self) -> bool:
        return self in {CardState.SUBMITTED, CardState.CHANGED, CardState.FINAL, CardState.FINAL_DRAFT}


# (filing is open, something was submitted, there is a draft) → state
STATES: dict[tuple[bool, bool, bool], CardState] = {
    (True, False, False): CardState.EMPTY,
    (True, False, True): CardState.DRAFT,
    (True, True, False): CardState.SUBMITTED,
    (True, True, True): CardState.CHANGED,
    (False, False, False): CardState.MISSED,
    (False, False, True): CardState.MISSED_DRAFT,
    (False, True, False): CardState.FINAL,
    (False, True, True): CardState.FINAL_DRAFT,
}


def card_state(
    *, phase: Phase, is_open: bool, may_file: bool, is_submitted: bool, has_draft: bool, is_returned: bool = False
) -> CardState:
    """Return the state of one card now; `is_open` says whether this card may still be submitted."""
    if phase == Phase.OFF:
        return CardState.OFF
    if phase == Phase.PLANNED:
        return CardState.PLANNED
    if not may_file and not is_submitted:
        return CardState.NOT_FILER
    if is_open and is_returned:
        return CardState.RETURNED
    return STATES[is_open, is_submitted, has_draft]


class DefenceState(StrEnum):
    """How far a defence is."""

    PREPARING = "preparing"
    OPEN = "open"
    CLOSED = "closed"


class DefenceStep(StrEnum):
    """What may be done with a defence."""

    EDIT = "edit"  # criteria, panel, speakers
    LINK = "link"  # let an outside judge in
    DRAW = "draw"  # draw the order and open
    DATE = "date"  # correct its day
    SCORE = "score"
    RECUSE = "recuse"
    CLOSE = "close"
    READ_SCORES = "read_scores"


DEFENCE_STEPS: dict[DefenceState, frozenset[DefenceStep]] = {
    DefenceState.PREPARING: frozenset({DefenceStep.EDIT, DefenceStep.LINK, DefenceStep.DRAW}),
    DefenceState.OPEN: frozenset(
        {DefenceStep.LINK, DefenceStep.DATE, DefenceStep.SCORE, DefenceStep.RECUSE, DefenceStep.CLOSE}
    ),
    DefenceState.CLOSED: frozenset({DefenceStep.READ_SCORES}),
}


HIMSELF, OWN_BRANCH = "himself", "own_branch"  # why the portal itself recuses a judge (in words: labels.py)


class ScoreState(StrEnum):
    """How far one judge is with one speaker."""

    EMPTY = "empty"
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RECUSED = "recused"


def score_state(*, is_submitted: bool, is_recused: bool, has_draft: bool) -> ScoreState:
    """Return how far one judge is with one speaker."""
    if is_recused:
        return ScoreState.RECUSED
    if is_submitted:
        return ScoreState.SUBMITTED
    return ScoreState.DRAFT if has_draft else ScoreState.EMPTY
