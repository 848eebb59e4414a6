"""How is the list of activities taken away, with who came to each?"""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import View

from activities.forms.activity_filter import ActivityFilter
from activities.models import Activity
from activities.queries.ledger import with_figures
from activities.reports.activities import activities_workbook
from activities.views.activity import own_member
from branchportal import audit
from branchportal.downloads import attachment
from members.access import PortalView
from members.models import Branch
from members.roles import Permission

MOST_ROWS = 20_000  # of a workbook that is made while somebody waits


class LedgerView(PortalView, View):
    """The activities that the address asks for as a workbook; noted for each branch in it."""

    permission = Permission.EXPORT_HOURS

    def get(self, request: HttpRequest) -> HttpResponse:
        branches, now = list(self.visible(Branch.objects.filter(closed_on=None))), timezone.now()
        found = ActivityFilter(
            request.GET, self.visible(Activity.objects.all()), branches=branches, own=own_member(request), now=now
        )
        if found.qs.count() > MOST_ROWS:
            messages.error(request, _("That is too much for one workbook. Choose one branch or fewer days."))
            return redirect(f"{reverse('activities:activities')}?{request.GET.urlencode()}")
        activities = list(with_figures(found.qs))
        taken = list({activity.branch_id: activity.branch for activity in activities}.values())
        audit.note_access_many("activity.downloaded", by=request.user, branches=taken)
        today = timezone.localdate()
        title = branches[0].name if len(branches) == 1 else _("Activities")
        return attachment(
            activities_workbook(activities, title=title, today=today), f"{_('Activities')}-{title}-{today}.xlsx"
        )
