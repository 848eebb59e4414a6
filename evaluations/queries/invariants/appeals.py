"""Which invariants hold of appeals: recorded, decided by somebody else, and followed by a run with another figure?"""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from branchportal.invariants import without_line
from branchportal.ledger import Asked, Check, Violation, place
from evaluations.models import Appeal, RankingEntry
from evaluations.queries.appeals import SAME, differs

LINES = {  # how the trail tells of what became of an appeal
    Appeal.State.UPHELD: ("appeal.upheld",),
    Appeal.State.DECLINED: ("appeal.declined", "appeal.taken_back"),
    Appeal.State.WITHDRAWN: ("appeal.withdrawn",),
}


def followed_elsewhere(asked: Asked) -> Iterator[Violation]:
    """The run that follows an appeal is a later one of the same ranking."""
    for appeal in _followed():
        before, after = appeal.run, appeal.run_after
        if any(getattr(before, name) != getattr(after, name) for name in SAME) or after.number <= before.number:
            yield Violation(place(Appeal, appeal.pk), f"run={before.pk} run_after={after.pk}")


def followed_without_correction(asked: Asked) -> Iterator[Violation]:
    """In the run that follows an appeal the figure rests on something else."""
    for appeal in _followed():
        after = RankingEntry.objects.filter(run=appeal.run_after, member=appeal.entry.member_id).first()
        if after is not None and not differs(appeal.entry.inputs, after.inputs, appeal.figure):
            yield Violation(place(Appeal, appeal.pk), f"run_after={appeal.run_after_id} rests on the same")


def decided_by_himself(asked: Asked) -> Iterator[Violation]:
    """Nobody decided an appeal about himself."""
    own = Appeal.objects.filter(decider__isnull=False, decider=F("entry__member__user"))
    for pk in own.order_by("pk").values_list("pk", flat=True):
        yield Violation(place(Appeal, pk), "decided by the person himself")


def appeal_without_line(asked: Asked) -> Iterator[Violation]:
    """Of every appeal the audit trail tells that it was filed and what was decided."""
    yield from without_line(Appeal, ("appeal.filed",), asked)
    for state, actions in LINES.items():
        yield from without_line(Appeal, actions, asked, Appeal.objects.filter(state=state))
    yield from without_line(Appeal, ("appeal.followed",), asked, Appeal.objects.filter(run_after__isnull=False))


def _followed() -> Iterator[Appeal]:
    found = Appeal.objects.filter(run_after__isnull=False).select_related("entry__run", "run_after")
    return found.defer("entry__run__scheme_document", "run_after__scheme_document").order_by("pk").iterator()


_FAULT = _("Note the row and what happened around it, and report it as a fault of the program.")
_BEHIND = _("Somebody has changed the database behind the portal: compare the row with the last backup.")

CHECKS = (
    Check("appeals.line", _("An upheld appeal is followed by a later run of its ranking."), _FAULT, followed_elsewhere),
    Check(
        "appeals.corrected", _("What an upheld appeal was about was corrected."), _BEHIND, followed_without_correction
    ),
    Check("appeals.others", _("Nobody decided an appeal about himself."), _BEHIND, decided_by_himself),
    Check("appeals.recorded", _("The audit trail tells of every appeal."), _BEHIND, appeal_without_line),
)
