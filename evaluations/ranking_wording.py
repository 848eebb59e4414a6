"""How is what a ranking found about a person put into words: each step of the sum, each gate, each reason?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from django.utils.dateformat import format as date_format
from django.utils.formats import get_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from branchportal.wording import listed, sentences
from evaluations.explaining import Check, Explanation, Part, plain
from evaluations.ranking import MISSING_PREFIX, NO_DATA
from evaluations.scheme import Scheme
from evaluations.scheme_wording import clamp_sentence, component_label, consequence, gate_sentence, normalise_sentence


def reasons(scheme: Scheme, codes: Iterable[str]) -> str:
    """Every reason why somebody is not ranked, in one line."""
    return pgettext("between reasons", "; ").join(_reason(scheme, code) for code in codes)


def part_steps(part: Part) -> list[str]:
    """The sum of one component with its numbers, step by step."""
    if part.points is None:
        return [_missing_here(part)]
    steps = [_("Everybody gets %(value)s.") % {"value": part.value}] if part.is_constant else [_aggregate_step(part)]
    steps += [_normalise_step(part), _clamp_step(part), _weight_step(part)]
    return [step for step in steps if step]


def total_step(explanation: Explanation, scheme: Scheme) -> str:
    """The last line: all contributions together, rounded once."""
    added = [part.contribution for part in explanation.parts if part.contribution is not None]
    return _("%(sum)s = %(total)s, rounded once to %(decimals)s decimals") % {
        "sum": " + ".join(added).replace("+ -", "− "),
        "total": explanation.total,
        "decimals": scheme.decimals,
    }


def total_sentence(explanation: Explanation, scheme: Scheme) -> str:
    """The total as a sum of weights and points, as whoever is ranked reads it; "" without a total."""
    if explanation.total is None:
        return ""
    terms = [_term(part) for part in explanation.parts if part.points is not None or part.counts_as_zero]
    text = _("Your total: %(sum)s = %(total)s, rounded once to %(decimals)s decimals.")
    return text % {"sum": _summed(terms), "total": explanation.total, "decimals": scheme.decimals}


def part_sentence(part: Part) -> str:
    """What one component adds, in a few words."""
    if part.points is None:
        return _("missing: %(consequence)s") % {"consequence": consequence(part.component)}
    if part.is_weighted:
        return _("%(term)s = %(contribution)s points") % {"term": _term(part), "contribution": part.contribution}
    return _("%(contribution)s points") % {"contribution": _signed(part.contribution)}


def _term(part: Part) -> str:
    """“30 % × 87.5”, or what is added or taken off as it is."""
    if not part.is_weighted:
        return part.contribution
    return _("%(weight)s %% × %(points)s") % {"weight": part.weight, "points": part.points or "0"}


def _summed(terms: Iterable[str]) -> str:
    """With a minus sign before what is taken off."""
    first, *others = list(terms) or ["0"]
    return first + "".join(f" − {term[1:]}" if term.startswith("-") else f" + {term}" for term in others)


def _signed(contribution: str) -> str:
    return contribution.replace("-", "−") if contribution.startswith("-") else f"+{contribution}"


def shared_place(place: int, total: str, people: int) -> str:
    """That several people share a place, without their names."""
    text = _("%(people)s people share place %(place)s, each with %(total)s in all.")
    return text % {"people": people, "place": place, "total": total}


def shared_with(
    place: int, total: str, names: Iterable[str], above: tuple[str, str] | None, below: tuple[str, str] | None
) -> str:
    """With whom somebody shares a place, and (name, total) of who stands next above and below."""
    found = [
        _("Shares place %(place)s with %(names)s, each with %(total)s in all.")
        % {"place": place, "names": listed(names), "total": total}
    ]
    if above:
        found.append(_("Next above: %(name)s with %(total)s.") % dict(zip(("name", "total"), above, strict=True)))
    if below:
        found.append(_("Next below: %(name)s with %(total)s.") % dict(zip(("name", "total"), below, strict=True)))
    return sentences(found)


def check_sentence(check: Check, scheme: Scheme, sources: Mapping[str, str], *, is_own: bool = False) -> str:
    """What a gate found; `is_own`: as the person himself reads it."""
    asked = gate_sentence(check.gate, scheme, sources)
    if check.found is None:
        return _("%(asked)s; nothing is known here") % {"asked": asked}
    text = _("%(asked)s; you have %(found)s") if is_own else _("%(asked)s; here %(found)s")
    return text % {"asked": asked, "found": check.found}


def not_closed_sentence(months: Iterable[date]) -> str:
    """That months were still running when a ranking was compiled; "" where none was."""
    texts = [date_format(month, get_format("YEAR_MONTH_FORMAT")) for month in months]
    if not texts:
        return ""
    return _("%(months)s had not closed when this was compiled; figures may change.") % {"months": listed(texts)}


def spoken(figures: Iterable[tuple[str, str]]) -> str:
    """Labels with their figures in one line, as a picture is read aloud."""
    return listed(f"{label} {figure}" for label, figure in figures)


def _reason(scheme: Scheme, code: str) -> str:
    if code == NO_DATA:
        return _("no figure in any component")
    if code.startswith(MISSING_PREFIX):
        return _("no figure for %(label)s") % {"label": component_label(scheme, code.removeprefix(MISSING_PREFIX))}
    gate = next((gate for gate in scheme.gates if gate.code == code), None)
    return _("not met: %(gate)s") % {"gate": gate.label} if gate else code


def _missing_here(part: Part) -> str:
    return _("Missing here: %(consequence)s.") % {"consequence": consequence(part.component)}


def _aggregate_step(part: Part) -> str:
    values, result = part.kept, part.value
    if part.component.aggregate == "mean" and len(values) > 1:
        return _("Mean: (%(sum)s) ÷ %(count)s = %(result)s") % {
            "sum": " + ".join(values),
            "count": len(values),
            "result": result,
        }
    if part.component.aggregate == "sum" and len(values) > 1:
        return _("Sum: %(sum)s = %(result)s") % {"sum": " + ".join(values), "result": result}
    words = {"median": _("Median: %(result)s"), "max": _("Best: %(result)s"), "last": _("Last: %(result)s")}
    return words.get(part.component.aggregate, _("One figure: %(result)s")) % {"result": result}


def _normalise_step(part: Part) -> str:
    rule = part.component.normalise
    if rule.kind == "direct":
        return ""
    if part.place is not None:
        found = _("Place %(place)s of %(among)s.") % {"place": part.place, "among": part.among}
        return sentences([found, normalise_sentence(rule)])
    return f"{normalise_sentence(rule)} {part.value} → {part.points}"


def _clamp_step(part: Part) -> str:
    if part.component.normalise.kind != "direct" or part.value == part.points:
        return ""
    return f"{clamp_sentence(part.component)} {part.value} → {part.points}"


def _weight_step(part: Part) -> str:
    if not part.is_weighted:
        return _("%(points)s × %(factor)s = %(contribution)s points of the total") % {
            "points": part.points,
            "factor": plain(part.component.factor),
            "contribution": part.contribution,
        }
    text = _("%(points)s × %(weight)s %% = %(contribution)s points of the total") % {
        "points": part.points,
        "weight": part.weight,
        "contribution": part.contribution,
    }
    if part.weight == plain(part.component.weight):
        return text
    published = _("published weight %(weight)s %%; others are missing here and share theirs") % {
        "weight": plain(part.component.weight)
    }
    return f"{text} ({published})"
