"""How does a membership end, go on again, or move to another branch?"""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import FormView

from members.access import PortalView
from members.forms.memberships import EndForm, ResumeForm, TransferForm
from members.models import Branch, Member
from members.queries.people import open_offices
from members.roles import Permission
from members.services.memberships import end_membership, resume_membership, transfer_member
from members.services.people import StaleEdit


class _MembershipView(PortalView, FormView):
    """One step of one person; whoever sees an old state is shown the new one before anything is written."""

    template_name = "members/membership_form.html"

    @cached_property
    def person(self) -> Member:
        people = self.visible(Member.objects.select_related("branch", "user"))
        return get_object_or_404(people, pk=self.kwargs["pk"])

    def get(self, request, *args, **kwargs) -> HttpResponse:
        if not self.applies():
            return redirect("members:person", self.person.pk)
        return super().get(request, *args, **kwargs)

    def applies(self) -> bool:
        return self.person.ended_on is None

    def first_day(self) -> date:
        return self.person.joined_on

    def get_form_kwargs(self) -> dict:
        today = timezone.localdate()
        return super().get_form_kwargs() | {"member": self.person, "first": self.first_day(), "today": today}

    def form_valid(self, form) -> HttpResponse:
        try:
            text = self.write(form.cleaned_data)
        except StaleEdit as stale:
            return self.conflict(stale.member)
        messages.success(self.request, text)
        return self.back()

    def conflict(self, current: Member) -> HttpResponse:
        """Nothing was written: lead to the record as it is now, if it is still in sight."""
        messages.warning(
            self.request,
            _(
                "%(name)s was changed by somebody else meanwhile, so nothing was saved. Look at the record and "
                "try again."
            )
            % {"name": current.name},
        )
        return self.back()

    def back(self) -> HttpResponse:
        if self.visible(Member.objects.filter(pk=self.person.pk)).exists():
            return redirect("members:person", self.person.pk)
        return redirect("members:roster")

    def get_context_data(self, **context) -> dict:
        return super().get_context_data(person=self.person, **self.words(), **context)


class EndMembershipView(_MembershipView):
    permission = Permission.EDIT_ROSTER
    form_class = EndForm

    def get_initial(self) -> dict:
        return {"day": timezone.localdate()}

    def words(self) -> dict:
        return {
            "title": _("End the membership of %(name)s") % {"name": self.person.name},
            "text": _(
                "The person leaves the roster and the coming months; reviews, rankings and the record stay and can be "
                "found under ended memberships."
            ),
            "label": _("End the membership"),
            "danger": True,
            "offices": open_offices(self.person.user, timezone.localdate()),
        }

    def write(self, typed: dict) -> str:
        end_membership(
            member=self.person,
            version=typed["version"],
            reason=typed["reason"],
            ended_on=typed["day"],
            by=self.request.user,
            today=timezone.localdate(),
        )
        return _("The membership of %(name)s has ended.") % {"name": self.person.name}


class ResumeMembershipView(_MembershipView):
    permission = Permission.EDIT_ROSTER
    form_class = ResumeForm

    def applies(self) -> bool:
        return self.person.ended_on is not None

    def first_day(self) -> date:
        return self.person.ended_on or self.person.joined_on

    def get_initial(self) -> dict:
        return {"day": self.person.ended_on}

    def words(self) -> dict:
        return {
            "title": _("Resume the membership of %(name)s") % {"name": self.person.name},
            "text": _("Ended on %(day)s: %(reason)s.")
            % {"day": self.first_day().isoformat(), "reason": self.person.get_end_reason_display()},
            "label": _("Resume the membership"),
        }

    def write(self, typed: dict) -> str:
        resume_membership(member=self.person, version=typed["version"], joined_on=typed["day"], by=self.request.user)
        return _("%(name)s belongs to the branch again.") % {"name": self.person.name}


class TransferMemberView(_MembershipView):
    permission = Permission.TRANSFER_MEMBERS
    form_class = TransferForm

    def get_initial(self) -> dict:
        return {"day": timezone.localdate()}

    def get_form_kwargs(self) -> dict:
        committee = self.person.branch.path.split("/")[0]
        branches = Branch.objects.party_branches().filter(path__startswith=f"{committee}/")
        branches = branches.exclude(pk=self.person.branch_id).select_related("parent")
        return super().get_form_kwargs() | {"branches": branches}

    def words(self) -> dict:
        return {
            "title": _("Transfer %(name)s to another branch") % {"name": self.person.name},
            "text": _(
                "The new branch sees the whole record at once; you no longer see it. Reviews and rankings of earlier "
                "months stay with your branch."
            ),
            "label": _("Transfer"),
            "offices": open_offices(self.person.user, timezone.localdate()),
        }

    def write(self, typed: dict) -> str:
        transfer_member(
            member=self.person,
            version=typed["version"],
            to=typed["to"],
            joined_on=typed["day"],
            by=self.request.user,
            today=timezone.localdate(),
        )
        return _("%(name)s now belongs to %(branch)s.") % {"name": self.person.name, "branch": typed["to"].name}
