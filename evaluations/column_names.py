"""By which name does a scheme find a column that somebody brought in from Excel? Pure.

A column is called as its head in the sheet says. What offices and schemes usually call the same figure has one key;
any other name is its own key, whatever its width, case and spaces.
"""

from __future__ import annotations

import unicodedata

LONGEST_NAME = 40

# The first of each is the key, as schemes write it; then what stands in the heads of sheets.
USUAL_NAMES = (
    ("gpa", "绩点", "平均绩点", "学分绩点", "平均学分绩点"),
    ("failed_courses", "挂科门数", "挂科数", "不及格课程门数", "不及格课程数", "不及格门数"),
    ("votes", "vote", "得票", "得票数", "票数", "同意票", "同意票数", "赞成票", "赞成票数"),
    ("reports", "report_count", "思想汇报", "思想汇报篇数", "思想汇报份数"),
)


def key_of(name: str) -> str:
    """The key of a name."""
    plain = _plain(name)
    return _KEYS.get(plain, plain)


def head_of(name: str) -> str:
    """What a sheet usually writes at the head of the column of this name."""
    return _HEADS.get(key_of(name), name)


def usual_keys() -> tuple[str, ...]:
    """The keys of the figures that offices usually bring in."""
    return tuple(_HEADS)


def _plain(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()


_KEYS = {_plain(name): names[0] for names in USUAL_NAMES for name in names}
_HEADS = {names[0]: next(name for name in names if not name.isascii()) for names in USUAL_NAMES}
