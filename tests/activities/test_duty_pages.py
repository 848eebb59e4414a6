"""Does everyone see what is expected of him and what is late, and can a branch be given its duties on one screen?"""

import io
from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from openpyxl import load_workbook

from activities.duties import DutyKind, months_of
from activities.models import Duty, DutyEntry
from activities.queries.duties import own_standings
from activities.queries.todo import of_duties
from activities.services.duties import close_months, withdraw_duty
from activities.services.duty_entries import withdraw_entry
from activities.services.evidence import Upload
from branchportal.models import AccessRecord, Notification
from branchportal.months import last_day_of, months_later
from branchportal.todo import in_one_line_each
from members.roles import Role
from members.stages import Stage
from tests.activities.duties import NOW, OCTOBER, SEPTEMBER, give, write
from tests.activities.evidence import PDF, sent
from tests.factories import make_member, make_members, make_user, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def person(tree):
    return make_user(Role.MEMBER, tree.b1, name="赵明远", stage=Stage.FULL).member


@pytest.fixture
def duty(person):
    return give(person)


@pytest.fixture
def window(client, person):
    return sign_in(client, person.user)


@pytest.fixture
def office(client, secretary):
    return sign_in(client, secretary)


def text_of(response):
    return " ".join(response.content.decode().split())


def typed(response, **changed):
    form = response.context["form"]
    fields = {name: form[name].value() for name in form.fields if name not in {"file", "activists"}}
    return {name: value for name, value in {**fields, **changed}.items() if value is not None}


def test_nobody_asked_for_anything(window):
    page = window.get("/my-duties/", headers={"accept-language": "en"})
    assert (page.context["running"], page.context["closed"], page.context["late"]) == ([], [], 0)
    assert 'class="empty-state"' in text_of(page)


def test_a_member_sees_what_is_late_and_writes_it_down(window, duty):
    page = window.get("/my-duties/")
    assert (page.context["late"], [one.late for one in page.context["running"]]) == (2, [2])
    form = window.get(reverse("activities:duty_entry_add", args=[duty.pk]))
    assert form.context["form"]["on"].value() == date(2026, 11, 10)
    values = typed(form, on="2026-10-08", topic="safety", text=" 检查用电安全 ", file=sent())
    assert window.post(form.wsgi_request.path, values).status_code == 302
    entry = DutyEntry.objects.get()
    assert (entry.on, entry.topic, entry.text, entry.evidence.file_name) == (
        date(2026, 10, 8), "safety", "检查用电安全", "奖状.pdf",
    )  # fmt: skip
    assert window.get("/my-duties/").context["late"] == 1


@pytest.mark.parametrize("wrong", [{"text": "  "}, {"topic": ""}, {"on": "2026-11-11"}, {"on": "昨天"}])
def test_an_entry_that_is_wrong_stays_on_the_form(window, duty, wrong):
    form = window.get(reverse("activities:duty_entry_add", args=[duty.pk]))
    values = typed(form, **{"topic": "safety", "text": "检查用电安全", "on": "2026-11-09", **wrong})
    answer = window.post(form.wsgi_request.path, values)
    assert (answer.status_code, answer.context["form"]["text"].value()) == (422, values["text"])
    assert not DutyEntry.objects.exists()


def test_the_form_says_what_not_to_write(window, duty):
    page = window.get(reverse("activities:duty_entry_add", args=[duty.pk]), headers={"accept-language": "en"})
    assert page.context["form"].fields["text"].help_text


def test_an_entry_is_changed_and_taken_back_until_it_is_rated(window, duty):
    row = write(duty)
    edit = reverse("activities:duty_entry_edit", args=[row.pk])
    page = window.get(edit)
    assert window.post(edit, typed(page, text="换好灯泡", on="2026-10-08")).status_code == 302
    stale = window.post(edit, typed(page, text="别的", on="2026-10-08"))
    assert (stale.status_code, "换好灯泡" in text_of(stale), stale.context["form"]["text"].value()) == (
        409,
        True,
        "别的",
    )
    close_months(branch=duty.branch, member=duty.member, kind=duty.kind, first=SEPTEMBER, last=OCTOBER, now=NOW)
    assert window.post(edit, typed(window.get(edit), text="再改", on="2026-10-08")).status_code == 422
    assert edit not in text_of(window.get("/my-duties/"))
    window.post(reverse("activities:duty_entry_withdraw", args=[row.pk]), {"reason": "写错", "version": 2})
    row.refresh_from_db()
    assert (row.text, row.withdrawn_at) == ("换好灯泡", None)


