"""How does a process run without one guard, while the files of the project stay as they are?

The module is compiled without its guard at the moment it is imported. As a plugin of pytest (`-p tests.access.missing`)
it takes away the guard that REMOVED_GUARD names (path:line:column, see guards.py).
"""

from __future__ import annotations

import importlib.abc
import importlib.util
import os
import sys

from tests.access.guards import PROJECT, Guard, all_guards, without


class Loader(importlib.abc.Loader):
    """Runs a module whose source lacks the guard."""

    def __init__(self, guard: Guard) -> None:
        self.guard = guard

    def create_module(self, spec):
        return None

    def exec_module(self, module) -> None:
        tree = without(self.guard, (PROJECT / self.guard.path).read_text(encoding="utf-8"))
        exec(compile(tree, self.guard.path, "exec"), module.__dict__)


class Importer(importlib.abc.MetaPathFinder):
    """Hands the one module to the loader; everything else is imported as ever."""

    def __init__(self, guard: Guard) -> None:
        self.guard = guard

    def find_spec(self, name, path=None, target=None):
        if name != self.guard.module:
            return None
        where = PROJECT / self.guard.path
        spec = importlib.util.spec_from_file_location(name, where, loader=Loader(self.guard))
        if where.name == "__init__.py":
            spec.submodule_search_locations = [str(where.parent)]
        return spec


def remove(name: str) -> Guard:
    """Let the guard of that name be missing from now on; call it before its module is imported."""
    guard = next(one for one in all_guards() if str(one) == name)
    sys.meta_path.insert(0, Importer(guard))
    return guard


if REMOVED := os.environ.get("REMOVED_GUARD"):  # as a plugin of pytest: before anything reads the settings
    remove(REMOVED)
