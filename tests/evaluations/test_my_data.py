"""Does the page of the own data show everything about one person and nothing about anybody else?"""

import io
import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.apps import apps
from django.conf import settings
from django.test import Client
from django.utils import timezone, translation
from openpyxl import load_workbook

from activities.models import Attendance
from branchportal import audit, mail, own_data
from branchportal.models import AccessRecord
from branchportal.notifications import notify
from evaluations.models import BranchReview, Due, SelfReview
from members.models import Absence, FormerMembership, Member, User
from members.queries.looks import looks_at
from members.roles import Role
from members.services.people import edit_member
from tests.evaluations.ranking_material import NOVEMBER, OCTOBER, SEPTEMBER, compile_now, install, make_month, review
from tests.factories import make_member, make_user, sign_in

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 10, 4, 0, tzinfo=UTC)
SECRET = "绝密"  # stands in whatever belongs to somebody else

# Links to people that the page leaves out, and why.
IN_OFFICE = "what somebody did in an office stands in the branch's audit trail and names other people"
NOT_SHOWN = {
    "branchportal.AuditEntry.actor": IN_OFFICE,
    "branchportal.AccessRecord.user": IN_OFFICE,
    "branchportal.JobRun.requested_by": IN_OFFICE,
    "members.ActivationSlip.created_by": IN_OFFICE,
    "members.ImportBatch.uploaded_by": IN_OFFICE,
    "members.CorrectionRequest.decided_by": IN_OFFICE,
    "members.Transfer.proposed_by": IN_OFFICE,
    "members.Transfer.decided_by": IN_OFFICE,
    "members.Absence.entered_by": IN_OFFICE,
    "activities.AttendanceCorrection.by": IN_OFFICE,
    "activities.HoursCorrection.by": IN_OFFICE,
    "activities.Evidence.uploaded_by": IN_OFFICE,
    "activities.Award.decided_by": IN_OFFICE,
    "activities.Duty.assigned_by": IN_OFFICE,
    "activities.Duty.withdrawn_by": IN_OFFICE,
    "activities.Minutes.saved_by": IN_OFFICE,
    "activities.Minutes.confirmed_by": IN_OFFICE,
    "activities.MinutesAddendum.by": IN_OFFICE,
    "evaluations.RankingRun.compiled_by": IN_OFFICE,
    "evaluations.DefenceSession.created_by": IN_OFFICE,
    "evaluations.DefenceSession.opened_by": IN_OFFICE,
    "evaluations.DefenceSession.closed_by": IN_OFFICE,
    "evaluations.Freezing.proposer": IN_OFFICE,
    "evaluations.Freezing.proposer_for": IN_OFFICE,
    "evaluations.Freezing.decider": IN_OFFICE,
    "evaluations.Freezing.decider_for": IN_OFFICE,
    "evaluations.Appeal.decider": IN_OFFICE,
    "evaluations.Appeal.decider_for": IN_OFFICE,
    "evaluations.DecisionMeeting.saved_by": IN_OFFICE,
    "evaluations.DecisionMeeting.signer": IN_OFFICE,
    "evaluations.DecisionMeeting.signer_for": IN_OFFICE,
    "evaluations.DecisionMeeting.reviewer": IN_OFFICE,
    "evaluations.DecisionMeeting.reviewer_for": IN_OFFICE,
    "evaluations.PublicNotice.prepared_by": IN_OFFICE,
    "evaluations.PublicNotice.published_by": IN_OFFICE,
    "evaluations.PublicNotice.ended_by": IN_OFFICE,
    "evaluations.PublicNotice.outcome_by": IN_OFFICE,
    "evaluations.Objection.decided_by": IN_OFFICE,
    "evaluations.ObjectionEntry.by": IN_OFFICE,
    "evaluations.ReviewAnswer.by": IN_OFFICE,
    "evaluations.Reminder.sent_by": IN_OFFICE,
    "evaluations.SpotCheckDraw.drawn_by": IN_OFFICE,
    "evaluations.SpotCheck.checked_by": IN_OFFICE,
    "evaluations.ColumnFigure.imported_by": IN_OFFICE,
    "evaluations.PointsEntry.recorded_by": IN_OFFICE,
    "evaluations.PointsEntry.withdrawn_by": IN_OFFICE,
    "evaluations.DutyRating.rated_by": "who rated is told to nobody who is rated",
    "evaluations.BranchReview.rated_by": "who rated is told to nobody who is rated",
    "evaluations.BranchReview.submitted_by": "who rated is told to nobody who is rated",
    "evaluations.SelfReview.submitted_by": "himself, or the officer who brought a paper card in",
    "evaluations.ScoringScheme.created_by": IN_OFFICE,
    "evaluations.ScoringScheme.published_by": IN_OFFICE,
    "evaluations.ScoringScheme.written_by": IN_OFFICE,
    "evaluations.ScoringScheme.approved_by": IN_OFFICE,
    "evaluations.LatePolicy.set_by": IN_OFFICE,
    "evaluations.SpotCheck.member": "it checks the branch's papers of a month by lot, not the person",
}


