"""Which days are public holidays in China?"""

from __future__ import annotations

import re
from datetime import date

import holidays
from django.utils.translation import get_language

_BRACKET = re.compile(r" ?[(\uff08;]")
NAMES = {"en": "en_US"}  # the library's languages; Chinese is its own


def public_holidays(first: date, last: date) -> dict[date, str]:
    """{day: name in the reader's language} as far as the years are known; moved days off say so."""
    known = holidays.China
    years = [year for year in range(first.year, last.year + 1) if known.start_year <= year <= known.end_year]
    if not years:
        return {}
    found = known(years=years, language=NAMES.get(get_language() or "", "zh_CN"))
    return {day: _short(name) for day, name in found.items() if first <= day <= last}


def _short(name: str) -> str:
    """Without what is said in brackets of when it was earned."""
    return _BRACKET.split(name, maxsplit=1)[0]
