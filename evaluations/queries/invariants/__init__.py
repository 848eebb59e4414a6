"""Which invariants hold of months, reviews, ratings and rankings?"""

from evaluations.queries.invariants import months, rankings, reviews

CHECKS = (*reviews.CHECKS, *months.CHECKS, *rankings.CHECKS)
