"""How does a member's own review of a month get from the first tap to what counts?

Typed words are kept as a draft; only `submit` makes them count. Every write of one card waits for the one before it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import models, transaction
from django.utils.translation import gettext_noop as _

from branchportal import audit
from branchportal.prepared import prepared
from evaluations.deadlines import SHANGHAI, Phase, Window
from evaluations.dimensions import DIMENSIONS, is_complete, is_on_scale
from evaluations.models import Cycle, ReviewAnswer, SelfReview
from evaluations.queries.answers import answers_of, open_return
from evaluations.queries.self_reviews import Card, card_of, filing_end
from evaluations.refusals import Refused, StaleReviewError
from evaluations.services import months, scheme_sealing
from evaluations.services.review_answers import RETURNED, note_resubmission
from evaluations.stages import CardState
from members.models import Member, User

LONGEST_NOTE = 200


@dataclass(frozen=True)
class Words:
    """What stands on a card: {dimension: points or None} and {dimension: one line}.

    `page` names the opened page that typed them, `step` counts its saves: an answer that got lost on the way makes
    the page send again, and it must neither meet itself as a stranger nor be overtaken by its own older words. A page
    that goes on where a killed one ended takes over its name, far ahead in steps.
    """

    points: dict[str, int | None]
    notes: dict[str, str] = field(default_factory=dict)
    page: str = ""
    step: int = 0


def save_draft(
    *, member: Member, cycle: Cycle, words: Words, version: int, by: User, now: datetime, card: Card | None = None
) -> SelfReview:
    """Keep what was typed so far; `version` is the one the page was made from, 0 for a card without a row.

    After the deadline the words are kept too and count for nothing. `card`, where the caller has just read it, spares
    reading it again. Raises Refused or StaleReviewError.
    """
    card = _own_card(member, cycle, by, now, card)
    _check_words(cycle, words)
    with transaction.atomic():
        review = _locked_row(card, now)
        if _is_kept_already(review, words):
            return review
        _check_version(review, words, version)
        _keep(review, words, now)
    return review


def submit(
    *, member: Member, cycle: Cycle, words: Words, version: int, by: User, now: datetime, card: Card | None = None
) -> SelfReview:
    """Make five points and their notes count. The same words again change nothing. `card`: see save_draft.

    After the deadline the words become a draft and Refused says so; StaleReviewError if another page or phone has
    saved in between, or the branch has returned the review: nothing is written then.
    """
    card = _own_card(member, cycle, by, now, card)
    if not is_complete(words.points):
        raise Refused(_("Choose one answer in each of the five dimensions, then submit."))
    with transaction.atomic():
        window, refusal = _held_open(card)
        _check_words(card.cycle, words)
        review = _locked_row(card, now)
        if _says_the_same(review, words):
            return review
        _check_version(review, words, version)
        said = answers_of(review) if review.version else []
        refusal = refusal or _too_late(card, window, review, said, now)
        if refusal:
            _keep(review, words, now)
        else:
            _hand_in(review, words, window, said, by=by, now=now)
    if refusal:
        raise refusal
    return review


def discard_draft(
    *, member: Member, cycle: Cycle, version: int, by: User, now: datetime, card: Card | None = None
) -> None:
    """Drop what was typed since the submission (or all, before one). `card`: see save_draft.

    Raises StaleReviewError.
    """
    card = _own_card(member, cycle, by, now, card)
    with transaction.atomic():
        review = SelfReview.objects.select_for_update().filter(member=member, cycle=card.cycle).first()
        if review is None or review.draft is None:
            return
        if review.version != version:
            raise StaleReviewError(review)
        review.draft, review.saved_at = None, now
        review.version += 1
        review.save(update_fields=["draft", "saved_at", "version"])


def _own_card(member: Member, cycle: Cycle, by: User, now: datetime, card: Card | None) -> Card:
    if member.user_id is None or member.user_id != by.pk:
        raise Refused(_("A self-review is filed by the member himself and by nobody else."))
    card = card or card_of(member, cycle.month, now)
    if card is None or card.state == CardState.NOT_FILER:
        raise Refused(
            _("At your present stage no self-review is filed. If your stage is wrong, ask your branch secretary.")
        )
    if card.state == CardState.PLANNED:
        raise Refused(_("This month has not begun. Its card opens on its first day."))
    return card


def _check_words(cycle: Cycle, words: Words) -> None:
    if not is_on_scale(words.points, in_grades=cycle.scale == Cycle.Scale.GRADES):
        raise Refused(_("Points are one of the five grades, or a whole number from 0 to 100."))
    if any(len(note) > LONGEST_NOTE for note in words.notes.values()):
        raise Refused(_("A note has at most 200 characters. Shorten it."))


def _held_open(card: Card) -> tuple[Window, Refused | None]:
    """The window as it stands for the rest of this transaction; why nothing can be submitted if it has closed."""
    try:
        return months.hold_open(cycle=card.cycle, branch=card.branch), None
    except Refused:
        return card.window, Refused(_("This month is closed. What you typed is kept as a draft."))


def _too_late(
    card: Card, window: Window, review: SelfReview, said: list[ReviewAnswer], now: datetime
) -> Refused | None:
    """Why the words may not be submitted now, whatever the page had shown."""
    phase = window.phase(now)
    if phase == Phase.OFF:
        return Refused(
            _("This month has been switched off: no self-review is needed. What you typed is kept as a draft.")
        )
    end = filing_end(window, card.branch, review, said, now)
    if phase in {Phase.FILING, Phase.RATING} and now < end:
        return None
    return Refused(
        _(
            "Too late: self-reviews were due until %(day)s, 23:59. What you typed is kept as a draft and does not "
            "count. If you had a reason, tell your branch secretary."
        ),
        day=_last_day(end),
    )


def _last_day(end: datetime) -> date:
    return (end - timedelta(minutes=1)).astimezone(SHANGHAI).date()


def _locked_row(card: Card, now: datetime) -> SelfReview:
    """The card's row, made if need be, until the transaction ends."""
    if card.review is None:
        blank = SelfReview(cycle=card.cycle, member=card.member, branch=card.branch, saved_at=now, version=0)
        SelfReview.objects.bulk_create([blank], ignore_conflicts=True)
    (review,) = _for_update(member=card.member.pk, cycle=card.cycle.pk)
    review.member, review.cycle = card.member, card.cycle
    if review.branch_id == card.branch.pk:
        review.branch = card.branch
    return review


