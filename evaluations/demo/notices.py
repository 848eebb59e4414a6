"""What hangs out in the demo: the people whom the first branch has selected, and one objection that was decided."""

from __future__ import annotations

from datetime import datetime
from uuid import NAMESPACE_OID, uuid5

from django.utils import timezone

from evaluations.demo.months import Filled
from evaluations.models import DecisionMeeting, PublicNotice
from evaluations.queries import objections
from evaluations.services.public_notices import objecting, publishing
from evaluations.services.public_notices.objecting import Words
from evaluations.services.public_notices.publishing import Wording
from members.queries.offices import holders
from members.roles import Permission

WORDING = Wording(
    PublicNotice.Reach.LINK, "学生活动中心 203 室，电话 000-0000", "学院党委办公室 301 室，电话 000-0001", 5
)
OBJECTION = "十月值班表上有一次缺勤未作说明，请予核实。"
STEP = "已调阅值班签到表，并向值班组长核实。"
REPLY = "经核实，该次值班事先已办理调班，有调班记录，不属于缺勤。"


def write(filled: Filled, now: datetime) -> None:
    """One notice by a link; of the objection to it the branch sees nothing."""
    state = DecisionMeeting.State.CONSENTED
    meeting = DecisionMeeting.objects.filter(run__branch=filled.branch, state=state).first()
    if meeting is None:
        return
    secretary = holders(Permission.PUBLISH_NOTICE, filled.branch, timezone.localdate(now))[0]
    notice = publishing.prepare(meeting=meeting, wording=WORDING, by=secretary, now=now)
    notice = publishing.publish(notice=notice, version=notice.version, by=secretary, now=now)
    words = Words(notice.people.order_by("position").first(), OBJECTION, "周同学", "000-0002")
    entry = uuid5(NAMESPACE_OID, f"{filled.branch.code}/objection")
    objection, _receipt = objecting.file(notice=notice, words=words, entry=entry, user=None, now=now)
    for reviewer in objections.handlers(notice, timezone.localdate(now))[:1]:
        step = uuid5(NAMESPACE_OID, f"{filled.branch.code}/step")
        objecting.add_entry(objection=objection, text=STEP, entry=step, by=reviewer, now=now)
        objecting.decide(objection=objection, decision="not_upheld", reply=REPLY, by=reviewer, now=now)
