"""How does an officer bring in figures from Excel: download a sheet, upload it, read what is wrong, write the rest?"""

from __future__ import annotations

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
from evaluations.forms.columns import ColumnFileForm
from evaluations.labels import days_of
from evaluations.queries import columns
from evaluations.refusals import Refused
from evaluations.reports import column_template
from evaluations.services import column_batches
from members.access import PortalView
from members.models import Branch, ImportBatch
from members.roles import Permission

RECENT = 10


class _OfBranch(PortalView, View):
    """The branch that the address names."""

    permission = Permission.IMPORT_SCORES

    @cached_property
    def branch(self) -> Branch:
        return get_object_or_404(self.visible(Branch.objects.party_branches()), code=self.kwargs["code"])


class ColumnImportView(_OfBranch):
    """Choose a file and the day it is about; it is checked at once, nothing is written yet."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        return self._page(ColumnFileForm(today=timezone.localdate()))

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        form = ColumnFileForm(request.POST, request.FILES, today=timezone.localdate())
        if not form.is_valid():
            return self._page(form, status=422)
        upload = form.cleaned_data["file"]
        try:
            batch = column_batches.keep_batch(
                content=upload.read(), file_name=upload.name, branch=self.branch, days=form.days, by=request.user,
                now=timezone.now(),
            )  # fmt: skip
        except (SpreadsheetError, Refused) as error:
            form.add_error("file", str(error))
            return self._page(form, status=422)
        return redirect("evaluations:column_batch", pk=batch.pk)

    def _page(self, form: ColumnFileForm, status: int = 200) -> HttpResponse:
        batches = ImportBatch.objects.filter(kind=ImportBatch.Kind.COLUMNS, branch=self.branch)
        context = {
            "branch": self.branch,
            "form": form,
            "asked": columns.asked_for(self.branch, timezone.localdate()),
            "recent": batches.select_related("uploaded_by").defer("content", "report")[:RECENT],
        }
        return render(self.request, "evaluations/column_import.html", context, status=status)


class ColumnTemplateView(_OfBranch):
    """The sheet of the branch's people, with a column for each figure that the schemes ask for."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        asked = columns.asked_for(self.branch, timezone.localdate())
        content = column_template.template(self.branch, [one.head for one in asked])
        return attachment(content, f"{_('Figures from Excel')}-{self.branch.name}.xlsx")


class _BatchView(PortalView, View):
    """The uploaded file that the address names."""

    permission = Permission.IMPORT_SCORES

    @cached_property
    def batch(self) -> ImportBatch:
        batches = self.visible(ImportBatch.objects.filter(kind=ImportBatch.Kind.COLUMNS))
        return get_object_or_404(batches.select_related("branch"), pk=self.kwargs["pk"])

    def _download(self, content: bytes, what: str) -> HttpResponse:
        audit.note_access("figures.downloaded", by=self.request.user, subject=self.batch, branch=self.batch.branch)
        stem = self.batch.file_name.rpartition(".")[0] or self.batch.file_name
        return attachment(content, f"{stem}-{what}.xlsx")


class ColumnBatchView(_BatchView):
    """What the check found; the good rows are written by the button."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        report, days = self.batch.report, column_batches.days_of(self.batch)
        context = {
            "batch": self.batch,
            "days": days_of(days.first, days.last),
            "report": report,
            "errors": read_later(report["errors"]),
            "writable": report["created"] + report["updated"],
            "preview": [
                row | {"cells": list(zip(report["columns"], row["cells"], strict=True))} for row in report["preview"]
            ],
            "is_written": self.batch.state == ImportBatch.State.WRITTEN,
        }
        return render(request, "evaluations/column_batch.html", context)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        try:
            is_new = column_batches.write_batch(batch=self.batch, by=request.user, now=timezone.now())
        except (SpreadsheetError, Refused) as refusal:
            messages.error(request, str(refusal))
            return redirect("evaluations:column_batch", pk=pk)
        if is_new:
            self.batch.refresh_from_db()
            count = self.batch.report["created"] + self.batch.report["updated"]
            text = ngettext("%(count)s row was written.", "%(count)s rows were written.", count)
            messages.success(request, text % {"count": count})
        else:
            messages.info(request, _("This file was already written; nothing was written twice."))
        return redirect("evaluations:column_batch", pk=pk)


class ColumnMarkedFileView(_BatchView):
    """The sender's own file with the wrong cells marked."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        content = column_batches.marked_file(batch=self.batch, by=request.user, now=timezone.now())
        return self._download(content, _("marked"))


class ColumnFailingRowsView(_BatchView):
    """Only the rows that were refused, to correct and upload again."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        content = column_batches.failing_file(
            batch=self.batch, by=request.user, now=timezone.now(), error_header=_("What is wrong")
        )
        return self._download(content, _("rows to correct"))
