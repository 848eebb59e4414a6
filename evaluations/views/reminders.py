"""How does an officer remind those who are missing: see who gets it in which words, then send?"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View

from branchportal.messages import text_of
from branchportal.models import Notification
from branchportal.wording import listed
from evaluations.deadlines import month_of, parse_month
from evaluations.labels import ratings_left_label
from evaluations.models import Cycle, Reminder
from evaluations.queries import reminders
from evaluations.queries.months import with_own_days
from evaluations.services.reminders import context_of, remind
from evaluations.views.branch_months import BranchMonthView
from members.access import PortalView
from members.models import Branch
from members.roles import Permission

Task = Reminder.Task


class RemindingView:
    """The two steps of every reminder: GET shows it, POST sends it to whoever is still missing then."""

    def missing(self, now: datetime) -> reminders.Missing:
        raise NotImplementedError

    def where(self) -> dict[str, Any]:
        """Whom it is about: heading, the branch of the audit line, and the page to come back to."""
        raise NotImplementedError

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        missing, where = self.missing(timezone.now()), self.where()
        left = missing.left
        context = {
            **where,
            "missing": missing,
            "is_about_ratings": missing.task == Task.RATINGS,
            "left": ratings_left_label(len(left.unfinished), len(left.not_begun)) if left and left.unfinished else "",
            "not_begun": left.not_begun if left else frozenset(),
        }
        if people := missing.everybody:
            context |= {"text": self._text(missing, people[0]), "list_text": _list_text(missing)}
        return render(request, "evaluations/remind.html", context)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        now, where = timezone.now(), self.where()
        reminded = remind(missing=self.missing(now), branch=where["branch"], by=request.user, now=now)
        if reminded:
            text = ngettext("%(count)s person was reminded.", "%(count)s people were reminded.", len(reminded))
            messages.success(request, text % {"count": len(reminded)})
        else:
            messages.info(request, _("Nobody was reminded: everybody was today already, or nothing is missing now."))
        return redirect(where["back_url"])

    def _text(self, missing: reminders.Missing, person: reminders.Person) -> str:
        context = context_of(person, missing.cycle, by=self.request.user.name)
        return text_of(Notification(kind=reminders.KINDS[missing.task], context=context))


class RemindMembersView(RemindingView, BranchMonthView):
    """Members of one branch whose self-review is missing."""

    permission = Permission.REMIND

    def missing(self, now: datetime) -> reminders.Missing:
        return reminders.missing_reviews(self.cycle, self.branch, now=now)

    def where(self) -> dict[str, Any]:
        return {"branch": self.branch, "back_url": reverse("evaluations:month", kwargs=self.kwargs)}


class RemindOfficersView(RemindMembersView):
    """The officers of one branch who can still rate somebody."""

    def missing(self, now: datetime) -> reminders.Missing:
        return reminders.missing_ratings(self.cycle, self.branch, by=self.request.user, now=now)


class RemindBranchesView(RemindingView, PortalView, View):
    """The secretaries of all branches in scope in which ratings are missing (?month=2026-11, else the present one)."""

    permission = Permission.REMIND

    @cached_property
    def branches(self) -> list[Branch]:
        return list(self.visible(Branch.objects.party_branches()))

    @cached_property
    def cycle(self) -> Cycle:
        tops = {branch.ancestor_paths()[0] for branch in self.branches}
        cycles = Cycle.objects.filter(committee__path__in=tops, month=self._month()).order_by("committee__path")
        if code := self.request.GET.get("committee", ""):
            cycles = cycles.filter(committee__code=code)
        found = with_own_days(cycles)
        if not found:
            raise Http404
        return found[0]

    @cached_property
    def inside(self) -> list[Branch]:
        return [branch for branch in self.branches if branch.path.startswith(self.cycle.committee.path)]

    def missing(self, now: datetime) -> reminders.Missing:
        return reminders.branches_without_ratings(self.cycle, self.inside, by=self.request.user, now=now)

    def where(self) -> dict[str, Any]:
        back_url = f"{reverse('evaluations:months')}?month={self.cycle}&committee={self.cycle.committee.code}"
        return {
            "branch": self.cycle.committee,
            "back_url": back_url,
            "is_about_many": True,
        }

    def _month(self) -> date:
        try:
            return parse_month(self.request.GET.get("month") or f"{month_of(timezone.now()):%Y-%m}")
        except ValueError:
            raise Http404 from None


def _list_text(missing: reminders.Missing) -> str:
    """Everybody who is missing in one line, for a group chat."""
    people = missing.everybody
    is_about_ratings = missing.task == Task.RATINGS
    values = {
        "month": date_format(missing.cycle.month, "YEAR_MONTH_FORMAT"),
        "count": len(people),
        "names": listed(
            f"{person.branch.name} {person.name}" if is_about_ratings else person.name for person in people
        ),
        "day": date_format(people[0].until - timedelta(days=1), _("j F")),
    }
    if is_about_ratings:
        return _("Branch ratings of %(month)s are missing: %(names)s. Open until %(day)s, 23:59.") % values
    return (
        ngettext(
            "%(count)s self-review of %(month)s is missing: %(names)s. Open until %(day)s, 23:59.",
            "%(count)s self-reviews of %(month)s are missing: %(names)s. Open until %(day)s, 23:59.",
            len(people),
        )
        % values
    )
