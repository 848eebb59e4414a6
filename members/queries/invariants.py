"""Which invariants hold of branches, people, their stages, memberships and offices?"""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Exists, F, Model, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext_lazy as _

from branchportal.invariants import without_line
from branchportal.ledger import Asked, Check, Violation, place, rows_of
from members.models import (
    Absence,
    Branch,
    CorrectionRequest,
    FormerMembership,
    FormerNumber,
    Member,
    Transfer,
)
from members.rules import out_of_order
from members.stages import ORDER, STAGE_DATE_FIELDS

State = Transfer.State


def branch_off_its_place(asked: Asked) -> Iterator[Violation]:
    """The path of a branch is the path of the one above it and its own code."""
    right = Q(parent=None, path=Concat("code", Value("/"))) | Q(path=Concat("parent__path", "code", Value("/")))
    for branch in Branch.objects.exclude(pk__in=Branch.objects.filter(right).values("pk")).order_by("pk"):
        yield Violation(place(Branch, branch.pk), f"code={branch.code} path={branch.path}")


def dates_out_of_order(asked: Asked) -> Iterator[Violation]:
    """The known dates of somebody's stages are in the order of the stages."""
    fields = list(STAGE_DATE_FIELDS.values())
    wrong = Q(pk__in=[])
    for number, earlier in enumerate(fields):
        for later in fields[number + 1 :]:
            wrong |= Q(**{f"{later}__lt": F(earlier)})
    for member in Member.objects.filter(wrong).order_by("pk").iterator():
        steps = ", ".join(f"{STAGE_DATE_FIELDS[one.stage]}={one.day}" for one in out_of_order(member.stage_dates))
        yield Violation(place(Member, member.pk), steps)


def stage_ahead_of_itself(asked: Asked) -> Iterator[Violation]:
    """Nobody has a date for a stage beyond the one at which he stands: no stage is skipped in writing."""
    wrong = Q(pk__in=[])
    for number, stage in enumerate(ORDER):
        for later in ORDER[number + 1 :]:
            wrong |= Q(stage=stage, **{f"{STAGE_DATE_FIELDS[later]}__isnull": False})
    for pk, stage in Member.objects.filter(wrong).order_by("pk").values_list("pk", "stage").iterator():
        yield Violation(place(Member, pk), f"stage={stage}")


def person_without_line(asked: Asked) -> Iterator[Violation]:
    """Of everybody in a roster the audit trail tells how he came into it."""
    yield from without_line(Member, ("member.added",), asked)


def two_branches_at_once(asked: Asked) -> Iterator[Violation]:
    """Nobody belonged to two branches on one day: an earlier membership ends before the next one begins."""
    present = Q(left_on__gt=F("member__joined_on"))
    other = FormerMembership.objects.filter(
        member=OuterRef("member"), joined_on__lt=OuterRef("left_on"), left_on__gt=OuterRef("joined_on")
    ).exclude(pk=OuterRef("pk"))
    for row in FormerMembership.objects.filter(present | Exists(other)).order_by("pk"):
        yield Violation(place(FormerMembership, row.pk), f"member={row.member_id} {row.joined_on}–{row.left_on}")


def number_of_two_people(asked: Asked) -> Iterator[Violation]:
    """A number that somebody had before belongs to nobody else."""
    others = Member.objects.filter(number=OuterRef("number")).exclude(pk=OuterRef("member"))
    for row in FormerNumber.objects.filter(Exists(others)).order_by("pk"):
        yield Violation(place(FormerNumber, row.pk), f"member={row.member_id}")


def transfer_without_move(asked: Asked) -> Iterator[Violation]:
    """Whoever was accepted by another branch of the portal belongs, or belonged later, to that branch."""
    accepted = Transfer.objects.filter(direction=Transfer.Direction.INSIDE, state=State.ACCEPTED)
    earlier = FormerMembership.objects.filter(member=OuterRef("member"), branch=OuterRef("target"))
    for row in accepted.exclude(member__branch=F("target")).filter(~Exists(earlier)).order_by("pk"):
        yield Violation(place(Transfer, row.pk), f"member={row.member_id} target={row.target_id}")


