"""What does every kind of person meet at every address, and is it what the matrix says?

Each kind of person has a world of its own in an SQLite file, made once; what a request writes is rolled back.
"""

from __future__ import annotations

import os
import pickle
import shutil
import tempfile
from pathlib import Path

import time_machine
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.files.storage import default_storage, storages
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.utils.functional import empty

from tests.access.guards import Guard
from tests.access.marks import shown
from tests.access.matrix import PEOPLE, Row
from tests.access.test_matrix import MATRIX, PAGES, REFUSED_OUTSIDE, address, elsewhere, unwanted
from tests.access.world import NOW, make_world
from tests.factories import sign_in

NOBODY = "anonymous"
ASKED = tuple(os.environ.get("PROBED_PEOPLE", "").split()) or (*PEOPLE, NOBODY)  # a short run asks a few
# Who meets a missing guard first; everybody else follows.
FIRST = {"permission": ("class_contact", "administrator", "member"), "rows": ("secretary", "reviewer", "member")}


def make_worlds(folder: Path) -> None:
    """One file with the database, and one with what is found where in it, for every kind of person."""
    bare = folder / "bare.sqlite3"
    _use(bare, bare)
    call_command("migrate", verbosity=0)
    for person in ASKED:
        _use(bare, folder / f"{person}.sqlite3")
        with time_machine.travel(NOW, tick=False):
            world = make_world(person)
        found = (world.user.pk if world.user else None, world.own, world.sibling, world.foreign)
        (folder / f"{person}.pickle").write_bytes(pickle.dumps(found))
    connection.close()


def first_fault(folder: Path, missing: Guard | None) -> str:
    """The first answer that the matrix does not name, or ""."""
    rows = _rows_behind(missing)
    with tempfile.TemporaryDirectory() as own, time_machine.travel(NOW, tick=False):
        shutil.copytree(folder / "files", Path(own, "files"))
        for person in _in_order(missing):
            _use(folder / f"{person}.sqlite3", Path(own, "world.sqlite3"))
            if fault := _fault_of(person, rows, pickle.loads((folder / f"{person}.pickle").read_bytes())):
                return fault
    return ""


def _use(source: Path, database: Path) -> None:
    """Let every query go to a copy of this file from now on; files that people uploaded lie beside it."""
    connection.close()  # writes everything into the file
    if source != database:
        shutil.copy(source, database)
    connection.settings_dict["NAME"] = str(database)
    on_disk = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(database.parent / "files")},
    }
    settings.STORAGES = {**settings.STORAGES, "default": on_disk}
    storages._backends, storages._storages = None, {}
    storages.__dict__.pop("backends", None)
    default_storage._wrapped = empty


def _rows_behind(guard: Guard | None) -> list[Row]:
    """The rows of the pages that pass the guard: all of them unless it stands in a view."""
    if guard is None or ".views" not in guard.module:
        return [*MATRIX.values()]
    outer = guard.inside.partition(".")[0]
    found = []
    for row in MATRIX.values():
        lineage = getattr(PAGES[row.page].callback, "view_class", object).__mro__
        here = [one for one in lineage if one.__module__ == guard.module]
        if any(one.__name__ == outer for one in here) or (here and outer.lstrip("_")[:1].islower()):
            found.append(row)
    return found or [*MATRIX.values()]


def _in_order(guard: Guard | None) -> tuple[str, ...]:
    first = FIRST.get(guard.kind, ()) if guard else ()
    return tuple(sorted(ASKED, key=lambda person: first.index(person) if person in first else len(first)))


def _fault_of(person: str, rows: list[Row], world: tuple) -> str:
    """The first answer to this person that the matrix does not name."""
    pk, *things = world
    places = dict(zip(("own", "sibling", "foreign"), things, strict=True))
    client = Client(raise_request_exception=False)
    if pk is not None:
        sign_in(client, get_user_model().objects.get(pk=pk))
    for row in rows:
        for method, place, allowed in _questions(row, None if pk is None else person):
            with transaction.atomic():
                answer = getattr(client, method)(address(row, places[place]))
                seen = shown(answer, unwanted(person))
                transaction.set_rollback(True)
            if answer.status_code not in allowed:
                return f"{method} {row.page} ({place}) as {person}: {answer.status_code}"
            if seen:
                return f"{method} {row.page} ({place}) as {person}: shows what is {seen[0]}…"
    return ""


def _questions(row: Row, person: str | None) -> list[tuple[str, str, set[int]]]:
    """Method, place and the answers that are right: as in test_matrix.py."""
    if person is None:
        return [("get", "own", {302}), ("post", "own", {302})]
    expected = row.expected(person)
    asked = [("get", "own", {expected}), *([("post", "own", {403})] if expected == 403 else [])]
    refused = {403} if expected == 403 else REFUSED_OUTSIDE
    places = elsewhere(row, person) if row.thing else []
    return asked + [(method, place, refused) for place in places for method in ("get", "post")]
