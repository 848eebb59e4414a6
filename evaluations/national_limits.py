"""Which national limits may a scheme tighten but never loosen? Pure."""

from __future__ import annotations

from evaluations.scheme import Gate, Scheme
from evaluations.sources import MONTHS_AS_ACTIVIST

# 发展党员工作细则 第十三条: a development candidate has been an activist for at least a year.
MONTHS_BEFORE_CANDIDATE = 12


def keeps_a_year_of_cultivation(scheme: Scheme, input_sources: dict[str, str]) -> bool:
    """Whether some gate lets nobody through who has been an activist for less than twelve months."""
    return any(
        gate.reads_input
        and input_sources.get(gate.input) == MONTHS_AS_ACTIVIST
        and gate.missing == "fail"
        and _least_months(gate) >= MONTHS_BEFORE_CANDIDATE
        for gate in scheme.gates
    )


def _least_months(gate: Gate) -> int:
    """The fewest whole months that pass; 0 for a gate that sets no lower end."""
    if gate.op in {">=", "=="}:
        return -(-gate.value.numerator // gate.value.denominator)
    if gate.op == ">":
        return gate.value.numerator // gate.value.denominator + 1
    return 0
