"""How do a panel's marks become scores, totals and places? Pure and exact; rounded once, where a total is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from evaluations.documents import Number, number
from evaluations.scoring import figure, rounded

FULL_WEIGHT = 100
DROP_FROM = 5  # judges: from so many on the highest and the lowest score of each speaker are left out
TOTAL_DECIMALS = 2
MARK_DECIMALS = 1


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that a panel looks at: how many per cent it weighs, and how many points it gives at most."""

    label: str
    weight: int
    highest: int

    @property
    def is_exact(self) -> bool:
        """Whether each point is a score with an end: 25 % in 30 points would be 0.8333… a point."""
        rest = Fraction(self.weight, self.highest).denominator
        for prime in (2, 5):
            while rest % prime == 0:
                rest //= prime
        return rest == 1


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one speaker has reached: which scores counted (by their place in the list), the total as shown, the place.

    `total` is "" and `rank` None without scores.
    """

    kept: tuple[int, ...]
    total: str
    rank: int | None


def read_criteria(stored: Sequence[Mapping]) -> list[Criterion]:
    """The criteria as a session keeps them."""
    return [Criterion(one["label"], one["weight"], one["highest"]) for one in stored]


def score_of(criteria: Sequence[Criterion], marks: Sequence[str]) -> str:
    """One judge's score of one speaker out of 100, exactly, as text: Σ weight · points / highest points."""
    exact = sum(Fraction(one.weight, one.highest) * number(mark) for one, mark in zip(criteria, marks, strict=True))
    text = format(Decimal(exact.numerator) / Decimal(exact.denominator), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def is_mark(text: str, criterion: Criterion) -> bool:
    """Whether this is a mark: from 0 to the highest points, with one decimal at most."""
    try:
        exact = number(text)
    except ValueError:
        return False
    return 0 <= exact <= criterion.highest and (exact * 10**MARK_DECIMALS).denominator == 1


def kept(scores: Sequence[Number]) -> tuple[int, ...]:
    """The places of the scores that count: all but one highest and one lowest from DROP_FROM judges on."""
    if len(scores) < DROP_FROM:
        return tuple(range(len(scores)))
    order = sorted(range(len(scores)), key=lambda place: scores[place])
    return tuple(sorted(order[1:-1]))


def outcomes(scores: Mapping[int, Sequence[str]]) -> dict[int, Outcome]:
    """{speaker: outcome} of {speaker: scores of the judges}. Equal totals share a place: 1 2 2 4."""
    counted = {speaker: kept([number(text) for text in texts]) for speaker, texts in scores.items()}
    totals = {speaker: _total([texts[place] for place in counted[speaker]]) for speaker, texts in scores.items()}
    reached = [total for total in totals.values() if total is not None]
    return {
        speaker: Outcome(
            counted[speaker],
            "" if total is None else figure(total, TOTAL_DECIMALS),
            None if total is None else 1 + sum(other > total for other in reached),
        )
        for speaker, total in totals.items()
    }


def _total(texts: Sequence[str]) -> int | None:
    """The mean in hundredths, rounded once."""
    if not texts:
        return None
    return rounded(Fraction(sum(number(text) for text in texts), len(texts)), TOTAL_DECIMALS)
