"""A decision with consent, its public notice, and objections to it, for tests.

meeting = make_meeting(tree)                    # 赵明远 and 钱子涵 are selected, the third is not
notice = published(meeting, by=secretary)       # hangs out from 23 to 27 November 2026
objection, receipt = objected(notice)           # by the link, in the name of 吴用
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID, uuid4

from evaluations import receipts
from evaluations.models import DecisionMeeting, Objection, PublicNotice, RankingRun
from evaluations.services.public_notices import objecting, publishing
from evaluations.services.public_notices.objecting import Words
from evaluations.services.public_notices.publishing import Wording
from members.models import Branch, Member, User
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


def notices(branch: Branch, run: RankingRun, *, by: User) -> dict[str, dict]:
    """Notices in each state and an objection, as arguments of addresses; `run` is copied for other periods."""
    running = _hanging(branch, run, 1, date(2026, 11, 16))
    over = _hanging(branch, run, 2, date(2026, 11, 9))
    draft_of, waiting = (_decided(branch, run, number) for number in (3, 4))
    draft = prepared(draft_of, by=by)
    objection = running.objections.create(
        about=running.people.get(), text=WORDS, name="吴用", contact="137-0000-0000", entry=uuid4(), filed_at=DECIDED,
        receipt_hash=receipts.hash_of(objecting.receipt_of(uuid4())), due_on=date(2026, 11, 24),
    )  # fmt: skip
    return {
        "notice": {"pk": running.pk},
        "notice_over": {"pk": over.pk},
        "notice_draft": {"pk": draft.pk},
        "notice_link": {"token": running.token},
        "decided": {"pk": waiting.pk},
        "objection": {"pk": objection.pk},
    }


def _decided(branch: Branch, run: RankingRun, number: int) -> DecisionMeeting:
    """A decision on a run of one person, of a period of its own."""
    month = date(2020, number, 1)
    entry = run.entries.filter(rank__isnull=False).order_by("rank").first()
    copy = RankingRun.objects.create(
        branch=branch, purpose=run.purpose, first_month=month, last_month=month, number=1, scheme=run.scheme,
        scheme_document=run.scheme_document, fingerprint=run.fingerprint, ranked_count=1, not_ranked_count=0,
        compiled_at=DECIDED,
    )  # fmt: skip
    entry.pk, entry.run = None, copy
    entry.save()
    return consented(copy, [entry.member_id])


def _hanging(branch: Branch, run: RankingRun, number: int, last: date) -> PublicNotice:
    meeting = _decided(branch, run, number)
    notice = PublicNotice.objects.create(
        meeting=meeting, state="published", reach="link", token=f"{branch.code}-{number}", contact="行政楼 203",
        object_to="党委办公室 301", reply_days=10, prepared_at=DECIDED, prepared_by=meeting.signer,
        published_at=datetime(2026, 11, 2, 3, tzinfo=UTC), published_by=meeting.signer, publisher_name="王书记",
        first_on=date(2026, 11, 3), last_on=last,
    )  # fmt: skip
    member = run.entries.filter(rank__isnull=False).order_by("rank").first().member
    notice.people.create(member=member, position=1, name=member.name, class_name=member.class_name)
    return notice