def links_to_people() -> set[str]:
    people = {Member, apps.get_model(settings.AUTH_USER_MODEL)}
    return {
        f"{model._meta.app_label}.{model.__name__}.{field.name}"
        for app in ("branchportal", "members", "activities", "evaluations")
        for model in apps.get_app_config(app).get_models()
        for field in model._meta.get_fields()
        if field.concrete and field.is_relation and field.related_model in people
    }


def test_every_link_to_a_person_is_shown_or_left_out_for_a_reason():
    shown = {link for section in own_data.sections() for link in section.covers}
    assert sorted(links_to_people() - shown - {*NOT_SHOWN}) == []
    assert sorted((shown | {*NOT_SHOWN}) - links_to_people()) == []
    assert shown & {*NOT_SHOWN} == set()


def test_every_section_has_its_own_code_and_a_value_for_each_field(member):
    codes = [section.code for section in own_data.sections()]
    assert len(codes) == len({*codes})
    for found in own_data.about(member.user, now=NOW):
        assert {len(row) for row in found.rows} <= {len(found.section.fields)}, found.section.code


@pytest.fixture
def member(tree, time_machine):
    """A person with something of every kind, beside somebody with the same of secret content."""
    time_machine.move_to(NOW, tick=False)
    install(tree.root)
    user = make_user(Role.MEMBER, tree.b1, name="赵明远", number="2023000001")
    other = make_user(Role.MEMBER, tree.b1, name=f"钱{SECRET}", number="2023999999", class_name=SECRET)
    secretary = make_user(Role.SECRETARY, tree.b1, name="王文静")
    for month in (SEPTEMBER, OCTOBER):
        review(user.member, month, own=95, branch=85)
        review(other.member, month, own=65, branch=75)
    compile_now(tree.b1, SEPTEMBER, OCTOBER)
    cycle = make_month(tree.b1, NOVEMBER)
    for one, words in ((user, "我的话"), (other, SECRET)):
        for model in (SelfReview, BranchReview):
            model.objects.filter(member=one.member, cycle__month=OCTOBER).update(notes={"work": words})
        SelfReview.objects.create(
            cycle=cycle, member=one.member, branch=tree.b1, draft={"points": {"work": 85}, "notes": {"work": words}}
        )
        notify([one], "number_changed", key="1", context={"by": "王文静", "number": words})
        one.member.correction_requests.create(field="major", proposed_value=words, reason=words)
        activity = tree.b1.activities.create(
            kind=kind(), title="志愿服务" if one == user else SECRET, starts_at=NOW, ends_at=NOW + timedelta(hours=1)
        )
        Attendance.objects.create(activity=activity, member=one.member, state="present", hours=Decimal("2.0"))
        edit_member(member=one.member, version=1, values={"grade": words[:20]}, by=secretary, today=NOW.date())
        audit.note_access("member.viewed", by=secretary, subject=one.member, branch=tree.b1)
    return Member.objects.select_related("user").get(pk=user.member.pk)


def kind():
    return apps.get_model("activities.ActivityKind").objects.order_by("pk").first()


def rows_of(user, code):
    return next(one.rows for one in own_data.about(user, now=NOW) if one.section.code == code)


def test_the_own_rows_are_there(member):
    user = member.user
    assert rows_of(user, "ratings") == [
        ("2026-10", 85, 85, 85, 85, 85, "工作: 我的话"), ("2026-09", 85, 85, 85, 85, 85, ""),
    ]  # fmt: skip
    assert [(row[0], row[4], row[6]) for row in rows_of(user, "self_reviews")] == [
        ("2026-11", None, ""), ("2026-11", 85, "工作: 我的话"), ("2026-10", 95, "工作: 我的话"), ("2026-09", 95, ""),
    ]  # fmt: skip
    assert [(row[1], row[4]) for row in rows_of(user, "attendance")] == [("志愿服务", Decimal("2.0"))]
    assert [row[4] for row in rows_of(user, "rankings")] == [1]
    assert [row[2:] for row in rows_of(user, "changes")] == [("王文静", "年级: 2023 → 我的话")]
    assert [row[1:] for row in rows_of(user, "looks")] == [("王文静", "本科生第一党支部 支部书记", "查看个人信息")]
    assert [row[1] for row in rows_of(user, "memberships")] == [date(2024, 9, 2)]


