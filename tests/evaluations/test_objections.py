"""Is an objection taken in time, looked into by the committee alone, and told to nobody of the branch?"""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from branchportal.messages import text_of
from branchportal.models import AuditEntry, Notification
from evaluations.models import Objection, ObjectionEntry
from evaluations.queries import objections
from evaluations.queries.own_data import notices
from evaluations.refusals import Refused
from evaluations.services.public_notices import ending, objecting
from evaluations.services.public_notices.retention import RULES
from members.models import Absence, RoleAssignment, User
from members.queries.audit_trail import lines_for
from members.roles import Permission, Role
from tests.evaluations.notice_material import (
    AFTER,
    DURING,
    LAST_MOMENT,
    WORDS,
    make_meeting,
    objected,
    published,
)
from tests.factories import make_user

pytestmark = pytest.mark.django_db
REPLY = "经核实，其十月值班三次，有签到记录。"
OVER = "This notice does not hang out any more: objections are no longer taken here."


@pytest.fixture(autouse=True)
def english(settings):
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def secretary(tree):
    return make_user(Role.SECRETARY, tree.b1, name="王书记")


@pytest.fixture
def reviewer(tree):
    return make_user(Role.REVIEWER, tree.root, name="李审核")


@pytest.fixture
def notice(tree, secretary, reviewer):
    return published(make_meeting(tree), by=secretary)


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def refusal(act, *args, **kwargs) -> str:
    with pytest.raises(Refused) as refused:
        act(*args, **kwargs)
    return str(refused.value)


def told(kind: str) -> list[tuple[str, str]]:
    notes = Notification.objects.filter(kind=kind).select_related("user").order_by("pk")
    return [(note.user.name, text_of(note)) for note in notes]


def seen(user: User) -> list[int]:
    return list(objections.handled(fresh(user)).values_list("pk", flat=True))


def test_a_receipt_and_a_promised_day(notice, tree):
    objection, receipt = objected(notice)
    assert (objection.name, objection.contact, objection.about.position) == ("吴用", "137-0000-0000", 1)
    assert objection.due_on == date(2026, 12, 8)  # ten working days after 24 November
    assert len(receipt) == 21
    assert receipt.replace("-", "") not in str(list(Objection.objects.values()))
    assert objections.behind(receipt.lower()) == objection
    assert objections.behind(receipt[:-1]) is None
    assert objections.behind("0000-0000-0000-0000-0") is None


def test_the_same_form_twice_is_one_objection_with_one_receipt(notice):
    entry = uuid4()
    first, again = objected(notice, entry=entry), objected(notice, entry=entry)
    assert first == again
    assert Objection.objects.count() == 1
    assert AuditEntry.objects.filter(action="objection.filed").count() == 1
    other = refusal(objected, notice, entry=entry, text="另一件事情，与上次不同。")
    assert other == "This form has been used: open it anew to file another objection."


def test_until_the_last_moment_and_not_after(notice, secretary):
    assert objected(notice, now=LAST_MOMENT)[0].is_open
    assert refusal(objected, notice, now=AFTER) == OVER
    ending.take_down(notice=notice, reason="名单有误", by=secretary, now=DURING)
    assert refusal(objected, notice) == OVER


def test_an_objection_needs_a_name(notice):
    with pytest.raises(IntegrityError), transaction.atomic():
        objected(notice, name="")


