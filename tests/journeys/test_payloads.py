"""Does typed text stay text: on every page no markup, in every workbook no formula, whatever field it stands in?"""

from __future__ import annotations

import csv
import io
import json
from itertools import product

import icalendar
import pytest
from django.apps import apps
from django.db import models
from django.test import Client
from django.urls import reverse
from django.utils.html import escape
from lxml import html
from openpyxl import load_workbook

from activities.models import Activity
from activities.services.calendar_addresses import make_address
from evaluations.models import BranchReview, RankingRun, ScoringScheme, SelfReview
from evaluations.queries.column_check import Days
from evaluations.services.column_batches import keep_batch as keep_column_batch
from evaluations.services.score_batches import keep_batch as keep_score_batch
from members.models import Branch, ImportBatch
from members.services.roster_import import keep_batch as keep_roster_batch
from tests.access.test_matrix import MATRIX, address
from tests.access.world import NOW, branch_root, make_world
from tests.evaluations.ranking_material import OCTOBER
from tests.factories import sign_in
from tests.rounds import rounds

pytestmark = [pytest.mark.django_db, pytest.mark.any_database, pytest.mark.long]

MARKUP, ATTRIBUTE, LINK = "<script>a()</script>{{7*7}}", '"><img src=x onerror=a()>', "javascript:a()"
EACH = rounds("PAYLOADS", 0)  # 1: each payload for each reader; the suite sends every kind to somebody
READERS = [(MARKUP, "member"), (MARKUP, "reviewer"), (ATTRIBUTE, "secretary"), (LINK, "secretary")]
FORMULAS = [("=cmd|'/c calc'!A0", "secretary"), ("＝1", "reviewer")]
if EACH:
    READERS = [*product((MARKUP, ATTRIBUTE, LINK), ("member", "secretary", "reviewer", "administrator"))]
    FORMULAS = [*product(("=cmd|'/c calc'!A0", "+1+1", "@SUM(1)", "＝1", LINK), ("secretary", "reviewer"))]
OUR_APPS = ("branchportal", "members", "activities", "evaluations")
# Written by the portal alone, or held to a pattern by their forms; whatever text is added later gets the payload.
NOT_TYPED = {
    "AccessRecord.action", "AccessRecord.subject_id", "AccessRecord.subject_type", "ActivationSlip.code_hash",
    "Appeal.decider_role", "Appeal.figure", "Appeal.place",
    "ActivityKind.code", "AuditEntry.action", "AuditEntry.seal", "AuditEntry.subject_id", "AuditEntry.subject_type",
    "AwardLevel.code", "Branch.code", "Branch.path", "CalendarAddress.seal", "ColumnFigure.value",
    "CorrectionRequest.field", "FigureColumn.key", "JobRun.key",
    "DecisionMeeting.reviewer_role", "DecisionMeeting.signer_role",
    "DefenceJudge.code_hash", "DefenceSession.seed", "DefenceSpeaker.total", "Freezing.decider_role",
    "Freezing.fingerprint", "Freezing.proposer_role", "JobRun.kind", "JobRun.step", "LoginFailure.account",
    "Notification.key", "Notification.kind", "Notification.url", "PublicNotice.token",
    "RankingEntry.band", "RankingEntry.stage", "RankingEntry.total", "RankingRun.fingerprint",
    "ScoringScheme.document_hash", "User.email", "User.password",
}  # fmt: skip
# Refused here: rows that were altered behind the portal's back don't compute to their fingerprint.
NOT_SHOWN = {"evaluations:freezing_propose"}
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


# What goes with a state alone: the organisation outside, why an activity is cancelled, the words of an answer.
STAYS_EMPTY = {
    "organisation", "cancelled_because", "text", "withdrawn_because", "decider_name", "reason", "recused_for",
    "reply",
}  # fmt: skip


def name_of(field: models.Field) -> str:
    return f"{field.model.__name__}.{field.name}"


def typed_fields() -> list[models.Field]:
    """Every text column that somebody may type into."""
    return [
        field
        for label in OUR_APPS
        for model in apps.get_app_config(label).get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField)
        and not field.choices
        and name_of(field) not in NOT_TYPED
    ]