def test_nobody_elses_words_are_on_the_page_or_in_the_files(client, member):
    page = sign_in(client, member.user)
    addresses = ["/my-data/", *(f"/my-data/{section.code}/" for section in own_data.sections())]
    text = " ".join(page.get(address).content.decode() for address in addresses)
    file = page.get("/my-data/file/").content.decode()
    book = load_workbook(io.BytesIO(page.get("/my-data/workbook/").content))
    cells = " ".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)
    for content in (text, file, cells):
        assert "我的话" in content
        assert SECRET not in content
        assert "2023999999" not in content


def test_ratings_of_a_month_that_has_not_closed_are_not_shown(member, tree):
    cycle = tree.root.cycles.get(month=NOVEMBER)
    points = dict.fromkeys(("thought", "study", "life", "work", "conduct"), 45)
    BranchReview.objects.create(cycle=cycle, member=member, branch=tree.b1, submitted_at=NOW, **points)
    Due.objects.create(cycle=cycle, member=member, branch=tree.b1)
    assert [row[0] for row in rows_of(member.user, "ratings")] == ["2026-10", "2026-09"]


def test_drafts_of_a_rating_are_not_shown(member):
    BranchReview.objects.filter(member=member, cycle__month=OCTOBER).update(
        draft={"points": {"work": 45}, "notes": {"work": "还在考虑"}}
    )
    assert "还在考虑" not in str(rows_of(member.user, "ratings"))


def test_raters_are_not_named(member, tree):
    rater = make_user(Role.ORGANISATION_COMMISSIONER, tree.b1, name="评分人")
    BranchReview.objects.filter(member=member).update(rated_by=rater, submitted_by=rater)
    assert "评分人" not in str([found.rows for found in own_data.about(member.user, now=NOW)])


def test_the_file_for_machines_has_all_sections(client, member):
    answer = sign_in(client, member.user).get("/my-data/file/")
    assert answer["Content-Type"] == "application/json"
    content = json.loads(answer.content)
    assert (content["format"], content["number"]) == ("branch-portal-own-data/1", "2023000001")
    assert [*content["sections"]] == [section.code for section in own_data.sections()]
    assert content["sections"]["attendance"][0]["hours"] == "2.0"


def test_the_workbook_has_a_sheet_per_kind_of_record(client, member):
    book = load_workbook(io.BytesIO(sign_in(client, member.user).get("/my-data/workbook/").content))
    assert book.sheetnames == ["说明", *(str(section.title) for section in own_data.sections())]


def test_the_account_is_told_in_words(client, member):
    moment = datetime(2026, 9, 1, 0, 30, tzinfo=UTC)
    User.objects.filter(pk=member.user_id).update(notice_at=moment, created_at=moment)
    mail.silence(user=member.user, groups=["offices", "corrections"], language="en")
    client.cookies["django_language"] = "en"
    facts = dict(sign_in(client, member.user).get("/my-data/account/").context["facts"])
    assert (facts["Account since"], facts["Privacy notice read"], facts["Language of the e-mails"]) == (
        "2026-09-01 08:30", "2026-09-01 08:30", "English",
    )  # fmt: skip
    assert facts["Switched off by e-mail"] == "Corrections of records, Offices and membership"


def test_staff_without_a_record_see_account_and_offices(client, tree):
    page = sign_in(client, make_user(Role.COUNSELOR, tree.first)).get("/my-data/")
    assert [(section.code, count) for section, count in page.context["found"]] == [("offices", 1), ("account", None)]


def test_the_page_counts_what_each_section_shows(client, member):
    page = sign_in(client, member.user)
    shown = {
        section.code: len(page.get(f"/my-data/{section.code}/").context["rows"])
        for section in own_data.sections()
        if section.code not in {"record", "account", "looks"}  # facts, and a page of its own
    }
    shown["self_reviews"] -= 1  # a draft has a line of its own
    counted = own_data.counted(member.user, now=NOW)
    assert {code: counted[code] for code in shown} == shown
    assert (counted["record"], counted["looks"], "account" in counted) == (1, 1, False)
    assert {section.title for section in own_data.sections() if counted.get(section.code) == 0} == {
        *page.get("/my-data/").context["empty"]
    }


def test_a_rating_is_counted_once_its_month_has_closed_in_the_branch(member, tree):
    cycle = tree.root.cycles.get(month=NOVEMBER)
    points = dict.fromkeys(("thought", "study", "life", "work", "conduct"), 45)
    BranchReview.objects.create(cycle=cycle, member=member, branch=tree.b1, submitted_at=NOW, **points)
    assert own_data.counted(member.user, now=NOW)["ratings"] == 2
    cycle.events.create(branch=tree.b1, kind="closed", at=NOW)
    assert own_data.counted(member.user, now=NOW)["ratings"] == 3


