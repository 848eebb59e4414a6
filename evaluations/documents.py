"""Is this JSON document well-formed, and if not, in which place and why?"""

import hashlib
import json
import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import NoReturn

Number = int | Fraction

DECIMAL = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
SHARE = re.compile(r"([0-9]+)/([0-9]+)")
LONGEST_NUMBER = 500  # characters; keeps every shown figure below Python's limit for printing integers
DEEPEST_NESTING = 32


def _(text: str) -> str:
    """Marks a message for the catalogue; whoever shows it translates it."""
    return text


class DocumentError(ValueError):
    """A document breaks its format: `place` is a JSON path, `message` one short English sentence.

    `text` and `params` are what the message is made of, so that a page can show `gettext(text) % params`.
    """

    def __init__(self, place: str, text: str, params: dict | None = None):
        super().__init__(place, text, params)
        self.place = place
        self.text = text
        self.params = params or {}

    @property
    def message(self) -> str:
        return self.text % self.params

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else self.message


class SchemeError(DocumentError):
    """A scoring scheme breaks its format."""


class BundleError(DocumentError):
    """A bundle, or the people in it, breaks its format."""


@lru_cache(maxsize=2**16)
def number(text: str) -> Number:
    """The exact value of a decimal string; ValueError or TypeError for anything else. Never a float."""
    if len(text) > LONGEST_NUMBER or not DECIMAL.fullmatch(text):
        raise ValueError(text)
    whole, _point, decimals = text.partition(".")
    if not decimals:
        return int(whole)
    exact = Fraction(int(whole + decimals), 10 ** len(decimals))
    return exact.numerator if exact.denominator == 1 else exact


def digest(document: object) -> str:
    """SHA-256, in hex, over a document however it is spaced and ordered."""
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def child(place: str, key: object) -> str:
    """The place of one member: `scheme` and `decimals` give `scheme.decimals`, a list index `people[3]`."""
    if isinstance(key, str) and key.isidentifier():
        return f"{place}.{key}" if place else key
    return f"{place}[{shown(key)}]"


def shown(value: object) -> str:
    """A value as an error message quotes it: on one line, cut when long, no words to translate."""
    if isinstance(value, dict):
        return "{…}"
    if isinstance(value, list):
        return "[…]"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str) and len(value) > 40:
        value = value[:39] + "…"
    return repr(value)[:60]


@dataclass(frozen=True, slots=True)
class Field:
    """One value of a document together with its place; every reader below returns it checked or raises."""

    value: object
    place: str
    error: type[DocumentError] = DocumentError

    def fail(self, text: str, **params) -> NoReturn:
        raise self.error(self.place, text, params)

    def at(self, key: object, value: object) -> "Field":
        return Field(value, child(self.place, key), self.error)

    def entries(self) -> dict[str, "Field"]:
        """The members of an object with free keys."""
        if not isinstance(self.value, dict):
            self.fail(_("must be an object, not %(found)s"), found=shown(self.value))
        return {key: self.at(key, value) for key, value in self.value.items()}

    def members(self, required: tuple[str, ...], optional: tuple[str, ...] = ()) -> dict[str, "Field"]:
        """The members of an object with exactly these keys."""
        entries = self.entries()
        for key in required:
            if key not in entries:
                self.at(key, None).fail(_("is missing"))
        for key, field in entries.items():
            if key not in required and key not in optional:
                field.fail(_("is not a known key here"))
        return entries

    def items(self) -> list["Field"]:
        """The items of a list."""
        if not isinstance(self.value, list):
            self.fail(_("must be a list, not %(found)s"), found=shown(self.value))
        return [self.at(index, value) for index, value in enumerate(self.value)]

    def text(self) -> str:
        if not isinstance(self.value, str) or not self.value.strip():
            self.fail(_("must be a text that is not empty, not %(found)s"), found=shown(self.value))
        return self.value

    def word(self, *words: str) -> str:
        if not isinstance(self.value, str) or self.value not in words:
            self.fail(_("must be one of %(words)s, not %(found)s"), words=", ".join(words), found=shown(self.value))
        return self.value

    def number(self) -> Number:
        try:
            return number(self.value)
        except (TypeError, ValueError):
            self.fail(
                _('must be a decimal number in quotes, such as "12.5", not %(found)s'),
                found=shown(self.value),
            )

    def positive(self) -> Number:
        value = self.number()
        if value <= 0:
            self.fail(_("must be above 0, not %(found)s"), found=shown(self.value))
        return value

    def count(self, most: int | None = None) -> int:
        if type(self.value) is not int or self.value < 0:
            self.fail(_("must be a whole number without quotes, 0 or more, not %(found)s"), found=shown(self.value))
        if most is not None and self.value > most:
            self.fail(_("must be at most %(most)s, not %(found)s"), most=most, found=shown(self.value))
        return self.value

    def share(self) -> Fraction:
        match = SHARE.fullmatch(self.value) if isinstance(self.value, str) else None
        if not match or len(self.value) > LONGEST_NUMBER or not int(match[2]):
            self.fail(_('must be a share such as "1/3", not %(found)s'), found=shown(self.value))
        return Fraction(int(match[1]), int(match[2]))


