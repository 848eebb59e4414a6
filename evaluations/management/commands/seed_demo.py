"""How does somebody who only wants to look get a college to look at?"""

from __future__ import annotations

import unicodedata
from argparse import ArgumentParser, ArgumentTypeError

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from evaluations.demo import loading
from evaluations.demo.log_ins import PASSWORD, log_ins
from members.labels import ROLE_LABELS


class Command(BaseCommand):
    help = (
        "Load demo data into an empty portal: generated people, always the same ones. By default a college of three "
        "branches with 32, 29 and 24 people and six evaluated months up to the present one (February, July and "
        "August are switched off and not counted). Never for a portal that is used."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--branches", type=_count(1, 999), default=3, metavar="N", help="default: 3")
        parser.add_argument("--members", type=_count(5, 999), metavar="N", help="of each branch; default: 32, 29, 24")
        parser.add_argument("--months", type=_count(1, 36), default=6, metavar="N", help="evaluated ones; default: 6")
        parser.add_argument(
            "--demo-passwords",
            action="store_true",
            help="load it also into a portal with its own database, although everybody's password is public",
        )
        parser.add_argument(
            "--show-logins", action="store_true", help="only print one log-in per role of the demo that is loaded"
        )

    def handle(self, **options) -> None:
        if options["show_logins"]:
            self._show_log_ins()
            return
        if loading.is_loaded():
            self.stdout.write(_("The demo is loaded already; nothing was changed."))
            return
        if loading.holds_data():
            raise CommandError(
                _("This portal holds real data: the demo is only for an empty one (another --data folder or database).")
            )
        if not settings.EMBEDDED and not options["demo_passwords"]:
            raise CommandError(
                _(
                    "This portal has a database of its own, and everybody in the demo has the same public password: "
                    "if nobody else can reach it, repeat the command with --demo-passwords."
                )
            )
        size = loading.Size(options["branches"], options["members"], options["months"])
        loaded = loading.load(size=size, now=timezone.now(), report=self._report)
        self.stdout.write(
            _("Demo loaded: %(branches)s branches, %(people)s people, %(rankings)s rankings; months: %(months)s.")
            % {
                "branches": loaded.branches,
                "people": loaded.people,
                "rankings": loaded.rankings,
                "months": ", ".join(f"{month:%Y-%m}" for month in loaded.months),
            }
        )

    def _report(self, done: int, total: int) -> None:
        if total > 20 and done % 20 == 0:
            self.stdout.write(_("%(done)s of %(total)s branches …") % {"done": done, "total": total})

    def _show_log_ins(self) -> None:
        if not loading.is_loaded():
            raise CommandError(_("There is no demo in this portal: load it with manage.py seed_demo."))
        rows = [(_("Role"), _("Number"), _("Name"), _("Password"))]
        rows += [(_role(one.role), one.number, one.name, PASSWORD) for one in log_ins()]
        widths = [max(_width(row[column]) for row in rows) for column in range(4)]
        for row in rows:
            self.stdout.write("  ".join(_padded(text, width) for text, width in zip(row, widths, strict=True)).rstrip())


def _count(lowest: int, highest: int):
    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit() and lowest <= int(text) <= highest):
            raise ArgumentTypeError(f"{text}: write a whole number from {lowest} to {highest}")
        return int(text)

    return read


def _role(role: str) -> str:
    """Its name in the portal's language and in English."""
    shown = str(ROLE_LABELS[role])
    with translation.override("en"):
        english = str(ROLE_LABELS[role])
    return shown if shown == english else f"{shown} {english}"


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))
