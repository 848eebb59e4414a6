"""How does an officer bring in a sheet of scores: download it, upload it, read what is wrong, write the good rows?"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View

from branchportal import audit
from branchportal.downloads import attachment
from branchportal.spreadsheets.errors import SpreadsheetError, read_later
from evaluations.forms.score_import import SOURCE_CHOICES, ScoreFileForm
from evaluations.labels import DIMENSION_LABELS, points_label
from evaluations.models import Cycle
from evaluations.refusals import Refused
from evaluations.reports import score_template
from evaluations.services import score_batches
from evaluations.services.months import refuse_sheets
from evaluations.views.branch_months import BranchMonthView
from members.access import PortalView
from members.models import ImportBatch
from members.roles import Permission

RECENT = 10


class ScoreImportView(BranchMonthView):
    """Choose a file; it is checked at once, nothing is written yet."""

    permission = Permission.IMPORT_SCORES

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._page(ScoreFileForm())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = ScoreFileForm(request.POST, request.FILES)
        if self._refusal or not form.is_valid():
            return self._page(form, status=422)
        upload = form.cleaned_data["file"]
        try:
            batch = score_batches.keep_batch(
                content=upload.read(),
                file_name=upload.name,
                branch=self.branch,
                cycle=self.cycle,
                source=form.cleaned_data["source"],
                by=request.user,
                now=timezone.now(),
            )
        except (SpreadsheetError, Refused) as error:
            form.add_error("file", str(error))
            return self._page(form, status=422)
        return redirect("evaluations:score_batch", pk=batch.pk)

    @cached_property
    def _refusal(self) -> str:
        """Why no sheet of this month is taken now."""
        try:
            refuse_sheets(self.cycle, self.branch, timezone.now())
        except Refused as refusal:
            return str(refusal)
        return ""

    def _page(self, form: ScoreFileForm, status: int = 200) -> HttpResponse:
        batches = ImportBatch.objects.filter(kind=ImportBatch.Kind.SCORES, branch=self.branch)
        recent = batches.filter(arguments__cycle=self.cycle.pk).select_related("uploaded_by").defer("content", "report")
        context = {
            "branch": self.branch,
            "cycle": self.cycle,
            "form": form,
            "refusal": self._refusal,
            "recent": recent[:RECENT],
        }
        return render(self.request, "evaluations/score_import.html", context, status=status)


class ScoreTemplateView(BranchMonthView):
    """A sheet for paper cards, with everybody's number and name in it."""

    permission = Permission.IMPORT_SCORES

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        content = score_template.cards_workbook(self.branch, self.cycle)
        return attachment(content, f"{_('Paper cards')}-{self.branch.name}-{self.cycle}.xlsx")


class RatingSheetView(BranchMonthView):
    """A sheet to rate the branch in, with what was given already."""

    permission = Permission.IMPORT_SCORES

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        audit.note_access("ratings.downloaded", by=request.user, subject=self.cycle, branch=self.branch)
        content = score_template.ratings_workbook(self.branch, self.cycle, rater=request.user)
        return attachment(content, f"{_('Branch rating')}-{self.branch.name}-{self.cycle}.xlsx")


class ScoreBatchView(PortalView, View):
    """What the check found; the good rows are written by the button."""

    permission = Permission.IMPORT_SCORES

    @cached_property
    def batch(self) -> ImportBatch:
        batches = self.visible(ImportBatch.objects.filter(kind=ImportBatch.Kind.SCORES))
        return get_object_or_404(batches.select_related("branch"), pk=self.kwargs["pk"])

    @cached_property
    def cycle(self) -> Cycle:
        return Cycle.objects.get(pk=self.batch.arguments["cycle"])

    def _download(self, content: bytes, what: str) -> HttpResponse:
        audit.note_access("score_import.downloaded", by=self.request.user, subject=self.batch, branch=self.batch.branch)
        stem = self.batch.file_name.rpartition(".")[0] or self.batch.file_name
        return attachment(content, f"{stem}-{what}.xlsx")

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        report = self.batch.report
        context = {
            "batch": self.batch,
            "cycle": self.cycle,
            "source": dict(SOURCE_CHOICES)[self.batch.arguments["source"]],
            "is_rating": self.batch.arguments["source"] == "branch",
            "report": report,
            "errors": read_later(report["errors"]),
            "writable": report["created"] + report["updated"],
            "labels": list(DIMENSION_LABELS.values()),
            "preview": _preview(report, self.cycle),
            "is_written": self.batch.state == ImportBatch.State.WRITTEN,
        }
        return render(request, "evaluations/score_batch.html", context)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            is_new = score_batches.write_batch(batch=self.batch, by=request.user, now=timezone.now())
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect("evaluations:score_batch", pk=self.batch.pk)
        if is_new:
            self.batch.refresh_from_db()
            count = self.batch.report["created"] + self.batch.report["updated"]
            text = ngettext("%(count)s row was written.", "%(count)s rows were written.", count)
            messages.success(request, text % {"count": count})
        else:
            messages.info(request, _("This file was already written; nothing was written twice."))
        return redirect("evaluations:score_batch", pk=self.batch.pk)


class ScoreMarkedFileView(ScoreBatchView):
    """The sender's own file with the wrong cells marked."""

    http_method_names = ["get"]

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        content = score_batches.marked_file(batch=self.batch, by=request.user)
        return self._download(content, _("marked"))


class ScoreFailingRowsView(ScoreBatchView):
    """Only the rows that were refused, to correct and upload again."""

    http_method_names = ["get"]

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        content = score_batches.failing_file(batch=self.batch, by=request.user, error_header=_("What is wrong"))
        return self._download(content, _("rows to correct"))


def _preview(report: dict[str, Any], cycle: Cycle) -> list[dict[str, Any]]:
    """The kept rows with their points as people read them; none in a batch that was kept without."""
    in_grades = cycle.scale == Cycle.Scale.GRADES
    labels = list(DIMENSION_LABELS.values())
    return [
        {
            **row,
            "note": row.get("note", ""),
            "cells": [
                (label, points_label(points, in_grades=in_grades))
                for label, points in zip(labels, row["points"], strict=True)
            ],
        }
        for row in report.get("preview", [])
    ]
