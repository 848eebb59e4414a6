"""How are activities, places, hours and the files of awards broken by hand?"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from django.core.files.base import ContentFile

from activities.models import Activity, Attendance, Award, Duty, DutyEntry, Evidence, SignUp
from branchportal.ledger import place
from members.models import User
from tests.ledger.breaking.by_hand import NOW, branch, breaks, change, drop_line, drop_line_about, first


@breaks("activities.recorded")
def _() -> list[str]:
    return drop_line_about(Activity, "activity.recorded")


@breaks("awards.recorded")
def _() -> list[str]:
    return drop_line_about(Award, "award.proposed")


@breaks("minutes.recorded")
def _() -> list[str]:
    line = drop_line("minutes.confirmed")
    return [f"activities.Minutes {line.subject_id}"]


@breaks("places.capacity")
def _() -> list[str]:
    return change(first(Activity, capacity=12), capacity=11)


@breaks("places.order")
def _() -> list[str]:
    sign_up = first(SignUp, activity__capacity=12, arrival=3)
    change(sign_up, has_place=False)
    return [place(Activity, sign_up.activity_id)]


@breaks("places.arrivals")
def _() -> list[str]:
    last = SignUp.objects.filter(activity__capacity=12).latest("arrival")
    change(last.activity, arrivals=last.arrival - 1)
    return [place(SignUp, last.pk)]


@breaks("hours.presence")
def _() -> list[str]:
    return change(first(Attendance, state="absent"), hours=Decimal("2.0"))


@breaks("hours.reason")
def _() -> list[str]:
    return change(first(Attendance, state="present"), hours=Decimal("7.5"))


@breaks("hours.cancelled")
def _() -> list[str]:
    activity = first(Attendance).activity
    change(activity, cancelled_at=NOW, cancelled_because="…")
    return [place(Attendance, pk) for pk in activity.attendances.order_by("pk").values_list("pk", flat=True)]


def shown_award(code: str, content: bytes = b"%PDF-1.4 shown") -> Award:
    """An award of the first branch with a file that lies in the branch of this code."""
    evidence = Evidence(
        branch=branch(code), sha256=hashlib.sha256(content).hexdigest(), file_name="a.pdf", size=len(content),
        content_type="application/pdf", uploaded_by=first(User), uploaded_at=NOW,
    )  # fmt: skip
    evidence.file.save("a.pdf", ContentFile(content), save=False)
    evidence.save()
    award = first(Award, member__branch__code="B001")
    change(award, evidence=evidence)
    return Award.objects.get(pk=award.pk)


@breaks("files.branch")
def _() -> list[str]:
    return [place(Award, shown_award("B002").pk)]


@breaks("duties.recorded")
def _() -> list[str]:
    return drop_line_about(Duty, "duty.assigned")


@breaks("duty_entries.recorded")
def _() -> list[str]:
    return drop_line_about(DutyEntry, "duty_entry.written")


@breaks("duty_entries.months")
def _() -> list[str]:
    entry = first(DutyEntry)
    return change(entry, on=entry.duty.first_month - timedelta(days=1))


@breaks("duty_entries.files")
def _() -> list[str]:
    evidence = shown_award("B002").evidence
    change(first(Award, evidence=evidence), evidence=None)
    return change(first(DutyEntry, duty__branch__code="B001"), evidence=evidence)


@breaks("files.whole")
def _() -> list[str]:
    evidence = shown_award("B001").evidence
    evidence.file.storage.delete(evidence.file.name)
    return [place(Evidence, evidence.pk)]


def damaged_files() -> Iterator[tuple[str, bytes]]:
    """What may stand on the disk in the place of a file, by what the ledger says of it."""
    yield "size=3 kept=14", b"%PD"
    yield "sha256=", b"%PDF-1.4 other"
