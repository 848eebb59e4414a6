"""How does somebody write a draft of a scheme, and make a new version of one that stays as it is?"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from evaluations import scheme_wording
from evaluations.documents import SchemeError
from evaluations.forms.scheme_editor import SchemeEditor
from evaluations.forms.schemes import CopyForm, document_problem
from evaluations.models import RankingRun, ScoringScheme
from evaluations.queries.scheme_preview import preview, runs_for
from evaluations.refusals import Refused
from evaluations.scheme import parse_scheme
from evaluations.scheme_comparison import differences
from evaluations.scheme_sheet import of_document
from evaluations.services import scheme_drafts
from evaluations.services import schemes as services
from members.access import PortalView
from members.models import Branch
from members.roles import Permission

MOST_RUNS = 100  # to choose from


class SchemeEditView(PortalView, View):
    """The draft as a form: rows come and go, everything typed stays, and only a whole scheme is kept."""

    permission = Permission.EDIT_SCHEMES

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        draft = self._draft(pk)
        if draft.state != ScoringScheme.State.DRAFT:
            messages.error(request, _("A published scheme stays as it is: copy it as a new version."))
            return redirect("evaluations:scheme", pk=pk)
        editor = SchemeEditor(of_document(draft.document, draft.sources))
        if editor.is_too_long:
            messages.error(
                request, _("This scheme is too long for the form: export it, change the file and import it again.")
            )
            return redirect("evaluations:scheme", pk=pk)
        editor.check()
        return self._page(draft, editor)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        draft = self._draft(pk)
        editor = SchemeEditor.sent(request.POST.dict())
        if not {"save", "check"} & {*request.POST}:
            editor.change(request.POST)
            return self._page(draft, editor)
        if not self._is_right(draft, editor):
            return self._page(draft, editor, status=422)
        if "check" in request.POST:
            return self._page(draft, editor, is_checked=True)
        return self._save(draft, editor)

    def _is_right(self, draft: ScoringScheme, editor: SchemeEditor) -> bool:
        if not editor.check():
            return False
        try:
            found = services.check(editor.document, editor.sources())
            services.check_purpose(found, editor.sources(), draft.purpose)
        except SchemeError as problem:
            editor.put(problem)
        except Refused as refusal:
            editor.refuse(str(refusal))
        return not editor.problems

    def _save(self, draft: ScoringScheme, editor: SchemeEditor) -> HttpResponse:
        try:
            scheme_drafts.save_draft(
                scheme=draft,
                seen=self.request.POST.get("seen", ""),
                document=editor.document,
                sources=editor.sources(),
                by=self.request.user,
            )
        except Refused as refusal:
            editor.refuse(str(refusal))
            return self._page(draft, editor, status=422)
        except scheme_drafts.StaleDraft as stale:
            now = stale.current
            told = differences((parse_scheme(now.document), now.sources), (editor.scheme, editor.sources()))
            return self._page(now, editor, status=409, is_stale=True, differences=told)
        messages.success(self.request, _("The draft is kept. The committee approves it before it is published."))
        return redirect("evaluations:scheme", pk=draft.pk)

    def _draft(self, pk: int) -> ScoringScheme:
        return get_object_or_404(self.visible(ScoringScheme.objects.select_related("branch")), pk=pk)

    def _page(self, draft: ScoringScheme, editor: SchemeEditor, status: int = 200, **more: Any) -> HttpResponse:
        """`seen` is what the next saving replaces: what was shown, or after a conflict what is shown now."""
        is_first = self.request.method == "GET" or status == 409
        context = {
            "draft": draft,
            "editor": editor,
            "is_stale": False,
            "seen": draft.mark if is_first else self.request.POST.get("seen", ""),
            **_said(editor),
            **more,
        }
        return render(self.request, "evaluations/scheme_edit.html", context, status=status)


class SchemePreviewView(PortalView, View):
    """The draft over the figures of a ranking that stands, beside the places that stand."""

    permission = Permission.EDIT_SCHEMES

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        drafts = ScoringScheme.objects.filter(state=ScoringScheme.State.DRAFT).select_related("branch")
        draft = get_object_or_404(self.visible(drafts), pk=pk)
        readable = RankingRun.objects.visible_to(request.user, Permission.VIEW_RANKING)
        runs = list(runs_for(draft, readable)[:MOST_RUNS])
        chosen = request.GET.get("run", "")
        run = next((one for one in runs if str(one.pk) == chosen), runs[0] if runs else None)
        context = {"draft": draft, "runs": runs, "run": run, "preview": preview(run, draft) if run else None}
        return render(request, "evaluations/scheme_preview.html", context)


class SchemeCopyView(PortalView, View):
    """A scheme that is in force stays as it is; a change begins with its copy."""

    permission = Permission.EDIT_SCHEMES

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        scheme = self._scheme(pk)
        return self._page(scheme, self._form(scheme))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        scheme = self._scheme(pk)
        form = self._form(scheme, request.POST)
        if not form.is_valid():
            return self._page(scheme, form, status=422)
        try:
            draft = services.create_draft(
                branch=form.cleaned_data["branch"],
                purpose=scheme.purpose,
                document=scheme.document | {"version": form.cleaned_data["version"]},
                sources=scheme.sources,
                by=request.user,
            )
        except SchemeError as problem:
            form.add_error(None, document_problem(problem))
        except Refused as refusal:
            form.add_error("version", str(refusal))
        else:
            return redirect("evaluations:scheme_edit", pk=draft.pk)
        return self._page(scheme, form, status=422)

    def _scheme(self, pk: int) -> ScoringScheme:
        readable = ScoringScheme.objects.visible_to(self.request.user, Permission.VIEW_SCHEMES)
        return get_object_or_404(readable.select_related("branch"), pk=pk)

    def _form(self, scheme: ScoringScheme, *args: Any) -> CopyForm:
        branches = self.visible(Branch.objects.filter(closed_on=None))
        return CopyForm(*args, scheme=scheme, branches=branches)

    def _page(self, scheme: ScoringScheme, form: CopyForm, status: int = 200) -> HttpResponse:
        context = {
            "title": _("Copy as a new version"),
            "text": _("The copy is a draft that you can change. %(scheme)s stays as it is.") % {"scheme": scheme},
            "form": form,
            "label": _("Copy"),
            "back_url": reverse("evaluations:scheme", args=[scheme.pk]),
        }
        return render(self.request, "branchportal/confirm.html", context, status=status)


def _said(editor: SchemeEditor) -> dict[str, Any]:
    """What gates, ties and bands say in words, once nothing is wrong."""
    if editor.scheme is None or editor.problems:
        return {}
    inputs = editor.sources()["inputs"]
    return {
        "gate_sentences": [scheme_wording.gate_sentence(gate, editor.scheme, inputs) for gate in editor.scheme.gates],
        "tie": scheme_wording.tie_sentence(editor.scheme),
        "band_sentences": [scheme_wording.band_sentence(band) for band in editor.scheme.bands],
    }
