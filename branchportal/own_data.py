"""What does the portal keep about one person? Each app answers for its own tables, section by section.

`OWN_DATA` in the settings lists the apps' sections. A page and two files show the same rows.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import QuerySet
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy

from branchportal.counting import counts
from branchportal.spreadsheets.writing import DATE, MOMENT, TEXT, Column, SheetSpec, notes_sheet, write_workbook

FORMAT = "branch-portal-own-data/1"


@dataclass(frozen=True)
class Field:
    """One column: its name in the file for machines, its label for people, and what it holds."""

    key: str
    label: Any
    kind: str = TEXT


FACTS = (Field("name", gettext_lazy("Name of the field")), Field("value", gettext_lazy("Value")))


@dataclass(frozen=True)
class Section:
    """One kind of record. `rows(user, now)` yields a tuple per record, the newest first, of this person alone.

    `covers` names the links to people, as "app.Model.field", that these rows show. `records(user, now)` are what is
    counted before anybody opens the section; without it only the rows tell how many there are.
    """

    code: str
    title: Any
    note: Any
    fields: tuple[Field, ...]
    rows: Callable[[Any, datetime], Iterable[tuple]]
    covers: tuple[str, ...] = ()
    records: Callable[[Any, datetime], Iterable[QuerySet]] | None = None

    @property
    def is_of_facts(self) -> bool:
        """Whether its rows are the name and the value of one fact each."""
        return self.fields == FACTS


@dataclass(frozen=True)
class Found:
    """A section with the rows of one person."""

    section: Section
    rows: list[tuple]


@cache
def sections() -> tuple[Section, ...]:
    """All sections in the order of the settings."""
    return tuple(section for path in settings.OWN_DATA for section in import_string(path))


def section_of(code: str) -> Section | None:
    """The section with this code."""
    return next((section for section in sections() if section.code == code), None)


def counted(user: Any, *, now: datetime) -> dict[str, int]:
    """{code: how many records of this person} of every section that can be counted; one query."""
    countable = [section for section in sections() if section.records]
    found = counts((section.code, rows) for section in countable for rows in section.records(user, now))
    return {section.code: found[section.code] for section in countable}


def about(user: Any, *, now: datetime) -> list[Found]:
    """Everything that the portal keeps about this person and may show him."""
    return [Found(section, list(section.rows(user, now))) for section in sections()]


def as_workbook(found: Iterable[Found], *, title: str, notes: Iterable[tuple[str, object]], notes_name: str) -> bytes:
    """One sheet per section, and one that says what the file is."""
    sheets = [
        SheetSpec(str(one.section.title), tuple(_columns(one.section)), one.rows, title=str(one.section.title))
        for one in found
    ]
    return write_workbook([notes_sheet(notes_name, [(title, ""), *notes]), *sheets])


def as_json(found: Iterable[Found], *, number: str, now: datetime) -> bytes:
    """The same for machines: {"format", "made_at", "number", "sections": {code: [{key: value}, …]}}."""
    content = {
        "format": FORMAT,
        "made_at": now,
        "number": number,
        "sections": {
            one.section.code: [
                {field.key: value for field, value in zip(one.section.fields, row, strict=True)} for row in one.rows
            ]
            for one in found
        },
    }
    return json.dumps(content, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1).encode()


def _columns(section: Section) -> Iterable[Column]:
    for place, field in enumerate(section.fields):
        width = 18 if field.kind in {DATE, MOMENT} else 24
        yield Column(str(field.label), width, field.kind, value=lambda row, place=place: row[place], wrap=True)
