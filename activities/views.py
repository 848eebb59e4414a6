"""Which activities are there, who was at this one, and how is one recorded?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import FormView, ListView, TemplateView, View

from activities.forms import ActivityFilter, ActivityForm, AttendanceForm
from activities.models import Activity
from activities.queries import (
    Row,
    academic_year,
    differences,
    hours_by_member,
    own_attendance,
    sheet,
    with_attendance,
)
from activities.services import (
    AttendanceRefused,
    StaleActivity,
    edit_activity,
    record_activity,
    set_attendance,
)
from members.access import PortalView, access_of
from members.models import Branch, Member
from members.roles import Permission


class ActivitiesView(PortalView, ListView):
    """The newest first, with filters in the address; members see their own attendance, officers everybody's."""

    permission = Permission.VIEW_ACTIVITIES
    template_name = "activities/activities.html"
    paginate_by = 30

    def get_queryset(self) -> QuerySet[Activity]:
        self.branches = list(self.visible(Branch.objects.party_branches()))
        activities = with_attendance(self.visible(Activity.objects.all()), own_member(self.request))
        self.filter = ActivityFilter(self.request.GET, activities, branches=self.branches, now=timezone.now())
        return self.filter.qs

    def paginate_queryset(self, queryset, page_size):
        """A page number that is too large or no number at all shows the nearest page."""
        paginator = self.get_paginator(queryset, page_size)
        page = paginator.get_page(self.request.GET.get("page"))
        return paginator, page, page.object_list, page.has_other_pages()

    def get_context_data(self, **context) -> dict:
        context = super().get_context_data(**context)
        access, own = access_of(self.request.user), own_member(self.request)
        shown = [(activity, access.may_in(Permission.VIEW_ROSTER, activity.branch)) for activity in context["page_obj"]]
        hours = hours_by_member([own], *academic_year(timezone.localdate())) if own else {}
        return context | {
            "filter": self.filter,
            "activities": shown,
            "branch": self.branches[0] if len(self.branches) == 1 else None,
            "branch_count": len(self.branches),
            "own": own,
            "own_hours": hours.get(own.pk, 0) if own else None,
            "may_edit": access.may(Permission.EDIT_ACTIVITIES),
            "now": timezone.now(),
        }


class ActivityView(PortalView, TemplateView):
    """One activity: what, when, who is responsible, and who was there as far as the reader may see it."""

    permission = Permission.VIEW_ACTIVITIES
    template_name = "activities/activity.html"

    def get_context_data(self, **context) -> dict:
        activity = get_object_or_404(self.visible(Activity.objects.select_related("branch", "owner")), pk=context["pk"])
        return super().get_context_data(**context) | page_of(activity, self.request)


class AttendanceView(PortalView, View):
    """Write down who was there: all people of the branch in one form."""

    permission = Permission.EDIT_ACTIVITIES

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        activity = get_object_or_404(self.visible(Activity.objects), pk=pk)
        return redirect("activities:activity", activity.pk)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        activity = get_object_or_404(self.visible(Activity.objects.select_related("branch", "owner")), pk=pk)
        form = AttendanceForm(request.POST, [row.member for row in sheet(activity)], usual_hours=activity.hours)
        if form.errors:
            return self._again(activity, form, 422)
        try:
            set_attendance(
                activity=activity, version=form.version, marks=form.marks, by=request.user, now=timezone.now()
            )
        except AttendanceRefused as refused:
            return self._again(activity, form, 422, refusal=str(refused))
        except StaleActivity as stale:
            return self._again(stale.activity, form, 409, is_conflict=True)
        messages.success(request, _("Attendance saved."))
        return redirect("activities:activity", pk)

    def _again(self, activity: Activity, form: AttendanceForm, status: int, **context: Any) -> HttpResponse:
        """The same page with everything that was typed."""
        page = page_of(activity, self.request, form=form) | context
        return render(self.request, "activities/activity.html", page, status=status)


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
        activities = self.visible(Activity.objects.select_related("branch", "owner"))
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


def own_member(request: HttpRequest) -> Member | None:
    """The person on the roster who is signed in."""
    return getattr(request.user, "member", None)


def page_of(activity: Activity, request: HttpRequest, *, form: AttendanceForm | None = None) -> dict[str, Any]:
    """What the page of one activity shows to this reader."""
    access, branch, now = access_of(request.user), activity.branch, timezone.now()
    may_edit = access.may_in(Permission.EDIT_ACTIVITIES, branch)
    sees_everybody = may_edit or access.may_in(Permission.VIEW_ROSTER, branch)
    return {
        "activity": activity,
        "may_edit": may_edit,
        "has_begun": now >= activity.starts_at,
        "sees_everybody": sees_everybody,
        "own": own_attendance(activity, own_member(request)),
        "lines": [_line(row, form) for row in sheet(activity)] if sees_everybody else [],
    }


def _line(row: Row, form: AttendanceForm | None) -> Mapping[str, Any]:
    """One person with what is typed; `standing` is what is stored, where that is something else."""
    stored_hours = "" if row.hours is None or not row.hours else f"{row.hours.normalize():f}"
    if form is None or row.member.pk not in form.marks:
        return {"row": row, "state": row.state, "hours": stored_hours, "error": "", "differs": False}
    state, hours = form.state(row.member.pk), form.hours(row.member.pk)
    mark = form.marks[row.member.pk]
    return {
        "row": row,
        "state": state,
        "hours": hours,
        "error": form.errors.get(row.member.pk, ""),
        "differs": (row.state, row.hours) != ((mark.state, mark.hours) if mark else ("", None)),
    }
