"""How does an officer ask for a ranking, and how far is it?"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from branchportal.models import JobRun
from evaluations.forms.compilations import CompileForm
from evaluations.labels import JOB_LABELS
from evaluations.refusals import Refused, shown
from evaluations.services import compile as compiling
from members.access import PortalView
from members.models import Branch
from members.roles import Permission

STEPS = (JobRun.State.QUEUED.value, compiling.READING, compiling.COMPUTING, compiling.WRITING, JobRun.State.DONE.value)


class CompileView(PortalView, View):
    """Choose branch, purpose and period, and queue the job."""

    permission = Permission.COMPILE_RANKING

    def get(self, request: HttpRequest) -> HttpResponse:
        wanted = {key: request.GET[key] for key in ("branch", "purpose", "first", "last") if key in request.GET}
        return self._page(self._form(initial=wanted))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self._form(data=request.POST)
        if not form.is_valid():
            return self._page(form, status=422)
        try:
            job, created = compiling.request(**form.cleaned_data, by=request.user, now=timezone.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self._page(form, status=422)
        if not created:
            messages.info(request, _("This ranking is being compiled already; here is how far it is."))
        return redirect("evaluations:compile_job", pk=job.pk)

    def _form(self, **kwargs: Any) -> CompileForm:
        branches = self.visible(Branch.objects.party_branches())
        return CompileForm(branches=branches, now=timezone.now(), **kwargs)

    def _page(self, form: CompileForm, status: int = 200) -> HttpResponse:
        return render(self.request, "evaluations/compile.html", {"form": form}, status=status)


class JobView(PortalView, View):
    """How far one compilation is; the part with the steps asks again by itself until the job has ended."""

    permission = Permission.COMPILE_RANKING

    def get(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        job = own_job(self, pk)
        template = "evaluations/job.html"
        if request.htmx:
            template = "evaluations/job_steps.html"
        response = render(request, template, _job_context(job))
        if request.htmx and job.state == JobRun.State.DONE:
            response["HX-Redirect"] = reverse("evaluations:ranking", args=[job.result["run"]])
        return response


class JobRetryView(PortalView, View):
    """The retry button of a failed compilation: the same work, queued anew."""

    permission = Permission.COMPILE_RANKING

    def post(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        job = compiling.retry(job=own_job(self, pk), by=request.user)
        return redirect("evaluations:compile_job", pk=job.pk)


def own_job(view: PortalView, pk: UUID) -> JobRun:
    """The compilation with this id in a branch of the page's permission, or 404."""
    jobs_of_branches = JobRun.objects.filter(
        kind=compiling.KIND, branch__in=view.visible(Branch.objects.all())
    ).select_related("branch")
    return get_object_or_404(jobs_of_branches, pk=pk)


def _job_context(job: JobRun) -> dict[str, Any]:
    current = job.step if job.state == JobRun.State.RUNNING and job.step in STEPS else job.state
    place = STEPS.index(current) if current in STEPS else 0
    if job.state == JobRun.State.FAILED:
        place = STEPS.index(job.step) if job.step in STEPS else 0
    return {
        "job": job,
        "steps": [
            {"label": JOB_LABELS[step], "state": _step_state(index, place, job), "is_current": index == place}
            for index, step in enumerate(STEPS)
        ],
        "error": shown(job.error) if job.error else "",
        "purpose": job.arguments["purpose"],
    }


def _step_state(index: int, place: int, job: JobRun) -> str:
    if index < place or job.state == JobRun.State.DONE:
        return "done"
    return "current" if index == place else "todo"
