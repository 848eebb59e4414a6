"""How is a scheme, a reason or a step of a sum said in plain words, in the reader's language?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from django.utils.dateformat import format as date_format
from django.utils.formats import get_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from evaluations.explaining import RANK_TABLE, Check, Explanation, Part, in_card_order, plain
from evaluations.labels import DIMENSION_LABELS, SOURCE_LABELS
from evaluations.ranking import MISSING_PREFIX, NO_DATA
from evaluations.scheme import (
    ADDITIVE,
    CONSTANT,
    EXCLUDE,
    TOTAL,
    WEIGHTED,
    ZERO,
    Band,
    Component,
    Gate,
    Normalise,
    Scheme,
)


def component_sentences(component: Component, sources: Mapping[str, str]) -> list[str]:
    """What a component is made of, as short sentences in the order of the sum."""
    if component.aggregate == CONSTANT:
        sentences = [_("Everybody gets %(value)s.") % {"value": plain(component.value)}]
    else:
        sentences = [_source(component, sources), _dimensions(component), _aggregate(component), _drop(component)]
    sentences += [normalise_sentence(component.normalise), _clamp(component), _missing(component)]
    return [sentence for sentence in sentences if sentence]


def weight_sentence(component: Component) -> str:
    """What a component counts in the total."""
    if component.role == WEIGHTED:
        return _("%(label)s counts for %(weight)s %%.") % {"label": component.label, "weight": plain(component.weight)}
    if component.factor == 1:
        return _("%(label)s is added to the total.") % {"label": component.label}
    if component.factor == -1:
        return _("%(label)s is taken off the total.") % {"label": component.label}
    return _("%(label)s is added to the total, multiplied by %(factor)s.") % {
        "label": component.label,
        "factor": plain(component.factor),
    }


def normalise_sentence(rule: Normalise) -> str:
    """How the figure becomes points; "" where it is taken as it is."""
    if rule.kind == "direct":
        return ""
    if rule.kind == "ratio":
        return _("The figure counts in per cent of %(max)s.") % {"max": plain(rule.maximum)}
    if rule.kind == RANK_TABLE:
        rows = [
            _("the first %(share)s %%: %(points)s") % {"share": plain(100 * row.bound), "points": plain(row.points)}
            for row in rule.rows
        ]
        text = _("Points by place among all: %(rows)s; others: %(rest)s.")
    else:
        rows = [
            _("from %(min)s: %(points)s") % {"min": plain(row.bound), "points": plain(row.points)} for row in rule.rows
        ]
        text = _("Points by table: %(rows)s; below: %(rest)s.")
    return text % {"rows": pgettext("between names", ", ").join(rows), "rest": plain(rule.otherwise)}


def gate_sentence(gate: Gate, scheme: Scheme, sources: Mapping[str, str]) -> str:
    """What a gate asks for, with the article that says so."""
    words = _comparison(gate) % {"input": input_label(gate, scheme, sources), "value": plain(gate.value)}
    if gate.missing == "pass":
        words += _("; whoever has no figure passes")
    return f"{words} ({gate.citation})" if gate.citation else words


def input_label(gate: Gate, scheme: Scheme, sources: Mapping[str, str]) -> str:
    """What a gate looks at."""
    if gate.input == TOTAL:
        return _("Total")
    if gate.component is not None:
        return component_label(scheme, gate.component)
    source = sources.get(gate.input)
    return str(SOURCE_LABELS[source]) if source in SOURCE_LABELS else gate.input


def tie_sentence(scheme: Scheme) -> str:
    """What decides between equal totals."""
    if not scheme.tie_break:
        return _("Equal totals share the place.")
    labels = _(", then ").join(component_label(scheme, code) for code in scheme.tie_break)
    return _("With equal totals the higher figure decides in %(labels)s; people still equal share the place.") % {
        "labels": labels
    }


def band_sentence(band: Band) -> str:
    """From how many points on somebody gets a band, and how many people at most."""
    if band.max_share is None:
        return _("%(band)s: from %(min)s points") % {"band": band.label, "min": plain(band.minimum)}
    return _("%(band)s: from %(min)s points, at most %(share)s of the ranked people") % {
        "band": band.label,
        "min": plain(band.minimum),
        "share": str(band.max_share),
    }


def not_closed_sentence(months: Iterable[date]) -> str:
    """That months were still running when a ranking was compiled; "" where none was."""
    texts = [date_format(month, get_format("YEAR_MONTH_FORMAT")) for month in months]
    if not texts:
        return ""
    return _("%(months)s had not closed when this was compiled; figures may change.") % {
        "months": pgettext("between names", ", ").join(texts)
    }


def reasons(scheme: Scheme, codes: Iterable[str]) -> str:
    """Every reason why somebody is not ranked, in one line."""
    return pgettext("between reasons", "; ").join(_reason(scheme, code) for code in codes)


def _reason(scheme: Scheme, code: str) -> str:
    if code == NO_DATA:
        return _("no figure in any component")
    if code.startswith(MISSING_PREFIX):
        return _("no figure for %(label)s") % {"label": component_label(scheme, code.removeprefix(MISSING_PREFIX))}
    gate = next((gate for gate in scheme.gates if gate.code == code), None)
    return _("not met: %(gate)s") % {"gate": gate.label} if gate else code


def component_label(scheme: Scheme, code: str) -> str:
    return next((component.label for component in scheme.components if component.code == code), code)


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
        "sum": " + ".join(added),
        "total": explanation.total,
        "decimals": scheme.decimals,
    }


def check_sentence(check: Check, scheme: Scheme, sources: Mapping[str, str]) -> str:
    """What a gate found."""
    asked = gate_sentence(check.gate, scheme, sources)
    if check.found is None:
        return _("%(asked)s; nothing is known here") % {"asked": asked}
    return _("%(asked)s; here %(found)s") % {"asked": asked, "found": check.found}


def spoken(figures: Iterable[tuple[str, str]]) -> str:
    """Labels with their figures in one line, as a picture is read aloud."""
    return pgettext("between names", ", ").join(f"{label} {figure}" for label, figure in figures)


def _source(component: Component, sources: Mapping[str, str]) -> str:
    source = sources.get(component.code)
    if source not in SOURCE_LABELS:
        return _("No source is chosen yet.")
    return _("Source: %(source)s.") % {"source": SOURCE_LABELS[source]}


def _dimensions(component: Component) -> str:
    if not component.dimensions:
        return ""
    dimensions = in_card_order(component)
    weights = {weight for _name, weight in dimensions}
    names = [str(DIMENSION_LABELS.get(name, name)) for name, _weight in dimensions]
    if len(weights) == 1:
        return _("%(names)s weigh the same.") % {"names": pgettext("between names", ", ").join(names)}
    shares = [f"{label} {plain(weight)}" for label, (_name, weight) in zip(names, dimensions, strict=True)]
    return _("The dimensions weigh %(shares)s.") % {"shares": pgettext("between names", ", ").join(shares)}


def _aggregate(component: Component) -> str:
    sentences = {
        "mean": _("The mean of all months counts."),
        "median": _("The median of all months counts."),
        "sum": _("The sum of all months counts."),
        "max": _("The best month counts."),
        "last": _("The last month counts."),
    }
    return sentences[component.aggregate]


def _drop(component: Component) -> str:
    if not (component.drop_high or component.drop_low):
        return ""
    return _("With %(from)s or more, the highest %(high)s and the lowest %(low)s are left out.") % {
        "from": component.drop_from,
        "high": component.drop_high,
        "low": component.drop_low,
    }


def _clamp(component: Component) -> str:
    floor, cap = component.floor, component.cap
    if floor is not None and cap is not None:
        return _("It counts at least %(floor)s and at most %(cap)s.") % {"floor": plain(floor), "cap": plain(cap)}
    if floor is not None:
        return _("It counts at least %(floor)s.") % {"floor": plain(floor)}
    return "" if cap is None else _("It counts at most %(cap)s.") % {"cap": plain(cap)}


def _missing(component: Component) -> str:
    if component.aggregate == CONSTANT:
        return ""
    few = ngettext(
        "Without a single figure", "With fewer than %(count)s figures", component.min_count
    ) % {"count": component.min_count}  # fmt: skip
    return _("%(few)s: %(consequence)s.") % {"few": few, "consequence": _consequence(component)}


def _consequence(component: Component) -> str:
    if component.missing == EXCLUDE:
        return _("the person is not ranked")
    if component.role == ADDITIVE:
        return _("nothing is added")
    if component.missing == ZERO:
        return _("it counts as 0")
    return _("it is left out and the others share its weight")


def _missing_here(part: Part) -> str:
    return _("Missing here: %(consequence)s.") % {"consequence": _consequence(part.component)}


def _comparison(gate: Gate) -> str:
    sentences = {
        ">=": _("%(input)s: at least %(value)s"),
        "<=": _("%(input)s: at most %(value)s"),
        ">": _("%(input)s: above %(value)s"),
        "<": _("%(input)s: below %(value)s"),
        "==": _("%(input)s: exactly %(value)s"),
    }
    return sentences[gate.op]


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
        return f"{found} {normalise_sentence(rule)}"
    return f"{normalise_sentence(rule)} {part.value} → {part.points}"


def _clamp_step(part: Part) -> str:
    if part.component.normalise.kind != "direct" or part.value == part.points:
        return ""
    return f"{_clamp(part.component)} {part.value} → {part.points}"


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
