"""What of public notices and objections waits for an officer, and since when?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Count, Min
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext

from branchportal.todo import Todo, Waiting
from evaluations import appeal_times
from evaluations.queries import objections, public_notices
from members.access import access_of
from members.models import User
from members.roles import Permission


def of_notices(user: User, now: datetime) -> Iterator[Waiting]:
    """Decisions to put on notice and notices to publish, for the branch; outcomes to record, for the committee."""
    access, address = access_of(user), reverse("evaluations:public_notices")
    if access.may(Permission.PUBLISH_NOTICE):
        yield Waiting(public_notices.to_put_on_notice(user), "reviewed_at", _to_prepare, address)
        yield Waiting(public_notices.prepared(user), "prepared_at", _to_publish, address)
    if access.may(Permission.HANDLE_OBJECTIONS):
        over = objections.without_outcome(user, timezone.localdate(now))
        yield Waiting(over, "published_at", _to_record, address)


def of_objections(user: User) -> Iterator[Todo]:
    """Objections that wait for a decision, with the day by which the first reply is promised."""
    if not access_of(user).may(Permission.HANDLE_OBJECTIONS):
        return
    found = objections.waiting(user).order_by().aggregate(count=Count("pk"), since=Min("filed_at"), due=Min("due_on"))
    if found["count"]:
        text = ngettext(
            "%(count)s objection waits for a reply", "%(count)s objections wait for a reply", found["count"]
        )
        until = appeal_times.end_of(found["due"])
        yield Todo(text % found, reverse("evaluations:objections"), since=found["since"], until=until)


def _to_prepare(count: int) -> str:
    text = ngettext(
        "%(count)s decision waits to be put on public notice",
        "%(count)s decisions wait to be put on public notice",
        count,
    )
    return text % {"count": count}


def _to_publish(count: int) -> str:
    text = ngettext(
        "%(count)s public notice is prepared and not published",
        "%(count)s public notices are prepared and not published",
        count,
    )
    return text % {"count": count}


def _to_record(count: int) -> str:
    text = ngettext(
        "%(count)s public notice is over: record its outcome",
        "%(count)s public notices are over: record their outcomes",
        count,
    )
    return text % {"count": count}
