"""How are the audit trail, jobs, messages and links broken by hand?"""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings

from branchportal.ledger import place
from branchportal.models import AuditEntry, JobRun, LedgerRun, Notification
from tests.ledger.breaking.by_hand import NOW, breaks, change, double, first, newest_line, without_constraints


@breaks("audit.chain")
def _() -> list[str]:
    newest_line()
    return change(AuditEntry.objects.get(sequence=3), reason="forged")


@breaks("audit.end")
def _() -> list[str]:
    newest = newest_line()
    seen = LedgerRun.objects.create(
        began_at=NOW, seconds=1, violations=0, sealed_up_to=newest.sequence, last_seal=newest.seal
    )
    AuditEntry.objects.filter(pk=newest.pk).delete()
    return [place(LedgerRun, seen.pk)]


@breaks("audit.head")
def _() -> list[str]:
    settings.AUDIT_HEAD.write_text('{"sequence": 1000000, "seal": "cut off"}')
    return ["audit_head.json"]


@breaks("jobs.alive")
def _() -> list[str]:
    return change(
        JobRun.objects.first(), state="running", finished_at=None, heartbeat_at=NOW - timedelta(seconds=91)
    )  # fmt: skip


@breaks("jobs.ended")
def _() -> list[str]:
    return change(JobRun.objects.filter(state="done").first(), finished_at=None)


@breaks("messages.once")
def _() -> list[str]:
    row = first(Notification)
    double(row)
    return [f"branchportal.Notification user={row.user_id} kind={row.kind} key={row.key}"]


@breaks("links")
def _() -> list[str]:
    without_constraints(Notification)
    return change(first(Notification), user=10**9)
