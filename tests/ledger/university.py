"""What is checked when the check of all data is measured (see measure.py): a university with everything recorded.

Written in bulk, past the services, but so that every invariant holds.
"""

from __future__ import annotations

import argparse
import sys
import time
from datetime import datetime, timedelta

import django

django.setup()

from django.apps import apps  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from activities.models import Activity, ActivityKind  # noqa: E402
from branchportal import audit, jobs  # noqa: E402
from evaluations.deadlines import month_of  # noqa: E402
from evaluations.models import Cycle  # noqa: E402
from evaluations.services import compile as compiling  # noqa: E402
from members.models import Branch  # noqa: E402
from tests.benchmarks import world  # noqa: E402

LINES = """
    INSERT INTO branchportal_auditentry (at, actor_name, stood_in_for, action, branch_id, subject_type, subject_id,
                                         subject_name, before, after, reason, seal)
    SELECT {at}, '', '', '{action}', branch_id, '{about}', id::varchar, '', '{{}}', {after}, '', '' FROM {table}
"""
POINTS = "jsonb_build_object('thought', thought, 'study', study, 'life', life, 'work', work, 'conduct', conduct)"
ATTENDANCE = """
    INSERT INTO activities_attendance (activity_id, member_id, state, hours, reason)
    SELECT activity.id, member.id, 'present', activity.hours, '' FROM activities_activity AS activity
    JOIN members_member AS member ON member.branch_id = activity.branch_id
"""
COUNTED = ("members.Member", "evaluations.SelfReview", "evaluations.BranchReview", "evaluations.Due",
           "activities.Attendance", "branchportal.AuditEntry", "evaluations.RankingRun")  # fmt: skip
COMPILED = 100  # branches with a ranking
SEALED = 20  # times five thousand lines


def main(arguments: list[str]) -> None:
    asked, began = _parsed(arguments), time.monotonic()
    call_command("migrate", verbosity=0)
    _build(world.Size(asked.branches, asked.people, asked.months), timezone.now())
    counts = ", ".join(f"{apps.get_model(name).objects.count()} {name.partition('.')[2]}" for name in COUNTED)
    print(f"made in {time.monotonic() - began:.0f} s: {counts}", flush=True)
    call_command("verify_ledger", "--no-store")
    call_command("verify_ledger", "--no-store", "--quick")


def _build(size: world.Size, now: datetime) -> None:
    world.build(size, now, with_log_ins=False)
    _activities(now, size.months)
    with connection.cursor() as cursor:
        cursor.execute(_lines("member.added", "members.member", at="now()", after="'{}'"))
        for model, action in (("selfreview", "self_review.submitted"), ("branchreview", "branch_rating.given")):
            cursor.execute(_lines(action, f"evaluations.{model}", at="saved_at", after=POINTS))
        cursor.execute(ATTENDANCE)
    _rankings(now)
    for _time in range(SEALED):
        audit.seal()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _lines(action: str, about: str, *, at: str, after: str) -> str:
    return LINES.format(at=at, action=action, about=about, after=after, table=about.replace(".", "_"))


def _activities(now: datetime, months: int) -> None:
    """One a month in each branch, with its line."""
    kind = ActivityKind.objects.get(root=None, code="study")
    for branch in Branch.objects.party_branches():
        made = Activity.objects.bulk_create(
            Activity(
                branch=branch, kind=kind, title="学习", hours=2, starts_at=now - timedelta(days=30 * month + 1),
                ends_at=now - timedelta(days=30 * month),
            )
            for month in range(months)
        )  # fmt: skip
        audit.record_many("activity.recorded", by=None, lines=[{"subject": one} for one in made])


def _rankings(now: datetime) -> None:
    past = list(Cycle.objects.filter(month__lt=month_of(now)).order_by("month").values_list("month", flat=True))
    for branch in Branch.objects.party_branches()[:COMPILED]:
        job, _created = compiling.request(
            branch=branch, purpose="candidate", first=past[0], last=past[-1], by=None, now=now
        )
        jobs.run(str(job.pk))


def _parsed(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.ledger.measure")
    parser.add_argument("--branches", type=int, default=3300)
    parser.add_argument("--people", type=int, default=30)
    parser.add_argument("--months", type=int, default=13)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
