"""How long is what people did together kept?"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from branchportal.retention import Ending, Rule

RULES = (
    Rule(
        "activities",
        _("Activities with attendance and hours"),
        _("The branch has to show its meetings for years; without the name of the record the marks point at nobody."),
        ending=Ending.KEPT,
    ),
)