def test_what_was_typed_for_a_duty_that_was_taken_back_meanwhile_stays(window, duty, secretary):
    row = write(duty, upload=Upload("记录.pdf", PDF, "application/pdf"))
    add, edit = (reverse(f"activities:{name}", args=[pk]) for name, pk in (
        ("duty_entry_add", duty.pk), ("duty_entry_edit", row.pk),
    ))  # fmt: skip
    opened = [window.get(url) for url in (add, edit)]
    withdraw_duty(duty=duty, version=1, reason="换宿舍", by=secretary, now=NOW)
    for page in opened:
        values = typed(page, text="走访四间宿舍", topic="safety", on="2026-10-08")
        answer = window.post(page.wsgi_request.path, values)
        form = answer.context["form"]
        assert (answer.status_code, form["text"].value()) == (422, "走访四间宿舍")
        assert form.non_field_errors() == [_("This duty was taken back, so nothing is written for it any more.")]
        assert window.get(page.wsgi_request.path).url == "/my-duties/"
    page = window.get("/my-duties/")
    assert [[entry.text for entry in one.entries] for one in page.context["past"]] == [["检查用电安全"]]
    assert (page.context["running"], page.context["closed"], page.context["late"]) == ([], [], 0)
    text = text_of(page)
    assert "换宿舍" in text
    assert [f'href="{url}"' in text for url in (add, edit)] == [False, False]
    assert window.get(reverse("activities:own_duty_evidence", args=[row.pk])).status_code == 200


def test_what_was_typed_over_an_entry_that_was_taken_back_in_another_window_stays(window, duty):
    row = write(duty)
    edit = reverse("activities:duty_entry_edit", args=[row.pk])
    page = window.get(edit)
    withdraw_entry(row=row, version=1, reason="写错", by=duty.member.user, now=NOW)
    answer = window.post(edit, typed(page, text="换好灯泡"))
    assert (answer.status_code, answer.context["form"]["text"].value()) == (422, "换好灯泡")
    assert window.get(edit).url == "/my-duties/"


def test_entries_of_others_are_not_there(window, tree, duty):
    other = write(give(make_user(Role.MEMBER, tree.b1).member))
    pages = ("duty_entry_edit", "duty_entry_withdraw", "own_duty_evidence")
    assert [window.get(reverse(f"activities:{page}", args=[other.pk])).status_code for page in pages] == [404] * 3
    assert window.get(reverse("activities:duty_entry_add", args=[other.duty_id])).status_code == 404


