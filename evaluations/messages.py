"""In which words is each notification of the months and rankings told?"""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from evaluations.deadlines import parse_month
from evaluations.purposes import Purpose


def _ranking_compiled(context: dict[str, Any]) -> str:
    if "purpose" not in context:
        return _("The ranking of %(branch)s, %(months)s, is ready.") % context
    values = {**context, "purpose": Purpose(context["purpose"]).label}
    return _("%(purpose)s: the ranking of %(branch)s, %(months)s, is ready.") % values


def _month_opened(context: dict[str, Any]) -> str:
    values = {"month": _month(context), "day": date_format(date.fromisoformat(context["until"]), _("j F"))}
    return _("The self-review of %(month)s is open until %(day)s, 23:59.") % values


def _reviews_due(context: dict[str, Any]) -> str:
    values = {**context, "month": _month(context)}
    return _("Self-reviews of %(month)s have ended in %(branch)s: %(filed)s of %(due)s were filed.") % values


def _month_closed(context: dict[str, Any]) -> str:
    values = {**context, "month": _month(context)}
    return _("%(month)s is closed in %(branch)s: %(rated)s of %(due)s were rated.") % values


def _month(context: dict[str, Any]) -> str:
    return date_format(parse_month(context["month"]), _("F"))


TEXTS: dict[str, Callable[[dict[str, Any]], str]] = {
    "ranking_compiled": _ranking_compiled,
    "month_opened": _month_opened,
    "reviews_due": _reviews_due,
    "month_closed": _month_closed,
}
