"""How is a public notice read: by people who sign in, and by whoever has its link?"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.views import View

from activities.working_days import Found, working_days_after
from branchportal.paging import page_of
from evaluations.models import PublicNotice
from evaluations.purposes import Purpose
from evaluations.queries import objections, public_notices
from evaluations.refusals import Refused
from evaluations.services.public_notices import ending
from members.access import PortalView, access_of
from members.labels import STAGE_LABELS
from members.roles import Permission

NOTICES_PER_PAGE = 50


class NoticesView(PortalView, View):
    """What hangs out today; below it, for whoever keeps notices, all of them and what waits to be put on notice."""

    permission = Permission.READ_NOTICES

    def get(self, request: HttpRequest) -> HttpResponse:
        access, today = access_of(request.user), timezone.localdate()
        running = list(public_notices.readable(request.user, today))
        context = {"running": running, "keeps": False, "handles": False, "page": None, "rows": [], "waiting": []}
        if access.may(Permission.PUBLISH_NOTICE) or access.may(Permission.HANDLE_OBJECTIONS):
            context |= self._kept(access)
        return render(request, "evaluations/public_notices.html", context)

    def _kept(self, access: Any) -> dict[str, Any]:
        user, today = self.request.user, timezone.localdate()
        handles = access.may(Permission.HANDLE_OBJECTIONS)
        page = page_of(self.request, public_notices.kept(user), NOTICES_PER_PAGE)
        open_counts = objections.open_counts(user, page) if handles else {}
        rows = [
            {"notice": one, "runs": one.runs(today), "is_over": one.is_over(today), "open": open_counts.get(one.pk, 0)}
            for one in page
        ]
        waiting = public_notices.to_put_on_notice(user).select_related("run__branch").defer("run__scheme_document")
        return {
            "keeps": True, "handles": handles, "page": page, "rows": rows,
            "waiting": list(waiting) if access.may(Permission.PUBLISH_NOTICE) else [],
        }  # fmt: skip


class OneNoticeView(PortalView, View):
    """What every page about one notice begins with."""

    permission = Permission.READ_NOTICES

    @cached_property
    def notice(self) -> PublicNotice:
        """While it hangs out for its readers; at any time for those who keep it."""
        user, pk = self.request.user, self.kwargs["pk"]
        kept = objections.with_right(public_notices.kept(user), user).filter(pk=pk).first()
        found = kept or public_notices.readable(user, timezone.localdate()).filter(pk=pk).first()
        if found is None:
            raise Http404
        return found


class NoticeView(OneNoticeView):
    """The notice as it hangs out, to be printed; its keepers find what they can do with it."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        notice, today, access = self.notice, timezone.localdate(), access_of(request.user)
        may_publish = access.may_in(Permission.PUBLISH_NOTICE, notice.branch)
        keeps = may_publish or access.may_in(Permission.HANDLE_OBJECTIONS, notice.branch)
        context = document_of(notice) | {
            "runs": notice.runs(today),
            "is_over": notice.is_over(today),
            "may_publish": may_publish,
            "keeps": keeps,
            "too_short": self._too_short(today) if keeps else "",
            "history": public_notices.history(notice) if keeps else [],
            "next_stages": [(one, STAGE_LABELS[one.stage]) for one in public_notices.next_stages(notice, request.user)],
            "stage_reached": STAGE_LABELS.get(public_notices.REACHED.get(Purpose(notice.meeting.run.purpose)), ""),
            "link": request.build_absolute_uri(link_of(notice)) if may_publish and notice.token else "",
        }
        return render(request, "evaluations/public_notice.html", context | self._handled())

    def _handled(self) -> dict[str, Any]:
        """What the committee alone sees."""
        user = self.request.user
        if not getattr(self.notice, "is_handled", False):
            return {"handles": False, "objections": [], "open": 0, "obstacle": ""}
        found = list(objections.handled(user).filter(pk__in=objections.of_selection(self.notice).values("pk")))
        is_open = sum(one.is_open for one in found)
        return {"handles": True, "objections": found, "open": is_open, "obstacle": self._obstacle()}

    def _obstacle(self) -> str:
        """What stands against recording the outcome of a notice whose days are over; "" where nothing does."""
        notice, now = self.notice, timezone.now()
        if notice.outcome or not notice.is_over(timezone.localdate(now)):
            return ""
        try:
            ending.check_can_have_outcome(notice, now=now)
        except Refused as refusal:
            return str(refusal)
        return ""

    def _too_short(self, today: date) -> str:
        """What the branch has to put right before the outcome; of objections it learns nothing."""
        if self.notice.outcome or not self.notice.is_over(today):
            return ""
        try:
            ending.check_had_its_days(self.notice)
        except Refused as refusal:
            return str(refusal)
        return ""


@method_decorator(login_not_required, name="dispatch")
class LinkedView(View):
    """What every page of a link begins with: it opens while its notice hangs out, and is nothing afterwards."""

    referrer = "no-referrer"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.notice is None:
            raise Http404
        return unlisted(super().dispatch(request, *args, **kwargs), referrer=self.referrer)

    @cached_property
    def notice(self) -> PublicNotice | None:
        return public_notices.behind_link(self.kwargs["token"], timezone.localdate())


class LinkedNoticeView(LinkedView):
    """The notice for whoever has its link."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        context = document_of(self.notice) | {"runs": True, "token": token}
        return render(request, "evaluations/public_notice_linked.html", context)


def document_of(notice: PublicNotice) -> dict[str, Any]:
    """What stands on the notice itself; before it is published, the days that it would have today."""
    span = Found(notice.first_on, notice.last_on, notice.is_provisional)
    if notice.published_at is None:
        span = working_days_after(timezone.localdate(), notice.days)
    return {
        "notice": notice,
        "branch": notice.branch,
        "committee": objections.committee_of(notice.branch),
        "title": public_notices.title(notice),
        "purpose": notice.meeting.run.purpose,
        "table": public_notices.table(notice),
        "span": span,
    }


def link_of(notice: PublicNotice) -> str:
    """The address of a notice for whoever has it."""
    return reverse("evaluations:public_notice_linked", args=[notice.token])


def unlisted(response: HttpResponse, *, referrer: str) -> HttpResponse:
    """No search engine keeps it, no cache does (see middleware.py), and no other site learns its address."""
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response["Referrer-Policy"] = referrer
    return response
