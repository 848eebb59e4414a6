"""Which invariants hold of months, reviews, ratings and rankings?"""

from evaluations.queries.invariants import (
    appeals,
    decisions,
    defences,
    duties,
    freezings,
    months,
    public_notices,
    rankings,
    reviews,
)

CHECKS = (
    *reviews.CHECKS,
    *duties.CHECKS,
    *defences.CHECKS,
    *months.CHECKS,
    *rankings.CHECKS,
    *freezings.CHECKS,
    *appeals.CHECKS,
    *decisions.CHECKS,
    *public_notices.CHECKS,
)
