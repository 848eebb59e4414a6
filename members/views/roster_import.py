"""How does an office bring its roster file in: choose, see what was found, write, get the wrong rows back?"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import DetailView, FormView

from branchportal import audit
from branchportal.downloads import attachment
from branchportal.spreadsheets.errors import SpreadsheetError, read_later
from members.access import PortalView
from members.forms.roster_import import RosterImportForm
from members.models import Branch, ImportBatch
from members.reports.roster import template_workbook
from members.roles import Permission
from members.services.roster_import import (
    ChangedSinceCheckError,
    failing_file,
    keep_batch,
    marked_file,
    write_batch,
)

RECENT = 10


class RosterImportView(PortalView, FormView):
    """Choose a file; it is checked at once and nothing is written."""

    permission = Permission.IMPORT_ROSTER
    template_name = "members/roster_import.html"
    form_class = RosterImportForm

    @cached_property
    def branches(self) -> Any:
        return self.visible(Branch.objects.party_branches())

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "branches": self.branches, "today": timezone.localdate()}

    def get_initial(self) -> dict[str, Any]:
        chosen = self.branches.filter(code=self.request.GET.get("branch", "")).first()
        return {"branch": chosen} if chosen else {}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        batches = self.visible(ImportBatch.objects.filter(kind=ImportBatch.Kind.ROSTER))
        recent = batches.select_related("branch", "uploaded_by").defer("content", "report")[:RECENT]
        return super().get_context_data(recent=recent, branches=self.branches, **context)

    def form_valid(self, form: RosterImportForm) -> HttpResponse:
        upload = form.cleaned_data["file"]
        try:
            batch = keep_batch(
                branch=form.cleaned_data["branch"],
                content=upload.read(),
                file_name=upload.name,
                by=self.request.user,
                now=timezone.now(),
                today=timezone.localdate(),
                joined_on=form.cleaned_data["joined_on"],
            )
        except SpreadsheetError as error:
            form.add_error("file", str(error))
            return self.form_invalid(form)
        return redirect("members:roster_import_result", pk=batch.pk)


class _BatchView(PortalView):
    """The roster files of the branches in which this page's permission is held."""

    permission = Permission.IMPORT_ROSTER

    def get_queryset(self) -> Any:
        return self.visible(ImportBatch.objects.filter(kind=ImportBatch.Kind.ROSTER)).select_related("branch")


class RosterImportResultView(_BatchView, DetailView):
    """What the check found and what writing would do, or did."""

    template_name = "members/roster_import_result.html"
    context_object_name = "batch"

    def get_queryset(self) -> Any:
        return super().get_queryset().defer("content")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        report = self.object.report
        return super().get_context_data(
            report=report,
            errors=read_later(report["errors"]),
            written=self.object.state == ImportBatch.State.WRITTEN,
            to_write=report["created"] + report["updated"],
            **context,
        )


class WriteRosterImportView(_BatchView, View):
    """Write the good rows of a checked file."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        batch = get_object_or_404(self.get_queryset().defer("content", "report"), pk=pk)
        try:
            written = write_batch(batch=batch, by=request.user, today=timezone.localdate())
        except ChangedSinceCheckError:
            messages.warning(
                request, _("The roster was changed after the check, so nothing was written. Look at the new preview.")
            )
        except SpreadsheetError as error:
            messages.error(request, str(error))
        else:
            self._tell(request, batch, written)
        return redirect("members:roster_import_result", pk=pk)

    def _tell(self, request: HttpRequest, batch: ImportBatch, written: bool) -> None:
        if not written:
            messages.info(request, _("This file was already written; nothing was written twice."))
            return
        batch.refresh_from_db(fields=["report"])
        report = {"created": batch.report["created"], "updated": batch.report["updated"]}
        messages.success(request, _("Written: %(created)s new, %(updated)s changed.") % report)


class RosterImportMarkedView(_BatchView, View):
    """The sender's own file with the wrong cells marked."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        batch = get_object_or_404(self.get_queryset(), pk=pk)
        audit.note_access("roster_import.downloaded", by=request.user, subject=batch, branch=batch.branch)
        return attachment(marked_file(batch=batch), f"{_stem(batch)}-{_('marked')}.xlsx")


class RosterImportFailingView(_BatchView, View):
    """Only the rows that have errors."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        batch = get_object_or_404(self.get_queryset(), pk=pk)
        audit.note_access("roster_import.downloaded", by=request.user, subject=batch, branch=batch.branch)
        content = failing_file(batch=batch, error_header=_("What is wrong"))
        return attachment(content, f"{_stem(batch)}-{_('rows to correct')}.xlsx")


class RosterTemplateView(PortalView, View):
    """The empty roster to fill in."""

    permission = Permission.IMPORT_ROSTER

    def get(self, request: HttpRequest) -> HttpResponse:
        branches = self.visible(Branch.objects.party_branches())
        code = request.GET.get("branch")
        branch = get_object_or_404(branches, code=code) if code else None
        return attachment(template_workbook(branch), f"{_('Roster template')}.xlsx")


def _stem(batch: ImportBatch) -> str:
    return batch.file_name.rpartition(".")[0] or batch.file_name
