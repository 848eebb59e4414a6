"""How is the portal closed for maintenance, and opened again?"""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from branchportal import maintenance

LONGEST_TEXT = 200


class Command(BaseCommand):
    help = "Close the portal for maintenance (on), open it again (off), or say how it stands (no word)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("state", nargs="?", choices=["on", "off"])
        parser.add_argument("--until", default="", help="18:00, or 2026-11-22T18:00; told to everybody")
        parser.add_argument("--text", default="", help="one sentence that everybody reads")

    def handle(self, *args: str, state: str | None, until: str, text: str, **options: object) -> None:
        if state == "on":
            notice = maintenance.Notice(moment(until, now=timezone.localtime()), text.strip()[:LONGEST_TEXT])
            maintenance.begin(notice)
        elif state == "off":
            maintenance.end()
        self.stdout.write(_state(maintenance.present()))


def moment(text: str, *, now: datetime) -> datetime | None:
    """The moment meant by 18:00 (today, or tomorrow if that is past) or by a whole date with time."""
    if not text:
        return None
    try:
        if len(text) <= len("18:00"):
            at = datetime.combine(now.date(), time.fromisoformat(text.zfill(5)), now.tzinfo)
            return at if at > now else at + timedelta(days=1)
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError(_("--until is %(text)s: write it as 18:00 or 2026-11-22T18:00.") % {"text": text}) from error
    return at if at.tzinfo else at.replace(tzinfo=now.tzinfo)


def _state(notice: maintenance.Notice | None) -> str:
    if notice is None:
        return _("The portal is open.")
    if notice.until is None:
        return _("The portal is closed for maintenance.")
    until = timezone.localtime(notice.until).strftime("%Y-%m-%d %H:%M")
    return _("The portal is closed for maintenance until %(until)s.") % {"until": until}
