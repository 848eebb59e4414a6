"""How does an operator bring in a sheet of paper cards?"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from branchportal.spreadsheets.errors import SpreadsheetError
from evaluations.deadlines import month_of, parse_month
from evaluations.models import Cycle
from evaluations.queries.score_check import SOURCES, ScoreCheck, check_scores, planned_cycle
from evaluations.refusals import Refused
from evaluations.services.months import refuse_sheets
from evaluations.services.score_import import cycle_for_import, write_scores
from members.models import Branch

EARLIEST = date(2000, 1, 1)


class Command(BaseCommand):
    help = (
        "Checks a sheet of paper cards (学号, 思想, 学习, 生活, 工作, 作风) and, with --commit, writes the good rows."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="an .xlsx or .csv file")
        parser.add_argument("--branch", required=True, metavar="CODE")
        parser.add_argument("--cycle", required=True, metavar="YYYY-MM", help="the month of the cards")
        parser.add_argument("--source", required=True, choices=list(SOURCES))
        parser.add_argument("--commit", action="store_true", help="write; without it nothing is written")
        parser.add_argument("--json", action="store_true", help="print the report as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(options["file"])
        try:
            found = self._run(path.read_bytes(), path.name, options)
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from None
        except (SpreadsheetError, Refused) as error:
            raise CommandError(f"{path.name}: {error}") from None
        report = found.as_dict()
        if options["json"]:
            self.stdout.write(json.dumps(report, ensure_ascii=False))
        else:
            self._print(report, committed=options["commit"])

    def _run(self, content: bytes, file_name: str, options: dict[str, Any]) -> ScoreCheck:
        what = {
            "content": content,
            "file_name": file_name,
            "branch": self._branch(options["branch"]),
            "source": options["source"],
            "by": None,
        }
        month, now = self._month(options["cycle"]), timezone.now()
        if options["commit"]:
            cycle = cycle_for_import(branch=what["branch"], month=month, now=now)
            self._refuse_off(cycle)
            return write_scores(cycle=cycle, now=now, **what)
        cycle = planned_cycle(branch=what["branch"], month=month)
        self._refuse_off(cycle)
        if cycle.pk:
            refuse_sheets(cycle, what["branch"], now)
        return check_scores(cycle=cycle, **what)

    def _branch(self, code: str) -> Branch:
        branch = Branch.objects.party_branches().filter(code=code).first()
        if branch is None:
            raise CommandError(_("There is no open branch with the code %(code)s.") % {"code": code})
        return branch

    def _month(self, text: str) -> Any:
        try:
            month = parse_month(text)
        except ValueError:
            raise CommandError(_("--cycle %(text)s is no month: write it as 2026-10.") % {"text": text}) from None
        if month < EARLIEST:
            raise CommandError(_("%(month)s is too long ago: cards are taken from 2000-01 on.") % {"month": text})
        if month > month_of(timezone.now()):
            raise CommandError(_("%(month)s has not begun yet.") % {"month": text})
        return month

    def _refuse_off(self, cycle: Cycle) -> None:
        if cycle.is_off:
            raise CommandError(_("%(month)s is switched off: nothing is reviewed in it.") % {"month": cycle})

    def _print(self, report: dict[str, Any], *, committed: bool) -> None:
        for error in report["errors"]:
            self.stdout.write(
                _("Row %(row)s, %(column)s: %(message)s") % {key: error[key] for key in ("row", "column", "message")}
            )
        line = _("%(rows)s rows, %(accepted)s accepted, %(created)s new, %(updated)s changed.") % report
        self.stdout.write(line if committed else line + " " + _("Nothing was written: add --commit to write."))