def test_looked_into_and_decided_once(notice, reviewer, tree):
    objection, receipt = objected(notice)
    entry = uuid4()
    for _press in range(2):
        objecting.add_entry(objection=objection, text="已向值班组核实。", entry=entry, by=reviewer, now=DURING)
    for _press in range(2):
        objecting.decide(objection=objection, decision="not_upheld", reply=REPLY, by=reviewer, now=LAST_MOMENT)
    second = make_user(Role.REVIEWER, tree.root)
    done = "李审核 has decided this objection already."
    asked = {"objection": objection, "decision": "upheld", "reply": REPLY, "by": second, "now": AFTER}
    assert refusal(objecting.decide, **asked) == done
    asked = {"objection": objection, "text": "补充核实", "entry": uuid4(), "by": second, "now": AFTER}
    assert refusal(objecting.add_entry, **asked) == done
    kept = objections.behind(receipt)
    assert (kept.decision, kept.reply, kept.decider_name) == ("not_upheld", REPLY, "李审核")
    assert list(ObjectionEntry.objects.values_list("text", "by_name")) == [("已向值班组核实。", "李审核")]
    ended = ending.record_outcome(notice=notice, note="", by=reviewer, now=AFTER)
    assert ended.outcome == "settled"


def test_a_used_form_with_another_step_is_refused_and_the_first_one_stays(notice, reviewer):
    objection, _receipt = objected(notice)
    asked = {"objection": objection, "entry": uuid4(), "by": reviewer, "now": DURING}
    objecting.add_entry(text="已向值班组核实。", **asked)
    assert refusal(objecting.add_entry, text="补充核实", **asked) == "This form has been used: open it anew."
    second = make_user(Role.REVIEWER, asked["objection"].notice.branch.parent)
    assert refusal(objecting.add_entry, text="已向值班组核实。", **asked | {"by": second}) == (
        "This form has been used: open it anew."
    )
    assert [one.text for one in ObjectionEntry.objects.all()] == ["已向值班组核实。"]


def test_only_reviewers_of_the_committee_see_it(notice, tree, secretary, reviewer):
    objection, _receipt = objected(notice)
    others = [secretary, make_user(Role.COUNSELOR, tree.first), make_user(Role.ADMINISTRATOR, tree.root)]
    others += [make_user(Role.MEMBER, tree.b1), make_user(Role.DEPUTY_SECRETARY, tree.b1)]
    assert {user.name: seen(user) for user in others} == {user.name: [] for user in others}
    assert seen(reviewer) == [objection.pk]


def test_a_reviewer_of_the_branch_of_the_list_or_who_objected_sees_nothing(notice, tree, reviewer):
    named = notice.people.get(position=1).member
    named.user = User.objects.create(number=named.number, name=named.name)
    named.save(update_fields=["user"])
    of_branch = make_user(Role.MEMBER, tree.b1)
    officer = make_user(Role.DISCIPLINE_COMMISSIONER, tree.b1)
    elsewhere = make_user(Role.MEMBER, tree.b2)
    for user in (named.user, of_branch, officer, elsewhere):
        RoleAssignment.objects.create(user=user, role=Role.REVIEWER, branch=tree.root, starts_on=date(2026, 1, 1))
    objection, _receipt = objected(notice, user=fresh(elsewhere))

    assert [seen(user) for user in (named.user, of_branch, officer, elsewhere, reviewer)] == [
        [], [], [], [], [objection.pk],
    ]  # fmt: skip
    line = "An objection to a public notice of 本科生第一党支部 has come in. A reply is promised by 2026-12-08."
    assert told("objection_filed") == [("李审核", line)]


def test_who_stands_in_for_the_secretary_sees_nothing_either(notice, tree, secretary, reviewer):
    objected(notice)
    second = make_user(Role.REVIEWER, tree.root)
    today = date(2026, 11, 24)
    for office, stand_in in ((secretary, second), (reviewer, secretary)):
        Absence.objects.create(
            office=office.role_assignments.get(), stand_in=stand_in, entered_by=office, starts_on=date(2026, 11, 20),
            ends_on=date(2026, 12, 20),
        )  # fmt: skip
    handlers = {user: objections.handled_notices(fresh(user), today).exists() for user in (second, secretary, reviewer)}
    assert handlers == {second: False, secretary: False, reviewer: True}
    assert [user.pk for user in objections.handlers(notice, today)] == [reviewer.pk]


