"""How is it checked by hand that everything that is stored agrees with itself?"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from branchportal import ledger

SHOWN = 20  # places of one invariant that are printed; --json names more


class Command(BaseCommand):
    help = "Check every invariant of what is stored, files included. Exit 1 if one does not hold."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("checks", nargs="*", metavar="CODE", help="only these checks, such as audit.chain")
        parser.add_argument("--quick", action="store_true", help="of what takes long only tonight's part")
        parser.add_argument("--json", action="store_true", help="print one JSON document")
        parser.add_argument("--no-store", action="store_true", help="leave no trace in the portal, tell nobody")

    def handle(self, *args, checks: list[str], quick: bool, no_store: bool, **options) -> None:
        if unknown := [code for code in checks if ledger.check_of(code) is None]:
            raise CommandError(_("There is no check %(code)s.") % {"code": unknown[0]})
        began_at, outcomes = timezone.now(), []
        asked = ledger.Asked(began_at, is_full=not quick, before=ledger.places_before())
        for outcome in ledger.verify(asked, only=checks):
            outcomes.append(outcome)
            if not options["json"]:
                self._print(outcome)
        if not checks and not no_store:
            ledger.keep(outcomes, began_at=began_at, is_full=not quick)
        count = sum(outcome.count for outcome in outcomes)
        if options["json"]:
            self.stdout.write(json.dumps(_document(outcomes), ensure_ascii=False, indent=1))
        else:
            seconds = sum(outcome.seconds for outcome in outcomes)
            words = ngettext("%(count)s violation", "%(count)s violations", count) % {"count": count}
            self.stdout.write(_("%(checks)s checks, %(seconds).1f s: %(violations)s") % {
                "checks": len(outcomes), "seconds": seconds, "violations": words
            })  # fmt: skip
        if count:
            sys.exit(1)

    def _print(self, outcome: ledger.Outcome) -> None:
        check = outcome.check
        self.stdout.write(f"{outcome.count:>8}  {outcome.seconds:7.2f} s  {check.code:<20} {check.invariant}")
        for violation in outcome.first[:SHOWN]:
            self.stdout.write(f"          ! {violation.where}: {violation.what}")
        if outcome.count > SHOWN:
            self.stdout.write(f"          … {outcome.count - SHOWN}")
        if outcome.count:
            self.stdout.write(f"          → {check.remedy}")


def _document(outcomes: list[ledger.Outcome]) -> dict:
    return {
        "violations": sum(outcome.count for outcome in outcomes),
        "seconds": round(sum(outcome.seconds for outcome in outcomes), 2),
        "checks": [
            {
                "code": one.check.code,
                "invariant": str(one.check.invariant),
                "seconds": round(one.seconds, 3),
                "violations": one.count,
                "remedy": str(one.check.remedy),
                "found": [{"where": place.where, "what": place.what} for place in one.first],
            }
            for one in outcomes
        ],
    }
