"""Do the pages of schemes read a document aloud, take a new one in and put it into force?"""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from evaluations.models import ScoringScheme
from members.roles import Role
from tests.evaluations.ranking_material import (
    NOVEMBER,
    NOW,
    SEPTEMBER,
    approve,
    file_self,
    install,
    make_scheme,
    ready_document,
)
from tests.factories import make_branch_tree, make_member, make_user, sign_in

pytestmark = pytest.mark.django_db


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


def candidate(tree):
    return tree.root.schemes.get(purpose="candidate")


def upload(client, content: bytes | str, **changes):
    content = content.encode() if isinstance(content, str) else content
    data = {"branch": "ROOT", "purpose": "candidate", "check": "1", "file": SimpleUploadedFile("a.json", content)}
    return client.post(reverse("evaluations:scheme_import"), data | changes)


def test_the_page_reads_the_document_in_plain_words(client, tree, reviewer):
    page = client.get(reverse("evaluations:scheme", args=[candidate(tree).pk])).text

    for sentence in (
        "每月自评 counts for 30 %.",
        "支部总评 counts for 70 %.",
        "Source: Monthly self-review.",
        "Thought, Study, Life, Work, Conduct weigh the same.",
        "The mean of all months counts.",
        "Without a single figure: it is left out and the others share its weight.",
        "Without a single figure: the person is not ranked.",
        "Whole months as an activist until the end of the period: at least 12 (《中国共产党发展党员工作细则》第十三条)",
        "With equal totals the higher figure decides in 支部总评, then 每月自评; people still equal share the place.",
    ):
        assert sentence in page


def test_the_page_reads_it_in_chinese_too(client, tree, reviewer):
    client.cookies["django_language"] = "zh-hans"

    page = client.get(reverse("evaluations:scheme", args=[candidate(tree).pk])).text

    assert "每月自评占 30%。" in page
    assert "思想、学习、生活、工作、作风权重相同。" in page
    assert "确定为入党积极分子到统计期末的整月数不少于 12" in page


def test_every_kind_of_rule_has_words(client, tree, reviewer):
    document = ready_document(
        gates=[
            {"code": "a", "label": "总分线", "input": "total", "op": ">", "value": "60"},
            {"code": "b", "label": "自评线", "input": "component:self", "op": "<", "value": "99", "missing": "pass"},
        ],
        bands=[{"label": "优", "min": "90", "max_share": "1/3"}, {"label": "良", "min": "0"}],
    )
    document["components"][0] |= {
        "drop_high": 1, "drop_low": 1, "drop_from": 5, "aggregate": "median", "missing": "zero", "min_count": 3,
        "normalise": {"kind": "rank_table", "rows": [{"top": "0.05", "points": "20"}], "else": "5"},
    }  # fmt: skip
    document["components"].append(
        {"code": "base", "label": "基础分", "role": "additive", "factor": "-1", "aggregate": "constant", "value": "2"}
    )
    draft = make_scheme(tree.root, document | {"version": "2"})

    page = client.get(reverse("evaluations:scheme", args=[draft.pk])).text

    for sentence in (
        "With 5 or more, the highest 1 and the lowest 1 are left out.",
        "The median of all months counts.",
        "Points by place among all: the first 5 %: 20; others: 5.",
        "With fewer than 3 figures: it counts as 0.",
        "基础分 is taken off the total.",
        "Everybody gets 2.",
        "Total: above 60",
        "每月自评: below 99; whoever has no figure passes",
        "优: from 90 points, at most 1/3 of the ranked people",
    ):
        assert sentence in page


def test_a_document_is_checked_first_and_then_kept_as_a_draft(client, tree, reviewer):
    content = json.dumps(ready_document(version="2"), ensure_ascii=False)
    checked = upload(client, content)
    assert "支部总评 counts for 70 %." in checked.text
    assert ScoringScheme.objects.filter(version="2").count() == 0

    kept = client.post(
        reverse("evaluations:scheme_import"),
        {"branch": "ROOT", "purpose": "candidate", "save": "1", "document": content,
         "component-self": "self_review", "component-branch": "self_review",
         "input-months_as_activist": "months_as_activist"},
    )  # fmt: skip

    draft = ScoringScheme.objects.get(version="2")
    assert kept.url == reverse("evaluations:scheme", args=[draft.pk])
    assert (draft.state, draft.document, draft.created_by) == ("draft", ready_document(version="2"), reviewer)
    assert draft.sources == {
        "components": {"self": "self_review", "branch": "self_review"},
        "inputs": {"months_as_activist": "months_as_activist"},
    }


def test_what_was_exported_can_be_imported_again(client, tree, reviewer):
    exported = client.get(reverse("evaluations:scheme_document", args=[candidate(tree).pk]))

    assert json.loads(exported.content) == ready_document()
    assert "attachment" in exported["Content-Disposition"]
    assert upload(client, exported.content).status_code == 200


