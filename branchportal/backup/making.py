"""How is a backup made: one moment of the database, every file that it names, and a manifest with the hashes?"""

from __future__ import annotations

import hashlib
import json
import os
import tarfile
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import DatabaseError
from django.utils import timezone
from django.utils.translation import gettext as _

from branchportal import audit
from branchportal.backup import databases
from branchportal.backup.errors import BackupError
from branchportal.storage import flush

FORMAT = "branch-portal-backup/1"
MANIFEST, DATABASE, FILES = "manifest.json", "database", "files/"
TRIES = 20  # a file that is withdrawn while it is looked for: a later moment does not name it any more


@dataclass(frozen=True)
class Made:
    """A backup that stands on the disk; `missing`: files that the database names and the disk does not have."""

    path: Path
    size: int
    files: int
    missing: list[str]


@dataclass
class _Hashing:
    """A file that is hashed while tarfile reads it."""

    file: BinaryIO
    digest: Any

    def read(self, size: int = -1) -> bytes:
        data = self.file.read(size)
        self.digest.update(data)
        return data


def make(target: Path, *, now: datetime) -> Made:
    """Write a backup into the folder (under a name with the moment) or the file `target`. Raises BackupError.

    The file appears whole or not at all and never takes the place of another one.
    """
    final = _name_in(target, now)
    try:
        with tempfile.TemporaryDirectory(prefix=".portal-backup-", dir=final.parent) as work:
            partial = Path(work) / "backup.tar"
            manifest = _write(partial, Path(work), now)
            flush(partial)
            _give_name(partial, final)
    except OSError as error:
        text = _("%(place)s can't be written: %(error)s. Make room, or choose another place.")
        place = error.filename or final.parent
        raise BackupError(text % {"place": place, "error": error.strerror or error}) from error
    except DatabaseError as error:
        raise BackupError(_("The database can't be copied: %(error)s.") % {"error": error}) from error
    size = final.stat().st_size
    audit.record("job.backup", by=None, after={"file": final.name, "bytes": size, "files": len(manifest["files"])})
    return Made(final, size, len(manifest["files"]), manifest["missing"])


def sha256_of(file: BinaryIO) -> str:
    return hashlib.file_digest(file, "sha256").hexdigest()


def _name_in(target: Path, now: datetime) -> Path:
    final = target / f"portal-{timezone.localtime(now):%Y-%m-%dT%H%M%S}.tar" if target.is_dir() else target
    if final.exists():
        raise BackupError(_("%(file)s is there already: choose another name.") % {"file": final})
    if not final.parent.is_dir():
        raise BackupError(_("The folder %(folder)s does not exist: make it first.") % {"folder": final.parent})
    return final


def _write(partial: Path, work: Path, now: datetime) -> dict[str, Any]:
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file, tarfile.open(fileobj=file, mode="w") as tar:
        moment, files, missing = _collect(tar, work / DATABASE)
        database = _add(tar, DATABASE, work / DATABASE)
        manifest = {
            "format": FORMAT,
            "made_at": now.isoformat(),
            "version": settings.VERSION,
            "engine": databases.engine(),
            "migrations": moment.migrations,
            "audit": {"lines": moment.lines, "sealed_up_to": moment.sealed_up_to},
            "database": database,
            "files": files,
            "missing": missing,
        }
        (work / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1), encoding="utf-8")
        _add(tar, MANIFEST, work / MANIFEST)
    return manifest


def _collect(tar: tarfile.TarFile, target: Path) -> tuple[databases.Moment, list[dict], list[str]]:
    """The database at a moment, and every file that it names then.

    Most files are copied before. One that is withdrawn between the moment and its copy is missing: then a later
    moment is taken, which does not name it any more.
    """
    files: dict[str, dict] = {}
    before = _add_files(tar, databases.stored_files(), files)
    for attempt in range(TRIES):
        with databases.moment(target) as moment:
            missing = _add_files(tar, moment.files, files)
            if missing in ([], before) or attempt == TRIES - 1:
                moment.dump()
                break
            before = missing
    return moment, [files[name] for name in moment.files if name in files], missing


def _add_files(tar: tarfile.TarFile, names: Iterable[str], files: dict[str, dict]) -> list[str]:
    """Add those that are not added yet; return the names of those that are not there."""
    missing = []
    for name in (name for name in names if name not in files):
        try:
            files[name] = _add(tar, FILES + name, Path(default_storage.path(name)))
        except FileNotFoundError:
            missing.append(name)
    return missing


def _add(tar: tarfile.TarFile, name: str, path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        member = tarfile.TarInfo(name)
        member.size, member.mode = os.fstat(file.fileno()).st_size, 0o600
        member.mtime = int(os.fstat(file.fileno()).st_mtime)
        hashing = _Hashing(file, hashlib.sha256())
        tar.addfile(member, hashing)
    return {"name": name, "size": member.size, "sha256": hashing.digest.hexdigest()}


def _give_name(partial: Path, final: Path) -> None:
    """A link refuses a name that is taken, a renaming would not."""
    try:
        os.link(partial, final)
    except FileExistsError:
        raise BackupError(_("%(file)s is there already: choose another name.") % {"file": final}) from None
    flush(final.parent)
