"""In which words is each notification of an appeal told?"""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from branchportal.messages import Group
from evaluations.labels import SOURCE_LABELS, column_label
from evaluations.purposes import Purpose
from evaluations.sources import COLUMN, MONTHS_AS_ACTIVIST

ANSWERS = {
    "appeal_upheld": gettext_noop("%(purpose)s of %(branch)s, %(months)s: your appeal was upheld. %(reason)s"),
    "appeal_taken_back": gettext_noop(
        "%(purpose)s of %(branch)s, %(months)s: the superior committee has taken back that your appeal was upheld, and "
        "the figure stays as it is. %(reason)s"
    ),
    "appeal_declined": gettext_noop("%(purpose)s of %(branch)s, %(months)s: your appeal was not upheld. %(reason)s"),
}


def _about(text: str) -> Callable[[dict[str, Any]], str]:
    """`text` with the ranking that it is about."""
    return lambda context: _(text) % _values(context)


def _filed(context: dict[str, Any]) -> str:
    text = _("%(purpose)s of %(branch)s, %(months)s: somebody appeals against a figure. Answer until %(day)s.")
    return text % {**_values(context), "day": date_format(date.fromisoformat(context["until"]), _("j F"))}


def _to_correct(context: dict[str, Any]) -> str:
    text = _(
        "%(purpose)s of %(branch)s, %(months)s: the superior committee asks for a figure of %(name)s to be corrected "
        "where it stands: %(figure)s."
    )
    return text % {**_values(context), "figure": _figure(context)}


def _figure(context: dict[str, Any]) -> str:
    """What a component or a gate's input is called, and which number of it is meant."""
    label, source = context["figure"], context["source"]
    if source == COLUMN:
        label = column_label(label)
    elif source == MONTHS_AS_ACTIVIST:
        label = str(SOURCE_LABELS[source])
    if not context["place"]:
        return label
    return _("%(label)s · figure %(number)s") % {"label": label, "number": context["place"]}


def _followed(context: dict[str, Any]) -> str:
    text = _("%(purpose)s of %(branch)s, %(months)s: compiled again because of your appeal. %(place)s")
    return text % {**_values(context), "place": _places(context)}


def _place_changed(context: dict[str, Any]) -> str:
    text = _("%(purpose)s of %(branch)s, %(months)s: compiled again, because a figure was corrected. %(place)s")
    return text % {**_values(context), "place": _places(context)}


def _places(context: dict[str, Any]) -> str:
    """Where somebody stood and stands; None for not ranked."""
    before, after = context["before"], context["after"]
    if before is None and after is None:
        return _("You are not ranked as before.")
    if after is None:
        return _("You had place %(before)s and are not ranked now.") % context
    if before is None:
        return _("You were not ranked and have place %(after)s now.") % context
    if before == after:
        return _("Your place is %(after)s as before.") % context
    return _("Your place was %(before)s and is %(after)s now.") % context


def _values(context: dict[str, Any]) -> dict[str, Any]:
    return {**context, "purpose": Purpose(context["purpose"]).label}


TEXTS: dict[str, Callable[[dict[str, Any]], str]] = {
    **{kind: _about(text) for kind, text in ANSWERS.items()},
    "appeal_filed": _filed,
    "figure_to_correct": _to_correct,
    "appeal_followed": _followed,
    "place_changed": _place_changed,
}

GROUP = Group(
    "appeals",
    gettext_lazy("Appeals"),
    gettext_lazy("Your appeal is answered, one waits for you, or your place changed because of one."),
    tuple(TEXTS),
)
