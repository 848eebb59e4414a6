"""How is a defence planned: day and criteria, who speaks, who judges, and thrown away before it has opened?"""

from __future__ import annotations

from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views import View

from evaluations.forms.defences import DayForm, JudgeForm, NewDefenceForm, PlanForm, SpeakersForm
from evaluations.queries import defences
from evaluations.refusals import Refused
from evaluations.services.defences import preparing, running
from evaluations.stages import DefenceState
from evaluations.views.defences.holding import HeldView
from members.access import PortalView
from members.models import Branch
from members.roles import Permission


class NewDefenceView(PortalView, View):
    """A new session."""

    permission = Permission.HOLD_DEFENCES

    @cached_property
    def branches(self):
        return self.visible(Branch.objects.filter(closed_on=None))

    def get(self, request: HttpRequest) -> HttpResponse:
        initial = {"entry": uuid4(), "held_on": timezone.localdate(), "branch": self.branches.first()}
        initial |= {"label_1": _("Overall impression"), "weight_1": 100, "highest_1": 100}
        return self._page(NewDefenceForm(initial=initial, branches=self.branches))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = NewDefenceForm(request.POST, branches=self.branches)
        if not form.is_valid():
            return self._page(form, status=422)
        chosen = {name: form.cleaned_data[name] for name in ("branch", "kind", "entry")}
        try:
            session = preparing.create(plan=form.plan, by=request.user, **chosen)
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self._page(form, status=422)
        return redirect("evaluations:defence", pk=session.pk)

    def _page(self, form: NewDefenceForm, status: int = 200) -> HttpResponse:
        context = {"form": form, "session": None, "back_url": reverse("evaluations:defences")}
        return render(self.request, "evaluations/defence_plan.html", context, status=status)


class EditDefenceView(HeldView):
    """Day, place and criteria; while the session is under way, its day alone, with a reason."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        session = self.session
        if session.state == DefenceState.OPEN:
            return self._day_page(DayForm(initial={"held_on": session.held_on}))
        initial = {
            "title": session.title, "held_on": session.held_on, "place": session.place, "version": session.version,
        }  # fmt: skip
        for row, one in enumerate(session.criteria, start=1):
            initial |= {f"{name}_{row}": one[name] for name in ("label", "weight", "highest")}
        return self._page(PlanForm(initial=initial))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        if self.session.state == DefenceState.OPEN:
            return self._correct_day()
        form = PlanForm(request.POST)
        if not form.is_valid():
            return self._page(form, status=422)
        version = form.cleaned_data["version"] or 0
        try:
            preparing.change(session=self.session, plan=form.plan, version=version, by=request.user, now=timezone.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self._page(form, status=422)
        return redirect(self.back_url)

    def _correct_day(self) -> HttpResponse:
        form = DayForm(self.request.POST)
        if not form.is_valid():
            return self._day_page(form, status=422)
        try:
            running.correct_day(session=self.session, by=self.request.user, now=timezone.now(), **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self._day_page(form, status=422)
        return redirect(self.back_url)

    def _day_page(self, form: DayForm, status: int = 200) -> HttpResponse:
        text = _("The day decides in which ranking this defence counts. The reason stands in the audit trail.")
        return self.confirm(
            title=_("Correct the date"), text=text, form=form, label=_("Correct the date"), status=status
        )

    def _page(self, form: PlanForm, status: int = 200) -> HttpResponse:
        context = {"form": form, "session": self.session, "back_url": self.back_url}
        return render(self.request, "evaluations/defence_plan.html", context, status=status)


class SpeakersView(HeldView):
    """Who speaks."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._page(SpeakersForm(session=self.session))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = SpeakersForm(request.POST, session=self.session)
        if not form.is_valid():
            return self._page(form, status=422)
        chosen = {"branches" if self.session.is_of_branches else "members": form.objects}
        try:
            preparing.choose_speakers(session=self.session, by=request.user, now=timezone.now(), **chosen)
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self._page(form, status=422)
        return redirect(self.back_url)

    def _page(self, form: SpeakersForm, status: int = 200) -> HttpResponse:
        context = {"form": form, "session": self.session, "back_url": self.back_url}
        return render(self.request, "evaluations/defence_speakers.html", context, status=status)


class PanelView(HeldView):
    """Who judges: one is added, or one taken away (`remove`)."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._page(JudgeForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        remove = request.POST.get("remove", "")
        if remove.isdecimal() and len(remove) < 19:
            asked = {"session": self.session, "judge": int(remove), "by": request.user, "now": timezone.now()}
            self.done(lambda: preparing.remove_judge(**asked))
            return redirect("evaluations:defence_panel", pk=pk)
        form = JudgeForm(request.POST)
        if not form.is_valid():
            return self._page(form, status=422)
        try:
            preparing.add_judge(session=self.session, by=request.user, now=timezone.now(), **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self._page(form, status=422)
        return redirect("evaluations:defence_panel", pk=pk)

    def _page(self, form: JudgeForm, status: int = 200) -> HttpResponse:
        context = {
            "form": form,
            "session": self.session,
            "is_fixed": self.session.state != DefenceState.PREPARING,
            "judges": list(self.session.judges.select_related("user")),
            "officers": list(defences.suggested_judges(self.session)[:100]),
            "back_url": self.back_url,
        }
        return render(self.request, "evaluations/defence_panel.html", context, status=status)


class DeleteDefenceView(HeldView):
    """Throw away a session of which nothing was drawn."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.confirm(
            title=_("Delete this session?"),
            text=_("Its plan, panel and speakers are deleted. This is possible until the order is drawn."),
            facts=[(_("Title"), self.session.title), (_("Date"), self.session.held_on)],
            label=_("Delete the session"),
            danger=True,
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        try:
            preparing.delete(session=self.session, by=request.user, now=timezone.now())
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect("evaluations:defence", pk=pk)
        messages.success(request, _("The session is deleted."))
        return redirect("evaluations:defences")
