"""Which invariants hold of the ratings of the "three ones"?"""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from activities.models import DutyClosing
from branchportal.invariants import without_line
from branchportal.ledger import Asked, Check, Violation, place
from evaluations.models import DutyRating


def rating_without_line(asked: Asked) -> Iterator[Violation]:
    """Of every rating of a duty the audit trail tells that it was given."""
    yield from without_line(DutyRating, ("duty_rating.given",), asked)


def closed_without_rating(asked: Asked) -> Iterator[Violation]:
    """Months of a duty are closed only where they are rated."""
    for pk in DutyClosing.objects.filter(rating=None).order_by("pk").values_list("pk", flat=True):
        yield Violation(place(DutyClosing, pk), "closed without a rating")


def rated_by_himself(asked: Asked) -> Iterator[Violation]:
    """Nobody rated his own duty."""
    own = DutyRating.objects.filter(rated_by__isnull=False, rated_by=F("closing__member__user"))
    for pk in own.order_by("pk").values_list("pk", flat=True):
        yield Violation(place(DutyRating, pk), "rated by the person himself")


_FAULT = _("Note the row and what happened around it, and report it as a fault of the program.")

CHECKS = (
    Check("duty_ratings.recorded", _("The audit trail tells of each rating of a duty."), _FAULT, rating_without_line),
    Check("duty_ratings.closed", _("Months of a duty are closed only where rated."), _FAULT, closed_without_rating),
    Check("duty_ratings.own", _("Nobody rated his own duty."), _FAULT, rated_by_himself),
)
