"""Is a backup whole or not there, and is one that is damaged, foreign or too new refused before anything is written?

Backups under load, brought back and checked, are in `faults/test_backup_drill.py`.
"""

from __future__ import annotations

import hashlib
import io
import json
import stat
import tarfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import connection

from activities.models import Evidence
from branchportal.backup import databases
from branchportal.backup.errors import BackupError
from branchportal.backup.making import DATABASE, FORMAT, MANIFEST, make
from branchportal.backup.restoring import opened, restore
from branchportal.models import AuditEntry, JobRun
from members.models import Branch, User
from members.roles import Role
from tests.factories import make_branch_tree, make_user

NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
CONTENT = {"database": b"all tables", "files/evidence/2026/a.pdf": b"%PDF-1.4"}
committed = pytest.mark.django_db(transaction=True)


def sealed(name: str, content: bytes) -> dict:
    return {"name": name, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def manifest(**changes) -> dict:
    return {
        "format": FORMAT, "made_at": NOW.isoformat(), "version": "2026.11", "engine": "sqlite", "migrations": [],
        "database": sealed(DATABASE, CONTENT[DATABASE]),
        "files": [sealed(name, content) for name, content in CONTENT.items() if name != DATABASE], "missing": [],
        **changes,
    }  # fmt: skip


def write(path: Path, members: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w") as tar:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return path


def backup_file(folder: Path, *, contents: dict[str, bytes] | None = None, **changes) -> Path:
    described = json.dumps(manifest(**changes)).encode()
    return write(folder / "portal.tar", {**(contents or CONTENT), MANIFEST: described})


def refusal(path: Path) -> str:
    with pytest.raises(BackupError) as refused, opened(path):
        pytest.fail("a damaged backup was opened")
    return str(refused.value)


@pytest.fixture
def disk(settings, tmp_path):
    """Uploaded files lie on a real disk."""
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.STORAGES = {
        **settings.STORAGES, "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    }  # fmt: skip
    settings.AUDIT_HEAD = tmp_path / "audit_head.json"
    return settings.MEDIA_ROOT


@pytest.fixture
def evidence(disk, transactional_db):
    tree = make_branch_tree()
    one = Evidence(
        branch=tree.b1, sha256=hashlib.sha256(b"%PDF-1.4").hexdigest(), file_name="a.pdf", size=8, uploaded_at=NOW,
        content_type="application/pdf", uploaded_by=make_user(Role.SECRETARY, tree.b1),
    )  # fmt: skip
    one.file.save("a.pdf", ContentFile(b"%PDF-1.4"), save=False)
    one.save()
    return one


def test_a_whole_backup_opens(tmp_path):
    with opened(backup_file(tmp_path)) as archive:
        assert archive.open(DATABASE).read() == CONTENT[DATABASE]


@pytest.mark.parametrize("damaged", sorted(CONTENT))
def test_one_changed_byte_is_found(tmp_path, damaged):
    changed = {**CONTENT, damaged: CONTENT[damaged][:-1] + b"?"}
    assert damaged in refusal(backup_file(tmp_path, contents=changed))


@pytest.mark.parametrize("share", [0.05, 0.1, 0.2])
def test_a_file_that_was_cut_off_is_refused(tmp_path, share):
    path = backup_file(tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    assert str(path) in refusal(path)


@pytest.mark.parametrize("content", [b"", b"no archive at all", b"\x1f\x8b" + b"\0" * 600, b"\0" * 2048])
def test_what_is_no_backup_is_refused(tmp_path, content):
    path = tmp_path / "portal.tar"
    path.write_bytes(content)
    assert str(path) in refusal(path)


def test_a_backup_that_is_not_there_is_named(tmp_path):
    assert str(tmp_path / "none.tar") in refusal(tmp_path / "none.tar")


@pytest.mark.parametrize(
    "changes",
    [
        {"files": [sealed("files/gone.pdf", b"x")]},
        {"files": [sealed("/etc/passwd", b"x")]},
        {"files": [sealed("files/../../etc/passwd", b"x")]},
        {"files": [{"name": "files/evidence/2026/a.pdf"}]},
        {"files": None},
        {"database": sealed("elsewhere", b"")},
        {"format": "branch-portal-backup/9"},
        {"format": None},
    ],
)
def test_a_manifest_that_does_not_fit_is_refused(tmp_path, changes):
    assert refusal(backup_file(tmp_path, **changes))


@pytest.mark.django_db
def test_a_backup_of_another_engine_is_refused(tmp_path):
    other = "postgresql" if connection.vendor == "sqlite" else "sqlite"
    with opened(backup_file(tmp_path, engine=other)) as archive, pytest.raises(BackupError, match="DATABASE_URL"):
        restore(archive, replace=True)


@pytest.mark.django_db
def test_a_backup_of_a_newer_version_is_refused(tmp_path):
    newer = {"engine": connection.vendor, "migrations": [["members", "0001_initial"], ["members", "0999_future"]]}
    with opened(backup_file(tmp_path, **newer)) as archive, pytest.raises(BackupError, match="0999_future"):
        restore(archive, replace=True)


@pytest.mark.django_db
def test_a_portal_that_holds_data_is_not_overwritten(tmp_path, disk):
    assert not databases.holds_data()
    make_user(Role.MEMBER, make_branch_tree().b1)
    path = backup_file(tmp_path, engine=connection.vendor)
    with opened(path) as archive, pytest.raises(BackupError, match="--replace"):
        restore(archive)
    assert not disk.exists()


@committed
def test_a_backup_names_what_is_in_it(evidence, tmp_path):
    made = make(tmp_path, now=NOW)
    assert (made.path.name, made.files, made.missing) == ("portal-2026-11-22T090000.tar", 1, [])
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    with opened(made.path) as archive:
        kept = archive.manifest
        assert (kept["engine"], kept["files"]) == (
            connection.vendor, [sealed(f"files/{evidence.file.name}", b"%PDF-1.4")],
        )  # fmt: skip
        assert ["branchportal", "0001_initial"] in kept["migrations"]
    line = AuditEntry.objects.get(action="job.backup")
    assert (line.actor, line.after) == (None, {"file": made.path.name, "bytes": made.size, "files": 1})


@committed
def test_what_was_written_after_the_backup_is_gone_and_what_was_before_is_back(evidence, tmp_path):
    running = JobRun.objects.create(kind="probe", key="1", state="running", attempt=1, heartbeat_at=NOW)
    make(tmp_path / "portal.tar", now=NOW)
    later = make_user(Role.MEMBER, Branch.objects.get(code="B002"))
    Evidence.objects.all().delete()
    evidence.file.storage.delete(evidence.file.name)
    settings.AUDIT_HEAD.write_text('{"sequence": 9, "seal": "of a later line"}')
    call_command("restore", str(tmp_path / "portal.tar"), "--replace")
    assert list(Evidence.objects.values_list("pk", "file")) == [(evidence.pk, evidence.file.name)]
    assert evidence.file.storage.open(evidence.file.name).read() == b"%PDF-1.4"
    assert not User.objects.filter(pk=later.pk).exists()
    assert AuditEntry.objects.get(action="job.restored").after == {"file": "portal.tar", "made_at": NOW.isoformat()}
    assert not settings.AUDIT_HEAD.exists()
    assert JobRun.objects.get(pk=running.pk).state == "queued"  # whoever ran it is gone


@committed
def test_a_restore_that_fails_leaves_everything_as_it_was(evidence, tmp_path):
    """The hashes are right, and yet no database can be made of it."""
    path = backup_file(tmp_path, engine=connection.vendor, files=[])
    with pytest.raises(CommandError):
        call_command("restore", str(path), "--replace")
    assert list(Evidence.objects.values_list("pk", flat=True)) == [evidence.pk]


@committed
@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite replaces its database in one transaction")
def test_a_restore_that_was_killed_is_undone_by_the_next_one(evidence, tmp_path):
    with connection.cursor() as cursor:
        cursor.execute("ALTER SCHEMA public RENAME TO before_restore")
        cursor.execute("CREATE SCHEMA public")
    path = backup_file(tmp_path, engine="postgresql", files=[])
    with pytest.raises(CommandError, match="--replace"):
        call_command("restore", str(path))
    assert list(Evidence.objects.values_list("pk", flat=True)) == [evidence.pk]


@committed
def test_a_file_that_the_disk_has_lost_is_told(evidence, tmp_path, capsys):
    evidence.file.storage.delete(evidence.file.name)
    call_command("backup", str(tmp_path / "portal.tar"))
    assert evidence.file.name in capsys.readouterr().err
    with opened(tmp_path / "portal.tar") as archive:
        assert (archive.manifest["files"], archive.manifest["missing"]) == ([], [evidence.file.name])


@committed
def test_no_backup_takes_the_place_of_another_file(disk, transactional_db, tmp_path):
    standing = tmp_path / "portal.tar"
    standing.write_text("mine")
    with pytest.raises(CommandError, match=r"portal\.tar"):
        call_command("backup", str(standing))
    assert ([path.name for path in tmp_path.iterdir()], standing.read_text()) == (["portal.tar"], "mine")


@committed
def test_a_folder_that_is_not_there_or_full_is_said_in_words(disk, transactional_db, tmp_path):
    with pytest.raises(CommandError, match="nowhere"):
        call_command("backup", str(tmp_path / "nowhere/portal.tar"))
    with pytest.raises(CommandError, match="/proc"):
        call_command("backup", "/proc")
    assert not AuditEntry.objects.filter(action="job.backup").exists()


@pytest.mark.parametrize("broken", [b"", b"no archive"])
def test_the_command_only_checks_if_asked(tmp_path, capsys, broken):
    path = backup_file(tmp_path)
    call_command("restore", str(path), "--check")
    assert "2026.11" in capsys.readouterr().out
    path.write_bytes(broken)
    with pytest.raises(CommandError):
        call_command("restore", str(path), "--check")
