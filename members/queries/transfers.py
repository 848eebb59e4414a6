"""Which memberships are on their way, and which of them wait for whom?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from branchportal.todo import Todo
from members.access import access_of
from members.labels import STAGE_LABELS
from members.models import Branch, Member, Transfer, User
from members.queries.own_matters import of_others
from members.roles import Permission

P = Permission.TRANSFER_MEMBERS


@dataclass(frozen=True)
class Sides:
    """Which side of a transfer somebody speaks for."""

    leaving: bool
    arriving: bool


def sides(transfer: Transfer, user: User) -> Sides:
    """Whether `user` looks after the branch that is left, and the one that is reached."""
    access = access_of(user)
    return Sides(
        leaving=transfer.source_id is not None and access.may_in(P, transfer.source),
        arriving=transfer.target_id is not None and access.may_in(P, transfer.target),
    )


def transfers_for(user: User, which: str, today: date) -> QuerySet[Transfer]:
    """The reader's transfers: "open", "overdue" or "all", with what a list prints; those that wait longest first."""
    rows = Transfer.objects.visible_to(user, P).select_related("member", "source", "target")
    if which == "overdue":
        return rows.overdue(today).order_by("valid_until", "pk")
    return rows.order_by("-proposed_at", "-pk") if which == "all" else rows.open().order_by("proposed_at", "pk")


def targets(member: Member) -> QuerySet[Branch]:
    """The branches of the portal that a person may move to: those of the same committee, except his own."""
    committee = member.branch.path.split("/")[0]
    branches = Branch.objects.party_branches().filter(path__startswith=f"{committee}/")
    return branches.exclude(pk=member.branch_id).select_related("parent").order_by("path")


def waiting(user: User) -> QuerySet[Transfer]:
    """Those into the reader's branches that nobody has answered, the oldest first."""
    return Transfer.objects.arriving(user, P).open().select_related("member", "source").order_by("proposed_at", "pk")


def overdue(user: User, today: date) -> QuerySet[Transfer]:
    """Those out of the reader's branches without an answer although the letter is no longer valid."""
    rows = Transfer.objects.leaving(user, P).overdue(today)
    return rows.select_related("member", "source", "target").order_by("valid_until", "pk")


def todos(user: User, now: datetime) -> Iterator[Todo]:
    """What waits for an officer: other people who would come, and letters whose receipt is late. One query."""
    if not access_of(user).may(P):
        return
    today = timezone.localdate(now)
    rows = waiting(user).filter(of_others(user, today)) | overdue(user, today)
    for row in rows.select_related("member", "source", "target"):
        looked_after = sides(row, user)
        if looked_after.leaving and row.is_overdue(today):
            yield Todo(_late(row), _url(row), since=_end_of(row.valid_until))
        if not looked_after.arriving:
            continue
        text = _("%(name)s (%(stage)s) would come from %(source)s: accept or decline") % {
            "name": row.member.name,
            "stage": STAGE_LABELS[row.stage],
            "source": row.source.name,
        }
        yield Todo(text, _url(row), since=row.proposed_at, until=_end_of(row.valid_until))


def open_of(member: Member) -> Transfer | None:
    """The person's transfer that waits for an answer."""
    return member.transfers.open().select_related("source", "target").first()


def _late(row: Transfer) -> str:
    if row.hands_over_file:
        text = _("No receipt for the file of %(name)s from %(destination)s since %(day)s: ask there")
    else:
        text = _("No receipt for %(name)s from %(destination)s since %(day)s: ask there")
    return text % {
        "name": row.member.name,
        "destination": row.destination,
        "day": row.valid_until.isoformat(),
    }


def _url(row: Transfer) -> str:
    return reverse("members:transfer", args=[row.pk])


def _end_of(day: date) -> datetime:
    """The first instant after that day, Asia/Shanghai."""
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=timezone.get_default_timezone())
