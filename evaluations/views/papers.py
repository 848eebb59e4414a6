"""What stands at the head and the foot of a ranking, a person's evidence and a month's card on paper?"""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from evaluations.models import RankingRun

Facts = list[tuple[str | Promise, Any]]

SIGNING_A_RANKING = (
    pgettext_lazy("signature", "Members of the branch committee"),
    pgettext_lazy("signature", "Branch secretary"),
    pgettext_lazy("signature", "Higher Party organisation (seal)"),
)
SIGNING_A_CARD = (pgettext_lazy("signature", "The member"), pgettext_lazy("signature", "Branch secretary"))


def ranking_facts(run: RankingRun) -> Facts:
    """By what rule, over which months, made when and by whom, with which seal."""
    compiled = date_format(timezone.localtime(run.compiled_at), "Y-m-d H:i")
    return [
        (_("Scheme"), f"{run.scheme.name} {run.scheme.version}"),
        (_("Period"), f"{run.first_month:%Y-%m} – {run.last_month:%Y-%m}"),
        (_("Run"), run.number),
        (_("Compiled"), f"{compiled} {run.compiled_by.name}" if run.compiled_by else compiled),
        (_("Fingerprint"), run.fingerprint),
    ]
