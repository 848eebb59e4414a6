"""What does the portal keep about me, on one page and as a file, and who looked at it?"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import ListView, TemplateView

from branchportal import own_data
from branchportal.downloads import attachment
from branchportal.paging import NearestPage
from members.access import PortalView
from members.models import User
from members.queries.looks import in_words, looks
from members.roles import Permission

SHOWN_ROWS = 12  # of a section; the files have all


class MyDataView(PortalView, TemplateView):
    """Every kind of record with its newest rows; nothing of anybody else."""

    permission = Permission.SIGNED_IN
    template_name = "evaluations/my_data.html"

    def get_context_data(self, **kwargs):
        found = own_data.about(_reader(self.request), now=timezone.now())
        filled = [_shown(one) for one in found if one.rows]
        empty = [one.section.title for one in found if not one.rows]
        return super().get_context_data(**kwargs, found=filled, empty=empty)


class MyDataWorkbookView(PortalView, View):
    """All of it for people: one sheet per kind of record."""

    permission = Permission.SIGNED_IN

    def get(self, request: HttpRequest) -> HttpResponse:
        user, now = _reader(request), timezone.now()
        title = _("Everything about %(name)s") % {"name": user.name}
        notes = [
            (_("Number"), user.number),
            (_("Made on"), date_format(timezone.localtime(now), "Y-m-d H:i")),
            (_("What it is"), _("All that the portal keeps about this person and shows him. Treat it with care.")),
        ]
        content = own_data.as_workbook(
            own_data.about(user, now=now), title=title, notes=notes, notes_name=_("About this file")
        )
        return attachment(content, f"{title}_{timezone.localdate(now):%Y%m%d}.xlsx")


class MyDataFileView(PortalView, View):
    """All of it for machines, as JSON."""

    permission = Permission.SIGNED_IN

    def get(self, request: HttpRequest) -> HttpResponse:
        user, now = _reader(request), timezone.now()
        content = own_data.as_json(own_data.about(user, now=now), number=user.number, now=now)
        return attachment(content, f"my-data_{timezone.localdate(now):%Y%m%d}.json", "application/json")


class WhoLookedView(PortalView, NearestPage, ListView):
    """Everybody else who looked at it or took it away, the newest first."""

    permission = Permission.SIGNED_IN
    template_name = "evaluations/who_looked.html"
    paginate_by = 50

    def get_queryset(self):
        return looks(_reader(self.request))

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        return {**context, "looks": in_words(context["page_obj"])}


def _shown(found: own_data.Found) -> dict[str, Any]:
    """The newest rows of a section as a table, or all facts of one that has only those."""
    section = found.section
    if section.is_of_facts:
        return {"section": section, "facts": found.rows, "count": len(found.rows)}
    rows = [list(zip(section.fields, row, strict=True)) for row in found.rows[:SHOWN_ROWS]]
    return {"section": section, "rows": rows, "count": len(found.rows), "more": max(len(found.rows) - SHOWN_ROWS, 0)}


def _reader(request: HttpRequest) -> User:
    """The person signed in, with the record that belongs to him."""
    return User.objects.select_related("member__branch").get(pk=request.user.pk)
