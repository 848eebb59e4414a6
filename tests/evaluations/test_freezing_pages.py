"""Do the pages of freezing lead two people through it, lose nothing typed, and tell everybody how far it is?"""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
from django.urls import reverse

from evaluations.models import Freezing
from evaluations.queries import rankings
from members.models import LoginFailure
from members.roles import Role
from members.services.throttle import PER_ACCOUNT_AND_ADDRESS
from tests.evaluations.freezing_material import NOW, WORDS, freeze, make_hands, make_run, propose
from tests.evaluations.ranking_material import OCTOBER, SEPTEMBER, compile_now
from tests.evaluations.test_ranking_workbook import needs_libreoffice, recalculated, totals
from tests.factories import make_user, sign_in

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[2]
STEPS = ("propose", "confirm", "decline", "withdraw")


@pytest.fixture
def run(tree):
    return make_run(tree)


@pytest.fixture
def hands(tree):
    return make_hands(tree)


def page_of(run) -> str:
    return reverse("evaluations:ranking", args=[run.pk])


def step(name: str, run) -> str:
    return reverse(f"evaluations:freezing_{name}", args=[run.pk])


def of(client, user):
    return sign_in(client, user, language="en")


def signed(run, **typed) -> dict:
    return {"fingerprint": run.fingerprint, "password": WORDS} | typed


def errors(answer) -> dict:
    return {name: list(found) for name, found in answer.context["form"].errors.items()}


def test_two_people_freeze_it_on_its_pages(client, run, hands):
    of(client, hands.secretary)
    assert step("propose", run) in client.get(page_of(run)).text
    assert run.fingerprint in client.get(step("propose", run)).text
    answer = client.post(step("propose", run), signed(run, note="支委会已讨论"), follow=True)
    assert answer.redirect_chain == [(page_of(run), 302)]
    assert "Proposed for freezing" in answer.text
    assert step("withdraw", run) in answer.text

    of(client, hands.reviewer)
    assert "1 ranking waits to be frozen" in client.get("/").text
    listed = client.get(reverse("evaluations:rankings"), {"state": "proposed"})
    assert [found.pk for found in listed.context["page"].object_list] == [run.pk]
    shown = client.get(step("confirm", run)).text
    assert "支委会已讨论" in shown
    assert "王书记 (Secretary)" in shown
    answer = client.post(step("confirm", run), signed(run), follow=True)

    assert answer.redirect_chain == [(page_of(run), 302)]
    assert "李审核 (Committee reviewer)" in answer.text
    assert "Compile again" not in answer.text
    assert [step(name, run) in answer.text for name in STEPS] == [False] * 4
    assert "waits to be frozen" not in client.get("/").text


def test_a_wrong_password_loses_nothing_and_counts(client, run, hands):
    of(client, hands.secretary)

    answer = client.post(step("propose", run), signed(run, note="支委会已讨论", password="falsch"))

    assert (answer.status_code, errors(answer)) == (422, {"password": ["This is not your password."]})
    assert 'value="支委会已讨论"' in answer.text
    assert LoginFailure.objects.count() == 1
    for _try in range(PER_ACCOUNT_AND_ADDRESS.failures - 1):
        client.post(step("propose", run), signed(run, password="falsch"))
    answer = client.post(step("propose", run), signed(run))
    assert errors(answer) == {"password": ["Too many failed attempts. Wait 15 minutes and try again."]}
    assert Freezing.objects.count() == 0


def test_a_right_password_leaves_no_failure_behind(client, run, hands):
    of(client, hands.secretary)
    client.post(step("propose", run), signed(run))
    assert (Freezing.objects.count(), LoginFailure.objects.count()) == (1, 0)


def test_what_was_shown_is_what_is_signed(client, tree, run, hands):
    propose(run, hands.secretary)
    of(client, hands.reviewer)
    compile_now(tree.b1, SEPTEMBER, OCTOBER)

    answer = client.post(step("confirm", run), signed(run))

    over = "The ranking was compiled again meanwhile: the newest run has to be proposed first."
    assert (answer.status_code, errors(answer)) == (422, {"__all__": [over]})
    assert client.get(step("confirm", run), follow=True).redirect_chain == [(page_of(run), 302)]
    assert "A newer run has replaced this one; the newest is the one to be frozen." in client.get(page_of(run)).text


def test_it_goes_back_with_a_reason_and_the_secretary_finds_it(client, run, hands):
    propose(run, hands.secretary)
    of(client, hands.reviewer)
    assert client.post(step("decline", run), {"reason": ""}).status_code == 422
    client.post(step("decline", run), {"reason": "十月缺一份测评"})

    of(client, hands.secretary)
    assert "1 ranking was not confirmed" in client.get("/").text
    listed = client.get(reverse("evaluations:rankings"), {"state": "declined"})
    assert [found.pk for found in listed.context["page"].object_list] == [run.pk]
    page = client.get(page_of(run)).text
    assert "十月缺一份测评" in page
    assert step("propose", run) in page
    client.post(step("propose", run), signed(run))
    assert "was not confirmed" not in client.get("/").text
    client.post(step("withdraw", run), {"reason": "还要核对"})
    assert Freezing.objects.latest("pk").state == "withdrawn"


