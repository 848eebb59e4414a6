"""How is each invariant broken by hand, behind the portal's back? Each function returns where the ledger must find it.

`BREAKS` has one function for every check; where the database itself would refuse, its constraints are taken away.
"""

from tests.ledger.breaking import (
    activities,
    appeals,
    decisions,
    defences,
    duties,
    figures,
    freezings,
    months,
    people,
    public_notices,
    rankings,
    reviews,
    shell,
)
from tests.ledger.breaking.by_hand import BREAKS

__all__ = [
    "BREAKS",
    "activities",
    "appeals",
    "decisions",
    "defences",
    "duties",
    "figures",
    "freezings",
    "months",
    "people",
    "public_notices",
    "rankings",
    "reviews",
    "shell",
]
