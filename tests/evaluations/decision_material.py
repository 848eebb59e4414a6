"""Who decides by which frozen ranking in a test, and what is said?"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from evaluations.models import Decision, DecisionMeeting, Freezing, RankingEntry, RankingRun
from evaluations.services import decision_signing, decisions
from evaluations.services.decisions import Meeting, Said
from members.models import Branch, User
from tests.evaluations.freezing_material import Hands, freeze, make_hands, make_run
from tests.evaluations.ranking_material import OCTOBER, SEPTEMBER, compile_now, install, review
from tests.factories import make_member

FROZEN_AT = datetime(2026, 11, 1, 3, tzinfo=UTC)
HELD_ON = date(2026, 11, 23)
NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
MINUTES_TEXT = "逐人讨论后表决。"
MEETING = Meeting(
    held_on=HELD_ON, entitled=5, present=4, chair="王书记", recorder="赵组织", minutes=MINUTES_TEXT, quota=2
)
SELECTED, NOT_SELECTED, POSTPONED = "selected", "not_selected", "postponed"


def make_frozen(tree, *, people: int = 3) -> tuple[RankingRun, Hands]:
    """A frozen ranking of September and October, in which the last one is not ranked."""
    run, hands = make_run(tree, people=people), make_hands(tree)
    freeze(run, hands)
    return run, hands


def make_tied(tree) -> tuple[RankingRun, Hands]:
    """The same with two people on the first place."""
    install(tree.b1)
    for name, own in (("赵一", 90), ("钱二", 90), ("孙三", 85)):
        member = make_member(tree.b1, name=name)
        review(member, SEPTEMBER, own=own, branch=80)
        review(member, OCTOBER, own=own, branch=80)
    run, hands = compile_now(tree.b1, SEPTEMBER, OCTOBER), make_hands(tree)
    freeze(run, hands)
    return run, hands


def begin(run: RankingRun, by: User, *, now: datetime = NOW) -> DecisionMeeting:
    return decisions.begin(run=run, by=by, now=now)


def said(meeting: DecisionMeeting, *outcomes: str | tuple[str, str]) -> dict[int, Said]:
    """An outcome, or an outcome and a reason, for each in the order of the sheet."""
    rows = list(meeting.decisions.order_by("entry__rank", "entry__number"))
    ranked, others = [one for one in rows if one.entry.rank], [one for one in rows if not one.entry.rank]
    values = [Said(one) if isinstance(one, str) else Said(*one) for one in outcomes]
    return {one.pk: value for one, value in zip(ranked + others, values, strict=False)}


def save(
    meeting: DecisionMeeting, by: User, *outcomes: str | tuple[str, str], held: Meeting = MEETING,
    now: datetime = NOW, version: int | None = None,
) -> DecisionMeeting:  # fmt: skip
    version = meeting.version if version is None else version
    return decisions.save(meeting=meeting, version=version, held=held, said=said(meeting, *outcomes), by=by, now=now)


def record(meeting: DecisionMeeting, by: User, *, now: datetime = NOW, version: int | None = None) -> DecisionMeeting:
    version = meeting.version if version is None else version
    return decision_signing.record(meeting=meeting, version=version, by=by, now=now)


def consent(meeting: DecisionMeeting, by: User, *, now: datetime = NOW, version: int | None = None) -> DecisionMeeting:
    version = meeting.version if version is None else version
    return decision_signing.consent(meeting=meeting, version=version, by=by, now=now)


def send_back(
    meeting: DecisionMeeting, by: User, reason: str = "请补充理由", *, now: datetime = NOW
) -> DecisionMeeting:
    return decision_signing.send_back(meeting=meeting, reason=reason, by=by, now=now)


def recorded(run: RankingRun, hands: Hands) -> DecisionMeeting:
    """The first two selected, the third not: as the ranking has them."""
    meeting = save(begin(run, hands.secretary), hands.secretary, SELECTED, SELECTED, NOT_SELECTED)
    return record(meeting, hands.secretary)


def consented(run: RankingRun, hands: Hands) -> DecisionMeeting:
    return consent(recorded(run, hands), hands.reviewer)


def sheets_of(branch: Branch, run: RankingRun, *, by: User) -> dict[str, dict[str, int]]:
    """As arguments of addresses: a frozen run without a sheet, a sheet that can be recorded, one that is recorded."""
    frozen, drafted, decided = (
        _frozen_copy(run, purpose, by=by) for purpose in ("candidate", "conversion", "appraisal")
    )
    signed = {"signer": by, "signer_name": by.name, "signer_role": "secretary", "recorded_at": NOW}
    return {
        "frozen_run": {"pk": frozen.pk},
        "draft_sheet": {"pk": _sheet(drafted, by).pk},
        "recorded_sheet": {"pk": _sheet(decided, by, state="recorded", **signed).pk},
    }


def _frozen_copy(run: RankingRun, purpose: str, *, by: User) -> RankingRun:
    """One more run of that ranking, of a month of its own, frozen."""
    columns = ("branch", "scheme", "scheme_document", "fingerprint", "ranked_count", "not_ranked_count", "compiled_at")
    same = {name: getattr(run, name) for name in columns}
    copy = RankingRun.objects.create(
        **same, purpose=purpose, first_month=SEPTEMBER, last_month=SEPTEMBER, number=1, compiled_by=by
    )
    entries = list(run.entries.all())
    for entry in entries:
        entry.pk, entry.run = None, copy
    RankingEntry.objects.bulk_create(entries)
    second = User.objects.get_or_create(number="900099", defaults={"name": "吴审核"})[0]
    Freezing.objects.create(
        run=copy, state="frozen", fingerprint=run.fingerprint, proposer=by, proposer_name=by.name,
        proposer_role="secretary", proposed_at=FROZEN_AT, decider=second, decider_name=second.name,
        decider_role="reviewer", decided_at=FROZEN_AT,
    )  # fmt: skip
    return copy


def _sheet(run: RankingRun, by: User, **values: Any) -> DecisionMeeting:
    """Everybody who is ranked is selected."""
    said = {**vars(MEETING), "held_on": FROZEN_AT.date()}
    meeting = DecisionMeeting.objects.create(run=run, number=1, saved_at=NOW, saved_by=by, **said, **values)
    Decision.objects.bulk_create(
        Decision(meeting=meeting, entry=entry, outcome=SELECTED if entry.rank else "") for entry in run.entries.all()
    )
    return meeting
