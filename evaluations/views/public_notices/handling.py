"""How does the superior committee look into objections and decide them?"""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views import View

from branchportal import audit
from branchportal.paging import page_of
from evaluations.forms.public_notices import DecideForm, StepForm
from evaluations.models import Objection
from evaluations.queries import objections, public_notices
from evaluations.refusals import Refused
from evaluations.services.public_notices import objecting
from members.access import PortalView
from members.roles import Permission

OBJECTIONS_PER_PAGE = 50


class ObjectionsView(PortalView, View):
    """The objections that this reviewer looks into: the open ones by their last day, then those that are decided."""

    permission = Permission.HANDLE_OBJECTIONS

    def get(self, request: HttpRequest) -> HttpResponse:
        today = timezone.localdate()
        page = page_of(request, objections.in_order(objections.handled(request.user)), OBJECTIONS_PER_PAGE)
        rows = [{"objection": one, "days_left": days_left(one, today)} for one in page]
        return render(request, "evaluations/objections.html", {"page": page, "rows": rows, "today": today})


class HandledView(PortalView, View):
    """What every page about one objection begins with; the branch and whom it concerns find nothing here."""

    permission = Permission.HANDLE_OBJECTIONS

    @cached_property
    def objection(self) -> Objection:
        return get_object_or_404(objections.handled(self.request.user), pk=self.kwargs["pk"])

    @property
    def back_url(self) -> str:
        return reverse("evaluations:objection", args=[self.objection.pk])

    def page(self, *, step: Form, decide: Form, status: int = 200) -> HttpResponse:
        today = timezone.localdate()
        context = {
            "objection": self.objection,
            "title": public_notices.title(self.objection.notice),
            "entries": list(self.objection.entries.all()),
            "days_left": days_left(self.objection, today),
            "step": step,
            "decide": decide,
        }
        return render(self.request, "evaluations/objection.html", context, status=status)


class ObjectionView(HandledView):
    """One objection with the steps of looking into it; every look is written down."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        audit.note_access("objection.read", by=request.user, subject=self.objection)
        return self.page(step=StepForm(), decide=DecideForm())


class ObjectionStepView(HandledView):
    """Write down what was done or found out."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = StepForm(request.POST)
        if not form.is_valid():
            return self.page(step=form, decide=DecideForm(), status=422)
        typed = form.cleaned_data
        try:
            objecting.add_entry(
                objection=self.objection, text=typed["text"], entry=typed["entry"], by=request.user,
                now=timezone.now(),
            )  # fmt: skip
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self.page(step=form, decide=DecideForm(), status=422)
        messages.success(request, _("It is written down."))
        return redirect(self.back_url)


class DecideObjectionView(HandledView):
    """Decide the objection, once."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = DecideForm(request.POST)
        if not form.is_valid():
            return self.page(step=StepForm(), decide=form, status=422)
        typed = form.cleaned_data
        try:
            objecting.decide(
                objection=self.objection, decision=typed["decision"], reply=typed["reply"], by=request.user,
                now=timezone.now(),
            )  # fmt: skip
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self.page(step=StepForm(), decide=form, status=422)
        messages.success(request, _("The objection is decided; whoever has its receipt reads the reply."))
        return redirect(self.back_url)


def days_left(objection: Objection, today: date) -> int | None:
    """Days until the promised reply, today as 0, negative when late; None where it was given."""
    return (objection.due_on - today).days if objection.is_open else None
