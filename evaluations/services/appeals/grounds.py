"""Which compilation may replace a frozen run: exactly one that carries an upheld appeal of that ranking?

Everything here is asked again behind the lock on the newest run (`services.freezing.held`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_noop as _

from branchportal import audit
from branchportal.models import JobRun
from branchportal.notifications import notify
from evaluations.models import Appeal, RankingRun
from evaluations.queries import rankings
from evaluations.queries.appeals import SAME, differs, upheld_of_line
from evaluations.refusals import Refused
from members.models import Branch

ARGUMENT = "appeal"  # of a job: the appeal on whose ground it compiles

Inputs = Mapping[int, Mapping[str, Any]]  # {member: what his row rests on}


class Grounds:
    """What was upheld in these branches, as it stands behind the locks; locked itself until the transaction ends."""

    def __init__(self, branches: Collection[Branch]) -> None:
        upheld = Appeal.objects.filter(state=Appeal.State.UPHELD, entry__run__branch__in=branches).order_by("pk")
        rows = upheld.select_for_update(of=("self",)).select_related("entry__run")
        self._of_line: dict[tuple, list[Appeal]] = defaultdict(list)
        for appeal in rows.defer("entry__run__scheme_document"):
            self._of_line[line_of(appeal.run)].append(appeal)

    def refusal(self, job: JobRun, line: tuple, inputs: Inputs) -> Refused | None:
        """Why this compilation can't be: it carries no upheld appeal, or would undo what one has corrected."""
        known, carried = self._of_line.get(line, []), job.arguments.get(ARGUMENT)
        if carried is not None and carried not in {appeal.pk for appeal in known if appeal.run_after_id is None}:
            return not_carried()
        bound = [appeal for appeal in known if appeal.run_after_id or appeal.pk == carried]
        newest = {(appeal.entry.member_id, appeal.figure): appeal for appeal in bound}  # a later one corrects anew
        return None if all(_counts(appeal, inputs) for appeal in newest.values()) else too_early()

    def followed(self, line: tuple, inputs: Inputs) -> list[Appeal]:
        """The upheld appeals of this ranking that a run with these rows is the first to follow."""
        known = self._of_line.get(line, [])
        return [appeal for appeal in known if appeal.run_after_id is None and _counts(appeal, inputs)]


def line_of(run: RankingRun) -> tuple:
    """What all runs of one ranking have in common."""
    return tuple(getattr(run, name) for name in SAME)


def holds(appeal: Appeal, newest: RankingRun) -> bool:
    """Whether this appeal was upheld, has no run yet, and is about this very ranking."""
    return appeal.is_upheld and appeal.run_after_id is None and line_of(appeal.run) == line_of(newest)


def _counts(appeal: Appeal, inputs: Inputs) -> bool:
    """Whether the person's figure rests on something else here than in the row appealed against."""
    member = appeal.entry.member_id
    return member not in inputs or differs(appeal.entry.inputs, inputs[member], appeal.figure)


def not_carried() -> Refused:
    """Why a job that names an appeal which does not hold any more is refused."""
    return Refused(_("No upheld appeal waits for this: it was not upheld, or the ranking was compiled for it already."))


def too_early() -> Refused:
    """Why a job is refused that has read before a figure was corrected."""
    return Refused(
        _("A figure was corrected because of an appeal, and this would be without it: compile the newest run again.")
    )


def check_nothing_upheld(run: RankingRun) -> None:
    """Raise Refused where an appeal against this ranking was upheld and its run is still to come."""
    if upheld_of_line(run).exists():
        raise Refused(
            _("An appeal against this ranking was upheld: a figure is corrected and the ranking compiled again first.")
        )


def follow(appeal: Appeal, run: RankingRun) -> None:
    """Write down that this run, whose rows are written, rests on the appeal, and tell whoever it moved."""
    appeal.run_after = run
    appeal.save(update_fields=["run_after"])
    after = {"appeal": appeal.pk, "run": run.number, "supersedes": run.supersedes.number}
    audit.record("appeal.followed", by=run.compiled_by, subject=appeal, branch=run.branch, after=after)
    _tell(appeal, run, rankings.moves(run))


def _tell(appeal: Appeal, run: RankingRun, moves: Sequence[rankings.Move]) -> None:
    """The appellant, and everybody whose place is another one; to these nobody's name is told."""
    people = {entry.pk: entry.member.user for entry in run.entries.select_related("member__user")}
    before = {entry.pk: entry.member.user for entry in run.supersedes.entries.select_related("member__user")}
    months = f"{run.first_month:%Y-%m} – {run.last_month:%Y-%m}"
    about = {"purpose": run.purpose, "branch": run.branch.name, "months": months}
    for move in moves:
        user = people[move.after.pk] if move.after else before[move.before.pk]
        is_own = (move.after or move.before).member_id == appeal.entry.member_id
        ranks = [entry.rank if entry else None for entry in (move.before, move.after)]
        if user is None or not (is_own or ranks[0] != ranks[1]):
            continue
        kind = "appeal_followed" if is_own else "place_changed"
        url = reverse("evaluations:own_ranking", args=[run.pk]) if move.after else reverse("evaluations:own_rankings")
        notify([user], kind, key=str(appeal.pk), context={**about, "before": ranks[0], "after": ranks[1]}, url=url)
