"""Is nothing lost that fifty writers were told is stored while the database restarts, and is the web back by itself?

`DATABASE_RESTARTS=10 bin/test faults/test_database_away.py -n0 -s` is the long run: so many restarts of each kind. A
writer sends his words until they are acknowledged, like the page of the card; then he has new ones.
"""

from __future__ import annotations

import random
import signal
import socket
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from threading import Event
from uuid import uuid4

import psycopg2
import pytest
from django.db import connection

from tests.faults.processes import wait_for
from tests.faults.senders import DIMENSIONS, GRADES, SelfReviews
from tests.faults.stage import Stage
from tests.rounds import rounds

RESTARTS = rounds("DATABASE_RESTARTS", 1)
WRITERS = 50
AWAY_SECONDS = 1.0
WAY_OUT = "Nothing that was saved is lost"  # of the page that answers 503
KINDS = {"fast": signal.SIGINT, "immediate": signal.SIGQUIT, "kill -9": signal.SIGKILL}


class Writers:
    """Fifty members who write until they are stopped; `met` counts the answers."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.reviews = stage, SelfReviews(stage, WRITERS)
        self.tag = uuid4().hex[:6]  # words that nobody has sent before
        self.met, self.acknowledged = Counter(), Counter()
        self.last: dict[int, tuple] = {}  # what was acknowledged last: points and note
        self.refusal = ""  # a page that a writer got while the database was away
        self.stopped, self.given_up = Event(), Event()

    @property
    def taken(self) -> int:
        """How much was acknowledged so far."""
        return sum(self.acknowledged.values())

    @contextmanager
    def writing(self) -> Iterator[None]:
        """They write until the block ends, and then end what they have begun."""
        with ThreadPoolExecutor(WRITERS) as pool:
            work = [pool.submit(self._write, place) for place in range(WRITERS)]
            try:
                wait_for(lambda: self.taken > WRITERS, seconds=60)
                yield
            finally:
                self.stopped.set()
                wait(work, timeout=60)
                self.given_up.set()
        for one in work:
            one.result()

    def _write(self, place: int) -> None:
        """One writer: new words, sent until they are taken."""
        dice, version, number = random.Random(place), self.reviews.version(place), 0
        while not self.stopped.is_set():
            number += 1
            words = {name: dice.choice(list(GRADES)) for name in DIMENSIONS} | {"thought_note": f"{self.tag} {number}"}
            while self._send(place, {**words, "version": version, "page": f"w{number}", "step": 1}) != 302:
                if self.given_up.wait(0.2):
                    return
            version += 1
            self.acknowledged[place] += 1
            self.last[place] = (tuple(GRADES[words[name]] for name in DIMENSIONS), words["thought_note"])

    def _send(self, place: int, form: dict) -> int:
        answer = self.stage.visitor(self.reviews.people[place]).post(f"/review/{self.stage.month}/", form)
        self.met[answer.status] += 1
        if answer.status == 503:
            self.refusal = answer.text
        return answer.status

    def problems(self) -> list[str]:
        """What is stored is what was acknowledged last, and every acknowledgement has exactly one line in the trail."""
        rows, lines, found = self.reviews.rows(), self.reviews.lines(), []
        for place, person in enumerate(self.reviews.people):
            _version, points, note = rows[person["pk"]]
            told = lines[person["pk"]] - self.reviews.lines_before[person["pk"]]
            if (points, note) != self.last[place] or told != self.acknowledged[place]:
                found.append(f"{person['number']}: {note} {points}, {told} lines for {self.acknowledged[place]}")
        return found


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite is a file")
def test_a_machine_that_says_nothing_is_given_up_after_some_seconds():
    """It takes the connection and never answers; without a limit this test would not end."""
    with socket.create_server(("127.0.0.1", 0)) as mute:
        address = {"host": "127.0.0.1", "port": mute.getsockname()[1]}
        with pytest.raises(psycopg2.OperationalError, match="timeout expired"):
            psycopg2.connect(**{**connection.get_connection_params(), **address})


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_acknowledged_is_lost_and_the_web_is_back_by_itself(stage, kind):
    web, writers, back = stage.web_children(), Writers(stage), []
    with writers.writing():
        for _restart in range(RESTARTS):
            time.sleep(1)
            stage.stop_database(KINDS[kind])
            time.sleep(AWAY_SECONDS)
            stage.start_database()
            before = writers.taken
            back.append(round(wait_for(lambda seen=before: writers.taken > seen), 2))
        time.sleep(1)
    print(
        f"\n{kind}: {RESTARTS} restarts, {writers.taken} acknowledged, answers {dict(writers.met)}, "
        f"taken again within {max(back)} s"
    )
    assert writers.problems() == []
    assert set(writers.met) == {302, 503}
    assert stage.web_children() == web
    assert WAY_OUT in writers.refusal
