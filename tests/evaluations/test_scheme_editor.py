"""Does the form of a scheme give back every document unchanged, and put each problem to its field?"""

from __future__ import annotations

import json
from copy import deepcopy

import pytest
from django.urls import reverse
from lxml import html

from branchportal.models import AuditEntry
from evaluations.models import ScoringScheme
from evaluations.services import schemes
from members.roles import Role
from tests.evaluations.ranking_material import NOVEMBER, NOW, install, make_scheme, ready_document
from tests.evaluations.vectors import VECTORS
from tests.factories import make_branch_tree, make_user, sign_in

pytestmark = pytest.mark.django_db

DOCUMENTS = {path.stem: json.loads(path.read_text(encoding="utf-8"))["scheme"] for path in VECTORS}
PAYLOAD = "\"'><script>alert(1)</script>"


@pytest.fixture
def tree():
    tree = make_branch_tree()
    install(tree.root)
    return tree


@pytest.fixture
def reviewer(client, tree):
    user = make_user(Role.REVIEWER, tree.root, name="周老师")
    sign_in(client, user, language="en")
    return user


@pytest.fixture
def draft(tree):
    return make_scheme(tree.root, ready_document(version="9"))


def address(draft) -> str:
    return reverse("evaluations:scheme_edit", args=[draft.pk])


def fields_of(page) -> dict[str, str]:
    """Everything that a browser would send, without a button."""
    form = html.fromstring(page.content).find(".//form[@class='scheme-sheet']")
    return {name: value or "" for name, value in form.form_values() if name != "csrfmiddlewaretoken"}


def errors_of(page) -> dict[str, str]:
    """The words beneath each field that is marked, by its name."""
    found = html.fromstring(page.content).xpath("//*[@aria-invalid='true']")
    return {
        field.get("name"): " ".join(
            field.xpath("ancestor::div[starts-with(@id, 'div_id')][1]")[0].text_content().split()
        )
        for field in found
    }


def keep(draft, document) -> None:
    """The draft with any well-formed document, as if every figure came from somewhere."""
    codes = [one["code"] for one in document["components"] if one["aggregate"] != "constant"]
    inputs = {gate["input"]: "months_as_activist" for gate in document.get("gates", [])}
    inputs = {name: source for name, source in inputs.items() if name != "total" and ":" not in name}
    draft.document, draft.sources = document, {"components": dict.fromkeys(codes, "self_review"), "inputs": inputs}
    draft.save()


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_comes_back_the_same(name, client, reviewer, draft):
    keep(draft, DOCUMENTS[name])
    sources = draft.sources

    saved = client.post(address(draft), fields_of(client.get(address(draft))) | {"save": "1"})

    assert saved.status_code == 302, saved.text
    draft.refresh_from_db()
    assert (draft.document, draft.sources) == (DOCUMENTS[name], sources)
    assert AuditEntry.objects.filter(action="scheme.edit").count() == 0


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_new_name_changes_nothing_else(name, client, reviewer, draft):
    keep(draft, DOCUMENTS[name])

    client.post(address(draft), fields_of(client.get(address(draft))) | {"name": "新方案", "save": "1"})

    draft.refresh_from_db()
    assert draft.document == DOCUMENTS[name] | {"name": "新方案"}
    assert draft.name == "新方案"
    assert AuditEntry.objects.filter(action="scheme.edit").count() == 1


def test_what_is_said_though_it_is_the_usual_stays_said(client, reviewer, draft):
    document = ready_document(version="9", tie_break=[], gates=[])
    document["components"][0] |= {"normalise": {"kind": "direct"}, "drop_high": 0, "drop_from": 5}
    keep(draft, document)

    client.post(address(draft), fields_of(client.get(address(draft))) | {"version": "10", "save": "1"})

    draft.refresh_from_db()
    assert draft.document == document | {"version": "10"}


