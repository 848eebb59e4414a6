"""Which address leads to which page of evaluations?"""

from django.urls import path

import evaluations.converters  # noqa: F401 - registers <month:…>
from evaluations.views import branch_months, home, ratings

app_name = "evaluations"

urlpatterns = [
    path("", home.HomeView.as_view(), name="home"),
    path("months/", branch_months.MonthsView.as_view(), name="months"),
    path("branches/<slug:code>/months/<month:month>/", branch_months.MonthView.as_view(), name="month"),
    path("branches/<slug:code>/months/<month:month>/ratings/", ratings.RatingsView.as_view(), name="ratings"),
    path(
        "branches/<slug:code>/months/<month:month>/ratings/<int:member>/",
        ratings.RatingDraftView.as_view(),
        name="rating_draft",
    ),
]
