"""What did a member say of one month, what did the branch say of it, and how is that signed and filed?"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views import View

from evaluations.labels import DIMENSION_LABELS
from evaluations.models.reviews import WHOLE_CARD
from evaluations.queries.own_months import OwnMonth, answers_of, own_month
from evaluations.views.own_pictures import BRANCH, OWN, month_radar
from evaluations.views.papers import SIGNING_A_CARD, card_facts
from members.access import PortalView
from members.roles import Permission

Note = tuple[str | Promise, str | Promise, str]


class OwnMonthView(PortalView, View):
    """The sheet of one own month, to look at and to print."""

    permission = Permission.VIEW_OWN_RECORD

    def get(self, request: HttpRequest, month: date) -> HttpResponse:
        member = getattr(request.user, "member", None)
        found = own_month(member, month, now=timezone.now()) if member else None
        if found is None:
            raise Http404
        context = {
            "month": month,
            "found": found,
            "title": _("Self-review of %(month)s") % {"month": date_format(month, "YEAR_MONTH_FORMAT")},
            "radar": month_radar(found),
            "notes": _notes(found),
            "answers": answers_of(found.own),
            "paper_facts": card_facts(found, member),
            "signing": SIGNING_A_CARD,
        }
        return render(request, "evaluations/own_month.html", context)


def _notes(month: OwnMonth) -> list[Note]:
    """Who wrote what about which dimension: (who, dimension, words), what concerns the whole card last."""
    labels: dict[str, Any] = {**DIMENSION_LABELS, WHOLE_CARD: _("the whole month")}
    return [
        (who, labels[about], review.notes[about])
        for who, review in ((OWN, month.own), (BRANCH, month.branch))
        if review
        for about in labels
        if review.notes.get(about)
    ]
