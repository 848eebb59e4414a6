"""Does the form ask for one ranking, and do its pages tell how the job goes?"""

from __future__ import annotations

import pytest
from django.urls import reverse

from branchportal import jobs
from branchportal.models import JobRun
from evaluations.models import CycleEvent, RankingRun
from evaluations.services import compile as compiling
from members.roles import Role
from tests.evaluations.ranking_material import NOVEMBER, NOW, OCTOBER, SEPTEMBER, make_month
from tests.factories import make_user, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ready_schemes")]


@pytest.fixture
def secretary(client, tree):
    user = make_user(Role.SECRETARY, tree.b1, name="王书记")
    sign_in(client, user, language="en")
    return user


def ask(client, **changes):
    data = {"branch": "B001", "purpose": "candidate", "first": "2026-09", "last": "2026-11"} | changes
    return client.post(reverse("evaluations:compile"), data)


def test_the_form_proposes_the_term_to_the_last_month_that_closed(client, tree, secretary, time_machine):
    time_machine.move_to(NOW)
    address = reverse("evaluations:compile")

    def proposed():
        form = client.get(address, {"branch": "B001"}).context["form"]
        return form["first"].value(), form["last"].value()

    assert proposed() == ("2026-09", "2026-11")
    CycleEvent.objects.create(cycle=make_month(tree.b1, OCTOBER), branch=tree.b1, kind="closed", at=NOW)
    CycleEvent.objects.create(cycle=make_month(tree.b1, NOVEMBER), branch=tree.b2, kind="closed", at=NOW)
    assert proposed() == ("2026-09", "2026-10")


def test_a_period_without_any_month_is_refused_beside_the_form(client, tree, secretary):
    make_month(tree.b1, OCTOBER, is_off=True)

    answer = ask(client, first="2026-10", last="2026-10")

    assert answer.status_code == 422
    assert "2026-10 is switched off: there is nothing to compile." in answer.text
    assert JobRun.objects.count() == 0
    assert ask(client, first="2026-09", last="2026-10").status_code == 302


def test_the_button_queues_a_job_and_leads_to_its_page(client, tree, secretary):
    answer = ask(client)

    job = JobRun.objects.get()
    assert (answer.status_code, answer.url) == (302, f"/rankings/jobs/{job.pk}/")
    assert (job.state, job.requested_by, job.arguments) == (
        "queued", secretary,
        {"branch": "B001", "first": "2026-09", "last": "2026-11", "purpose": "candidate", "nonce": ""},
    )  # fmt: skip
    assert ask(client).url == answer.url
    assert JobRun.objects.count() == 1


def test_the_same_form_sent_again_asks_once_even_when_the_job_has_ended(client, tree, secretary):
    first = ask(client, nonce="a" * 32)
    jobs.run(str(JobRun.objects.get().pk))

    assert ask(client, nonce="a" * 32).url == first.url
    assert ask(client, nonce="b" * 32).url != first.url
    assert JobRun.objects.count() == 2


def test_the_same_form_with_other_choices_asks_for_what_was_chosen(client, tree, secretary):
    first = ask(client, nonce="a" * 32)

    assert ask(client, nonce="a" * 32, last="2026-10").url != first.url
    assert sorted(JobRun.objects.values_list("arguments__last", flat=True)) == ["2026-10", "2026-11"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"first": "2026-11", "last": "2026-09"}, "The last month lies before the first one: exchange them."),
        ({"branch": "B002"}, "Select a valid choice"),
        ({"purpose": "x"}, "Select a valid choice"),
        ({"first": "2024-12"}, "No published scheme for this purpose is valid"),
        ({"first": ""}, "This field is required."),
    ],
)
def test_what_cannot_be_compiled_is_refused_beside_the_form(client, tree, secretary, changes, message):
    answer = ask(client, **changes)

    assert answer.status_code == 422
    assert message in answer.text
    assert JobRun.objects.count() == 0


def test_the_progress_page_asks_again_until_the_job_has_ended(client, tree, secretary):
    ask(client)
    job = JobRun.objects.get()
    address = reverse("evaluations:compile_job", args=[job.pk])
    JobRun.objects.filter(pk=job.pk).update(state="running", step="computing", done_count=12, total_count=30)

    running = client.get(address).text
    assert 'hx-trigger="every 2s"' in running
    assert "12 of 30 people" in running

    JobRun.objects.filter(pk=job.pk).update(state="queued", attempt=0)
    jobs.run(str(job.pk))
    run = RankingRun.objects.get()
    done = client.get(address)
    polled = client.get(address, headers={"hx-request": "true"})
    assert 'hx-trigger="every' not in done.text
    assert reverse("evaluations:ranking", args=[run.pk]) in done.text
    assert polled["HX-Redirect"] == reverse("evaluations:ranking", args=[run.pk])


def test_a_failed_job_says_why_in_the_readers_language_and_can_be_tried_again(client, tree, secretary):
    ask(client)
    job = JobRun.objects.get()
    tree.root.schemes.update(first_month=NOVEMBER)
    jobs.run(str(job.pk))
    address = reverse("evaluations:compile_job", args=[job.pk])

    assert "No published scheme for this purpose is valid for" in client.get(address).text
    client.cookies["django_language"] = "zh-hans"
    assert "没有适用于此用途的已公布方案" in client.get(address).text
    answer = client.post(reverse("evaluations:compile_retry", args=[job.pk]))

    again = JobRun.objects.exclude(pk=job.pk).get()
    JobRun.objects.filter(pk=again.pk).update(state="failed")
    assert client.post(reverse("evaluations:compile_retry", args=[job.pk])).url == answer.url
    JobRun.objects.filter(pk=again.pk).update(state="queued")
    assert (again.state, again.arguments, answer.url) == ("queued", job.arguments, f"/rankings/jobs/{again.pk}/")


def test_the_jobs_of_another_branch_do_not_exist(client, tree, secretary):
    job, _created = compiling.request(
        branch=tree.b2, purpose="candidate", first=SEPTEMBER, last=NOVEMBER, by=None, now=NOW
    )

    assert client.get(reverse("evaluations:compile_job", args=[job.pk])).status_code == 404
    assert client.post(reverse("evaluations:compile_retry", args=[job.pk])).status_code == 404
