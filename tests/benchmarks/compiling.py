"""How long does a ranking take: of a branch from the button to the explained result, of a whole university, once more?

Beside it stand the same sums as one SQL statement, without months, evidence, seal or reasons.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import date, datetime
from statistics import median

from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from branchportal import jobs
from branchportal.celery import app
from branchportal.models import JobRun
from evaluations.deadlines import month_of, months_between
from evaluations.models import BranchReview, RankingRun
from evaluations.purposes import Purpose
from evaluations.services import compile as compiling
from members.models import Branch
from tests.benchmarks import servers, world
from tests.benchmarks.table import Line

SUMS = """
    WITH own AS (
        SELECT member_id, sum(thought + study + life + work + conduct)::numeric / (5 * count(*)) AS points
        FROM evaluations_selfreview JOIN evaluations_cycle ON evaluations_cycle.id = cycle_id
        WHERE submitted_at IS NOT NULL AND NOT is_off AND month BETWEEN %(first)s AND %(last)s AND {reviews}
        GROUP BY member_id
    ), given AS (
        SELECT member_id, sum(thought + study + life + work + conduct)::numeric / (5 * count(*)) AS points
        FROM evaluations_branchreview JOIN evaluations_cycle ON evaluations_cycle.id = cycle_id
        WHERE submitted_at IS NOT NULL AND NOT is_off AND month BETWEEN %(first)s AND %(last)s AND {reviews}
        GROUP BY member_id
    ), totals AS (
        SELECT member.id, member.branch_id, own.points AS own, given.points AS given,
               round(coalesce((30 * own.points + 70 * given.points) / 100, given.points), 2) AS total
        FROM members_member AS member JOIN given ON given.member_id = member.id
        LEFT JOIN own ON own.member_id = member.id
        WHERE member.stage = 'activist'
    )
    INSERT INTO bench_sums
    SELECT id, own, given, total, rank() OVER (PARTITION BY branch_id ORDER BY total DESC, given DESC, own DESC)
    FROM totals
