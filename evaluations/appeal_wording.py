"""How is a figure called that somebody appeals against?"""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.dateformat import format as date_format
from django.utils.formats import get_format
from django.utils.translation import gettext as _

from evaluations.queries.appeals import Figure
from evaluations.scheme import Scheme
from evaluations.scheme_wording import component_label, input_label


def figure_label(figure: Figure, scheme: Scheme, inputs: Mapping[str, str]) -> str:
    """A component, a month or a number of it, or what a gate looks at; `inputs`: the sources of the gates' inputs."""
    gate = next((gate for gate in scheme.gates if gate.reads_input and gate.input == figure.code), None)
    label = input_label(gate, scheme, inputs) if gate else component_label(scheme, figure.code)
    if figure.month is not None:
        return f"{label} · {date_format(figure.month, get_format('YEAR_MONTH_FORMAT'))}"
    if figure.place:
        return _("%(label)s · figure %(number)s") % {"label": label, "number": figure.place}
    return label
