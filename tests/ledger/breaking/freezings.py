"""How are frozen rankings broken by hand?"""

from __future__ import annotations

from branchportal.ledger import place
from evaluations.models import Freezing, RankingEntry, RankingRun
from tests.ledger.breaking.by_hand import breaks, change, drop_line_about, first


@breaks("freezings.same")
def _() -> list[str]:
    freezing = first(Freezing, state="frozen")
    change(first(RankingEntry, run=freezing.run, rank=1), total="99.99")
    return [place(Freezing, freezing.pk)]


@breaks("freezings.two")
def _() -> list[str]:
    freezing = first(Freezing, state="frozen")
    return change(freezing, proposer_for=freezing.decider)


@breaks("freezings.last")
def _() -> list[str]:
    freezing = first(Freezing, state="frozen")
    change(RankingRun.objects.exclude(pk=freezing.run_id).filter(supersedes=None)[0], supersedes=freezing.run)
    return [place(Freezing, freezing.pk)]


@breaks("freezings.recorded")
def _() -> list[str]:
    return drop_line_about(RankingRun, "ranking.frozen")
