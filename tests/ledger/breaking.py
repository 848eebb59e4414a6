"""How is each invariant broken by hand, behind the portal's back? Each function returns where the ledger must find it.

`BREAKS` has one function for every check; where the database itself would refuse, its constraints are taken away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import connection

from activities.models import Activity, Attendance, Award, Evidence, SignUp
from branchportal import audit
from branchportal.ledger import place
from branchportal.models import AuditEntry, JobRun, LedgerRun, Notification
from evaluations.models import (
    BranchReview,
    Cycle,
    CycleEvent,
    Due,
    RankingEntry,
    RankingRun,
    Reminder,
    ReviewAnswer,
    ScoringScheme,
    SelfReview,
    SpotCheck,
    SpotCheckDraw,
)
from members.models import Absence, Branch, CorrectionRequest, FormerMembership, FormerNumber, Member, Transfer, User

NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
BREAKS: dict[str, Callable[[], list[str]]] = {}


def breaks(code: str) -> Callable:
    def register(function: Callable) -> Callable:
        BREAKS[code] = function
        return function

    return register


def first(model, **wanted):
    return model.objects.filter(**wanted).order_by("pk")[0]


def change(row, **values) -> list[str]:
    """Write behind the portal's back; return the row's place."""
    type(row).objects.filter(pk=row.pk).update(**values)
    return [place(type(row), row.pk)]


def without_constraints(model) -> str:
    """Put a table without any constraint in the place of the model's; return its name."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"CREATE TABLE bare AS SELECT * FROM {table}")
        cursor.execute(f"DROP TABLE {table}" + (" CASCADE" if connection.vendor == "postgresql" else ""))
        cursor.execute(f"ALTER TABLE bare RENAME TO {table}")
    return table


def double(row) -> None:
    """The same row once more."""
    table = without_constraints(type(row))
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} SELECT * FROM {table} WHERE id = %s", [row.pk])


def drop_line(action: str) -> AuditEntry:
    """Take one line out of the audit trail before it is sealed."""
    line = first(AuditEntry, action=action)
    AuditEntry.objects.filter(pk=line.pk).delete()
    return line


def drop_line_about(model, action: str) -> list[str]:
    return [place(model, drop_line(action).subject_id)]


def branch(code: str) -> Branch:
    return Branch.objects.get(code=code)


def newest_line() -> AuditEntry:
    while audit.seal():
        pass
    return AuditEntry.objects.order_by("-sequence").first()


# --- The shell


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


# --- Branches and people


@breaks("branches.path")
def _() -> list[str]:
    return change(branch("B001"), path="COMP/B001/")


@breaks("stages.dates")
def _() -> list[str]:
    member = first(Member, stage="activist")
    return change(member, applied_on=member.activist_on + timedelta(days=1))


@breaks("stages.skipped")
def _() -> list[str]:
    return change(first(Member, stage="applicant"), candidate_on=date(2026, 5, 4))


@breaks("people.recorded")
def _() -> list[str]:
    return drop_line_about(Member, "member.added")


@breaks("memberships.one")
def _() -> list[str]:
    member = first(Member)
    row = FormerMembership.objects.create(
        member=member, branch=branch("B002"), joined_on=date(2000, 9, 1), left_on=member.joined_on + timedelta(days=1)
    )
    return [place(FormerMembership, row.pk)]


@breaks("numbers.one")
def _() -> list[str]:
    one, other = Member.objects.order_by("pk")[:2]
    row = FormerNumber.objects.create(member=one, number=other.number, until=NOW.date())
    return [place(FormerNumber, row.pk)]


@breaks("transfers.moved")
def _() -> list[str]:
    return change(first(Transfer), state="accepted", decided_at=NOW, decided_by=first(User))


@breaks("transfers.source")
def _() -> list[str]:
    transfer = first(Transfer)
    return change(transfer, source=transfer.target)


@breaks("transfers.decided")
def _() -> list[str]:
    return change(first(Transfer), state="declined")


@breaks("absences.one")
def _() -> list[str]:
    one = first(Absence)
    other = Absence.objects.create(
        office=one.office, stand_in=one.stand_in, starts_on=one.ends_on, ends_on=one.ends_on, entered_by=one.entered_by
    )
    return [place(Absence, one.pk), place(Absence, other.pk)]


@breaks("corrections.decided")
def _() -> list[str]:
    row = CorrectionRequest.objects.create(
        member=first(Member), field="name", reason="…", state="accepted", decided_at=NOW
    )
    return [place(CorrectionRequest, row.pk)]


# --- Activities


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
        branch=branch(code), sha256=audit.hashlib.sha256(content).hexdigest(), file_name="a.pdf", size=len(content),
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


@breaks("files.whole")
def _() -> list[str]:
    evidence = shown_award("B001").evidence
    evidence.file.storage.delete(evidence.file.name)
    return [place(Evidence, evidence.pk)]


# --- Reviews and ratings


@breaks("reviews.recorded")
def _() -> list[str]:
    return drop_line_about(SelfReview, "self_review.submitted")


