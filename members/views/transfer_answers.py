"""How is a transfer that is on its way answered: accepted, received outside, declined or taken back?"""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.generic import FormView

from members.forms.transfers import AcceptForm, AnswerForm, ReceiptForm
from members.models import Transfer
from members.queries.people import offices_left
from members.services import transfers
from members.views.transfers import OneTransfer, moved_sentence


class _Answer(OneTransfer, FormView):
    """One decision about an open transfer; who comes too late sees how it stands."""

    template_name = "members/transfer_answer.html"
    danger = False

    def may(self) -> bool:
        """Is it the reader's side that decides this?"""
        raise NotImplementedError

    def get(self, request, *args, **kwargs) -> HttpResponse:
        if not self.transfer.is_open or not self.may():
            return redirect("members:transfer", self.transfer.pk)
        return super().get(request, *args, **kwargs)

    def post(self, request, *args, **kwargs) -> HttpResponse:
        if not self.may():
            raise PermissionDenied
        return super().post(request, *args, **kwargs)

    def form_valid(self, form) -> HttpResponse:
        try:
            done = self.write(form.cleaned_data)
        except transfers.TransferClosed as closed:
            messages.warning(
                self.request,
                _("This transfer was decided meanwhile: %(state)s. Nothing was changed.")
                % {"state": closed.transfer.get_state_display()},
            )
            return redirect("members:transfer", self.transfer.pk)
        except ValidationError as error:
            form.add_error(None, error)
            return self.form_invalid(form)
        messages.success(self.request, self.done(done))
        return redirect("members:transfer", self.transfer.pk)

    def get_context_data(self, **context) -> dict:
        row = self.transfer
        return super().get_context_data(transfer=row, danger=self.danger, **self.words(), **context)


class AcceptTransferView(_Answer):
    """The receiving branch takes the person."""

    form_class = AcceptForm

    def may(self) -> bool:
        return self.sides.arriving

    def first_day(self) -> date:
        return self.transfer.member.joined_on

    def get_initial(self) -> dict:
        return {"day": timezone.localdate()}

    def get_form_kwargs(self) -> dict:
        return super().get_form_kwargs() | {"first": self.first_day(), "today": timezone.localdate()}

    def words(self) -> dict:
        return {
            "title": _("Accept %(name)s") % {"name": self.transfer.member.name},
            "text": _(
                "From that day on the person belongs to %(target)s, and you see the whole record. Reviews and rankings "
                "of earlier months stay with %(source)s."
            )
            % {"target": self.transfer.destination, "source": self.transfer.origin},
            "label": _("Accept"),
            "offices": offices_left(self.transfer.member, timezone.localdate()),
        }

    def write(self, typed: dict) -> Transfer:
        return transfers.accept_transfer(
            transfer=self.transfer, first_day=typed["day"], by=self.request.user, now=timezone.now()
        )

    def done(self, row: Transfer) -> str:
        return moved_sentence(row)


class ReceiptView(AcceptTransferView):
    """The receipt of a letter to the outside came back: the membership in the branch has ended."""

    form_class = ReceiptForm

    def may(self) -> bool:
        return self.sides.leaving and self.transfer.direction == Transfer.Direction.OUT

    def first_day(self) -> date:
        return max(self.transfer.member.joined_on, self.transfer.dated_on)

    def words(self) -> dict:
        return {
            "title": _("Receipt for %(name)s") % {"name": self.transfer.member.name},
            "text": _("%(organisation)s has confirmed the membership. It ends in your branch; the record stays.")
            % {"organisation": self.transfer.organisation},
            "label": _("Record the receipt"),
            "offices": offices_left(self.transfer.member, timezone.localdate()),
        }

    def write(self, typed: dict) -> Transfer:
        return transfers.record_receipt(
            transfer=self.transfer, received_on=typed["day"], by=self.request.user, now=timezone.now()
        )

    def done(self, row: Transfer) -> str:
        return _("The receipt is recorded; the membership of %(name)s has ended.") % {"name": row.member.name}


class DeclineTransferView(_Answer):
    """The receiving branch does not take the person, and says why."""

    form_class = AnswerForm
    danger = True

    def may(self) -> bool:
        return self.sides.arriving

    def words(self) -> dict:
        return {
            "title": _("Decline %(name)s") % {"name": self.transfer.member.name},
            "text": _("The person stays in %(source)s, whose officers read the reason.")
            % {"source": self.transfer.origin},
            "label": pgettext("transfer", "Decline"),
        }

    def write(self, typed: dict) -> Transfer:
        return transfers.decline_transfer(
            transfer=self.transfer, answer=typed["answer"], by=self.request.user, now=timezone.now()
        )

    def done(self, row: Transfer) -> str:
        return _("The transfer is declined.")


class CancelTransferView(_Answer):
    """The leaving branch takes its proposal or letter back."""

    form_class = AnswerForm
    danger = True

    def may(self) -> bool:
        return self.sides.leaving

    def words(self) -> dict:
        return {
            "title": _("Take the transfer of %(name)s back") % {"name": self.transfer.member.name},
            "text": _("The person stays in %(source)s. A printed letter with this number is no longer valid.")
            % {"source": self.transfer.origin},
            "label": _("Take it back"),
        }

    def write(self, typed: dict) -> Transfer:
        return transfers.cancel_transfer(
            transfer=self.transfer, answer=typed["answer"], by=self.request.user, now=timezone.now()
        )

    def done(self, row: Transfer) -> str:
        return _("The transfer is taken back.")
