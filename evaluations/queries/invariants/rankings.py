"""Which invariants hold of schemes and rankings: sealed, complete, and the same when computed again?"""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count, Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from branchportal.invariants import without_line
from branchportal.ledger import Asked, Check, Violation, place
from branchportal.models import JobRun
from evaluations import bundle
from evaluations.documents import DocumentError, digest
from evaluations.models import RankingEntry, RankingRun, ScoringScheme
from evaluations.queries.rankings import bundle_of
from members.queries.invariants import never_belonged

COMPILE = "compile_ranking"


def computes_otherwise(asked: Asked) -> Iterator[Violation]:
    """A ranking computed again from its sealed inputs is the same to the byte (each within a month, see ledger.py)."""
    keys = RankingRun.objects.order_by("pk").values_list("pk", flat=True)
    for pk in [key for key in keys if asked.takes(RankingRun, key)]:
        asked.alive()
        run = RankingRun.objects.prefetch_related("entries").get(pk=pk)
        try:
            bundle.verify(bundle_of(run))
        except DocumentError as problem:
            yield Violation(place(RankingRun, pk), f"{problem.place} differs")


def people_lost(asked: Asked) -> Iterator[Violation]:
    """Ranked and not ranked people of a run are as many as it counted, and whoever is not ranked has a reason."""
    counted = RankingRun.objects.annotate(
        ranked=Count("entries", filter=Q(entries__rank__isnull=False)),
        others=Count("entries", filter=Q(entries__rank=None)),
        silent=Count("entries", filter=Q(entries__rank=None, entries__reasons=[])),
    )
    wrong = counted.exclude(ranked=F("ranked_count"), others=F("not_ranked_count"), silent=0)
    for run in wrong.order_by("pk"):
        what = f"ranked={run.ranked}/{run.ranked_count} not_ranked={run.others}/{run.not_ranked_count}"
        yield Violation(place(RankingRun, run.pk), f"{what} without_reason={run.silent}")


def run_out_of_line(asked: Asked) -> Iterator[Violation]:
    """Runs of a branch, purpose and period are numbered from 1 on, and each supersedes the one before it."""
    before = {
        "branch": F("supersedes__branch"), "purpose": F("supersedes__purpose"),
        "first_month": F("supersedes__first_month"), "last_month": F("supersedes__last_month"),
        "number": F("supersedes__number") + 1,
    }  # fmt: skip
    right = Q(number=1, supersedes=None) | Q(**before)
    for run in RankingRun.objects.exclude(pk__in=RankingRun.objects.filter(right).values("pk")).order_by("pk"):
        yield Violation(place(RankingRun, run.pk), f"number={run.number} supersedes={run.supersedes_id}")


def run_without_line(asked: Asked) -> Iterator[Violation]:
    """Of every ranking the audit trail tells that it was compiled."""
    yield from without_line(RankingRun, ("ranking.compile",), asked)


def done_without_a_run(asked: Asked) -> Iterator[Violation]:
    """A compilation is done exactly when its ranking is there."""
    runs = RankingRun.objects.filter(job=OuterRef("pk"))
    compilations = JobRun.objects.filter(kind=COMPILE)
    is_done = Q(state=JobRun.State.DONE)
    wrong = compilations.filter((is_done & ~Exists(runs)) | (~is_done & Exists(runs)))
    for pk, state in wrong.order_by("created_at").values_list("pk", "state"):
        yield Violation(place(JobRun, pk), f"state={state}")


def ranked_elsewhere(asked: Asked) -> Iterator[Violation]:
    """Everybody in a ranking belongs or belonged to its branch."""
    yield from never_belonged(RankingEntry, asked, branch="run__branch")


def scheme_changed(asked: Asked) -> Iterator[Violation]:
    """A published scheme has the fingerprint with which it was published."""
    published = ScoringScheme.objects.in_force().order_by("pk")
    for pk, document, kept in published.values_list("pk", "document", "document_hash"):
        if digest(document) != kept:
            yield Violation(place(ScoringScheme, pk), f"sha256 kept={kept[:12]}")


def scheme_of_the_run_changed(asked: Asked) -> Iterator[Violation]:
    """A ranking holds the scheme under which it was compiled, word for word."""
    hashes = dict(ScoringScheme.objects.values_list("pk", "document_hash"))
    runs = RankingRun.objects.order_by("pk").values_list("pk", "scheme", "scheme_document")
    for pk, scheme, document in runs.iterator():
        if digest(document) != hashes[scheme]:
            yield Violation(place(RankingRun, pk), f"scheme={scheme}")


_FAULT = _("Note the row and what happened around it, and report it as a fault of the program.")
_BEHIND = _(
    "Somebody has changed the database behind the portal: compare the row with the last backup. Do not use this "
    "ranking until then; compiling again makes a new one."
)

CHECKS = (
    Check("rankings.same", _("Every ranking computes to the same bytes."), _BEHIND, computes_otherwise),
    Check("rankings.complete", _("Ranked and not ranked together are everybody."), _BEHIND, people_lost),
    Check("rankings.line", _("Rankings follow one another without a gap."), _FAULT, run_out_of_line),
    Check("rankings.recorded", _("The audit trail tells of every ranking."), _BEHIND, run_without_line),
    Check("rankings.job", _("A compilation is done exactly when its ranking is there."), _FAULT, done_without_a_run),
    Check("rankings.branch", _("Whoever is in a ranking belongs or belonged to the branch."), _FAULT, ranked_elsewhere),
    Check("schemes.sealed", _("A published scheme has not changed."), _BEHIND, scheme_changed),
    Check("rankings.scheme", _("A ranking holds the scheme of its time."), _BEHIND, scheme_of_the_run_changed),
)
