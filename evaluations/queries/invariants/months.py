"""Which invariants hold of months: who was due, what the clock did, and whom it and the officers reminded?"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from django.db.models import Count, Exists, F, Model, OuterRef, Q
from django.db.models.functions import Length, Substr
from django.utils.translation import gettext_lazy as _

from branchportal.ledger import Asked, Check, Violation, place, rows_of
from evaluations.models import (
    BranchReview,
    CycleDeadline,
    CycleEvent,
    Due,
    Reminder,
    SelfReview,
    SpotCheck,
    SpotCheckDraw,
)
from members.queries.invariants import never_belonged

Kind = CycleEvent.Kind
STEPS = (Kind.OPENED, Kind.REVIEWS_DUE, Kind.CLOSED)


def due_elsewhere(asked: Asked) -> Iterator[Violation]:
    """Everybody was due in a branch to which he belongs or belonged."""
    yield from never_belonged(Due, asked)


def month_of_another_committee(asked: Asked) -> Iterator[Violation]:
    """Whatever belongs to a month lies below the committee of that month."""
    for model in (Due, SelfReview, BranchReview, CycleEvent, CycleDeadline, Reminder, SpotCheckDraw):
        yield from _below_another_committee(model, asked)


def steps_out_of_order(asked: Asked) -> Iterator[Violation]:
    """A month opened in a branch before its reviews were due, and these were due before it closed there."""
    for earlier, later in pairwise(STEPS):
        before = CycleEvent.objects.filter(
            kind=earlier, cycle=OuterRef("cycle"), branch=OuterRef("branch"), at__lte=OuterRef("at")
        )
        events = CycleEvent.objects.filter(kind=later)
        for pk in events.filter(~Exists(before)).order_by("pk").values_list("pk", flat=True):
            yield Violation(place(CycleEvent, pk), f"{later} without {earlier} before it")


def reminded_twice(asked: Asked) -> Iterator[Violation]:
    """An officer's reminder reached each person once a day and month."""
    once = Reminder.objects.order_by().values("cycle", "user", "day").annotate(count=Count("pk"))
    for row in once.filter(count__gt=1):
        where = f"{Reminder._meta.label} cycle={row['cycle']} user={row['user']} day={row['day']}"
        yield Violation(where, f"count={row['count']}")


def step_twice(asked: Asked) -> Iterator[Violation]:
    """The clock did each step of a month, its reminders too, once in each branch."""
    once = CycleEvent.objects.order_by().values("cycle", "branch", "kind").annotate(count=Count("pk"))
    for row in once.filter(count__gt=1):
        where = f"{CycleEvent._meta.label} cycle={row['cycle']} branch={row['branch']} kind={row['kind']}"
        yield Violation(where, f"count={row['count']}")


def drawn_from_elsewhere(asked: Asked) -> Iterator[Violation]:
    """A spot check looks at somebody who was due in that branch and month."""
    due = Due.objects.filter(cycle=OuterRef("draw__cycle"), member=OuterRef("member"), branch=OuterRef("branch"))
    for pk, member in SpotCheck.objects.filter(~Exists(due)).order_by("pk").values_list("pk", "member"):
        yield Violation(place(SpotCheck, pk), f"member={member} was not due")


def _below_another_committee(model: type[Model], asked: Asked) -> Iterator[Violation]:
    root = Substr("branch__path", 1, Length("cycle__committee__path"))
    for some in rows_of(model.objects.all(), asked):
        wrong = some.annotate(root=root).filter(~Q(root=F("cycle__committee__path")))
        for pk, cycle in wrong.order_by("pk").values_list("pk", "cycle"):
            yield Violation(place(model, pk), f"cycle={cycle}")


_FAULT = _("Note the row and what happened around it, and report it as a fault of the program.")

CHECKS = (
    Check("months.due", _("Everybody was due in a branch of his own."), _FAULT, due_elsewhere),
    Check("months.committee", _("A month holds only rows below its committee."), _FAULT, month_of_another_committee),
    Check("months.order", _("Each month opened, fell due and closed in this order."), _FAULT, steps_out_of_order),
    Check("reminders.once", _("An officer's reminder came once a day and month."), _FAULT, reminded_twice),
    Check("clock.once", _("The clock did each step once in each branch."), _FAULT, step_twice),
    Check("spot_checks.due", _("A spot check looks at somebody who was due."), _FAULT, drawn_from_elsewhere),
)
