"""How does an operator get compiled rankings as a workbook?"""

from __future__ import annotations

import os
from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from evaluations.management.commands.compile_ranking import chosen_branches
from evaluations.models import RankingRun
from evaluations.purposes import Purpose
from evaluations.reports.ranking import ranking_workbook, rankings_workbook
from members.models import Branch

LATEST = "latest"


class Command(BaseCommand):
    help = "Write the ranking of one branch, or of all branches in one workbook."

    def add_arguments(self, parser: ArgumentParser) -> None:
        scope = parser.add_mutually_exclusive_group(required=True)
        scope.add_argument("--branch", metavar="CODE", help="code of one branch, such as B001")
        scope.add_argument("--all", action="store_true", help="every branch that is open")
        parser.add_argument("--run", default=LATEST, metavar="latest|ID", help="default: the run compiled last")
        parser.add_argument("--purpose", choices=Purpose.values, help="only rankings for this purpose")
        parser.add_argument("--out", required=True, type=Path, metavar="FILE.xlsx")

    def handle(self, **options) -> None:
        branches = chosen_branches(options["branch"])
        runs = [run for branch in branches if (run := _run(branch, options["run"], options["purpose"]))]
        if not runs:
            raise CommandError(_("There is no such ranking yet: compile one with manage.py compile_ranking."))
        _write(options["out"], ranking_workbook(runs[0]) if options["branch"] else rankings_workbook(runs))
        self.stdout.write(_("%(count)s rankings written to %(file)s.") % {"count": len(runs), "file": options["out"]})
        for branch in branches:
            if branch not in [run.branch for run in runs]:
                self.stderr.write(_("%(branch)s has no such ranking.") % {"branch": branch.code})


def _run(branch: Branch, wanted: str, purpose: str | None) -> RankingRun | None:
    runs = RankingRun.objects.filter(branch=branch).select_related("branch", "scheme").prefetch_related("entries")
    if purpose:
        runs = runs.filter(purpose=purpose)
    if wanted == LATEST:
        return runs.order_by("-compiled_at", "-pk").first()
    if not (wanted.isascii() and wanted.isdecimal() and len(wanted) < 19):
        raise CommandError(
            _("--run is %(text)s: write latest, or the number in the ranking's address.") % {"text": wanted}
        )
    return runs.filter(pk=int(wanted)).first()


def _write(path: Path, content: bytes) -> None:
    """All of the file or none of it: a neighbour is written first and then takes the name."""
    neighbour = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        if path.is_dir():
            raise IsADirectoryError(None, _("is a folder"))
        neighbour.write_bytes(content)
        neighbour.replace(path)
    except OSError as problem:
        raise CommandError(
            _("%(file)s cannot be written: %(reason)s.") % {"file": path, "reason": problem.strerror}
        ) from None
    finally:
        neighbour.unlink(missing_ok=True)
