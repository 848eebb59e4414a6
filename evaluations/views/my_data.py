"""What does the portal keep about me, on one page and as a file, and who looked at it?"""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import ListView, TemplateView

from branchportal import own_data
from branchportal.downloads import attachment
from branchportal.paging import NearestPage, page_of
from members.access import PortalView
from members.queries.looks import in_words, looks
from members.roles import Permission

ROWS_OF_A_PAGE = 50


class MyDataView(PortalView, TemplateView):
    """Every kind of record and how many there are; each opens a page of its own. Nothing of anybody else."""

    permission = Permission.SIGNED_IN
    template_name = "evaluations/my_data.html"

    def get_context_data(self, **kwargs):
        counted = own_data.counted(self.request.user, now=timezone.now())
        found = [(section, counted.get(section.code)) for section in own_data.sections()]
        return super().get_context_data(
            **kwargs,
            found=[(section, count) for section, count in found if count != 0],
            empty=[section.title for section, count in found if count == 0],
        )


class MyDataSectionView(PortalView, TemplateView):
    """The rows of one kind of record, the newest first, or all facts of one that has only those."""

    permission = Permission.SIGNED_IN
    template_name = "evaluations/my_data_section.html"

    def get_context_data(self, **kwargs):
        section = own_data.section_of(kwargs["code"])
        if section is None:
            raise Http404
        rows = list(section.rows(self.request.user, timezone.now()))
        facts = rows if section.is_of_facts else []
        page = page_of(self.request, [] if section.is_of_facts else rows, ROWS_OF_A_PAGE)
        shown = [list(zip(section.fields, row, strict=True)) for row in page]
        return super().get_context_data(**kwargs, section=section, facts=facts, rows=shown, page_obj=page)


class MyDataWorkbookView(PortalView, View):
    """All of it for people: one sheet per kind of record."""

    permission = Permission.SIGNED_IN

    def get(self, request: HttpRequest) -> HttpResponse:
        user, now = request.user, timezone.now()
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
        user, now = request.user, timezone.now()
        content = own_data.as_json(own_data.about(user, now=now), number=user.number, now=now)
        return attachment(content, f"my-data_{timezone.localdate(now):%Y%m%d}.json", "application/json")


class WhoLookedView(PortalView, NearestPage, ListView):
    """Everybody else who looked at it or took it away, the newest first."""

    permission = Permission.SIGNED_IN
    template_name = "evaluations/who_looked.html"
    paginate_by = 50

    def get_queryset(self):
        return looks(self.request.user)

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        return {**context, "looks": in_words(context["page_obj"])}
