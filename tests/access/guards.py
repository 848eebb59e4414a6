"""Where does the code check a right, and what would it be without that one check?

Four kinds, found in the syntax tree: the `permission` of a page, rows narrowed by `visible` or `visible_to`, an `if`
that refuses (PermissionDenied, or any refusal that asks for a right), and a middleware that stands before every page.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).parents[2]
PACKAGES = ("branchportal", "members", "activities", "evaluations")
SETTINGS = "branchportal/settings.py"
NARROWING = {"visible", "visible_to"}
ASKING = {"may", "may_in", "appointable_in", "in_charge", "covers", "has_role", "granting"}
STANDING_BEFORE = {
    "members.middleware.SignedInMiddleware", "members.middleware.AccessMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
}  # fmt: skip


@dataclass(frozen=True)
class Guard:
    """One check: where it stands, of which kind it is, inside what, and how it reads."""

    path: str
    line: int
    column: int
    kind: str
    inside: str
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"

    @property
    def module(self) -> str:
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    @property
    def is_at_a_page(self) -> bool:
        """Whether an address is refused by it, rather than what a page or a service does."""
        return "/views/" in self.path or self.path in {SETTINGS, "members/access.py"}


def all_guards() -> list[Guard]:
    """Every guard of the portal, by file and line."""
    paths = sorted(
        str(path.relative_to(PROJECT))
        for package in PACKAGES
        for path in (PROJECT / package).rglob("*.py")
        if "migrations" not in path.parts
    )
    return [guard for path in paths for guard in guards_of(path, (PROJECT / path).read_text(encoding="utf-8"))]


def guards_of(path: str, source: str) -> list[Guard]:
    finder = _Finder(path)
    finder.visit(ast.parse(source))
    return finder.found


def without(guard: Guard, source: str) -> ast.Module:
    """The syntax tree of the file in which that one check is missing."""
    remover = _Remover(guard)
    tree = ast.fix_missing_locations(remover.visit(ast.parse(source)))
    if not remover.done:
        raise LookupError(f"{guard} is not there any more")
    return tree


def _kind(node: ast.AST, path: str) -> str:
    """Which kind of guard the node is; "" for none."""
    if isinstance(node, ast.Assign) and _names(node.targets) == ["permission"]:
        return "permission" if _weaker(node.value) else ""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in NARROWING:
        return "rows"
    if isinstance(node, ast.If) and isinstance(node.body[-1], ast.Raise):
        return "refusal" if _refuses(node) else ""
    if isinstance(node, ast.Constant) and path == SETTINGS and node.value in STANDING_BEFORE:
        return "middleware"
    return ""


def _names(targets: list[ast.expr]) -> list[str]:
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _weaker(value: ast.expr) -> bool:
    """Any permission but that of everybody who is signed in."""
    return isinstance(value, ast.Attribute) and ast.unparse(value.value) == "Permission" and value.attr != "SIGNED_IN"


def _refuses(node: ast.If) -> bool:
    if "PermissionDenied" in ast.unparse(node.body[-1]):
        return True
    called = {one.attr if isinstance(one, ast.Attribute) else getattr(one, "id", "") for one in ast.walk(node.test)}
    return not ASKING.isdisjoint(called)


class _Finder(ast.NodeVisitor):
    def __init__(self, path: str) -> None:
        self.path, self.names, self.found = path, [], []

    def visit(self, node: ast.AST) -> None:
        if kind := _kind(node, self.path):
            shown = ast.unparse(node.test if isinstance(node, ast.If) else node)
            self.found.append(Guard(self.path, node.lineno, node.col_offset, kind, ".".join(self.names), shown[:100]))
        named = isinstance(node, ast.ClassDef | ast.FunctionDef)
        self.names += [node.name] if named else []
        self.generic_visit(node)
        if named:
            self.names.pop()


class _Remover(ast.NodeTransformer):
    def __init__(self, guard: Guard) -> None:
        self.guard, self.done = guard, False

    def visit(self, node: ast.AST) -> ast.AST | None:
        node = self.generic_visit(node)
        here = (getattr(node, "lineno", 0), getattr(node, "col_offset", -1))
        if here != (self.guard.line, self.guard.column) or _kind(node, self.guard.path) != self.guard.kind:
            return node
        if self.guard.kind == "rows" and ast.unparse(node)[:100] != self.guard.text:
            return node  # the first of a chain of calls that begins in the same place
        self.done = True
        return self._weakened(node)

    def _weakened(self, node: ast.AST) -> ast.AST | None:
        if self.guard.kind == "permission":
            node.value.attr = "SIGNED_IN"
        elif self.guard.kind == "rows":
            return ast.Call(ast.Attribute(_rows(node), "all", ast.Load()), [], [])
        elif self.guard.kind == "refusal":
            node.test = ast.Constant(False)
        else:
            return None
        return node


def _rows(call: ast.Call) -> ast.expr:
    """What is narrowed: `self.visible(rows)`, or `rows.visible_to(user, permission)`."""
    return call.args[0] if call.func.attr == "visible" else call.func.value
