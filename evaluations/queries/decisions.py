"""Which decisions has a branch taken by its rankings, what was decided about whom, and what waits for whom?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from activities.models import Activity
from activities.queries.expected import COMMITTEE, COMMITTEE_MEETING
from evaluations.decision_wording import DEPARTURES
from evaluations.departures import Decided, Departure, departures
from evaluations.models import Decision, DecisionMeeting, Freezing, RankingEntry, RankingRun
from evaluations.purposes import Purpose
from evaluations.queries import freezings, rankings
from members.access import access_of
from members.models import Branch, RoleAssignment, User
from members.roles import Permission

State, Outcome = DecisionMeeting.State, Decision.Outcome
PURPOSES = (Purpose.CANDIDATE, Purpose.CONVERSION)  # in which somebody waits for the decision


@dataclass(frozen=True)
class Line:
    """What a sheet says of one person, and in which way that departs from the order (None: it does not)."""

    decision: Decision
    departure: Departure | None
    is_last_above_the_line: bool = False

    @property
    def entry(self) -> RankingEntry:
        return self.decision.entry

    @property
    def departure_words(self) -> str:
        return str(DEPARTURES[self.departure]) if self.departure else ""

    @property
    def lacks_reason(self) -> bool:
        return self.departure is not None and not self.decision.reason


def listed(meeting: DecisionMeeting) -> QuerySet[RankingEntry]:
    """The people selected there, in the order of the ranking, once the superior has consented; before that nobody."""
    chosen = Decision.objects.filter(meeting=meeting, meeting__state=State.CONSENTED, outcome=Outcome.SELECTED)
    entries = RankingEntry.objects.filter(decisions__in=chosen).select_related("member")
    return entries.order_by(F("rank").asc(nulls_last=True), "number")


def consented_for(branch: Branch) -> QuerySet[DecisionMeeting]:
    """Sheets of the branch that the superior has consented to, the newest meeting first.

    Left out are those on a run that a newer one has replaced: there the branch decides anew.
    """
    found = DecisionMeeting.objects.filter(run__branch=branch, state=State.CONSENTED)
    return found.filter(run__superseded_by=None).select_related("run__branch").order_by("-held_on", "-pk")


def current(run: RankingRun) -> DecisionMeeting | None:
    """The newest sheet of a run; None where nobody has begun one."""
    return run.decision_meetings.order_by("-number").first()


def is_replaced(meeting: DecisionMeeting) -> bool:
    """Whether a newer run has replaced the one that was decided on, so that a new decision is needed there."""
    return RankingRun.objects.filter(supersedes=meeting.run_id).exists()


def readable(sheets: QuerySet[DecisionMeeting], user: User) -> QuerySet[DecisionMeeting]:
    """Of these sheets: what is still being written is read only where the person may write it."""
    return sheets.filter(~Q(state=State.DRAFT) | access_of(user).rows(Permission.KEEP_DECISIONS, "run__branch"))


def in_list(sheets: QuerySet[DecisionMeeting]) -> QuerySet[DecisionMeeting]:
    """The sheets with what a list shows: `selected` of `people`, and whether a newer run `is_replaced`."""
    chosen = Count("decisions", filter=Q(decisions__outcome=Outcome.SELECTED))
    later = RankingRun.objects.filter(supersedes=OuterRef("run"))
    told = sheets.select_related("run__branch").annotate(selected=chosen, people=Count("decisions"))
    return told.annotate(replaced=Exists(later)).order_by(F("held_on").desc(nulls_first=True), "-pk")


def lines(meeting: DecisionMeeting) -> list[Line]:
    """Everybody of the ranking in its order, then those who are not ranked; the line lies below the quota."""
    found = meeting.decisions.select_related("entry__member")
    decisions = list(found.order_by(F("entry__rank").asc(nulls_last=True), "entry__number"))
    departing = departures(as_decided(decisions))
    ranked = [one.entry for one in decisions if one.entry.rank is not None]
    last = rankings.last_above_the_line(ranked, meeting.quota or 0)
    return [Line(one, departing.get(one.pk), last is not None and one.entry_id == last.pk) for one in decisions]


def as_decided(decisions: list[Decision]) -> list[Decided]:
    """What departures.py reads."""
    return [
        Decided(one.pk, one.entry.rank, one.outcome == Outcome.SELECTED if one.outcome else None) for one in decisions
    ]


def committee(branch: Branch, day: date) -> QuerySet[User]:
    """Who sits in the branch committee on a day, by name."""
    offices = RoleAssignment.objects.on(day).filter(branch=branch, role__in=COMMITTEE)
    return User.objects.filter(pk__in=offices.values("user")).order_by("name", "number")


def meetings_kept(run: RankingRun) -> QuerySet[Activity]:
    """Meetings of the branch committee with minutes since the ranking was frozen, the last one first."""
    found = Activity.objects.filter(
        branch=run.branch_id, kind__code=COMMITTEE_MEETING, cancelled_at=None, minutes__isnull=False
    )
    freezing = run.freezing
    if freezing is None or not freezing.is_frozen:
        return found.none()
    return found.filter(starts_at__date__gte=timezone.localdate(freezing.decided_at)).order_by("-starts_at", "-pk")


def about(entries: list[RankingEntry]) -> dict[int, Decision]:
    """{entry id: the decision of its run's newest sheet} as far as that was recorded and not sent back."""
    told = Decision.objects.filter(entry__in=entries, meeting__state__in=[State.RECORDED, State.CONSENTED])
    return {one.entry_id: one for one in told.select_related("meeting")}


def to_consent(user: User) -> QuerySet[DecisionMeeting]:
    """Recorded decisions that wait for this person; what is of himself or his branch waits for somebody else."""
    waiting = DecisionMeeting.objects.visible_to(user, Permission.CONSENT_DECISIONS)
    own = freezings.own_branches(user, timezone.localdate())
    return (
        waiting.filter(state=State.RECORDED, run__superseded_by=None)
        .exclude(signer=user)
        .exclude(run__branch__path__in=own)
    )


def sent_back(user: User) -> QuerySet[DecisionMeeting]:
    """Decisions that came back to where this person records them, and are not revised yet."""
    later = DecisionMeeting.objects.filter(run=OuterRef("run"), number__gt=OuterRef("number"))
    found = DecisionMeeting.objects.visible_to(user, Permission.RECORD_DECISIONS).filter(state=State.SENT_BACK)
    return found.filter(~Exists(later), run__superseded_by=None)


def to_decide(user: User) -> QuerySet[Freezing]:
    """Frozen rankings of candidates and conversions on which the committee has not begun to decide, or is at it."""
    frozen = Freezing.objects.visible_to(user, Permission.RECORD_DECISIONS).frozen()
    begun = DecisionMeeting.objects.filter(run=OuterRef("run")).exclude(state=State.DRAFT)
    return frozen.filter(~Exists(begun), run__superseded_by=None, run__purpose__in=PURPOSES)


def differences(meeting: DecisionMeeting, values: dict[str, Any], labels: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Where typed words of the meeting differ from the stored ones: (label, stored, typed)."""
    pairs = ((label, getattr(meeting, name), values[name]) for name, label in labels.items())
    return [(str(label), _text(stored), _text(typed)) for label, stored, typed in pairs if stored != typed]


def _text(value: Any) -> str:
    return "–" if value in {None, ""} else str(value)
