"""How does a page or a workbook say who proposed a ranking for freezing, who decided, and when?

`freezing` is a row of models.Freezing; None where nobody has proposed the ranking.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from members.labels import ROLE_LABELS
from members.roles import Role

Lines = list[tuple[str, str]]


def proposer(freezing: Any) -> str:
    """“Name (office)” of whoever proposed it."""
    return signed(freezing.proposer_name, freezing.proposer_role, freezing.proposer_for)


def decider(freezing: Any) -> str:
    """“Name (office)” of whoever confirmed, declined or withdrew it; "" where a newer run ended it."""
    if not freezing.decider_name:
        return ""
    return signed(freezing.decider_name, freezing.decider_role, freezing.decider_for)


def lines(freezing: Any | None) -> Lines:
    """Each step with who and when, as facts stand on paper; empty where nobody has proposed it."""
    if freezing is None:
        return []
    steps = [(_("Proposed for freezing"), at(freezing.proposed_at, proposer(freezing)))]
    if not freezing.is_open:
        steps.append((str(freezing.get_state_display()), at(freezing.decided_at, decider(freezing))))
    return steps


def standing(freezing: Any | None) -> str:
    """In a sentence whether figures can still change, as whoever is in the ranking reads it."""
    if freezing is None or not freezing.is_frozen:
        return _("Provisional: not frozen yet, figures can still change.")
    return _("Frozen on %(day)s: proposed by %(proposer)s, confirmed by %(decider)s.") % {
        "day": date_format(timezone.localtime(freezing.decided_at), "Y-m-d"),
        "proposer": proposer(freezing),
        "decider": decider(freezing),
    }


def signed(name: str, role: str, holder: Any | None) -> str:
    """“Name (office)”, and in whose place."""
    values = {"name": name, "office": ROLE_LABELS[Role(role)], "holder": holder.name if holder else ""}
    if holder:
        return _("%(name)s (%(office)s, in the place of %(holder)s)") % values
    return _("%(name)s (%(office)s)") % values


def at(moment: datetime, who: str) -> str:
    """When, and who; `who` may be empty."""
    return " ".join(filter(None, [date_format(timezone.localtime(moment), "Y-m-d H:i"), who]))
