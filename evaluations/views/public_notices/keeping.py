"""How does the secretary prepare, publish, correct or take down a notice, and the committee record how it ended?"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from branchportal.wording import listed
from evaluations.forms.public_notices import EndForm, NoticeForm, OutcomeForm, PublishForm
from evaluations.models import DecisionMeeting, PublicNotice
from evaluations.queries import decisions, objections, public_notices
from evaluations.refusals import Refused, StaleReviewError
from evaluations.services.public_notices import ending, publishing
from evaluations.services.public_notices.publishing import Wording
from evaluations.views.public_notices.reading import document_of
from members.access import PortalView
from members.roles import Permission


class PrepareView(PortalView, View):
    """The form of a new notice for a decision that the superior has consented to."""

    permission = Permission.PUBLISH_NOTICE

    @cached_property
    def meeting(self) -> DecisionMeeting:
        sheets = DecisionMeeting.objects.select_related("run__branch").defer("run__scheme_document")
        return get_object_or_404(self.visible(sheets), pk=self.kwargs["pk"])

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        try:
            publishing.check_can_be_prepared(self.meeting)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect("evaluations:public_notices")
        return self._page(NoticeForm(initial=_last_wording(self.meeting)))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = NoticeForm(request.POST)
        if not form.is_valid():
            return self._page(form, status=422)
        try:
            notice = publishing.prepare(meeting=self.meeting, wording=form.wording, by=request.user, now=timezone.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self._page(form, status=422)
        messages.success(request, _("The notice is prepared. Look at it below, then publish it."))
        return redirect("evaluations:public_notice", pk=notice.pk)

    def _page(self, form: NoticeForm, status: int = 200) -> HttpResponse:
        context = {
            "form": form,
            "title": _("Prepare a public notice"),
            "run": self.meeting.run,
            "named": listed(entry.name for entry in decisions.listed(self.meeting)),
            "back_url": reverse("evaluations:public_notices"),
            "is_stale": False,
        }
        return render(self.request, "evaluations/public_notice_form.html", context, status=status)


class KeptView(PortalView, View):
    """What every step of whoever keeps a notice begins with."""

    permission = Permission.PUBLISH_NOTICE

    @cached_property
    def notice(self) -> PublicNotice:
        return get_object_or_404(self.visible(public_notices.told()), pk=self.kwargs["pk"])

    @property
    def back_url(self) -> str:
        return reverse("evaluations:public_notice", args=[self.notice.pk])


class EditNoticeView(KeptView):
    """Change a notice before it is published."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        initial = Wording.of(self.notice).fields | {"version": self.notice.version}
        return self._page(NoticeForm(initial=initial))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = NoticeForm(request.POST)
        if not form.is_valid():
            return self._page(form, status=422)
        try:
            publishing.edit(notice=self.notice, wording=form.wording, version=form.sent_version, by=request.user)
        except StaleReviewError as stale:
            return self._conflict(form, stale.current)
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self._page(form, status=422)
        messages.success(request, _("The notice is changed. Look at it below, then publish it."))
        return redirect(self.back_url)

    def _conflict(self, form: NoticeForm, current: PublicNotice) -> HttpResponse:
        """Somebody saved meanwhile: both wordings on one page, the typed one in the form."""
        typed, stored = form.wording.fields, Wording.of(current).fields
        differences = [
            (form[name].label, str(_said(name, stored[name])), str(_said(name, typed[name])))
            for name in typed
            if typed[name] != stored[name]
        ]
        again = NoticeForm(initial=typed | {"version": current.version})
        return self._page(again, differences=differences, is_stale=True, status=409)

    def _page(self, form: NoticeForm, status: int = 200, **more: Any) -> HttpResponse:
        context = {
            "form": form,
            "title": _("Change the notice"),
            "run": self.notice.meeting.run,
            "named": listed(person.name for person in self.notice.people.all()),
            "back_url": self.back_url,
            "is_stale": False,
        }
        return render(self.request, "evaluations/public_notice_form.html", context | more, status=status)


