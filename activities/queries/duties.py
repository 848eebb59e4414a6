"""How far have the "three ones" got: of one person, of a branch; who is late, and who may be reminded?"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, F, OuterRef, Prefetch, QuerySet, Subquery, prefetch_related_objects
from django.db.models.functions import Coalesce

from activities.duties import Progress, months_of, progress
from activities.models import Duty, DutyClosing, DutyEntry
from branchportal.months import last_day_of, months_later
from branchportal.wording import listed
from members.models import Branch, Member

NOW, LATE, ENDED = "now", "late", "ended"


@dataclass(frozen=True)
class Standing:
    """One duty, how far it has got, and which of its months are closed."""

    duty: Duty
    progress: Progress
    closed: frozenset[date]

    @property
    def is_late(self) -> bool:
        return bool(self.late)

    @property
    def late(self) -> int:
        """Entries that are late and can still be written."""
        return sum(month.missing for month in self.late_months)

    @property
    def late_months(self) -> list:
        return [month for month in self.progress.late_months if month.month not in self.closed]

    @property
    def is_closed(self) -> bool:
        """Whether nothing can be written any more."""
        return all(month.month in self.closed for month in self.progress.months)

    @property
    def for_whom(self) -> str:
        return for_whom(self.duty)


@dataclass(frozen=True)
class OwnStanding(Standing):
    """The same with what the person wrote, the newest first; entries that were taken back among them.

    Needs the duty's member.
    """

    entries: tuple[DutyEntry, ...]

    @property
    def lines(self) -> list[tuple[DutyEntry, bool]]:
        """Each entry, and whether it can still be changed."""
        return [(entry, not self.duty.is_past and entry.on.replace(day=1) not in self.closed) for entry in self.entries]


def for_whom(duty: Duty) -> str:
    """The activists, the area or the class in one line. Needs the duty's activists (prefetched in lists)."""
    names = [activist.name for activist in duty.activists.all()]
    return listed([*([duty.subject] if duty.subject else []), *names])


def own_duties(member: Member) -> QuerySet[Duty]:
    """Whatever this person was asked for, also what was taken back and what a former branch asked."""
    return Duty.objects.filter(member=member).select_related("branch", "member")


def own_entries(member: Member) -> QuerySet[DutyEntry]:
    """What this person wrote in them."""
    return DutyEntry.objects.filter(duty__member=member).select_related("duty__branch", "duty__member")


def own_standings(member: Member, today: date) -> list[OwnStanding]:
    """The person's duties, past ones among them, the latest first. Four queries, however many there are."""
    entries = Prefetch("entries", DutyEntry.objects.select_related("evidence"))
    rows = own_duties(member).select_related("withdrawn_by").prefetch_related("activists", entries)
    return _with_entries(list(rows.order_by("-last_month", "kind")), today)


def in_branch(branch: Branch) -> QuerySet[Duty]:
    """The standing duties of those who belong to the branch."""
    rows = Duty.objects.standing().filter(branch=branch, member__branch=branch, member__ended_on=None)
    return rows.select_related("member").prefetch_related("activists")


def branch_standings(branch: Branch, today: date) -> list[Standing]:
    """The duties of a branch: who is latest first, then the lowest completion. Four queries.

    What has ended and is closed or complete comes last.
    """
    duties = list(in_branch(branch).order_by("member__pinyin", "member__number", "kind"))
    found = _of(duties, written_by_duty(duties), today)
    return sorted(found, key=lambda one: (-one.late, one.progress.percent if one.progress.due else 101))


def shown(standings: Iterable[Standing], which: str, kind: str, today: date) -> list[Standing]:
    """Only those of a kind, that run, are late, or have ended."""
    month = today.replace(day=1)
    tests = {
        NOW: lambda one: one.duty.last_month >= month or one.is_late,
        LATE: lambda one: one.is_late,
        ENDED: lambda one: one.duty.last_month < month,
    }
    return [one for one in standings if tests[which](one) and kind in {"", one.duty.kind}]


def standing_of(duty: Duty, today: date) -> OwnStanding:
    """One duty with its entries. Two queries."""
    prefetch_related_objects([duty], Prefetch("entries", DutyEntry.objects.select_related("evidence")))
    [one] = _with_entries([duty], today)
    return one


def late_people(standings: Iterable[Standing]) -> dict[Member, list[Standing]]:
    """{person: the late duties}, in the order given."""
    found: dict[Member, list[Standing]] = defaultdict(list)
    for one in standings:
        if one.is_late:
            found[one.duty.member].append(one)
    return dict(found)


def lacking_last_month(duties: QuerySet[Duty], today: date) -> QuerySet[Duty]:
    """Those of people who still belong that have fewer entries in the month before than it expects and is open."""
    month = months_later(today.replace(day=1), -1)
    written = DutyEntry.objects.standing().filter(duty=OuterRef("pk"), on__range=(month, last_day_of(month)))
    closed = DutyClosing.objects.filter(member=OuterRef("member"), kind=OuterRef("kind")).sharing_months(month, month)
    late = duties.standing().sharing_months(month, month).filter(~Exists(closed), member__ended_on=None)
    counted = written.order_by().values("duty").annotate(number=Count("pk")).values("number")
    late = late.annotate(written=Coalesce(Subquery(counted), 0)).filter(written__lt=F("per_month"))
    return Duty.objects.filter(pk__in=late.order_by().values("pk"))


def written_by_duty(duties: Sequence[Duty]) -> dict[int, dict[date, int]]:
    """{duty id: {month: entries that count}} in one query."""
    written: dict[int, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    rows = DutyEntry.objects.standing().filter(duty__in=[duty.pk for duty in duties])
    for duty, on in rows.order_by().values_list("duty", "on"):
        written[duty][on.replace(day=1)] += 1
    return written


def _with_entries(duties: Sequence[Duty], today: date) -> list[OwnStanding]:
    """How far duties have got whose entries are prefetched."""
    entries = {duty.pk: tuple(duty.entries.all()) for duty in duties}
    written = {
        pk: Counter(entry.on.replace(day=1) for entry in some if entry.withdrawn_at is None)
        for pk, some in entries.items()
    }
    return [
        OwnStanding(one.duty, one.progress, one.closed, entries[one.duty.pk]) for one in _of(duties, written, today)
    ]


def _of(duties: Sequence[Duty], written: Mapping[int, Mapping[date, int]], today: date) -> list[Standing]:
    closed: dict[tuple[int, str], set[date]] = defaultdict(set)
    for one in DutyClosing.objects.filter(member__in={duty.member_id for duty in duties}):
        closed[one.member_id, one.kind].update(months_of(one.first_month, one.last_month))
    return [
        Standing(
            duty,
            progress(duty.first_month, duty.last_month, duty.per_month, written.get(duty.pk, {}), today),
            frozenset(closed.get((duty.member_id, duty.kind), ())),
        )
        for duty in duties
    ]
