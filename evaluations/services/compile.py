"""How is a ranking compiled: asked for, read in one snapshot, computed, and written once with its job's end?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from branchportal import audit, bulk, jobs
from branchportal.models import JobRun
from branchportal.notifications import notify
from branchportal.snapshot import one_snapshot
from evaluations import bundle, deadlines
from evaluations.models import RankingEntry, RankingRun
from evaluations.periods import pool_day, term_until
from evaluations.purposes import Purpose
from evaluations.queries import compile as material
from evaluations.queries import schemes
from evaluations.refusals import Refused
from evaluations.services.schemes import install_where_missing
from members.access import access_of
from members.models import Branch
from members.roles import Permission

KIND = "compile_ranking"
LONGEST_PERIOD = 36  # months
READING, COMPUTING, WRITING = "reading", "computing", "writing"
SLOW_FROM = 500  # people: fewer are done before anybody could see another step


@transaction.atomic
def request(
    *, branch: Branch, purpose: str, first: date, last: date, by: Any, now: datetime, nonce: str = ""
) -> tuple[JobRun, bool]:
    """Queue a compilation; (job, False) when the same one is under way. Raises Refused when it can't succeed.

    `nonce`: what one shown form carries. The same form sent again with the same choices gives the same job,
    even when that has ended.
    """
    _check_period(branch, first, last, now)
    Branch.objects.select_for_update(no_key=True).get(pk=branch.pk)  # one request at a time
    arguments = {"branch": branch.code, "first": f"{first:%Y-%m}", "last": f"{last:%Y-%m}", "purpose": purpose}
    key = ":".join(arguments.values())
    if nonce and (sent := JobRun.objects.filter(kind=KIND, key=key, arguments__nonce=nonce).first()):
        return sent, False
    install_where_missing(now=now)
    schemes.for_period(branch, purpose, first, last)
    return jobs.enqueue(KIND, key=key, arguments=arguments | {"nonce": nonce}, by=by, branch=branch)


@transaction.atomic
def retry(*, job: JobRun, by: Any) -> JobRun:
    """Queue a failed compilation anew; once it was queued again, that job is returned."""
    Branch.objects.select_for_update(no_key=True).get(pk=job.branch_id)
    newer = JobRun.objects.filter(kind=KIND, key=job.key, created_at__gt=job.created_at).order_by("created_at").last()
    if newer or job.state != JobRun.State.FAILED:
        return newer or job
    again, _created = jobs.retry(job, by=by)
    return again


def request_for_closed_month(*, branch: Branch, month: date, now: datetime) -> list[JobRun]:
    """Queue what a closed month makes possible: each purpose with a scheme and people, over the term so far."""
    found = []
    for purpose in Purpose.values:
        first = _first_month_under_the_same_scheme(branch, purpose, month)
        if first is None or not material.pool(branch, purpose, pool_day(month, timezone.localdate(now))):
            continue
        job, _created = request(branch=branch, purpose=purpose, first=first, last=month, by=None, now=now)
        found.append(job)
    return found


@jobs.handler(KIND)
def compile_ranking(context: jobs.JobContext) -> None:
    """Do the job: read in one snapshot, compute, write the run and the job's end in one transaction."""
    context.progress(READING)
    try:
        with one_snapshot():
            found = _read(context.job)
    except Refused as refusal:
        raise jobs.JobRefused(refusal.stored()) from refusal
    people = len(found.people)
    if people >= SLOW_FROM:
        context.progress(COMPUTING, 0, people)
    sealed = bundle.build(found.scheme.document, bundle_people(found))
    if people >= SLOW_FROM:
        context.progress(WRITING, people, people)
    _write(context, found, sealed)


def bundle_people(found: material.Material) -> list[dict[str, Any]]:
    """The people of the bundle, by number."""
    people = sorted(found.people, key=lambda person: person.member.number)
    return [{"id": person.member.number, "inputs": person.inputs} for person in people]


