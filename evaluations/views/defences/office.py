"""What does the office see of defences: all of them, one with how far the judges are, and its figures when closed?"""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.functional import cached_property
from django.views import View

from branchportal import audit
from branchportal.downloads import attachment
from branchportal.paging import page_of
from evaluations.models import DefenceSession
from evaluations.queries import defences
from evaluations.reports import defence as workbooks
from evaluations.stages import DefenceState
from members.access import PortalView, access_of
from members.roles import Permission

SESSIONS_PER_PAGE = 50


class SessionView(PortalView, View):
    """What every page about one defence begins with."""

    permission = Permission.VIEW_RANKING

    def sessions(self) -> QuerySet[DefenceSession]:
        related = "branch", "opened_by", "closed_by"
        return self.visible(DefenceSession.objects.select_related(*related))

    @cached_property
    def session(self) -> DefenceSession:
        return get_object_or_404(self.sessions(), pk=self.kwargs["pk"])


class DefencesView(PortalView, View):
    """The defences in scope, the newest first."""

    permission = Permission.VIEW_RANKING

    def get(self, request: HttpRequest) -> HttpResponse:
        found = defences.with_figures(self.visible(DefenceSession.objects.all()))
        context = {
            "page": page_of(request, found, SESSIONS_PER_PAGE),
            "may_hold": access_of(request.user).may(Permission.HOLD_DEFENCES),
        }
        return render(request, "evaluations/defences.html", context)


class DefenceView(SessionView):
    """One defence. While it is under way: who has submitted, never what; htmx asks for that part again and again."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        if "HX-Request" in request.headers:
            if self.session.state != DefenceState.OPEN:
                return HttpResponse(headers={"HX-Refresh": "true"})  # the page is another one now
            return render(request, "evaluations/defence_progress.html", self._frame() | self._progress())
        context = self._frame()
        if self.session.state == DefenceState.CLOSED:
            audit.note_access("defence.read", by=request.user, branch=self.session.branch)
            table = workbooks.table(self.session)
            order = sorted((row.speaker for row in table.rows), key=lambda speaker: speaker.position)
            context |= {"table": table, "order": order}
        elif self.session.state == DefenceState.OPEN:
            context |= self._progress()
            context |= {"order": context["speakers"]}
        else:
            context |= {
                "speakers": list(defences.speakers(self.session)),
                "judges": list(self.session.judges.select_related("user")),
            }
        return render(request, "evaluations/defence.html", context)

    def _frame(self) -> dict[str, Any]:
        access = access_of(self.request.user)
        leads = access.may_in(Permission.HOLD_DEFENCES, self.session.branch)
        is_over = self.session.state == DefenceState.CLOSED
        today = timezone.localdate()
        others = defences.whose_lead(self.session, self.request.user, today) if leads and not is_over else ""
        seat = defences.seat_of(self.session, self.request.user) if self.session.state == DefenceState.OPEN else None
        return {
            "session": self.session,
            "criteria": defences.criteria_of(self.session),
            "may_hold": leads and not others,
            "others_lead": others,
            "may_export": access.may_in(Permission.EXPORT_RANKING, self.session.branch),
            "seat": seat,
        }

    def _progress(self) -> dict[str, Any]:
        lines = defences.progress(self.session)
        return {
            "lines": lines,
            "speakers": [cell.speaker for cell in lines[0].cells] if lines else [],
            "submitted": sum(line.submitted for line in lines),
            "expected": sum(line.expected for line in lines),
        }


class DefenceWorkbookView(SessionView):
    """The figures of a closed defence with live formulas."""

    permission = Permission.EXPORT_RANKING

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        if self.session.state != DefenceState.CLOSED:
            raise Http404
        audit.note_access("defence.export", by=request.user, branch=self.session.branch)
        return attachment(workbooks.summary_workbook(self.session), f"{_file_name(self.session, '答辩汇总')}.xlsx")


class DefenceSheetsView(SessionView):
    """The empty score sheets, one per judge, to print and fill in by hand; only once the order is drawn."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        if self.session.state == DefenceState.PREPARING:
            raise Http404
        return attachment(workbooks.sheets_workbook(self.session), f"{_file_name(self.session, '评分表')}.xlsx")


class OwnDefencesView(PortalView, View):
    """Where the signed-in person judges, and where he spoke."""

    permission = Permission.SIGNED_IN

    def get(self, request: HttpRequest) -> HttpResponse:
        context = {
            "judged": list(defences.judged_by(request.user).select_related("branch")),
            "spoken": list(defences.spoken_by(request.user)),
        }
        return render(request, "evaluations/own_defences.html", context)


class OwnDefenceView(PortalView, View):
    """What the signed-in person reached in a closed defence; judges are not named, and nobody else is there."""

    permission = Permission.VIEW_OWN_RANKING

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        speaker = get_object_or_404(defences.spoken_by(request.user), session=pk)
        context = {
            "speaker": speaker,
            "session": speaker.session,
            "criteria": defences.criteria_of(speaker.session),
            "scores": workbooks.unnamed(speaker),
            "count": speaker.session.speakers.exclude(rank=None).count(),
        }
        return render(request, "evaluations/own_defence.html", context)


def _file_name(session: DefenceSession, what: str) -> str:
    return f"{what} {session.branch.name} {session.title} {session.held_on}"