@prepared(member=models.BigIntegerField(), cycle=models.BigIntegerField())
def _for_update(member, cycle):
    return SelfReview.objects.select_for_update().filter(member=member, cycle=cycle)


def _says_the_same(review: SelfReview, words: Words) -> bool:
    """A second tap, or a form sent twice."""
    return review.draft is None and not review.from_paper and _is_submitted(review, words)


def _is_submitted(review: SelfReview, words: Words) -> bool:
    return review.submitted_at is not None and (review.points, review.notes) == (words.points, words.notes)


def _is_kept_already(review: SelfReview, words: Words) -> bool:
    """The same save again, or these are what was submitted."""
    return (_is_of_page(review, words) and review.draft["step"] == words.step) or _says_the_same(review, words)


def _is_of_page(review: SelfReview, words: Words) -> bool:
    """The draft was typed on the page that sends these words."""
    return bool(words.page) and (review.draft or {}).get("page") == words.page


def _check_version(review: SelfReview, words: Words, version: int) -> None:
    """Newer words are never overwritten unseen; those of the own page, or the same ones, are no conflict."""
    draft = review.draft or {}
    is_own_page = _is_of_page(review, words) and draft["step"] < words.step
    is_same = bool(draft) and draft.get("page") != RETURNED and (draft["points"], draft["notes"]) == (
        words.points, words.notes,
    )  # fmt: skip
    if review.version != version and not is_own_page and not is_same:
        raise StaleReviewError(review)


def _keep(review: SelfReview, words: Words, now: datetime) -> None:
    """Words that are back at what was submitted are no draft."""
    draft = {"points": words.points, "notes": words.notes, "page": words.page, "step": words.step}
    review.draft = None if _is_submitted(review, words) else draft
    review.saved_at = now
    review.version += 1
    review.save(update_fields=["draft", "saved_at", "version"])


def _hand_in(
    review: SelfReview, words: Words, window: Window, said: list[ReviewAnswer], *, by: User, now: datetime
) -> None:
    before = review.points if review.submitted_at else {}
    was_in_time = (review.submitted_at is not None and not review.is_late) or any(
        answer.is_return and not answer.was_late for answer in said
    )
    review.is_late = window.is_late(now, was_in_time=was_in_time)
    for dimension in DIMENSIONS:
        setattr(review, dimension, words.points[dimension])
    review.notes, review.draft, review.from_paper = words.notes, None, False
    review.submitted_at, review.submitted_by, review.saved_at = now, by, now
    review.version += 1
    review.save()
    if open_return(said):
        note_resubmission([review], now=now)
    audit.record("self_review.submitted", by=by, subject=review, before=before, after=review.points)
    scheme_sealing.seal_first_rating(branch=review.branch, month=review.cycle.month, now=now)