def _check_period(branch: Branch, first: date, last: date, now: datetime) -> None:
    if branch.kind != Branch.Kind.BRANCH:
        raise Refused(_("%(branch)s has no members of its own: choose a branch below it."), branch=branch.name)
    if last < first:
        raise Refused(_("The last month lies before the first one: exchange them."))
    if first > deadlines.month_of(now):
        raise Refused(_("%(month)s has not begun: choose a period that has."), month=f"{first:%Y-%m}")
    if 12 * (last.year - first.year) + last.month - first.month >= LONGEST_PERIOD:
        raise Refused(_("A period has at most %(months)s months: choose a shorter one."), months=LONGEST_PERIOD)
    if not material.months_on(branch, first, last):
        months = f"{first:%Y-%m}" if first == last else f"{first:%Y-%m} – {last:%Y-%m}"
        raise Refused(_("%(months)s is switched off: there is nothing to compile."), months=months)


def _first_month_under_the_same_scheme(branch: Branch, purpose: str, month: date) -> date | None:
    candidates = schemes.published(branch, purpose)
    scheme = schemes.nearest(candidates, month)
    if scheme is None:
        return None
    term = deadlines.months_between(term_until(month), month)
    for place, earlier in enumerate(reversed(term)):
        if schemes.nearest(candidates, earlier) != scheme:
            return term[len(term) - place]
    return term[0]


def _read(job: JobRun) -> material.Material:
    arguments, branch = job.arguments, job.branch
    if job.requested_by and not access_of(job.requested_by).may_in(Permission.COMPILE_RANKING, branch):
        raise Refused(
            _("Who asked for this ranking may not compile rankings of %(branch)s any more."), branch=branch.name
        )
    return material.read(
        branch=branch,
        purpose=arguments["purpose"],
        first=deadlines.parse_month(arguments["first"]),
        last=deadlines.parse_month(arguments["last"]),
        today=timezone.localdate(),
    )


@transaction.atomic
def _write(context: jobs.JobContext, found: material.Material, sealed: dict[str, Any]) -> None:
    same = {
        "branch": found.branch,
        "purpose": found.purpose,
        "first_month": found.first,
        "last_month": found.last,
    }
    latest = RankingRun.objects.filter(**same).order_by("-number").first()
    run = RankingRun.objects.create(
        **same,
        number=latest.number + 1 if latest else 1,
        supersedes=latest,
        scheme=found.scheme,
        scheme_document=sealed["scheme"],
        fingerprint=sealed["fingerprint"],
        ranked_count=len(sealed["result"]["ranked"]),
        not_ranked_count=len(sealed["result"]["not_ranked"]),
        job=context.job,
        compiled_by=context.job.requested_by,
        compiled_at=timezone.now(),
    )
    bulk.insert(list(_entries(run, found, sealed["result"])))
    _tell(run, context.job)
    context.finish({"run": run.pk}, step=WRITING, count=len(found.people))


def _entries(run: RankingRun, found: material.Material, result: dict[str, Any]) -> Iterator[RankingEntry]:
    people = {person.member.number: person for person in found.people}
    for row in result["ranked"]:
        yield _entry(
            run,
            people[row["id"]],
            components=row["components"],
            total=row["total"],
            rank=row["rank"],
            tied=row["tied"],
            band=row.get("band", ""),
        )
    for row in result["not_ranked"]:
        yield _entry(run, people[row["id"]], reasons=row["reasons"])


def _entry(run: RankingRun, person: material.PersonData, **outcome: Any) -> RankingEntry:
    member = person.member
    return RankingEntry(
        run=run,
        member=member,
        number=member.number,
        name=member.name,
        class_name=member.class_name,
        stage=person.stage,
        inputs=person.inputs,
        evidence=person.evidence,
        **outcome,
    )


def _tell(run: RankingRun, job: JobRun) -> None:
    audit.record(
        "ranking.compile",
        by=job.requested_by,
        subject=run,
        after={"ranked": run.ranked_count, "not_ranked": run.not_ranked_count, "fingerprint": run.fingerprint},
    )
    if job.requested_by:
        notify(
            [job.requested_by],
            "ranking_compiled",
            key=str(job.pk),
            context={
                "purpose": run.purpose,
                "branch": run.branch.name,
                "months": f"{run.first_month:%Y-%m} – {run.last_month:%Y-%m}",
            },
            url=reverse("evaluations:ranking", args=[run.pk]),
        )
