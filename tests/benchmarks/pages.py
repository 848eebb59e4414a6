"""How many pages a second, beside a plain good Django project? Both servers stand ready; each is asked in turn.

A round asks one side and then the other, the order turning; the figure is the median of the rounds' ratios.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from django.core.management import call_command
from django.utils import timezone

from evaluations.models import RankingRun, SelfReview
from evaluations.purposes import Purpose
from members.models import Branch, User
from tests.benchmarks import servers, world
from tests.benchmarks.compiling import compile_here
from tests.benchmarks.load import Answered, Crowd, ask
from tests.benchmarks.table import Line


@dataclass(frozen=True)
class Sides:
    """Both servers and who is signed in at each: the members, then one officer of the large branch."""

    portal: str
    plain: str
    portal_sessions: Path
    plain_sessions: Path
    members: int
    run: RankingRun


@dataclass(frozen=True)
class Ratio:
    """What the rounds gave: our rate, theirs, and the median of the ratios."""

    portal: float
    plain: float
    ratio: float

    @property
    def text(self) -> str:
        return f"**{self.ratio:.2f}** × ({self.portal:.0f} /s beside {self.plain:.0f} /s)"


@dataclass(frozen=True)
class Extent:
    """How large and how long: the quick form in the suite is a small one."""

    size: world.Size = world.Size(branches=392, people=30, months=6, large=250)
    rounds: int = 5
    seconds: int = 5
    connections: int = 50


@contextmanager
def sides(extent: Extent) -> Iterator[Sides]:
    """Fill both databases, sign everybody in, start both servers."""
    size = extent.size
    members = size.branches * size.people + size.large
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        servers.create_database("plain")
        subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.plain.seed", str(members), str(size.large), folder / "plain"],
            check=True, cwd=servers.PROJECT,
        )  # fmt: skip
        servers.use_database("pages")
        now = timezone.now()
        world.build(size, now, with_log_ins=True)
        large = Branch.objects.get(code="B0000")
        people = list(User.objects.order_by("number"))
        world.sign_in([*people, world.officer(large)], folder / "portal")
        run = compile_here(large, Purpose.CANDIDATE, size.months - 1, now)
        call_command("collectstatic", interactive=False, verbosity=0)
        with servers.web(servers.PORTAL) as portal, servers.web(servers.PLAIN) as plain:
            yield Sides(portal, plain, folder / "portal", folder / "plain", members, run)


def measure(extent: Extent) -> list[Line]:
    """The four pages of the table."""
    with sides(extent) as both:
        return [_get(both, extent), _post(both, extent), _people(both, extent), _ranking(both, extent)]


def _post(both: Sides, extent: Extent) -> Line:
    """Every round another share of the members files for the first time."""
    share = both.members // extent.rounds
    before = _filed()

    def crowd(file: Path, place: int) -> Crowd:
        return Crowd(file, place * share, share, extent.connections, extent.seconds)

    acknowledged: list[int] = []

    def ours(place: int) -> Answered:
        found = ask("post", both.portal, "/review/", crowd(both.portal_sessions, place))
        acknowledged.append(found.requests)
        return found

    ratio = _rounds(
        extent.rounds, ours, lambda place: ask("post", both.plain, "/review/", crowd(both.plain_sessions, place))
    )
    stored = _filed() - before
    if not sum(acknowledged) <= stored <= sum(acknowledged) + extent.connections * extent.rounds:
        sys.exit(f"{sum(acknowledged)} cards were acknowledged and {stored} are stored.")
    return Line(
        f"self-review POST; {both.members} members, {extent.connections} connections",
        "plain form, one upsert", "≥ 0.8 of plain", ratio.text, ratio.ratio >= 0.8,
    )  # fmt: skip


def _filed() -> int:
    """How often a card was handed in."""
    return sum(SelfReview.objects.filter(cycle__month__month=timezone.localdate().month).values_list("version", flat=True))


def _get(both: Sides, extent: Extent) -> Line:
    def crowd(file: Path) -> Crowd:
        return Crowd(file, 0, both.members, extent.connections, extent.seconds)

    ratio = _rounds(
        extent.rounds,
        lambda _place: ask("get", both.portal, "/review/", crowd(both.portal_sessions), least=9000),
        lambda _place: ask("get", both.plain, "/review/", crowd(both.plain_sessions), least=4000),
    )
    return Line("self-review page GET", "plain form page", "≥ 2 × plain", ratio.text, ratio.ratio >= 2)


def _people(both: Sides, extent: Extent) -> Line:
    ratio = _rounds(
        extent.rounds,
        lambda _place: ask("get", both.portal, "/people/", _officer(both, extent), least=20_000),
        lambda _place: ask("get", both.plain, "/people/", _reader(both, extent), least=6_000),
    )
    return Line("staff list of 50", "plain list of 50", "≥ 0.8 of plain", ratio.text, ratio.ratio >= 0.8)


def _ranking(both: Sides, extent: Extent) -> Line:
    path = f"/rankings/{both.run.pk}/"
    ratio = _rounds(
        extent.rounds,
        lambda _place: ask("get", both.portal, path, _officer(both, extent), least=50_000),
        lambda _place: ask("get", both.plain, "/ranking/", _reader(both, extent), least=30_000),
    )
    return Line(
        f"ranking page of {extent.size.large}", "plain page of the same rows", "≥ 2 × plain", ratio.text,
        ratio.ratio >= 2,
    )  # fmt: skip


def _officer(both: Sides, extent: Extent) -> Crowd:
    return Crowd(both.portal_sessions, both.members, 1, extent.connections, extent.seconds)


def _reader(both: Sides, extent: Extent) -> Crowd:
    return Crowd(both.plain_sessions, 0, 1, extent.connections, extent.seconds)


def _rounds(count: int, ours: Callable[[int], Answered], theirs: Callable[[int], Answered]) -> Ratio:
    rates = []
    for place in range(count):
        if place % 2:
            plain = theirs(place).rate
            portal = ours(place).rate
        else:
            portal = ours(place).rate
            plain = theirs(place).rate
        rates.append((portal, plain))
    return Ratio(
        median(ours for ours, _theirs in rates),
        median(theirs for _ours, theirs in rates),
        median(ours / theirs for ours, theirs in rates),
    )
