"""How is a backup checked, and how is it brought back?"""

from __future__ import annotations

import os
from argparse import ArgumentParser
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection
from django.utils.translation import gettext as _

from branchportal.backup.errors import BackupError
from branchportal.backup.restoring import Archive, opened, restore
from branchportal.supervisor.checks import hold_data_folder


class Command(BaseCommand):
    help = "Bring a backup back into an empty portal, then check all data. --check only looks at the file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="as manage.py backup made it")
        parser.add_argument("--check", action="store_true", help="only check the hashes in the file")
        parser.add_argument("--replace", action="store_true", help="replace everything that this portal holds")

    def handle(self, *args, file: Path, check: bool, replace: bool, **options) -> None:
        try:
            with opened(file.absolute()) as archive:
                self.stdout.write(_said(archive))
                if check:
                    return
                with _nobody_else():
                    restore(archive, replace=replace)
        except BackupError as error:
            raise CommandError(str(error)) from error
        except DatabaseError as error:
            text = _("The database can't be replaced (%(error)s): stop the portal, then try again.")
            raise CommandError(text % {"error": error}) from error
        self.stdout.write(_("Brought back. All data is checked now:"))
        call_command("verify_ledger", stdout=self.stdout)


def _said(archive: Archive) -> str:
    text = _("A whole backup of %(made_at)s, version %(version)s, with %(files)s uploaded files.")
    return text % {**archive.manifest, "files": len(archive.manifest["files"])}


@contextmanager
def _nobody_else():
    """In the embedded mode the portal must not run on this folder meanwhile."""
    if connection.vendor != "sqlite" or not settings.EMBEDDED:
        yield
        return
    lock = hold_data_folder(Path(settings.DATA_DIR))
    try:
        yield
    finally:
        os.close(lock)
