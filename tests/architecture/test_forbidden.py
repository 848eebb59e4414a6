"""Which shortcuts are nowhere taken: unescaped HTML, all fields at once, get_or_create without a unique constraint?"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import UniqueConstraint

from tests.architecture.test_imports import LINE, ROOT, dotted, modules

SOURCES = [path for package in LINE for path in modules(package)]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
OWN_MODELS = {model.__name__: model for package in LINE for model in apps.get_app_config(package).get_models()}
CREATING = {"get_or_create", "update_or_create"}
# Related managers in front of a call: which table they write to.
MANAGERS = {"cycles": "Cycle"}


def calls(path: Path) -> Iterator[ast.Call]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def test_no_unescaped_html():
    words = ("mark_safe", "SafeString", "format_html_join", "csrf_exempt", "|safe")
    assert {(dotted(path), word) for path in SOURCES for word in words if word in path.read_text("utf-8")} == set()
    unescaped = ("|safe", "autoescape off", "safeseq")
    assert {(path.name, word) for path in TEMPLATES for word in unescaped if word in path.read_text("utf-8")} == set()


def test_no_inline_script_or_style():
    inline = ("<script>", "<style", ' style="', " onclick=", " onchange=", " onsubmit=", "javascript:", "hx-on")
    assert {(str(path), word) for path in TEMPLATES for word in inline if word in path.read_text("utf-8")} == set()


def test_every_form_that_posts_carries_a_token():
    wrong = []
    for path in TEMPLATES:
        for form in path.read_text("utf-8").split("<form")[1:]:
            body = form.split("</form>")[0]
            if 'method="post"' in body.split(">")[0] and "csrf_token" not in body:
                wrong.append(path.name)
    assert wrong == []


def test_no_form_takes_all_fields():
    text = {dotted(path): path.read_text("utf-8") for path in SOURCES}
    words = ("fields = '__all__'", 'fields = "__all__"', "exclude = [", "exclude = (")
    assert {name for name, source in text.items() if any(word in source for word in words)} == set()


def test_no_signals_and_no_save_of_models():
    """What must follow a write is called by name in its service."""
    assert {dotted(path) for path in SOURCES if "django.dispatch" in path.read_text("utf-8")} == set()
    overridden = {name for name, model in OWN_MODELS.items() if "save" in vars(model) or "delete" in vars(model)}
    assert overridden == set()


def creating_calls() -> list[tuple[str, str, frozenset[str]]]:
    """(module, model, looked-up fields) of each call that makes what it does not find."""
    found = []
    for path in SOURCES:
        for call in calls(path):
            if isinstance(call.func, ast.Attribute) and call.func.attr in CREATING:
                fields = frozenset(
                    word.arg for word in call.keywords if word.arg not in {"defaults", "create_defaults"}
                )
                found.append((dotted(path), _model_of(call.func.value), fields))
    return found


def _model_of(node: ast.expr) -> str:
    """The model before `.objects…`, or the manager's name."""
    while isinstance(node, ast.Attribute | ast.Call):
        if isinstance(node, ast.Attribute) and node.attr == "objects" and isinstance(node.value, ast.Name):
            return node.value.id
        if isinstance(node, ast.Attribute) and node.attr in MANAGERS:
            return MANAGERS[node.attr]
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def unique_sets(model) -> list[frozenset[str]]:
    constraints = [
        frozenset(constraint.fields)
        for constraint in model._meta.constraints
        if isinstance(constraint, UniqueConstraint) and constraint.condition is None
    ]
    return constraints + [frozenset({field.name}) for field in model._meta.fields if field.unique]


@pytest.mark.parametrize(("module", "model", "fields"), creating_calls())
def test_what_is_made_when_not_found_has_a_unique_key(module, model, fields):
    assert model in OWN_MODELS, f"{module}: name the model before .objects, or add its manager to MANAGERS"
    assert any(key <= fields for key in unique_sets(OWN_MODELS[model])), f"{module}: {sorted(fields)}"
