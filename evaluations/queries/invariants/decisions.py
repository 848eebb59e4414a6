"""Which invariants hold of decisions of branch committees: on frozen rankings, reasoned, one that holds per ranking?"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from branchportal.invariants import without_line
from branchportal.ledger import Asked, Check, Violation, place
from evaluations.departures import departures
from evaluations.models import Decision, DecisionMeeting, Freezing, RankingEntry
from evaluations.queries.decisions import as_decided

State = DecisionMeeting.State
SIGNED = (State.RECORDED, State.CONSENTED)
READ_AT_ONCE = 2_000


def not_frozen(asked: Asked) -> Iterator[Violation]:
    """Every sheet belongs to a frozen run, and says something of everybody in it and of nobody else."""
    frozen = Freezing.objects.frozen().filter(run=OuterRef("run"))
    sheets = DecisionMeeting.objects.order_by("pk")
    for pk in sheets.filter(~Exists(frozen)).values_list("pk", flat=True):
        yield Violation(place(DecisionMeeting, pk), "the ranking is not frozen")
    foreign = Decision.objects.exclude(entry__run=F("meeting__run")).order_by("pk")
    for pk, entry in foreign.values_list("pk", "entry"):
        yield Violation(place(Decision, pk), f"entry={entry} of another ranking")
    people = RankingEntry.objects.filter(run=OuterRef("run")).order_by().values("run").annotate(found=Count("pk"))
    counted = sheets.annotate(decided=Count("decisions"), entries=Subquery(people.values("found")))
    for pk, decided, entries in counted.exclude(decided=F("entries")).values_list("pk", "decided", "entries"):
        yield Violation(place(DecisionMeeting, pk), f"{decided} of {entries} people")


def without_reason(asked: Asked) -> Iterator[Violation]:
    """In a recorded sheet everybody ranked is decided on, and whatever departs from the order has its reason."""
    found = Decision.objects.filter(meeting__state__in=SIGNED).select_related("entry").order_by("meeting", "pk")
    found = found.defer("entry__inputs", "entry__evidence", "entry__components", "entry__reasons")
    for _meeting, group in groupby(found.iterator(chunk_size=READ_AT_ONCE), key=lambda one: one.meeting_id):
        asked.alive()
        decisions = list(group)
        departing = departures(as_decided(decisions))
        for one in decisions:
            if one.entry.rank is not None and not one.outcome:
                yield Violation(place(Decision, one.pk), "not decided")
            if one.pk in departing and not one.reason:
                yield Violation(place(Decision, one.pk), f"{departing[one.pk]} without a reason")


def several(asked: Asked) -> Iterator[Violation]:
    """Of the sheets of a ranking only the last one holds; the others were sent back."""
    later = DecisionMeeting.objects.filter(run=OuterRef("run"), number__gt=OuterRef("number"))
    found = DecisionMeeting.objects.filter(Exists(later)).exclude(state=State.SENT_BACK).order_by("pk")
    for pk, number in found.values_list("pk", "number"):
        yield Violation(place(DecisionMeeting, pk), f"sheet {number} is not the last one")


def about_himself(asked: Asked) -> Iterator[Violation]:
    """Nobody consented to a decision about himself, or to one that he recorded himself."""
    own = Decision.objects.filter(meeting=OuterRef("pk"), entry__member__user=OuterRef("reviewer"))
    one = Q(reviewer=F("signer")) | Q(reviewer=F("signer_for")) | Q(reviewer_for=F("signer"))
    found = DecisionMeeting.objects.filter(Exists(own) | one, state=State.CONSENTED).order_by("pk")
    for pk in found.values_list("pk", flat=True):
        yield Violation(place(DecisionMeeting, pk), "consented to by somebody concerned")


def without_lines(asked: Asked) -> Iterator[Violation]:
    """The audit trail tells of every sheet that it was recorded, and of every one that holds that it was agreed to."""
    yield from without_line(
        DecisionMeeting, ("decision.recorded",), asked, DecisionMeeting.objects.exclude(state=State.DRAFT)
    )
    holds = DecisionMeeting.objects.filter(state=State.CONSENTED)
    yield from without_line(DecisionMeeting, ("decision.consented",), asked, holds)


_BEHIND = _(
    "Somebody has changed the database behind the portal: compare the sheet with its signed paper and with the last "
    "backup. Announce nobody by this decision until then."
)

CHECKS = (
    Check("decisions.frozen", _("Every decision is about all the people of a frozen ranking."), _BEHIND, not_frozen),
    Check("decisions.reasons", _("What departs from the order of a ranking has its reason."), _BEHIND, without_reason),
    Check("decisions.one", _("Of each ranking one decision holds."), _BEHIND, several),
    Check("decisions.others", _("Somebody else consented to each decision."), _BEHIND, about_himself),
    Check("decisions.recorded", _("The audit trail tells of every decision."), _BEHIND, without_lines),
)
