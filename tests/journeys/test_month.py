"""Does a branch live through a whole month: roster in, cards filed, ratings given, ranked, explained, exported?"""

import json
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.core.management import call_command

from branchportal.spreadsheets.reading import read_file
from branchportal.spreadsheets.writing import Column, SheetSpec, write_workbook
from evaluations.models import BranchReview, Due, RankingRun, ReviewAnswer, SelfReview
from evaluations.tasks import tick
from members.models import Branch, Member
from members.roles import Role
from tests.factories import make_user
from tests.journeys.signing_in import PASSWORD, sign_in

ROSTER = Path(__file__).parents[1] / "data" / "rosters" / "clean.xlsx"
BEFORE = datetime(2026, 10, 20, 2, tzinfo=UTC)
OPENING = datetime(2026, 10, 31, 16, 1, tzinfo=UTC)  # 1 November, one minute past midnight in Shanghai
IN_TIME = datetime(2026, 11, 12, 2, tzinfo=UTC)
CLOSED = datetime(2026, 11, 20, 16, 1, tzinfo=UTC)

DIMENSIONS = ("thought", "study", "life", "work", "conduct")
HEADER = ("学号", "思想", "学习", "生活", "工作", "作风")


def bring_in_the_roster(page, url, axe):
    page.goto(f"{url}/people/import/")
    page.set_input_files("input[type=file]", ROSTER)
    page.click("main form[enctype] button.btn-primary")
    page.wait_for_url(f"{url}/people/import/*/")
    axe(page)
    page.get_by_role("button", name="已核对").click()  # the sample names a branch of its own
    page.wait_for_selector(".alert-success")


def activate(desktop, phone, url, member, axe):
    """The secretary prints a slip; the member chooses a password on the phone and reads the privacy notice once."""
    desktop.goto(f"{url}/accounts/members/{member.pk}/slip/")
    desktop.click("main button.btn-primary")
    code = desktop.inner_text(".slip-code")
    phone.goto(f"{url}/activate/")
    axe(phone)
    phone.fill("[name=number]", member.number)
    phone.fill("[name=code]", code)
    phone.fill("[name=password]", PASSWORD)
    phone.fill("[name=repeated]", PASSWORD)
    phone.click("main button.btn-primary")
    phone.wait_for_url(f"{url}/privacy/*")
    axe(phone)
    phone.tap("main button.btn-primary")
    phone.wait_for_url(f"{url}/")


def file_the_card(phone, url, axe):
    """Seven taps from the home page: the button, five grades, submit."""
    phone.goto(f"{url}/")
    axe(phone)
    phone.tap("a.btn-primary[href='/review/']")
    phone.wait_for_url(f"{url}/review/")
    axe(phone)
    for dimension in DIMENSIONS:
        phone.tap(f"label.grade:has([name={dimension}][value='good'])")
    phone.tap("button#submit")
    phone.wait_for_selector("#submitted")
    axe(phone)


def remind(desktop, phone, url, axe):
    """The secretary looks at whom it reaches, then sends; the member finds the message."""
    desktop.goto(f"{url}/branches/B001/months/2026-11/")
    desktop.click("a[href$='/remind/reviews/']")
    desktop.wait_for_url(f"{url}/branches/B001/months/2026-11/remind/reviews/")
    axe(desktop)
    desktop.click("main form button.btn-primary")
    desktop.wait_for_selector(".alert-success")
    phone.goto(f"{url}/messages/")
    axe(phone)


def return_and_resubmit(desktop, phone, url, member, axe):
    """The secretary hands the card back with a reason, the member submits again, the secretary replies."""
    review = f"{url}/branches/B001/months/2026-11/reviews/{member.pk}/"
    desktop.goto(review)
    axe(desktop)
    desktop.click("details.return-fold summary")
    desktop.fill("[name=reason]", "请补充学习部分。")
    desktop.click("form[action$='/return/'] button")
    desktop.wait_for_selector(".alert-success")
    phone.goto(f"{url}/review/")
    axe(phone)
    phone.tap("button#submit")
    phone.wait_for_selector("#submitted")
    desktop.goto(review)
    desktop.fill("[name=text]", "补充得很好。")
    desktop.click("form[action$='/reply/'] button:not([name=read])")
    desktop.wait_for_selector(".alert-success")
    phone.goto(f"{url}/review/")
    axe(phone)
    assert phone.inner_text("main").count("补充得很好。") == 1


