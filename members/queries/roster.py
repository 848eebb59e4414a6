"""Which people does a search or a filter of the roster find?"""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.db.models import Count, Q, QuerySet

from members.models import Member
from members.numbers import typed_number
from members.pinyin import DOTS, plain
from members.stages import ORDER, Stage

_LETTERS = re.compile(r"[a-z' ]+")
_ANY_DOT = re.compile(f"[{re.escape(DOTS)}]")


def matching(members: QuerySet[Member], words: str) -> QuerySet[Member]:
    """Those whose name, number (former ones too), pinyin from a syllable's start, or initials hold the words."""
    words = " ".join(words.split())[:80]
    if not words:
        return members
    number = typed_number(words)
    found = Q(name__icontains=words) | Q(number__icontains=number)
    found |= Q(pk__in=Member.objects.filter(former_numbers__number__icontains=number).values("pk"))
    if _ANY_DOT.search(words):
        found |= Q(name__iregex=f"[{DOTS}]".join(re.escape(part) for part in _ANY_DOT.split(words)))
    letters = plain(words)
    if _LETTERS.fullmatch(letters):
        letters = re.sub("[' ]", "", letters)
        found |= Q(initials__startswith=letters) | Q(pinyin__regex="(^| )" + " ?".join(letters))
    return members.filter(found)


def quickly_matching(members: QuerySet[Member], words: str) -> QuerySet[Member]:
    """Those whose number, pinyin or initials begin with the words, or whose name holds them: quick among 100 000.

    Numbers and letters are looked up by the beginning alone, for which there are indexes; see `matching` for the rest.
    """
    number, letters = typed_number(words), plain(words)
    if not number:
        return members.none()
    found = Q(number__startswith=number)
    found |= Q(pk__in=Member.objects.filter(former_numbers__number__startswith=number).values("pk"))
    if _LETTERS.fullmatch(letters):
        letters = re.sub("[' ]", "", letters)
        found |= Q(initials__startswith=letters) | Q(pinyin__regex="^" + " ?".join(letters))
    elif not number.isdigit():
        found |= Q(name__contains=words)
    return members.filter(found)


def stage_counts(members: QuerySet[Member]) -> list[tuple[Stage, int]]:
    """How many people stand at each stage that anybody stands at, in the order of the path."""
    counts = dict(members.order_by().values_list("stage").annotate(count=Count("pk")))
    return [(stage, counts[stage]) for stage in ORDER if stage in counts]


def known_values(members: QuerySet[Member], fields: Iterable[str]) -> dict[str, list[str]]:
    """The different values of each field in their order, for filters and suggestions; one query."""
    fields = list(fields)
    together = members.order_by(*fields).values_list(*fields).distinct()
    columns = zip(*together, strict=True) if together else [()] * len(fields)
    return {field: sorted({*values} - {""}) for field, values in zip(fields, columns, strict=True)}
