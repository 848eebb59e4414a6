"""Do three clocks at once have the effect of one?

`BEAT_SECONDS=150 bin/test faults/test_clocks.py -n0 -s` lets three real beats tick that long; the suite sends what
three beats send, at the same moment, to a worker with two children.
"""

from __future__ import annotations

import time

from tests.faults.processes import wait_for
from tests.faults.stage import MAIL, MONTH, TICK, Stage
from tests.rounds import rounds

SECONDS = rounds("BEAT_SECONDS", 0)
BEATS = 3


def test_three_beats_have_the_effect_of_one(stage):
    """The month opens anew in a branch without its events: everybody is told once, and once only."""
    branch = stage.officers()[0]["branch"]
    due = forget_the_opening(stage, branch)
    stage.start_worker(count=2)
    if SECONDS:
        for beat in range(BEATS):
            stage.start_beat(f"beat{beat}")
        time.sleep(SECONDS)
    else:
        for task in [MONTH, TICK, MAIL] * BEATS:
            stage.tick(task)
        wait_for(lambda: opened(stage, branch))
        time.sleep(1)
    told = stage.rows(
        "SELECT count(*), count(DISTINCT user_id) FROM branchportal_notification"
        " WHERE kind = 'month_opened' AND key = %s", f"{stage.month}:{branch}",
    )[0]  # fmt: skip
    assert (opened(stage, branch), told) == (1, (due, due))


def forget_the_opening(stage: Stage, branch: str) -> int:
    """Return how many people with a log-in belong to the branch and file."""
    of_branch = "branch_id = (SELECT id FROM members_branch WHERE code = %s)"
    of_month = "cycle_id = (SELECT id FROM evaluations_cycle WHERE month = %s)"
    values = (branch, f"{stage.month}-01")
    stage.change(f"DELETE FROM evaluations_cycleevent WHERE {of_branch} AND {of_month}", *values)
    stage.change("DELETE FROM branchportal_notification WHERE key = %s", f"{stage.month}:{branch}")
    return stage.rows(
        f"SELECT count(*) FROM evaluations_due due JOIN members_member member ON member.id = due.member_id"
        f" WHERE user_id IS NOT NULL AND due.{of_branch} AND due.{of_month}", *values,
    )[0][0]  # fmt: skip


def opened(stage: Stage, branch: str) -> int:
    return stage.rows(
        "SELECT count(*) FROM evaluations_cycleevent event JOIN members_branch branch ON branch.id = event.branch_id"
        " JOIN evaluations_cycle cycle ON cycle.id = event.cycle_id"
        " WHERE code = %s AND month = %s AND event.kind = 'opened'", branch, f"{stage.month}-01",
    )[0][0]  # fmt: skip
