"""Who holds which office, and how is one given or ended?"""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import FormView, ListView

from branchportal.paging import NearestPage
from members.access import PortalView
from members.forms.roles import AppointForm, EndOfficeForm
from members.labels import ROLE_LABELS, ROLE_SENTENCES
from members.models import Branch, Member, RoleAssignment
from members.queries.offices import offices_in_scope, roles_for, visible_branches
from members.queries.roster import matching
from members.roles import Permission, Role
from members.services import accounts, roles
from members.views.office import office_links

SHOWN = 8  # members offered at once; the others are found by the search


class RoleListView(PortalView, NearestPage, ListView):
    """The offices of every branch in scope."""

    permission = Permission.ASSIGN_ROLES
    template_name = "members/roles.html"
    paginate_by = 20

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.words = request.GET.get("q", "").strip()[:60]

    def get_queryset(self):
        branches = visible_branches(self.request.user)
        return branches.filter(name__icontains=self.words) if self.words else branches

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        today = timezone.localdate()
        offices = offices_in_scope(context["page_obj"].object_list, by=self.request.user, today=today)
        for group in offices:
            for row in group.rows:
                row.office.label = ROLE_LABELS[row.role]
        return {
            **context,
            "groups": offices,
            "words": self.words,
            "today": today,
            "role_table": [(ROLE_LABELS[role], ROLE_SENTENCES[role]) for role in Role],
            "office_links": office_links(self.request),
        }


class AppointView(PortalView, FormView):
    """Give an office of one branch."""

    permission = Permission.ASSIGN_ROLES
    template_name = "members/appoint.html"
    form_class = AppointForm

    @cached_property
    def branch(self) -> Branch:
        """The branch, or 404."""
        return get_object_or_404(visible_branches(self.request.user), pk=self.kwargs["pk"])

    def get_form_kwargs(self):
        allowed = roles_for(self.branch, by=self.request.user)
        if not allowed:
            raise PermissionDenied
        return {
            **super().get_form_kwargs(), "branch": self.branch, "roles": allowed, "members": self.members,
            "shown": self.shown[:SHOWN], "today": timezone.localdate(),
        }  # fmt: skip

    @cached_property
    def words(self) -> str:
        """What is searched for among the members of the branch."""
        return self.request.GET.get("q", "").strip()[:60]

    @property
    def members(self) -> QuerySet[Member]:
        return Member.objects.current().filter(branch=self.branch).in_roster_order()

    @cached_property
    def shown(self) -> list[Member]:
        """The first ones that the search finds, and one more than fits if there are any."""
        return list(matching(self.members, self.words)[: SHOWN + 1])

    def form_valid(self, form):
        values = form.cleaned_data
        try:
            with transaction.atomic():
                office = roles.appoint(
                    user=self._person(values), role=Role(values["role"]), branch=self.branch,
                    starts_on=values["starts_on"], ends_on=values["ends_on"],
                    class_name=values.get("class_name", ""), by=self.request.user, now=timezone.now(),
                )  # fmt: skip
        except ValidationError as error:
            form.add_error(None, error)
            return self.form_invalid(form)
        messages.success(
            self.request,
            _("Office given to %(name)s in %(branch)s: %(role)s.")
            % {"name": office.user.name, "role": ROLE_LABELS[Role(office.role)], "branch": self.branch.name},
        )
        return redirect("members:roles")

    def get_context_data(self, **kwargs):
        sentences = [(ROLE_LABELS[role], ROLE_SENTENCES[role]) for role in roles_for(self.branch, by=self.request.user)]
        return super().get_context_data(
            **kwargs, branch=self.branch, sentences=sentences, office_links=office_links(self.request),
            words=self.words, found=len(self.shown[:SHOWN]), has_more=len(self.shown) > SHOWN,
        )  # fmt: skip

    def _person(self, values):
        if values.get("member"):
            return accounts.account_of(member=values["member"])
        return accounts.account_by_number(number=values["number"], name=values["name"])


class EndOfficeView(PortalView, FormView):
    """End one office, at once or after a day."""

    permission = Permission.ASSIGN_ROLES
    template_name = "members/end_office.html"
    form_class = EndOfficeForm

    @cached_property
    def office(self) -> RoleAssignment:
        """The office, or 404."""
        offices = self.visible(RoleAssignment.objects.select_related("user", "branch"))
        office = get_object_or_404(offices, pk=self.kwargs["pk"])
        if office.user_id == self.request.user.pk or office.role not in roles_for(office.branch, by=self.request.user):
            raise PermissionDenied
        return office

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "today": timezone.localdate()}

    def get_context_data(self, **kwargs):
        office = self.office
        return super().get_context_data(
            **kwargs, office=office, label=ROLE_LABELS[Role(office.role)], office_links=office_links(self.request)
        )

    def form_valid(self, form):
        now = timezone.now()
        later = form.cleaned_data["when"] == EndOfficeForm.LATER
        last_day = form.cleaned_data["last_day"] if later else roles.at_once(now)
        try:
            roles.end_office(office=self.office, last_day=last_day, by=self.request.user, now=now)
        except ValidationError as error:
            form.add_error(None, error)
            return self.form_invalid(form)
        messages.success(self.request, _("The office of %(name)s is ended.") % {"name": self.office.user.name})
        return redirect("members:roles")
