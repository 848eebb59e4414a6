"""What do the roster and its changes hold about one person?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from branchportal.models import AuditEntry
from branchportal.own_data import FACTS, Field, Section
from branchportal.spreadsheets.writing import DATE, MOMENT
from members.models import CorrectionRequest, FormerMembership, FormerNumber, Member, Transfer, User
from members.queries.audit_trail import action_labels, changes_of
from members.queries.corrections import own_requests, shown
from members.queries.people import facts, steps


def _member(user: User) -> Member | None:
    return getattr(user, "member", None)


def _record(user: User, now: datetime) -> Iterator[tuple]:
    member = _member(user)
    if member is None:
        return
    yield _("Name"), member.name
    yield _("Branch"), member.branch.name
    yield _("Stage"), member.get_stage_display()
    yield from facts(member)
    for step in steps(member, timezone.localdate(now)):
        if step.date:
            yield step.label, step.date.isoformat()


def _memberships(user: User, now: datetime) -> Iterator[tuple]:
    member = _member(user)
    if member is None:
        return
    yield member.branch.name, member.joined_on, member.ended_on, member.number
    for former in member.former_memberships.select_related("branch"):
        yield former.branch.name, former.joined_on, former.left_on, ""
    for number in member.former_numbers.all():
        yield "", None, number.until, number.number


def _former(user: User) -> list[QuerySet]:
    return [FormerMembership.objects.filter(member__user=user), FormerNumber.objects.filter(member__user=user)]


def _transfers(user: User, now: datetime) -> Iterator[tuple]:
    for one in Transfer.objects.filter(member__user=user).select_related("source", "target", "member"):
        yield (
            one.proposed_at, one.origin, one.destination, one.get_reason_display(), one.letter_number,
            one.get_state_display(), one.effective_on, one.answer,
        )  # fmt: skip


def _corrections(user: User, now: datetime) -> Iterator[tuple]:
    member = _member(user)
    if member is None:
        return
    for wish in own_requests(member).order_by("-asked_at", "-pk"):
        words = shown(wish)
        yield (
            wish.asked_at, words.label, words.old, words.proposed, wish.reason, wish.get_state_display(),
            wish.decided_at, wish.answer,
        )  # fmt: skip


def _changes_of(member: Member) -> QuerySet[AuditEntry]:
    lines = AuditEntry.objects.filter(subject_type=Member._meta.label_lower, subject_id=str(member.pk))
    return lines.filter(action__startswith="member.")


def _changes(user: User, now: datetime) -> Iterator[tuple]:
    member, labels = _member(user), action_labels()
    if member is None:
        return
    for line in _changes_of(member).order_by("-at", "-pk"):
        changed = "; ".join(f"{one.label}: {one.before or '–'} → {one.after or '–'}" for one in changes_of(line))
        yield line.at, str(labels.get(line.action, line.action)), line.actor_name, changed


SECTIONS = (
    Section(
        "record",
        gettext_lazy("Record"),
        gettext_lazy("As the roster keeps it. The officers of your branch and those above see it."),
        FACTS,
        _record,
        ("members.Member.user",),
        lambda user, now: [Member.objects.filter(user=user)],
    ),
    Section(
        "memberships",
        gettext_lazy("Branches and numbers"),
        gettext_lazy("Where you belong and belonged, and numbers that you had."),
        (
            Field("branch", gettext_lazy("Branch")),
            Field("from", gettext_lazy("From"), DATE),
            Field("until", gettext_lazy("Until"), DATE),
            Field("number", gettext_lazy("Number")),
        ),
        _memberships,
        ("members.FormerMembership.member", "members.FormerNumber.member"),
        lambda user, now: [Member.objects.filter(user=user), *_former(user)],
    ),
    Section(
        "transfers",
        gettext_lazy("Transfers"),
        gettext_lazy("Letters with which your membership went from one organisation to another."),
        (
            Field("at", gettext_lazy("When"), MOMENT),
            Field("from", gettext_lazy("From")),
            Field("to", gettext_lazy("To")),
            Field("reason", gettext_lazy("Reason")),
            Field("letter", gettext_lazy("Letter number")),
            Field("state", gettext_lazy("State")),
            Field("effective_on", gettext_lazy("First day in the new branch"), DATE),
            Field("answer", gettext_lazy("Answer")),
        ),
        _transfers,
        ("members.Transfer.member",),
        lambda user, now: [Transfer.objects.filter(member__user=user)],
    ),
    Section(
        "corrections",
        gettext_lazy("Requests for corrections"),
        gettext_lazy("What you asked to have corrected, and the answers."),
        (
            Field("at", gettext_lazy("When"), MOMENT),
            Field("field", gettext_lazy("Field")),
            Field("old", gettext_lazy("When asked")),
            Field("proposed", gettext_lazy("Right would be")),
            Field("reason", gettext_lazy("Reason")),
            Field("state", gettext_lazy("State")),
            Field("answered_at", gettext_lazy("Answered"), MOMENT),
            Field("answer", gettext_lazy("Answer")),
        ),
        _corrections,
        ("members.CorrectionRequest.member",),
        lambda user, now: [CorrectionRequest.objects.filter(member__user=user)],
    ),
    Section(
        "changes",
        gettext_lazy("Changes of my record"),
        gettext_lazy("Every change of your record: when, by whom, from what to what."),
        (
            Field("at", gettext_lazy("When"), MOMENT),
            Field("what", gettext_lazy("What")),
            Field("by", gettext_lazy("Who")),
            Field("changes", gettext_lazy("Changes")),
        ),
        _changes,
        records=lambda user, now: [_changes_of(_member(user))] if _member(user) else [],
    ),
)
