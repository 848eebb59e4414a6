"""How are the ratings of the three ones broken by hand?"""

from __future__ import annotations

from activities.models import DutyClosing
from branchportal.ledger import place
from evaluations.models import DutyRating
from tests.ledger.breaking.by_hand import breaks, change, drop_line_about, first


@breaks("duty_ratings.recorded")
def _() -> list[str]:
    return drop_line_about(DutyRating, "duty_rating.given")


@breaks("duty_ratings.closed")
def _() -> list[str]:
    rating = first(DutyRating)
    DutyRating.objects.filter(pk=rating.pk).delete()
    return [place(DutyClosing, rating.closing_id)]


@breaks("duty_ratings.own")
def _() -> list[str]:
    rating = first(DutyRating, closing__member__user__isnull=False)
    return change(rating, rated_by=rating.closing.member.user)
