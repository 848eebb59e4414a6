"""How is the portal itself, and what does its operator do about it? Technical facts only."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import TemplateView

from branchportal import health, jobs, ledger
from branchportal.models import JobRun
from branchportal.wording import stored_sentence
from members.access import PortalView, access_of
from members.roles import Permission
from members.views.office import office_links

JOBS_SHOWN = 50


class HealthPageView(PortalView, TemplateView):
    """Everything that the portal lives on, jobs that wait or failed, and what the last check of the data found."""

    permission = Permission.VIEW_OPERATIONS
    template_name = "members/health.html"

    def get_context_data(self, **kwargs):
        now = timezone.now()
        vitals = health.vitals(now=now)
        run = health.last_run()
        return {
            **super().get_context_data(**kwargs),
            "vitals": vitals,
            "worst": health.worst(vitals),
            "needing": [vital for vital in vitals if vital.state != health.State.GREEN],
            "jobs": [(job, _why(job.error)) for job in _jobs(self.request, now)[:JOBS_SHOWN]],
            "run": run,
            "found": ledger.found_by_check(run) if run else [],
            "now": now,
            "office_links": office_links(self.request),
        }


class RetryJobView(PortalView, View):
    """The retry button of a failed job: the same work for the same person, queued anew."""

    permission = Permission.VIEW_OPERATIONS
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk) -> HttpResponse:
        job = get_object_or_404(_jobs(request, timezone.now()), pk=pk)
        jobs.retry_failed(job=job, by=request.user)
        messages.success(request, _("The job is queued again."))
        return redirect("members:health")


def _jobs(request: HttpRequest, now: datetime) -> QuerySet[JobRun]:
    """Those of branches in scope, and those of no branch."""
    scope = access_of(request.user).rows(Permission.VIEW_OPERATIONS, "branch") | Q(branch=None)
    return health.open_and_failed_jobs(now=now).filter(scope)


def _why(error: str) -> str:
    if error == jobs.LOST_WORKER:
        return _("The worker died five times, mostly for want of memory.")
    return stored_sentence(error)
