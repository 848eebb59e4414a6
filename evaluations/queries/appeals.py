"""Which figures of a row can be appealed against, which appeals stand, and does the source say something else now?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Case, Q, QuerySet, Value, When
from django.utils import timezone

from branchportal.models import JobRun
from evaluations import appeal_times
from evaluations.deadlines import parse_month
from evaluations.models import Appeal, Cycle, Due, RankingEntry, RankingRun
from evaluations.queries import compile as material
from evaluations.queries.freezings import own_branches
from evaluations.queries.observations import REVIEW_MODELS
from evaluations.queries.rankings import months_of, scheme_of
from evaluations.refusals import Refused
from evaluations.scheme import CONSTANT, Scheme
from evaluations.sources import DUTIES, PEER_RATING
from members.models import Member, User
from members.queries.own_matters import of_others, others
from members.roles import Permission

WAITING_FIRST = Case(When(state=Appeal.State.WAITING, then=Value(0)), default=Value(1))
# Of months each is appealed against by itself; of classmates' ratings nothing is there that somebody could correct.
NEVER_WHOLE = frozenset({*REVIEW_MODELS, PEER_RATING})
SAME = ("branch_id", "purpose", "first_month", "last_month")  # of one line of runs


@dataclass(frozen=True)
class Figure:
    """One figure of a row that somebody can appeal against: of a component (whole, a month, a number) or of a gate."""

    code: str
    place: str
    source: str  # of sources.py; "" where it is not known

    @property
    def month(self) -> date | None:
        """Of a monthly figure its month."""
        return parse_month(self.place) if self.place and self.source in REVIEW_MODELS else None

    @property
    def is_corrected_here(self) -> bool:
        """Whether whoever decides corrects it himself: five points of one month."""
        return self.month is not None


def figures_of(entry: RankingEntry) -> list[Figure]:
    """Every figure of this row, in the order of the page; no query but those of the entry's run and scheme."""
    scheme, sources = scheme_of(entry.run), entry.run.scheme.sources
    return [*_of_components(entry, scheme, sources["components"]), *_of_gates(scheme, sources["inputs"])]


def figure_of(entry: RankingEntry, code: str, place: str) -> Figure | None:
    """That figure of the row; None where it has no such."""
    return next((one for one in figures_of(entry) if (one.code, one.place) == (code, place)), None)


def last_day(run: RankingRun) -> date | None:
    """The last day on which this run's figures can be appealed against; None of a run that was replaced."""
    if getattr(run, "superseded_by", None) is not None:
        return None
    freezing = run.freezing
    frozen_at = freezing.decided_at if freezing and freezing.is_frozen else None
    return appeal_times.last_day_to_appeal(run.compiled_at, frozen_at)


def is_open(run: RankingRun, now: datetime) -> bool:
    """Whether figures of this run can be appealed against today."""
    last = last_day(run)
    return last is not None and timezone.localdate(now) <= last


def own(user: User) -> QuerySet[Appeal]:
    """What this person appealed against, the newest first."""
    found = Appeal.objects.filter(entry__member__user=user)
    return found.select_related("entry__run__branch", "entry__run__scheme", "run_after").order_by("-filed_at", "-pk")


def own_of_line(user: User, run: RankingRun) -> list[Appeal]:
    """What this person appealed against in this ranking, whichever of its runs."""
    return list(own(user).filter(**{f"entry__run__{name}": getattr(run, name) for name in SAME}))


def to_decide(user: User, today: date) -> QuerySet[Appeal]:
    """What waits for an answer of this person; his own, and those of whom he stands in for, wait for somebody else."""
    return Appeal.objects.visible_to(user, Permission.DECIDE_APPEALS).waiting().filter(answered_by(user, today))


def to_compile(user: User, today: date) -> QuerySet[Appeal]:
    """What was upheld where this person decides and has not been followed by a run."""
    return Appeal.objects.visible_to(user, Permission.DECIDE_APPEALS).without_a_run().filter(answered_by(user, today))


def told_with(run: RankingRun) -> dict[str, bool]:
    """Whether this run follows an appeal, and whether the one that replaced it does; whose appeal is not said."""
    later = getattr(run, "superseded_by", None)
    runs = [one.pk for one in (run if run.supersedes_id else None, later) if one]
    follow = set(Appeal.objects.filter(run_after__in=runs).values_list("run_after", flat=True)) if runs else set()
    return {"made_it": run.pk in follow, "replaced_it": bool(later) and later.pk in follow}


