"""How does a member ask for a correction of the own record, and how does an officer answer?"""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import FormView, TemplateView

from branchportal import audit
from branchportal.paging import page_of
from branchportal.wording import sentences
from members.access import PortalView
from members.forms.corrections import CORRECTABLE, AnswerForm, AskForm, member_form
from members.models import CorrectionRequest, Member
from members.queries.corrections import answered_for, own_requests, shown, waiting_for
from members.queries.own_matters import whose_turn
from members.queries.people import in_words, label
from members.roles import Permission
from members.services.corrections import AlreadyAsked, AlreadyDecided, accept, ask, decline, withdraw
from members.services.own_matters import OwnMatter
from members.services.people import NotInCharge, NumberTaken, StaleEdit
from members.views.people import not_in_charge, number_taken

PAGE_SIZE = 20


class OwnCorrectionsView(PortalView, TemplateView):
    """Each field of the own record with its value, and the own wishes with their answers."""

    permission = Permission.VIEW_OWN_RECORD
    template_name = "members/own_corrections.html"

    def get_context_data(self, **context) -> dict:
        person = self.request.user.member
        page = page_of(self.request, own_requests(person), PAGE_SIZE)
        waiting = set(own_requests(person).waiting().values_list("field", flat=True))
        rows = [(name, label(name), in_words(name, getattr(person, name)), name in waiting) for name in CORRECTABLE]
        return super().get_context_data(rows=rows, wishes=[shown(wish) for wish in page], page=page, **context)


class AskCorrectionView(PortalView, FormView):
    """What it says, what it should say, and why."""

    permission = Permission.VIEW_OWN_RECORD
    template_name = "members/ask_correction.html"
    form_class = AskForm

    @cached_property
    def field(self) -> str:
        """The name in the address, if it is one that can be corrected."""
        if self.kwargs["field"] not in CORRECTABLE:
            raise Http404
        return self.kwargs["field"]

    def get_form_kwargs(self) -> dict:
        today = timezone.localdate()
        return super().get_form_kwargs() | {"member": self.request.user.member, "field": self.field, "today": today}

    def get_context_data(self, **context) -> dict:
        present = in_words(self.field, getattr(self.request.user.member, self.field))
        return super().get_context_data(label=label(self.field), present=present, **context)

    def form_valid(self, form: AskForm) -> HttpResponse:
        values, user = form.cleaned_data, self.request.user
        try:
            ask(
                member=user.member, field=form.field, proposed=values["proposed"], reason=values["reason"],
                entry=values["entry"], by=user, now=timezone.now(),
            )  # fmt: skip
        except AlreadyAsked:
            messages.warning(
                self.request, _("You have asked about this field already. Take that request back to send another.")
            )
        else:
            messages.success(self.request, _("Sent. You will get a message when it is answered."))
        return redirect("members:own_corrections")


class WithdrawCorrectionView(PortalView, View):
    """Take the own wish back."""

    permission = Permission.VIEW_OWN_RECORD

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        wish = get_object_or_404(own_requests(request.user.member), pk=pk)
        try:
            withdraw(request=wish, by=request.user, now=timezone.now())
        except AlreadyDecided as quicker:
            if quicker.request.state != CorrectionRequest.State.WITHDRAWN:
                messages.info(request, _("It had been answered already."))
        return redirect("members:own_corrections")


class CorrectionListView(PortalView, TemplateView):
    """What waits for an answer, and what was answered."""

    permission = Permission.EDIT_ROSTER
    template_name = "members/corrections.html"

    def get_context_data(self, **context) -> dict:
        user = self.request.user
        page = page_of(self.request, answered_for(user), PAGE_SIZE)
        return super().get_context_data(
            waiting=[shown(wish) for wish in waiting_for(user, timezone.localdate())],
            answered=[shown(wish) for wish in page],
            page=page,
            **context,
        )


class CorrectionView(PortalView, FormView):
    """One wish: what it said, what it should say, what it says now; accept or decline."""

    permission = Permission.EDIT_ROSTER
    template_name = "members/correction.html"
    form_class = AnswerForm

    @cached_property
    def wish(self) -> CorrectionRequest:
        wishes = self.visible(CorrectionRequest.objects.select_related("member__branch", "member__user", "decided_by"))
        return get_object_or_404(wishes, pk=self.kwargs["pk"])

    @cached_property
    def own_matter(self) -> str:
        """Why the reader does not answer it himself, and who does."""
        return whose_turn(self.request.user, self.wish.member, Permission.EDIT_ROSTER, timezone.localdate())

    def get(self, request, *args, **kwargs) -> HttpResponse:
        response = super().get(request, *args, **kwargs)
        if self.wish.member.user_id != request.user.pk:
            audit.note_access(
                "correction.viewed", by=request.user, subject=self.wish.member, branch=self.wish.member.branch
            )
        return response

    def post(self, request, *args, **kwargs) -> HttpResponse:
        if self.own_matter:
            messages.warning(request, self.own_matter)
            return redirect("members:correction", self.wish.pk)
        return super().post(request, *args, **kwargs)

    def get_initial(self) -> dict:
        return {"version": self.wish.member.version}

    def get_context_data(self, **context) -> dict:
        is_open = self.wish.state == CorrectionRequest.State.OPEN
        return super().get_context_data(
            wish=self.wish,
            shown=shown(self.wish),
            may_answer=is_open and not self.own_matter,
            own_matter=self.own_matter if is_open else "",
            **context,
        )

    def form_valid(self, form: AnswerForm) -> HttpResponse:
        values, by, now = form.cleaned_data, self.request.user, timezone.now()
        try:
            if values["verdict"] == "decline":
                decline(request=self.wish, answer=values["answer"], by=by, now=now)
            elif fault := self._accept(values, by, now):
                form.add_error(None, fault)
                return self.form_invalid(form)
        except AlreadyDecided:
            messages.info(self.request, _("It had been answered already."))
            return redirect("members:correction", self.wish.pk)
        except OwnMatter as own:
            form.add_error(None, own)
            return self.form_invalid(form)
        except StaleEdit as stale:
            return self._changed_meanwhile(form, stale.member)
        messages.success(self.request, _("Answered. %(name)s gets a message.") % {"name": self.wish.member.name})
        return redirect("members:corrections")

    def _accept(self, values: dict, by, now) -> str:
        """Write it; return what stands in the way, or ""."""
        person, field = self.wish.member, self.wish.field
        checked = member_form(person, field, self.wish.proposed_value, today=timezone.localdate(now))
        if not checked.is_valid():
            faults = sentences(error for errors in checked.errors.values() for error in errors)
            return _("The value does not fit the rest of the record: %(faults)s") % {"faults": faults}
        try:
            accept(
                request=self.wish, version=values["version"], value=checked.cleaned_data[field],
                answer=values["answer"], by=by, now=now,
            )  # fmt: skip
        except NumberTaken as taken:
            return number_taken(taken)
        except NotInCharge:
            return not_in_charge(person)
        return ""

    def _changed_meanwhile(self, form: AnswerForm, current: Member) -> HttpResponse:
        """Nothing was written; the page shows the record as it is now and keeps the answer that was typed."""
        self.wish.member = current
        data = form.data.copy()
        data["version"] = current.version
        again = AnswerForm(data)
        again.add_error(
            None, _("The record was changed while you were reading. Compare the values again before you answer.")
        )
        return self.render_to_response(self.get_context_data(form=again), status=409)
