"""A decision with consent, its public notice, and objections to it, for tests.

meeting = make_meeting(tree)                    # 赵明远 and 钱子涵 are selected, the third is not
notice = published(meeting, by=secretary)       # hangs out from 23 to 27 November 2026
objection, receipt = objected(notice)           # by the link, in the name of 吴用
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID, uuid4

from evaluations.models import DecisionMeeting, Objection, PublicNotice, RankingRun
from evaluations.services.public_notices import objecting, publishing
from evaluations.services.public_notices.objecting import Words
from evaluations.services.public_notices.publishing import Wording
from members.models import Member, User
from tests.evaluations.ranking_material import OCTOBER, SEPTEMBER, compile_now, install, review
from tests.factories import make_member

DECIDED = datetime(2026, 11, 19, 3, tzinfo=UTC)
NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)  # a Friday
DURING = datetime(2026, 11, 24, 3, tzinfo=UTC)
LAST_MOMENT = datetime(2026, 11, 27, 15, 59, 59, tzinfo=UTC)  # 23:59:59 in Shanghai
AFTER = datetime(2026, 11, 27, 16, tzinfo=UTC)
WORDING = Wording("signed_in", "行政楼 203，0571-0000", "学院党委办公室 301，0571-1111", 5)
LINKED = Wording("link", WORDING.contact, WORDING.object_to, 5)
WORDS = "他在十月没有参加任何一次值班。"


def make_meeting(tree, *, people: list[Member] | None = None, branch=None) -> DecisionMeeting:
    """A ranking of three of whom the first two are selected, with the superior's consent."""
    branch = branch or tree.b1
    people = people or [make_member(branch) for _number in range(3)]
    install(branch)
    for place, member in enumerate(people):
        review(member, SEPTEMBER, own=90 - place, branch=80 - place)
        review(member, OCTOBER, own=91 - place, branch=83 - place)
    run = compile_now(branch, SEPTEMBER, OCTOBER)
    return consented(run, [people[0].pk, people[1].pk])


def consented(run: RankingRun, selected: list[int], *, number: int = 1) -> DecisionMeeting:
    signer, reviewer = (User.objects.create(number=f"{name}{run.pk}-{number}", name=name) for name in ("甲", "乙"))
    meeting = DecisionMeeting.objects.create(
        run=run, number=number, state="consented", held_on=date(2026, 11, 18), entitled=5, present=5, chair="王书记",
        recorder="钱委员", minutes="逐人讨论，一致同意。", saved_at=DECIDED, saved_by=signer, signer=signer,
        signer_name=signer.name, signer_role="secretary", recorded_at=DECIDED, reviewer=reviewer,
        reviewer_name=reviewer.name, reviewer_role="reviewer", reviewed_at=DECIDED,
    )  # fmt: skip
    for entry in run.entries.all():
        outcome = "selected" if entry.member_id in selected else "not_selected"
        meeting.decisions.create(entry=entry, outcome=outcome)
    return meeting


def prepared(meeting: DecisionMeeting, *, by: User, wording: Wording = WORDING, now: datetime = NOW) -> PublicNotice:
    return publishing.prepare(meeting=meeting, wording=wording, by=by, now=now)


def published(meeting: DecisionMeeting, *, by: User, wording: Wording = WORDING, now: datetime = NOW) -> PublicNotice:
    notice = prepared(meeting, by=by, wording=wording, now=now)
    return publishing.publish(notice=notice, version=notice.version, by=by, now=now)


def objected(
    notice: PublicNotice,
    *,
    text: str = WORDS,
    name: str = "吴用",
    contact: str = "137-0000-0000",
    user: User | None = None,
    entry: UUID | None = None,
    now: datetime = DURING,
) -> tuple[Objection, str]:
    about = notice.people.order_by("position").first()
    words = Words(about, text, user.name if user else name, contact)
    return objecting.file(notice=notice, words=words, entry=entry or uuid4(), user=user, now=now)
