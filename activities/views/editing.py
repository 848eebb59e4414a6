"""How is an activity recorded and changed?"""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import FormView

from activities.forms.activity import ActivityForm
from activities.models import Activity
from activities.queries.activities import differences
from activities.services.activities import StaleActivity, edit_activity, record_activity
from members.access import PortalView, access_of
from members.models import Branch
from members.roles import Permission


class AddView(PortalView, FormView):
    permission = Permission.EDIT_ACTIVITIES
    template_name = "activities/activity_form.html"
    form_class = ActivityForm

    @cached_property
    def branches(self) -> list[Branch]:
        return list(self.visible(Branch.objects.party_branches()))

    @cached_property
    def branch(self) -> Branch | None:
        """The one that the address names, or the only one."""
        code = self.request.GET.get("branch")
        if code is None:
            return self.branches[0] if len(self.branches) == 1 else None
        return get_object_or_404(self.visible(Branch.objects.party_branches()), code=code[:20])

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        allowed = request.user.is_authenticated and access_of(request.user).may(self.permission)
        if allowed and self.branch is None:
            return render(request, "activities/choose_branch.html", {"branches": self.branches})
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict:
        return super().get_form_kwargs() | {"branch": self.branch}

    def get_context_data(self, **context) -> dict:
        return super().get_context_data(branch=self.branch, activity=None, **context)

    def form_valid(self, form: ActivityForm) -> HttpResponse:
        activity = record_activity(
            branch=self.branch, entry=form.cleaned_data["entry"], values=form.values(), by=self.request.user
        )
        messages.success(self.request, _("The activity is recorded."))
        return redirect("activities:activity", activity.pk)


class EditView(PortalView, FormView):
    """Change an activity; who comes second sees what differs and keeps what he typed."""

    permission = Permission.EDIT_ACTIVITIES
    template_name = "activities/activity_form.html"
    form_class = ActivityForm

    @cached_property
    def activity(self) -> Activity:
        activities = self.visible(Activity.objects.select_related("branch", "owner", "kind"))
        return get_object_or_404(activities, pk=self.kwargs["pk"])

    def get_form_kwargs(self) -> dict:
        return super().get_form_kwargs() | {"branch": self.activity.branch, "activity": self.activity}

    def get_context_data(self, **context) -> dict:
        return super().get_context_data(branch=self.activity.branch, activity=self.activity, **context)

    def form_valid(self, form: ActivityForm) -> HttpResponse:
        values, version = form.values(), form.cleaned_data["version"]
        try:
            edit_activity(activity=self.activity, version=version or 0, values=values, by=self.request.user)
        except StaleActivity as stale:
            form.data = form.data.copy()
            form.data["version"] = stale.activity.version
            context = self.get_context_data(form=form, differences=differences(stale.activity, values))
            return self.render_to_response(context, status=409)
        messages.success(self.request, _("Saved."))
        return redirect("activities:activity", self.activity.pk)
