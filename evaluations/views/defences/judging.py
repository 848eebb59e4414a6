"""What does a judge see and do: his list, one speaker per screen, words kept while he types, a conflict flagged?

A judge has an account, or came in by a link: then the session of his browser names that link and nothing else.
"""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views import View

from evaluations.forms.defences import MarksForm, ReasonForm
from evaluations.models import DefenceJudge, DefenceSession, JudgeScore
from evaluations.queries import defences
from evaluations.refusals import Refused, StaleReviewError
from evaluations.services.defences import judging, links
from evaluations.stages import DefenceState, ScoreState

LINKS = "judge_links"  # in the browser's session: {defence: hash of the link that was spent}
PAGE_BYTES = 8
REFERRER = (
    "strict-origin"  # the address of a link never leaves its page; "no-referrer" would hide the form's origin too
)


@method_decorator(login_not_required, name="dispatch")
class JudgeView(View):
    """What every page of a judge begins with; whoever is none finds nothing."""

    ends_with_session = True  # nothing is to be done here once it has closed

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.judge is None:
            if str(self.kwargs["pk"]) in request.session.get(LINKS, {}):
                return _without_index(self.over())
            if request.user.is_authenticated:
                raise Http404
            return redirect_to_login(request.get_full_path())
        if self.ends_with_session and self.judge.session.state == DefenceState.CLOSED:
            return _without_index(self.over())
        return _without_index(super().dispatch(request, *args, **kwargs))

    @cached_property
    def judge(self) -> DefenceJudge | None:
        sessions = DefenceSession.objects.select_related("branch").exclude(state=DefenceState.PREPARING)
        session = sessions.filter(pk=self.kwargs["pk"]).first()
        if session is None:
            return None
        user = self.request.user
        seat = defences.seat_of(session, user) if user.is_authenticated else None
        seat = seat or links.seat(session, self.request.session.get(LINKS, {}).get(str(session.pk), ""))
        if seat is not None:
            seat.session = session
        return seat

    def over(self) -> HttpResponse:
        """Nothing is taken any more, and why not; what was sent is shown once more, so that it is not lost."""
        context = {"session": self.ended, "judge": self.judge, "is_closed": self.is_closed, "typed": self._typed()}
        return render(self.request, "evaluations/judge_over.html", context, status=410)

    @cached_property
    def ended(self) -> DefenceSession | None:
        """What this browser was let in to."""
        return DefenceSession.objects.filter(pk=self.kwargs["pk"]).first()

    @property
    def is_closed(self) -> bool:
        """Or else a newer link has put this browser out."""
        return self.ended is None or self.ended.state == DefenceState.CLOSED

    def _typed(self) -> list[tuple[str, str]]:
        criteria = defences.criteria_of(self.ended) if self.ended else []
        form = MarksForm(self.request.POST, criteria=len(criteria))
        form.is_valid()
        lines = [(one.label, mark) for one, mark in zip(criteria, form.marks.values, strict=True)]
        reason = ReasonForm(self.request.POST)
        lines.append((_("Reason"), reason.cleaned_data["reason"] if reason.is_valid() else ""))
        return [(label, text) for label, text in lines if text]

    @property
    def by(self) -> Any:
        return self.request.user if self.judge.user_id else None

    @cached_property
    def cells(self) -> list[defences.Cell]:
        return defences.cells_of(self.judge)

    @cached_property
    def cell(self) -> defences.Cell:
        """The speaker whose place stands in the address."""
        found = next((one for one in self.cells if one.speaker.position == self.kwargs["place"]), None)
        if found is None:
            raise Http404
        return found

    def frame(self) -> dict[str, Any]:
        return {"judge": self.judge, "session": self.judge.session, "cells": self.cells}

    def address(self, name: str = "judge_speaker", place: int | None = None) -> str:
        return reverse(f"evaluations:{name}", args=[self.judge.session_id, place or self.kwargs["place"]])


class JudgeListView(JudgeView):
    """Everybody whom this judge hears, with how far he is."""

    ends_with_session = False

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        waiting = [one for one in self.cells if one.state in {ScoreState.EMPTY, ScoreState.DRAFT}]
        context = {"waiting": waiting, "is_open": self.judge.session.state == DefenceState.OPEN}
        return render(request, "evaluations/judge.html", self.frame() | context)


