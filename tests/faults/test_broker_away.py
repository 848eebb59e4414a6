"""Are jobs, pages and sessions untouched when the broker is killed, emptied, frozen or absent while jobs wait?

`QUEUED_JOBS=500 BROKER_SECONDS=60 bin/test faults/test_broker_away.py -n0 -s` is the long run: beat ticks, and nothing
is hurried. In the short one the clock is made to tick, and what was published counts as published half a minute ago.
"""

from __future__ import annotations

import signal
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice, product
from threading import Event
from uuid import uuid4

import pytest

from tests.faults.processes import lives, wait_for
from tests.faults.stage import Stage, months_before
from tests.rounds import rounds

QUEUED = rounds("QUEUED_JOBS", 12)
SECONDS = rounds("BROKER_SECONDS", 2)
IS_LONG = SECONDS >= 60
KINDS = ("killed", "emptied", "frozen", "absent")
PAGES = ("/", "/rankings/", "/my-data/")
PURPOSES = ("candidate", "conversion", "appraisal")
MONTHS = 18


@dataclass
class Readers:
    """People who open pages while the broker is away."""

    stage: Stage
    met: Counter = field(default_factory=Counter)
    longest: float = 0.0
    stopped: Event = field(default_factory=Event)

    @contextmanager
    def reading(self) -> Iterator[None]:
        """They read until the block ends."""
        with ThreadPoolExecutor(3) as pool:
            for officer in self.stage.officers()[:3]:
                pool.submit(self.read, officer)
            try:
                yield
            finally:
                self.stopped.set()

    def read(self, person: dict) -> None:
        visitor = self.stage.visitor(person)
        while not self.stopped.wait(0.2):
            for page in PAGES:
                began = time.monotonic()
                self.met[visitor.get(page).status] += 1
                self.longest = max(self.longest, time.monotonic() - began)


class Asking:
    """Officers who ask for rankings, each for another branch, purpose and period; `jobs` were acknowledged."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.jobs, self.longest = stage, [], 0.0
        names = months_before(stage.month, MONTHS)
        periods = [(first, last) for first, last in product(names, names) if first <= last]
        self.wishes = iter([*product(periods, PURPOSES, stage.officers())])

    def ask(self, count: int) -> None:
        for (first, last), purpose, officer in islice(self.wishes, count):
            form = {"branch": officer["branch"], "purpose": purpose, "first": first, "last": last}
            began = time.monotonic()
            answer = self.stage.visitor(officer).post("/rankings/compile/", {**form, "nonce": uuid4().hex})
            self.longest = max(self.longest, time.monotonic() - began)
            assert answer.status in {302, 422}, answer  # 422: a month of holidays alone, or two schemes
            if answer.status == 302:
                self.jobs.append(answer.location.rstrip("/").rpartition("/")[2])

    def ask_until(self, count: int) -> None:
        while len(self.jobs) < count:
            self.ask(1)

    def states(self) -> Counter:
        statement = "SELECT state, count(*) FROM branchportal_jobrun WHERE id = ANY(%s::uuid[]) GROUP BY state"
        return Counter(dict(self.stage.rows(statement, self.jobs)))

    def runs(self) -> list[int]:
        """How many rankings each job made."""
        statement = "SELECT count(*) FROM evaluations_rankingrun WHERE job_id = ANY(%s::uuid[]) GROUP BY job_id"
        return [count for (count,) in self.stage.rows(statement, self.jobs)]


def harm(stage: Stage, kind: str) -> None:
    broker = stage.processes["broker"]
    if kind == "frozen":
        broker.send_signal(signal.SIGSTOP)
        return
    stage.kill_broker()  # it keeps nothing on the disk: what waited in it is gone
    if kind in {"killed", "emptied"}:
        stage.start_broker()


def mend(stage: Stage, kind: str) -> None:
    if kind == "frozen":
        stage.processes["broker"].send_signal(signal.SIGCONT)
    if kind == "absent":
        stage.start_broker()


@pytest.mark.parametrize("kind", KINDS)
def test_no_job_no_page_and_no_session_is_lost(stage, kind):
    asking, readers = Asking(stage), Readers(stage)
    if kind == "killed":  # with a worker at work
        stage.start_worker(count=2)
    if IS_LONG:
        stage.start_beat()
    with readers.reading():
        with stage.locked("evaluations_rankingrun", "EXCLUSIVE"):  # no job ends before the broker is harmed
            asking.ask_until(QUEUED)
            harm(stage, kind)
        until = time.monotonic() + SECONDS
        asking.ask_until(QUEUED + QUEUED // 10 + 1)
        time.sleep(max(0.0, until - time.monotonic()))
        mend(stage, kind)
        began = time.monotonic()
        if kind != "killed":
            stage.start_worker(count=2)
        if not IS_LONG:
            hurry(stage)
        wait_for(lambda: is_done(stage, asking), seconds=600, every=0.2)
    print(
        f"\n{kind}: {len(asking.jobs)} jobs {dict(asking.states())} {time.monotonic() - began:.0f} s after the broker "
        f"was back; pages {dict(readers.met)}, longest {readers.longest:.2f} s, longest question {asking.longest:.2f} s"
    )
    assert (asking.states(), set(asking.runs()), len(asking.runs())) == (
        {"done": len(asking.jobs)}, {1}, len(asking.jobs),
    )  # fmt: skip
    assert set(readers.met) == {200}


def hurry(stage: Stage) -> None:
    """Half a minute passes for what was published."""
    stage.change(
        "UPDATE branchportal_jobrun SET published_at = published_at - interval '31 s',"
        " created_at = created_at - interval '31 s' WHERE state = 'queued'"
    )


def is_done(stage: Stage, asking: Asking) -> bool:
    states = asking.states()
    if states["done"] + states["failed"] == len(asking.jobs):
        return True
    if not lives(stage.workers[-1]):  # a worker that loses its broker may end: it is started again, as systemd does
        stage.start_worker(count=2)
    if not IS_LONG:
        stage.tick()
    return False