def upheld_of_line(run: RankingRun) -> QuerySet[Appeal]:
    """What was upheld in this ranking, in this run or an earlier one, and has not been followed by a run."""
    same = {f"entry__run__{name}": getattr(run, name) for name in SAME}
    return Appeal.objects.without_a_run().filter(**same, entry__run__number__lte=run.number)


def waiting_of_line(run: RankingRun) -> int:
    """How many appeals against this ranking nobody has answered."""
    same = {f"entry__run__{name}": getattr(run, name) for name in SAME}
    return Appeal.objects.waiting().filter(**same).count()


def changed_beside(run: RankingRun) -> list[str]:
    """Names of those whose rows rest on other inputs than in the run before, beside what this run's appeals corrected.

    In the order of their numbers; empty for a run that no appeal has made. Who joined or left the pool moves anyway.
    """
    grounds = Appeal.objects.filter(run_after=run).values_list("entry__member", "figure")
    corrected: dict[int, set[str]] = defaultdict(set)
    for member, figure in grounds:
        corrected[member].add(figure)
    if not corrected:
        return []
    before = dict(run.supersedes.entries.values_list("member", "inputs"))
    after = run.entries.order_by("number").values_list("member", "name", "inputs")
    return [
        name
        for member, name, inputs in after
        if member in before and _is_other(before[member], inputs, corrected.get(member, frozenset()))
    ]


def is_changed(appeal: Appeal, today: date) -> bool:
    """Whether the source of the figure says something else today than the row appealed against. Raises Refused."""
    entry = appeal.entry
    run = entry.run
    read = material.read(
        branches=[run.branch], purpose=run.purpose, first=run.first_month, last=run.last_month, today=today
    )[run.branch_id]
    if isinstance(read, Refused):
        raise read
    person = next((one for one in read.people if one.member.pk == entry.member_id), None)
    return person is None or differs(entry.inputs, person.inputs, appeal.figure)


def differs(before: Mapping[str, Any], after: Mapping[str, Any], figure: str) -> bool:
    """Whether two rows rest on different inputs of this figure."""
    return before.get(figure) != after.get(figure)


def _is_other(before: Mapping[str, Any], after: Mapping[str, Any], corrected: Collection[str]) -> bool:
    return any(differs(before, after, figure) for figure in {*before, *after} if figure not in corrected)


def answered_by(user: User, today: date) -> Q:
    """Appeals of people about whom this person may decide, from branches of which he is neither member nor officer."""
    about_others = Q(entry__in=RankingEntry.objects.filter(of_others(user, today)))
    return about_others & ~Q(entry__run__branch__path__in=own_branches(user, today))


def deciders(entry: RankingEntry, today: date) -> list[User]:
    """Who answers an appeal against a figure of this row; `entry` with its run's branch."""
    branch = entry.run.branch
    found = others(Permission.DECIDE_APPEALS, entry.member, today, branch=branch)
    return [user for user in found if branch.path not in own_branches(user, today)]


def month_of_due(member: Member, month: date) -> Cycle | None:
    """The month in which something was asked of this person."""
    return Cycle.objects.filter(month=month, pk__in=Due.objects.filter(member=member).values("cycle")).first()


def newest_job(appeal: Appeal) -> JobRun | None:
    """The last compilation that carried this appeal."""
    jobs = JobRun.objects.filter(branch=appeal.run.branch, arguments__appeal=appeal.pk)
    return jobs.order_by("-created_at").first()


def _of_components(entry: RankingEntry, scheme: Scheme, sources: Mapping[str, str]) -> Iterator[Figure]:
    for component in scheme.components:
        if component.aggregate == CONSTANT:
            continue
        source = sources.get(component.code, "")
        if source not in NEVER_WHOLE:
            yield Figure(component.code, "", source)
        for place in _places(entry, component.code, source):
            yield Figure(component.code, place, source)


def _places(entry: RankingEntry, code: str, source: str) -> Iterable[str]:
    if source in REVIEW_MODELS:
        found = months_of(entry, code)
        return sorted(f"{month:%Y-%m}" for kind in ("months", "missing") for month in found[kind])
    if source == DUTIES:
        return [str(number) for number, _one in enumerate(entry.inputs.get(code, []), start=1)]
    return []


def _of_gates(scheme: Scheme, sources: Mapping[str, str]) -> Iterator[Figure]:
    for name in dict.fromkeys(gate.input for gate in scheme.gates if gate.reads_input):
        yield Figure(name, "", sources.get(name, ""))
