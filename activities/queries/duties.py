"""How far have the "three ones" got: of one person, of a branch; who is late, and who may be reminded?"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import (
    Count,
    DateField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Prefetch,
    QuerySet,
    Subquery,
    Value,
    prefetch_related_objects,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Least, TruncMonth

from activities.duties import Progress, months_of, progress
from activities.models import Duty, DutyClosing, DutyEntry
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


def late_duties(duties: QuerySet[Duty], today: date) -> QuerySet[Duty]:
    """Those of people who still belong of which a month that is over and open has fewer entries than it expects.

    `late_from` is the first day on which the oldest of these entries was late. The oldest such month is the first of
    the duty, or follows one that is closed or has entries: only these are looked at.
    """
    this_month = today.replace(day=1)
    belonging = duties.standing().filter(member__ended_on=None).order_by()
    rows = Duty.objects.filter(pk__in=belonging.values("pk"), first_month__lt=this_month)
    closings = DutyClosing.objects.filter(member=OuterRef("member"), kind=OuterRef("kind"))
    looked_at = [
        Duty.objects.filter(pk=OuterRef("pk")).annotate(month=F("first_month")),
        closings.annotate(month=_month_after(F("last_month"))),
        DutyEntry.objects.standing().filter(duty=OuterRef("pk")).annotate(month=_month_after(TruncMonth("on"))),
    ]
    none = Value(this_month, DateField())
    oldest = Least(*(Coalesce(_first_late(months, this_month), none) for months in looked_at))
    return rows.alias(oldest=oldest).filter(oldest__lt=this_month).annotate(late_from=_month_after(F("oldest")))


def _first_late(months: QuerySet, this_month: date) -> Subquery:
    """Of the rows with a `month` the first that is a month of the duty outside, over, open and short of entries."""
    entries = DutyEntry.objects.standing().filter(duty=OuterRef(OuterRef("pk")))
    written = entries.filter(on__gte=OuterRef("month"), on__lt=_month_after(OuterRef("month"))).order_by()
    counted = Subquery(written.values("duty").annotate(number=Count("pk")).values("number"))
    closed = DutyClosing.objects.filter(member=OuterRef(OuterRef("member")), kind=OuterRef(OuterRef("kind")))
    is_closed = Exists(closed.filter(first_month__lte=OuterRef("month"), last_month__gte=OuterRef("month")))
    lies_in = {"month__gte": OuterRef("first_month"), "month__lte": OuterRef("last_month"), "month__lt": this_month}
    late = months.filter(~is_closed, **lies_in).alias(written=Coalesce(counted, 0))
    return Subquery(late.filter(written__lt=OuterRef("per_month")).order_by("month").values("month")[:1])


def _month_after(month: Combinable) -> TruncMonth:
    """The first day of the month after one whose first day is given."""
    return TruncMonth(ExpressionWrapper(month + timedelta(days=31), output_field=DateField()))


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
