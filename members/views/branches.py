"""How does the administrator see and change the tree of branches?"""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import FormView, ListView

from branchportal.wording import sentences
from members.access import PortalView
from members.forms.branches import AddBranchForm, RenameBranchForm
from members.models import Branch
from members.roles import Permission
from members.services import branches
from members.views.office import office_links


class BranchListView(PortalView, ListView):
    """The tree, every branch under its superior."""

    permission = Permission.MANAGE_BRANCHES
    template_name = "members/branches.html"

    def get_queryset(self):
        current = Count("members", filter=Q(members__ended_on=None))
        return self.visible(Branch.objects.annotate(people=current)).order_by("path")

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        rows = [(branch, min(branch.path.count("/") - 1, 5)) for branch in context["object_list"]]
        return {**context, "rows": rows, "office_links": office_links(self.request)}


class AddBranchView(PortalView, FormView):
    """A new committee, general branch or branch."""

    permission = Permission.MANAGE_BRANCHES
    template_name = "members/branch_form.html"
    form_class = AddBranchForm

    def get_form_kwargs(self):
        parents = self.visible(Branch.objects.filter(closed_on=None)).exclude(kind=Branch.Kind.BRANCH)
        return {**super().get_form_kwargs(), "parents": parents.select_related("parent").order_by("path")}

    def get_initial(self):
        below = self.request.GET.get("below", "")
        return {"parent": below} if below.isdecimal() and len(below) < 19 else {}

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs, heading=_("Add a branch"), office_links=office_links(self.request))

    def form_valid(self, form):
        try:
            branch = branches.add_branch(**form.cleaned_data, by=self.request.user)
        except ValidationError as error:
            form.add_error(None, error)
            return self.form_invalid(form)
        messages.success(self.request, _("%(branch)s is added.") % {"branch": branch.name})
        return redirect("members:branches")


class RenameBranchView(PortalView, FormView):
    """Another name for a branch."""

    permission = Permission.MANAGE_BRANCHES
    template_name = "members/branch_form.html"
    form_class = RenameBranchForm

    @cached_property
    def branch(self) -> Branch:
        """The branch, or 404."""
        return get_object_or_404(self.visible(Branch.objects), pk=self.kwargs["pk"])

    def get_initial(self):
        return {"name": self.branch.name}

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            **kwargs, heading=_("Rename %(branch)s") % {"branch": self.branch.name},
            office_links=office_links(self.request),
        )  # fmt: skip

    def form_valid(self, form):
        branches.rename_branch(branch=self.branch, name=form.cleaned_data["name"], by=self.request.user)
        messages.success(self.request, _("The new name is saved."))
        return redirect("members:branches")


class CloseBranchView(PortalView, View):
    """Ask first, then close."""

    permission = Permission.MANAGE_BRANCHES

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        branch = get_object_or_404(self.visible(Branch.objects), pk=pk)
        context = {
            "title": _("Close %(branch)s?") % {"branch": branch.name},
            "text": _("A closed branch takes no members, offices and months any more. Its history stays readable."),
            "label": _("Close the branch"),
            "back_url": reverse("members:branches"),
            "danger": True,
            "facts": None,
            "form": None,
        }
        return render(request, "branchportal/confirm.html", context)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        branch = get_object_or_404(self.visible(Branch.objects), pk=pk)
        try:
            branches.close_branch(branch=branch, by=request.user, today=timezone.localdate())
        except ValidationError as error:
            messages.error(request, sentences(error.messages))
        else:
            messages.success(request, _("%(branch)s is closed.") % {"branch": branch.name})
        return redirect("members:branches")
