"""In which words is each notification of the months and rankings told?"""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _


def _ranking_compiled(context: dict[str, Any]) -> str:
    return _("The ranking of %(branch)s, %(months)s, is ready.") % context


TEXTS: dict[str, Callable[[dict[str, Any]], str]] = {"ranking_compiled": _ranking_compiled}
