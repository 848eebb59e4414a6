"""How does a member fill in, keep and submit the card of a month?"""

from __future__ import annotations

import secrets
from datetime import date, datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views import View

from branchportal.wording import sentences
from evaluations.deadlines import month_of
from evaluations.dimensions import DIMENSIONS, GRADE_POINTS
from evaluations.forms.review_card import ReviewCardForm
from evaluations.labels import DIMENSION_LABELS, GRADE_LABELS
from evaluations.models import Cycle, SelfReview
from evaluations.queries.answers import answers_of, newest_answer, open_return
from evaluations.queries.months import next_cycle
from evaluations.queries.self_reviews import Card, card_of
from evaluations.refusals import Refused, StaleReviewError
from evaluations.services import self_reviews
from evaluations.views.card_words import answer_lines, last_minute, last_text
from members.access import PortalView
from members.models import Member
from members.roles import Permission

PAGE_BYTES = 8


class OwnCardView(PortalView, View):
    """What every address of a card begins with: the person himself, the month, the card as it stands."""

    permission = Permission.FILE_SELF_REVIEW

    @cached_property
    def now(self) -> datetime:
        return timezone.now()

    @cached_property
    def month(self) -> date:
        return self.kwargs.get("month") or month_of(self.now)

    @cached_property
    def member(self) -> Member:
        member = getattr(self.request.user, "member", None)
        if member is None:
            raise Http404
        return member

    @cached_property
    def card(self) -> Card:
        card = card_of(self.member, self.month, self.now)
        if card is None:
            raise Http404
        return card

    @cached_property
    def sent(self) -> dict[str, Any]:
        """What every write of a card is told."""
        return {
            "member": self.member, "cycle": self.card.cycle, "by": self.request.user, "now": self.now,
            "card": self.card,
        }  # fmt: skip


class ReviewCardView(OwnCardView):
    """The card of a month: the form while it is open, what counts and what doesn't afterwards."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        card = card_of(self.member, self.month, self.now)
        if card is None and "month" in self.kwargs:
            raise Http404
        if card is None or not card.state.is_open:
            return render(request, "evaluations/review_card_closed.html", _closed_page(self.member, card, self.now))
        return render(request, "evaluations/review_card.html", _open_page(card, self.now))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        keep_only = "keep" in request.POST
        form = ReviewCardForm(request.POST, cycle=self.card.cycle, complete=not keep_only)
        if not form.is_valid():
            return self._again(form, status=422)
        save = self_reviews.save_draft if keep_only else self_reviews.submit
        try:
            save(words=form.words, version=form.sent_version, **self.sent)
        except StaleReviewError as stale:
            return self._again(form, stored=stale.current, status=409)
        except Refused as refusal:
            return self._again(form, refusal=str(refusal), status=409)
        return redirect("evaluations:review_of_month", month=self.month)

    def _again(
        self, form: ReviewCardForm, *, status: int, refusal: str = "", stored: SelfReview | None = None
    ) -> HttpResponse:
        """The form with everything that was typed, and what is wrong; a closed card shows the words it kept."""
        card = card_of(self.member, self.month, self.now)
        if refusal and not card.state.is_open:
            page = _closed_page(self.member, card, self.now)
            page["typed"] = page["typed"] or answer_lines(card.cycle, form.words.points, form.words.notes)
            return render(
                self.request, "evaluations/review_card_closed.html", {**page, "refusal": refusal}, status=status
            )
        page = {**_open_page(card, self.now, form), "refusal": refusal}
        if stored is not None:
            page["conflict"] = _conflict(card.cycle, stored)
        return render(self.request, "evaluations/review_card.html", page, status=status)


class ReviewDraftView(OwnCardView):
    """Keep words as they are typed; answers JSON for the page's script."""

    def post(self, request: HttpRequest, **kwargs: Any) -> JsonResponse:
        form = ReviewCardForm(request.POST, cycle=self.card.cycle, complete=False)
        form.is_valid()
        try:
            review = self_reviews.save_draft(words=form.words, version=form.sent_version, **self.sent)
        except StaleReviewError as stale:
            return JsonResponse(_conflict(self.card.cycle, stale.current), status=409)
        except Refused as refusal:
            return JsonResponse({"message": str(refusal)}, status=422)
        return JsonResponse(
            {
                "version": review.version,
                "saved": _clock(review.saved_at),
                "is_draft": review.draft is not None,
                "is_late": not self.card.state.is_open,
                "problem": sentences(message for _field, message in form.problems),
            }
        )


class DiscardDraftView(OwnCardView):
    """Go back to what was submitted."""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = ReviewCardForm(request.POST, cycle=self.card.cycle, complete=False)
        form.is_valid()
        try:
            self_reviews.discard_draft(version=form.sent_version, **self.sent)
        except StaleReviewError as stale:
            conflict = _conflict(self.card.cycle, stale.current)
            page = {**_open_page(self.card, self.now), "conflict": conflict}
            return render(request, "evaluations/review_card.html", page, status=409)
        except Refused:
            return redirect("evaluations:review_card")
        return redirect("evaluations:review_of_month", month=self.month)


