"""Whom does an activity expect? Others who come sit in; a quorum is counted without them."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone

from activities.audiences import audiences_of
from activities.models import Activity
from members.models import Branch, Member, RoleAssignment
from members.roles import ACTING_ORDER, Role

COMMITTEE_MEETING = "committee_meeting"
COMMITTEE = (Role.SECRETARY, *ACTING_ORDER)


def expected_of(activity: Activity, people: Iterable[Member]) -> set[int]:
    """Return the ids of those people who are expected: by their stage on that day, or as officers of the committee.

    One query for a meeting of the branch committee, none for any other activity.
    """
    day = timezone.localdate(activity.starts_at)
    if activity.kind.code == COMMITTEE_MEETING:
        offices = RoleAssignment.objects.on(day).filter(branch=activity.branch_id, role__in=COMMITTEE)
        officers = set(offices.values_list("user", flat=True))
        return {person.pk for person in people if person.user_id in officers}
    return {person.pk for person in people if activity.audience in audiences_of(person.stage_on(day))}


def is_expected(activity: Activity, person: Member | None) -> bool:
    """Whether this one person is expected; in a branch only its own people are."""
    if person is None or (activity.branch.kind == Branch.Kind.BRANCH and person.branch_id != activity.branch_id):
        return False
    return person.pk in expected_of(activity, [person])
