"""How is a backup of everything made, while people write?"""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from branchportal.backup.errors import BackupError
from branchportal.backup.making import make


class Command(BaseCommand):
    help = "Save the database and all uploaded files into one file. The portal goes on meanwhile."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("target", type=Path, metavar="FOLDER|FILE", help="a folder, or the name of the new file")

    def handle(self, *args, target: Path, **options) -> None:
        try:
            made = make(target.absolute(), now=timezone.now())
        except BackupError as error:
            raise CommandError(str(error)) from error
        words = ngettext("%(count)s uploaded file", "%(count)s uploaded files", made.files) % {"count": made.files}
        self.stdout.write(f"{made.path} ({filesizeformat(made.size)}, {words})")
        for name in made.missing:
            self.stderr.write(
                _("%(name)s was missing on the disk already: see manage.py verify_ledger.") % {"name": name}
            )
