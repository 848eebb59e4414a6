"""What does a scheme say in plain words, and how does a new one come into force?"""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from branchportal.downloads import attachment
from evaluations import scheme_wording
from evaluations.documents import SchemeError, digest
from evaluations.forms.schemes import ApproveForm, PublishForm, SchemeImportForm, SourcesForm, document_problem
from evaluations.models import ScoringScheme
from evaluations.refusals import Refused
from evaluations.scheme import Scheme, parse_scheme
from evaluations.services import scheme_drafts
from evaluations.services import schemes as services
from evaluations.sources import usual_sources
from members.access import PortalView, access_of
from members.models import Branch
from members.roles import Permission


class SchemesView(PortalView, View):
    """All schemes that apply in the person's branches, and drafts for those who edit them."""

    permission = Permission.VIEW_SCHEMES

    def get(self, request: HttpRequest) -> HttpResponse:
        schemes = self.visible(ScoringScheme.objects.select_related("branch"))
        context = {"schemes": list(schemes), "may_edit": access_of(request.user).may(Permission.EDIT_SCHEMES)}
        return render(request, "evaluations/schemes.html", context)


class SchemeView(PortalView, View):
    """One scheme in plain words, made from its document."""

    permission = Permission.VIEW_SCHEMES

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        rows = ScoringScheme.objects.select_related("branch", "published_by", "approved_by")
        row = get_object_or_404(self.visible(rows), pk=pk)
        access = access_of(request.user)
        is_draft = row.state == ScoringScheme.State.DRAFT
        context = {
            "row": row,
            **in_words(parse_scheme(row.document), row.sources),
            "is_draft": is_draft,
            "may_approve": is_draft and not row.is_approved and access.may_in(Permission.PUBLISH_SCHEMES, row.branch),
            "may_publish": is_draft and row.is_approved and access.may_in(Permission.PUBLISH_SCHEMES, row.branch),
            "may_edit": is_draft and access.may_in(Permission.EDIT_SCHEMES, row.branch),
            "may_copy": access.may(Permission.EDIT_SCHEMES),
        }
        return render(request, "evaluations/scheme.html", context)


class SchemeDocumentView(PortalView, View):
    """The document as JSON, exactly as it was given."""

    permission = Permission.VIEW_SCHEMES

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = get_object_or_404(self.visible(ScoringScheme.objects.all()), pk=pk)
        text = json.dumps(row.document, ensure_ascii=False, indent=1) + "\n"
        return attachment(text.encode(), f"{row.name} {row.version}.json", "application/json")


class SchemeImportView(PortalView, View):
    """A document is checked and shown in plain words first, then kept as a draft."""

    permission = Permission.EDIT_SCHEMES

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(self._form())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self._form(request.POST, request.FILES)
        if not form.is_valid():
            return self._page(form, status=422)
        if "check" in request.POST:
            return self._check(form, SourcesForm(scheme=form.cleaned_data["scheme"]))
        sources = SourcesForm(request.POST, scheme=form.cleaned_data["scheme"])
        if not sources.is_valid():
            return self._check(form, sources, status=422)
        return self._save(form, sources)

    def _save(self, form: SchemeImportForm, sources: SourcesForm) -> HttpResponse:
        chosen = form.cleaned_data
        try:
            draft = services.create_draft(
                branch=chosen["branch"],
                purpose=chosen["purpose"],
                document=chosen["content"],
                sources=sources.sources(),
                by=self.request.user,
            )
        except SchemeError as problem:
            sources.add_error(None, document_problem(problem))
        except Refused as refusal:
            sources.add_error(None, str(refusal))
        else:
            messages.success(self.request, _("The draft is kept. The committee approves it before it is published."))
            return redirect("evaluations:scheme", pk=draft.pk)
        return self._check(form, sources, status=422)

    def _form(self, *args: Any) -> SchemeImportForm:
        return SchemeImportForm(*args, branches=self.visible(Branch.objects.filter(closed_on=None)))

    def _page(self, form: SchemeImportForm, status: int = 200) -> HttpResponse:
        return render(self.request, "evaluations/scheme_import.html", {"form": form}, status=status)

    def _check(self, form: SchemeImportForm, sources: SourcesForm, status: int = 200) -> HttpResponse:
        chosen = form.cleaned_data
        context = {
            "form": form,
            "sources_form": sources,
            "branch": chosen["branch"],
            "purpose": chosen["purpose"],
            "text": chosen["text"],
            **in_words(chosen["scheme"], usual_sources(chosen["scheme"])),
        }
        return render(self.request, "evaluations/scheme_check.html", context, status=status)


