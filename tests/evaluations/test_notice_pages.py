"""Do the pages of public notices show what they may, to whom they may, and nothing after the last day?"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from evaluations.models import Objection, PublicNotice
from evaluations.services.public_notices import ending, objecting
from members.roles import Role
from tests.evaluations.notice_material import (
    AFTER,
    DURING,
    LINKED,
    NOW,
    WORDING,
    WORDS,
    make_meeting,
    objected,
    prepared,
    published,
)
from tests.factories import make_user, sign_in

pytestmark = pytest.mark.django_db
FORM = {"reach": "link", "days": "5", "contact": "行政楼 203", "object_to": "党委办公室 301"}


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(DURING, tick=False)
    return time_machine


@pytest.fixture
def secretary(tree):
    return make_user(Role.SECRETARY, tree.b1, name="王书记")


@pytest.fixture
def reviewer(tree):
    return make_user(Role.REVIEWER, tree.root, name="李审核")


@pytest.fixture
def meeting(tree):
    return make_meeting(tree)


@pytest.fixture
def office(client, secretary):
    return sign_in(client, secretary, language="en")


@pytest.fixture
def committee(reviewer):
    return sign_in(Client(), reviewer, language="en")


def page(name: str, *args) -> str:
    return reverse(f"evaluations:{name}", args=args)


def text_of(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def bare(response) -> tuple[str, list]:
    """A page without the token that every answer has anew, and its headers."""
    text = re.sub(r'"X-CSRFToken": "[^"]+"|csrfmiddlewaretoken" value="[^"]+"', "", response.content.decode())
    headers = {key: value for key, value in response.headers.items() if key != "Content-Length"}
    return text, sorted(headers.items())


def linked(notice: PublicNotice, name: str = "public_notice_linked") -> str:
    return page(name, notice.token)


def test_prepared_previewed_and_published(office, meeting, tree):
    listed = office.get(page("public_notices"))
    assert page("public_notice_prepare", meeting.pk) in listed.content.decode()
    names = [entry.name for entry in meeting.run.entries.order_by("rank")[:2]]
    assert ", ".join(names) in text_of(office.get(page("public_notice_prepare", meeting.pk)))
    answer = office.post(page("public_notice_prepare", meeting.pk), FORM, follow=True)
    notice = PublicNotice.objects.get()
    assert answer.redirect_chain == [(page("public_notice", notice.pk), 302)]
    assert "This is the preview" in text_of(answer)
    assert "from 25 November 2026 to 1 December 2026" in text_of(answer)
    other = sign_in(Client(), make_user(Role.MEMBER, tree.b1))
    assert other.get(page("public_notice", notice.pk)).status_code == 404

    asked = office.get(page("public_notice_publish", notice.pk))
    assert "2026-12-01" in text_of(asked)
    done = office.post(page("public_notice_publish", notice.pk), {"version": "1"}, follow=True)
    notice.refresh_from_db()
    assert f"http://testserver{linked(notice)}" in text_of(done)
    assert other.get(page("public_notice", notice.pk)).status_code == 200


def test_errors_name_the_field_and_lose_nothing(office, meeting):
    answer = office.post(page("public_notice_prepare", meeting.pk), {**FORM, "days": "4", "object_to": ""})
    assert answer.status_code == 422
    assert "Ensure this value is greater than or equal to 5." in text_of(answer)
    assert "行政楼 203" in answer.content.decode()
    assert not PublicNotice.objects.exists()


def test_two_editors(office, meeting, secretary):
    notice = prepared(meeting, by=secretary)
    first = office.post(page("public_notice_edit", notice.pk), {**FORM, "version": "1"})
    second = office.post(page("public_notice_edit", notice.pk), {**FORM, "contact": "行政楼 204", "version": "1"})
    assert (first.status_code, second.status_code) == (302, 409)
    assert "行政楼 203" in text_of(second)
    assert "行政楼 204" in second.content.decode()
    assert PublicNotice.objects.get().contact == "行政楼 203"


def test_the_link_shows_name_class_and_dates_and_nothing_else(meeting, secretary):
    notice = published(meeting, by=secretary, wording=LINKED)
    answer = Client().get(linked(notice))
    text = text_of(answer)
    for entry in meeting.run.entries.order_by("rank")[:2]:
        assert entry.name in text
        assert [word for word in (entry.number, entry.total) if word in answer.content.decode()] == []
    assert meeting.run.entries.order_by("rank").last().name not in text
    assert ("2023-03-01" in text, "2024-03-15" in text, "计算机2301" in text) == (True, True, True)
    assert (answer["X-Robots-Tag"], answer["Referrer-Policy"], answer["Cache-Control"]) == (
        "noindex, nofollow, noarchive", "no-referrer", "no-store",
    )  # fmt: skip
    assert '<meta name="robots" content="noindex, nofollow, noarchive">' in answer.content.decode()


def test_the_link_is_nothing_after_the_end_as_any_other_word(meeting, secretary, clock):
    notice = published(meeting, by=secretary, wording=LINKED)
    unknown = Client().get(page("public_notice_linked", "x" * 32))
    for name in ("public_notice_linked", "public_notice_object_linked"):
        assert Client().get(linked(notice, name)).status_code == 200
    clock.move_to(AFTER, tick=False)
    for name in ("public_notice_linked", "public_notice_object_linked"):
        over = Client().get(linked(notice, name))
        assert (over.status_code, bare(over)) == (404, bare(unknown))
    clock.move_to(DURING, tick=False)
    ending.take_down(notice=notice, reason="名单有误", by=secretary, now=DURING)
    assert bare(Client().get(linked(notice))) == bare(unknown)


def test_a_notice_to_sign_in_for_has_no_link(meeting, secretary, tree):
    notice = published(meeting, by=secretary)
    assert notice.token == ""
    assert Client().get(page("public_notice", notice.pk)).status_code == 302
    assert sign_in(Client(), make_user(Role.MEMBER, tree.b4)).get(page("public_notice", notice.pk)).status_code == 200


def test_objecting_by_the_link(meeting, secretary, committee):
    notice = published(meeting, by=secretary, wording=LINKED)
    client, url = Client(), linked(notice, "public_notice_object_linked")
    client.cookies["django_language"] = "en"
    form = client.get(url)
    assert form["Referrer-Policy"] == "strict-origin"
    entry = re.search(r'name="entry" value="([^"]+)"', form.content.decode())[1]
    typed = {"about": "1", "text": WORDS, "name": "吴用", "contact": "137-0000-0000", "entry": entry}
    missing = client.post(url, {**typed, "name": ""})
    assert (missing.status_code, WORDS in missing.content.decode()) == (422, True)

    filed, again = client.post(url, typed), client.post(url, typed)
    receipt = re.search(r'id="receipt-number">([^<]+)<', filed.content.decode())[1]
    assert receipt in again.content.decode()
    assert Objection.objects.get().name == "吴用"

    state = client.post(page("objection_state"), {"receipt": receipt.lower()})
    assert "It is being looked into" in text_of(state)
    assert WORDS not in text_of(state)
    objection = Objection.objects.get()
    assert "吴用" in text_of(committee.get(page("objection", objection.pk)))
    decided = {"decision": "not_upheld", "reply": "经核实，值班三次，有签到记录。"}
    assert committee.post(page("objection_decide", objection.pk), decided).status_code == 302
    state = client.post(page("objection_state"), {"receipt": receipt})
    assert "经核实，值班三次，有签到记录。" in text_of(state)
    wrong = client.post(page("objection_state"), {"receipt": receipt[:-1]})
    assert (wrong.status_code, "This is no number of a receipt" in text_of(wrong)) == (422, True)


def test_who_is_signed_in_objects_in_his_own_name(meeting, secretary, tree):
    notice = published(meeting, by=secretary)
    member = make_user(Role.MEMBER, tree.b1)
    client = sign_in(Client(), member, language="en")
    assert f"You object as {member.name}." in text_of(client.get(page("public_notice_object", notice.pk)))
    typed = {"about": "", "text": WORDS, "name": "别人", "contact": "", "entry": str(uuid4())}
    assert client.post(page("public_notice_object", notice.pk), typed).status_code == 200
    kept = Objection.objects.get()
    assert (kept.name, kept.user, kept.about) == (member.name, member, None)


def test_a_flood_is_slowed_down_and_keeps_out_nobody_who_is_signed_in(meeting, secretary, tree):
    notice = published(meeting, by=secretary, wording=LINKED)
    client, url = Client(), linked(notice, "public_notice_object_linked")

    def send() -> int:
        typed = {"about": "1", "text": WORDS, "name": "吴用", "contact": "137", "entry": str(uuid4())}
        return client.post(url, typed).status_code

    assert [send() for _number in range(7)] == [200] * 5 + [429] * 2
    member = sign_in(Client(), make_user(Role.MEMBER, tree.b1))
    typed = {"about": "", "text": WORDS, "entry": str(uuid4())}
    assert member.post(page("public_notice_object", notice.pk), typed).status_code == 200
    assert Objection.objects.count() == 6


def test_the_branch_sees_no_objection_on_any_page(office, meeting, secretary, committee):
    notice = published(meeting, by=secretary)
    objection, _receipt = objected(notice)
    before = {name: text_of(office.get(url)) for name, url in _pages_of_the_branch(notice).items()}
    assert [name for name, text in before.items() if "Objections" in text or "吴用" in text or WORDS in text] == []
    for name in ("objections", "objection"):
        assert office.get(page(name, *([objection.pk] if name == "objection" else []))).status_code == 403
    assert "1 open" in text_of(committee.get(page("public_notice", notice.pk)))
    assert "10 days left" not in text_of(committee.get(page("objections")))
    assert "14 days left" in text_of(committee.get(page("objections")))


def _pages_of_the_branch(notice: PublicNotice) -> dict[str, str]:
    return {
        "notice": page("public_notice", notice.pk),
        "notices": page("public_notices"),
        "home": page("home"),
        "audit": reverse("members:audit"),
        "messages": reverse("members:messages"),
    }


def test_late_replies_are_told(meeting, secretary, committee, clock):
    objected(published(meeting, by=secretary))
    clock.move_to(datetime(2026, 12, 9, 3, tzinfo=UTC), tick=False)
    assert "late" in text_of(committee.get(page("objections")))


def test_a_reviewer_named_on_the_notice_finds_nothing(meeting, secretary, tree):
    notice = published(meeting, by=secretary)
    objection, _receipt = objected(notice)
    member = notice.people.get(position=1).member
    member.user = make_user(Role.REVIEWER, tree.root)
    member.save(update_fields=["user"])
    client = sign_in(Client(), member.user, language="en")
    statuses = [client.get(page(name, objection.pk)).status_code for name in ("objection", "objection_decide")]
    statuses += [client.post(page("objection_decide", objection.pk)).status_code]
    assert statuses == [404, 405, 404]
    assert "Objections</h2>" not in client.get(page("public_notice", notice.pk)).content.decode()
    assert client.get(page("public_notice_outcome", notice.pk)).status_code == 404


def test_taken_down_corrected_and_recorded(office, meeting, secretary, committee, clock):
    notice = published(meeting, by=secretary)
    down = office.post(page("public_notice_correct", notice.pk), {"reason": "班级有误"}, follow=True)
    new = PublicNotice.objects.latest("pk")
    assert down.redirect_chain == [(page("public_notice", new.pk), 302)]
    office.post(page("public_notice_publish", new.pk), {"version": "1"})
    early = committee.get(page("public_notice_outcome", new.pk), follow=True)
    assert "The outcome is recorded after the last day" in text_of(early)
    clock.move_to(datetime(2026, 12, 2, 3, tzinfo=UTC), tick=False)
    done = committee.post(page("public_notice_outcome", new.pk), {"note": "无书面异议"}, follow=True)
    assert "No objections · 2026-12-02 · 李审核" in text_of(done)
    seen = text_of(office.get(page("public_notice", new.pk)))
    assert ("No objections" in seen, "班级有误" in seen) == (True, True)


def test_the_page_says_what_stands_against_the_outcome_and_the_branch_reads_nothing(
    office, meeting, secretary, committee, reviewer, clock
):
    notice = published(meeting, by=secretary)
    objection, _receipt = objected(notice)
    asked = {"decision": "partly", "reply": "情况部分属实。", "by": reviewer, "now": DURING}
    objecting.decide(objection=objection, **asked)
    clock.move_to(AFTER, tick=False)
    url, record = page("public_notice", notice.pk), page("public_notice_outcome", notice.pk)
    shown = committee.get(url)
    assert "Objections that were upheld, wholly or in part: 1." in text_of(shown)
    assert (record in shown.content.decode(), page("decision", meeting.pk) in shown.content.decode()) == (False, True)
    assert "upheld" not in text_of(office.get(url))


def test_after_the_outcome_the_secretary_enters_the_stage(office, meeting, secretary, committee, reviewer, clock):
    notice = published(meeting, by=secretary)
    first, second = (person.member for person in notice.people.select_related("member"))
    links = [reverse("members:person_edit", args=[member.pk]) for member in (first, second)]

    def offered(client) -> list[bool]:
        text = client.get(page("public_notice", notice.pk)).content.decode()
        return [link in text for link in links]

    clock.move_to(AFTER, tick=False)
    assert offered(office) == [False, False]
    ending.record_outcome(notice=notice, note="", by=reviewer, now=AFTER)
    assert (offered(office), offered(committee)) == ([True, True], [False, False])
    first.stage, first.candidate_on = "candidate", date(2026, 11, 18)
    first.save(update_fields=["stage", "candidate_on"])
    assert offered(office) == [False, True]
    assert "Development candidate entered" in text_of(office.get(page("public_notice", notice.pk)))


def test_the_preview_says_who_sees_it(office, meeting, secretary, committee):
    notice = prepared(meeting, by=secretary)
    words = "only whoever publishes notices of the branch and the reviewers of the committee see it"
    assert [words in text_of(client.get(page("public_notice", notice.pk))) for client in (office, committee)] == [
        True, True,
    ]  # fmt: skip


def test_the_steps_are_kept_with_day_and_name(meeting, secretary, committee, reviewer):
    objection, _receipt = objected(published(meeting, by=secretary))
    typed = {"text": "已向值班组核实。", "entry": str(uuid4())}
    assert committee.post(page("objection_step", objection.pk), {**typed, "text": ""}).status_code == 422
    for _press in range(2):
        assert committee.post(page("objection_step", objection.pk), typed).status_code == 302
    text = text_of(committee.get(page("objection", objection.pk)))
    assert "2026-11-24 11:00 · 李审核 已向值班组核实。" in text
    assert objecting.decide(
        objection=objection, decision="upheld", reply="情况属实，予以采纳。", by=reviewer, now=DURING
    )
    text = text_of(committee.get(page("objection", objection.pk)))
    assert ("情况属实，予以采纳。" in text, "Write it down" in text) == (True, False)


def queries(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(url).status_code == 200
    return len(asked.captured_queries)


def test_lists_take_as_many_queries_with_one_row_as_with_thirty(office, meeting, secretary, committee):
    notice = published(meeting, by=secretary)
    for _number in range(1):
        objected(notice)
    asked = [(client, page(name)) for client, name in (
        (office, "public_notices"), (committee, "public_notices"), (committee, "objections"))]  # fmt: skip
    before = [queries(*one) for one in asked]
    for number in range(29):
        objected(notice)
        moment = NOW - timedelta(days=number + 30)
        PublicNotice.objects.create(
            meeting=meeting, state="taken_down", contact="a", object_to="b", reply_days=10, prepared_at=moment,
            prepared_by=secretary, published_at=moment, first_on=date(2026, 9, 1), last_on=date(2026, 9, 8),
            ended_at=moment, reason="名单有误",
        )  # fmt: skip
    assert [queries(*one) for one in asked] == before
    assert before == [7, 7, 5]


def test_wording_is_taken_from_the_last_notice(office, meeting, secretary):
    notice = published(meeting, by=secretary, wording=WORDING)
    ending.take_down(notice=notice, reason="名单有误", by=secretary, now=DURING)
    assert WORDING.contact in office.get(page("public_notice_prepare", meeting.pk)).content.decode()