"""
EVERYWHERE, HERE = "true", "branch_id = %(branch)s"
WAIT_SECONDS = 1800
QUEUE = "celery"
SHARED_ROUNDS = 3
WARM_UP = 100  # branches: enough for every process of a worker to load what it loads once


@dataclass(frozen=True)
class Extent:
    """How large and how often: the quick form in the suite is a small one."""

    branch: world.Size
    university: world.Size
    rounds: int
    shared: int  # branches that one worker process and then two compile


FULL = Extent(
    branch=world.Size(branches=3, people=30, months=7),
    university=world.Size(branches=3300, people=30, months=13, large=1000),
    rounds=7,
    shared=800,
)
QUICK = Extent(
    branch=FULL.branch,
    university=world.Size(branches=330, people=30, months=13, large=100),
    rounds=5,
    shared=200,
)
FEW, MANY = world.Size(branches=100, people=30, months=13), world.Size(branches=1000, people=30, months=13)


def measure(extent: Extent) -> list[Line]:
    """The lines about compiling."""
    return [*_branch_lines(extent), *_university_lines(extent)]


def compile_here(branch: Branch, purpose: str, months: int, now: datetime) -> RankingRun:
    """Compile the last so many past months in this very process."""
    job = _request(branch, purpose, months, now)
    jobs.run(str(job.pk))
    return RankingRun.objects.get(job=job)


def _request(branch: Branch, purpose: str, months: int, now: datetime) -> JobRun:
    first, last = _period(months, now)
    job, _created = compiling.request(branch=branch, purpose=purpose, first=first, last=last, by=None, now=now)
    return job


def _period(months: int, now: datetime) -> tuple[date, date]:
    """The first and the last of so many months before the present one."""
    present = month_of(now)
    first = present.year * 12 + present.month - 1 - months
    found = months_between(date(first // 12, first % 12 + 1, 1), present)
    return found[0], found[-2]


def _branch_lines(extent: Extent) -> list[Line]:
    servers.use_database("branch")
    now, size = timezone.now(), extent.branch
    world.build(size, now, with_log_ins=False)
    branch = Branch.objects.get(code="B0000")
    client = Client(headers={"x-forwarded-proto": "https", "host": "127.0.0.1"})
    client.force_login(world.officer(branch))
    first, last = _period(size.months - 1, now)
    form = {
        "branch": branch.code,
        "purpose": Purpose.CANDIDATE.value,
        "first": f"{first:%Y-%m}",
        "last": f"{last:%Y-%m}",
    }
    pairs = []
    with servers.worker(1):
        for _round in range(extent.rounds + 1):
            pairs.append((_from_button_to_explanation(client, form), _sql(first, last, HERE, branch)))
    ours, sql = (median(times) for times in zip(*pairs[1:], strict=True))  # the first one warms the worker up
    work = f"compile one branch ({size.people} people, {size.months - 1} months): button to stored, explained result"
    text = f"**{ours:.2f} s** (SQL alone {1000 * sql:.0f} ms)"
    return [Line(work, "the same sums as one SQL statement", "≤ 0.5 s", text, ours <= 0.5)]


def _from_button_to_explanation(client: Client, form: dict[str, str]) -> float:
    """Send the form, wait for the worker, open the ranking and how the first figure was made."""
    began = time.perf_counter()
    sent = client.post(reverse("evaluations:compile"), form)
    job = sent.url.rstrip("/").rpartition("/")[2]
    while JobRun.objects.get(pk=job).state != JobRun.State.DONE:
        if time.perf_counter() - began > WAIT_SECONDS:
            sys.exit("The worker does not compile.")
        time.sleep(0.005)
    run = RankingRun.objects.get(job=job)
    entry = run.entries.order_by("rank").first()
    pages = [
        client.get(reverse("evaluations:ranking", args=[run.pk])),
        client.get(reverse("evaluations:ranking_evidence", args=[run.pk, entry.pk])),
    ]
    if any(page.status_code != 200 for page in pages):
        sys.exit(f"The ranking is not shown: {pages}")
    return time.perf_counter() - began


def _sql(first: date, last: date, where: str, branch: Branch | None = None) -> float:
    """Seconds of the one statement, stored durably."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_sums")
        cursor.execute("CREATE TABLE bench_sums (member bigint, own numeric, given numeric, total numeric, rank int)")
        began = time.perf_counter()
        values = {"first": first, "last": last, "branch": branch and branch.pk}
        cursor.execute(SUMS.format(reviews=where), values)
        return time.perf_counter() - began


