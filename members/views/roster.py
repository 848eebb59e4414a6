"""Who belongs to the branches that I look after?"""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import ListView, View

from branchportal import audit
from branchportal.downloads import attachment
from branchportal.paging import NearestPage
from members.access import PortalView, access_of
from members.forms.roster_filter import RosterFilter
from members.labels import STAGE_LABELS
from members.models import Branch, Member
from members.queries.roster import stage_counts
from members.reports.roster import roster_workbook
from members.roles import Permission
from members.stages import Stage


class _FilteredRoster(PortalView):
    """The people whom the address asks for, of the branches in which this page's permission is held."""

    def filtered(self) -> RosterFilter:
        branches = list(self.visible(Branch.objects.party_branches()))
        people = self.visible(Member.objects.in_roster_order())
        return RosterFilter(self.request.GET, people, branches=branches, request=self.request)


class RosterView(_FilteredRoster, NearestPage, ListView):
    """The roster: search, filters in the address, 50 people a page."""

    permission = Permission.VIEW_ROSTER
    template_name = "members/roster.html"
    context_object_name = "people"
    paginate_by = 50

    def get_queryset(self) -> QuerySet[Member]:
        self.filter = self.filtered()
        return self.filter.qs.select_related("branch")

    @cached_property
    def counts(self) -> dict[Stage, int]:
        """How many people stand at each stage, whatever stage was chosen."""
        return dict(stage_counts(self.filter.at_any_stage()))

    @property
    def total(self) -> int:
        stage = self.filter.form.cleaned_data.get("stage")
        return self.counts.get(stage, 0) if stage else sum(self.counts.values())

    def get_context_data(self, **context) -> dict:
        access = access_of(self.request.user)
        branches = self.filter.branches
        return super().get_context_data(
            filter=self.filter,
            branch=branches[0] if len(branches) == 1 else None,
            branch_count=len(branches),
            counts=[(stage, STAGE_LABELS[stage], count) for stage, count in self.counts.items()],
            stage=self.filter.form.cleaned_data.get("stage"),
            may_edit=access.may(Permission.EDIT_ROSTER),
            may_transfer=access.may(Permission.TRANSFER_MEMBERS),
            may_import=access.may(Permission.IMPORT_ROSTER),
            may_export=access.may(Permission.EXPORT_ROSTER),
            **context,
        )


class RosterDownloadView(_FilteredRoster, View):
    """The people whom the address asks for as a workbook; noted for each branch in it."""

    permission = Permission.EXPORT_ROSTER

    def get(self, request: HttpRequest) -> HttpResponse:
        people = list(self.filtered().qs.select_related("branch"))
        branches = {person.branch_id: person.branch for person in people}
        audit.note_access_many("roster.downloaded", by=request.user, branches=branches.values())
        today = timezone.localdate()
        title = next(iter(branches.values())).name if len(branches) == 1 else _("Roster")
        content = roster_workbook(people, title=title, today=today)
        name = f"{_('Roster')}-{title}-{today}.xlsx" if len(branches) == 1 else f"{_('Roster')}-{today}.xlsx"
        return attachment(content, name)