def test_a_component_without_a_source_is_named(client, tree, reviewer):
    document = ready_document(version="2", tie_break=[])
    document["components"][0] |= {"code": "interview", "label": "面谈"}

    answer = client.post(
        reverse("evaluations:scheme_import"),
        {"branch": "ROOT", "purpose": "candidate", "save": "1", "document": json.dumps(document),
         "component-branch": "branch_rating", "input-months_as_activist": "months_as_activist"},
    )  # fmt: skip

    assert answer.status_code == 422
    assert "Source of 面谈" in answer.text
    assert "The portal has to know where these figures come from: choose a source." in answer.text


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "The submitted file is empty."),
        (b"{", "is not JSON"),
        (b"\xff\xfe\x00", "is not UTF-8 text"),
        (b"[]", "scheme must be an object, not […]"),
        (json.dumps(ready_document(extra=1)), "scheme.extra is not a known key here"),
        (json.dumps(ready_document(decimals="2")), "scheme.decimals must be a whole number without quotes"),
        (b'{"a": 1, "a": 2}', "a is named twice"),
        (json.dumps(ready_document(name="a\0b")), "scheme.name holds the character NUL"),
        (b" " * (256 * 1024 + 1), "This file is larger than 256 KB and is no scheme document."),
    ],
)
def test_a_wrong_document_is_refused_with_its_place(client, tree, reviewer, content, message):
    answer = upload(client, content)

    assert answer.status_code == 422
    assert message in answer.text.replace("&#x27;", "'")


def test_a_version_that_exists_is_refused(client, tree, reviewer):
    answer = client.post(
        reverse("evaluations:scheme_import"),
        {"branch": "ROOT", "purpose": "candidate", "save": "1", "document": json.dumps(ready_document()),
         "component-self": "self_review", "component-branch": "branch_rating",
         "input-months_as_activist": "months_as_activist"},
    )  # fmt: skip

    assert answer.status_code == 422
    assert "give the document another version" in answer.text


def test_a_reviewer_publishes_a_draft(client, tree, reviewer):
    draft = approve(make_scheme(tree.b1, ready_document(version="2")), reviewer)
    address = reverse("evaluations:scheme_publish", args=[draft.pk])

    assert client.get(address).status_code == 200
    answer = client.post(address, {"first_month": "2026-11", "last_month": ""})

    draft.refresh_from_db()
    assert (answer.status_code, draft.state, draft.published_by) == (302, "published", reviewer)
    again = client.post(address, {"first_month": "2026-11", "last_month": ""})
    assert "This scheme is published already." in again.text


def test_publishing_proposes_the_first_month_that_nobody_has_rated(client, tree, reviewer, time_machine):
    time_machine.move_to(NOW)
    draft = make_scheme(tree.root, ready_document(version="2"))
    address = reverse("evaluations:scheme_publish", args=[draft.pk])
    assert client.get(address).context["form"]["first_month"].value() == "2026-11"

    file_self(make_member(tree.b1), NOVEMBER, 90)

    assert client.get(address).context["form"]["first_month"].value() == "2026-12"


def test_a_scheme_without_the_year_is_not_published(client, tree, reviewer):
    draft = approve(make_scheme(tree.b1, ready_document(version="2", gates=[])), reviewer)

    answer = client.post(reverse("evaluations:scheme_publish", args=[draft.pk]), {"first_month": "2026-11"})

    assert answer.status_code == 422
    assert "National limits can only be tightened." in answer.text


def test_a_secretary_writes_drafts_but_publishes_nothing(client, tree):
    sign_in(client, make_user(Role.SECRETARY, tree.b1))
    own, above = make_scheme(tree.b1, ready_document(version="2")), make_scheme(tree.root, ready_document(version="3"))

    assert client.get(reverse("evaluations:scheme_publish", args=[own.pk])).status_code == 403
    assert client.get(reverse("evaluations:scheme", args=[own.pk])).status_code == 200
    assert client.get(reverse("evaluations:scheme", args=[above.pk])).status_code == 404
    assert client.post(reverse("evaluations:scheme_delete", args=[above.pk])).status_code == 404
    assert client.post(reverse("evaluations:scheme_delete", args=[own.pk])).status_code == 302
    assert list(ScoringScheme.objects.filter(branch=tree.b1)) == []


def test_a_member_reads_what_applies_and_changes_nothing(client, tree):
    sign_in(client, make_user(Role.MEMBER, tree.b1))

    statuses = [
        client.get(reverse(f"evaluations:{name}", args=arguments)).status_code
        for name, arguments in (
            ("schemes", []),
            ("scheme", [candidate(tree).pk]),
            ("scheme_document", [candidate(tree).pk]),
            ("scheme_import", []),
            ("scheme_publish", [candidate(tree).pk]),
            ("scheme_delete", [candidate(tree).pk]),
        )
    ]

    assert statuses == [200, 200, 200, 403, 403, 403]


@pytest.mark.parametrize("count", [1, 30])
def test_the_list_takes_six_queries(client, tree, count, django_assert_num_queries):
    sign_in(client, make_user(Role.SECRETARY, tree.b1))
    ScoringScheme.objects.all().delete()
    for place in range(count):
        make_scheme(tree.b1, ready_document(version=str(place)))

    with django_assert_num_queries(4):
        answer = client.get(reverse("evaluations:schemes"))

    assert len(answer.context["schemes"]) == count


def test_payloads_in_a_document_stay_text(client, tree, reviewer):
    payload = "<script>alert(1)</script>"
    document = ready_document(name=payload, version="2")
    document["components"][0]["label"] = payload
    draft = make_scheme(tree.root, document)

    for address in (reverse("evaluations:scheme", args=[draft.pk]), reverse("evaluations:schemes")):
        assert payload not in client.get(address).text
    assert payload not in upload(client, json.dumps(document)).text


def test_a_month_that_is_none_is_refused(client, tree, reviewer):
    draft = make_scheme(tree.b1, ready_document(version="2"))

    for month in ("", "2026-13", "x", f"{SEPTEMBER.year + 9}-01"):
        answer = client.post(reverse("evaluations:scheme_publish", args=[draft.pk]), {"first_month": month})
        assert answer.status_code == 422
