"""How do officers read the self-reviews of a month, answer them, and return one with a reason?"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from branchportal import audit
from evaluations.forms.answers import AnswerForm, ReturnForm, seen_submissions
from evaluations.labels import reply_time_label
from evaluations.models import SelfReview
from evaluations.queries import answers, spot_checks
from evaluations.queries.self_reviews import Card, card_of
from evaluations.refusals import Refused, StaleReviewError
from evaluations.services import review_answers
from evaluations.views.branch_months import BranchMonthView
from evaluations.views.card_words import answer_lines, beside_last_month, last_minute, last_title
from members.access import access_of
from members.models import Member
from members.roles import Permission


class ReviewsView(BranchMonthView):
    """Everybody's review of a month: submitted, late, returned, answered, missing."""

    permission = Permission.VIEW_REVIEWS

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        lines = answers.review_lines(self.cycle, self.branch, reader=request.user)
        waiting = [line for line in lines if line.waits and not line.is_own]
        time = answers.reply_time(lines)
        context = {
            "branch": self.branch,
            "cycle": self.cycle,
            "lines": lines,
            "waiting": len(waiting),
            "next_waiting": min(waiting, key=lambda line: line.review.submitted_at).member.pk if waiting else None,
            "submitted": sum(line.is_submitted for line in lines),
            "reply_time": reply_time_label(time) if time is not None else "",
            "may_answer": access_of(request.user).may_in(Permission.ANSWER_REVIEWS, self.branch),
        }
        return render(request, "evaluations/reviews/list.html", context)


class MemberReviewView(BranchMonthView):
    """What every page about one person's review begins with: the person, the card as it stands."""

    @cached_property
    def member(self) -> Member:
        people = answers.people_of_month(self.cycle, self.branch).select_related("branch")
        return get_object_or_404(people, pk=self.kwargs["member"])

    @cached_property
    def now(self) -> datetime:
        return timezone.now()

    @cached_property
    def card(self) -> Card:
        card = card_of(self.member, self.cycle.month, self.now)
        if card is None or (card.review.branch_id if card.review else card.branch.pk) != self.branch.pk:
            raise Http404
        return card

    @cached_property
    def review(self) -> SelfReview:
        if self.card.review is None:
            raise Http404
        return self.card.review

    def page(
        self,
        *,
        answer_form: AnswerForm | None = None,
        return_form: ReturnForm | None = None,
        status: int = 200,
        is_stale: bool = False,
    ) -> HttpResponse:
        """The review with whatever was typed about it."""
        card, review = self.card, self.card.review
        is_own = self.member.user_id is not None and self.member.user_id == self.request.user.pk
        is_submitted = review is not None and review.submitted_at is not None
        may_answer = is_submitted and not is_own and self._may(Permission.ANSWER_REVIEWS)
        initial = {"submission": review.submitted_at.isoformat()} if is_submitted else {}
        context = {
            "branch": self.branch,
            "cycle": self.cycle,
            "member": self.member,
            "card": card,
            "review": review,
            "is_own": is_own,
            "was_returned": any(said.is_return for said in card.answers),
            "is_submitted": is_submitted,
            "is_stale": is_stale,
            "unsent": "" if may_answer else _written(answer_form or return_form),
            "rows": beside_last_month(card) if is_submitted else [],
            "last_title": last_title(card),
            "spot_checks": spot_checks.findings(self.member, self.cycle),
            "answer": answers.newest_answer(review, card.answers) if is_submitted else None,
            "history": [(said, _returned_words(self.cycle, said)) for said in card.answers],
            "may_answer": may_answer,
            "may_return": may_answer and card.window.accepts_ratings(self.now),
            "returned_until": last_minute(card.window.ratings_end),
            "answer_form": answer_form or AnswerForm(initial=initial),
            "return_form": return_form or ReturnForm(initial=initial),
            "waiting": answers.awaiting_reply_by(self.request.user, self.cycle, self.branch).count(),
        }
        return render(self.request, "evaluations/reviews/review.html", context, status=status)

    def on_to_the_next(self, told: str) -> HttpResponse:
        """To the oldest review that still waits for an answer, else back to the list."""
        waiting = answers.awaiting_reply_by(self.request.user, self.cycle, self.branch)
        following = waiting.exclude(member=self.member).first()
        messages.success(self.request, told)
        address = {"code": self.branch.code, "month": self.cycle.month}
        if following is None:
            return redirect("evaluations:reviews", **address)
        return redirect("evaluations:member_review", **address, member=following.member_id)

    def stale(self, typed: AnswerForm | ReturnForm, name: str) -> HttpResponse:
        """The review as it stands now; what was typed stays and answers the new submission if it is sent again."""
        self.__dict__.pop("card", None)
        self.__dict__.pop("review", None)
        submitted_at = self.review.submitted_at
        data = typed.data.copy()
        data["submission"] = submitted_at.isoformat() if submitted_at else ""
        return self.page(**{name: type(typed)(data)}, status=409, is_stale=True)

    def _may(self, permission: Permission) -> bool:
        return access_of(self.request.user).may_in(permission, self.branch)


