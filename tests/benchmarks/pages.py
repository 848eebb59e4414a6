"""How many pages a second, beside a plain good Django project? Both servers stand ready; each is asked in turn.

A round asks one side and then the other, the order turning; the figure is the median of the rounds' ratios.
"""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from django.db.models import Sum
from django.utils import timezone

from branchportal.models import AuditEntry
from evaluations.deadlines import month_of
from evaluations.models import RankingRun, SelfReview
from evaluations.purposes import Purpose
from members.models import Branch, User
from tests.benchmarks import servers, world
from tests.benchmarks.bare_hash import verified
from tests.benchmarks.compiling import compile_here
from tests.benchmarks.load import Answered, Crowd, ask
from tests.benchmarks.table import Line

SETTLED_SECONDS = 2
CLIENTS_A_SECOND = 20  # a rush lasts long enough for everybody's turn to come several times


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

    size: world.Size
    rounds: int
    seconds: int
    connections: int
    clients: tuple[int, ...]  # of the rush


FULL = Extent(
    world.Size(branches=392, people=30, months=6, large=250), rounds=5, seconds=5, connections=50, clients=(200, 1000)
)
QUICK = Extent(
    world.Size(branches=120, people=30, months=6, large=250), rounds=3, seconds=4, connections=50, clients=(200, 1000)
)


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
        with servers.web(servers.PORTAL) as portal, servers.web(servers.PLAIN) as plain:
            yield Sides(portal, plain, folder / "portal", folder / "plain", members, run)


def measure(extent: Extent) -> Iterator[Line]:
    """The four pages of the table, the rush before the deadline, and log-in."""
    with sides(extent) as both:
        for line in (_post, _get, _people, _ranking):
            yield line(both, extent)
        for clients in extent.clients:
            yield _rush(both, extent, clients)
        yield _log_in(both, extent)


def _post(both: Sides, extent: Extent) -> Line:
    """Every round another share of the members files for the first time."""
    share = both.members // (extent.rounds + 1)

    def crowd(file: Path, place: int) -> Crowd:
        return Crowd(file, place * share, share, extent.connections, extent.seconds)

    with _nothing_lost(extent.connections * (extent.rounds + 1)) as acknowledged:
        ratio = _rounds(
            extent.rounds,
            lambda place: acknowledged(ask("post", both.portal, "/review/", crowd(both.portal_sessions, place))),
            lambda place: ask("post", both.plain, "/review/", crowd(both.plain_sessions, place)),
        )
    return Line(
        f"self-review POST; {both.members} members, {extent.connections} connections",
        "plain form, one upsert", "≥ 0.8 of plain", ratio.text, ratio.ratio >= 0.8,
        "rights, deadline, version, locks and audit line are 13 statements beside the commit, the reference has 3",
    )  # fmt: skip


@contextmanager
def _nothing_lost(under_way: int) -> Iterator[Callable[[Answered], Answered]]:
    """End the measurement unless all acknowledged cards are stored once, each with its audit line.

    wrk hangs up with at most one answer per connection `under_way`: those cards may be stored too.
    """
    answers: list[Answered] = []
    filed, noted = _filed(), _noted()

    def acknowledged(answer: Answered) -> Answered:
        answers.append(answer)
        return answer

    yield acknowledged
    time.sleep(SETTLED_SECONDS)
    promised, stored, lines = sum(answer.filed for answer in answers), _filed() - filed, _noted() - noted
    if not promised <= stored <= promised + under_way or lines != stored:
        sys.exit(f"{promised} cards were acknowledged, {stored} are stored, {lines} stand in the audit trail.")


def _filed() -> int:
    """How often a card of the present month was handed in."""
    mine = SelfReview.objects.filter(cycle__month=month_of(timezone.now()))
    return mine.aggregate(total=Sum("version"))["total"] or 0


def _noted() -> int:
    return AuditEntry.objects.filter(action="self_review.submitted").count()


