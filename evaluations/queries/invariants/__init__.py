"""Which invariants hold of months, reviews, ratings, figures and rankings?"""

from evaluations.queries.invariants import (
    appeals,
    decisions,
    defences,
    duties,
    figures,
    freezings,
    months,
    public_notices,
    rankings,
    reviews,
)

CHECKS = (
    *reviews.CHECKS,
    *duties.CHECKS,
    *figures.CHECKS,
    *defences.CHECKS,
    *months.CHECKS,
    *rankings.CHECKS,
    *freezings.CHECKS,
    *appeals.CHECKS,
    *decisions.CHECKS,
    *public_notices.CHECKS,
)
