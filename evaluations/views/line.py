"""How is it shown whether the line below the first places of a ranking is real?"""

from __future__ import annotations

from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from evaluations.queries.line import ChangedRun, line_of
from evaluations.scoring import figure, rounded
from evaluations.views.rankings import KEPT_SECONDS, RunView, places_asked_for

SHARE_DECIMALS = 1


class LineView(RunView):
    """The ranking once more with each weight a tenth higher and lower: who near the line changes sides?"""

    not_read = ("supersedes__scheme_document", "superseded_by__scheme_document")

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        run, places = self.run, places_asked_for(request)
        key = f"line:{run.pk}:{run.fingerprint}:{places}"
        line = cache.get_or_set(key, lambda: line_of(run, places), KEPT_SECONDS) if places else None
        context: dict[str, Any] = {"run": run, "places": places, "line": line}
        if line is not None:
            context["changed"] = [{"words": _words(one), "run": one} for one in line.changed]
        return render(request, "evaluations/line.html", context)


def _words(one: ChangedRun) -> str:
    label = one.component.label
    if one.judge:
        return _("%(component)s without %(judge)s") % {"component": label, "judge": one.judge}
    return _("%(component)s counts %(share)s %% instead of %(published)s %%") % {
        "component": label,
        "share": figure(rounded(one.change.share, SHARE_DECIMALS), SHARE_DECIMALS),
        "published": figure(rounded(one.component.weight, SHARE_DECIMALS), SHARE_DECIMALS),
    }
