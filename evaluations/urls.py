"""Which address leads to which page of evaluations?"""

from django.urls import path

import evaluations.converters  # noqa: F401 - registers <month:…>
from evaluations.views import (
    branch_months,
    calendar,
    compilations,
    home,
    late_policy,
    member_reviews,
    own_month,
    own_reviews,
    rankings,
    ratings,
    reminders,
    review_card,
    schemes,
    score_import,
    spot_checks,
    workbooks,
)

app_name = "evaluations"

urlpatterns = [
    path("", home.HomeView.as_view(), name="home"),
    path("changes/seen/", home.ChangesSeenView.as_view(), name="changes_seen"),
    path("review/", review_card.ReviewCardView.as_view(), name="review_card"),
    path("review/mine/", own_reviews.OwnReviewsView.as_view(), name="own_reviews"),
    path("review/mine/<month:month>/", own_month.OwnMonthView.as_view(), name="own_month"),
    path("review/<month:month>/", review_card.ReviewCardView.as_view(), name="review_of_month"),
    path("review/<month:month>/draft/", review_card.ReviewDraftView.as_view(), name="review_draft"),
    path("review/<month:month>/discard/", review_card.DiscardDraftView.as_view(), name="review_discard"),
    path("spot-checks/<month:month>/", spot_checks.SpotChecksView.as_view(), name="spot_checks"),
    path("spot-checks/<int:pk>/", spot_checks.SpotCheckView.as_view(), name="spot_check"),
    path("calendar/", calendar.CalendarView.as_view(), name="calendar"),
    path("calendar/<int:pk>/", calendar.EditMonthView.as_view(), name="edit_month"),
    path("months/", branch_months.MonthsView.as_view(), name="months"),
    path("branches/<slug:code>/months/<month:month>/", branch_months.MonthView.as_view(), name="month"),
    path("months/remind/", reminders.RemindBranchesView.as_view(), name="remind_branches"),
    path(
        "branches/<slug:code>/months/<month:month>/remind/reviews/",
        reminders.RemindMembersView.as_view(),
        name="remind_members",
    ),
    path(
        "branches/<slug:code>/months/<month:month>/remind/ratings/",
        reminders.RemindOfficersView.as_view(),
        name="remind_officers",
    ),
    path("branches/<slug:code>/late-reviews/", late_policy.LatePolicyView.as_view(), name="late_policy"),
    path("branches/<slug:code>/months/<month:month>/reviews/", member_reviews.ReviewsView.as_view(), name="reviews"),
    path(
        "branches/<slug:code>/months/<month:month>/reviews/read/",
        member_reviews.MarkReadView.as_view(),
        name="mark_reviews_read",
    ),
    path(
        "branches/<slug:code>/months/<month:month>/reviews/<int:member>/",
        member_reviews.ReviewView.as_view(),
        name="member_review",
    ),
    path(
        "branches/<slug:code>/months/<month:month>/reviews/<int:member>/reply/",
        member_reviews.ReplyView.as_view(),
        name="reply_to_review",
    ),
    path(
        "branches/<slug:code>/months/<month:month>/reviews/<int:member>/return/",
        member_reviews.ReturnView.as_view(),
        name="return_review",
    ),
    path("branches/<slug:code>/months/<month:month>/ratings/", ratings.RatingsView.as_view(), name="ratings"),
    path(
        "branches/<slug:code>/months/<month:month>/ratings/<int:member>/",
        ratings.RatingDraftView.as_view(),
        name="rating_draft",
    ),
    path(
        "branches/<slug:code>/months/<month:month>/cards/", score_import.ScoreImportView.as_view(), name="score_import"
    ),
    path(
        "branches/<slug:code>/months/<month:month>/cards/template/",
        score_import.ScoreTemplateView.as_view(),
        name="score_template",
    ),
    path("cards/<int:pk>/", score_import.ScoreBatchView.as_view(), name="score_batch"),
    path("cards/<int:pk>/marked/", score_import.ScoreMarkedFileView.as_view(), name="score_marked_file"),
    path("cards/<int:pk>/rows/", score_import.ScoreFailingRowsView.as_view(), name="score_failing_rows"),
    path("rankings/", rankings.RankingsView.as_view(), name="rankings"),
    path("rankings/workbook/", workbooks.RankingWorkbooksView.as_view(), name="ranking_workbooks"),
    path("rankings/month/", workbooks.MonthWorkbookView.as_view(), name="month_workbook"),
    path("rankings/compile/", compilations.CompileView.as_view(), name="compile"),
    path("rankings/jobs/<uuid:pk>/", compilations.JobView.as_view(), name="compile_job"),
    path("rankings/jobs/<uuid:pk>/retry/", compilations.JobRetryView.as_view(), name="compile_retry"),
    path("rankings/<int:pk>/", rankings.RankingView.as_view(), name="ranking"),
    path("rankings/<int:pk>/people/<int:entry>/", rankings.EvidenceView.as_view(), name="ranking_evidence"),
    path("rankings/<int:pk>/moves/", rankings.MovesView.as_view(), name="ranking_moves"),
    path("rankings/<int:pk>/bundle/", workbooks.RankingBundleView.as_view(), name="ranking_bundle"),
    path("rankings/<int:pk>/workbook/", workbooks.RankingWorkbookView.as_view(), name="ranking_workbook"),
    path("results/", rankings.OwnRankingsView.as_view(), name="own_rankings"),
    path("results/<int:pk>/", rankings.OwnRankingView.as_view(), name="own_ranking"),
    path("schemes/", schemes.SchemesView.as_view(), name="schemes"),
    path("schemes/import/", schemes.SchemeImportView.as_view(), name="scheme_import"),
    path("schemes/<int:pk>/", schemes.SchemeView.as_view(), name="scheme"),
    path("schemes/<int:pk>/document/", schemes.SchemeDocumentView.as_view(), name="scheme_document"),
    path("schemes/<int:pk>/publish/", schemes.SchemePublishView.as_view(), name="scheme_publish"),
    path("schemes/<int:pk>/delete/", schemes.SchemeDeleteView.as_view(), name="scheme_delete"),
]
