"""How are rankings and schemes broken by hand?"""

from __future__ import annotations

from branchportal.ledger import place
from evaluations.models import RankingEntry, RankingRun, ScoringScheme
from members.models import Member
from tests.ledger.breaking.by_hand import breaks, change, drop_line_about, first


@breaks("rankings.same")
def _() -> list[str]:
    entry = first(RankingEntry, rank=1)
    change(entry, total="99.99")
    return [place(RankingRun, entry.run_id)]


@breaks("rankings.complete")
def _() -> list[str]:
    entry = first(RankingEntry, rank=None)
    entry.delete()
    return [place(RankingRun, entry.run_id)]


@breaks("rankings.line")
def _() -> list[str]:
    return change(first(RankingRun, number=2), number=3)


@breaks("rankings.recorded")
def _() -> list[str]:
    return drop_line_about(RankingRun, "ranking.compile")


@breaks("rankings.job")
def _() -> list[str]:
    return change(first(RankingRun).job, state="failed")


@breaks("rankings.branch")
def _() -> list[str]:
    return change(first(RankingEntry, run__branch__code="B001"), member=first(Member, branch__code="B002"))


@breaks("schemes.sealed")
def _() -> list[str]:
    scheme = first(ScoringScheme)
    return change(scheme, document={**scheme.document, "decimals": 1})


@breaks("rankings.scheme")
def _() -> list[str]:
    run = first(RankingRun)
    return change(run, scheme_document={**run.scheme_document, "decimals": 1})
