"""Which months has a member filed, with what, and which did he miss?"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import Http404
from django.utils import timezone
from django.views.generic import ListView

from branchportal.paging import NearestPage
from evaluations.deadlines import month_of, parse_month
from evaluations.dimensions import grade_of
from evaluations.labels import DIMENSION_LABELS, points_label
from evaluations.models import Cycle, SelfReview
from evaluations.queries.own_months import own_months
from evaluations.queries.self_reviews import card_of, history_of, missed_months
from evaluations.stages import CardState
from evaluations.views.own_pictures import own_pictures
from members.access import PortalView
from members.models import Member
from members.roles import Permission


class OwnReviewsView(PortalView, NearestPage, ListView):
    """The own months, the newest first."""

    permission = Permission.VIEW_OWN_RECORD
    template_name = "evaluations/own_reviews.html"
    paginate_by = 24

    def get_queryset(self):
        member = getattr(self.request.user, "member", None)
        if member is None:
            raise Http404
        self.history = history_of(member, timezone.now())
        return self.history.reviews

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context, now = super().get_context_data(**kwargs), timezone.now()
        rows = [{"review": review, "cells": _cells(review)} for review in context["page_obj"]]
        months = own_months(self.history)
        return {
            **context,
            "rows": rows,
            "labels": list(DIMENSION_LABELS.values()),
            "pictures": own_pictures(months, _wanted(self.request.GET.get("month", ""))),
            "files": not rows and _files(self.request.user.member, now),  # only the empty page asks
            "missed": missed_months(self.history),
        }


def _wanted(text: str) -> date | None:
    try:
        return parse_month(text)
    except ValueError:
        return None


def _files(member: Member, now: datetime) -> bool:
    """Is there a card for this person in the present month, or will there be one?"""
    card = card_of(member, month_of(now), now)
    return member.kind == Member.Kind.STUDENT and (card is None or card.state != CardState.NOT_FILER)


def _cells(review: SelfReview) -> list[dict[str, Any]]:
    """One dict per dimension; `worth` is what a grade counts, none where the card had points."""
    in_grades = review.cycle.scale == Cycle.Scale.GRADES
    return [
        {
            "label": DIMENSION_LABELS[dimension],
            "points": points_label(points, in_grades=in_grades),
            "worth": points if in_grades and grade_of(points) else None,
            "note": review.notes.get(dimension, ""),
        }
        for dimension, points in review.points.items()
    ]
