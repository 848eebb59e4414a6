"""Which invariants hold of months, reviews, ratings and rankings?"""

from evaluations.queries.invariants import defences, months, rankings, reviews

CHECKS = (*reviews.CHECKS, *defences.CHECKS, *months.CHECKS, *rankings.CHECKS)
