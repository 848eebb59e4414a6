"""How is an activity recorded and changed?"""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import FormView

from activities.forms.plans import ChangeForm, NewActivityForm
from activities.models import Activity
from activities.queries.activities import differences
from activities.recurrence import Every, moved
from activities.services.activities import StaleActivity, edit_activity, record_activity
from activities.services.series import edit_following, record_series
from branchportal.wording import listed, sentences
from members.access import PortalView, access_of
from members.models import Branch
from members.roles import Permission


class AddView(PortalView, FormView):
    permission = Permission.EDIT_ACTIVITIES
    template_name = "activities/activity_form.html"
    form_class = NewActivityForm

    @cached_property
    def branches(self) -> list[Branch]:
        return list(self.visible(Branch.objects.filter(closed_on=None)))

    @cached_property
    def branch(self) -> Branch | None:
        """The one that the address names, or the only one."""
        code = self.request.GET.get("branch")
        if code is None:
            return self.branches[0] if len(self.branches) == 1 else None
        return get_object_or_404(self.visible(Branch.objects.filter(closed_on=None)), code=code[:20])

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        allowed = request.user.is_authenticated and access_of(request.user).may(self.permission)
        if allowed and self.branch is None:
            return render(request, "activities/choose_branch.html", {"branches": self.branches})
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict:
        return super().get_form_kwargs() | {"branch": self.branch}

    def get_context_data(self, **context) -> dict:
        return super().get_context_data(branch=self.branch, activity=None, **context)

    def form_valid(self, form: NewActivityForm) -> HttpResponse:
        wanted = {"branch": self.branch, "entry": form.cleaned_data["entry"], "values": form.values()}
        days = form.days()
        if len(days) == 1:
            activity = record_activity(**wanted, by=self.request.user)
            messages.success(self.request, _("The activity is recorded."))
        else:
            activity = record_series(**wanted, days=days, by=self.request.user)[0]
            messages.success(self.request, self._in_words(Every(form.cleaned_data["repeats"]), days))
        return redirect("activities:activity", activity.pk)

    def _in_words(self, every: Every, days: list[date]) -> str:
        """How many there are now, and what is not on the day that one would expect."""
        recorded = _("%(count)s activities are recorded, the last one on %(day)s.")
        said = [recorded % {"count": len(days), "day": f"{days[-1]:%Y-%m-%d}"}]
        if shorter := moved(every, days):
            note = _("In months without such a day it is the last one: %(days)s.")
            said.append(note % {"days": listed(f"{day:%Y-%m-%d}" for day in shorter)})
        return sentences(said)


class EditView(PortalView, FormView):
    """Change an activity; who comes second sees what differs and keeps what he typed."""

    permission = Permission.EDIT_ACTIVITIES
    template_name = "activities/activity_form.html"
    form_class = ChangeForm

    @cached_property
    def activity(self) -> Activity:
        activities = self.visible(Activity.objects.select_related("branch", "owner", "kind"))
        return get_object_or_404(activities, pk=self.kwargs["pk"])

    def get_form_kwargs(self) -> dict:
        return super().get_form_kwargs() | {"branch": self.activity.branch, "activity": self.activity}

    def get_context_data(self, **context) -> dict:
        is_recorded = self.activity.attendances.exists()
        return super().get_context_data(
            branch=self.activity.branch, activity=self.activity, asks_reason=is_recorded, **context
        )

    def form_valid(self, form: ChangeForm) -> HttpResponse:
        values = form.values()
        edit = edit_following if form.speaks_of_following else edit_activity
        wanted = {"activity": self.activity, "version": form.cleaned_data["version"] or 0, "values": values}
        try:
            edit(**wanted, by=self.request.user, now=timezone.now(), reason=form.cleaned_data["reason"])
        except ValidationError as error:
            form.add_error(None, error)
            return self.form_invalid(form)
        except StaleActivity as stale:
            form.data = form.data.copy()
            form.data["version"] = stale.activity.version
            context = self.get_context_data(form=form, differences=differences(stale.activity, values))
            return self.render_to_response(context, status=409)
        messages.success(self.request, _("Saved."))
        return redirect("activities:activity", self.activity.pk)
