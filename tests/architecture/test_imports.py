"""Do packages stay in their straight line, and the layers of an app in theirs?"""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINE = ("branchportal", "members", "activities", "evaluations")

# The lowest first; what is not named is a rule: pure, or words and file formats that only use rules.
LAYERS = {
    "models": 1,
    "queries": 2,
    "services": 3,
    "reports": 4,
    "forms": 4,
    "views": 5,
    "tasks": 5,
    "management": 5,
    "demo": 5,
    "navigation": 5,
    "search": 5,
    "middleware": 5,
    "urls": 6,
}
# Models say whose rows they are through access.py, and access.py asks the tables: one room in two files.
ALLOWED: set[tuple[str, str]] = set()
STANDARD = sys.stdlib_module_names
PURE = {
    "branchportal": ("months",),
    "members": ("roles", "stages", "rules"),
    "evaluations": ("dimensions", "deadlines", "documents", "inputs", "scoring", "ranking", "bundle", "scheme"),
}


def modules(package: str) -> list[Path]:
    return [path for path in sorted((ROOT / package).rglob("*.py")) if "migrations" not in path.parts]


def imports(path: Path, *, lazy: bool = True) -> set[str]:
    """Full names of the modules that a file imports; without `lazy` only at its top level."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = ast.walk(tree) if lazy else tree.body
    found = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def layer(name: str) -> int:
    """The layer of `app.module…`; 0 for rules."""
    parts = name.split(".")
    return LAYERS.get(parts[1], 0) if len(parts) > 1 else 0


def dotted(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


@pytest.mark.parametrize("package", LINE)
def test_a_package_imports_itself_and_those_to_its_left(package):
    to_the_right = LINE[LINE.index(package) + 1 :]
    wrong = {
        (dotted(path), name)
        for path in modules(package)
        for name in imports(path)
        if name.split(".")[0] in to_the_right
    }
    assert wrong == set()


@pytest.mark.parametrize("package", LINE[1:])
def test_layers_import_only_downwards(package):
    wrong = {
        (dotted(path), name)
        for path in modules(package)
        for name in imports(path)
        if name.startswith(f"{package}.") and layer(name) > layer(dotted(path))
    }
    assert wrong - ALLOWED == set()


def test_services_import_no_tasks_and_forms_no_views():
    assert layer("members.services.x") < layer("members.tasks")
    assert layer("members.forms") < layer("members.views")


@pytest.mark.parametrize(("package", "module"), [(app, name) for app, names in PURE.items() for name in names])
def test_rules_are_pure(package, module):
    """Formulas and tables use the standard library and other rules, and are given the time."""
    path = ROOT / package / f"{module}.py"
    allowed = {f"{app}.{name}" for app, names in PURE.items() for name in names}
    foreign = {
        name for name in imports(path)
        if ".".join(name.split(".")[:2]) not in allowed and name.split(".")[0] not in STANDARD
    }  # fmt: skip
    assert foreign == set()
    text = path.read_text(encoding="utf-8")
    assert "date.today(" not in text
    assert ".now(" not in text


@pytest.mark.parametrize("package", LINE)
def test_only_the_spreadsheet_rooms_know_the_libraries(package):
    libraries = {"openpyxl", "python_calamine", "lxml"}
    users = {dotted(path) for path in modules(package) if {name.split(".")[0] for name in imports(path)} & libraries}
    assert {name for name in users if not name.startswith("branchportal.spreadsheets")} == set()


def test_every_module_begins_with_its_question():
    empty = [
        dotted(path)
        for package in LINE
        for path in modules(package)
        if path.read_text(encoding="utf-8").strip()
        and not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert empty == []
