"""Does a sheet change a month no longer than the page does, and is paper from before the portal still welcome?"""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.urls import reverse

from evaluations.deadlines import SHANGHAI
from evaluations.models import BranchReview, CycleEvent, SelfReview
from evaluations.refusals import Refused
from evaluations.services import months, score_batches, score_import
from members.roles import Role
from tests.factories import make_member, make_user, sign_in
from tests.parallel import Aside

NOVEMBER = date(2026, 11, 1)


def at(day: int, hour: int = 12, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=SHANGHAI)


@pytest.fixture
def member(tree):
    return make_member(tree.b1)


@pytest.fixture
def opened(tree, cycle, member):
    months.open_month(cycle=cycle, branch=tree.b1, now=at(1))
    return cycle


def close(cycle, branch, now=None):
    return months.close_month(cycle=cycle, branch=branch, now=now or at(21), on_closed=lambda *_: None)


def sheet(member) -> bytes:
    return f"学号,思想,学习,生活,工作,作风\n{member.number},优秀,优秀,良好,良好,合格\n".encode()


def write(tree, cycle, member, *, now, source="branch"):
    return score_import.write_scores(
        content=sheet(member), file_name="a.csv", branch=tree.b1, cycle=cycle, source=source, by=None, now=now
    )


def written():
    return (SelfReview.objects.count(), BranchReview.objects.count())


@pytest.mark.django_db
@pytest.mark.parametrize("source", ["self", "branch"])
def test_a_sheet_is_taken_until_the_last_instant_of_the_ratings(tree, opened, member, source):
    last = datetime(2026, 11, 20, 23, 59, 59, tzinfo=SHANGHAI)
    with pytest.raises(Refused) as refused:
        write(tree, opened, member, now=datetime(2026, 11, 21, tzinfo=SHANGHAI), source=source)
    assert "ran in the portal" in refused.value.text
    assert written() == (0, 0)
    write(tree, opened, member, now=last, source=source)
    assert sum(written()) == 1


@pytest.mark.django_db
def test_what_has_closed_stays_closed_whatever_the_clock_of_the_request_said(tree, opened, member):
    close(opened, tree.b1)
    with pytest.raises(Refused):
        write(tree, opened, member, now=at(20))
    assert written() == (0, 0)


@pytest.mark.django_db
def test_a_month_that_is_off_or_to_come_takes_no_sheet(tree, cycle, member):
    with pytest.raises(Refused):
        write(tree, cycle, member, now=at(31, month=10))
    type(cycle).objects.update(is_off=True)
    with pytest.raises(Refused):
        write(tree, cycle, member, now=at(10))
    assert written() == (0, 0)


@pytest.mark.django_db
def test_paper_of_a_month_from_before_the_portal_comes_in_at_any_time(tree, member):
    september = date(2026, 9, 1)
    old = score_import.cycle_for_import(branch=tree.b1, month=september, now=at(22))
    assert CycleEvent.objects.filter(cycle=old, branch=tree.b1, kind="closed").exists()
    write(tree, old, member, now=at(22))
    write(tree, old, member, now=at(22), source="self")
    assert written() == (1, 1)


@pytest.mark.django_db
def test_a_month_that_the_clock_only_caught_up_with_never_ran_here(tree, cycle, member):
    months.advance(now=at(3, month=12), on_closed=lambda *_: None)
    assert CycleEvent.objects.filter(cycle=cycle, branch=tree.b1, kind="closed").exists()
    write(tree, cycle, member, now=at(4, month=12))
    assert written() == (0, 1)


@pytest.mark.django_db
def test_each_branch_by_itself(tree, opened, member):
    """A branch that joined later brings its paper; the one beside it ran here."""
    newcomer = make_member(tree.b2)
    with pytest.raises(Refused):
        write(tree, opened, member, now=at(25))
    found = score_import.write_scores(
        content=sheet(newcomer), file_name="a.csv", branch=tree.b2, cycle=opened, source="branch", by=None, now=at(25)
    )
    assert len(found.created) == 1


@pytest.mark.django_db
def test_the_page_says_so_and_a_checked_file_is_refused_at_the_button(client, tree, opened, member, time_machine):
    secretary = make_user(Role.SECRETARY, tree.b1)
    time_machine.move_to(at(20).astimezone(UTC), tick=False)
    address = reverse("evaluations:score_import", kwargs={"code": tree.b1.code, "month": NOVEMBER})
    sign_in(client, secretary)
    upload = {"file": SimpleUploadedFile("a.csv", sheet(member)), "source": "branch"}
    batch = client.post(address, upload)["Location"]
    time_machine.move_to(at(21).astimezone(UTC), tick=False)
    answer = client.post(batch, follow=True)
    assert [message.level_tag for message in answer.context["messages"]] == ["error"]
    page = client.get(address)
    assert (page.status_code, bool(page.context["refusal"]), b"<form" in page.content.split(b"<main")[1]) == (
        200, True, False,
    )  # fmt: skip
    upload = {"file": SimpleUploadedFile("a.csv", sheet(member)), "source": "branch"}
    assert client.post(address, upload).status_code == 422
    assert written() == (0, 0)


@pytest.mark.django_db
@pytest.mark.parametrize("more", [(), ("--commit",)])
def test_the_command_keeps_the_same_days(tree, opened, member, tmp_path, time_machine, more):
    time_machine.move_to(at(22).astimezone(UTC), tick=False)
    path = tmp_path / "a.csv"
    path.write_bytes(sheet(member))
    wanted = ("--branch", tree.b1.code, "--cycle", "2026-11", "--source", "branch")
    with pytest.raises(CommandError):
        call_command("import_scores", str(path), *wanted, *more)
    assert written() == (0, 0)


@pytest.mark.django_db
def test_a_kept_batch_is_not_even_begun(tree, opened, member):
    with pytest.raises(Refused):
        score_batches.keep_batch(
            content=sheet(member), file_name="a.csv", branch=tree.b1, cycle=opened, source="branch",
            by=make_user(Role.SECRETARY, tree.b1), now=at(21),
        )  # fmt: skip


# --- While the month closes

only_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")


@only_postgresql
@pytest.mark.django_db(transaction=True)
def test_a_sheet_that_comes_while_the_month_closes_is_refused(tree, opened, member):
    with transaction.atomic():
        close(opened, tree.b1)
        late = Aside(lambda: write(tree, opened, member, now=at(20)))
        assert late.waits
    assert "closed" in late.ends().text
    assert written() == (0, 0)


@only_postgresql
@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_it_changes_a_closed_month(tree, opened, member, monkeypatch):
    monkeypatch.setattr(months, "_lock", lambda *_args, **_more: None)
    with transaction.atomic():
        close(opened, tree.b1)
        late = Aside(lambda: write(tree, opened, member, now=at(20)))
        assert not late.waits
    assert (late.raised, written()) == (None, (0, 1))