class JudgeSpeakerView(JudgeView):
    """One speaker: the marks of each criterion, next and previous."""

    def get(self, request: HttpRequest, pk: int, place: int) -> HttpResponse:
        return self._page(self._stored())

    def post(self, request: HttpRequest, pk: int, place: int) -> HttpResponse:
        form = self._form()
        form.is_valid()
        asked = {"judge": self.judge, "speaker": self.cell.speaker, "marks": form.marks,
                 "version": form.sent_version, "now": timezone.now()}  # fmt: skip
        try:
            if "keep" in request.POST:
                judging.keep_draft(**asked)
            else:
                judging.submit(by=self.by, **asked)
        except StaleReviewError as stale:
            return self._page(form.marks.values, conflict=_conflict(self.judge, stale.current), status=409)
        except Refused as refusal:
            return self._page(form.marks.values, refusal=str(refusal), status=422)
        return redirect(self.address())

    def _form(self) -> MarksForm:
        return MarksForm(self.request.POST, criteria=len(self.judge.session.criteria))

    def _stored(self) -> list[str]:
        score = self.cell.score
        if score is None:
            return [""] * len(self.judge.session.criteria)
        return score.marks or (score.draft or {}).get("marks") or [""] * len(self.judge.session.criteria)

    def _page(
        self, values: list[str], *, refusal: str = "", conflict: dict | None = None, status: int = 200
    ) -> HttpResponse:
        cell, place = self.cell, self.kwargs["place"]
        criteria = defences.criteria_of(self.judge.session)
        draft = cell.score.draft if cell.score else None
        context = {
            "cell": cell,
            "fields": [
                {"name": f"mark_{number}", "criterion": one, "value": value}
                for number, (one, value) in enumerate(zip(criteria, values, strict=True), start=1)
            ],
            "refusal": refusal,
            "conflict": conflict,
            "version": cell.score.version if cell.score else 0,
            "page": secrets.token_hex(PAGE_BYTES),
            "kept_page": (draft or {}).get("page", ""),
            "saved": _clock(cell.score) if draft else "",
            "url": self.address(),
            "draft_url": self.address("judge_draft"),
            "conflict_url": self.address("judge_conflict"),
            "list_url": reverse("evaluations:judge", args=[self.judge.session_id]),
            "previous_url": self.address(place=place - 1) if place > 1 else "",
            "next_url": self.address(place=place + 1) if place < len(self.cells) else "",
        }
        return render(self.request, "evaluations/judge_speaker.html", self.frame() | context, status=status)


class JudgeDraftView(JudgeView):
    """Keep marks as they are typed; answers JSON for the page's script (evaluations/card.js)."""

    def over(self) -> HttpResponse:
        if self.is_closed:
            message = _("This session is closed: nothing in it can be changed any more.")
        else:
            message = _("A newer link has been made for you: what you type here is not saved. Go on with that link.")
        return JsonResponse({"message": message}, status=422)

    def post(self, request: HttpRequest, pk: int, place: int) -> JsonResponse:
        form = MarksForm(request.POST, criteria=len(self.judge.session.criteria))
        form.is_valid()
        try:
            score = judging.keep_draft(
                judge=self.judge, speaker=self.cell.speaker, marks=form.marks, version=form.sent_version,
                now=timezone.now(),
            )  # fmt: skip
        except StaleReviewError as stale:
            return JsonResponse(_conflict(self.judge, stale.current), status=409)
        except Refused as refusal:
            return JsonResponse({"message": str(refusal)}, status=422)
        answer = {"version": score.version, "saved": _clock(score), "is_draft": True, "is_late": False, "problem": ""}
        return JsonResponse(answer)


class JudgeConflictView(JudgeView):
    """The judge flags a conflict of interest: he gives this speaker no score."""

    def get(self, request: HttpRequest, pk: int, place: int) -> HttpResponse:
        return self._page(ReasonForm())

    def post(self, request: HttpRequest, pk: int, place: int) -> HttpResponse:
        form = ReasonForm(request.POST)
        if not form.is_valid():
            return self._page(form, status=422)
        try:
            judging.recuse(
                judge=self.judge, speaker=self.cell.speaker, reason=form.cleaned_data["reason"], by=self.by,
                now=timezone.now(),
            )  # fmt: skip
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self._page(form, status=422)
        return redirect(self.address())

    def _page(self, form: ReasonForm, status: int = 200) -> HttpResponse:
        context = {"cell": self.cell, "form": form, "url": self.address()}
        return render(self.request, "evaluations/judge_conflict.html", self.frame() | context, status=status)


@method_decorator(login_not_required, name="dispatch")
class JudgeLinkView(View):
    """The link of an outside judge: opening it shows a button, and only the button spends it."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        return self._page()

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        try:
            judge = links.spend(code=code, now=timezone.now())
        except Refused as refusal:
            return self._page(str(refusal), status=422)
        request.session.cycle_key()
        request.session[LINKS] = {**request.session.get(LINKS, {}), str(judge.session_id): links.hash_of(code)}
        return redirect("evaluations:judge", pk=judge.session_id)

    def _page(self, refusal: str = "", status: int = 200) -> HttpResponse:
        judge = links.judge_behind(self.kwargs["code"])
        is_valid = judge is not None and judge.code_spent_at is None and judge.session.state != DefenceState.CLOSED
        context = {"judge": judge, "is_valid": is_valid, "refusal": refusal}
        response = render(self.request, "evaluations/judge_link.html", context, status=status)
        response["Referrer-Policy"] = REFERRER
        return _without_index(response)


def _without_index(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _conflict(judge: DefenceJudge, stored: JudgeScore) -> dict[str, Any]:
    """What another page or phone has saved: shown beside what was typed here."""
    marks = stored.marks or (stored.draft or {}).get("marks", [])
    labels = [one.label for one in defences.criteria_of(judge.session)]
    lines = [[label, mark or "–"] for label, mark in zip(labels, marks, strict=False)]
    return {"version": stored.version, "saved": _clock(stored), "lines": lines, "told": ""}


def _clock(score: JudgeScore) -> str:
    return date_format(timezone.localtime(score.saved_at), "H:i")
