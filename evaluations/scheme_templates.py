"""Which ready schemes can a new one begin with?"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from evaluations.national_limits import MONTHS_BEFORE_CANDIDATE, keeps_a_year_of_cultivation
from evaluations.purposes import Purpose
from evaluations.scheme import Scheme, parse_scheme
from evaluations.sources import (
    BRANCH_RATING,
    COLUMN,
    MONTHS_AS_ACTIVIST,
    PEER_RATING,
    needed_components,
    needed_inputs,
    usual_sources,
)

FOLDER = Path(__file__).resolve().parent / "ready_schemes" / "templates"
BLANK = "blank"
CODES = ("seeds_default", "self_class_tutor", "base_bonus", "two_stage", "votes_gpa_reports", BLANK)

# What the names of these components don't say by themselves. Classmates enter as a released aggregate only.
SOURCES = {"class": PEER_RATING, "rating": BRANCH_RATING, "appraisal": BRANCH_RATING}

# The national limit in the words of a gate: the citation stands in the scheme that everybody reads.
A_YEAR_OF_CULTIVATION = {
    "code": "one_year",
    "label": "培养教育和考察满一年",
    "citation": "《中国共产党发展党员工作细则》第十三条",
    "input": MONTHS_AS_ACTIVIST,
    "op": ">=",
    "value": str(MONTHS_BEFORE_CANDIDATE),
}


@dataclass(frozen=True)
class SchemeTemplate:
    """A whole scheme to begin with, and where its figures come from."""

    code: str
    document: dict[str, Any]
    scheme: Scheme
    sources: dict[str, dict[str, str]]

    def document_for(self, purpose: str, *, name: str, version: str) -> dict[str, Any]:
        """The document of a new scheme; one for candidates gets the year of cultivation that it must ask for."""
        document = self.document | {"name": name, "version": version}
        if purpose != Purpose.CANDIDATE or keeps_a_year_of_cultivation(self.scheme, self.sources["inputs"]):
            return document
        return document | {"gates": [A_YEAR_OF_CULTIVATION, *document.get("gates", [])]}


@cache
def templates() -> tuple[SchemeTemplate, ...]:
    """All of them, in the order in which they are offered."""
    return tuple(_read(code) for code in CODES)


def template(code: str) -> SchemeTemplate:
    """The one of this code; KeyError where there is none."""
    return {one.code: one for one in templates()}[code]


def sources_of(scheme: Scheme) -> dict[str, dict[str, str]]:
    """Where the figures of a template come from: what its names say, and from Excel what the portal does not know."""
    usual = usual_sources(scheme)
    components = {
        one.code: usual["components"].get(one.code) or SOURCES.get(one.code, COLUMN)
        for one in needed_components(scheme)
    }
    return {
        "components": components,
        "inputs": {name: usual["inputs"].get(name, COLUMN) for name in needed_inputs(scheme)},
    }


def _read(code: str) -> SchemeTemplate:
    document = json.loads((FOLDER / f"{code}.json").read_text(encoding="utf-8"))
    scheme = parse_scheme(document)
    return SchemeTemplate(code, document, scheme, sources_of(scheme))
