"""Does a selection go its whole way: scheme, ratings, ranking, frozen by two, decided, on notice, listed?"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest
from django.core.management import call_command

from evaluations.models import DecisionMeeting, PublicNotice, RankingRun, ScoringScheme
from evaluations.tasks import tick
from members.models import Branch
from members.roles import Role
from tests.factories import make_member, make_user
from tests.journeys.signing_in import PASSWORD, sign_in
from tests.journeys.test_month import paper_cards

BEFORE = datetime(2026, 10, 20, 2, tzinfo=UTC)
OPENING = datetime(2026, 10, 31, 16, 1, tzinfo=UTC)  # 1 November in Shanghai
IN_TIME = datetime(2026, 11, 12, 2, tzinfo=UTC)
CLOSED = datetime(2026, 11, 20, 16, 1, tzinfo=UTC)
MEETING = datetime(2026, 11, 24, 6, tzinfo=UTC)
LATER = datetime(2026, 12, 3, 2, tzinfo=UTC)
POINTS = {"赵明远": 92, "钱知行": 88, "孙若水": 71}


class Office:
    """One person's window, each step ending on a page that axe has nothing against."""

    def __init__(self, page, url, axe):
        self.page, self.url, self.axe = page, url, axe

    def opens(self, path: str) -> None:
        self.page.goto(f"{self.url}{path}")
        self.axe(self.page)

    def sends(self, path: str, pattern: str, **fields: str) -> str:
        """Fill in the form at a path and send it; return the path of the page that follows."""
        self.opens(path)
        for name, value in fields.items():
            field = self.page.locator(f"main [name={name}]")
            tag = field.first.evaluate("one => one.type || one.tagName")
            if tag == "radio":
                self.page.locator(f"main [name={name}][value={value}]").check()
            elif tag.startswith("select"):
                field.select_option(value)
            else:
                field.fill(value)
        self.page.locator("main form button.btn-primary:not([disabled])").last.click()
        self.page.wait_for_url(re.compile(re.escape(self.url) + pattern))
        self.axe(self.page)
        return self.page.url.removeprefix(self.url)


