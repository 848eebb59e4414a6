"""Does the committee draw once, among its own people, and does a remark reach the branch?"""

from datetime import UTC, date, datetime, timedelta
from threading import Barrier

import pytest
from django.db import IntegrityError
from django.urls import reverse

from branchportal.models import AuditEntry, Notification
from evaluations.models import Cycle, CycleDeadline, Due, SpotCheck, SpotCheckDraw
from evaluations.refusals import Refused
from evaluations.services import spot_checks
from members.roles import Role
from tests.factories import make_members, make_user, sign_in
from tests.parallel import at_once

pytestmark = pytest.mark.django_db

NOVEMBER = date(2026, 11, 1)
ENDED = datetime(2026, 11, 16, 1, tzinfo=UTC)


@pytest.fixture
def cycle(tree):
    return Cycle.objects.create(committee=tree.root, month=NOVEMBER)


@pytest.fixture
def reviewer(tree):
    return make_user(Role.REVIEWER, tree.first)


@pytest.fixture
def people(tree, cycle):
    """Four in each of three branches; those of the other general branch could be drawn by mistake."""
    members = [member for branch in (tree.b1, tree.b2, tree.b4) for member in make_members(branch, 4)]
    Due.objects.bulk_create(Due(cycle=cycle, member=member, branch=member.branch) for member in members)
    return members


def draw(cycle, tree, reviewer, **changed):
    return spot_checks.draw(**{"cycle": cycle, "branch": tree.first, "by": reviewer, "now": ENDED} | changed)


def test_five_of_the_own_branches_are_drawn(tree, cycle, reviewer, people):
    made = draw(cycle, tree, reviewer, seed="5eed")
    inside = [member for member in people if member.branch in (tree.b1, tree.b2)]
    assert (made.people, made.seed) == (8, "5eed")
    assert [check.position for check in made.checks.all()] == [1, 2, 3, 4, 5]
    assert {check.member for check in made.checks.all()} < set(inside)


def test_a_second_draw_changes_nothing(tree, cycle, reviewer, people):
    first = draw(cycle, tree, reviewer)
    assert draw(cycle, tree, reviewer) == first
    assert SpotCheck.objects.count() == 5
    assert AuditEntry.objects.filter(action="spot_check.draw").count() == 1


def test_nobody_is_drawn_before_the_self_reviews_have_ended(tree, cycle, reviewer, people):
    with pytest.raises(Refused):
        draw(cycle, tree, reviewer, now=ENDED - timedelta(hours=10))  # 15 November, 23:00 in Shanghai
    assert not SpotCheckDraw.objects.exists()


def test_a_branch_that_still_files_holds_the_draw_back(tree, cycle, reviewer, people):
    CycleDeadline.objects.create(cycle=cycle, branch=tree.b2, review_day=18, rating_day=22)
    with pytest.raises(Refused):
        draw(cycle, tree, reviewer)
    assert draw(cycle, tree, reviewer, now=ENDED + timedelta(days=3)).people == 8


def test_a_month_without_people_draws_nobody(tree, cycle, reviewer):
    with pytest.raises(Refused):
        draw(cycle, tree, reviewer)


def test_a_remark_needs_words_and_is_told_to_the_secretary(tree, cycle, reviewer, people):
    secretaries = {branch: make_user(Role.SECRETARY, branch) for branch in (tree.b1, tree.b2)}
    check = draw(cycle, tree, reviewer).checks.first()
    with pytest.raises(Refused):
        spot_checks.record_finding(check=check, finding="remark", note="  ", by=reviewer, now=ENDED)
    spot_checks.record_finding(check=check, finding="remark", note="评语过于简单", by=reviewer, now=ENDED)
    (told,) = Notification.objects.filter(kind="spot_check_remark")
    assert told.user == secretaries[check.branch]
    assert told.context == {"member": check.member.name, "month": "2026-11", "note": "评语过于简单"}


def test_a_finding_may_be_corrected_and_both_stay_in_the_trail(tree, cycle, reviewer, people):
    check = draw(cycle, tree, reviewer).checks.first()
    spot_checks.record_finding(check=check, finding="remark", note="缺说明", by=reviewer, now=ENDED)
    spot_checks.record_finding(check=check, finding="in_order", note="", by=reviewer, now=ENDED)
    spot_checks.record_finding(check=check, finding="in_order", note="", by=reviewer, now=ENDED)
    lines = AuditEntry.objects.filter(action="spot_check.finding").order_by("pk").values_list("before", "after")
    assert list(lines) == [
        ({"finding": "", "note": ""}, {"finding": "remark", "note": "缺说明"}),
        ({"finding": "remark", "note": "缺说明"}, {"finding": "in_order", "note": ""}),
    ]