def rate_by_keyboard(desktop, url, axe):
    """The first person by keyboard alone: five digits, one row."""
    desktop.goto(f"{url}/branches/B001/months/2026-11/ratings/")
    axe(desktop)
    desktop.focus("tr[data-url] select")
    for key in "12321":
        desktop.keyboard.press(key)
    desktop.wait_for_selector("tr[data-url] .row-state:has-text('待提交')")
    desktop.click("button[name=give]")
    desktop.wait_for_selector(".alert-success")


def paper_cards(tmp_path, members, source, points):
    columns = tuple(Column(text, value=lambda row, at=at: row[at]) for at, text in enumerate(HEADER))
    rows = [(member.number, *([points(order)] * 5)) for order, member in enumerate(members)]
    path = tmp_path / f"{source}.xlsx"
    path.write_bytes(write_workbook([SheetSpec("自评卡", columns, rows)]))
    call_command("import_scores", str(path), "--branch", "B001", "--cycle", "2026-11", "--source", source, "--commit")


@pytest.mark.browser
@pytest.mark.long
def test_the_month_as_one_journey(live_portal, phone, desktop, axe, time_machine, tmp_path):
    url = live_portal.url
    time_machine.move_to(BEFORE)
    call_command("create_branch", "ROOT", "信息学院党委", "--kind", "committee")
    call_command("create_branch", "B001", "学生第一党支部", "--parent", "ROOT")
    branch = Branch.objects.get(code="B001")
    secretary = make_user(Role.SECRETARY, branch, name="书记", number="9000001", password=PASSWORD)

    sign_in(desktop, url, secretary)
    axe(desktop)
    bring_in_the_roster(desktop, url, axe)
    assert Member.objects.filter(branch=branch).count() == 32

    time_machine.move_to(OPENING)
    tick()
    filers = list(Member.objects.filter(dues__cycle__month=date(2026, 11, 1)))
    assert filers != []
    assert {member.stage for member in filers} <= {"activist", "candidate", "probationary", "full"}

    time_machine.move_to(IN_TIME)
    member = next(person for person in filers if person.stage in {"probationary", "full"})
    activate(desktop, phone, url, member, axe)
    remind(desktop, phone, url, axe)
    file_the_card(phone, url, axe)
    return_and_resubmit(desktop, phone, url, member, axe)
    assert set(SelfReview.objects.get().points.values()) == {85}
    assert list(ReviewAnswer.objects.order_by("pk").values_list("kind", flat=True)) == ["return", "reply"]

    rate_by_keyboard(desktop, url, axe)
    assert list(BranchReview.objects.get().points.values()) == [95, 85, 75, 85, 95]

    desktop.goto(f"{url}/branches/B001/months/2026-11/")
    axe(desktop)
    assert desktop.locator("#missing-names").inner_text().count("、") == len(filers) - 2
    others = [person for person in filers if person != member]
    paper_cards(tmp_path, others, "self", lambda order: 70 + order % 20)
    paper_cards(tmp_path, filers, "branch", lambda order: 60 + order % 30)
    assert (SelfReview.objects.count(), BranchReview.objects.count()) == (len(filers), len(filers))

    time_machine.move_to(CLOSED)
    tick()
    live_portal.wait_until_idle()
    assert set(RankingRun.objects.values_list("purpose", flat=True)) == {"appraisal", "candidate", "conversion"}
    assert Due.objects.count() == len(filers)
    run = RankingRun.objects.get(purpose="appraisal")
    assert run.ranked_count > 1

    desktop.goto(f"{url}/rankings/{run.pk}/")
    axe(desktop)
    assert desktop.locator("main").get_by_text("供支委会研究参考").count() >= 1
    desktop.locator("tbody tr").first.locator("a", has_text="怎么来的").click()
    desktop.wait_for_url(f"{url}/rankings/{run.pk}/people/*/")
    axe(desktop)

    desktop.goto(f"{url}/rankings/{run.pk}/")
    with desktop.expect_download() as workbook:
        desktop.click(f"a[href='/rankings/{run.pk}/workbook/']")
    assert [sheet.name for sheet in read_file(Path(workbook.value.path()).read_bytes(), "a.xlsx")][-1] == "说明"

    with desktop.expect_download() as bundle:
        desktop.click(f"a[href='/rankings/{run.pk}/bundle/']")
    path = bundle.value.path()
    subprocess.run([sys.executable, "-m", "evaluations.bundle", "verify", str(path)], check=True)
    assert json.loads(Path(path).read_text(encoding="utf-8"))["fingerprint"] == run.fingerprint

    phone.goto(f"{url}/results/{run.pk}/")
    axe(phone)
    shown = phone.inner_text("main")
    assert member.name in phone.inner_text("body")
    assert [other.name for other in others if other.name in shown] == []