# A component is [0] here, with these fields typed over those of the ready scheme, and the marked field with its words.
@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"name": ""}, "name", "Fill this in."),
        ({"name": "名" * 81}, "name", "Write at most 80 characters."),
        ({"version": " "}, "version", "Fill this in."),
        ({"decimals": "two"}, "decimals", "Write a whole number, 0 or more."),
        ({"decimals": "11"}, "decimals", "Write at most 10."),
        ({"component-0-code": ""}, "component-0-code", "Fill this in."),
        ({"component-1-code": "self"}, "component-1-code", "Another one has this code already: choose another."),
        ({"component-0-label": ""}, "component-0-label", "Fill this in."),
        ({"component-0-role": "none"}, "component-0-role", "must be one of weighted, additive, not 'none'"),
        ({"component-0-aggregate": "mode"}, "component-0-aggregate", "must be one of mean, median, sum, max, last"),
        (
            {"component-0-source": "", "component-0-code": "x", "tie-1-code": "x"},
            "component-0-source", "choose a source.",
        ),
        ({"component-0-weight": ""}, "component-0-weight", "Fill this in."),
        ({"component-0-weight": "thirty"}, "component-0-weight", "Write a number such as 12.5."),
        ({"component-0-weight": "-1"}, "component-0-weight", "Write a number above 0."),
        ({"component-0-role": "additive", "component-0-factor": "x"}, "component-0-factor", "Write a number such as"),
        ({"component-0-aggregate": "constant"}, "component-0-value", "Fill this in."),
        ({"component-0-min_count": "-1"}, "component-0-min_count", "Write a whole number, 0 or more."),
        ({"component-0-drop_high": "1.5"}, "component-0-drop_high", "Write a whole number, 0 or more."),
        ({"component-0-drop_low": "x"}, "component-0-drop_low", "Write a whole number, 0 or more."),
        ({"component-0-drop_from": "x"}, "component-0-drop_from", "Write a whole number, 0 or more."),
        ({"component-0-missing": "guess"}, "component-0-missing", "must be one of redistribute, zero, exclude"),
        ({"component-0-floor": "low"}, "component-0-floor", "Write a number such as 12.5."),
        ({"component-0-cap": "1e3"}, "component-0-cap", "Write a number such as 12.5."),
        ({"component-0-dimension-life": "x"}, "component-0-dimension-life", "Write a number such as 12.5."),
        ({"component-0-dimension-life": "-80"}, "component-0-dimension-thought", "a weight above 0."),
        ({"component-0-dimension-luck": "1"}, "component-0-dimension-thought", "names luck"),
        ({"component-0-kind": "curve"}, "component-0-kind", "must be one of direct, ratio, table, rank_table"),
        ({"component-0-kind": "ratio"}, "component-0-max", "Fill this in."),
        ({"component-0-kind": "ratio", "component-0-max": "0"}, "component-0-max", "Write a number above 0."),
        ({"component-0-kind": "table"}, "component-0-else", "Fill this in."),
        (
            {"component-0-kind": "table", "component-0-else": "0", "component-0-points-1": "5"},
            "component-0-bound-1", "Fill this in.",
        ),
        (
            {"component-0-kind": "rank_table", "component-0-else": "0", "component-0-bound-0": "0.5",
             "component-0-points-0": "all"},
            "component-0-points-0", "Write a number such as 12.5.",
        ),
        (
            {"component-0-kind": "table", "component-0-else": "0", "component-0-bound-0": "60",
             "component-0-points-0": "1", "component-0-bound-1": "60", "component-0-points-1": "2"},
            "component-0-bound-1", "A row above begins with the same figure.",
        ),
        ({"gate-0-code": ""}, "gate-0-code", "Fill this in."),
        ({"gate-0-label": ""}, "gate-0-label", "Fill this in."),
        ({"gate-0-citation": " "}, "gate-0-citation", "Fill this in."),
        ({"gate-0-input": ""}, "gate-0-input", "Fill this in."),
        ({"gate-0-input": "component:gone"}, "gate-0-input", "There is no such component in this scheme"),
        ({"gate-0-input": "self"}, "gate-0-input", "write component:self"),
        ({"gate-0-input": "luck", "gate-0-source": ""}, "gate-0-source", "choose a source."),
        ({"gate-0-op": "!="}, "gate-0-op", "must be one of <=, >=, <, >, =="),
        ({"gate-0-value": "a year"}, "gate-0-value", "Write a number such as 12.5."),
        ({"gate-0-missing": "maybe"}, "gate-0-missing", "must be one of fail, pass"),
        ({"tie-0-code": "gone"}, "tie-0-code", "There is no such component in this scheme"),
        ({"tie-1-code": "branch"}, "tie-1-code", "This one is in the list already"),
        ({"band-0-label": ""}, "band-0-label", "Fill this in."),
        ({"band-0-label": "优" * 41}, "band-0-label", "Write at most 40 characters."),
        ({"band-0-min": ""}, "band-0-min", "Fill this in."),
        ({"band-0-max_share": "a third"}, "band-0-max_share", "Write a share such as 1/3."),
    ],
)  # fmt: skip
def test_each_problem_stands_at_its_field(typed, field, words, client, reviewer, draft):
    keep(draft, ready_document(version="9", bands=[{"label": "优", "min": "90", "max_share": "1/3"}]))
    sent = fields_of(client.get(address(draft))) | typed | {"save": "1"}
    before = deepcopy(draft.document)

    page = client.post(address(draft), sent)

    assert page.status_code == 422
    assert words in errors_of(page).get(field, ""), (errors_of(page), page.context["editor"].problems)
    shown = fields_of(page)
    assert {name: shown.get(name, "") for name in typed} == typed
    draft.refresh_from_db()
    assert draft.document == before


