"""How does an operator compile rankings from the command line, for one branch or for all?"""

from __future__ import annotations

import time
from argparse import ArgumentParser
from datetime import date

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from branchportal.celery import app
from branchportal.models import JobRun
from evaluations.deadlines import parse_month
from evaluations.labels import JOB_LABELS
from evaluations.purposes import Purpose
from evaluations.refusals import Refused, shown
from evaluations.services import compile as compiling
from members.models import Branch

POLL_SECONDS = 0.5
SECONDS_WITHOUT_A_WORKER = 30


class Command(BaseCommand):
    help = "Compile the ranking of one branch or of all branches: one independent job for each."

    def add_arguments(self, parser: ArgumentParser) -> None:
        scope = parser.add_mutually_exclusive_group(required=True)
        scope.add_argument("--branch", metavar="CODE", help="code of one branch, such as B001")
        scope.add_argument("--all", action="store_true", help="every branch that is open")
        parser.add_argument("--from", dest="first", required=True, metavar="YYYY-MM", help="first month")
        parser.add_argument("--to", dest="last", required=True, metavar="YYYY-MM", help="last month")
        parser.add_argument("--purpose", choices=Purpose.values, default=Purpose.CANDIDATE, help="default: candidate")
        parser.add_argument("--wait", action="store_true", help="show progress; exit 1 if a job failed")

    def handle(self, **options) -> None:
        first, last = _month("--from", options["first"]), _month("--to", options["last"])
        branches = chosen_branches(options["branch"])
        _require_broker()
        queued, refused, now = {}, 0, timezone.now()
        for branch in branches:
            try:
                job, created = compiling.request(
                    branch=branch, purpose=options["purpose"], first=first, last=last, by=None, now=now
                )
            except Refused as refusal:
                if options["branch"]:
                    raise CommandError(str(refusal)) from None
                refused += 1
                self.stderr.write(f"{branch.code}: {refusal}")
                continue
            queued[job.pk] = branch.code
            said = _("queued") if created else _("is being compiled already")
            self.stdout.write(f"{branch.code}: {said} ({job.pk})")
        failed = self._wait_for(queued) if options["wait"] else 0
        if refused or failed:
            raise CommandError(
                _("%(bad)s of %(all)s rankings could not be compiled.")
                % {"bad": refused + failed, "all": len(branches)}
            )

    def _wait_for(self, queued: dict) -> int:
        """Print each change of each job until all have ended; return how many failed."""
        seen: dict = {}
        quiet_since = time.monotonic()
        while True:
            found = list(JobRun.objects.filter(pk__in=queued).order_by("created_at"))
            for job in found:
                if seen.get(job.pk) != _line(job):
                    quiet_since = time.monotonic()
                    seen[job.pk] = _line(job)
                    self.stdout.write(f"{queued[job.pk]}: {_line(job)}")
            if not any(job.is_open for job in found):
                return sum(job.state == JobRun.State.FAILED for job in found)
            _require_worker(time.monotonic() - quiet_since)
            time.sleep(POLL_SECONDS)


def chosen_branches(code: str | None) -> list[Branch]:
    """The branch with this code, or all open ones. Raises CommandError."""
    if code is None:
        branches = list(Branch.objects.party_branches())
        if not branches:
            raise CommandError(_("There is no branch yet: make one with manage.py create_branch."))
        return branches
    branch = Branch.objects.filter(code=code).first()
    if branch is None:
        raise CommandError(_("There is no branch with the code %(code)s.") % {"code": code})
    return [branch]


def _month(option: str, text: str) -> date:
    try:
        return parse_month(text)
    except ValueError:
        raise CommandError(
            _("%(option)s is %(text)s: write a month as 2026-09.") % {"option": option, "text": text}
        ) from None


def _require_broker() -> None:
    try:
        with app.connection() as connection:
            connection.ensure_connection(max_retries=1, interval_start=0, interval_step=0)
    except Exception:
        raise CommandError(
            _("The broker that hands out jobs does not answer: start the portal (bin/portal) or Redis (REDIS_URL).")
        ) from None


def _require_worker(quiet_seconds: float) -> None:
    """Nothing moved for long and no worker answers: say so instead of waiting for ever."""
    if quiet_seconds < SECONDS_WITHOUT_A_WORKER or app.control.ping(timeout=2):
        return
    raise CommandError(
        _("No worker takes the job: start one (bin/portal, or celery -A branchportal worker). The jobs stay queued.")
    )


def _line(job: JobRun) -> str:
    if job.state == JobRun.State.FAILED:
        return f"{JOB_LABELS[job.state]}: {shown(job.error)}"
    if job.state != JobRun.State.RUNNING:
        return str(JOB_LABELS[job.state])
    step = str(JOB_LABELS.get(job.step, JOB_LABELS[job.state]))
    return f"{step} {job.done_count}/{job.total_count}" if job.total_count else step
