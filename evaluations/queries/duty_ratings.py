"""Which of the "three ones" does a branch rate for some months, what was done in them, and what counts in a ranking?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.utils import timezone

from activities.duties import Progress, progress
from activities.models import Duty, DutyClosing
from activities.models.duties import KIND_LABELS
from activities.queries.duties import for_whom, in_branch, written_by_duty
from branchportal.wording import listed
from evaluations.models import Cycle, DutyRating
from members.models import Branch, Member, User
from members.queries.own_matters import own_people

KINDS = list(KIND_LABELS)


@dataclass(frozen=True)
class Place:
    """One kind of duty of one person in the months that are rated, and what the branch said of it."""

    member: Member
    kind: str
    duties: tuple[Duty, ...]
    due: int
    done: int
    rating: DutyRating | None  # of just these months
    other: DutyRating | None  # of other months that share one with them
    is_own_matter: bool
    typed: str = ""
    problem: str = ""

    @property
    def key(self) -> tuple[int, str]:
        return self.member.pk, self.kind

    @property
    def name(self) -> str:
        return f"{self.kind}-{self.member.pk}"

    @property
    def label(self) -> str:
        return str(KIND_LABELS[self.kind])

    @property
    def for_whom(self) -> str:
        return listed(for_whom(duty) for duty in self.duties)

    @property
    def version(self) -> int:
        return self.rating.version if self.rating else 0

    @property
    def points(self) -> str:
        return str(self.rating.points) if self.rating else ""

    @property
    def is_free(self) -> bool:
        """Whether the reader can rate it for these months."""
        return self.other is None and not self.is_own_matter

    def with_typed(self, typed: str, problem: str) -> Place:
        return replace(self, typed=typed, problem=problem)


def rated_in_grades(branch: Branch, last: date) -> bool:
    """Whether the scale is that of the five grades, as in the last of these months; a month nobody planned has them."""
    root = branch.ancestor_paths()[0]
    scale = Cycle.objects.filter(committee__path=root, month=last).values_list("scale", flat=True).first()
    return (scale or Cycle.Scale.GRADES) == Cycle.Scale.GRADES


def places_of(branch: Branch, first: date, last: date, *, rater: User) -> list[Place]:
    """What there is to rate in these months, person by person in roster order. Six queries."""
    duties = list(in_branch(branch).sharing_months(first, last).order_by("member__pinyin", "member__number", "pk"))
    written = written_by_duty(duties)
    ratings = _ratings_of(duties, first, last)
    own = own_people(rater, timezone.localdate())
    grouped: dict[tuple[int, str], list[Duty]] = defaultdict(list)
    for duty in duties:
        grouped[duty.member_id, duty.kind].append(duty)
    found = [_place(tuple(some), written, ratings.get(key, []), (first, last), own) for key, some in grouped.items()]
    order = {member: place for place, member in enumerate(dict.fromkeys(duty.member_id for duty in duties))}
    return sorted(found, key=lambda place: (order[place.member.pk], KINDS.index(place.kind)))


def names_in(branch: Branch, members: Collection[int]) -> dict[int, str]:
    """{person: name} of those to whom the branch ever gave a duty, also if they left or it was taken back."""
    given = Duty.objects.filter(branch=branch, member__in=members).order_by()
    return dict(given.values_list("member", "member__name"))


def rated_periods(branch: Branch) -> list[tuple[date, date]]:
    """The months for which the branch has rated duties, the newest first."""
    closed = DutyClosing.objects.filter(branch=branch).order_by("-last_month", "-first_month")
    return list(closed.values_list("first_month", "last_month").distinct()[:12])


def within(duties: Sequence[Duty], written: dict, first: date, last: date) -> tuple[int, int]:
    """How many entries these months expect of these duties in all, and how many of those are written."""
    parts = [_part(duty, written, first, last) for duty in duties]
    months = [month for part in parts for month in part.months]
    return sum(month.expected for month in months), sum(month.done for month in months)


@dataclass(frozen=True)
class RatedDuty:
    """One rating that counts in a ranking."""

    kind: str
    first: date
    last: date
    points: int
    done: int
    due: int
    duty: int | None  # whose page shows its entries


def counting(members: Collection[int], first: date, last: date) -> dict[int, tuple[list[RatedDuty], list[str]]]:
    """{person: the ratings whose months all lie in the period, and the kinds that he had without such}. Two queries."""
    having: dict[tuple[int, str], int] = {}
    standing = Duty.objects.standing().filter(member__in=members).sharing_months(first, last)
    for member, kind, pk in standing.order_by("-first_month", "-pk").values_list("member", "kind", "pk"):
        having[member, kind] = pk
    rated: dict[int, list[RatedDuty]] = defaultdict(list)
    inside = DutyRating.objects.filter(
        closing__member__in=members, closing__first_month__gte=first, closing__last_month__lte=last
    )
    columns = ("closing__member", "closing__kind", "closing__first_month", "closing__last_month")
    for member, kind, begin, end, *figures in inside.order_by().values_list(*columns, "points", "done", "due"):
        rated[member].append(RatedDuty(kind, begin, end, *figures, having.get((member, kind))))
    found = {}
    for member in {*rated, *(member for member, _kind in having)}:
        own = sorted(rated[member], key=lambda one: (one.last, one.first, KINDS.index(one.kind)))
        kinds = {one.kind for one in own}
        found[member] = (own, [kind.value for kind in KINDS if (member, kind) in having and kind not in kinds])
    return found


def _place(
    duties: tuple[Duty, ...], written: dict, ratings: list[DutyRating], months: tuple[date, date], own: frozenset[int]
) -> Place:
    member, kind = duties[0].member, duties[0].kind
    same = [one for one in ratings if (one.closing.first_month, one.closing.last_month) == months]
    others = [one for one in ratings if one not in same]
    due, done = within(duties, written, *months)
    rating = same[0] if same else None
    return Place(
        member=member, kind=kind, duties=duties, due=due, done=done, rating=rating,
        other=others[0] if others and not same else None, is_own_matter=member.user_id in own,
        typed=str(rating.points) if rating else "",
    )  # fmt: skip


def _part(duty: Duty, written: dict, first: date, last: date) -> Progress:
    begin, end = max(first, duty.first_month), min(last, duty.last_month)
    return progress(begin, end, duty.per_month, written.get(duty.pk, {}), end)


def _ratings_of(duties: Sequence[Duty], first: date, last: date) -> dict[tuple[int, str], list[DutyRating]]:
    people = {duty.member_id for duty in duties}
    closed = DutyClosing.objects.filter(member__in=people).sharing_months(first, last)
    found: dict[tuple[int, str], list[DutyRating]] = defaultdict(list)
    for rating in DutyRating.objects.filter(closing__in=closed).select_related("closing", "rated_by"):
        found[rating.closing.member_id, rating.closing.kind].append(rating)
    return found