@dataclass(frozen=True, slots=True)
class _Repeated:
    """Stands where an object names a key twice, until the walk over the document finds its place."""

    key: str


def read_json(data: bytes, error: type[DocumentError] = BundleError) -> object:
    """The JSON document in these bytes: UTF-8, no key twice, no fraction or NaN written as a number.

    Raises `error`, which names the place.
    """
    try:
        document = json.loads(data.decode("utf-8-sig"), object_pairs_hook=_object)
    except UnicodeDecodeError as problem:
        raise error("", _("is not UTF-8 text (byte %(byte)s)"), {"byte": problem.start}) from None
    except json.JSONDecodeError as problem:
        params = {"line": problem.lineno, "column": problem.colno}
        raise error("", _("is not JSON (line %(line)s, column %(column)s)"), params) from None
    except RecursionError:
        raise error("", _("is nested too deeply")) from None
    except ValueError:
        raise error("", _("holds a number with too many digits")) from None
    _check(document, error)
    return document


def check_storable(document: object, place: str, error: type[DocumentError]) -> None:
    """Refuse the character NUL in any text or key of a document that `read_json` gave: no database column holds it."""
    waiting = [(document, (None, place))]
    while waiting:
        value, trail = waiting.pop()
        members = value.items() if type(value) is dict else enumerate(value) if type(value) is list else ()
        for key, member in members:
            waiting += [(key, (trail, key)), (member, (trail, key))]
        if type(value) is str and "\0" in value:
            raise error(_place(trail), _("holds the character NUL, which no text needs: delete it"))


def _object(pairs: list[tuple[str, object]]) -> object:
    members = dict(pairs)
    if len(members) == len(pairs):
        return members
    seen = set()
    for key, _value in pairs:
        if key in seen:
            break
        seen.add(key)
    return _Repeated(key)


def _check(document: object, error: type[DocumentError]) -> None:
    """Look at every value, without recursion: a document may be nested on purpose."""
    waiting = [(document, None, 0)]
    while waiting:
        value, trail, depth = waiting.pop()
        if type(value) is dict:
            members = value.items()
        elif type(value) is list:
            members = enumerate(value)
        else:
            _check_leaf(value, trail, error)
            continue
        if depth > DEEPEST_NESTING:
            raise error(_place(trail), _("is nested too deeply"))
        for key, member in members:
            if type(key) is str and not key.isascii():
                _check_leaf(key, (trail, key), error)
            if type(member) is not str or not member.isascii():
                waiting.append((member, (trail, key), depth + 1))


def _check_leaf(value: object, trail: tuple | None, error: type[DocumentError]) -> None:
    if isinstance(value, _Repeated):
        raise error(_place((trail, value.key)), _("is named twice"))
    if isinstance(value, float):
        raise error(_place(trail), _("must be in quotes, as every number with a point or an exponent"))
    if isinstance(value, str) and any("\ud800" <= letter <= "\udfff" for letter in value):
        raise error(_place(trail), _("holds half of a character"))


def _place(trail: tuple | None) -> str:
    keys = []
    while trail:
        trail, key = trail
        keys.append(key)
    place = ""
    for key in reversed(keys):
        place = child(place, key)
    return place
