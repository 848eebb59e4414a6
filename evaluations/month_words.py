"""Which month does somebody mean who writes 2026-11, 11月, 十一月 or November? Pure."""

from __future__ import annotations

import calendar
import re

_NUMERALS = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")
NUMERALS = {numeral: number for number, numeral in enumerate(_NUMERALS, start=1)}
NAMES = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
NAMES |= {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name}

_IN_FIGURES = re.compile(r"(\d{4})\s*[-/.年]?\s*(1[0-2]|0?[1-9])\s*月?份?")
_ALONE = re.compile(r"(?:(\d{4})\s*年\s*)?(1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])\s*月份?")
_NAMED = re.compile(r"([a-z]+)\.?(?:\s+(\d{4}))?")


def month_meant(words: str) -> tuple[int | None, int] | None:
    """Return (year or None, month number), or None if the words are no month."""
    text = words.strip().lower()
    if match := _ALONE.fullmatch(text):
        year, month = match.groups()
        return (int(year) if year else None), NUMERALS.get(month) or int(month)
    if match := _IN_FIGURES.fullmatch(text):
        return int(match[1]), int(match[2])
    if (match := _NAMED.fullmatch(text)) and match[1] in NAMES:
        return (int(match[2]) if match[2] else None), NAMES[match[1]]
    return None