@breaks("reviews.kept")
def _() -> list[str]:
    line = first(AuditEntry, action="branch_rating.given")
    BranchReview.objects.filter(pk=line.subject_id).delete()
    lines = AuditEntry.objects.filter(subject_type="evaluations.branchreview", subject_id=line.subject_id)
    return [place(AuditEntry, pk) for pk in lines.order_by("pk").values_list("pk", flat=True)]


@breaks("reviews.points")
def _() -> list[str]:
    return change(first(BranchReview, submitted_at__isnull=False), conduct=5)


@breaks("reviews.own")
def _() -> list[str]:
    review = first(SelfReview, submitted_at__isnull=False)
    return change(review, submitted_by=User.objects.exclude(pk=review.submitted_by_id).first())


@breaks("ratings.others")
def _() -> list[str]:
    review = first(BranchReview, submitted_at__isnull=False)
    return change(review, submitted_by=review.member.user)


@breaks("reviews.in_time")
def _() -> list[str]:
    closed = first(CycleEvent, kind="closed")
    review = first(SelfReview, cycle=closed.cycle, branch=closed.branch, submitted_at__isnull=False)
    return change(review, submitted_at=closed.at + timedelta(microseconds=1))


@breaks("reviews.branch")
def _() -> list[str]:
    return change(first(SelfReview, branch__code="B001"), branch=branch("B002"))


@breaks("reviews.due")
def _() -> list[str]:
    review = first(BranchReview, branch__code="B001")
    FormerMembership.objects.create(
        member=review.member, branch=branch("B002"), joined_on=date(2020, 9, 1), left_on=date(2020, 9, 2)
    )
    return change(review, branch=branch("B002"))


@breaks("reviews.returned")
def _() -> list[str]:
    return change(first(ReviewAnswer, kind="return"), resubmitted_at=None)


@breaks("reviews.late")
def _() -> list[str]:
    return change(first(SelfReview, submitted_at=None), is_late=True)


# --- Months


@breaks("months.due")
def _() -> list[str]:
    return change(first(Due, branch__code="B001"), branch=branch("B002"))


@breaks("months.committee")
def _() -> list[str]:
    other = Branch.objects.create(code="OTHER", name="文学院党委", kind="committee", path="OTHER/")
    return change(first(Due), cycle=Cycle.objects.create(committee=other, month=date(2026, 11, 1)))


@breaks("months.order")
def _() -> list[str]:
    opened = first(CycleEvent, kind="opened", cycle__events__kind="closed")
    later = CycleEvent.objects.get(kind="reviews_due", cycle=opened.cycle, branch=opened.branch)
    opened.delete()
    return [place(CycleEvent, later.pk)]


@breaks("reminders.once")
def _() -> list[str]:
    row = Reminder.objects.create(
        cycle=first(Cycle), branch=branch("B001"), user=first(User), task="reviews", day=NOW.date(), press=uuid4(),
        sent_by=first(User), sent_at=NOW,
    )  # fmt: skip
    double(row)
    return [f"evaluations.Reminder cycle={row.cycle_id} user={row.user_id} day=2026-11-22"]


@breaks("clock.once")
def _() -> list[str]:
    row = first(CycleEvent)
    double(row)
    return [f"evaluations.CycleEvent cycle={row.cycle_id} branch={row.branch_id} kind={row.kind}"]


@breaks("spot_checks.due")
def _() -> list[str]:
    draw = SpotCheckDraw.objects.create(
        cycle=first(Cycle), branch=branch("B001"), seed="7", people=1, drawn_by=first(User), drawn_at=NOW
    )
    stranger = first(Member, branch__code="B001", stage="applicant")
    row = SpotCheck.objects.create(draw=draw, member=stranger, branch=branch("B001"), position=1)
    return [place(SpotCheck, row.pk)]


# --- Rankings


@breaks("rankings.same")
def _() -> list[str]:
    entry = first(RankingEntry, rank=1)
    change(entry, total="99.99")
    return [place(RankingRun, entry.run_id)]


@breaks("rankings.complete")
def _() -> list[str]:
    entry = first(RankingEntry, rank=None)
    entry.delete()
    return [place(RankingRun, entry.run_id)]


@breaks("rankings.line")
def _() -> list[str]:
    return change(first(RankingRun, number=2), number=3)


@breaks("rankings.recorded")
def _() -> list[str]:
    return drop_line_about(RankingRun, "ranking.compile")


@breaks("rankings.job")
def _() -> list[str]:
    return change(first(RankingRun).job, state="failed")


@breaks("rankings.branch")
def _() -> list[str]:
    return change(first(RankingEntry, run__branch__code="B001"), member=first(Member, branch__code="B002"))


@breaks("schemes.sealed")
def _() -> list[str]:
    scheme = first(ScoringScheme)
    return change(scheme, document={**scheme.document, "decimals": 1})


@breaks("rankings.scheme")
def _() -> list[str]:
    run = first(RankingRun)
    return change(run, scheme_document={**run.scheme_document, "decimals": 1})


def damaged_files() -> Iterator[tuple[str, bytes]]:
    """What may stand on the disk in the place of a file, by what the ledger says of it."""
    yield "size=3 kept=14", b"%PD"
    yield "sha256=", b"%PDF-1.4 other"
