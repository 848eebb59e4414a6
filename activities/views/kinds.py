"""Which kinds of activities does a committee have, and how are they changed?"""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView, View

from activities.forms.kinds import KindForm
from activities.models import ActivityKind
from activities.queries.kinds import kinds_of
from activities.services.kinds import StaleKind, add_kind, bring_back_kind, edit_kind, retire_kind
from members.access import PortalView
from members.models import Branch
from members.roles import Permission


class OfCommittee(PortalView):
    """The committee that the address names, or the first of the reader's."""

    permission = Permission.EDIT_ACTIVITY_KINDS

    @cached_property
    def committees(self) -> list[Branch]:
        return list(self.visible(Branch.objects.filter(parent=None)))

    @cached_property
    def committee(self) -> Branch:
        return get_object_or_404(self.visible(Branch.objects.filter(parent=None)), code=self.kwargs["committee"])

    @cached_property
    def kind(self) -> ActivityKind:
        return get_object_or_404(kinds_of(self.committee), code=self.kwargs["code"])


class KindsView(OfCommittee, TemplateView):
    """All kinds by group, with how many activities each has."""

    template_name = "activities/kinds.html"

    def get_context_data(self, **context) -> dict:
        wanted = self.request.GET.get("committee")
        committee = next((one for one in self.committees if one.code == wanted), next(iter(self.committees), None))
        kinds = []
        if committee:
            used = Count("activities", filter=Q(activities__branch__path__startswith=committee.path))
            kinds = list(kinds_of(committee).annotate(used=used).order_by("position", "pk"))
        return super().get_context_data(**context) | {
            "committees": self.committees,
            "committee": committee,
            "offered": [kind for kind in kinds if not kind.retired_on],
            "retired": [kind for kind in kinds if kind.retired_on],
        }


class AddKindView(OfCommittee, FormView):
    template_name = "activities/kind_form.html"
    form_class = KindForm

    def get_context_data(self, **context) -> dict:
        return super().get_context_data(committee=self.committee, kind=None, **context)

    def form_valid(self, form: KindForm) -> HttpResponse:
        entry = form.cleaned_data["entry"]
        if entry is None:
            form.add_error(None, _("Open this page again and enter the kind there."))
            return self.form_invalid(form)
        try:
            kind = add_kind(root=self.committee, entry=entry, values=form.values(), by=self.request.user)
        except ValidationError as error:
            form.add_error(None, error)
            return self.form_invalid(form)
        messages.success(self.request, _("%(kind)s is added.") % {"kind": kind.label})
        return redirect_to_kinds(self.committee)


class EditKindView(OfCommittee, FormView):
    """Change a kind; who comes second sees how it stands and keeps what he typed."""

    template_name = "activities/kind_form.html"
    form_class = KindForm

    def get_form_kwargs(self) -> dict:
        return super().get_form_kwargs() | {"instance": self.kind}

    def get_context_data(self, **context) -> dict:
        return super().get_context_data(committee=self.committee, kind=self.kind, **context)

    def form_valid(self, form: KindForm) -> HttpResponse:
        version = form.cleaned_data["version"] or 0
        wanted = {"root": self.committee, "code": self.kind.code, "version": version, "values": form.values()}
        try:
            edit_kind(**wanted, by=self.request.user)
        except ValidationError as error:
            form.add_error(None, error)
            return self.form_invalid(form)
        except StaleKind as stale:
            form.data = form.data.copy()
            form.data["version"] = stale.kind.version
            return self.render_to_response(self.get_context_data(form=form, stored=stale.kind), status=409)
        messages.success(self.request, _("Saved."))
        return redirect_to_kinds(self.committee)


class RetireKindView(OfCommittee, View):
    """Offer a kind no more, or again with `wish=back`. A kind that was used is never deleted."""

    def post(self, request: HttpRequest, committee: str, code: str) -> HttpResponse:
        if request.POST.get("wish") == "back":
            kind = bring_back_kind(root=self.committee, code=self.kind.code, by=request.user)
            messages.success(request, _("%(kind)s is offered again.") % {"kind": kind.label})
        else:
            kind = retire_kind(root=self.committee, code=self.kind.code, by=request.user, today=timezone.localdate())
            messages.success(request, _("%(kind)s is retired. Activities keep it.") % {"kind": kind.label})
        return redirect_to_kinds(self.committee)


def redirect_to_kinds(committee: Branch) -> HttpResponse:
    return redirect(reverse("activities:kinds", query={"committee": committee.code}))
