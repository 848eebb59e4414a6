"""Does an answer show anything of a branch that its reader must not know of? What stands there bears a mark.

Pages that list things show too much long before an address lets somebody in: the matrix looks for these words too.
"""

from __future__ import annotations

import html
import io
import json
import zipfile
from collections.abc import Iterable

from django.db.models import F, Q, Value
from django.db.models.functions import Concat
from django.http import HttpResponse

from activities.models import Activity, Award
from evaluations.models import DefenceSession, FigureColumn, NoticePerson, PointsEntry, RankingEntry
from members.models import Branch, Member, User

FOREIGN, SIBLING = "外党委的", "邻支部的"


def mark(branch: Branch, word: str) -> None:
    """Put the word before the name of everybody and everything of this branch and below it."""
    here = branch.path
    people = Q(member__branch__path__startswith=here) | Q(role_assignments__branch__path__startswith=here)
    _before(word, "name", User.objects.filter(pk__in=User.objects.filter(people).values("pk")))
    _before(word, "name", Member.objects.filter(branch__path__startswith=here))
    _before(word, "name", RankingEntry.objects.filter(run__branch__path__startswith=here))
    _before(word, "name", NoticePerson.objects.filter(notice__meeting__run__branch__path__startswith=here))
    _before(word, "title", Activity.objects.filter(branch__path__startswith=here))
    _before(word, "name", FigureColumn.objects.filter(branch__path__startswith=here))
    _before(word, "what", PointsEntry.objects.filter(branch__path__startswith=here))
    if word == FOREIGN:  # branches of the own committee are no secret: somebody may be sent there
        _before(word, "name", Branch.objects.filter(path__startswith=here))
    _before(word, "title", DefenceSession.objects.filter(branch__path__startswith=here))
    _before(word, "title", Award.objects.filter(member__branch__path__startswith=here))


def shown(answer: HttpResponse, marks: Iterable[str]) -> list[str]:
    """Those of the marks that the answer shows."""
    text = words_of(answer)
    return [mark for mark in marks if mark in text]


def words_of(answer: HttpResponse) -> str:
    """What stands in a page, in JSON, or in the parts of a workbook or archive."""
    content = answer.getvalue() if not answer.streaming else b"".join(answer.streaming_content)
    if content[:2] == b"PK":
        return _unpacked(content)
    text = content.decode("utf-8", "replace")
    return json.dumps(json.loads(text), ensure_ascii=False) if "json" in answer["Content-Type"] else text


def _unpacked(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = [archive.read(name) for name in archive.namelist()]
    texts = (_unpacked(part) if part[:2] == b"PK" else part.decode("utf-8", "replace") for part in parts)
    return html.unescape("\n".join(texts))  # workbooks write Chinese as numbers


def _before(word: str, field: str, rows) -> None:
    rows.update(**{field: Concat(Value(word), F(field))})
