"""How is a scheme said in plain words, in the reader's language?"""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from branchportal.wording import listed
from evaluations.explaining import RANK_TABLE, in_card_order, plain
from evaluations.labels import DIMENSION_LABELS, SOURCE_LABELS, column_label
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
from evaluations.sources import COLUMN, DEFENCE, DUTIES, PEER_RATING, POINTS


def component_sentences(component: Component, sources: Mapping[str, str]) -> list[str]:
    """What a component is made of, as short sentences in the order of the sum."""
    if component.aggregate == CONSTANT:
        sentences = [_("Everybody gets %(value)s.") % {"value": plain(component.value)}]
    else:
        sentences = [
            _source(component, sources), _not_released(component, sources), _dimensions(component),
            _aggregate(component, sources.get(component.code)), _drop(component),
        ]  # fmt: skip
    sentences += [normalise_sentence(component.normalise), clamp_sentence(component), _missing(component)]
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
    return text % {"rows": listed(rows), "rest": plain(rule.otherwise)}


def clamp_sentence(component: Component) -> str:
    """Between which points a component counts; "" where every figure does."""
    floor, cap = component.floor, component.cap
    if floor is not None and cap is not None:
        return _("It counts at least %(floor)s and at most %(cap)s.") % {"floor": plain(floor), "cap": plain(cap)}
    if floor is not None:
        return _("It counts at least %(floor)s.") % {"floor": plain(floor)}
    return "" if cap is None else _("It counts at most %(cap)s.") % {"cap": plain(cap)}


def consequence(component: Component) -> str:
    """What happens to somebody without figures in a component, as the end of a sentence."""
    if component.missing == EXCLUDE:
        return _("the person is not ranked")
    if component.role == ADDITIVE:
        return _("nothing is added")
    if component.missing == ZERO:
        return _("it counts as 0")
    return _("it is left out and the others share its weight")


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
    if source == COLUMN:
        return column_label(gate.input)
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


def component_label(scheme: Scheme, code: str) -> str:
    """What the scheme calls a component."""
    return next((component.label for component in scheme.components if component.code == code), code)


def _source(component: Component, sources: Mapping[str, str]) -> str:
    source = sources.get(component.code)
    if source not in SOURCE_LABELS:
        return _("No source is chosen yet.")
    return _("Source: %(source)s.") % {"source": SOURCE_LABELS[source]}


def _not_released(component: Component, sources: Mapping[str, str]) -> str:
    if sources.get(component.code) != PEER_RATING:
        return ""
    return _("Not available: classmates' rating has no released result, so it counts as missing.")


def _dimensions(component: Component) -> str:
    if not component.dimensions:
        return ""
    dimensions = in_card_order(component)
    weights = {weight for _name, weight in dimensions}
    names = [str(DIMENSION_LABELS.get(name, name)) for name, _weight in dimensions]
    if len(weights) == 1:
        return _("%(names)s weigh the same.") % {"names": listed(names)}
    shares = [f"{label} {plain(weight)}" for label, (_name, weight) in zip(names, dimensions, strict=True)]
    return _("The dimensions weigh %(shares)s.") % {"shares": listed(shares)}


def _aggregate(component: Component, source: str | None) -> str:
    if source == DUTIES:
        return _aggregate_of_ratings(component)
    if source == DEFENCE:
        return _aggregate_of_scores(component)
    if source == POINTS:
        return entries_sentence(component)
    if source == COLUMN:
        return _aggregate_of_sheets(component)
    sentences = {
        "mean": _("The mean of all months counts."),
        "median": _("The median of all months counts."),
        "sum": _("The sum of all months counts."),
        "max": _("The best month counts."),
        "last": _("The last month counts."),
    }
    return sentences[component.aggregate]


def _aggregate_of_ratings(component: Component) -> str:
    """Of duties it is not the months that count but the ratings, each for some months."""
    sentences = {
        "mean": _("The mean of all ratings counts."),
        "median": _("The median of all ratings counts."),
        "sum": _("The sum of all ratings counts."),
        "max": _("The best rating counts."),
        "last": _("The last rating counts."),
    }
    return sentences[component.aggregate]


def _aggregate_of_scores(component: Component) -> str:
    """Of a defence it is the judges' scores that count."""
    sentences = {
        "mean": _("The mean of the judges' scores counts."),
        "median": _("The median of the judges' scores counts."),
        "sum": _("The sum of the judges' scores counts."),
        "max": _("The best score of a judge counts."),
        "last": _("The best score of a judge counts."),  # they are listed from the lowest on
    }
    return sentences[component.aggregate]


def entries_sentence(component: Component) -> str:
    """Of bonuses and deductions it is the entries of the period that count."""
    sentences = {
        "mean": _("The mean of all entries counts."),
        "median": _("The median of all entries counts."),
        "sum": _("All entries are added up."),
        "max": _("Of several entries only the highest counts."),
        "last": _("Of several entries only the newest counts."),
    }
    return sentences[component.aggregate]


def _aggregate_of_sheets(component: Component) -> str:
    """Of a column it is the sheets that count, each with a day of its own."""
    sentences = {
        "mean": _("The mean of all its sheets in the period counts."),
        "median": _("The median of all its sheets in the period counts."),
        "sum": _("The sum of all its sheets in the period counts."),
        "max": _("The best of its sheets in the period counts."),
        "last": _("The newest of its sheets in the period counts."),
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


def _missing(component: Component) -> str:
    if component.aggregate == CONSTANT:
        return ""
    few = ngettext(
        "Without a single figure", "With fewer than %(count)s figures", component.min_count
    ) % {"count": component.min_count}  # fmt: skip
    return _("%(few)s: %(consequence)s.") % {"few": few, "consequence": consequence(component)}


def _comparison(gate: Gate) -> str:
    sentences = {
        ">=": _("%(input)s: at least %(value)s"),
        "<=": _("%(input)s: at most %(value)s"),
        ">": _("%(input)s: above %(value)s"),
        "<": _("%(input)s: below %(value)s"),
        "==": _("%(input)s: exactly %(value)s"),
    }
    return sentences[gate.op]