def test_nobody_writes_down_what_was_found_about_himself(tree, cycle, people):
    reviewer = make_user(Role.REVIEWER, tree.first)
    draw(cycle, tree, reviewer)
    check = SpotCheck.objects.first()
    check.member.user = reviewer
    check.member.save()
    with pytest.raises(Refused):
        spot_checks.record_finding(check=check, finding="in_order", note="", by=reviewer, now=ENDED)
    assert SpotCheck.objects.get(pk=check.pk).finding == ""


def test_the_page_draws_and_shows_who_was_drawn(client, time_machine, tree, cycle, reviewer, people):
    time_machine.move_to(ENDED)
    sign_in(client, reviewer)
    address = reverse("evaluations:spot_checks", kwargs={"month": NOVEMBER})
    client.post(address, {"branch": tree.first.code})
    (sample,) = client.get(address).context["samples"]
    assert [check.position for check in sample.checks] == [1, 2, 3, 4, 5]


def test_nobody_draws_for_another_branch(client, time_machine, tree, cycle, reviewer, people):
    time_machine.move_to(ENDED)
    sign_in(client, reviewer)
    address = reverse("evaluations:spot_checks", kwargs={"month": NOVEMBER})
    assert client.post(address, {"branch": tree.second.code}).status_code == 404
    assert not SpotCheckDraw.objects.exists()


def test_a_remark_without_words_stays_on_the_form(client, time_machine, tree, cycle, reviewer, people):
    time_machine.move_to(ENDED)
    check = draw(cycle, tree, reviewer).checks.first()
    sign_in(client, reviewer)
    answer = client.post(reverse("evaluations:spot_check", kwargs={"pk": check.pk}), {"finding": "remark", "note": ""})
    assert answer.context["form"].errors == {"note": ["请写明意见内容，以便支部整改。"]}
    check.refresh_from_db()
    assert check.finding == ""


def test_the_branch_reads_the_finding_beside_the_review(client, time_machine, tree, cycle, reviewer, people):
    time_machine.move_to(ENDED)
    check, other = draw(cycle, tree, reviewer).checks.all()[:2]
    spot_checks.record_finding(check=check, finding="remark", note="评语过于简单", by=reviewer, now=ENDED)
    sign_in(client, make_user(Role.COUNSELOR, tree.first))
    pages = [
        client.get(
            reverse(
                "evaluations:member_review",
                kwargs={"code": one.branch.code, "month": NOVEMBER, "member": one.member_id},
            )
        ).content.decode()
        for one in (check, other)
    ]
    assert ["评语过于简单" in page for page in pages] == [True, False]


def test_the_home_page_shows_the_sample(client, time_machine, tree, cycle, reviewer, people):
    time_machine.move_to(ENDED)
    draw(cycle, tree, reviewer)
    sign_in(client, reviewer)
    (sample,) = client.get(reverse("evaluations:home")).context["samples"]
    assert sample.open_count == 5


@pytest.mark.django_db(transaction=True)
def test_ten_at_once_draw_one_sample(tree, cycle, reviewer, people):
    made = at_once([lambda: draw(cycle, tree, reviewer).pk] * 10)
    assert len(set(made)) == 1
    assert (SpotCheckDraw.objects.count(), SpotCheck.objects.count()) == (1, 5)


@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_the_second_runs_into_the_constraint(tree, cycle, reviewer, people):
    """Both have looked before either writes: the second one would meet an error instead of the first one's draw."""
    both_have_looked = Barrier(2)

    def careless():
        assert not SpotCheckDraw.objects.filter(cycle=cycle, branch=tree.first).exists()
        both_have_looked.wait(timeout=30)
        try:
            SpotCheckDraw.objects.create(
                cycle=cycle, branch=tree.first, seed="0", people=8, drawn_by=reviewer, drawn_at=ENDED
            )
        except IntegrityError:
            return "refused"
        return "drawn"

    assert sorted(at_once([careless] * 2)) == ["drawn", "refused"]
