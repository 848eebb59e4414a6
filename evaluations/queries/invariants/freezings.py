"""Which invariants hold of frozen rankings: unchanged, signed by two people, replaced by nothing but an appeal?"""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from branchportal.invariants import without_line
from branchportal.ledger import Asked, Check, Violation, place
from evaluations import bundle
from evaluations.documents import DocumentError
from evaluations.models import Appeal, Freezing, RankingRun
from evaluations.queries.rankings import bundle_of


def changed_since(asked: Asked) -> Iterator[Violation]:
    """A frozen run computes to the fingerprint that was signed (each within a month, see ledger.py)."""
    for freezing in Freezing.objects.frozen().order_by("pk"):
        if not asked.takes(Freezing, freezing.pk):
            continue
        asked.alive()
        run = RankingRun.objects.prefetch_related("entries").get(pk=freezing.run_id)
        try:
            bundle.verify(bundle_of(run) | {"fingerprint": freezing.fingerprint})
        except DocumentError as problem:
            yield Violation(place(Freezing, freezing.pk), f"run={run.pk} {problem.place} differs")


def signed_by_one(asked: Asked) -> Iterator[Violation]:
    """A frozen run was signed by two people, neither in the place of the other."""
    one = (
        Q(decider=None)
        | Q(decider=F("proposer"))
        | Q(decider=F("proposer_for"))
        | Q(decider_for=F("proposer"))
        | Q(decider_for=F("proposer_for"))
    )
    for pk in Freezing.objects.frozen().filter(one).order_by("pk").values_list("pk", flat=True):
        yield Violation(place(Freezing, pk), "signed by one person")


def replaced(asked: Asked) -> Iterator[Violation]:
    """No later run supersedes a frozen one, but one that follows an upheld appeal."""
    upheld = Appeal.objects.filter(state=Appeal.State.UPHELD, run_after=OuterRef("run__superseded_by"))
    found = Freezing.objects.frozen().filter(~Exists(upheld), run__superseded_by__isnull=False).order_by("pk")
    for pk, later in found.values_list("pk", "run__superseded_by"):
        yield Violation(place(Freezing, pk), f"superseded_by={later}")


def frozen_without_line(asked: Asked) -> Iterator[Violation]:
    """Of every frozen run the audit trail tells that it was proposed, and that it was frozen."""
    frozen = RankingRun.objects.filter(freezings__state=Freezing.State.FROZEN)
    for action in ("ranking.freezing_proposed", "ranking.frozen"):
        yield from without_line(RankingRun, (action,), asked, frozen)


_BEHIND = _(
    "Somebody has changed the database behind the portal: compare the row with the last backup and with the workbook "
    "or bundle that was taken away. Decide nothing by this ranking until then."
)

CHECKS = (
    Check("freezings.same", _("A frozen ranking is what two people signed."), _BEHIND, changed_since),
    Check("freezings.two", _("Every frozen ranking was signed by two people."), _BEHIND, signed_by_one),
    Check("freezings.last", _("Nothing but an upheld appeal has replaced a frozen ranking."), _BEHIND, replaced),
    Check("freezings.recorded", _("The audit trail tells of every freezing."), _BEHIND, frozen_without_line),
)