def test_a_branch_is_given_its_duties_on_one_screen(office, tree, person):
    people = [person, *make_members(tree.b1, 2, stage=Stage.PROBATIONARY, class_name="计算机2302")]
    coached = make_member(tree.b1, name="钱子涵", cultivation_contact="赵明远", class_name="计算机2301")
    url = reverse("activities:duties_assign", args=["B001"])
    page = office.get(url)
    form = page.context["form"]
    assert form.coaches == {f"coach-{coached.pk}": str(person.pk)}  # as the roster says
    values = {one.html_name: one.value() for one in form.rates} | form.texts | form.coaches
    assert 'action="?first=2026-09&amp;last=2027-01"' in text_of(page)
    address = f"{url}?first=2026-09&last=2027-01"
    spread = office.post(address, {**values, "areas": "1 号楼\n2 号楼", "classes": "计算机2401", "spread": "1"})
    assert not Duty.objects.exists()
    form = spread.context["form"]
    filled = [form.texts[f"dormitory-{one.pk}"] for one in spread.context["plan"].people]
    assert filled == ["1 号楼", "2 号楼", "1 号楼", "2 号楼"]
    values |= form.texts
    for one in [*people[1:], coached]:
        values[f"dormitory-{one.pk}"] = values[f"class-{one.pk}"] = ""
    values[f"dormitory-{people[1].pk}"] = "9 号楼"
    for _press in range(2):
        assert office.post(address, values).status_code == 302
    assert sorted(Duty.objects.values_list("member__name", "kind", "subject", "activists__name"), key=str) == sorted([
        ("赵明远", "activists", "", "钱子涵"), ("赵明远", "class", "计算机2401", None),
        ("赵明远", "dormitory", filled[spread.context["plan"].people.index(person)], None),
        (people[1].name, "dormitory", "9 号楼", None),
    ], key=str)  # fmt: skip
    assert set(Duty.objects.values_list("first_month", "last_month")) == {(date(2026, 9, 1), date(2027, 1, 1))}
    again = office.get(f"{url}?first=2027-03&last=2027-06")
    assert again.context["form"].texts[f"dormitory-{people[1].pk}"] == "9 号楼"  # as before


def test_duties_are_given_for_the_months_the_page_was_opened_for(office, person, time_machine):
    """Opened on 30 June for the term that ends; on 1 July the next one would be usual."""
    time_machine.move_to(datetime(2026, 6, 30, 4, tzinfo=UTC), tick=False)
    url = reverse("activities:duties_assign", args=["B001"])
    page = office.get(url)
    assert page.context["months"] == (date(2026, 3, 1), date(2026, 6, 1))
    values = {one.html_name: one.value() for one in page.context["form"].rates} | {f"dormitory-{person.pk}": "9 号楼"}
    time_machine.move_to(datetime(2026, 7, 1, 4, tzinfo=UTC), tick=False)
    for asked in ("", "?first=2026-06&last=2026-03", "?first=2026-01&last=2027-01"):
        answer = office.post(url + asked, values)
        assert (answer.status_code, answer.context["form"].texts[f"dormitory-{person.pk}"]) == (422, "9 号楼")
        assert len(answer.context["form"].non_field_errors()) == 1
    assert not Duty.objects.exists()
    assert office.post(f"{url}?first=2026-03&last=2026-06", values).status_code == 302
    assert list(Duty.objects.values_list("first_month", "last_month")) == [(date(2026, 3, 1), date(2026, 6, 1))]


def test_the_secretary_sees_who_is_late_reminds_and_takes_it_away(office, tree, secretary, duty):
    write(give(make_user(Role.MEMBER, tree.b1, name="钱子涵").member), date(2026, 9, 3))
    Notification.objects.all().delete()
    rows = office.get("/duties/").context["rows"]
    assert [(one.duty.member.name, one.progress.percent, one.late) for one in rows] == [
        ("赵明远", 0, 2),
        ("钱子涵", 50, 1),
    ]
    assert len(office.get("/duties/?kind=class").context["rows"]) == 0
    assert len(office.get("/duties/?show=ended").context["rows"]) == 0
    assert office.post("/duties/of/B001/remind/").status_code == 302
    assert Notification.objects.filter(kind="duties_late").count() == 2
    sheet = load_workbook(io.BytesIO(office.get("/duties/of/B001/duties.xlsx").content))["三个一"]
    assert [[cell.value for cell in row[1:10]] for row in sheet.iter_rows(min_row=4)] == [
        ["赵明远", "联系宿舍", "3 号楼", "2026-09", "2027-01", 1, 2, 0, '=IF(H4=0,"",I4/H4)'],
        ["钱子涵", "联系宿舍", "3 号楼", "2026-09", "2027-01", 1, 2, 1, '=IF(H5=0,"",I5/H5)'],
    ]
    assert AccessRecord.objects.filter(action="duty.downloaded").count() == 1


def waiting(user):
    """What the to-do list says of duties: address, number, and the first moment on which the oldest entry was late."""
    with translation.override("en"):
        found = list(in_one_line_each(of_duties(user, NOW)))
    return [(todo.url, todo.text.split()[0], timezone.localtime(todo.since).isoformat()) for todo in found]


