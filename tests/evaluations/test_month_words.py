"""Which month is meant by words that somebody types?"""

import pytest

from evaluations.month_words import month_meant


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("2026-11", (2026, 11)),
        ("2026/11", (2026, 11)),
        ("2026.9", (2026, 9)),
        ("202611", (2026, 11)),
        ("2026年11月", (2026, 11)),
        ("2026 年 11 月", (2026, 11)),
        ("2026年十一月", (2026, 11)),
        ("11月", (None, 11)),
        ("11月份", (None, 11)),
        ("一月", (None, 1)),
        ("十月", (None, 10)),
        ("十一月", (None, 11)),
        ("十二月", (None, 12)),
        ("November", (None, 11)),
        ("nov 2026", (2026, 11)),
        ("13月", None),
        ("2026-13", None),
        ("十三月", None),
        ("", None),
        ("王芳", None),
        ("2026", None),
        ("wang", None),
    ],
)
def test_the_month_meant(words, meant):
    assert month_meant(words) == meant
