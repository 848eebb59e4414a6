"""Which decisions has a branch taken by its rankings, what was decided about whom, and what waits for whom?"""

from __future__ import annotations

from django.db.models import QuerySet

from evaluations.models import Decision, DecisionMeeting, RankingEntry, RankingRun
from members.models import Branch


def listed(meeting: DecisionMeeting) -> QuerySet[RankingEntry]:
    """The people selected there, in the order of the ranking, once the superior has consented; before that nobody."""
    chosen = Decision.objects.filter(
        meeting=meeting, meeting__state=DecisionMeeting.State.CONSENTED, outcome=Decision.Outcome.SELECTED
    )
    return RankingEntry.objects.filter(decisions__in=chosen).select_related("member")


def consented_for(branch: Branch) -> QuerySet[DecisionMeeting]:
    """Sheets of the branch that the superior has consented to, the newest meeting first.

    Left out are those on a run that a newer one has replaced: there the branch decides anew.
    """
    found = DecisionMeeting.objects.filter(run__branch=branch, state=DecisionMeeting.State.CONSENTED)
    return found.filter(run__superseded_by=None).select_related("run__branch").order_by("-held_on", "-pk")


def current(run: RankingRun) -> DecisionMeeting | None:
    """The newest sheet of a run; None where nobody has begun one."""
    return run.decision_meetings.order_by("-number").first()


def is_replaced(meeting: DecisionMeeting) -> bool:
    """Whether a newer run has replaced the one that was decided on, so that a new decision is needed there."""
    return RankingRun.objects.filter(supersedes=meeting.run_id).exists()