def test_weights_must_make_a_hundred(client, reviewer, draft):
    sent = fields_of(client.get(address(draft))) | {"component-0-weight": "２５.5", "save": "1"}

    page = client.post(address(draft), sent)

    assert page.status_code == 422
    assert "The weights add up to 95.5, not to 100." in page.text
    assert "Weights: 95.5 / 100" in page.text
    assert 'href="#section-component"' in page.text


def test_everything_that_is_wrong_is_said_at_once(client, reviewer, draft):
    sent = fields_of(client.get(address(draft)))
    sent |= {"name": "", "component-0-weight": "x", "component-1-floor": "y", "gate-0-value": "", "save": "1"}

    page = client.post(address(draft), sent)

    assert sorted(errors_of(page)) == ["component-0-weight", "component-1-floor", "gate-0-value", "name"]


def test_rows_come_go_and_change_places_and_everything_typed_stays(client, reviewer, draft):
    sent = fields_of(client.get(address(draft))) | {"component-0-label": "自评（改）", "component-0-weight": "half"}

    added = fields_of(client.post(address(draft), sent | {"add": "component"}))
    assert (added["component-count"], added["component-2-code"]) == ("3", "part_1")
    assert (added["component-0-label"], added["component-0-weight"]) == ("自评（改）", "half")

    moved = fields_of(client.post(address(draft), added | {"up": "component-2"}))
    assert [moved[f"component-{index}-code"] for index in range(3)] == ["self", "part_1", "branch"]

    lowered = fields_of(client.post(address(draft), moved | {"down": "component-0"}))
    assert [lowered[f"component-{index}-code"] for index in range(3)] == ["part_1", "self", "branch"]
    assert lowered["component-1-weight"] == "half"

    removed = fields_of(client.post(address(draft), lowered | {"remove": "component-0"}))
    assert [removed[f"component-{index}-code"] for index in range(2)] == ["self", "branch"]
    draft.refresh_from_db()
    assert draft.document == ready_document(version="9")


def test_a_scheme_is_written_from_empty_rows(client, reviewer, draft):
    sent = fields_of(client.get(address(draft)))
    for button in ({"remove": "component-1"}, {"remove": "gate-0"}, {"remove": "tie-1"}, {"add": "band"}):
        sent = fields_of(client.post(address(draft), sent | button))
    sent |= {"component-0-weight": "100", "tie-0-code": "self", "band-0-label": "优秀", "band-0-min": "90"}

    client.post(address(draft), sent | {"save": "1"})

    draft.refresh_from_db()
    assert draft.document == {
        "format": "branchportal.scheme/1", "name": "发展对象综合排名基本方案", "version": "9", "decimals": 2,
        "components": [ready_document()["components"][0] | {"weight": "100"}],
        "gates": [], "tie_break": ["self"], "bands": [{"label": "优秀", "min": "90"}],
    }  # fmt: skip
    assert draft.sources == {"components": {"self": "self_review"}, "inputs": {}}


@pytest.mark.parametrize(
    "button", [{"add": "x"}, {"remove": "component-999"}, {"up": "component-0"}, {"down": "tie-"}, {}]
)
def test_a_button_that_is_none_changes_nothing(button, client, reviewer, draft):
    sent = fields_of(client.get(address(draft)))

    assert fields_of(client.post(address(draft), sent | button)) == sent


def test_checking_says_it_in_words_and_keeps_nothing(client, reviewer, draft):
    sent = fields_of(client.get(address(draft))) | {
        "component-0-weight": "40",
        "component-1-weight": "60",
        "check": "1",
    }

    page = client.post(address(draft), sent)

    assert page.status_code == 200
    assert "每月自评 counts for 40 %." in page.text
    draft.refresh_from_db()
    assert draft.document == ready_document(version="9")


def test_two_editors_never_overwrite_each_other_unseen(client, reviewer, draft):
    first = fields_of(client.get(address(draft))) | {"component-0-label": "自评甲", "save": "1"}
    second = fields_of(client.get(address(draft))) | {"component-0-label": "自评乙", "save": "1"}
    client.post(address(draft), first)

    page = client.post(address(draft), second)

    assert page.status_code == 409
    cells = [cell.text_content().split(" counts")[0] for cell in html.fromstring(page.content).xpath("//tbody//td")]
    assert cells[:2] == ["自评甲", "自评乙"]
    draft.refresh_from_db()
    assert draft.document["components"][0]["label"] == "自评甲"

    assert client.post(address(draft), fields_of(page) | {"save": "1"}).status_code == 302
    draft.refresh_from_db()
    assert draft.document["components"][0]["label"] == "自评乙"


