"""How is a name spelled in pinyin, for order and search? Surnames are read as surnames (曾 zēng, not céng)."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from pypinyin import lazy_pinyin

# Only readings that differ from the dictionary's commonest one.
SURNAMES = {
    "曾": "zeng", "单": "shan", "仇": "qiu", "解": "xie", "朴": "piao", "区": "ou", "查": "zha", "盖": "ge",
    "乐": "yue", "缪": "miao", "员": "yun", "种": "chong", "秘": "bi", "洗": "xian", "折": "she", "召": "shao",
    "黑": "he", "繁": "po", "覃": "qin", "能": "nai", "祭": "zhai", "翟": "zhai", "重": "chong", "么": "yao",
    "隗": "wei", "句": "gou", "都": "du", "郇": "xun", "藏": "zang", "卜": "bu", "佴": "nai", "參": "shen",
    "单于": "chan yu", "欧阳": "ou yang", "乐正": "yue zheng", "尉迟": "yu chi", "万俟": "mo qi",
    "长孙": "zhang sun", "澹台": "tan tai",
}  # fmt: skip
PINYIN_LENGTH, INITIALS_LENGTH = 200, 80  # of the columns
DOTS = "·•・‧∙⋅．"
_HAN = re.compile(r"[\u2e80-\u2fdf\u3005-\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")
_PARTS = re.compile(rf"{_HAN.pattern}|[^\W_]+")


def spell(name: str) -> tuple[str, str]:
    """Return ("zhang wei", "zw"): the syllables in small letters, ü as v, and their first letters.

    Words in other letters stay words (without accents); signs between names, as the dot in minority names, part them.
    """
    syllables: list[str] = []
    dotted = any(dot in name for dot in DOTS)
    for part in _PARTS.findall(unicodedata.normalize("NFC", name)):
        if _HAN.fullmatch(part):
            syllables += _characters(part, as_surname=not syllables and not dotted)
        else:
            syllables.append(plain(part))
    initials = "".join(syllable[0] for syllable in syllables)
    return " ".join(syllables)[:PINYIN_LENGTH], initials[:INITIALS_LENGTH]


def plain(text: str) -> str:
    """Return letters as they are typed in a search: small, without accents and tone marks, ü as v."""
    composed = unicodedata.normalize("NFKC", text).lower()
    for umlaut in "üǖǘǚǜ":
        composed = composed.replace(umlaut, "v")
    decomposed = unicodedata.normalize("NFKD", composed)
    return unicodedata.normalize("NFC", "".join(sign for sign in decomposed if not unicodedata.combining(sign)))


def _characters(part: str, *, as_surname: bool) -> list[str]:
    if not as_surname:
        return [*_read(part)]
    length = 2 if part[:2] in SURNAMES else 1
    surname = SURNAMES.get(part[:length], "").split() or _read(part[0])
    return [*surname, *_read(part[length:])]


@lru_cache(maxsize=2**14)
def _read(characters: str) -> tuple[str, ...]:
    """The syllables; kept, since surnames and many given names recur and reading them is a third of an import."""
    return tuple(lazy_pinyin(characters)) if characters else ()
