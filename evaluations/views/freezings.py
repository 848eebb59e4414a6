"""How do two people freeze a ranking: one proposes it, one of the superior committee confirms or declines it?"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters

from evaluations import freezing_wording
from evaluations.forms.freezing import ProposalForm, ReasonForm, SignatureForm
from evaluations.models import Freezing
from evaluations.queries import appeals
from evaluations.refusals import Refused
from evaluations.services import freezing as service
from evaluations.views.rankings import RunView
from members.roles import Permission
from members.views.password_again import is_signed


class FreezingView(RunView):
    """One step: a page that shows what is signed, and a form. Where the step is over, the ranking says why."""

    not_read = ("scheme__document", "supersedes__scheme_document", "superseded_by__scheme_document")
    form_class: type[Form]
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
            return redirect("evaluations:ranking", pk=self.run.pk)
        return self._page(self.form_class(initial={"fingerprint": self.run.fingerprint}))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        now, form = timezone.now(), self.form_class(request.POST)
        if not form.is_valid() or ("password" in form.fields and not is_signed(request, form, now=now)):
            return self._page(form, status=422)
        try:
            self.act(form.cleaned_data, now)
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self._page(form, status=422)
        messages.success(request, self.done)
        return redirect("evaluations:ranking", pk=self.run.pk)

    def check(self, now: datetime) -> None:
        """Raise Refused where the step can't be taken at all."""
        raise NotImplementedError

    def act(self, values: dict[str, Any], now: datetime) -> None:
        """Take the step, or raise Refused."""
        raise NotImplementedError

    @property
    def freezing(self) -> Freezing:
        found = self.run.freezing
        if found is None:
            raise Refused(service.NOT_PROPOSED)
        return found

    def _page(self, form: Form, status: int = 200) -> HttpResponse:
        run = self.run
        context = {
            "run": run,
            "form": form,
            "title": self.title,
            "text": self.text,
            "label": self.label,
            "is_refusal": self.is_refusal,
            "note": run.freezing.note if run.freezing and run.freezing.is_open else "",
            "waiting_appeals": 0 if self.is_refusal else appeals.waiting_of_line(run),
            "steps": freezing_wording.lines(run.freezing),
        }
        return render(self.request, "evaluations/freezing_form.html", context, status=status)


@method_decorator(sensitive_post_parameters(), name="dispatch")
class ProposeView(FreezingView):
    """The branch's secretary, or whoever acts for him, proposes the newest run."""

    permission = Permission.PROPOSE_FREEZING
    form_class = ProposalForm
    title = _("Propose for freezing")
    text = _(
        "A frozen ranking never changes and is not compiled again. A reviewer of the superior committee has to confirm "
        "it; until then you can take the proposal back."
    )
    label = _("Propose for freezing")
    done = _("The ranking is proposed for freezing; the superior committee has a message.")

    def check(self, now: datetime) -> None:
        service.check_can_be_proposed(self.run)

    def act(self, values: dict[str, Any], now: datetime) -> None:
        fingerprint, note = values["fingerprint"], values["note"]
        service.propose(run=self.run, fingerprint=fingerprint, note=note, by=self.request.user, now=now)


@method_decorator(sensitive_post_parameters(), name="dispatch")
class ConfirmView(FreezingView):
    """A reviewer of the superior committee confirms what somebody else proposed."""

    permission = Permission.CONFIRM_FREEZING
    form_class = SignatureForm
    title = _("Confirm and freeze")
    text = _(
        "With your signature this ranking is frozen: its figures never change, and it is not compiled again. The "
        "branch committee still decides about each person."
    )
    label = _("Confirm and freeze")
    done = _("The ranking is frozen.")

    def check(self, now: datetime) -> None:
        service.check_can_be_confirmed(self.freezing, by=self.request.user, now=now)

    def act(self, values: dict[str, Any], now: datetime) -> None:
        service.confirm(freezing=self.freezing, fingerprint=values["fingerprint"], by=self.request.user, now=now)


class DeclineView(FreezingView):
    """A reviewer of the superior committee sends a proposal back with a reason."""

    permission = Permission.CONFIRM_FREEZING
    form_class = ReasonForm
    title = _("Do not confirm")
    text = _("The branch gets your reason, puts right what is wrong and proposes the ranking again.")
    label = _("Send it back")
    done = _("The proposal went back to the branch with your reason.")
    is_refusal = True

    def check(self, now: datetime) -> None:
        service.check_open(self.freezing)

    def act(self, values: dict[str, Any], now: datetime) -> None:
        service.decline(freezing=self.freezing, reason=values["reason"], by=self.request.user, now=now)


class WithdrawView(FreezingView):
    """The branch takes its proposal back with a reason."""

    permission = Permission.PROPOSE_FREEZING
    form_class = ReasonForm
    title = _("Withdraw the proposal")
    text = _("The ranking stays as it is and can be proposed again. The superior committee gets your reason.")
    label = _("Withdraw the proposal")
    done = _("The proposal is withdrawn.")
    is_refusal = True

    def check(self, now: datetime) -> None:
        service.check_open(self.freezing)

    def act(self, values: dict[str, Any], now: datetime) -> None:
        service.withdraw(freezing=self.freezing, reason=values["reason"], by=self.request.user, now=now)
