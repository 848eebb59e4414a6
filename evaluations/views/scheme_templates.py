"""How does somebody begin a new scheme: with which ready one, in plain words?"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views import View

from evaluations.documents import SchemeError
from evaluations.forms.scheme_templates import NewSchemeForm
from evaluations.forms.schemes import document_problem
from evaluations.refusals import Refused
from evaluations.scheme import parse_scheme
from evaluations.scheme_templates import BLANK, sources_of, template, templates
from evaluations.services import schemes as services
from evaluations.views.schemes import in_words
from members.access import PortalView
from members.models import Branch
from members.roles import Permission


class NewSchemeView(PortalView, View):
    """A template is chosen and becomes a draft, which the editor then opens."""

    permission = Permission.EDIT_SCHEMES

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(self._form())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self._form(request.POST)
        if not form.is_valid():
            return self._page(form, status=422)
        chosen = form.cleaned_data
        begun = template(chosen["template"])
        document = begun.document_for(chosen["purpose"], name=chosen["name"], version=chosen["version"])
        try:
            draft = services.create_draft(
                branch=chosen["branch"],
                purpose=chosen["purpose"],
                document=document,
                sources=sources_of(parse_scheme(document)),
                by=request.user,
            )
        except SchemeError as problem:
            form.add_error(None, document_problem(problem))
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("evaluations:scheme_edit", pk=draft.pk)
        return self._page(form, status=422)

    def _form(self, *args: Any) -> NewSchemeForm:
        branches = self.visible(Branch.objects.filter(closed_on=None))
        return NewSchemeForm(*args, branches=branches, today=timezone.localdate())

    def _page(self, form: NewSchemeForm, status: int = 200) -> HttpResponse:
        offered = [
            {"code": one.code, "is_blank": one.code == BLANK, **in_words(one.scheme, one.sources)}
            for one in templates()
        ]
        context = {"form": form, "offered": offered, "chosen": form["template"].value()}
        return render(self.request, "evaluations/scheme_add.html", context, status=status)
