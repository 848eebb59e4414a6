"""How is a roster file checked and imported from the command line?"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from branchportal.spreadsheets.annotating import annotate
from branchportal.spreadsheets.errors import SpreadsheetError
from branchportal.spreadsheets.reading import MAX_MB, read_file
from branchportal.wording import listed
from members.models import Branch
from members.queries.roster_plan import Plan
from members.services.roster_import import check_roster, write_roster


class Command(BaseCommand):
    help = "Check a roster file (.xlsx, .xls or .csv) against a branch; write its good rows with --commit."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--branch", required=True, metavar="CODE")
        parser.add_argument("--commit", action="store_true", help="write the good rows; without it nothing is written")
        parser.add_argument("--json", action="store_true", help="print the report as JSON and nothing else")
        parser.add_argument(
            "--report", type=Path, metavar="OUT.xlsx", help="write the file back with its errors marked"
        )
        parser.add_argument("--since", metavar="YYYY-MM-DD", help="first day in the branch of new people (today)")

    def handle(self, *args: Any, **options: Any) -> None:
        branch = self._branch(options["branch"])
        today = timezone.localdate()
        since = self._since(options["since"], today)
        path, out = options["file"], options["report"]
        if out and out.resolve() == path.resolve():
            raise CommandError(_("The report must not replace the roster file. Choose another name."))
        content = self._content(path)
        common = {"branch": branch, "content": content, "file_name": path.name, "today": today}
        try:
            if out or not options["commit"]:
                plan = check_roster(**common)
            if out:
                self._write_report(out, content, path.name, plan)
            if options["commit"]:
                plan = write_roster(by=None, joined_on=since, **common)
        except SpreadsheetError as error:
            raise CommandError(f"{path.name}: {error}") from None
        if options["json"]:
            self.stdout.write(json.dumps(plan.as_dict(), ensure_ascii=False, indent=1))
        else:
            self._print(plan, committed=options["commit"])

    def _branch(self, code: str) -> Branch:
        branch = Branch.objects.filter(code=code).first()
        if branch is None:
            raise CommandError(_("There is no branch with the code %(code)s.") % {"code": code})
        if branch.kind != Branch.Kind.BRANCH:
            raise CommandError(
                _("%(name)s has no members of its own. Name one of its branches.") % {"name": branch.name}
            )
        if branch.closed_on:
            raise CommandError(_("%(name)s is closed. Name an open branch.") % {"name": branch.name})
        return branch

    def _since(self, text: str | None, today: Any) -> Any:
        try:
            day = parse_date(text) if text else today
        except ValueError:
            day = None
        if day is None or day > today:
            raise CommandError(_("--since takes a day up to today, such as 2026-09-01."))
        return day

    def _content(self, path: Path) -> bytes:
        try:
            if path.stat().st_size > MAX_MB * 1024 * 1024:
                raise SpreadsheetError("too_large", limit=MAX_MB)
            return path.read_bytes()
        except OSError:
            raise CommandError(_("The file %(path)s cannot be read. Check the path.") % {"path": path}) from None
        except SpreadsheetError as error:
            raise CommandError(f"{path.name}: {error}") from None

    def _write_report(self, out: Path, content: bytes, name: str, plan: Plan) -> None:
        marked = annotate(content, read_file(content, name), plan.reading.errors)
        try:
            out.write_bytes(marked)
        except OSError:
            raise CommandError(_("The report %(path)s cannot be written. Check the path.") % {"path": out}) from None

    def _print(self, plan: Plan, *, committed: bool) -> None:
        for error in plan.reading.errors:
            place = f"{error.sheet} {error.row}".strip()
            self.stdout.write(f"{place}: {error.message} [{error.code}]")
        for concern in plan.concerns:
            self.stdout.write(f"{concern.sheet} {concern.row}".strip() + f" {concern.name}: {concern.message}")
        if plan.strays:
            text = ngettext(
                "%(count)s row names another branch: %(branches)s.",
                "%(count)s rows name another branch: %(branches)s.",
                len(plan.strays),
            )
            self.stdout.write(text % {"count": len(plan.strays), "branches": listed(plan.stray_branches)})
            for stray in plan.strays:
                self.stdout.write(f"{stray.sheet} {stray.row}".strip() + f" {stray.name}: {stray.branch}")
        if plan.reading.ignored:
            self.stdout.write(_("Columns not used: %(names)s") % {"names": listed(plan.reading.ignored)})
        self.stdout.write(
            _("%(rows)s rows, %(accepted)s good; new: %(created)s, changed: %(updated)s, unchanged: %(unchanged)s.")
            % {
                "rows": plan.reading.rows,
                "accepted": len(plan.reading.accepted),
                "created": len(plan.created),
                "updated": len(plan.updated),
                "unchanged": plan.unchanged,
            }
        )
        if not committed:
            self.stdout.write(_("Nothing was written. Add --commit to write the good rows."))
