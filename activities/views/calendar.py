"""What takes place in this month?"""

from __future__ import annotations

from datetime import date, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.generic import TemplateView

from activities.calendar_entries import entries_for
from activities.forms.activity_filter import CalendarFilter
from activities.models import Activity
from activities.public_holidays import public_holidays
from activities.queries.calendar import month_of
from activities.views.activity import own_member
from branchportal.months import last_day_of
from members.access import PortalView, access_of
from members.models import Branch
from members.roles import Permission

YEARS = range(2000, 2100)


class CalendarView(PortalView, TemplateView):
    """A month from Monday to Sunday, on phones a list of its days; month and filters stand in the address."""

    permission = Permission.VIEW_ACTIVITIES
    template_name = "activities/calendar.html"

    def get_context_data(self, **context) -> dict:
        today = timezone.localdate()
        month = month_in(self.request.GET.get("month", ""), today)
        own = own_member(self.request)
        branches = list(self.visible(Branch.objects.filter(closed_on=None)))
        narrowed = CalendarFilter(self.request.GET, self.visible(Activity.objects), branches=branches, own=own)
        last = last_day_of(month)
        weeks = month_of(
            narrowed.qs,
            month,
            member=own,
            holidays=public_holidays(month, last),
            entries=entries_for(self.request.user, month, last),
        )
        return super().get_context_data(**context) | {
            "weeks": weeks,
            "weekdays": weeks[1],
            "is_empty": all(day is None or not (day.activities or day.entries) for week in weeks for day in week),
            "month": month,
            "today": today,
            "earlier": self._address((month - timedelta(days=1)).replace(day=1)),
            "later": self._address(last + timedelta(days=1)),
            "this_month": None if month == today.replace(day=1) else self._address(today.replace(day=1)),
            "filter": narrowed,
            "branch_count": len(branches),
            "may_edit": access_of(self.request.user).may(Permission.EDIT_ACTIVITIES),
        }

    def _address(self, month: date) -> str | None:
        if month.year not in YEARS:
            return None
        kept = {name: value for name, value in self.request.GET.items() if name in {"branch", "kind", "mine"} and value}
        return reverse("activities:calendar") + "?" + urlencode({"month": f"{month:%Y-%m}", **kept})


def month_in(text: str, today: date) -> date:
    """The first day of "2026-11"; of today's month for anything else."""
    try:
        month = date.fromisoformat(f"{text}-01")
    except ValueError:
        return today.replace(day=1)
    return month if month.year in YEARS else today.replace(day=1)
