"""What of the present month is unfinished for people who are about to leave a branch?"""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from evaluations.deadlines import Phase
from evaluations.queries.months import current_cycle, due_members, missing_members, window_of
from members.models import Branch


def unfinished_month(branch: Branch, now: datetime) -> dict[int, list[str]]:
    """Return {member id: texts} of those who are due in a month that has not closed. Four queries."""
    cycle = current_cycle(branch, now)
    if cycle is None or window_of(cycle, branch).phase(now) not in {Phase.FILING, Phase.RATING}:
        return {}
    missing = set(missing_members(cycle, branch).values_list("pk", flat=True))
    month = cycle.month.strftime("%Y-%m")
    without = _("Due in %(month)s, which is still open; no self-review yet.") % {"month": month}
    filed = _("Due in %(month)s, which is still open.") % {"month": month}
    due = due_members(cycle, branch).values_list("pk", flat=True)
    return {member: [without if member in missing else filed] for member in due}