def _university_lines(extent: Extent) -> list[Line]:
    servers.use_database("university")
    now, size = timezone.now(), extent.university
    world.build(size, now, with_log_ins=False)
    first, last = _period(size.months - 1, now)
    branches = list(Branch.objects.party_branches().filter(code__gt="B0000").order_by("code"))
    shared = branches[: extent.shared]
    pairs = [[_by_worker(shared, processes, size, now) for processes in (1, 2)] for _round in range(SHARED_ROUNDS)]
    one, two = sorted(pairs, key=lambda pair: pair[0] / pair[1])[SHARED_ROUNDS // 2]  # the median ratio
    sql = [_sql(first, last, EVERYWHERE)]
    full = _by_worker(list(Branch.objects.party_branches()), 2, size, now)
    sql = median([*sql, _sql(first, last, EVERYWHERE), _sql(first, last, EVERYWHERE)])
    ratio, faster = full / sql, one / two
    people = size.branches * size.people + size.large
    again = _after_one_change(branches[0], size, now, extent.rounds)
    large = _after_one_change(Branch.objects.get(code="B0000"), size, now, 3) if size.large else again
    return [
        Line(
            f"compile a university: {people} people in {len(branches) + 1} branches, {size.months - 1} months",
            "one `INSERT … SELECT` for the same sums", "≤ 12 × SQL",
            f"**{ratio:.1f}** × ({full:.1f} s beside {sql:.2f} s)", ratio <= 12,
            "each branch is a job of its own that survives a kill: beside the sums its state, the inputs and evidence "
            "of everybody as they were, exact fractions, seal, audit line; what limits it stands in docs/decisions.md",
        ),
        Line(
            f"a second worker process, {extent.shared} branches", "one process", "≥ 1.7 × faster",
            f"**{faster:.2f}** × ({one:.1f} s and {two:.1f} s)", faster >= 1.7,
            "PostgreSQL works on the same two cores",
        ),
        Line(
            "recompile after one change, a branch of 30", "full compile", "≤ 1/200",
            f"**1/{full / again:.0f}** ({1000 * again:.0f} ms; a branch of {size.large}: {large:.2f} s)",
            full / again >= 200,
        ),
    ]  # fmt: skip


def _by_worker(branches: list[Branch], processes: int, size: world.Size, now: datetime) -> float:
    """Seconds from when a warm worker may begin to the end of the last job; all wait in the broker by then."""
    with servers.worker(processes):
        _request_all(branches[:WARM_UP], size, now)
        _wait_until_all_are_done()
        app.control.cancel_consumer(QUEUE, reply=True)
        _request_all(branches, size, now)
        began = timezone.now()
        app.control.add_consumer(QUEUE, reply=True)
        _wait_until_all_are_done()
    return (JobRun.objects.latest("finished_at").finished_at - began).total_seconds()


def _request_all(branches: list[Branch], size: world.Size, now: datetime) -> None:
    for branch in branches:
        _request(branch, Purpose.CANDIDATE, size.months - 1, now)


def _wait_until_all_are_done() -> None:
    began = time.monotonic()
    while JobRun.objects.filter(state__in=[JobRun.State.QUEUED, JobRun.State.RUNNING]).exists():
        if time.monotonic() - began > WAIT_SECONDS:
            sys.exit("The workers do not compile.")
        time.sleep(0.1)
    if JobRun.objects.exclude(state=JobRun.State.DONE).exists():
        sys.exit("A branch could not be compiled.")


def _after_one_change(branch: Branch, size: world.Size, now: datetime, rounds: int) -> float:
    """Seconds to ask for and compile the branch of one changed rating, in this process."""
    times = []
    for place in range(rounds):
        review = BranchReview.objects.filter(branch=branch).order_by("pk").first()
        BranchReview.objects.filter(pk=review.pk).update(thought=55 + 10 * (place % 5))
        began = time.perf_counter()
        compile_here(branch, Purpose.CANDIDATE, size.months - 1, now)
        times.append(time.perf_counter() - began)
    return median(times)


def growth(few: world.Size, many: world.Size) -> list[Line]:
    """A portal with ten times the members: all branches compiled one after the other in a process of its own."""
    (time_few, memory_few), (time_many, memory_many) = _alone("few", few), _alone("many", many)
    factor = time_many / time_few
    work = f"cost growth: compile {few.branches * few.people} and {many.branches * many.people} people"
    memory = f"memory {memory_few} and {memory_many} MB"
    text = f"**{factor:.1f}** × the time ({time_few:.1f} s and {time_many:.1f} s), {memory}"
    is_flat = memory_many <= memory_few * 1.1
    return [Line(work, "10 × the members", "≤ 11 × the time, memory flat", text, factor <= 11 and is_flat)]


def _alone(database: str, size: world.Size) -> tuple[float, int]:
    servers.use_database(database)
    now = timezone.now()
    world.build(size, now, with_log_ins=False)
    for branch in Branch.objects.party_branches():
        _request(branch, Purpose.CANDIDATE, size.months - 1, now)
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.run_jobs"], check=True, capture_output=True, cwd=servers.PROJECT
    )
    found = json.loads(done.stdout)
    return found["seconds"], found["megabytes"]
