"""What is typed into each form that is sent many times at once, and what has to be there before?"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.files.uploadedfile import SimpleUploadedFile

from activities.models import Activity, SignUp
from branchportal.models import JobRun, Notification
from evaluations.models import Appeal, Cycle, Due, Freezing, PublicNotice, Reminder, ScoringScheme, SelfReview
from members import notice
from members.models import Branch, Member, Transfer, User
from members.roles import Role
from members.stages import Stage
from tests.access.world import NOW, World
from tests.evaluations.figures_material import FIGURES, publish_points
from tests.evaluations.ranking_material import NOVEMBER, ready_document
from tests.factories import make_member, make_user

WORDS, NEW_WORDS = "zhibu-menhu-1026", "menhu-zhibu-1126"
ROSTER = "学号,姓名\n2026009001,甲\n"
SCORES = "学号,思想,学习,生活,工作,作风\n9999999,优秀,良好,合格,优秀,坏\n"


@dataclass(frozen=True)
class Sent:
    """What is typed over the fields of the page, and what happens before.

    A field's name may hold the {member} who is rated; what is typed may be a function of the world, or LAST for the
    last choice that the page offers.
    """

    typed: dict[str, Any] = field(default_factory=dict)
    before: Callable[[World], Any] = lambda world: None


@dataclass(frozen=True)
class Upload:
    """A file that is chosen in a form."""

    name: str
    content: str

    def opened(self) -> SimpleUploadedFile:
        return SimpleUploadedFile(self.name, self.content.encode())


def sent(before: Callable[[World], Any] = lambda world: None, **typed: Any) -> Sent:
    return Sent(typed, before)


def password_known(world: World) -> None:
    User.objects.filter(pk=world.user.pk).update(password=make_password(WORDS))


def notice_unread(world: World) -> None:
    User.objects.filter(pk=world.user.pk).update(notice_version=0)


def messages_unread(_world: World) -> None:
    Notification.objects.update(read_at=None)


def job_failed(world: World) -> None:
    JobRun.objects.filter(pk=world.own["job"]["pk"]).update(state=JobRun.State.FAILED)


def log_in_known(world: World) -> None:
    make_user(Role.MEMBER, Branch.objects.get(**world.own["branch"]), number="2026009009", password=WORDS)


def ratings_owed(world: World) -> None:
    """Somebody of the branch is due this month."""
    branch = Branch.objects.get(**world.own["branch"])
    Due.objects.get_or_create(
        cycle=Cycle.objects.get(month=NOVEMBER, committee__path=branch.ancestor_paths()[0]), branch=branch,
        member_id=world.own["rated_member"]["member"],
    )  # fmt: skip


def nobody_reminded(_world: World) -> None:
    Reminder.objects.all().delete()
    Notification.objects.all().delete()


def transfer_waits(world: World) -> None:
    Transfer.objects.filter(**world.own["leaving"]).update(state="proposed", answer="", decided_at=None)


def draft_approved(world: World) -> None:
    draft = ScoringScheme.objects.get(**world.own["draft_scheme"])
    ScoringScheme.objects.filter(pk=draft.pk).update(
        approved_on=NOW.date(), approved_by=world.user, approved_mark=draft.mark
    )


def proposed_again(world: World) -> None:
    waiting = {"state": "proposed", "decider": None, "decider_name": "", "decider_role": "", "decided_at": None}
    Freezing.objects.filter(run=world.own["proposed_run"]["pk"]).update(**waiting)


def appeal_waits(world: World) -> None:
    """Again, whatever was sent about it before."""
    undecided = {"state": "waiting", "decider": None, "decider_name": "", "decider_role": "", "decider_for": None}
    Appeal.objects.filter(**world.own["appeal"]).update(**undecided, decided_at=None, reason="")


def appeal_upheld(world: World) -> None:
    """With the figure corrected."""
    appeal = Appeal.objects.get(**world.own["appeal"])
    month = world.own["filed_month"]["month"]
    SelfReview.objects.filter(member=appeal.entry.member, cycle__month=month).update(thought=75)
    appeal_granted(world, figure="self", place=f"{month:%Y-%m}")


def appeal_granted(world: World, figure: str = "months_as_activist", place: str = "") -> None:
    """Against a figure that nobody corrects."""
    decided = {"state": "upheld", "decider": world.user, "reason": "有误", "decided_at": NOW}
    Appeal.objects.filter(**world.own["appeal"]).update(**decided, figure=figure, place=place)
    JobRun.objects.filter(kind="compile_ranking", ranking_run=None).delete()


def second_to_wait(world: World) -> None:
    """For a day to come one has a place, one waits, and so does the one of the address."""
    sign_up = SignUp.objects.select_related("activity__branch").get(**world.own["sign_up"])
    SignUp.objects.filter(pk=sign_up.pk).update(arrival=3)
    for arrival in (1, 2):
        member = make_member(sign_up.activity.branch)
        sign_up.activity.sign_ups.create(member=member, arrival=arrival, has_place=arrival == 1, at=NOW)
    day = NOW + timedelta(days=3)
    Activity.objects.filter(pk=sign_up.activity_id).update(
        starts_at=day, ends_at=day + timedelta(hours=1), signs_up=True, capacity=1, arrivals=3
    )


def this_month(world: World) -> None:
    """Another thing in the address: the month that runs instead of one that is closed."""
    world.own["cycle"] = {"pk": Cycle.objects.get(month=NOVEMBER, committee__code="ROOT").pk}


def notice_hangs(world: World) -> None:
    """As before it was taken down."""
    again = {"state": "published", "ended_at": None, "ended_by": None, "reason": ""}
    PublicNotice.objects.filter(**world.own["notice"]).update(**again)


def another_number(world: World) -> str:
    """Somebody else of the branch who may speak."""
    branch = Branch.objects.get(**world.own["branch"])
    return branch.members.filter(stage=Stage.ACTIVIST, ended_on=None, defences=None).order_by("pk").first().number


def points_counted(world: World) -> None:
    """A scheme of the branch counts bonuses from this month on."""
    publish_points(Branch.objects.get(**world.own["branch"]), NOVEMBER)


def branch_without_people(world: World) -> None:
    world.own["branch"] = {"pk": Branch.objects.get(code="B009").pk}


def with_log_in(world: World) -> None:
    """The person who is late can be told."""
    late = Member.objects.get(pk=world.own["rated_member"]["member"])
    Member.objects.filter(pk=late.pk).update(user=User.objects.create(number=late.number, name=late.name))


def of(thing: str, name: str = "pk") -> Callable[[World], Any]:
    return lambda world: world.own[thing][name]


LAST = object()
SHOWN, SENT = NOW + timedelta(minutes=5), NOW + timedelta(minutes=6)
DRAFT = {"thought": "excellent", "thought_note": "读了报告", "page": "p1", "step": "1"}
SOURCES = {
    "component-self": "self_review",
    "component-branch": "branch_rating",
    "input-months_as_activist": "months_as_activist",
}
# Who sends which form, in this order.
FORMS = {
    "member": {
        "activities:award_edit": sent(title="竞赛一等奖"),
        "activities:award_withdraw": sent(),
        "activities:calendar_address": sent(),
        "activities:duty_entry_add": sent(text="巡查楼道", topic="safety"),
        "activities:duty_entry_edit": sent(text="换好灯泡"),
        "activities:duty_entry_withdraw": sent(reason="写错"),
        "evaluations:review_draft": sent(version="0", **DRAFT),
        "evaluations:review_discard": sent(version="1"),
        "evaluations:review_card": sent(thought_note="读了报告"),
        "evaluations:review_of_month": sent(thought_note="读了两份报告"),
        "members:acknowledge_notice": sent(notice_unread, version=str(notice.VERSION)),
        "members:email": sent(email="a@example.edu"),
        "evaluations:appeal_add": sent(words="登记错了"),
        "evaluations:appeal_withdraw": sent(),
        "members:mail_settings": sent(language="en"),
        "members:open_message": sent(messages_unread),
        "members:read_messages": sent(messages_unread),
        "members:withdraw_correction": sent(),
        "members:password": sent(password_known, old_password=WORDS, password=NEW_WORDS, repeated=NEW_WORDS),
        "set_language": sent(language="zh-hans"),
        "evaluations:public_notice_object": sent(text="他十月没有参加值班。", contact="137"),
        "members:logout": sent(),
    },
    "secretary": {
        "evaluations:public_notice_prepare": sent(contact="行政楼 203", object_to="党委办公室 301"),
        "evaluations:public_notice_edit": sent(contact="行政楼 204"),
        "evaluations:public_notice_publish": sent(),
        "evaluations:public_notice_take_down": sent(reason="名单有误"),
        "evaluations:public_notice_correct": sent(notice_hangs, reason="班级有误"),
        "activities:attendance": sent(**{"version": "1", "state-{member}": "present", "guests": "0"}),
        "activities:award": sent(confirms="yes"),
        "activities:edit": sent(title="参观校史馆", owner=LAST, reason="更正"),
        "activities:duties_assign": sent(**{"class-{member}": "计算机2401"}),
        "activities:duties_remind": sent(with_log_in),
        "activities:duty_edit": sent(subject="5 号楼"),
        "activities:duty_withdraw": sent(reason="换人"),
        "activities:sign_up_change": sent(second_to_wait, wish="put_first", reason="先报名"),
        "evaluations:compile_retry": sent(job_failed),
        "evaluations:freezing_propose": sent(password_known, password=WORDS, note="支委会已讨论"),
        "evaluations:decision_begin": sent(),
        "evaluations:decision_edit": sent(minutes="逐人讨论后表决。"),
        "evaluations:decision_record": sent(password_known, password=WORDS),
        "evaluations:freezing_withdraw": sent(reason="还要核对"),
        "evaluations:defence_add": sent(title="答辩"),
        "evaluations:defence_edit": sent(title="第二次答辩"),
        "evaluations:defence_speakers": sent(chosen=another_number),
        "evaluations:defence_panel": sent(name="钱老师", role="校友"),
        "evaluations:defence_link": sent(),
        "evaluations:defence_open": sent(),
        "evaluations:defence_delete": sent(),
        "evaluations:judge_speaker": sent(mark_1="90"),
        "evaluations:judge_draft": sent(version="0", page="p1", step="1", mark_1="80"),
        "evaluations:judge_conflict": sent(reason="导师"),
        "evaluations:defence_score": sent(reason="导师"),
        "evaluations:defence_close": sent(),
        "evaluations:rating_draft": sent(
            ratings_owed, **{"version-{member}": "0", "thought-{member}": "95", "comment-{member}": "值班两次"}
        ),
        "evaluations:scheme_import": sent(
            branch="B001", purpose="candidate", document=json.dumps(ready_document(name="草案")), **SOURCES
        ),
        "evaluations:scheme_add": sent(name="新方案", version="2027-1", template="seeds_default"),
        "evaluations:scheme_copy": sent(version="2027-1"),
        "evaluations:scheme_edit": sent(decimals="1", save="1"),
        "evaluations:scheme_delete": sent(),
        "evaluations:score_import": sent(source="self", file=Upload("cards.csv", SCORES)),
        "evaluations:score_failing_rows": sent(),
        "evaluations:score_marked_file": sent(),
        "evaluations:column_import": sent(file=Upload("figures.csv", FIGURES)),
        "evaluations:column_batch": sent(),
        "evaluations:column_withdraw": sent(reason="学年弄错"),
        "evaluations:points_add": sent(points_counted, member=LAST, category=LAST, points="3", what="优", source="文"),
        "evaluations:points_edit": sent(points="3", reason="更正"),
        "evaluations:points_withdraw": sent(reason="重复"),
        "evaluations:duty_ratings": sent(**{"class-{member}": "85"}),
        "members:absence_end": sent(),
        "members:member_slips": sent(as_of=SHOWN.isoformat(), member=of("member")),
        "members:staff_slip": sent(),
        "members:end_office": sent(),
        "members:person_edit": sent(class_name="计算机2302"),
        "members:person_end": sent(reason="graduated"),
        "members:person_resume": sent(),
        "members:roster_import": sent(file=Upload("roster.csv", ROSTER)),
        "members:transfer_decline": sent(answer="未收到"),
        "members:transfer_cancel": sent(answer="撤回"),
        "members:transfer_receipt": sent(transfer_waits),
    },
    "reviewer": {
        "activities:add_kind": sent(name="读书分享", group=LAST),
        "activities:edit_kind": sent(name="学习"),
        "activities:retire_kind": sent(wish="retire"),
        "evaluations:changes_seen": sent(until="2026-11-10T04:00:00+00:00"),
        "evaluations:decision_consent": sent(password_known, password=WORDS),
        "evaluations:decision_send_back": sent(reason="请补充理由"),
        "evaluations:freezing_confirm": sent(password_known, password=WORDS),
        "evaluations:freezing_decline": sent(proposed_again, reason="缺一份测评"),
        "evaluations:appeal_uphold": sent(thought="95", study="95", life="95", work="95", conduct="75", reason="有误"),
        "evaluations:appeal_decline": sent(appeal_waits, reason="登记无误"),
        "evaluations:appeal_take_back": sent(appeal_granted, reason="原始记录已无法更正"),
        "evaluations:appeal_compile": sent(appeal_upheld),
        "evaluations:public_notice_outcome": sent(note="无"),
        "evaluations:objection_step": sent(text="已核实。", entry="6f1c1f5e-0c1b-4a39-9a7e-0d9a2f6f0a11"),
        "evaluations:objection_decide": sent(decision="not_upheld", reply="经核实，情况不属实。"),
        "evaluations:edit_month": sent(this_month, review_day="16"),
        "evaluations:remind_branches": sent(ratings_owed),
        "evaluations:remind_officers": sent(nobody_reminded),
        "evaluations:scheme_approve": sent(),
        "evaluations:scheme_publish": sent(draft_approved),
        "evaluations:spot_check": sent(finding="in_order"),
    },
    "administrator": {
        "members:rename_branch": sent(name="本科生党支部"),
        "members:add_branch": sent(code="B009", name="第九党支部"),
        "members:close_branch": sent(branch_without_people),
        "members:retry_job": sent(job_failed),
    },
    "anonymous": {
        "members:login": sent(log_in_known, number="2026009009", password=WORDS),
        "evaluations:judge_link": sent(),
        "evaluations:public_notice_object_linked": sent(text="他十月没有参加值班。", name="吴用", contact="137"),
        "evaluations:objection_state": sent(receipt="0000-0000-0000-0000-0"),
    },
}
# What these do is not stored: a file to take away, a session that ends. Here it only counts how they answer.
NOTHING_STORED = {
    "evaluations:score_failing_rows", "evaluations:score_marked_file", "evaluations:objection_state", "members:logout",
}  # fmt: skip
# Wanted for each press: a new secret address, of which the newest counts, with its line in the trail; a file that is
# kept to be looked at, of which nothing counts until it is written (once, see the fifty known by heart).
EACH_TIME = {
    "activities:calendar_address": "+ line calendar.address_made",
    "evaluations:score_import": "+ ImportBatch",
    "evaluations:column_import": "+ ImportBatch",
    "members:roster_import": "+ ImportBatch",
}
# Who looked, who is signed in; and whoever types his old password once the new one is set has guessed wrong.
