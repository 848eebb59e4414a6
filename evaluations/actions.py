"""What is each line of the audit trail about evaluations called?"""

from django.utils.translation import gettext_lazy as _

ACTIONS = {
    "cycle.changed": _("Month changed"),
    "reminder.reviews": _("Members reminded of their self-reviews"),
    "reminder.ratings": _("Officers reminded of branch ratings"),
    "self_review.submitted": _("Self-review submitted"),
    "self_review.answered": _("Self-review answered"),
    "self_review.returned": _("Self-review returned"),
    "self_review.read": _("Self-review of a member opened"),
    "late_policy.changed": _("Late self-reviews: rule changed"),
    "branch_rating.given": _("Branch rating given"),
    "scores.imported_self": _("Self-reviews imported from a sheet"),
    "scores.imported_branch": _("Branch ratings imported from a sheet"),
    "ratings.downloaded": _("Sheet of branch ratings downloaded"),
    "score_import.downloaded": _("Score sheet taken back with its errors"),
    "scheme.create": _("Scheme kept as a draft"),
    "scheme.delete": _("Draft of a scheme deleted"),
    "scheme.publish": _("Scheme published"),
    "scheme.end": _("Scheme ended by a newer one"),
    "scheme.take_back": _("Scheme taken back to a draft"),
    "scheme.seal": _("Scheme sealed by the first rating"),
    "ranking.compile": _("Ranking compiled"),
    "ranking.explained": _("Figures of a ranking looked at"),
    "ranking.export": _("Ranking downloaded"),
    "ranking.bundle": _("Ranking downloaded as a bundle"),
    "spot_check.draw": _("People drawn for a spot check"),
    "spot_check.finding": _("Finding of a spot check"),
    "month.export": _("Month downloaded"),
    "demo.loaded": _("Demo data loaded"),
}
SUBJECTS = {
    _("Months"): ("cycle.", "reminder.", "late_policy.", "month.", "spot_check."),
    _("Self-reviews"): ("self_review.",),
    _("Branch ratings"): ("branch_rating.", "ratings.", "scores.", "score_import."),
    _("Rankings"): ("ranking.",),
    _("Defences"): ("defence.",),
    _("Schemes"): ("scheme.",),
    _("Work of the portal"): ("demo.",),
}