def test_what_was_typed_against_an_old_draft_stays_stale_after_a_check(client, reviewer, draft):
    sent = fields_of(client.get(address(draft))) | {"component-0-label": "自评乙"}
    client.post(address(draft), fields_of(client.get(address(draft))) | {"name": "别的", "save": "1"})

    checked = fields_of(client.post(address(draft), sent | {"check": "1"}))

    assert client.post(address(draft), checked | {"save": "1"}).status_code == 409


def test_a_draft_published_meanwhile_stays_as_it_is(client, reviewer, tree, draft):
    sent = fields_of(client.get(address(draft))) | {"name": "别的", "save": "1"}
    schemes.publish(scheme=draft, first_month=NOVEMBER, last_month=None, by=None, now=NOW)

    page = client.post(address(draft), sent)

    assert page.status_code == 422
    assert "copy it as a new version" in page.text
    assert client.get(address(draft)).url == reverse("evaluations:scheme", args=[draft.pk])
    draft.refresh_from_db()
    assert draft.document == ready_document(version="9")


def test_a_version_that_exists_is_refused_and_everything_stays_typed(client, reviewer, draft):
    sent = fields_of(client.get(address(draft))) | {"version": "2026-1", "save": "1"}

    page = client.post(address(draft), sent)

    assert page.status_code == 422
    assert "already has a scheme" in page.text
    assert fields_of(page)["version"] == "2026-1"


def test_a_sealed_scheme_is_copied_as_a_new_version(client, reviewer, tree):
    scheme = tree.root.schemes.get(purpose="candidate")
    url = reverse("evaluations:scheme_copy", args=[scheme.pk])
    assert 'value="2026-2"' in client.get(url).text

    copied = client.post(url, {"branch": "ROOT", "version": "2026-2"})

    draft = ScoringScheme.objects.get(version="2026-2")
    assert copied.url == address(draft)
    assert (draft.state, draft.document, draft.sources) == (
        "draft", ready_document(version="2026-2"), scheme.sources,
    )  # fmt: skip
    assert client.post(url, {"branch": "ROOT", "version": "2026-2"}).status_code == 422


def test_a_branch_copies_what_it_inherits_for_itself(client, tree):
    sign_in(client, make_user(Role.SECRETARY, tree.b1), language="en")
    scheme = tree.root.schemes.get(purpose="candidate")
    url = reverse("evaluations:scheme_copy", args=[scheme.pk])

    assert client.post(url, {"branch": "ROOT", "version": "x"}).status_code == 422
    assert client.post(url, {"branch": tree.b1.code, "version": "x"}).status_code == 302
    assert ScoringScheme.objects.get(version="x").branch == tree.b1
    assert client.get(reverse("evaluations:scheme_edit", args=[scheme.pk])).status_code == 404


def test_hostile_words_stay_words(client, reviewer, draft):
    document = ready_document(version="9", name=PAYLOAD)
    for one in [*document["components"], *document["gates"]]:
        one |= {"label": PAYLOAD}
    document["components"][0]["code"] = PAYLOAD
    document |= {"tie_break": [PAYLOAD], "bands": [{"label": PAYLOAD, "min": "1"}]}
    keep(draft, document)

    page = client.get(address(draft))

    assert "<script>alert" not in page.text
    assert client.post(address(draft), fields_of(page) | {"save": "1"}).status_code == 302
    draft.refresh_from_db()
    assert draft.document == document


def test_the_form_asks_the_same_number_of_questions_for_thirty_components(
    client, reviewer, draft, django_assert_num_queries
):
    components = [
        {"code": f"c{index}", "label": f"第{index}项", "role": "additive", "aggregate": "sum"} for index in range(30)
    ]
    mine = address(draft)
    client.get(mine)
    with django_assert_num_queries(QUERIES):
        client.get(mine)
    keep(draft, ready_document(version="9", components=components, tie_break=[]))
    with django_assert_num_queries(QUERIES):
        assert client.get(mine).status_code == 200


def test_what_no_form_can_hold_is_changed_as_a_file(client, reviewer, draft):
    components = [
        {"code": f"c{index}", "label": f"第{index}项", "role": "additive", "aggregate": "sum"} for index in range(41)
    ]
    keep(draft, ready_document(version="9", components=components, tie_break=[]))

    answer = client.get(address(draft), follow=True)

    assert "too long for the form" in answer.text
    assert draft.mark == ScoringScheme.objects.get(pk=draft.pk).mark


QUERIES = 4
