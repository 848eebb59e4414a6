"""Is what the portal has acknowledged stored, and all that is stored whole, when `kill -9` hits the web mid-POST?

`WEB_KILLS=200 bin/test faults/test_killed_web.py -n0 -s` is the long run. Several people send at the same moment, and
a web process is killed at a random instant. Only an answer that came whole is an acknowledgement; a round in which no
line broke does not count.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.faults.processes import kill, wait_for
from tests.faults.senders import Ratings, Rosters, SelfReviews
from tests.faults.stage import WEB_CHILDREN
from tests.rounds import rounds

KILLS = rounds("WEB_KILLS", 2)
MEMBERS = 8
SENDERS = {"self-reviews": lambda stage: SelfReviews(stage, MEMBERS), "ratings": Ratings, "rosters": Rosters}


@pytest.mark.parametrize("kind", SENDERS)
def test_what_was_acknowledged_is_stored_and_nothing_by_halves(stage, kind):
    dice, began = random.Random(kind), time.monotonic()
    sender = SENDERS[kind](stage)
    length = seconds_of_one_round(sender)
    met, problems, number = Counter(), [], 0
    while met["kills that broke a line"] < KILLS:
        number += 1
        with ThreadPoolExecutor(len(sender.people)) as pool:
            sent = {place: pool.submit(sender.send, place, number) for place in range(len(sender.people))}
            time.sleep(dice.uniform(0, length))
            kill(dice.choice(stage.web_children()))
        acknowledged = {place: one.result() for place, one in sent.items()}
        wait_for(lambda: len(stage.web_children()) == WEB_CHILDREN)
        met["kills that broke a line" if False in acknowledged.values() else "kills between the lines"] += 1
        met["acknowledged"] += sum(acknowledged.values())
        met["unknown"] += list(acknowledged.values()).count(False)
        problems += sender.problems(number, acknowledged)
    print(f"\n{kind}: {dict(met)} in {time.monotonic() - began:.0f} s; problems {problems}")
    assert problems == []


def seconds_of_one_round(sender) -> float:
    """How long everybody takes when nobody disturbs them; all of it must be taken."""
    began = time.monotonic()
    with ThreadPoolExecutor(len(sender.people)) as pool:
        taken = list(pool.map(lambda place: sender.send(place, 0), range(len(sender.people))))
    seconds = time.monotonic() - began
    assert taken == [True] * len(sender.people)
    assert sender.problems(0, dict.fromkeys(range(len(taken)), True)) == []
    return seconds