@pytest.mark.parametrize("name", STEPS[1:])
def test_without_a_proposal_there_is_no_step(client, run, hands, name):
    of(client, hands.reviewer if name != "withdraw" else hands.secretary)
    answer = client.get(step(name, run), follow=True)
    assert answer.redirect_chain == [(page_of(run), 302)]
    assert "This ranking is not proposed for freezing." in answer.text


def test_the_proposer_is_not_offered_to_confirm(client, tree, run):
    both = make_user(Role.REVIEWER, tree.root, password=WORDS)
    both.role_assignments.create(role=Role.SECRETARY, branch=tree.b1, starts_on="2026-01-01")
    propose(run, both)
    of(client, both)

    assert step("confirm", run) not in client.get(page_of(run)).text
    assert client.get(step("confirm", run), follow=True).redirect_chain == [(page_of(run), 302)]
    assert client.post(step("confirm", run), signed(run)).status_code == 422
    assert "waits to be frozen" not in client.get("/").text


def test_the_list_is_filtered_by_state(client, tree, run, hands):
    other = compile_now(tree.b1, OCTOBER, OCTOBER)
    freeze(run, hands)
    of(client, hands.secretary)

    def found(state):
        answer = client.get(reverse("evaluations:rankings"), {"state": state})
        return [one.pk for one in answer.context["page"].object_list]

    assert [found(state) for state in ("frozen", "compiled", "proposed")] == [[run.pk], [other.pk], []]


def test_the_form_of_compiling_says_why_a_frozen_ranking_stays(client, run, hands):
    freeze(run, hands)
    of(client, hands.secretary)
    answer = client.post(
        reverse("evaluations:compile"),
        {"branch": "B001", "purpose": "candidate", "first": "2026-09", "last": "2026-10", "nonce": "n"},
    )
    assert answer.status_code == 422
    assert "was frozen on 2026-11-22 by 王书记 and 李审核 and is not compiled again" in answer.text


def test_a_member_sees_whether_the_own_figures_are_final(client, tree, run, hands):
    user = make_user(Role.MEMBER, tree.b2)
    entry = run.entries.get(rank=1)
    user.member.delete()
    entry.member.__class__.objects.filter(pk=entry.member_id).update(user=user)
    of(client, user)
    addresses = reverse("evaluations:own_rankings"), reverse("evaluations:own_ranking", args=[run.pk])
    for address in addresses:
        assert "Provisional: not frozen yet, figures can still change." in client.get(address).text

    freeze(run, hands)

    final = "Frozen on 2026-11-22: proposed by 王书记 (Secretary), confirmed by 李审核 (Committee reviewer)."
    for address in addresses:
        assert final in client.get(address).text


def test_paper_and_workbook_name_both_and_the_fingerprint(client, run, hands):
    freeze(run, hands)
    of(client, hands.secretary)

    facts = dict(client.get(page_of(run)).context["paper_facts"])
    assert [facts[term] for term in ("Fingerprint", "Proposed for freezing", "Frozen")] == [
        run.fingerprint, "2026-11-22 11:00 王书记 (Secretary)", "2026-11-22 11:00 李审核 (Committee reviewer)",
    ]  # fmt: skip
    answer = client.get(reverse("evaluations:ranking_workbook", args=[run.pk]))
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    cells = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row]
    line = "已冻结：王书记 (Secretary) 2026-11-22 提请，李审核 (Committee reviewer) 2026-11-22 确认"
    assert (cells.count(line), run.fingerprint in cells, f"指纹：{run.fingerprint}" in cells) == (2, True, True)


@needs_libreoffice
def test_the_files_of_a_frozen_ranking_are_what_was_signed(client, run, hands, tmp_path):
    """The outside checker agrees with the bundle, LibreOffice with every total."""
    freeze(run, hands)
    of(client, hands.secretary)

    sealed = client.get(reverse("evaluations:ranking_bundle", args=[run.pk]))
    file = tmp_path / "sealed.json"
    file.write_bytes(sealed.content)
    verified = subprocess.run(
        [sys.executable, "-S", "-m", "evaluations.bundle", "verify", file],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert verified.returncode == 0, verified.stderr
    assert json.loads(sealed.content) == rankings.bundle_of(run)
    assert "%EF%BC%88%E5%B7%B2%E5%86%BB%E7%BB%93%EF%BC%89" in sealed["Content-Disposition"]

    book = client.get(reverse("evaluations:ranking_workbook", args=[run.pk])).content
    assert {number: f"{total:.2f}" for number, total in totals(recalculated(book, tmp_path)["综合排名"]).items()} == {
        entry.number: entry.total for entry in run.entries.filter(rank__isnull=False)
    }


@pytest.mark.parametrize("proposals", [1, 30])
def test_the_page_takes_the_same_queries_for_one_proposal_and_many(
    client, run, hands, proposals, django_assert_num_queries
):
    for _time in range(proposals - 1):
        back = propose(run, hands.secretary)
        Freezing.objects.filter(pk=back.pk).update(
            state="declined", reason="再核", decider=hands.reviewer, decider_name="李审核", decider_role="reviewer",
            decided_at=NOW,
        )  # fmt: skip
    propose(run, hands.secretary)
    of(client, hands.reviewer)
    with django_assert_num_queries(7):
        client.get(page_of(run))