def test_the_branch_reads_nothing_of_it_in_the_audit_trail(notice, tree, secretary, reviewer):
    member = make_user(Role.MEMBER, tree.b1, name="吴用")
    signed_in, _receipt = objected(notice, user=member)
    objected(notice)
    asked = {"objection": signed_in, "by": reviewer, "now": DURING}
    objecting.add_entry(text=f"{WORDS} 吴用", entry=uuid4(), **asked)
    objecting.decide(decision="partly", reply=REPLY, **asked)

    lines = [str(list(lines_for(fresh(user), Permission.VIEW_AUDIT).values())) for user in (secretary, reviewer)]
    assert ["objection" in text for text in lines] == [False, True]
    assert [word for text in lines for word in ("吴用", WORDS, REPLY, "137-0000") if word in text] == []
    assert list(AuditEntry.objects.filter(action="objection.filed").values_list("actor", "actor_name")) == [
        (None, ""), (None, ""),
    ]  # fmt: skip
    everything = str(list(Notification.objects.exclude(user=member).values()))
    assert "吴用" not in everything
    answered = (
        "Your objection to the public notice of 本科生第一党支部 is decided. Read the reply with the number on your "
        "receipt."
    )
    assert told("objection_answered") == [("吴用", answered)]


def test_the_objector_reads_his_own_and_the_person_concerned_nothing(notice, tree, secretary):
    person = notice.people.get(position=1)
    person.member.user = User.objects.create(number=person.member.number, name=person.name)
    person.member.save(update_fields=["user"])
    objector = make_user(Role.MEMBER, tree.b1)
    objected(notice, user=objector)
    rows = {
        user: [list(section.rows(user, DURING)) for section in notices.SECTIONS]
        for user in (person.member.user, objector, secretary)
    }
    assert [len(found) for found in rows[person.member.user]] == [1, 0]
    assert [len(found) for found in rows[objector]] == [0, 1]
    assert rows[objector][1][0][3] == WORDS
    assert [len(found) for found in rows[secretary]] == [0, 0]
    assert WORDS not in str(rows[person.member.user])


def test_after_two_years_only_the_decision_is_left(notice, reviewer):
    objection, receipt = objected(notice)
    still_open, _receipt = objected(notice)
    asked = {"objection": objection, "by": reviewer, "now": DURING}
    objecting.add_entry(text="已核实", entry=uuid4(), **asked)
    objecting.decide(decision="upheld", reply=REPLY, **asked)
    rule = next(rule for rule in RULES if rule.code == "objections")
    assert rule.due(datetime(2028, 11, 24, 2, tzinfo=UTC)).count() == 0
    later = datetime(2028, 11, 24, 4, tzinfo=UTC)
    assert rule.end(rule.due(later)) == 1
    assert rule.due(later).count() == 0
    kept = Objection.objects.get(pk=objection.pk)
    assert (kept.name, kept.text, kept.contact, kept.reply, kept.about, kept.decision) == (
        "",
        "",
        "",
        "",
        None,
        "upheld",
    )
    assert not kept.entries.exists()
    assert objections.behind(receipt) is None
    assert Objection.objects.get(pk=still_open.pk).name == "吴用"


def test_the_link_goes_a_day_after_the_last(notice):
    rule = next(rule for rule in RULES if rule.code == "notice_links")
    type(notice).objects.update(reach="link", token="abc")
    assert rule.due(datetime(2026, 11, 28, 4, tzinfo=UTC)).count() == 0
    assert rule.end(rule.due(datetime(2026, 11, 29, 4, tzinfo=UTC))) == 1
    assert type(notice).objects.get(pk=notice.pk).token == ""


def test_two_reviewers_are_told_and_none_of_another_committee(notice, tree, reviewer):
    make_user(Role.REVIEWER, tree.second, name="周审核")
    make_user(Role.REVIEWER, tree.root, name="吴审核")
    objected(notice)
    assert [name for name, _text in told("objection_filed")] == ["李审核", "吴审核"]
