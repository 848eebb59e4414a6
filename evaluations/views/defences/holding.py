"""How does whoever holds a defence open it, let outside judges in, give scores back, and close it?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.functional import cached_property
from django.utils.timezone import is_naive
from django.utils.translation import gettext as _

from branchportal.wording import listed
from evaluations.forms.defences import ReasonForm
from evaluations.labels import RECUSALS
from evaluations.models import DefenceJudge, DefenceSession
from evaluations.queries import defences
from evaluations.refusals import Refused
from evaluations.services.defences import judging, links, running
from evaluations.stages import DefenceState, ScoreState
from evaluations.views.defences.office import SessionView
from evaluations.views.defences.slips import qr_of
from members.roles import Permission

WISHES = {ScoreState.SUBMITTED: "reopen", ScoreState.RECUSED: "restore"}  # what may be done with a score, else recuse
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class HeldView(SessionView):
    """A page on which something is done with a session by whoever leads it."""

    permission = Permission.HOLD_DEFENCES

    @property
    def back_url(self) -> str:
        return reverse("evaluations:defence", args=[self.session.pk])

    def done(self, act: Callable[[], Any], said: str = "") -> HttpResponse:
        """Do it and go back to the session's page, with what was said or why it was refused."""
        try:
            act()
        except Refused as refusal:
            messages.error(self.request, str(refusal))
        else:
            if said:
                messages.success(self.request, said)
        return redirect(self.back_url)

    def confirm(self, *, status: int = 200, **context: Any) -> HttpResponse:
        page = {"back_url": self.back_url, "danger": False, "form": None, "facts": []} | context
        return render(self.request, "branchportal/confirm.html", page, status=status)


class OpenDefenceView(HeldView):
    """Draw the order and let the judges in."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.confirm(
            title=_("Draw the order and open the session?"),
            text=_(
                "The order of the speakers is drawn now, once, and everybody can repeat the draw. Panel, speakers and "
                "criteria can't be changed afterwards."
            ),
            facts=[
                (_("Speakers"), self.session.speakers.count()),
                (_("Judges"), self.session.judges.count()),
            ],
            label=_("Draw and open"),
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        now = timezone.now()
        return self.done(
            lambda: running.open_session(session=self.session, by=request.user, now=now),
            _("The order is drawn; judges can score."),
        )


class CloseDefenceView(HeldView):
    """End the session, once; whoever has not submitted is named before."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        lines = defences.progress(self.session)
        facts = [(_("Submitted"), f"{sum(one.submitted for one in lines)}/{sum(one.expected for one in lines)}")]
        if lost := defences.given_back(self.session):
            facts.append((_("Given back and not submitted again"), listed(lost)))
        facts += [(line.judge.name, f"{line.submitted}/{line.expected}") for line in lines if not line.is_done]
        return self.confirm(
            title=_("Close the session?"),
            text=_(
                "What is submitted now counts; what comes later is refused. The result is computed and can't be "
                "changed. Below are the judges who have not submitted everything."
            ),
            facts=facts,
            label=_("Close the session"),
            danger=True,
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        now = timezone.now()
        return self.done(
            lambda: running.close(session=self.session, by=request.user, now=now), _("The session is closed.")
        )


class JudgeLinkView(HeldView):
    """Make the link of an outside judge and show it, once, with its QR code to print."""

    @cached_property
    def judge(self) -> DefenceJudge:
        judges = self.visible(DefenceJudge.objects.select_related("session__branch"))
        return get_object_or_404(judges, session=self.kwargs["pk"], pk=self.kwargs["judge"])

    @property
    def session(self) -> DefenceSession:
        return self.judge.session

    def get(self, request: HttpRequest, pk: int, judge: int) -> HttpResponse:
        if not self.judge.is_outside:
            raise Http404
        return render(
            request,
            "evaluations/judge_link_confirm.html",
            {"judge": self.judge, "session": self.session, "as_of": timezone.now().isoformat(),
             "back_url": self.back_url},
        )  # fmt: skip

    def post(self, request: HttpRequest, pk: int, judge: int) -> HttpResponse:
        now, as_of = timezone.now(), parse_datetime(request.POST.get("as_of", "")[:40] or "-")
        as_of = LONG_AGO if as_of is None or is_naive(as_of) else as_of
        try:
            code = links.make_link(judge=self.judge, by=request.user, now=now, as_of=min(as_of, now))
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect(self.back_url)
        url = request.build_absolute_uri(reverse("evaluations:judge_link", args=[code]))
        context = {"judge": self.judge, "session": self.session, "url": url, "qr": qr_of(url),
                   "back_url": self.back_url}  # fmt: skip
        return render(request, "evaluations/judge_slip.html", context)


class OneScoreView(HeldView):
    """One judge and one speaker, for whoever leads the session: give a score back, recuse the judge, or undo that."""

    wishes: ClassVar = {"reopen": judging.reopen, "restore": judging.restore}

    @cached_property
    def cell(self) -> defences.Cell:
        if self.session.state == DefenceState.PREPARING:
            raise Http404
        judge = get_object_or_404(self.session.judges.all(), pk=self.kwargs["judge"])
        judge.session = self.session
        found = next((one for one in defences.cells_of(judge) if one.speaker.pk == self.kwargs["speaker"]), None)
        if found is None:
            raise Http404
        return found

    def get(self, request: HttpRequest, pk: int, judge: int, speaker: int) -> HttpResponse:
        return self._page(ReasonForm())

    def post(self, request: HttpRequest, pk: int, judge: int, speaker: int) -> HttpResponse:
        form = ReasonForm(request.POST)
        if self.session.state == DefenceState.CLOSED:
            return self._page(form)
        if not form.is_valid():
            return self._page(form, status=422)
        act = self.wishes.get(request.POST.get("wish"), judging.recuse)
        asked = {"judge": self.cell.judge, "speaker": self.cell.speaker, "by": request.user, "now": timezone.now()}
        try:
            act(reason=form.cleaned_data["reason"], **asked)
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self._page(form, status=422)
        return redirect(self.back_url)

    def _page(self, form: forms.Form, status: int = 200) -> HttpResponse:
        cell, is_over = self.cell, self.session.state == DefenceState.CLOSED
        context = {
            "cell": cell, "session": self.session, "form": form, "back_url": self.back_url, "is_over": is_over,
            "wish": WISHES.get(cell.state, "recuse"),
            "recused_for": RECUSALS.get(why := cell.score.recused_for if cell.score else "", why),
        }  # fmt: skip
        return render(self.request, "evaluations/defence_score.html", context, status=410 if is_over else status)
