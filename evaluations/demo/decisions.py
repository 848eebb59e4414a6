"""What has the demo's branch committee decided? One frozen ranking, to which the superior committee has consented."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from evaluations.demo.months import Filled
from evaluations.models import Decision, Freezing
from evaluations.queries import decisions as queries
from evaluations.services import decision_signing, decisions
from evaluations.services.decisions import Meeting, Said
from members.queries.offices import holders
from members.roles import Permission

PLACES = 3
MINUTES = "会议听取了培养联系人的意见，逐人讨论后举手表决。与会委员一致同意所列人选，名次仅供研究参考。"
WHY_POSTPONED = "近三个月思想汇报缺一次，支委会认为应继续考察，下学期再议。"
WHY_SELECTED = "三个一任务连续完成，联系班级反映突出，支委会认为已具备条件。"
WHY_OTHERWISE = "名次相同，支委会结合培养联系人意见确定。"


def write(filled: Filled, now: datetime) -> None:
    """The first two and the fourth are selected, the third is postponed; what departs from the order has its reason."""
    frozen = Freezing.objects.frozen().filter(run__branch=filled.branch, run__ranked_count__gt=PLACES).first()
    if frozen is None:
        return
    today = timezone.localdate(now)
    secretary = holders(Permission.RECORD_DECISIONS, filled.branch, today)[0]
    reviewer = holders(Permission.CONSENT_DECISIONS, filled.branch, today)[0]
    meeting = decisions.begin(run=frozen.run, by=secretary, now=now)
    committee = [user.name for user in queries.committee(filled.branch, today)]
    held = Meeting(
        held_on=today, entitled=len(committee), present=len(committee), chair=secretary.name,
        recorder=next((name for name in committee if name != secretary.name), secretary.name), minutes=MINUTES,
        quota=PLACES,
    )  # fmt: skip
    for said in (_outcomes, _reasons):
        found = said(queries.lines(meeting))
        meeting = decisions.save(meeting=meeting, version=meeting.version, held=held, said=found, by=secretary, now=now)
    meeting = decision_signing.record(meeting=meeting, version=meeting.version, by=secretary, now=now)
    decision_signing.consent(meeting=meeting, version=meeting.version, by=reviewer, now=now)


def _outcomes(lines: list[queries.Line]) -> dict[int, Said]:
    chosen, ranked = {0, 1, PLACES}, [line for line in lines if line.entry.rank is not None]
    outcome = {True: Decision.Outcome.SELECTED, False: Decision.Outcome.NOT_SELECTED}
    said = {line.decision.pk: Said(outcome[place in chosen]) for place, line in enumerate(ranked)}
    return said | {ranked[2].decision.pk: Said(Decision.Outcome.POSTPONED)}


def _reasons(lines: list[queries.Line]) -> dict[int, Said]:
    return {
        line.decision.pk: Said(line.decision.outcome, _reason(line)) for line in lines if line.departure is not None
    }


def _reason(line: queries.Line) -> str:
    if line.decision.outcome == Decision.Outcome.POSTPONED:
        return WHY_POSTPONED
    return WHY_SELECTED if line.decision.outcome == Decision.Outcome.SELECTED else WHY_OTHERWISE
