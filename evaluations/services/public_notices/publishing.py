"""How is a public notice prepared, looked at, and hung out for at least five working days?"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from activities.working_days import Found, working_days_after
from branchportal import audit
from branchportal.notifications import notify
from evaluations.models import DecisionMeeting, NoticePerson, PublicNotice, RankingRun
from evaluations.models.public_notices import LEAST_DAYS, MOST_DAYS
from evaluations.queries import decisions, objections, public_notices
from evaluations.refusals import Refused, StaleReviewError
from evaluations.services.appeals.grounds import check_nothing_upheld
from evaluations.services.freezing import held as held_runs
from evaluations.services.public_notices.holding import hold
from members.models import User
from members.queries.offices import holders
from members.roles import Permission

State, Reach = PublicNotice.State, PublicNotice.Reach
TOKEN_BYTES = 24  # cannot be guessed


@dataclass(frozen=True)
class Wording:
    """What the secretary types and chooses: who can read the notice, whom to ask, where to object, how many days."""

    reach: str
    contact: str
    object_to: str
    days: int

    @classmethod
    def of(cls, notice: PublicNotice) -> Wording:
        return cls(notice.reach, notice.contact, notice.object_to, notice.days)

    @property
    def fields(self) -> dict:
        return {"reach": self.reach, "contact": _one_line(self.contact), "object_to": _one_line(self.object_to),
                "days": self.days}  # fmt: skip


@transaction.atomic
def prepare(*, meeting: DecisionMeeting, wording: Wording, by: User, now: datetime) -> PublicNotice:
    """A notice of the people whom this decision selected, not published yet. Sent twice it is one. Raises Refused."""
    meeting = _standing(meeting)
    _check(wording)
    known = meeting.public_notices.filter(state__in=[State.PREPARED, State.PUBLISHED]).first()
    if known and known.is_prepared and known.prepared_by_id == by.pk and Wording.of(known).fields == wording.fields:
        return known
    if known:
        raise Refused(_("A public notice of this decision is there already: open it to change or correct it."))
    ended = meeting.public_notices.filter(replaced_by=None).order_by("-pk").first()
    notice = PublicNotice.objects.create(
        meeting=meeting, replaces=ended, reply_days=settings.OBJECTION_REPLY_DAYS, prepared_at=now, prepared_by=by,
        **wording.fields,
    )  # fmt: skip
    _write_names(notice)
    audit.record("public_notice.prepared", by=by, subject=notice, branch=notice.branch, after=wording.fields)
    return notice


@transaction.atomic
def edit(*, notice: PublicNotice, wording: Wording, version: int, by: User) -> PublicNotice:
    """Change a notice that is being prepared and take the names anew. Raises Refused or StaleReviewError."""
    meeting = _standing(notice.meeting)
    notice = hold(notice)
    if not notice.is_prepared:
        raise Refused(_("This notice has been published: correct it, then a new one hangs out its full days."))
    _check(wording)
    before, after = audit.changes(Wording.of(notice).fields, wording.fields)
    if not after and version == notice.version - 1:
        return notice
    if notice.version != version:
        raise StaleReviewError(notice)
    notice.meeting = meeting
    for name, value in wording.fields.items():
        setattr(notice, name, value)
    notice.version += 1
    notice.save(update_fields=[*wording.fields, "version"])
    _write_names(notice)
    audit.record("public_notice.edited", by=by, subject=notice, branch=notice.branch, before=before, after=after)
    return notice


@transaction.atomic
def publish(*, notice: PublicNotice, version: int, by: User, now: datetime) -> PublicNotice:
    """Hang the notice out, exactly as it was shown; the same person again changes nothing. Raises Refused."""
    _standing(notice.meeting)
    notice = hold(notice)
    if notice.is_published and notice.published_by_id == by.pk:
        return notice
    check_can_be_published(notice)
    if notice.version != version:
        raise Refused(_("Somebody has changed this notice meanwhile: look at it again before you publish it."))
    found = working_days_after(timezone.localdate(now), notice.days)
    notice.state, notice.published_at, notice.published_by, notice.publisher_name = State.PUBLISHED, now, by, by.name
    notice.first_on, notice.last_on, notice.is_provisional = found.first, found.last, found.is_provisional
    notice.token = secrets.token_urlsafe(TOKEN_BYTES) if notice.reach == Reach.LINK else ""
    notice.save()
    after = {"first_on": notice.first_on, "last_on": notice.last_on, "people": notice.people.count()}
    audit.record("public_notice.published", by=by, subject=notice, branch=notice.branch, after=after)
    _tell_of_publishing(notice, by, now)
    return notice


@transaction.atomic
def renew_last_day(*, notice: PublicNotice) -> bool:
    """Compute its days again once the holidays of its year are announced; whether anything has changed.

    A notice never comes down before the day that was printed on it.
    """
    notice = hold(notice)
    if not notice.is_provisional or not notice.is_published:
        return False
    found = recount(notice)
    before = {"first_on": notice.first_on, "last_on": notice.last_on}
    last_on = max(notice.last_on, found.last)
    stands = (notice.first_on, notice.last_on, notice.is_provisional)
    if (found.first, last_on, found.is_provisional) == stands:
        return False
    notice.first_on, notice.last_on, notice.is_provisional = found.first, last_on, found.is_provisional
    notice.save(update_fields=["first_on", "last_on", "is_provisional"])
    after = {"first_on": found.first, "last_on": last_on, "is_provisional": found.is_provisional}
    audit.record("public_notice.days_known", by=None, subject=notice, branch=notice.branch, before=before, after=after)
    return True


def renew_last_days(*, now: datetime) -> int:
    """Do so for every notice that hangs out; how many have changed."""
    return sum(renew_last_day(notice=notice) for notice in public_notices.provisional(timezone.localdate(now)))


def recount(notice: PublicNotice) -> Found:
    """The days of a published notice by the holidays that are known now."""
    return working_days_after(timezone.localdate(notice.published_at), notice.days)


def check_can_be_published(notice: PublicNotice) -> None:
    """Raise Refused where a notice is not (or no more) being prepared."""
    if notice.is_published:
        raise Refused(_("This notice has been published meanwhile."))
    if not notice.is_prepared:
        raise Refused(_("This notice is over: prepare a new one."))


def check_can_be_prepared(meeting: DecisionMeeting) -> None:
    """Raise Refused where nobody is there to be put on notice."""
    if not meeting.is_consented or decisions.is_replaced(meeting):
        raise Refused(_("A public notice begins after the superior's consent, and only of a decision that stands."))
    if not decisions.listed(meeting).exists():
        raise Refused(_("This decision selected nobody: there is nothing to put on notice."))


def _standing(meeting: DecisionMeeting) -> DecisionMeeting:
    """The decision as it stands, its ranking held: meanwhile nobody takes it back."""
    run = held_runs(RankingRun.objects.select_related("branch")).get(pk=meeting.run_id)
    meeting = DecisionMeeting.objects.get(pk=meeting.pk)
    meeting.run = run
    check_nothing_upheld(run)
    check_can_be_prepared(meeting)
    return meeting


def _check(wording: Wording) -> None:
    if not LEAST_DAYS <= wording.days <= MOST_DAYS:
        raise Refused(
            _("A notice hangs out for %(least)s working days at least and %(most)s at most."),
            least=LEAST_DAYS,
            most=MOST_DAYS,
        )


def _write_names(notice: PublicNotice) -> None:
    """The people as the roster has them now: what is previewed is what hangs out."""
    notice.people.all().delete()
    purpose = notice.meeting.run.purpose
    NoticePerson.objects.bulk_create(
        NoticePerson(
            notice=notice,
            member=entry.member,
            position=place,
            name=entry.member.name,
            class_name=entry.member.class_name,
            dates=public_notices.stage_dates(entry.member, purpose),
        )
        for place, entry in enumerate(decisions.listed(notice.meeting), start=1)
    )


def _tell_of_publishing(notice: PublicNotice, by: User, now: datetime) -> None:
    context = {
        "branch": notice.branch.name, "purpose": notice.meeting.run.purpose, "last_on": notice.last_on.isoformat(),
    }  # fmt: skip
    named = {person.member.user for person in notice.people.select_related("member__user") if person.member.user}
    committee = set(objections.handlers(notice, timezone.localdate(now)))
    url = reverse("evaluations:public_notice", args=[notice.pk])
    for people, kind in ((named, "public_notice_named"), (committee - named, "public_notice_published")):
        told = sorted((user for user in people if user.pk != by.pk), key=lambda user: user.pk)
        notify(told, kind, key=str(notice.pk), context=context, url=url)


def publishers(notice: PublicNotice, now: datetime) -> list[User]:
    """Who keeps this branch's notices today."""
    return holders(Permission.PUBLISH_NOTICE, notice.branch, timezone.localdate(now))


def _one_line(text: str) -> str:
    return " ".join(text.split())