class StepView(KeptView):
    """One step with a page that asks first. Where it can't be taken, the notice says why."""

    form_class: type[Form]
    title: str | Promise
    text: str | Promise
    label: str | Promise
    done: str | Promise
    danger = False

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        try:
            self.check(timezone.now())
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect(self.back_url)
        return self._page(self.form_class(initial={"version": self.notice.version}))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = self.form_class(request.POST)
        if not form.is_valid():
            return self._page(form, status=422)
        try:
            notice = self.act(form.cleaned_data, timezone.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self._page(form, status=422)
        messages.success(request, self.done)
        return redirect("evaluations:public_notice", pk=notice.pk)

    def check(self, now: datetime) -> None:
        """Raise Refused where the step can't be taken at all."""
        raise NotImplementedError

    def act(self, values: dict[str, Any], now: datetime) -> PublicNotice:
        """Take the step and return the notice to go on with, or raise Refused."""
        raise NotImplementedError

    def facts(self) -> list[tuple[str, Any]]:
        """What the page shows above its button."""
        return [(_("Branch"), self.notice.branch.name), (_("Notice"), public_notices.title(self.notice))]

    def _page(self, form: Form, status: int = 200) -> HttpResponse:
        context = {
            "title": self.title, "text": self.text, "label": self.label, "danger": self.danger, "form": form,
            "facts": self.facts(), "back_url": self.back_url,
        }  # fmt: skip
        return render(self.request, "branchportal/confirm.html", context, status=status)


class PublishView(StepView):
    """Hang the notice out, as the preview shows it."""

    form_class = PublishForm
    title = gettext_lazy("Publish the notice?")
    text = gettext_lazy(
        "From now on it can be read, and the first working day after today is the first that counts. Names and wording "
        "can't be changed any more: a correction is a new notice with the full days."
    )
    label = gettext_lazy("Publish")
    done = gettext_lazy("The notice hangs out. It comes down by itself after its last day.")

    def check(self, now: datetime) -> None:
        publishing.check_can_be_published(self.notice)

    def act(self, values: dict[str, Any], now: datetime) -> PublicNotice:
        return publishing.publish(notice=self.notice, version=values["version"], by=self.request.user, now=now)

    def facts(self) -> list[tuple[str, Any]]:
        span = document_of(self.notice)["span"]
        last = f"{span.last:%Y-%m-%d}"
        return [
            *super().facts(),
            (_("People"), self.notice.people.count()),
            (_("Who can read it"), self.notice.get_reach_display()),
            (_("First working day"), f"{span.first:%Y-%m-%d}"),
            (_("Last day of the notice"), _("%(day)s (provisional)") % {"day": last} if span.is_provisional else last),
        ]


class TakeDownView(StepView):
    """Take the notice down before its last day."""

    form_class = EndForm
    title = gettext_lazy("Take the notice down?")
    text = gettext_lazy(
        "It can't be read any more, and the days that it has hung out don't count: a new notice begins from the first "
        "day. Objections that were filed go on. The committee reads your reason."
    )
    label = gettext_lazy("Take it down")
    done = gettext_lazy("The notice is taken down.")
    danger = True

    def check(self, now: datetime) -> None:
        ending.check_can_be_taken_down(self.notice, now=now)

    def act(self, values: dict[str, Any], now: datetime) -> PublicNotice:
        return ending.take_down(notice=self.notice, reason=values["reason"], by=self.request.user, now=now)


class CorrectView(StepView):
    """Replace a wrong notice by a new one."""

    form_class = EndForm
    title = gettext_lazy("Correct the notice?")
    text = gettext_lazy(
        "This notice comes down now. A new one is prepared with the names, classes and dates of today's roster; change "
        "what was wrong, look at it and publish it. It hangs out its full days."
    )
    label = gettext_lazy("Take it down and prepare the new one")
    done = gettext_lazy("The wrong notice is down. This is the new one: look at it, then publish it.")
    danger = True

    def check(self, now: datetime) -> None:
        ending.check_can_be_corrected(self.notice)

    def act(self, values: dict[str, Any], now: datetime) -> PublicNotice:
        return ending.correct(notice=self.notice, reason=values["reason"], by=self.request.user, now=now)


class OutcomeView(StepView):
    """The committee records how a notice ended whose days are over."""

    permission = Permission.HANDLE_OBJECTIONS
    form_class = OutcomeForm
    title = gettext_lazy("Record the outcome of the notice?")
    text = gettext_lazy(
        "Whether there were objections follows from what was filed in the portal. What came on paper or by telephone, "
        "and how it was settled, belongs into the note."
    )
    label = gettext_lazy("Record the outcome")
    done = gettext_lazy("The outcome is recorded; the branch has a message.")

    @cached_property
    def notice(self) -> PublicNotice:
        """Nobody of the branch records it, and nobody who stands on the notice."""
        found = self.visible(public_notices.told()).filter(pk__in=objections.handled_notices(self.request.user))
        return get_object_or_404(found, pk=self.kwargs["pk"])

    def check(self, now: datetime) -> None:
        ending.check_can_have_outcome(self.notice, now=now)

    def act(self, values: dict[str, Any], now: datetime) -> PublicNotice:
        return ending.record_outcome(notice=self.notice, note=values["note"], by=self.request.user, now=now)

    def facts(self) -> list[tuple[str, Any]]:
        return [*super().facts(), (_("Objections"), objections.of_selection(self.notice).count())]


def _last_wording(meeting: DecisionMeeting) -> dict[str, Any]:
    """Contact and address as the branch typed them last."""
    last = PublicNotice.objects.filter(meeting__run__branch=meeting.run.branch_id).order_by("-pk").first()
    return {"contact": last.contact, "object_to": last.object_to, "reach": last.reach} if last else {}


def _said(name: str, value: Any) -> Any:
    return PublicNotice.Reach(value).label if name == "reach" else value
