"""Which memberships are on their way, and how is each proposed, shown and printed?"""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import DetailView, FormView, ListView

from branchportal import audit
from branchportal.paging import NearestPage
from members.access import PortalView, access_of
from members.forms.transfers import TransferForm
from members.labels import STAGE_LABELS
from members.models import Member, Transfer
from members.papers import papers_until
from members.queries.own_matters import whose_turn
from members.queries.people import offices_left
from members.queries.transfers import Sides, open_of, sides, targets, transfers_for
from members.roles import Permission
from members.services import transfers
from members.services.memberships import OpenTransfer
from members.services.people import StaleEdit
from members.stages import Stage

WHICH = ("open", "overdue", "all")


class TransferListView(PortalView, NearestPage, ListView):
    """The transfers out of and into the reader's branches."""

    permission = Permission.TRANSFER_MEMBERS
    template_name = "members/transfers.html"
    context_object_name = "transfers"
    paginate_by = 30

    def get_queryset(self):
        asked = self.request.GET.get("which", "")
        self.which = asked if asked in WHICH else WHICH[0]
        return transfers_for(self.request.user, self.which, timezone.localdate())

    def get_context_data(self, **context) -> dict:
        context = super().get_context_data(**context)
        today, user = timezone.localdate(), self.request.user
        rows = [(row, sides(row, user), row.is_overdue(today)) for row in context["transfers"]]
        labels = ((WHICH[0], _("In progress")), (WHICH[1], _("Receipt overdue")), (WHICH[2], _("All")))
        return {**context, "rows": rows, "which": self.which, "choices": labels}