def transfer_from_elsewhere(asked: Asked) -> Iterator[Violation]:
    """An open transfer leaves the branch to which the person belongs."""
    leaving = Transfer.objects.open().exclude(direction=Transfer.Direction.IN)
    for row in leaving.exclude(member__branch=F("source"), member__ended_on=None).order_by("pk"):
        yield Violation(place(Transfer, row.pk), f"member={row.member_id} source={row.source_id}")


def transfer_without_decision(asked: Asked) -> Iterator[Violation]:
    """A transfer has somebody who decided it, and when, exactly when it does not wait any more."""
    decided = Q(decided_at__isnull=False, decided_by__isnull=False)
    is_open = Q(state=State.PROPOSED)
    for row in Transfer.objects.filter((is_open & decided) | (~is_open & ~decided)).order_by("pk"):
        yield Violation(place(Transfer, row.pk), f"state={row.state}")


def absences_that_overlap(asked: Asked) -> Iterator[Violation]:
    """An office has one stand-in a day at most, and nobody stands in for himself."""
    other = Absence.objects.filter(
        office=OuterRef("office"), starts_on__lte=OuterRef("ends_on"), ends_on__gte=OuterRef("starts_on")
    ).exclude(pk=OuterRef("pk"))
    for row in Absence.objects.filter(Exists(other) | Q(stand_in=F("office__user"))).order_by("pk"):
        yield Violation(place(Absence, row.pk), f"office={row.office_id} {row.starts_on}–{row.ends_on}")


def correction_without_answer(asked: Asked) -> Iterator[Violation]:
    """A wish for a correction that was accepted or declined says who decided."""
    states = [CorrectionRequest.State.ACCEPTED, CorrectionRequest.State.DECLINED]
    for row in CorrectionRequest.objects.filter(state__in=states, decided_by=None).order_by("pk"):
        yield Violation(place(CorrectionRequest, row.pk), f"state={row.state}")


def never_belonged(model: type[Model], asked: Asked, *, branch: str = "branch", person: str = "member") -> Iterator:
    """Rows about a person in a branch to which he belongs neither now nor before: for the invariants of each app."""
    for some in rows_of(model._default_manager.all(), asked):
        rows = strangers(some, branch=branch, person=person)
        for pk, member, where in rows.order_by("pk").values_list("pk", f"{person}_id", f"{branch}_id"):
            yield Violation(place(model, pk), f"member={member} branch={where}")


def strangers(rows: QuerySet, *, branch: str = "branch", person: str = "member") -> QuerySet:
    """Only rows whose person belongs neither to their branch nor belonged to it before a transfer."""
    earlier = FormerMembership.objects.filter(member=OuterRef(person), branch=OuterRef(branch))
    return rows.exclude(**{f"{person}__branch": F(branch)}).filter(~Exists(earlier))


_OFFICE = _("The branch's organisation commissioner looks at the person's page and corrects the dates there.")
_FAULT = _("Note the row and what happened around it, and report it as a fault of the program.")

CHECKS = (
    Check("branches.path", _("Every branch stands where its path says."), _FAULT, branch_off_its_place),
    Check("stages.dates", _("The dates of the stages are in their order."), _OFFICE, dates_out_of_order),
    Check("stages.skipped", _("Nobody has a date beyond the present stage."), _OFFICE, stage_ahead_of_itself),
    Check("people.recorded", _("The audit trail tells how everybody came."), _FAULT, person_without_line),
    Check("memberships.one", _("Nobody belonged to two branches on one day."), _OFFICE, two_branches_at_once),
    Check("numbers.one", _("A former number belongs to nobody else."), _FAULT, number_of_two_people),
    Check("transfers.moved", _("Whoever was accepted by a branch came to it."), _FAULT, transfer_without_move),
    Check("transfers.source", _("An open transfer leaves the person's own branch."), _FAULT, transfer_from_elsewhere),
    Check("transfers.decided", _("A transfer that waits no more was decided."), _FAULT, transfer_without_decision),
    Check("absences.one", _("An office has one stand-in a day at most."), _FAULT, absences_that_overlap),
    Check("corrections.decided", _("A correction that was answered says by whom."), _FAULT, correction_without_answer),
)