def _rush(both: Sides, extent: Extent, clients: int) -> Line:
    """Everybody at once opens the card and sends it, again and again."""

    def crowd(file: Path) -> Crowd:
        return Crowd(file, 0, both.members, clients, max(2 * extent.seconds, clients // CLIENTS_A_SECOND))

    ask("get", both.portal, "/review/", crowd(both.portal_sessions))
    SelfReview.objects.filter(cycle__month=month_of(timezone.now())).delete()
    with _nothing_lost(clients) as acknowledged:
        ours = acknowledged(ask("rush", both.portal, "/review/", crowd(both.portal_sessions)))
    plain = ask("rush", both.plain, "/review/", crowd(both.plain_sessions))
    spread, beside = ours.p99 / ours.p50, plain.p99 / plain.p50
    times = f"{ours.p99 / 1000:.1f} and {ours.p50 / 1000:.1f} s, {ours.rate:.0f} /s"
    text = f"nothing lost or doubled; p99 **{spread:.2f}** × p50 ({times}; plain {beside:.2f} ×, {plain.rate:.0f} /s)"
    return Line(
        f"deadline rush, {clients} clients at once, card opened and sent", "plain",
        "no error, nothing lost or doubled, p99 ≤ 1.5 × p50", text, spread <= 1.5,
    )  # fmt: skip


def _log_in(both: Sides, extent: Extent) -> Line:
    """Number and password, against the bare hash on both cores."""
    numbers = both.portal_sessions.with_name("numbers")
    found = User.objects.order_by("number").values_list("number", flat=True)[: both.members]
    numbers.write_text("".join(f"{number}\n" for number in found))
    rates = []
    for _round in range(extent.rounds):
        crowd = Crowd(numbers, 0, both.members, 16, extent.seconds)
        rates.append((ask("login", both.portal, "/login/", crowd).rate, _bare_hashes(extent.seconds)))
    ratio = median(ours / bare for ours, bare in rates)
    ours, bare = (median(side) for side in zip(*rates, strict=True))
    return Line(
        "log-in", "the bare argon2id, t = 2, m = 19 MiB, p = 1, on both cores", "≥ 0.9 of the bare hash",
        f"**{ratio:.2f}** × ({ours:.0f} /s beside {bare:.0f} /s)", ratio >= 0.9,
        "beside the hash: the form and its checks, and six statements with two commits, for an attempt counts before "
        "its password is looked at; and whatever follows a hash finds the processor's cache filled by it",
    )  # fmt: skip


def _bare_hashes(seconds: int) -> float:
    """Verified passwords a second, a process for each core."""
    with ProcessPoolExecutor(os.cpu_count(), multiprocessing.get_context("spawn")) as pool:
        hashes = [pool.submit(verified, seconds) for _core in range(os.cpu_count() or 1)]
        return sum(one.result() for one in hashes)


def _get(both: Sides, extent: Extent) -> Line:
    def crowd(file: Path) -> Crowd:
        return Crowd(file, 0, both.members, extent.connections, extent.seconds)

    ratio = _rounds(
        extent.rounds,
        lambda _place: ask("get", both.portal, "/review/", crowd(both.portal_sessions), least=9000),
        lambda _place: ask("get", both.plain, "/review/", crowd(both.plain_sessions), least=4000),
    )
    return Line(
        "self-review page GET", "plain form page", "≥ 2 × plain", ratio.text, ratio.ratio >= 2,
        "the template is written by hand; its nine statements are composed and planned once",
    )  # fmt: skip


def _people(both: Sides, extent: Extent) -> Line:
    ratio = _rounds(
        extent.rounds,
        lambda _place: ask("get", both.portal, "/people/", _officer(both, extent), least=20_000),
        lambda _place: ask("get", both.plain, "/people/", _reader(both, extent), least=6_000),
    )
    return Line(
        "staff list of 50", "plain list of 50", "≥ 0.8 of plain", ratio.text, ratio.ratio >= 0.8,
        "beside the same rows stand search, five filters with their choices, the count of each stage and the menus",
    )  # fmt: skip


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
        "the tables are rendered once and kept; what is left is who asks and may, the run, and the frame",
    )  # fmt: skip


def _officer(both: Sides, extent: Extent) -> Crowd:
    return Crowd(both.portal_sessions, both.members, 1, extent.connections, extent.seconds)


def _reader(both: Sides, extent: Extent) -> Crowd:
    return Crowd(both.plain_sessions, 0, 1, extent.connections, extent.seconds)


def _rounds(count: int, ours: Callable[[int], Answered], theirs: Callable[[int], Answered]) -> Ratio:
    """Ask both sides `count` times, the order turning; round `count`, before them, makes both warm."""
    ours(count), theirs(count)
    rates = []
    for place in range(count):
        if place % 2:
            plain = theirs(place).rate
            portal = ours(place).rate
        else:
            portal = ours(place).rate
            plain = theirs(place).rate
        rates.append((portal, plain))
    if not all(portal and plain for portal, plain in rates):
        sys.exit(f"A side did not answer within a round, the machine is too busy: {rates}")
    return Ratio(
        median(ours for ours, _theirs in rates),
        median(theirs for _ours, theirs in rates),
        median(ours / theirs for ours, theirs in rates),
    )
