"""What would be deleted now, and how is it done by hand? `manage.py retention --dry-run` counts and changes nothing."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from branchportal import retention


class Command(BaseCommand):
    help = "End every record whose time is over, as the nightly job does."

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="only print how many rows of each kind")

    def handle(self, *args, **options):
        now = timezone.now()
        found = retention.counts(now=now) if options["dry_run"] else retention.apply(now=now)
        for rule in retention.rules():
            if rule.code in found:
                self.stdout.write(f"{found[rule.code]:>8}  {rule.code:<16} {rule.label}: {rule.period} {rule.since}")
