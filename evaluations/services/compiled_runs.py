"""How is what was computed written: runs with their rows once, together with the ends of their jobs?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from branchportal import audit, bulk, jobs
from branchportal.notifications import notify
from evaluations.models import Freezing, RankingEntry, RankingRun
from evaluations.queries import compile as material
from evaluations.queries import freezings
from evaluations.refusals import Refused
from evaluations.services import freezing, scheme_sealing
from evaluations.services.appeals import grounds
from evaluations.services.appeals.grounds import Grounds
from evaluations.services.public_notices import ending

WRITING = "writing"
SCHEME_GONE = _("%(scheme)s was taken back to a draft while this was compiled: compile again.")
REPLACED = _("An appeal was upheld and the ranking compiled again: the branch committee decides anew.")
SAME = ("branch", "purpose", "first_month", "last_month")  # within which runs are numbered


@dataclass(frozen=True)
class Compiled:
    """What one job has computed, not written yet."""

    context: jobs.JobContext
    found: material.Material
    sealed: dict[str, Any]


@transaction.atomic
def write(compiled: Sequence[Compiled]) -> None:
    """Write the runs and the ends of their jobs, leaving out the jobs that somebody else has taken over.

    What was frozen since it was asked for is refused, unless the job carries an appeal that was upheld; what was
    proposed for freezing can't be confirmed any more.
    """
    held = {context.job.pk for context in jobs.still_held([one.context for one in compiled])}
    mine = [one for one in compiled if one.context.job.pk in held]
    newest = _newest(mine)
    signed = freezings.open_or_frozen([run.pk for run in newest.values()])
    upheld = Grounds([one.found.branch for one in mine])
    mine = [one for one in _one_each(mine) if not _is_refused(one, newest, signed, upheld)]
    in_force = scheme_sealing.seal_for_rankings(schemes={one.found.scheme.pk for one in mine}, now=timezone.now())
    mine = [one for one in mine if not _lost_its_scheme(one, in_force)]
    if not mine:
        return
    pairs = list(zip(mine, RankingRun.objects.bulk_create(_runs(mine, newest)), strict=True))
    bulk.insert_values(RankingEntry, chain.from_iterable(_entries(run, one) for one, run in pairs))
    _tell([run for _one, run in pairs])
    _overtake([run for _one, run in pairs], signed)
    for one, run in pairs:
        for appeal in upheld.followed(_same(one), _inputs(one)):
            grounds.follow(appeal, run)
            over, by, now = run.supersedes, run.compiled_by, run.compiled_at
            ending.withdraw_of_run(run=over, reason=gettext(REPLACED), by=by, now=now)
    jobs.finish([jobs.End(one.context, {"run": run.pk}, len(one.found.people)) for one, run in pairs], step=WRITING)


def _newest(compiled: Sequence[Compiled]) -> dict[tuple, RankingRun]:
    """The newest run of each branch, purpose and period in these branches, so that nobody freezes it meanwhile."""
    runs = RankingRun.objects.filter(branch__in=[one.found.branch for one in compiled], superseded_by=None)
    found = freezing.held(runs.order_by("pk").only("number", *SAME))
    return {(run.branch_id, run.purpose, run.first_month, run.last_month): run for run in found}


def _same(one: Compiled) -> tuple:
    found = one.found
    return found.branch.pk, found.purpose, found.first, found.last


def _one_each(compiled: Sequence[Compiled]) -> list[Compiled]:
    """One compilation of each branch, purpose and period, one that carries an appeal first; the others are over."""
    kept: dict[tuple, Compiled] = {}
    for one in sorted(compiled, key=lambda one: grounds.ARGUMENT not in one.context.job.arguments):
        if kept.setdefault(_same(one), one) is not one:
            one.context.refuse(grounds.not_carried().stored())
    return [one for one in compiled if kept[_same(one)] is one]


def _is_refused(one: Compiled, newest: dict[tuple, RankingRun], signed: dict[int, Freezing], upheld: Grounds) -> bool:
    """Whether it was frozen meanwhile, or would undo what an appeal has corrected, which its job then says."""
    job, before = one.context.job, newest.get(_same(one))
    known = signed.get(before.pk) if before else None
    if known is not None and known.is_frozen and grounds.ARGUMENT not in job.arguments:
        refusal = freezing.compile_refusal(known)
    else:
        refusal = upheld.refusal(job, _same(one), _inputs(one))
    if refusal is not None:
        one.context.refuse(refusal.stored())
    return refusal is not None


def _lost_its_scheme(one: Compiled, in_force: set[int]) -> bool:
    """Whether its scheme became a draft again meanwhile, which its job then says."""
    if one.found.scheme.pk in in_force:
        return False
    one.context.refuse(Refused(SCHEME_GONE, scheme=str(one.found.scheme)).stored())
    return True


def _inputs(one: Compiled) -> dict[int, dict[str, Any]]:
    return {person.member.pk: person.inputs for person in one.found.people}


def _overtake(runs: Sequence[RankingRun], signed: dict[int, Freezing]) -> None:
    """Proposals to freeze the runs that these supersede are over."""
    for run in runs:
        if run.supersedes_id in signed and signed[run.supersedes_id].is_open:
            freezing.overtake(signed[run.supersedes_id], by=run.compiled_by, now=run.compiled_at)


def _runs(compiled: Sequence[Compiled], newest: dict[tuple, RankingRun]) -> list[RankingRun]:
    """A run of each, numbered after the newest one of the same branch, purpose and period."""
    now = timezone.now()
    runs = []
    for one in compiled:
        found, before = one.found, newest.get(_same(one))
        runs.append(
            RankingRun(
                branch=found.branch,
                purpose=found.purpose,
                first_month=found.first,
                last_month=found.last,
                number=before.number + 1 if before else 1,
                supersedes=before,
                scheme=found.scheme,
                scheme_document=one.sealed["scheme"],
                fingerprint=one.sealed["fingerprint"],
                ranked_count=len(one.sealed["result"]["ranked"]),
                not_ranked_count=len(one.sealed["result"]["not_ranked"]),
                job=one.context.job,
                compiled_by=one.context.job.requested_by,
                compiled_at=now,
            )
        )
    return runs


def _entries(run: RankingRun, compiled: Compiled) -> Iterator[dict[str, Any]]:
    """The row of each person, ranked or not."""
    people = {person.member.number: person for person in compiled.found.people}
    result = compiled.sealed["result"]
    for row in result["ranked"]:
        place = {name: row[name] for name in ("components", "total", "rank", "tied")}
        yield _entry(run, people[row["id"]]) | place | {"band": row.get("band", "")}
    for row in result["not_ranked"]:
        yield _entry(run, people[row["id"]]) | {"reasons": row["reasons"]}


def _entry(run: RankingRun, person: material.PersonData) -> dict[str, Any]:
    member = person.member
    return {
        "run_id": run.pk,
        "member_id": member.pk,
        "number": member.number,
        "name": member.name,
        "class_name": member.class_name,
        "stage": person.stage,
        "inputs": person.inputs,
        "evidence": person.evidence,
    }


def _tell(runs: Sequence[RankingRun]) -> None:
    """A line of the trail for each run, and a message to whoever asked for it."""
    asked_by = defaultdict(list)
    for run in runs:
        asked_by[run.compiled_by].append(run)
    for by, theirs in asked_by.items():
        audit.record_many("ranking.compile", by=by, lines=[_line(run) for run in theirs])
        for run in theirs if by else ():
            notify(
                [by],
                "ranking_compiled",
                key=str(run.job_id),
                context=_words(run),
                url=reverse("evaluations:ranking", args=[run.pk]),
            )


def _line(run: RankingRun) -> dict[str, Any]:
    after = {"ranked": run.ranked_count, "not_ranked": run.not_ranked_count, "fingerprint": run.fingerprint}
    return {"subject": run, "after": after}


def _words(run: RankingRun) -> dict[str, Any]:
    months = f"{run.first_month:%Y-%m} – {run.last_month:%Y-%m}"
    return {"purpose": run.purpose, "branch": run.branch.name, "months": months}
