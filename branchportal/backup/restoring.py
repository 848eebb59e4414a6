"""How is a backup looked at and brought back: hashes first, then the files, then the database in one step?"""

from __future__ import annotations

import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils.translation import gettext as _

from branchportal import audit, jobs
from branchportal.backup import databases
from branchportal.backup.errors import BackupError
from branchportal.backup.making import DATABASE, FILES, FORMAT, MANIFEST, sha256_of

NAMES = {"postgresql": "PostgreSQL", "sqlite": "SQLite"}


@dataclass(frozen=True)
class Archive:
    """An opened backup whose hashes have been checked."""

    path: Path
    tar: tarfile.TarFile
    manifest: dict[str, Any]

    def open(self, name: str) -> BinaryIO:
        return self.tar.extractfile(name)


@contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """The backup, after every hash in it was checked. Raises BackupError."""
    try:
        tar = tarfile.open(path, "r:")  # noqa: SIM115 (closed below)
    except tarfile.TarError as error:
        raise _damaged(path, error) from error
    except OSError as error:
        text = _("%(file)s can't be read: %(error)s.")
        raise BackupError(text % {"file": path, "error": error.strerror or error}) from error
    with tar:
        try:
            archive = Archive(path, tar, _manifest(tar))
            _check_members(archive)
        except (tarfile.TarError, OSError, EOFError, ValueError, KeyError, AttributeError, TypeError) as error:
            raise _damaged(path, error) from error
        yield archive


def _damaged(path: Path, error: Exception) -> BackupError:
    text = _("%(file)s is no whole backup of the portal (%(error)s): take another one.")
    return BackupError(text % {"file": path, "error": error})


def restore(archive: Archive, *, replace: bool = False) -> None:
    """Bring files and database back and move the tables on to this version. Raises BackupError.

    Refuses a portal that holds data unless `replace`. Nothing is deleted from the folder of uploaded files.
    """
    _refuse_another_kind(archive.manifest)
    databases.undo_interrupted_restore()
    if databases.holds_data() and not replace:
        raise BackupError(
            _("This portal holds data. Restore into an empty one, or give --replace: then all of it is replaced.")
        )
    try:
        for entry in archive.manifest["files"]:
            _put_file(archive, entry)
        with tempfile.TemporaryDirectory(prefix="portal-restore-") as work:
            databases.restore(_taken_out(archive, Path(work) / DATABASE))
    except OSError as error:
        text = _("%(file)s can't be written: %(error)s. Make room, then restore again.")
        raise BackupError(text % {"file": error.filename, "error": error.strerror or error}) from error
    _set_the_remembered_head_aside()
    call_command("migrate", verbosity=0, interactive=False)
    jobs.give_back_all()
    after = {"file": archive.path.name, "made_at": archive.manifest["made_at"]}
    audit.record("job.restored", by=None, after=after)


def _set_the_remembered_head_aside() -> None:
    """The trail is that of the backup now: the newest seal that this machine remembers may be younger."""
    if settings.AUDIT_HEAD.exists():
        settings.AUDIT_HEAD.replace(settings.AUDIT_HEAD.with_suffix(".before-restore"))


def _manifest(tar: tarfile.TarFile) -> dict[str, Any]:
    manifest = json.load(tar.extractfile(MANIFEST))
    if manifest["format"] != FORMAT:
        raise BackupError(_("This backup was made by another version of the portal (%(format)s).") % manifest)
    return manifest


def _check_members(archive: Archive) -> None:
    listed = [archive.manifest["database"], *archive.manifest["files"]]
    for entry in listed:
        name = PurePosixPath(entry["name"])
        if name.is_absolute() or ".." in name.parts:
            raise ValueError(entry["name"])
        with archive.open(entry["name"]) as file:
            if sha256_of(file) != entry["sha256"]:
                text = _("%(name)s in this backup is not as it was saved: take another backup.")
                raise BackupError(text % {"name": entry["name"]})


def _refuse_another_kind(manifest: dict[str, Any]) -> None:
    made, here = manifest["engine"], databases.engine()
    if made != here:
        text = _("This backup is of %(made)s and the portal runs on %(here)s: set DATABASE_URL to an empty %(made)s.")
        raise BackupError(text % {"made": NAMES.get(made, made), "here": NAMES.get(here, here)})
    known = {*MigrationLoader(connection, ignore_no_migrations=True).disk_migrations}
    if newer := [name for app, name in map(tuple, manifest["migrations"]) if (app, name) not in known]:
        text = _("This backup is of a newer version of the portal (%(name)s): install that version first.")
        raise BackupError(text % {"name": newer[-1]})


def _taken_out(archive: Archive, copy: Path) -> Path:
    """The database of the backup as a file of its own."""
    with archive.open(DATABASE) as source, copy.open("wb") as target:
        shutil.copyfileobj(source, target)
    return copy


def _put_file(archive: Archive, entry: dict[str, Any]) -> None:
    """Write one uploaded file unless it is there already; whole or not at all."""
    target = Path(default_storage.path(entry["name"].removeprefix(FILES)))
    if target.exists():
        with target.open("rb") as standing:
            if sha256_of(standing) == entry["sha256"]:
                return
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = target.with_name(f".{target.name}.restoring")
    with archive.open(entry["name"]) as source, fresh.open("wb") as file:
        shutil.copyfileobj(source, file)
        file.flush()
        os.fsync(file.fileno())
    fresh.chmod(0o600)
    fresh.replace(target)