class SchemeApproveView(PortalView, View):
    """Note the day on which the committee approved a draft, as it stands on this page."""

    permission = Permission.PUBLISH_SCHEMES

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        draft = self._draft(pk)
        return self._page(draft, ApproveForm(draft=draft, today=timezone.localdate()))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        draft = self._draft(pk)
        form = ApproveForm(request.POST, draft=draft, today=timezone.localdate())
        if not form.is_valid():
            return self._page(draft, form, status=422)
        try:
            scheme_drafts.approve(scheme=draft, **form.cleaned_data, by=request.user)
        except SchemeError as problem:
            form.add_error(None, document_problem(problem))
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The draft is approved and can be published."))
            return redirect("evaluations:scheme", pk=pk)
        return self._page(draft, form, status=422)

    def _draft(self, pk: int) -> ScoringScheme:
        return get_object_or_404(self.visible(ScoringScheme.objects.select_related("branch", "written_by")), pk=pk)

    def _page(self, draft: ScoringScheme, form: ApproveForm, status: int = 200) -> HttpResponse:
        facts = [(_("Scheme"), str(draft)), (_("Branch"), draft.branch.name), (_("SHA-256"), digest(draft.document))]
        context = {
            "title": _("Approve the draft"),
            "text": _(
                "The committee has read this draft and agrees with it. Whoever wrote it does not approve it; a later "
                "change needs a new approval. After that it can be published."
            ),
            "facts": [*facts, *([(_("Written by"), draft.written_by.name)] if draft.written_by else [])],
            "form": form,
            "label": _("Approve"),
            "back_url": reverse("evaluations:scheme", args=[draft.pk]),
        }
        return render(self.request, "branchportal/confirm.html", context, status=status)


class SchemePublishView(PortalView, View):
    """Choose the months and put a draft into force."""

    permission = Permission.PUBLISH_SCHEMES

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        draft = self._draft(pk)
        return self._page(draft, PublishForm(branch=draft.branch, now=timezone.now()))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        draft = self._draft(pk)
        form = PublishForm(request.POST, branch=draft.branch, now=timezone.now())
        if not form.is_valid():
            return self._page(draft, form, status=422)
        try:
            services.publish(scheme=draft, **form.cleaned_data, by=request.user, now=timezone.now())
        except SchemeError as problem:
            form.add_error(None, document_problem(problem))
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The scheme is published."))
            return redirect("evaluations:scheme", pk=pk)
        return self._page(draft, form, status=422)

    def _draft(self, pk: int) -> ScoringScheme:
        return get_object_or_404(self.visible(ScoringScheme.objects.select_related("branch")), pk=pk)

    def _page(self, draft: ScoringScheme, form: PublishForm, status: int = 200) -> HttpResponse:
        context = {
            "title": _("Publish the scheme"),
            "text": _(
                "From its first month on, everybody in these branches can read the scheme and rankings follow it. The "
                "first rating seals it; a later change is a new version."
            ),
            "facts": [
                (_("Scheme"), str(draft)),
                (_("Branch"), draft.branch.name),
                (_("Purpose"), draft.get_purpose_display()),
                (_("Approved by the committee on"), f"{draft.approved_on:%Y-%m-%d}" if draft.approved_on else "–"),
            ],
            "form": form,
            "label": _("Publish"),
            "back_url": reverse("evaluations:scheme", args=[draft.pk]),
        }
        return render(self.request, "branchportal/confirm.html", context, status=status)


class SchemeDeleteView(PortalView, View):
    """Throw a draft away, after a question."""

    permission = Permission.EDIT_SCHEMES

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        draft = self._draft(pk)
        context = {
            "title": _("Delete the draft"),
            "text": _("%(scheme)s was never in force; nothing else changes.") % {"scheme": draft},
            "label": _("Delete"),
            "danger": True,
            "back_url": reverse("evaluations:scheme", args=[pk]),
        }
        return render(request, "branchportal/confirm.html", context)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        try:
            services.delete_draft(scheme=self._draft(pk), by=request.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect("evaluations:scheme", pk=pk)
        messages.success(request, _("The draft is deleted."))
        return redirect("evaluations:schemes")

    def _draft(self, pk: int) -> ScoringScheme:
        return get_object_or_404(self.visible(ScoringScheme.objects.select_related("branch")), pk=pk)


def in_words(scheme: Scheme, sources: dict[str, dict[str, str]]) -> dict[str, Any]:
    """Everything that the read-only page says about a scheme."""
    return {
        "scheme": scheme,
        "components": [
            {
                "component": component,
                "weight": scheme_wording.weight_sentence(component),
                "sentences": scheme_wording.component_sentences(component, sources.get("components", {})),
            }
            for component in scheme.components
        ],
        "gates": [
            {"gate": gate, "sentence": scheme_wording.gate_sentence(gate, scheme, sources.get("inputs", {}))}
            for gate in scheme.gates
        ],
        "tie": scheme_wording.tie_sentence(scheme),
        "bands": [scheme_wording.band_sentence(band) for band in scheme.bands],
    }
