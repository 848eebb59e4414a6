"""How is a decision of the branch committee recorded, consented to, or sent back?"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters

from evaluations import decision_wording
from evaluations.forms.decisions import SignForm
from evaluations.forms.freezing import ReasonForm
from evaluations.refusals import Refused
from evaluations.services import decision_signing as signing
from evaluations.services.decisions import StaleSheetError
from evaluations.views.decisions import SheetView
from members.roles import Permission
from members.views.password_again import is_signed


class SigningView(SheetView):
    """One step: a page that shows what is signed, and a form. Where the step is over, the sheet says why."""

    form_class: type[Form] = SignForm
    title: str | Promise
    text: str | Promise
    label: str | Promise
    done: str | Promise
    is_refusal = False

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        try:
            self.check(timezone.now())
        except Refused as refusal:
            messages.error(request, str(refusal))
            return self.back()
        return self._page(self.form_class(initial={"version": self.meeting.version}))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        now, form = timezone.now(), self.form_class(request.POST)
        if not form.is_valid() or ("password" in form.fields and not is_signed(request, form, now=now)):
            return self._page(form, status=422)
        try:
            self.act(form.cleaned_data, now)
        except StaleSheetError:
            messages.warning(request, _("The sheet was changed meanwhile. Read it again before you sign."))
            return self.back()
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self._page(form, status=422)
        messages.success(request, self.done)
        return self.back()

    def check(self, now: datetime) -> None:
        """Raise Refused where the step can't be taken at all."""
        raise NotImplementedError

    def act(self, values: dict[str, Any], now: datetime) -> None:
        """Take the step, or raise Refused or StaleSheetError."""
        raise NotImplementedError

    def _page(self, form: Form, status: int = 200) -> HttpResponse:
        meeting = self.meeting
        context = {
            "meeting": meeting,
            "run": meeting.run,
            "form": form,
            "title": self.title,
            "text": self.text,
            "label": self.label,
            "is_refusal": self.is_refusal,
            "facts": decision_wording.meeting_facts(meeting) + decision_wording.signatures(meeting),
            "counted": decision_wording.counted(self.lines),
        }
        return render(self.request, "evaluations/decision_sign.html", context, status=status)


@method_decorator(sensitive_post_parameters(), name="dispatch")
class RecordView(SigningView):
    """The branch's secretary, or whoever acts for him, fixes the sheet."""

    permission = Permission.RECORD_DECISIONS
    title = _("Record the decision")
    text = _(
        "You record that the branch committee has decided so. From then on the sheet stays as it is; the superior "
        "committee consents to it or sends it back."
    )
    label = _("Record the decision")
    done = _("The decision is recorded; the superior committee has a message.")

    def check(self, now: datetime) -> None:
        signing.check_can_be_recorded(self.meeting, self.lines, now)

    def act(self, values: dict[str, Any], now: datetime) -> None:
        signing.record(meeting=self.meeting, version=values["version"], by=self.request.user, now=now)


@method_decorator(sensitive_post_parameters(), name="dispatch")
class ConsentView(SigningView):
    """A reviewer of the superior committee agrees to the sheet."""

    permission = Permission.CONSENT_DECISIONS
    title = _("Consent to the decision")
    text = _(
        "With your signature the decision holds: everybody on the list reads what was decided about him, and the "
        "selected can be announced."
    )
    label = _("Consent")
    done = _("You have consented to the decision; the branch has a message.")

    def check(self, now: datetime) -> None:
        signing.check_can_be_consented(self.meeting, by=self.request.user, now=now)

    def act(self, values: dict[str, Any], now: datetime) -> None:
        signing.consent(meeting=self.meeting, version=values["version"], by=self.request.user, now=now)


class SendBackView(SigningView):
    """A reviewer of the superior committee gives the sheet back with a reason, consented to or not."""

    permission = Permission.CONSENT_DECISIONS
    form_class = ReasonForm
    title = _("Send the decision back")
    text = _(
        "The branch committee gets your reason and discusses again on a new sheet; this one stays as it is and no "
        "longer holds."
    )
    label = _("Send it back")
    done = _("The decision went back to the branch with your reason.")
    is_refusal = True

    def check(self, now: datetime) -> None:
        signing.check_can_be_reviewed(self.meeting, by=self.request.user, now=now)

    def act(self, values: dict[str, Any], now: datetime) -> None:
        signing.send_back(meeting=self.meeting, reason=values["reason"], by=self.request.user, now=now)