def _open_page(card: Card, now: datetime, form: ReviewCardForm | None = None) -> dict[str, Any]:
    """What the open card shows; `form` is what was typed, if that could not be taken."""
    problems = dict(reversed(form.problems)) if form else {}
    return {
        **_frame(card, now),
        "fields": [_field(card, dimension, form, problems) for dimension in DIMENSIONS],
        "grades": [(grade.value, str(GRADE_LABELS[grade])) for grade in GRADE_POINTS],
        "grade_table": [(GRADE_LABELS[grade], points) for grade, points in GRADE_POINTS.items()],
        "problems": form.problems if form else [],
        "page": secrets.token_hex(PAGE_BYTES),
        "kept_page": _kept_page(card),
        "saved": _clock(card.review.saved_at) if card.review and card.review.draft else "",
        "draft_url": reverse("evaluations:review_draft", kwargs={"month": card.cycle.month}),
        "discard_url": reverse("evaluations:review_discard", kwargs={"month": card.cycle.month}),
        "on_paper": _submitted_answers(card) if card.state.is_submitted and card.review.from_paper else [],
        "login_url": f"{reverse('members:login')}?next={_url(card.cycle)}",
        "refusal": "",
        "conflict": None,
    }


def _closed_page(member: Member, card: Card | None, now: datetime) -> dict[str, Any]:
    following = next_cycle(card.branch if card else member.branch, now)
    if card is None:
        return {
            "card": None,
            "member": member,
            "branch": member.branch,
            "next": following,
            "month": month_of(now),
            "refusal": "",
        }
    review = card.review
    draft = review.draft if review else None
    return {
        **_frame(card, now),
        "next": following,
        "month": card.cycle.month,
        "submitted": _submitted_answers(card) if card.state.is_submitted else [],
        "typed": answer_lines(card.cycle, draft["points"], draft["notes"]) if draft else [],
        "draft_url": reverse("evaluations:review_draft", kwargs={"month": card.cycle.month}),
        "refusal": "",
    }


def _frame(card: Card, now: datetime) -> dict[str, Any]:
    return {
        "card": card,
        "member": card.member,
        "branch": card.branch,
        "in_grades": card.cycle.scale == Cycle.Scale.GRADES,
        "deadline": last_minute(card.window.reviews_end),
        "until": last_minute(card.until),
        "is_past_deadline": now >= card.window.reviews_end,
        "days_left": card.days_left(now),
        "url": _url(card.cycle),
        "answer": newest_answer(card.review, card.answers) if card.state.is_submitted else None,
        "history": _history(card),
    }


def _kept_page(card: Card) -> str:
    """Which opened page typed the draft that is stored: words of its own on the phone are newer, and no conflict."""
    return card.review.draft.get("page", "") if card.review and card.review.draft else ""


def _history(card: Card) -> list[tuple[Any, list]]:
    """What the branch said before, with the words it returned; nothing where its last word says it all."""
    said = [answer for answer in card.answers if answer != card.returned]
    if len(said) == 1 and not said[0].is_return:
        said = []
    return [
        (answer, answer_lines(card.cycle, answer.words["points"], answer.words["notes"]) if answer.words else [])
        for answer in said
    ]


def _field(card: Card, dimension: str, form: ReviewCardForm | None, problems: dict[str, str]) -> dict[str, Any]:
    """One dimension: what stands in it now (typed or stored), last month beside it, what is wrong."""
    points = card.shown_points.get(dimension)
    typed, note = _stored_value(card, points), card.shown_notes.get(dimension, "")
    if form is not None:
        typed, note = form.data.get(dimension, ""), form.data.get(f"{dimension}_note", "")
    return {
        "name": dimension.value,
        "label": DIMENSION_LABELS[dimension],
        "typed": typed,
        "note": note,
        "last": last_text(card, dimension),
        "problem": problems.get(dimension, ""),
        "note_problem": problems.get(f"{dimension}_note", ""),
    }


def _stored_value(card: Card, points: int | None) -> str:
    """As the field would send it: a grade's code or a figure."""
    if points is None:
        return ""
    if card.cycle.scale == Cycle.Scale.POINTS:
        return str(points)
    return next((grade.value for grade, worth in GRADE_POINTS.items() if worth == points), "")


def _submitted_answers(card: Card) -> list[tuple[Any, str, str]]:
    return answer_lines(card.cycle, card.review.points, card.review.notes)


def _conflict(cycle: Cycle, stored: SelfReview) -> dict[str, Any]:
    """What another page or phone has saved: shown beside what was typed here."""
    words = stored.draft or {"points": stored.points, "notes": stored.notes}
    lines = [
        [str(label), f"{points} · {note}" if note else points]
        for label, points, note in answer_lines(cycle, words["points"], words["notes"])
    ]
    returned = open_return(answers_of(stored))
    told = _("Your branch has returned this review: %(reason)s") % {"reason": returned.text} if returned else ""
    return {"version": stored.version, "saved": _clock(stored.saved_at), "lines": lines, "told": told}


def _clock(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "H:i")


def _url(cycle: Cycle) -> str:
    return reverse("evaluations:review_of_month", kwargs={"month": cycle.month})
