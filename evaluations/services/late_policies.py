"""How does a branch choose whether it accepts late self-reviews?"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from branchportal import audit
from evaluations.deadlines import month_of, next_month
from evaluations.models import LatePolicy
from evaluations.queries.self_reviews import accepts_late
from members.models import Branch, User


@transaction.atomic
def choose_late_policy(*, branch: Branch, accepts: bool, by: User, now: datetime) -> LatePolicy | None:
    """Accept late self-reviews from the next month on, or refuse them; None if that is so already.

    A month that has begun keeps the rule under which it began.
    """
    branch = Branch.objects.select_for_update(no_key=True).get(pk=branch.pk)
    first = next_month(month_of(now))
    before = accepts_late(branch, first)
    if before == accepts:
        return None
    policy, _created = LatePolicy.objects.update_or_create(
        branch=branch, from_month=first, defaults={"accepts_late": accepts, "set_by": by, "set_at": now}
    )
    audit.record(
        "late_policy.changed", by=by, subject=policy, branch=branch,
        before={"accepts_late": before}, after={"accepts_late": accepts, "from_month": f"{first:%Y-%m}"},
    )  # fmt: skip
    return policy