def test_what_is_late_waits_on_both_home_pages_however_long(tree, secretary, duty):
    write(duty)  # October is done, September still open
    october = give(make_user(Role.MEMBER, tree.b1).member)
    write(october, date(2026, 9, 30))
    withdraw_entry(row=write(october), version=1, reason="写错", by=october.member.user, now=NOW)
    done = give(make_user(Role.MEMBER, tree.b1).member)
    for day in (date(2026, 9, 1), date(2026, 10, 31)):
        write(done, day)
    rated = give(make_user(Role.MEMBER, tree.b1).member)
    close_months(branch=tree.b1, member=rated.member, kind=rated.kind, first=SEPTEMBER, last=OCTOBER, now=NOW)
    gone = give(make_user(Role.MEMBER, tree.b1).member)
    withdraw_duty(duty=gone, version=1, reason="换人", by=secretary, now=NOW)
    begins = give(make_user(Role.MEMBER, tree.b1).member, first=date(2026, 11, 1))
    give(make_user(Role.MEMBER, tree.b2).member)
    since_september, since_october = "2026-10-01T00:00:00+08:00", "2026-11-01T00:00:00+08:00"
    assert waiting(duty.member.user) == [("/my-duties/", "1", since_september)]
    assert waiting(october.member.user) == [("/my-duties/", "1", since_october)]
    assert [waiting(one.member.user) for one in (done, rated, gone, begins)] == [[]] * 4
    assert waiting(secretary) == [("/duties/?show=late", "2", since_september)]


@pytest.mark.parametrize("first", [date(2025, 11, 1), date(2024, 2, 1), date(2023, 3, 1), date(2022, 12, 1)])
@pytest.mark.parametrize("lacking", range(12))
def test_each_month_of_the_longest_duty_is_told_when_it_is_late(tree, first, lacking):
    """Full years and leap years: the home page says what "My three ones" says."""
    one = give(make_user(Role.MEMBER, tree.b1).member, first=first, last=months_later(first, 11), per_month={
        DutyKind.DORMITORY: 2,
    })  # fmt: skip
    months = months_of(first, one.last_month)
    for month in months[:lacking] + months[lacking + 1 :]:
        for day in (month, last_day_of(month)):
            write(one, day)
    write(one, months[lacking] + timedelta(days=9))
    [standing] = own_standings(one.member, NOW.date())
    assert [month.month for month in standing.late_months] == [months[lacking]]
    assert waiting(one.member.user) == [
        ("/my-duties/", "1", f"{months_later(months[lacking], 1)}T00:00:00+08:00"),
    ]  # fmt: skip


@pytest.mark.parametrize("people", [1, 30])
def test_the_list_of_a_branch_asks_the_same_for_1_and_30(office, tree, people, django_assert_num_queries):
    for member in make_members(tree.b1, people, stage=Stage.FULL):
        write(give(member, DutyKind.CLASS, "计算机2301", activists=()), topic="talk")
    office.get("/duties/")
    with django_assert_num_queries(QUERIES):
        assert len(office.get("/duties/").context["rows"]) == people


QUERIES = 8


def test_a_duty_is_changed_and_taken_back(office, duty):
    url = reverse("activities:duty_edit", args=[duty.pk])
    page = office.get(url)
    assert office.post(url, typed(page, subject="5 号楼", last="2026-12")).status_code == 302
    assert office.post(url, typed(page, subject="6 号楼", last="2026-12")).status_code == 409
    assert (
        office.post(reverse("activities:duty_withdraw", args=[duty.pk]), {"reason": "", "version": 2}).status_code
        == 422
    )
    office.post(reverse("activities:duty_withdraw", args=[duty.pk]), {"reason": "换人", "version": 2})
    duty.refresh_from_db()
    assert (duty.subject, duty.last_month, duty.withdrawn_because) == ("5 号楼", date(2026, 12, 1), "换人")
    assert office.get(url).status_code == 404
    assert office.get(reverse("activities:duty", args=[duty.pk])).status_code == 200
