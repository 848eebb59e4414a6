"""Who is this person, and how is the record kept right?"""

from __future__ import annotations

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import DetailView, FormView

from branchportal import audit
from members.access import PortalView, access_of
from members.forms.people import SUGGESTED, AddMemberForm, MemberForm
from members.models import Branch, Member
from members.queries.history import entries_about, last_change, lines
from members.queries.own_matters import whose_turn
from members.queries.people import differences, facts, offices_of_person, steps
from members.queries.roster import known_values
from members.queries.transfers import open_of
from members.roles import Permission
from members.rule_texts import next_step_sentences, sentence
from members.rules import next_step, warnings
from members.services.own_matters import OwnMatter
from members.services.people import NotInCharge, NumberTaken, StaleEdit, add_member, edit_member
from members.services.transfers import receive_member
from members.stages import Stage

SHOWN_CHANGES = 5  # the others stand on their own page


class PersonView(PortalView, DetailView):
    """One person: the path with its dates, advice, the record, its past and its changes. The look is noted."""

    permission = Permission.VIEW_ROSTER
    template_name = "members/person.html"
    context_object_name = "person"

    def get_queryset(self) -> QuerySet[Member]:
        return self.visible(Member.objects.select_related("branch", "user"))

    def get(self, request, *args, **kwargs) -> HttpResponse:
        response = super().get(request, *args, **kwargs)
        if self.object.user_id != request.user.pk:
            audit.note_access("member.viewed", by=request.user, subject=self.object, branch=self.object.branch)
        return response

    def get_context_data(self, **context) -> dict:
        person, access = self.object, access_of(self.request.user)
        may_edit = access.may_in(Permission.EDIT_ROSTER, person.branch)
        own_matter = _whose_turn(self.request, person) if may_edit else ""
        may_transfer = access.may_in(Permission.TRANSFER_MEMBERS, person.branch)
        return super().get_context_data(
            steps=steps(person, timezone.localdate()),
            advice=advice(person),
            warnings=[sentence(finding) for finding in warnings(person.stage_dates)],
            facts=facts(person),
            former_memberships=person.former_memberships.select_related("branch"),
            former_numbers=person.former_numbers.all(),
            history=lines(entries_about(person)[:SHOWN_CHANGES], person) if may_edit else [],
            offices=offices_of_person(person, timezone.localdate(), by=self.request.user),
            transfer=open_of(person) if may_transfer else None,
            may_edit=may_edit,
            may_change=may_edit and not own_matter,
            own_matter=own_matter,
            is_own=person.user_id == self.request.user.pk,
            may_transfer=may_transfer,
            **context,
        )


class AddPersonView(PortalView, FormView):
    permission = Permission.EDIT_ROSTER
    template_name = "members/person_form.html"
    form_class = AddMemberForm

    @cached_property
    def branches(self) -> QuerySet[Branch]:
        return self.visible(Branch.objects.party_branches())

    def get_initial(self) -> dict:
        wanted, branches = self.request.GET.get("branch", ""), list(self.branches)
        chosen = next((branch for branch in branches if branch.code == wanted), next(iter(branches), None))
        return {"joined_on": timezone.localdate(), "branch": chosen}

    def get_form_kwargs(self) -> dict:
        return super().get_form_kwargs() | {"today": timezone.localdate(), "branches": self.branches}

    def get_context_data(self, **context) -> dict:
        people = self.visible(Member.objects.all())
        return super().get_context_data(
            suggestions=known_values(people, SUGGESTED), one_branch=len(self.branches) == 1, person=None, **context
        )

    def form_valid(self, form: AddMemberForm) -> HttpResponse:
        try:
            person = self._write(form)
        except NumberTaken as taken:
            form.add_error("number", number_taken(taken))
            return self.form_invalid(form)
        messages.success(self.request, _("%(name)s is on the roster now.") % {"name": person.name})
        return redirect("members:person", person.pk)

    def _write(self, form: AddMemberForm) -> Member:
        person = {"branch": form.cleaned_data["branch"], "values": form.values(), "by": self.request.user}
        if form.cleaned_data["organisation"]:
            return receive_member(**person, **form.letter(), now=timezone.now())
        return add_member(**person)


class EditPersonView(PortalView, FormView):
    """Change a record; who comes second sees what the first one changed and keeps what he typed."""

    permission = Permission.EDIT_ROSTER
    template_name = "members/person_form.html"
    form_class = MemberForm

    @cached_property
    def person(self) -> Member:
        return get_object_or_404(self.visible(Member.objects.select_related("branch")), pk=self.kwargs["pk"])

    def get(self, request, *args, **kwargs) -> HttpResponse:
        if self.person.user_id != request.user.pk:
            audit.note_access("member.viewed", by=request.user, subject=self.person, branch=self.person.branch)
        if text := _whose_turn(request, self.person):
            messages.warning(request, text)
            return redirect("members:person", self.person.pk)
        return super().get(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict:
        return super().get_form_kwargs() | {"today": timezone.localdate(), "instance": self.person}

    def get_context_data(self, **context) -> dict:
        people = self.visible(Member.objects.all())
        return super().get_context_data(
            person=self.person, suggestions=known_values(people, SUGGESTED), one_branch=True, **context
        )

    def form_valid(self, form: MemberForm) -> HttpResponse:
        try:
            edit_member(
                member=self.person,
                version=form.cleaned_data["version"],
                values=form.values(),
                by=self.request.user,
                today=timezone.localdate(),
                reason=form.cleaned_data["why"],
            )
        except NumberTaken as taken:
            form.add_error("number", number_taken(taken))
            return self.form_invalid(form)
        except NotInCharge:
            form.add_error("number", not_in_charge(self.person))
            return self.form_invalid(form)
        except OwnMatter as own:
            form.add_error(None, own)
            return self.form_invalid(form)
        except StaleEdit as stale:
            return self.conflict(form, stale.member)
        messages.success(self.request, _("Saved."))
        return redirect("members:person", self.person.pk)

    def conflict(self, form: MemberForm, current: Member) -> HttpResponse:
        """Show both versions; what was typed here stays in the form, all else is brought up to date."""
        context = {
            "form": form.brought_up_to_date(current),
            "differences": differences(current, form.values(), touched=form.changed_data),
            "last_change": last_change(current),
        }
        return self.render_to_response(self.get_context_data(**context), status=409)


def _whose_turn(request: HttpRequest, person: Member) -> str:
    """Why the reader does not change this record himself, and who does; "" where he may."""
    return whose_turn(request.user, person, Permission.EDIT_ROSTER, timezone.localdate())


def advice(person: Member) -> list[str]:
    """What the rules allow next, as plain sentences; nothing for ended memberships."""
    if person.ended_on:
        return []
    step = next_step(Stage(person.stage), person.stage_dates, leaving_on=person.leaving_on)
    return next_step_sentences(step, timezone.localdate()) if step else []


def not_in_charge(person: Member) -> str:
    return _(
        "%(name)s signs in with this number, and you do not keep that account. Leave the number as it is and ask the "
        "secretary; an office that the secretary can't give has to be ended first."
    ) % {"name": person.name}


def number_taken(taken: NumberTaken) -> str:
    """The same words for every other branch: nothing is told about a person elsewhere."""
    if taken.holder is None:
        return _(
            "This number is already in use. Check it; if the person comes from another branch, ask that branch or "
            "the system administrator for a transfer."
        )
    return _("%(name)s of this branch has or had this number. Check it, or open that person's page.") % {
        "name": taken.holder.name
    }