@pytest.mark.browser
@pytest.mark.long
def test_from_a_scheme_to_a_listed_candidate(live_portal, open_page, phone, axe, time_machine, tmp_path):
    url = live_portal.url
    time_machine.move_to(BEFORE)
    call_command("create_branch", "ROOT", "信息学院党委", "--kind", "committee")
    call_command("create_branch", "B001", "学生第一党支部", "--parent", "ROOT")
    committee, branch = Branch.objects.get(code="ROOT"), Branch.objects.get(code="B001")
    people = [
        make_member(branch, name=name, number=f"202300000{place}", stage="activist", joined_on=date(2024, 9, 1),
                    applied_on=date(2024, 10, 8), activist_on=date(2025, 4, 1), class_name="软件2301")
        for place, name in enumerate(POINTS)
    ]  # fmt: skip
    users = {
        "secretary": make_user(Role.SECRETARY, branch, name="李书记", number="9000001", password=PASSWORD),
        "reviewer": make_user(Role.REVIEWER, committee, name="周老师", number="9000002", password=PASSWORD),
    }
    secretary, reviewer = (Office(open_page(1366, 768), url, axe) for _one in range(2))

    def both_sign_in() -> None:
        for office, user in ((secretary, users["secretary"]), (reviewer, users["reviewer"])):
            office.page.context.clear_cookies()
            sign_in(office.page, url, user)

    both_sign_in()

    # A scheme of the branch, approved by the committee and published before the period.
    edit = secretary.sends(
        "/schemes/add/", r"/schemes/\d+/edit/", branch="B001", purpose="candidate", name="本支部方案", template="blank"
    )
    scheme = f"/schemes/{ScoringScheme.objects.get(name='本支部方案').pk}/"
    assert edit == f"{scheme}edit/"
    reviewer.sends(f"{scheme}approve/", scheme + "$")
    reviewer.sends(f"{scheme}publish/", scheme + "$", first_month="2026-11")
    assert ScoringScheme.objects.get(name="本支部方案").state == "published"

    # The month: ratings come in, the clock closes it and a worker compiles.
    time_machine.move_to(OPENING)
    tick()
    time_machine.move_to(IN_TIME)
    paper_cards(tmp_path, people, "branch", lambda order: [*POINTS.values()][order])
    time_machine.move_to(CLOSED)
    tick()
    live_portal.wait_until_idle()
    run = RankingRun.objects.get(purpose="candidate")
    assert list(run.entries.order_by("rank").values_list("name", "rank", "total")) == [
        ("赵明远", 1, "92.00"), ("钱知行", 2, "88.00"), ("孙若水", 3, "71.00"),
    ]  # fmt: skip

    # Frozen by two people.
    time_machine.move_to(MEETING)
    both_sign_in()
    secretary.sends(f"/rankings/{run.pk}/freezing/propose/", f"/rankings/{run.pk}/$", password=PASSWORD)
    reviewer.sends(f"/rankings/{run.pk}/freezing/confirm/", f"/rankings/{run.pk}/$", password=PASSWORD)

    # Decided by the branch committee: the second is postponed, the third is not selected.
    secretary.opens(f"/rankings/{run.pk}/")
    secretary.page.locator("form[action$='/decide/'] button").click()
    secretary.page.wait_for_url(re.compile(r".*/decisions/\d+/edit/$"))
    meeting = DecisionMeeting.objects.get()
    outcomes = ["selected", "postponed", "not_selected"]
    decisions = meeting.decisions.order_by("entry__rank")
    fields = {f"outcome_{one.pk}": outcome for one, outcome in zip(decisions, outcomes, strict=True)}
    sheet = f"/decisions/{meeting.pk}/"
    secretary.sends(
        f"{sheet}edit/", sheet + "$", **fields, held_on="2026-11-24", entitled="5", present="5", chair="李书记",
        recorder="组织委员", quota="1", minutes="逐人讨论，举手表决，五票赞成。",
    )  # fmt: skip
    secretary.sends(f"{sheet}record/", sheet + "$", password=PASSWORD)
    reviewer.sends(f"{sheet}consent/", sheet + "$", password=PASSWORD)

    # On public notice, by a link that needs no account.
    secretary.sends(
        f"/notices/of/{meeting.pk}/prepare/", r"/notices/\d+/$", reach="link", contact="三号楼 201，0000-0000",
        object_to="学院党委组织员办公室 105",
    )  # fmt: skip
    notice = PublicNotice.objects.get()
    secretary.sends(f"/notices/{notice.pk}/publish/", f"/notices/{notice.pk}/$")
    notice.refresh_from_db()
    address = f"{url}/notice/{notice.token}/"
    phone.goto(address)
    axe(phone)
    shown = phone.inner_text("main")
    assert [name for name in POINTS if name in shown] == ["赵明远"]
    assert people[0].number not in phone.content()

    # Over by itself, without an objection: the outcome is recorded and the candidate is listed.
    time_machine.move_to(LATER)
    assert phone.request.get(address).status == 404
    reviewer.sends(f"/notices/{notice.pk}/outcome/", f"/notices/{notice.pk}/$")
    notice.refresh_from_db()
    assert notice.outcome == "no_objections"

    # The page of the notice leads the secretary to the record; the roster lists the candidate.
    secretary.opens(f"/notices/{notice.pk}/")
    links = secretary.page.locator("#stages-title").locator("xpath=ancestor::section").locator("a.btn")
    assert [link.get_attribute("href") for link in links.all()] == [f"/people/{people[0].pk}/edit/"]
    person = f"/people/{people[0].pk}/"
    secretary.sends(f"{person}edit/", person + "$", stage="candidate", candidate_on="2026-11-24")
    secretary.opens("/people/?stage=candidate")
    listed = secretary.page.inner_text("main table")
    assert [name for name in POINTS if name in listed] == ["赵明远"]
    secretary.opens(f"/notices/{notice.pk}/")
    assert links.count() == 0
