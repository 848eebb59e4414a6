"""How many queries may a page take? Eight, for everybody and whatever the rows, or the figure that stands for it here.

Counted from the first byte to the last: session, person, offices and frame, the page itself, the access log. Why some
pages take more is told in docs/decisions.md. QUERIES_TO=FOLDER keeps what was counted (see `bin/bench queries`).
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

MOST = 8
MORE = {
    "evaluations:my_data_workbook": 46, "evaluations:my_data_file": 46, "evaluations:home": 18, "members:health": 16,
    "evaluations:member_review": 16, "evaluations:month": 12, "evaluations:months": 11,
    "evaluations:duty_ratings": 11, "activities:duties_download": 10,
    "evaluations:score_marked_file": 10, "evaluations:score_failing_rows": 10,
    "evaluations:column_marked_file": 10, "evaluations:column_failing_rows": 10, "members:accounts": 9,
    "members:person": 9, "evaluations:decision_consent": 12, "evaluations:decision_send_back": 11,
    "evaluations:freezing_propose": 10, "evaluations:freezing_confirm": 10, "evaluations:decision_edit": 9,
}  # fmt: skip
NO_QUERIES = ("SAVEPOINT", "RELEASE SAVEPOINT", "BEGIN", "COMMIT")


def visit(client: Client, url: str) -> tuple[HttpResponse, int]:
    """Open a page to its end: (answer, how many queries)."""
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(url)
        if answer.streaming:
            answer.streaming_content = [b"".join(answer.streaming_content)]
    return answer, sum(not query["sql"].startswith(NO_QUERIES) for query in asked.captured_queries)


def too_many(counted: dict[str, int]) -> dict[str, int]:
    """{page: queries} of those that took more than they may."""
    return {page: number for page, number in counted.items() if number > MORE.get(page, MOST)}


def keep(person: str, counted: dict[str, int]) -> None:
    """Leave the figures for the table, where somebody asks for it."""
    if folder := os.environ.get("QUERIES_TO"):
        Path(folder, f"{person}.json").write_text(json.dumps(counted), encoding="utf-8")
