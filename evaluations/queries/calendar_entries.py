"""Which last days of a month stand in somebody's calendar?"""

from __future__ import annotations

from datetime import date

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from activities.calendar_entries import CalendarEntry
from evaluations.models import Cycle
from evaluations.queries.months import window_of
from members.access import access_of
from members.models import Branch, User
from members.roles import Permission


def entries(user: User, first: date, last: date) -> list[CalendarEntry]:
    """The last day of self-reviews for a member, and of branch ratings for whoever rates in one branch."""
    access = access_of(user)
    own = {grant.branch.pk: grant.branch for grant in access.granting(Permission.FILE_SELF_REVIEW)}
    rated = {grant.branch.pk: grant.branch for grant in access.granting(Permission.RATE_MEMBERS)}
    found = []
    for branch in {**own, **rated}.values():
        if branch.kind == Branch.Kind.BRANCH:
            found += _of_branch(branch, first, last, files=branch.pk in own, rates=branch.pk in rated)
    return [entry for entry in found if first <= entry.day <= last]


def _of_branch(branch: Branch, first: date, last: date, *, files: bool, rates: bool) -> list[CalendarEntry]:
    root = branch.ancestor_paths()[0]
    cycles = Cycle.objects.filter(
        committee__path=root, month__gte=first.replace(day=1), month__lte=last, is_off=False
    ).order_by("month")
    found = []
    for cycle in cycles:
        window = window_of(cycle, branch)
        name = date_format(cycle.month, _("F"))
        if files:
            title = _("Self-review of %(month)s: last day") % {"month": name}
            address = reverse("evaluations:review_of_month", kwargs={"month": cycle.month})
            uid = f"review-{cycle.month:%Y-%m}"
            found.append(CalendarEntry(uid, cycle.month.replace(day=window.review_day), title, address))
        if rates:
            title = _("Branch rating of %(month)s: last day") % {"month": name}
            address = reverse("evaluations:month", kwargs={"code": branch.code, "month": cycle.month})
            uid = f"rating-{branch.code}-{cycle.month:%Y-%m}"
            found.append(CalendarEntry(uid, cycle.month.replace(day=window.rating_day), title, address))
    return found
