"""How does a membership end, or go on again?"""

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
from members.forms.memberships import EndForm, ResumeForm
from members.models import Member, Transfer
from members.queries.people import offices_left
from members.roles import Permission
from members.services.memberships import OpenTransfer, end_membership, resume_membership
from members.services.own_matters import OwnMatter
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
        except OpenTransfer as there:
            form.add_error(None, _on_its_way(there.transfer))
            return self.form_invalid(form)
        except OwnMatter as own:
            form.add_error(None, own)
            return self.form_invalid(form)
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
            "offices": offices_left(self.person, timezone.localdate()),
        }

    def write(self, typed: dict) -> str:
        end_membership(
            member=self.person,
            version=typed["version"],
            reason=typed["reason"],
            ended_on=typed["day"],
            by=self.request.user,
            now=timezone.now(),
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
        resume_membership(
            member=self.person,
            version=typed["version"],
            joined_on=typed["day"],
            by=self.request.user,
            today=timezone.localdate(),
        )
        return _("%(name)s belongs to the branch again.") % {"name": self.person.name}


def _on_its_way(transfer: Transfer) -> str:
    return _(
        "The membership is on its way to %(destination)s. Record the receipt, or take the transfer back first."
    ) % {"destination": transfer.destination}
