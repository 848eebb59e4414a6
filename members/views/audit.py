"""Who did what, when and why, as far as the reader may know?"""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _
from django.views.generic import ListView

from branchportal.paging import NearestPage
from members.access import PortalView
from members.forms.roles import date_field
from members.queries.audit_trail import (
    TECHNICAL,
    action_labels,
    actions_by_subject,
    changes_of,
    filtered,
    lines_for,
    people_in,
)
from members.roles import Permission
from members.views.office import office_links


class AuditFilter(forms.Form):
    """The filters stand in the address."""

    q = forms.CharField(label=_("Person or subject"), max_length=80, required=False)
    action = forms.ChoiceField(label=_("Action"), required=False)
    first = date_field(_("From"), required=False)
    last = date_field(_("Until"), required=False)

    def __init__(self, *args, beginnings: tuple[str, ...], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["action"].choices = [("", _("Everything")), *actions_by_subject(beginnings)]
        for name, field in self.fields.items():
            field.widget.attrs["class"] = "form-select" if name == "action" else "form-control"


class AuditView(PortalView, NearestPage, ListView):
    """The audit trail of the branches in scope."""

    permission = Permission.VIEW_AUDIT
    template_name = "members/audit.html"
    paginate_by = 50
    beginnings: tuple[str, ...] = ("",)
    title = _("Audit trail")
    note = _("Every change in your branches: who, when, what, before and after. Lines are never changed or removed.")

    def get_queryset(self):
        self.form = AuditFilter(self.request.GET, beginnings=self.beginnings)
        values = self.form.cleaned_data if self.form.is_valid() else {}
        return filtered(
            lines_for(self.request.user, self.permission),
            words=values.get("q", ""), action=values.get("action", ""),
            first=values.get("first"), last=values.get("last"),
        )  # fmt: skip

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        labels = action_labels()
        shown = list(context["page_obj"])
        people = people_in(shown)
        lines = [(line, labels.get(line.action, line.action), changes_of(line, people)) for line in shown]
        return {
            **context, "lines": lines, "form": self.form, "title": self.title, "note": self.note,
            "office_links": office_links(self.request),
        }  # fmt: skip


class TechnicalAuditView(AuditView):
    """What concerns accounts, offices, branches and jobs, for the administrator."""

    permission = Permission.VIEW_OPERATIONS
    beginnings = TECHNICAL
    title = _("Technical audit trail")
    note = _("Accounts, offices, branches and jobs. Reviews, scores and rosters are not shown to administrators.")
