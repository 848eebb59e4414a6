"""Who may act on the stage? Sessions of the demo's people, as JSON on the output, without a log-in each.

python -m tests.faults.stage_people
"""

from __future__ import annotations

import json

import django

django.setup()

from django.contrib.sessions.models import Session  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from evaluations.models import Cycle, Due  # noqa: E402
from members import notice  # noqa: E402
from members.models import RoleAssignment, User  # noqa: E402
from members.roles import ACTING_ORDER, Role  # noqa: E402


def main() -> None:
    """The month that is open, who files in it, and one officer of every branch."""
    User.objects.update(notice_version=notice.VERSION)
    month = Cycle.objects.get(month=timezone.localdate().replace(day=1)).month
    due = Due.objects.filter(cycle__month=month, member__user__isnull=False).select_related("member__user", "branch")
    members = [
        {"pk": one.member_id, "number": one.member.number, "branch": one.branch.code, **session(one.member.user)}
        for one in due.order_by("member__number")
    ]
    ranks = [Role.SECRETARY, *ACTING_ORDER]
    held = RoleAssignment.objects.filter(role__in=ranks).select_related("user", "branch")
    officers = {}
    for one in sorted(held, key=lambda one: ranks.index(one.role)):
        officers.setdefault(one.branch.code, one)
    print(
        json.dumps(
            {
                "month": f"{month:%Y-%m}",
                "members": members,
                "officers": [{"branch": code, **session(one.user)} for code, one in sorted(officers.items())],
            }
        )
    )


def session(user: User) -> dict[str, str]:
    """A session that the person has just opened."""
    client = Client()
    client.force_login(user)
    key = client.session.session_key
    assert Session.objects.filter(pk=key).exists()
    return {"session": key, "user": user.pk}


if __name__ == "__main__":
    main()
