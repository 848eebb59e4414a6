"""How are appeals broken by hand?"""

from __future__ import annotations

from branchportal.ledger import place
from evaluations.models import Appeal, RankingEntry
from tests.ledger.breaking.by_hand import breaks, change, drop_line_about, first


@breaks("appeals.line")
def _() -> list[str]:
    appeal = first(Appeal, run_after__isnull=False)
    return change(appeal, run_after=appeal.run)


@breaks("appeals.corrected")
def _() -> list[str]:
    appeal = first(Appeal, run_after__isnull=False)
    change(first(RankingEntry, run=appeal.run_after, member=appeal.entry.member), inputs=appeal.entry.inputs)
    return [place(Appeal, appeal.pk)]


@breaks("appeals.others")
def _() -> list[str]:
    appeal = first(Appeal, state="upheld")
    return change(appeal, decider=appeal.entry.member.user)


@breaks("appeals.recorded")
def _() -> list[str]:
    return drop_line_about(Appeal, "appeal.filed")