def infest(payload: str) -> None:
    """Put the payload into every typed text of every row, as if no form had ever looked at it."""
    for field in typed_fields():
        for row in field.model._default_manager.all():
            if field.name in STAYS_EMPTY and not getattr(row, field.name):
                continue
            text = f"{payload}{row.pk}"  # some are unique
            field.model._default_manager.filter(pk=row.pk).update(**{field.name: text[: field.max_length]})
    for field in document_fields():
        for row in field.model._default_manager.filter(**{f"{field.name}__isnull": False}):
            told = told_instead(getattr(row, field.name), payload)
            field.model._default_manager.filter(pk=row.pk).update(**{field.name: told})
    for review in (SelfReview, BranchReview):
        review.objects.update(notes=dict.fromkeys(("thought", "study", "card"), payload))
    for scheme in ScoringScheme.objects.all():
        ScoringScheme.objects.filter(pk=scheme.pk).update(document=labelled(scheme.document, payload))
    for run in RankingRun.objects.all():
        RankingRun.objects.filter(pk=run.pk).update(scheme_document=labelled(run.scheme_document, payload))


def document_fields() -> list[models.Field]:
    """Every column that holds a document: lines of audit, what was imported, minutes, evidence of rankings."""
    return [
        field
        for label in OUR_APPS
        for model in apps.get_app_config(label).get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, models.JSONField)
    ]


def told_instead(value, payload: str):
    """The document with the payload for every text that somebody wrote: figures, dates and codes are plain ASCII."""
    if isinstance(value, list):
        return [told_instead(one, payload) for one in value]
    if isinstance(value, dict):
        return {key: told_instead(one, payload) for key, one in value.items()}
    return payload if isinstance(value, str) and not value.isascii() else value


def labelled(value, payload: str):
    """The document with the payload as its name and in every label, citation and band."""
    if isinstance(value, list):
        return [labelled(one, payload) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        key: payload if key in {"name", "label", "citation"} else labelled(one, payload) for key, one in value.items()
    }


def table(header: str, payload: str) -> bytes:
    """A sheet whose every cell below the header is the payload, once as the number of a person too."""
    out = io.StringIO()
    csv.writer(out).writerows([header.split(","), *([payload] * len(header.split(",")) for _ in range(2))])
    return out.getvalue().encode()


def upload(world, payload: str) -> None:
    """Files with the payload as their names and in their cells take the place of the world's own."""
    branch = Branch.objects.get(pk=world.own["branch"]["pk"])
    by = ImportBatch.objects.get(**world.own["roster_batch"]).uploaded_by
    roster = keep_roster_batch(
        branch=branch, content=table("学号,姓名,班级,发展阶段", payload), file_name=f"{payload}.csv", by=by, now=NOW,
        today=NOW.date(), joined_on=NOW.date(),
    )  # fmt: skip
    scores = keep_score_batch(
        branch=branch, cycle=branch_root(branch).cycles.get(month=OCTOBER), source="self",
        content=table("学号,思想,学习,生活,工作,作风,说明", payload), file_name=f"{payload}.csv", by=by, now=NOW,
    )  # fmt: skip
    figures = keep_column_batch(
        branch=branch, content=table("学号,姓名,绩点", payload) + b"2026001001,x,3.5\n", file_name=f"{payload}.csv",
        days=Days(OCTOBER, OCTOBER), by=by, now=NOW,
    )  # fmt: skip
    batches = {"roster_batch": roster, "score_batch": scores, "column_batch": figures}
    world.own |= {name: {"pk": batch.pk} for name, batch in batches.items()}


def opened_by(person: str) -> list:
    """The rows of the matrix that this person opens."""
    return [
        row for row in MATRIX.values() if row.opens == 200 and row.signs[person] == "+" and row.page not in NOT_SHOWN
    ]


def answers(person: str, payload: str, time_machine) -> dict[str, object]:
    """Every page and file that the person may open, by its name, in a portal full of the payload."""
    time_machine.move_to(NOW, tick=False)
    world = make_world(person)
    upload(world, payload)
    infest(payload)
    client = sign_in(Client(), world.user)
    rows = opened_by(person)
    found = {row.page: client.get(address(row, world.own)) for row in rows}
    for page, answer in [*found.items()]:
        if is_page(answer) and 'name="q"' in answer.text:  # what a search finds, and what it says it was asked
            found[f"{page}?q"] = client.get(reverse(page), {"q": payload[:20]}) if not MATRIX[page].thing else answer
    assert {name: answer.status_code for name, answer in found.items()} == dict.fromkeys(found, 200)
    return found


