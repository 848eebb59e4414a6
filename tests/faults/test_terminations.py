"""Does `SIGTERM` end web and worker without breaking off what they have begun?

`TERMINATIONS=50 bin/test faults/test_terminations.py -n0 -s` is the long run.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from tests.faults.processes import lives, wait_for
from tests.faults.senders import SelfReviews
from tests.faults.test_killed_web import MEMBERS, seconds_of_one_round
from tests.faults.test_killed_workers import Officer, seconds_of_one
from tests.rounds import rounds

TERMINATIONS = rounds("TERMINATIONS", 2)


def test_a_compilation_that_has_begun_is_finished(stage):
    """The worker ends by itself, and what it had begun is done at the first attempt."""
    dice, attempts, seconds = random.Random(1), Counter(), []
    stage.start_worker()
    officer = Officer(stage, stage.officers()[0])
    length = seconds_of_one(officer)
    for _round in range(TERMINATIONS):
        worker = stage.workers[-1]
        officer.ask()
        wait_for(lambda: officer.state()[0] == "running", every=0)
        time.sleep(dice.uniform(0, length))
        os.kill(worker, signal.SIGTERM)
        seconds.append(wait_for(lambda one=worker: not lives(one)))
        assert officer.state() == ("done", 1)
        assert officer.outcome() == officer.control
        stage.start_worker()
        attempts[officer.state()[1]] += 1
    print(f"\n{TERMINATIONS} workers ended, {{attempts: jobs}} {dict(attempts)}, longest {max(seconds):.1f} s")


def test_forms_that_have_arrived_are_answered(stage):
    """A web process that is told to end answers what it has taken in: no sender is left without an answer."""
    sender, dice, met, problems = SelfReviews(stage, MEMBERS), random.Random(2), Counter(), []
    length = seconds_of_one_round(sender)
    for number in range(1, TERMINATIONS + 1):
        children = stage.web_children()
        with ThreadPoolExecutor(MEMBERS) as pool:
            sent = {place: pool.submit(sender.send, place, number) for place in range(MEMBERS)}
            time.sleep(dice.uniform(0, length))
            os.kill(dice.choice(children), signal.SIGTERM)
        acknowledged = {place: one.result() for place, one in sent.items()}
        wait_for(lambda old=children: len(stage.web_children()) == 2 and stage.web_children() != old)
        met.update(acknowledged.values())
        problems += sender.problems(number, acknowledged)
    print(f"\n{TERMINATIONS} web processes ended: {met[True]} acknowledged, {met[False]} without an answer")
    assert (problems, met[False]) == ([], 0)
