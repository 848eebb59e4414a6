"""How do the words of a form that could not be taken come back to whoever typed them, so that nothing is lost?"""

from __future__ import annotations

from dataclasses import dataclass

from django.core import signing
from django.http import HttpRequest

SECRETS = ("password", "code")
NEVER_KEPT = (*SECRETS, "csrfmiddlewaretoken")
LONGEST_FORM = 200_000  # characters
MAX_AGE = 12 * 60 * 60  # seconds
SHOWN_FROM = 5  # characters: figures and choices are not shown, sentences are
_SALT = "branchportal.kept_words"


@dataclass(frozen=True)
class Kept:
    """A form as it was sent: its address and its fields, without passwords and files."""

    path: str
    fields: tuple[tuple[str, str], ...]
    had_files: bool = False

    @property
    def sentences(self) -> list[str]:
        """What somebody wrote, so that he knows it again."""
        return [value for _name, value in self.fields if len(value) >= SHOWN_FROM and _is_sentence(value)]


def kept(request: HttpRequest) -> Kept:
    """The form of this request."""
    fields = tuple(
        (name, value)
        for name, values in request.POST.lists()
        if not any(word in name for word in NEVER_KEPT)
        for value in values
    )
    return Kept(request.get_full_path(), fields, bool(request.FILES))


def holds_secrets(request: HttpRequest) -> bool:
    """Does the form ask for what is never kept? Without it, it would be sent in vain."""
    return any(word in name for name in request.POST for word in SECRETS)


def pack(form: Kept) -> str:
    """The form as a signed text for a hidden field; "" if it is too long to be carried."""
    if sum(len(name) + len(value) for name, value in form.fields) > LONGEST_FORM:
        return ""
    return signing.dumps([form.path, form.fields, form.had_files], salt=_SALT, compress=True)


def unpack(text: str) -> Kept | None:
    """The form again; None if the text is not ours or too old."""
    try:
        path, fields, had_files = signing.loads(text, salt=_SALT, max_age=MAX_AGE)
    except signing.BadSignature:
        return None
    return Kept(path, tuple((name, value) for name, value in fields), had_files)


def came_from_here(request: HttpRequest) -> bool:
    """Does the browser say that the form stood on a page of this portal?"""
    return request.headers.get("Origin", "") == f"{request.scheme}://{request.get_host()}"


def _is_sentence(value: str) -> bool:
    """Several words, or Chinese, which has no spaces; no number, date or code."""
    return " " in value or not value.isascii()