class ReviewView(MemberReviewView):
    """One member's review, last month beside it, what he did, and everything that was said about it."""

    permission = Permission.VIEW_REVIEWS

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if self.card.review is not None and self.member.user_id != request.user.pk:
            audit.note_access("self_review.read", by=request.user, subject=self.member, branch=self.branch)
        return self.page()


class ReplyView(MemberReviewView):
    """Answer one review; without words it was read."""

    permission = Permission.ANSWER_REVIEWS

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form, only_read = AnswerForm(request.POST), "read" in request.POST
        if form.is_valid() and only_read and form.cleaned_data["text"]:
            form.add_error("text", _("You have written an answer: send it, or empty the field to note only “read”."))
        if form.is_valid() and not only_read and not form.cleaned_data["text"]:
            form.add_error("text", _("Write an answer, or choose “Read, no remarks”."))
        if not form.is_valid():
            return self.page(answer_form=form, status=422)
        try:
            review_answers.reply(review=self.review, **form.cleaned_data, by=request.user, now=self.now)
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self.page(answer_form=form, status=422)
        except StaleReviewError:
            return self.stale(form, "answer_form")
        return self.on_to_the_next(_("Answered: %(name)s") % {"name": self.member.name})


class ReturnView(MemberReviewView):
    """Hand one review back with a reason."""

    permission = Permission.ANSWER_REVIEWS

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = ReturnForm(request.POST)
        if not form.is_valid():
            return self.page(return_form=form, status=422)
        try:
            review_answers.return_review(review=self.review, **form.cleaned_data, by=request.user, now=self.now)
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self.page(return_form=form, status=422)
        except StaleReviewError:
            return self.stale(form, "return_form")
        return self.on_to_the_next(_("Returned: %(name)s") % {"name": self.member.name})


class MarkReadView(BranchMonthView):
    """All that still wait, at a glance; one press answers them with "read, no remarks"."""

    permission = Permission.ANSWER_REVIEWS

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        waiting = list(answers.awaiting_reply_by(request.user, self.cycle, self.branch))
        context = {
            "branch": self.branch,
            "cycle": self.cycle,
            "waiting": [(review, f"{review.pk}@{review.submitted_at.isoformat()}") for review in waiting],
        }
        return render(request, "evaluations/reviews/mark_read.html", context)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        count = review_answers.mark_read(
            cycle=self.cycle,
            branch=self.branch,
            seen=seen_submissions(request.POST.getlist("seen")),
            by=request.user,
            now=timezone.now(),
        )
        told = ngettext("%(count)s review marked as read.", "%(count)s reviews marked as read.", count)
        messages.success(request, told % {"count": count})
        return redirect("evaluations:reviews", code=self.branch.code, month=self.cycle.month)


def _written(form: AnswerForm | ReturnForm | None) -> str:
    """What an officer typed of a review that somebody else returned in between; it can be copied, not sent."""
    return form.data.get("text") or form.data.get("reason", "") if form else ""


def _returned_words(cycle: Any, said: Any) -> list[tuple[Any, str, str]]:
    """What had been submitted when it was returned."""
    return answer_lines(cycle, said.words["points"], said.words["notes"]) if said.words else []
