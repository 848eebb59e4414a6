"""Which figures from Excel does a branch have, who brought them in, and how is a column taken back?"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View
from django.views.generic import FormView

from branchportal import audit
from branchportal.paging import page_of
from evaluations.forms.columns import BranchForm, ReasonForm
from evaluations.labels import days_of
from evaluations.models import FigureColumn
from evaluations.queries import columns
from evaluations.services.column_import import take_back_column
from members.access import PortalView, access_of
from members.models import Branch
from members.roles import Permission
from members.services.own_matters import OwnMatter

PER_PAGE = 50


class ColumnsView(PortalView, View):
    """The columns of one branch, the newest first, and which ones the schemes in force ask for."""

    permission = Permission.VIEW_RANKING

    def get(self, request: HttpRequest) -> HttpResponse:
        form = BranchForm(request.GET, branches=list(self.visible(Branch.objects.party_branches())))
        branch = form.chosen
        found = columns.in_branch(branch) if branch else FigureColumn.objects.none()
        context = {
            "form": form,
            "branch": branch,
            "page": page_of(request, found, PER_PAGE),
            "asked": columns.asked_for(branch, timezone.localdate()) if branch else [],
            "may_import": branch and access_of(request.user).may_in(Permission.IMPORT_SCORES, branch),
        }
        for column in context["page"].object_list:
            column.days = days_of(column.first_on, column.last_on)
        return render(request, "evaluations/columns.html", context)


class ColumnView(PortalView, View):
    """One column: each person's figure with who, when and from which file; the look at each is noted."""

    permission = Permission.VIEW_RANKING

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        column = get_object_or_404(self.visible(FigureColumn.objects.select_related("branch")), pk=pk)
        figures = column.figures.select_related("member", "imported_by").order_by("member__pinyin", "member__number")
        page = page_of(request, figures, PER_PAGE)
        people = [figure.member for figure in page.object_list]
        audit.note_access_to_people("figures.viewed", by=request.user, people=people, branch=column.branch)
        context = {
            "column": column,
            "days": days_of(column.first_on, column.last_on),
            "page": page,
            "may_import": access_of(request.user).may_in(Permission.IMPORT_SCORES, column.branch),
        }
        return render(request, "evaluations/column.html", context)


class WithdrawColumnView(PortalView, FormView):
    """Ask for the reason, then take the column back with all its figures."""

    permission = Permission.IMPORT_SCORES
    template_name = "branchportal/confirm.html"
    form_class = ReasonForm

    @cached_property
    def column(self) -> FigureColumn:
        return get_object_or_404(self.visible(FigureColumn.objects.select_related("branch")), pk=self.kwargs["pk"])

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        column = self.column
        count = column.figures.count()
        people = ngettext("%(count)s person", "%(count)s people", count) % {"count": count}
        return super().get_context_data(
            title=_("Take the column back"),
            text=_(
                "All its figures are removed and count in no ranking that is compiled from now on. Rankings that were "
                "compiled stay as they are; the audit trail keeps each figure with your reason."
            ),
            facts=[
                (_("Branch"), column.branch.name), (_("Column"), column.name),
                (_("Day or period"), days_of(column.first_on, column.last_on)), (_("Figures"), people),
            ],
            label=_("Take back"),
            danger=True,
            back_url=reverse("evaluations:column", args=[column.pk]),
            **context,
        )  # fmt: skip

    def form_invalid(self, form: ReasonForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def form_valid(self, form: ReasonForm) -> HttpResponse:
        reason, now = form.cleaned_data["reason"], timezone.now()
        try:
            take_back_column(column=self.column, reason=reason, by=self.request.user, now=now)
        except OwnMatter as refusal:
            form.add_error(None, refusal)
            return self.form_invalid(form)
        messages.success(self.request, _("The column is taken back."))
        return redirect(f"{reverse('evaluations:columns')}?branch={self.column.branch.code}")
