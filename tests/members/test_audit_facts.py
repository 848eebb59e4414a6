"""Does every value of the audit trail read as words, in both languages?"""

import pytest
from django.test import Client
from django.utils import translation

from branchportal import audit
from members.queries.audit_trail import changes_of, people_in
from members.roles import Role
from tests.factories import make_branch_tree, make_member, make_user, sign_in

pytestmark = pytest.mark.django_db

# (action, the subject's model, what is kept, how it reads in Chinese and in English)
LINES = [
    ("role.given", "members.user", {"role": "secretary", "starts_on": "2026-11-01", "class_name": "数媒221"},
     "职务 支部书记；任职起始日 2026-11-01；班级 数媒221", "Office Secretary; First day 2026-11-01; Class 数媒221"),
    ("absence.entered", "members.user", {"stand_in": "于二", "absence_kind": "leave", "ends_on": "2026-11-20"},
     "代行人 于二；类别 请假；离岗结束日 2026-11-20", "Stands in 于二; Kind Leave; Last day 2026-11-20"),
    ("account.slip_made", "members.user", {"expires_at": "2026-11-15T16:00:00+00:00"},
     "激活单有效期至 2026-11-16 00:00", "Slip valid until 2026-11-16 00:00"),
    ("account.notice_read", "members.user", {"version": 2}, "版本 2", "Version 2"),
    ("roster.imported", "members.branch", {"rows": 30, "accepted": 29, "created": 4, "updated": 2},
     "文件行数 30；无误行数 29；加入花名册 4；更改人数 2",
     "Rows in the file 30; Rows without an error 29; Added to the roster 4; Records changed 2"),
    ("job.retention", "", {"kind": "failures", "count": 12},
     "记录种类 登录失败记录：登录号散列值和网络地址；处理条数 12",
     "Kind of record Failed log-ins: a hash of the number, and the address; Records ended 12"),
    ("branch.added", "members.branch", {"code": "B004", "kind": "general_branch"},
     "代码 B004；类别 党总支", "Code B004; Kind General branch"),
    ("activity.recorded", "activities.activity",
     {"kind": "theme_day", "mode": "both", "hours": "2.0", "signs_up": True},
     "类别 主题党日；活动方式 线上线下同步；计入学时 2.0；需要报名 是",
     "Kind Theme Party day; On site or online On site and online; Hours counted 2.0; People sign up yes"),
    ("activity.signed_up", "activities.activity", {"arrival": 3, "has_place": False},
     "报名顺序 3；名额 候补", "Order of signing up 3; Place on the waiting list"),
    ("activity_kind.added", "activities.activitykind", {"name": "志愿讲解", "counts_hours": False},
     "类别名称 志愿讲解；计学时 否", "Name of the kind 志愿讲解; Hours count no"),
    ("minutes.saved", "activities.minutes", {"chair": "丁一", "items": [
        {"topic": "确定发展对象", "spoken": "", "decided": "同意"}, {"topic": "其他", "spoken": "", "decided": ""}]},
     "主持人 丁一；议程 1. 确定发展对象 / 同意 2. 其他", "Chair 丁一; Agenda 1. 确定发展对象 / 同意 2. 其他"),
    ("award.proposed", "activities.award",
     {"person": "丁一", "level": "city", "file": "0123456789abcdef0123"},
     "姓名 丁一；级别 市级；文件指纹 0123456789ab…",
     "Name 丁一; Level City level; Fingerprint of the file 0123456789ab…"),
    ("award.confirmed", "activities.award", {"state": "confirmed"}, "状态 已确认", "State Confirmed"),
    ("cycle.changed", "evaluations.cycle",
     {"review_day": 14, "scale": "points", "own_days": {"GB1": [14, 19], "GB2": [13, 18]}},
     "自评截止日 14；打分方式 0 到 100 分；总支另定日期 GB1 14 / 19、GB2 13 / 18",
     "Self-reviews due on day 14; Scale Points from 0 to 100; Own days of general branches GB1 14 / 19, GB2 13 / 18"),
    ("scheme.publish", "evaluations.scoringscheme",
     {"first_month": "2026-09-01", "last_month": None, "sha256": "abcdef0123456789"},
     "起始月份 2026-09；指纹 abcdef012345…", "First month 2026-09; Fingerprint abcdef012345…"),
    ("self_review.submitted", "evaluations.selfreview", {"thought": 95, "conduct": 85},
     "思想 95；作风 85", "Thought 95; Conduct 85"),
    ("ranking.compile", "evaluations.rankingrun", {"ranked": 10, "not_ranked": 3},
     "进入排名 10；未进入排名 3", "Ranked 10; Not ranked 3"),
    ("late_policy.changed", "members.branch", {"accepts_late": True, "from_month": "2026-11"},
     "接收迟交 是；从该月起 2026-11", "Late self-reviews are taken yes; From the month 2026-11"),
    ("spot_check.draw", "evaluations.cycle", {"seed": "5a5a", "people": 85, "drawn": ["3100010001", "3100010002"]},
     "种子 5a5a；应交人数 85；抽中人员 3100010001、3100010002",
     "Seed 5a5a; People due 85; Drawn 3100010001, 3100010002"),
    ("spot_check.finding", "members.member", {"finding": "remark", "note": "缺少说明"},
     "抽查结果 有意见；说明 缺少说明", "Finding Remark; Note 缺少说明"),
    ("demo.loaded", "", {"branches": 3, "months": 6}, "支部数 3；月数 6", "Branches 3; Months 6"),
]  # fmt: skip


def in_words(line, language):
    with translation.override(language):
        return [f"{change.label} {change.after}" for change in changes_of(line)]


@pytest.mark.parametrize(("action", "model", "kept", "chinese", "english"), LINES)
def test_names_and_values_are_words(action, model, kept, chinese, english):
    line = audit.record(action, by=None, after=kept)
    line.subject_type = model
    assert in_words(line, "zh-hans") == chinese.split("；")
    assert in_words(line, "en") == english.split("; ")


def test_attendance_names_the_people(client):
    branch = make_branch_tree().b1
    one, other = make_member(branch, name="丁一"), make_member(branch, name="于二")
    line = audit.record(
        "activity.attendance", by=None, branch=branch,
        before={str(one.pk): "absent 0", str(other.pk): ""},
        after={str(one.pk): "present 1.5 迟到", str(other.pk): "excused 0", "guests": 2},
    )  # fmt: skip
    line.subject_type = "activities.activity"
    with translation.override("zh-hans"):
        changes = [(one.label, one.before, one.after) for one in changes_of(line, people_in([line]))]
    assert changes == [("丁一", "缺席 0", "出席 1.5 迟到"), ("于二", "", "请假 0"), ("来宾", "", "2")]


def test_lines_about_many_people_cost_one_query_more(client, django_assert_num_queries):
    branch = make_branch_tree().b1
    sign_in(client, make_user(Role.SECRETARY, branch))
    for _line in range(20):
        audit.record("activity.attendance", by=None, branch=branch, after={str(make_member(branch).pk): "present 2.0"})
    with django_assert_num_queries(6):
        Client.get(client, "/audit/")