def faults_of(page: str, payload: str) -> list[str]:
    """What of the payload became more than text."""
    tree = html.fromstring(page)
    links = [value for name in ("href", "src", "action", "formaction") for value in tree.xpath(f"//@{name}")]
    return [
        *(["raw"] if "<" in payload and payload in page else []),
        *(["handler"] if tree.xpath("//@*[starts-with(name(), 'on')]") else []),
        *(["script"] if [one for one in tree.xpath("//script") if one.text and "a()" in one.text] else []),
        *(["link"] if [link for link in links if link.strip().lower().startswith("javascript:")] else []),
    ]


def formulas_with(payload: str, content: bytes) -> list[str]:
    """The cells in which the payload is a formula or a link."""
    book = load_workbook(io.BytesIO(content))
    return [
        f"{sheet.title}!{cell.coordinate}"
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None and payload in str(cell.value) and (cell.data_type != "s" or cell.hyperlink)
    ]


def is_page(answer) -> bool:
    return answer.headers["Content-Type"].startswith("text/html")


def cells_with(payload: str, content: bytes) -> int:
    book = load_workbook(io.BytesIO(content))
    return sum(payload in str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row)


@pytest.mark.parametrize(("payload", "person"), READERS)
def test_markup_in_every_field_stays_text_on_every_page(payload, person, time_machine):
    pages = {name: answer.text for name, answer in answers(person, payload, time_machine).items() if is_page(answer)}
    assert {name: faults for name, page in pages.items() if (faults := faults_of(page, payload))} == {}
    shown = [name for name, page in pages.items() if str(escape(payload)) in page]
    assert len(shown) > len(pages) / 2  # or nothing was proved


@pytest.mark.parametrize(("payload", "person"), FORMULAS)
def test_text_in_every_field_is_no_formula_in_any_workbook(payload, person, time_machine):
    found = answers(person, payload, time_machine)
    books = {name: one.content for name, one in found.items() if one.headers["Content-Type"] == SHEET}
    assert {name: cells for name, book in books.items() if (cells := formulas_with(payload, book))} == {}
    silent = {name for name, book in books.items() if not cells_with(payload, book)}
    assert silent <= {"members:roster_template"}  # an empty sheet


BREAKOUT, NEXT_LINE = 'a","b":1,"c":"d', "a\r\nSUMMARY:c"  # no form takes a new line in a single-line field


@pytest.mark.parametrize("person", ["member", "secretary"])
def test_text_in_every_field_stays_one_value_in_json(person, time_machine):
    found = answers(person, BREAKOUT, time_machine)
    files = {name: one.content for name, one in found.items() if "json" in one.headers["Content-Type"]}
    assert {"evaluations:my_data_file", "evaluations:scheme_document"} <= {*files}
    texts = {name: {*texts_of(json.loads(content))} for name, content in files.items()}
    assert [name for name, said in texts.items() if not any(BREAKOUT in text for text in said)] == []
    assert [name for name, said in texts.items() if "b" in said] == []


def texts_of(value) -> list[str]:
    """Every key and every text of a document."""
    if isinstance(value, dict):
        return [text for key, one in value.items() for text in (key, *texts_of(one))]
    if isinstance(value, list):
        return [text for one in value for text in texts_of(one)]
    return [value] if isinstance(value, str) else []


def test_text_in_every_field_stays_one_value_in_a_calendar(time_machine, client):
    time_machine.move_to(NOW, tick=False)
    world = make_world("secretary")

    def events() -> list:
        url = reverse("activities:calendar_file", args=[make_address(user=world.user, language="en", now=NOW)])
        return icalendar.Calendar.from_ical(client.get(url).content).events

    before = events()
    infest(NEXT_LINE)
    after = events()
    assert len(after) == len(before) > 1
    assert [event for event in after if str(event["SUMMARY"]) == "c"] == []


def test_the_checks_would_find_what_they_look_for():
    page = f"<p>{MARKUP}</p><a href='{LINK}'>x</a><img onerror='a()'>"
    assert faults_of(page, MARKUP) == ["raw", "handler", "script", "link"]
    assert faults_of(f"<p>{escape(MARKUP)}</p>", MARKUP) == []
    assert {field.name for field in typed_fields()} >= {"name", "class_name", "contact", "title", "place", "file_name"}
    assert Activity._meta.get_field("title") in typed_fields()
    known = {name_of(field) for field in typed_fields()} | NOT_TYPED
    columns = {name_of(field) for label in OUR_APPS for model in apps.get_app_config(label).get_models()
               for field in model._meta.concrete_fields}  # fmt: skip
    assert columns >= NOT_TYPED  # nothing is left out that has gone or has another name
    assert known <= columns
