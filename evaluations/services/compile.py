"""How are rankings compiled: asked for, read in one snapshot, computed, and handed over to be written?"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from branchportal import jobs
from branchportal.models import JobRun
from branchportal.snapshot import one_snapshot
from evaluations import bundle, deadlines
from evaluations.models import Appeal, RankingRun
from evaluations.periods import pool_day, term_until
from evaluations.purposes import Purpose
from evaluations.queries import compile as material
from evaluations.queries import freezings, schemes
from evaluations.refusals import Refused
from evaluations.services import freezing
from evaluations.services.appeals import grounds
from evaluations.services.compiled_runs import WRITING, Compiled, write
from evaluations.services.schemes import install_where_missing
from members.access import Access, access_of
from members.models import Branch
from members.roles import Permission

KIND = "compile_ranking"
LONGEST_PERIOD = 36  # months
READING, COMPUTING = "reading", "computing"
AT_ONCE = 20  # branches that wait are compiled together: the queries of a small one cost more than its figures
SLOW_FROM = 500  # people: fewer are done before anybody could see another step
WRITTEN_AT_ONCE = 2000  # people: what has gathered by then is written, and whoever still waits is shown to be alive


@transaction.atomic
def request(
    *,
    branch: Branch,
    purpose: str,
    first: date,
    last: date,
    by: Any,
    now: datetime,
    nonce: str = "",
    appeal: Appeal | None = None,
) -> tuple[JobRun, bool]:
    """Queue a compilation; (job, False) when the same one is under way. Raises Refused when it can't succeed.

    `nonce`: what one shown form carries. The same form sent again with the same choices gives the same job,
    even when that has ended. `appeal`: the upheld one because of which it is asked for, frozen or not.
    """
    _check_period(branch, first, last, now)
    Branch.objects.select_for_update(no_key=True).get(pk=branch.pk)  # one request at a time
    arguments = {"branch": branch.code, "first": f"{first:%Y-%m}", "last": f"{last:%Y-%m}", "purpose": purpose}
    key = ":".join(arguments.values())
    if nonce and (sent := JobRun.objects.filter(kind=KIND, key=key, arguments__nonce=nonce).first()):
        return sent, False
    if appeal is not None:
        key, arguments = f"{key}:{grounds.ARGUMENT}:{appeal.pk}", arguments | {grounds.ARGUMENT: appeal.pk}
        _check_carried(branch, purpose, first, last, appeal)
    elif frozen := freezings.frozen_run(branch, purpose, first, last):
        raise freezing.compile_refusal(frozen)
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
        if freezings.frozen_run(branch, purpose, first, month):
            continue
        job, _created = request(branch=branch, purpose=purpose, first=first, last=month, by=None, now=now)
        found.append(job)
    return found


@jobs.handler_of_many(KIND, at_once=AT_ONCE)
def compile_rankings(contexts: list[jobs.JobContext]) -> None:
    """Do these jobs: read in one snapshot, compute, write runs and the ends of their jobs, a few large ones at a time.

    A job that somebody else has taken over meanwhile is left out when its turn to be written comes.
    """
    if not jobs.show(contexts, READING):
        return
    with one_snapshot():
        readings = _read(contexts)
    compiled: list[Compiled] = []
    for place, (context, found) in enumerate(zip(contexts, readings, strict=True), start=1):
        if isinstance(found, Refused):
            context.refuse(found.stored())
            continue
        compiled.append(_compile(context, found))
        if sum(len(one.found.people) for one in compiled) >= WRITTEN_AT_ONCE:
            write(compiled)
            compiled = []
            jobs.show(contexts[place:], READING)
    write(compiled)


def _compile(context: jobs.JobContext, found: material.Material) -> Compiled:
    people = len(found.people)
    if people >= SLOW_FROM:
        jobs.show([context], COMPUTING, 0, people)
    sealed = bundle.build(found.scheme.document, bundle_people(found))
    if people >= SLOW_FROM:
        jobs.show([context], WRITING, people, people)
    return Compiled(context, found, sealed)


def bundle_people(found: material.Material) -> list[dict[str, Any]]:
    """The people of the bundle, by number."""
    people = sorted(found.people, key=lambda person: person.member.number)
    return [{"id": person.member.number, "inputs": person.inputs} for person in people]


def _check_carried(branch: Branch, purpose: str, first: date, last: date, appeal: Appeal) -> None:
    """Raise Refused unless this appeal lets the newest run of these be replaced; checked again when it is written."""
    asked = {"branch": branch, "purpose": purpose, "first_month": first, "last_month": last}
    newest = RankingRun.objects.filter(superseded_by=None, **asked).first()
    if newest is None or not grounds.holds(appeal, newest):
        raise grounds.not_carried()


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


def _read(contexts: list[jobs.JobContext]) -> list[material.Material | Refused]:
    """What each job asks for, with one reading for all that ask for the same purpose and months."""
    today = timezone.localdate()
    groups: dict[tuple[str, str, str], list[Branch]] = defaultdict(list)
    for context in contexts:
        groups[_asked_for(context.job)].append(context.job.branch)
    readings = {
        asked: material.read(
            branches=branches,
            purpose=asked[0],
            first=deadlines.parse_month(asked[1]),
            last=deadlines.parse_month(asked[2]),
            today=today,
        )
        for asked, branches in groups.items()
    }
    asked_by = {context.job.requested_by_id: context.job.requested_by for context in contexts}
    accesses = {pk: access_of(user) for pk, user in asked_by.items() if user}
    return [
        _refusal(job, accesses.get(job.requested_by_id)) or readings[_asked_for(job)][job.branch_id]
        for job in (context.job for context in contexts)
    ]


def _asked_for(job: JobRun) -> tuple[str, str, str]:
    return job.arguments["purpose"], job.arguments["first"], job.arguments["last"]


def _refusal(job: JobRun, access: Access | None) -> Refused | None:
    """Why whoever asked gets no ranking, if he lost the right meanwhile; nobody asked for what the clock queued."""
    right = Permission.DECIDE_APPEALS if grounds.ARGUMENT in job.arguments else Permission.COMPILE_RANKING
    if access is None or access.may_in(right, job.branch):
        return None
    return Refused(
        _("Who asked for this ranking may not compile rankings of %(branch)s any more."), branch=job.branch.name
    )