def test_a_section_that_does_not_exist_is_not_found(client, member):
    assert sign_in(client, member.user).get("/my-data/secrets/").status_code == 404


def test_a_long_section_is_turned_over_page_by_page(client, member):
    for key in range(60):
        notify([member.user], "password_changed", key=str(key), context={})
    page = sign_in(client, member.user)
    assert [len(page.get(f"/my-data/messages/?page={number}").context["rows"]) for number in (1, 2)] == [50, 11]


@pytest.mark.parametrize(("address", "queries"), [("/my-data/", 5), ("/my-data/messages/", 4)])
def test_the_pages_cost_the_same_for_little_and_much(client, member, address, queries, django_assert_num_queries):
    page = sign_in(client, member.user)
    page.get(address)
    with django_assert_num_queries(queries):
        page.get(address)
    for key in range(30):
        notify([member.user], "password_changed", key=str(key), context={})
        member.correction_requests.create(
            field="name", proposed_value="x", reason="y", state="withdrawn", decided_at=NOW, decided_by=member.user
        )
        AccessRecord.objects.create(
            user=make_user(Role.COUNSELOR, member.branch), action="member.viewed", subject_type="members.member",
            subject_id=str(member.pk),
        )  # fmt: skip
    with django_assert_num_queries(queries):
        page.get(address)


def look(by, *, at=NOW, subject=None, branch=None, action="roster.downloaded"):
    audit.note_access(action, by=by, subject=subject, branch=branch)
    AccessRecord.objects.filter(pk=AccessRecord.objects.latest("pk").pk).update(at=at)


def test_lists_taken_away_count_for_the_days_of_the_membership(tree):
    user = make_user(Role.MEMBER, tree.b2, joined_on=date(2026, 3, 1))
    FormerMembership.objects.create(
        member=user.member, branch=tree.b1, joined_on=date(2025, 9, 1), left_on=date(2026, 3, 1)
    )
    secretary = make_user(Role.SECRETARY, tree.b1, name="前书记")
    superior = make_user(Role.REVIEWER, tree.root, name="党委")
    day = timedelta(days=1)
    moved = datetime(2026, 3, 1, 4, tzinfo=UTC)
    look(secretary, at=moved - day, branch=tree.b1)
    look(secretary, at=moved + day, branch=tree.b1)  # he had left by then
    look(superior, at=moved - day, branch=tree.root)
    look(superior, at=moved + day, branch=tree.second)  # another part of the tree
    look(secretary, at=moved, branch=tree.b1, subject=make_member(tree.b1), action="member.viewed")  # somebody else
    look(user, at=moved, branch=tree.b2)  # himself
    assert [(one.at, one.by, one.office) for one in looks_at(user)] == [
        (moved - day, "党委", "计算机学院党委 党委审核人"), (moved - day, "前书记", "本科生第一党支部 支部书记"),
    ]  # fmt: skip


def test_a_look_in_somebody_elses_place_names_whose(tree):
    user, deputy = make_user(Role.MEMBER, tree.b1), make_user(Role.DEPUTY_SECRETARY, tree.b1, name="钱副书记")
    secretary = make_user(Role.SECRETARY, tree.b1, name="李书记")
    today = timezone.localdate(NOW)
    Absence.objects.create(
        office=secretary.role_assignments.get(), stand_in=deputy, entered_by=secretary, starts_on=today, ends_on=today
    )
    look(deputy, subject=user.member, action="member.viewed")
    look(deputy, at=NOW - timedelta(days=1), subject=user.member, action="member.viewed")
    with translation.override("en"):
        assert [one.office for one in looks_at(user)] == [
            "本科生第一党支部 Deputy secretary, for 李书记, 本科生第一党支部 Secretary",
            "本科生第一党支部 Deputy secretary",
        ]


def test_the_list_of_looks_is_paged_at_the_same_cost(client, tree, django_assert_num_queries):
    user = make_user(Role.MEMBER, tree.b1)
    page = sign_in(client, user)
    look(make_user(Role.SECRETARY, tree.b1), subject=user.member, action="member.viewed")
    page.get("/my-data/looks/")
    with django_assert_num_queries(8):
        assert len(page.get("/my-data/looks/").context["looks"]) == 1
    for _number in range(60):
        look(make_user(Role.COUNSELOR, tree.b1), subject=user.member, action="member.viewed")
    with django_assert_num_queries(8):
        assert len(page.get("/my-data/looks/").context["looks"]) == 50
    assert len(Client().get("/my-data/looks/").headers["Location"]) > 0