class ProposeTransferView(PortalView, FormView):
    """The leaving branch says where somebody goes; he stays until the other side has answered."""

    permission = Permission.TRANSFER_MEMBERS
    template_name = "members/transfer_form.html"
    form_class = TransferForm

    @cached_property
    def person(self) -> Member:
        people = self.visible(Member.objects.select_related("branch", "user"))
        return get_object_or_404(people, pk=self.kwargs["pk"])

    def get(self, request, *args, **kwargs) -> HttpResponse:
        if self.person.ended_on is not None:
            return redirect("members:person", self.person.pk)
        if there := open_of(self.person):
            return redirect("members:transfer", there.pk)
        return super().get(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict:
        branches, access = targets(self.person), access_of(self.request.user)
        own = {branch.pk for branch in branches if access.may_in(self.permission, branch)}
        today = timezone.localdate()
        return super().get_form_kwargs() | {"member": self.person, "branches": branches, "own": own, "today": today}

    def get_context_data(self, **context) -> dict:
        offices = offices_left(self.person, timezone.localdate())
        return super().get_context_data(person=self.person, offices=offices, **context)

    def form_invalid(self, form: TransferForm) -> HttpResponse:
        """A second tap meets a person whom the first has moved: he is where he should be."""
        came = self.person.transfers.filter(target=self.person.branch, proposed_by=self.request.user).first()
        if came is not None and form.data.get("to") == str(self.person.branch_id):
            return redirect("members:transfer", came.pk)
        return super().form_invalid(form)

    def form_valid(self, form: TransferForm) -> HttpResponse:
        try:
            transfer = self._write(form)
        except StaleEdit as stale:
            messages.warning(self.request, _changed_meanwhile(stale.member.name))
            return redirect("members:person", self.person.pk)
        except OpenTransfer as there:
            messages.warning(self.request, _("There is an open transfer of this person already."))
            return redirect("members:transfer", there.transfer.pk)
        except ValidationError as error:
            form.add_error(None, error)
            return self.form_invalid(form)
        if transfer.is_open:
            messages.success(self.request, _proposed(transfer))
        else:
            messages.success(self.request, moved_sentence(transfer))
        return redirect("members:transfer", transfer.pk)

    def _write(self, form: TransferForm) -> Transfer:
        typed = form.cleaned_data
        who = {"member": self.person, "version": typed["version"], "by": self.request.user, "now": timezone.now()}
        if typed.get("at_once"):
            return transfers.move_at_once(**who, letter=form.letter(), target=typed["to"], first_day=typed["dated_on"])
        return transfers.propose_transfer(
            **who, letter=form.letter(), target=typed["to"], organisation=typed["organisation"]
        )


class OneTransfer(PortalView):
    """A transfer of a branch that the reader looks after, whichever side that is."""

    permission = Permission.TRANSFER_MEMBERS

    def get_queryset(self):
        rows = Transfer.objects.select_related(
            "member__user", "member__branch", "source__parent", "target__parent", "proposed_by", "decided_by"
        )
        return self.visible(rows)

    @cached_property
    def transfer(self) -> Transfer:
        return get_object_or_404(self.get_queryset(), pk=self.kwargs["pk"])

    @cached_property
    def sides(self) -> Sides:
        return sides(self.transfer, self.request.user)


class TransferView(OneTransfer, DetailView):
    """Where it stands, and what the reader can do about it."""

    template_name = "members/transfer.html"
    context_object_name = "transfer"

    def get_object(self, queryset=None) -> Transfer:
        return self.transfer

    def get_context_data(self, **context) -> dict:
        row, today = self.transfer, timezone.localdate()
        is_open = row.is_open
        may_see_person = access_of(self.request.user).may_in(Permission.VIEW_ROSTER, row.member.branch)
        own_matter = self._whose_turn(today) if is_open else ""
        return super().get_context_data(
            may_accept=is_open and self.sides.arriving and not own_matter,
            may_decline=is_open and self.sides.arriving,
            may_cancel=is_open and self.sides.leaving,
            may_record_receipt=is_open and self._may_confirm_outside and not own_matter,
            own_matter=own_matter,
            has_letter=row.direction != Transfer.Direction.IN,
            overdue=row.is_overdue(today),
            may_see_person=may_see_person,
            offices=offices_left(row.member, today) if is_open else [],
            **context,
        )

    @property
    def _may_confirm_outside(self) -> bool:
        return self.sides.leaving and self.transfer.direction == Transfer.Direction.OUT

    def _whose_turn(self, today: date) -> str:
        """Why the reader neither accepts the person nor records the receipt, and who does; "" where he may."""
        if not (self.sides.arriving or self._may_confirm_outside):
            return ""
        row = self.transfer
        return whose_turn(self.request.user, row.member, Permission.TRANSFER_MEMBERS, today, branch=row.target)


class TransferLetterView(OneTransfer, DetailView):
    """The letter as it is printed: stub, letter and receipt on one A4 page."""

    template_name = "members/transfer_letter.html"
    context_object_name = "transfer"

    def get_object(self, queryset=None) -> Transfer:
        row = self.transfer
        if row.direction == Transfer.Direction.IN:
            raise PermissionDenied
        if row.member.user_id != self.request.user.pk:
            audit.note_access("transfer.letter_opened", by=self.request.user, subject=row.member, branch=row.source)
        return row

    def get_context_data(self, **context) -> dict:
        row = self.transfer
        return super().get_context_data(
            issuer=row.source.parent or row.source,
            stage=STAGE_LABELS[row.stage],
            since=row.member.stage_dates.get(row.stage),
            has_contacts=row.stage in (Stage.ACTIVIST, Stage.CANDIDATE),
            papers=papers_until(row.stage),
            **context,
        )


def _changed_meanwhile(name: str) -> str:
    return _(
        "%(name)s was changed by somebody else meanwhile, so nothing was saved. Look at the record and try again."
    ) % {"name": name}


def _proposed(row: Transfer) -> str:
    if row.target_id:
        return _("%(target)s has been asked. %(name)s stays in your branch until it accepts.") % {
            "target": row.destination,
            "name": row.member.name,
        }
    return _("The letter is ready to be printed. %(name)s stays in your branch until the receipt is back.") % {
        "name": row.member.name
    }


def moved_sentence(row: Transfer) -> str:
    """What is said when the person has moved."""
    return _("%(name)s now belongs to %(branch)s.") % {"name": row.member.name, "branch": row.destination}
