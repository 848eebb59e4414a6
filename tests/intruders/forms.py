"""Which forms does the portal have, as a browser finds them: where do they lead, and what do they ask for?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urljoin, urlsplit

from django.urls import resolve, reverse
from lxml import html

from tests.access.matrix import BY_ADDRESS, PUBLIC
from tests.access.test_matrix import MATRIX, PAGES, address

LEAVES = {"members:logout"}  # ends the session of whoever sends the next form
BUTTONS = {"submit", "button", "reset", "image"}
# What a script sends, and what a page shows only in a state that the world is not in.
BY_HAND = {
    "evaluations:review_draft": {"version": "1", "thought": "excellent", "thought-note": "读了报告", "study": "good"},
    "evaluations:judge_draft": {"version": "0", "page": "p", "step": "1", "mark_1": "80"},
    "evaluations:rating_draft": {"version": "1", "thought": "excellent", "note": "值班两次"},
}


@dataclass
class Form:
    """One form: the page that it leads to, its address, and its fields with what they hold."""

    page: str
    url: str
    method: str = "post"
    multipart: bool = False
    fields: dict[str, list[str]] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)
    buttons: list[tuple[str, str]] = field(default_factory=list)  # a browser sends the one that is pressed

    @property
    def key(self) -> tuple:
        return (self.page, urlsplit(self.url).path, *sorted(self.fields), *sorted(self.files))


def posting_pages() -> set[str]:
    """The name of every address that takes a POST."""
    return {name for name, page in PAGES.items() if hasattr(getattr(page.callback, "view_class", None), "post")}


def forms_of(client, person: str, own: dict) -> tuple[list[Form], dict[str, set[str]]]:
    """The forms of every page that the person may open, and the names that pages ask for in their addresses."""
    found: dict[tuple, Form] = {}
    asked: dict[str, set[str]] = {}
    for name, url in openable(person, own).items():
        tree = _tree_of(client.get(url))
        if tree is None:
            continue
        for form in _forms_in(tree, url):
            if form.method == "post" and form.page not in LEAVES:
                found.setdefault(form.key, form)
            else:
                asked.setdefault(form.page, set()).update(form.fields)
        for link in tree.xpath("//a/@href"):
            _remember_names(asked, urljoin(url, link))
        asked.setdefault(name, set())
    for name, url in takeable(person, own).items():
        if not any(form.page == name for form in found.values()):
            fields = {key: [value] for key, value in BY_HAND.get(name, {}).items()}
            found[name, url] = Form(name, url, fields=fields)
    return [*found.values()], asked


def forms_on(client, url: str) -> list[Form]:
    """The forms of one page; none if it does not open."""
    answer = client.get(url)
    tree = _tree_of(answer) if answer.status_code == 200 else None
    return [] if tree is None else [form for form in _forms_in(tree, url) if form.method == "post"]


def openable(person: str, own: dict) -> dict[str, str]:
    """The address of every page that opens for the person."""
    rows = [row for row in MATRIX.values() if row.signs.get(person) in {"+", ">"} and row.opens != 405]
    return {row.page: address(row, own) for row in rows} | _public() | _by_address(own)


def takeable(person: str, own: dict) -> dict[str, str]:
    """The address of every page of which the person may send a form."""
    rows = [row for row in MATRIX.values() if row.signs.get(person) == "+" and row.page in posting_pages()]
    public = {name: url for name, url in _public().items() if name in posting_pages() - LEAVES}
    return {row.page: address(row, own) for row in rows} | public | _by_address(own, posting_pages())


def _public() -> dict[str, str]:
    return {name: reverse(name) for name in sorted(PUBLIC - LEAVES - {"activities:calendar_file", *BY_ADDRESS})}


def _by_address(own: dict, names: Iterable[str] = ("evaluations:judge", "evaluations:judge_speaker")) -> dict[str, str]:
    """Public pages that find somebody by what their address names."""
    return {name: reverse(name, kwargs=own[BY_ADDRESS[name]]) for name in names if name in BY_ADDRESS}


def _tree_of(answer):
    """The elements of a page; None for a file, or an answer without content."""
    is_page = answer.headers["Content-Type"].startswith("text/html") and answer.content
    return html.fromstring(answer.content.decode()) if is_page else None


def _forms_in(tree, page_url: str) -> list[Form]:
    return [form for form in (_form(one, page_url) for one in tree.xpath("//form")) if form]


def _form(element, page_url: str) -> Form | None:
    url = urljoin(page_url, element.get("action") or page_url)
    try:
        name = resolve(urlsplit(url).path).view_name
    except Exception:  # an address of somebody else
        return None
    form = Form(name, url, element.get("method", "get").lower(), "multipart" in element.get("enctype", ""))
    for control in [*element.xpath(".//input|.//select|.//textarea|.//button"), *_controls_beside(element)]:
        _add(form, control)
    return form


def _controls_beside(element) -> list:
    """Controls that name their form from elsewhere on the page."""
    own = element.get("id")
    return element.getroottree().xpath("//*[@form=$own]", own=own) if own else []


def _add(form: Form, control) -> None:
    name, kind = control.get("name"), control.get("type", "text")
    if not name or name == "csrfmiddlewaretoken":
        return
    form.kinds[name] = kind
    if control.tag == "button" or kind in BUTTONS:
        form.buttons.append((name, control.get("value", "")))
    elif kind == "file":
        form.files.add(name)
    elif control.tag == "select":
        values = [option.get("value", option.text or "") for option in control.xpath(".//option")]
        form.choices[name] = values
        chosen = control.xpath(".//option[@selected]/@value")
        form.fields[name] = chosen or [next((value for value in values if value), "")]
    elif control.tag == "textarea":
        form.fields[name] = [control.text or ""]
    elif kind in {"radio", "checkbox"}:
        form.choices.setdefault(name, []).append(control.get("value", "on"))
        if control.get("checked") is not None or name not in form.fields:
            form.fields[name] = [control.get("value", "on")]
    else:
        form.fields[name] = [control.get("value", "")]


def _remember_names(asked: dict[str, set[str]], url: str) -> None:
    parts = urlsplit(url)
    if parts.netloc or not parts.query:
        return
    try:
        page = resolve(parts.path).view_name
    except Exception:  # an address of somebody else
        return
    asked.setdefault(page, set()).update(name for name, _value in parse_qsl(parts.query, keep_blank_values=True))
