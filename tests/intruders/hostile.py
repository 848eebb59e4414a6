"""What does an intruder put into a field, and how does he send it? Everything follows from the dice that are passed."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from urllib.parse import quote_plus

from tests.intruders.forms import Form

MEGABYTE = 1024 * 1024
BOUNDARY = "----portal"
TEXTS = (
    "", " ", "\0", "甲\0乙", "\ud800", "甲\udfff", "\ufffe", "\u202e倒", "\u200b", "é" * 300, "甲" * 5000, "🏳️‍🌈" * 40,
    "<script>a()</script>", "{{7*7}}", "${7*7}", "%s%n%(a)s", "'; DROP TABLE members_user; --", "../../../etc/passwd",
    "=1+1", "\r\nSet-Cookie: a=b", "None", "null", "undefined", "true", "[]", "{}", '{"a":', "\\", "%", "_", "*", "()",
    "javascript:a()", "//evil.example", "http://[::1", "\t", "\x1b[2J", "٣", "１２", "Ⅳ", "²", "a" * 10_000,
)  # fmt: skip
NUMBERS = (
    "NaN", "Infinity", "-Infinity", "nan", "1e400", "1e-400", "-1", "-0", "0", "00", "1.5", "1,5", "0x10", "1_000",
    "9" * 19, "9" * 400, "-" + "9" * 30, "2147483648", "9223372036854775808", "1e5", "٣", "+5", " 5 ", "5" * 4301,
)  # fmt: skip
DAYS = (
    "0000-00-00", "0001-01-01", "9999-12-31", "10000-01-01", "2026-02-30", "2026-13-01", "2026-11", "2026-11-06T00:00",
    "20261106", "2026年11月6日", "06/11/2026", "-2026-11-06", "2026-W45", "1900-01-01", "2026-1-1", "now",
    "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "25:61", "24:00", "00:00:00.0000001", "23:59:60",
)  # fmt: skip
CONTENT_TYPES = (
    "application/json", "text/plain", "text/xml", "application/octet-stream", "", "multipart/form-data",
    "multipart/form-data; boundary=", "multipart/form-data; boundary=other", "multipart/mixed; boundary=----portal",
    "application/x-www-form-urlencoded; charset=utf-16", "application/x-www-form-urlencoded; charset=nonsense",
    "application/x-www-form-urlencoded; charset=gb18030", "multipart/form-data; boundary=" + "a" * 300,
)  # fmt: skip
HONEST = {
    "date": "2026-11-06", "time": "18:30", "number": "5", "url": "https://example.edu/a", "email": "a@example.edu",
    "month": "2026-10", "text": "参观校史馆", "textarea": "值班两次",
}  # fmt: skip


@dataclass(frozen=True)
class Body:
    """What is sent: the bytes and what they claim to be."""

    content: bytes
    content_type: str


@dataclass
class Intruder:
    """Somebody who is signed in, knows ids of other branches, and throws dice."""

    dice: random.Random
    strange_ids: list[str]

    def value(self) -> str:
        """Anything that fits no field."""
        kind = self.dice.random()
        if kind < 0.3:
            return self.dice.choice(TEXTS)
        if kind < 0.5:
            return self.dice.choice(NUMBERS)
        if kind < 0.65:
            return self.dice.choice(DAYS)
        if kind < 0.9 and self.strange_ids:
            return self.dice.choice(self.strange_ids)
        length = self.dice.choice((1, 3, 30, 300))
        return "".join(
            chr(self.dice.choice((self.dice.randrange(128), self.dice.randrange(0x110000)))) for _ in range(length)
        )

    def fields(self, form: Form) -> list[tuple[str, str]]:
        """The form's fields filled in by an honest hand, then some of them spoilt, left out, repeated or added."""
        pairs = [(name, self._honest(form, name, value)) for name, values in form.fields.items() for value in values]
        pairs += self.dice.sample(form.buttons, min(len(form.buttons), 1))
        for _time in range(self.dice.choice((0, 1, 1, 1, 2, 3, len(pairs)))):
            self._spoil(pairs)
        return pairs

    def body(self, form: Form, pairs: list[tuple[str, str]]) -> Body:
        """The fields on their way: mostly as a browser sends them, sometimes under a false or broken head."""
        files = [(name, self._file()) for name in sorted(form.files)]
        as_multipart = form.multipart or self.dice.random() < 0.2
        body = multipart(pairs, files) if as_multipart else urlencoded(pairs)
        chance = self.dice.random()
        if chance < 0.06:
            return Body(body.content, self.dice.choice(CONTENT_TYPES))
        if chance < 0.10:
            return Body(body.content[: self.dice.randrange(len(body.content) + 1)], body.content_type)
        if chance < 0.13:
            return Body(json.dumps(dict(pairs)).encode(), "application/json")
        if chance < 0.16:
            return Body(self.dice.randbytes(self.dice.choice((10, 3000))), body.content_type)
        return body

    def query(self, names: list[str]) -> str:
        """The part of an address behind "?": names that the page asks for, with values that it doesn't expect."""
        pairs = [
            (
                self.dice.choice(names) if names and self.dice.random() < 0.85 else self.value()[:200],
                self.value()[:3000],
            )
            for _ in range(self.dice.choice((1, 1, 2, 3, 12)))
        ]
        text = urlencoded(pairs).content.decode("ascii")
        if self.dice.random() < 0.15:
            cut = self.dice.randrange(len(text) + 1)
            text = (
                text[:cut]
                + self.dice.choice(("%", "%%", "%zz", "&&&", "=", ";", "%ff%fe", "?", "#", "+" * 50))
                + text[cut:]
            )
        return text

    def _honest(self, form: Form, name: str, value: str) -> str:
        if value and self.dice.random() < 0.85:
            return value
        if form.choices.get(name):
            return self.dice.choice(form.choices[name])
        return value or HONEST.get(form.kinds.get(name, "text"), "甲")

    def _spoil(self, pairs: list[tuple[str, str]]) -> None:
        what = self.dice.random()
        place = self.dice.randrange(len(pairs)) if pairs else None
        if place is None or what < 0.12:
            pairs.append((self.dice.choice(EXTRA_NAMES), self.value()))
        elif what < 0.70:
            pairs[place] = (pairs[place][0], self.value())
        elif what < 0.78:
            del pairs[place]
        elif what < 0.84:
            pairs.extend([(pairs[place][0], self.value())] * self.dice.choice((1, 5, 1200)))
        elif what < 0.86:
            pairs[place] = (pairs[place][0], "甲" * (MEGABYTE // 3))
        elif what < 0.92:
            pairs[place] = (self.value()[:100] or "x", pairs[place][1])
        else:
            pairs[place] = (pairs[place][0], pairs[place][1] + self.value())

    def _file(self) -> bytes:
        return self.dice.choice(
            (b"", b"PK\x03\x04", b"%PDF-1.7", b"a,b\n1,2\n", b"{}", b"\0" * 2000, b"\xff\xfe\x00\xd8", b"[" * 5000)
        )


# What a model has and no form shows: owners, states, moments, switches of Django's own.
EXTRA_NAMES = (
    "id", "pk", "branch", "branch_id", "member", "member_id", "user", "user_id", "by", "role", "stage", "is_active",
    "is_superuser", "submitted_at", "confirmed_at", "ended_on", "version", "entry", "nonce", "next", "words", "_method",
    "csrfmiddlewaretoken", "number", "page", "month", "password", "session_epoch", "points", "state", "root", "path",
    "form-TOTAL_FORMS", "a[b][]", "__proto__", "",
)  # fmt: skip


def urlencoded(pairs: list[tuple[str, str]]) -> Body:
    """As a browser sends a form; lone surrogates become the three bytes that no decoder takes."""
    text = "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in pairs)
    return Body(text.encode("ascii"), "application/x-www-form-urlencoded")


def multipart(pairs: list[tuple[str, str]], files: list[tuple[str, bytes]]) -> Body:
    """As a browser sends a form with files."""
    lines = []
    for name, value in pairs:
        lines.append(
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode(errors="surrogatepass")
        )
        lines.append(value.encode(errors="surrogatepass") + b"\r\n")
    for name, content in files:
        head = f'Content-Disposition: form-data; name="{name}"; filename="花名册.xlsx"\r\nContent-Type: text/csv'
        lines.append(f"--{BOUNDARY}\r\n{head}\r\n\r\n".encode() + content + b"\r\n")
    lines.append(f"--{BOUNDARY}--\r\n".encode())
    return Body(b"".join(lines), f"multipart/form-data; boundary={BOUNDARY}")


def _quoted(text: str) -> str:
    return quote_plus(text.encode(errors="surrogatepass"))
