"""Which part of the help belongs to which page? View name → (name of the help page, anchor).

Where a guide of another role speaks of the same page, its readers are led there.
"""

from __future__ import annotations

from django.urls import reverse

_PAGES = {
    ("guide_member", "self-review"): (
        "evaluations:review_card", "evaluations:review_of_month", "evaluations:own_reviews",
    ),
    ("guide_member", "own-result"): (
        "evaluations:own_rankings", "evaluations:own_ranking", "evaluations:appeal_add", "evaluations:own_appeal",
        "evaluations:own_defences", "evaluations:own_defence",
    ),
    ("guide_member", "own-data"): (
        "members:own_record", "evaluations:my_data", "members:own_history", "members:own_corrections",
        "members:ask_correction",
    ),
    ("guide_member", "activities"): (
        "activities:my_hours", "activities:award_add", "activities:award_edit", "activities:calendar_address",
    ),
    ("guide_member", "three-ones"): (
        "activities:my_duties", "activities:duty_entry_add", "activities:duty_entry_edit",
    ),
    ("guide_secretary", "three-ones"): (
        "activities:duties", "activities:duty", "activities:duty_edit", "activities:duties_assign",
        "activities:duties_remind", "evaluations:duty_ratings",
    ),
    ("guide_member", "messages"): ("members:messages", "members:mail_settings", "members:email"),
    ("guide_member", "signing-in"): ("members:account", "members:password"),
    ("guide_secretary", "roster"): (
        "members:roster", "members:person", "members:person_add", "members:person_edit", "members:person_end",
        "members:person_resume", "members:person_transfer", "members:roster_import", "members:roster_import_result",
        "members:person_history", "members:transfers", "members:transfer", "members:graduation", "members:corrections",
        "members:correction",
    ),
    ("guide_secretary", "accounts"): (
        "members:accounts", "members:member_slip", "members:staff_slip", "members:absences",
    ),
    ("guide_secretary", "month"): ("evaluations:month", "evaluations:remind_members"),
    ("guide_secretary", "reviews"): (
        "evaluations:reviews", "evaluations:member_review", "evaluations:return_review", "evaluations:late_policy",
    ),
    ("guide_secretary", "rating"): ("evaluations:ratings",),
    ("guide_secretary", "paper"): ("evaluations:score_import", "evaluations:score_batch"),
    ("guide_secretary", "ranking"): (
        "evaluations:rankings", "evaluations:ranking", "evaluations:compile", "evaluations:compile_job",
        "evaluations:ranking_moves", "evaluations:ranking_line", "evaluations:freezing_propose",
        "evaluations:freezing_withdraw",
    ),
    ("guide_secretary", "decision"): (
        "evaluations:decisions", "evaluations:decision", "evaluations:decision_edit", "evaluations:decision_record",
    ),
    ("guide_secretary", "notices"): (
        "evaluations:public_notice_prepare", "evaluations:public_notice_edit", "evaluations:public_notice_publish",
        "evaluations:public_notice_take_down", "evaluations:public_notice_correct",
    ),
    ("guide_reviewer", "objections"): (
        "evaluations:objections", "evaluations:objection", "evaluations:public_notice_outcome",
    ),
    ("guide_member", "notices"): (
        "evaluations:public_notices", "evaluations:public_notice", "evaluations:public_notice_object",
    ),
    ("guide_secretary", "defences"): (
        "evaluations:defences", "evaluations:defence", "evaluations:defence_add", "evaluations:defence_edit",
        "evaluations:defence_speakers", "evaluations:defence_panel", "evaluations:defence_link",
        "evaluations:defence_score",
    ),
    ("guide_secretary", "figures"): (
        "evaluations:columns", "evaluations:column", "evaluations:column_import", "evaluations:column_batch",
        "evaluations:column_withdraw", "evaluations:points", "evaluations:points_add", "evaluations:points_edit",
        "evaluations:points_withdraw",
    ),
    ("guide_secretary", "activities"): (
        "activities:activities", "activities:activity", "activities:add", "activities:edit", "activities:attendance",
        "activities:calendar", "activities:minutes", "activities:minutes_edit", "activities:hours",
        "activities:person_hours", "activities:awards", "activities:award", "activities:cancel",
        "activities:sign_up_change",
    ),
    ("guide_counselor", "overview"): ("evaluations:months",),
    ("guide_counselor", "explaining"): ("evaluations:ranking_evidence",),
    ("guide_counselor", "people"): ("members:search",),
    ("guide_reviewer", "calendar"): ("evaluations:calendar", "evaluations:edit_month"),
    ("guide_reviewer", "schemes"): (
        "evaluations:schemes", "evaluations:scheme", "evaluations:scheme_import", "evaluations:scheme_edit",
        "evaluations:scheme_copy", "evaluations:scheme_preview", "evaluations:scheme_add", "evaluations:scheme_approve",
    ),
    ("guide_reviewer", "overview"): (
        "evaluations:spot_checks", "evaluations:spot_check", "evaluations:remind_branches",
    ),
    ("guide_reviewer", "appeals"): ("evaluations:appeals", "evaluations:appeal"),
    ("guide_reviewer", "rankings"): (
        "evaluations:freezing_confirm", "evaluations:freezing_decline", "evaluations:decision_consent",
        "evaluations:decision_send_back",
    ),
    ("guide_reviewer", "offices"): ("members:roles", "members:appoint", "members:end_office"),
    ("guide_reviewer", "audit"): ("members:audit", "members:technical_audit", "members:health"),
    ("glossary", "three-meetings"): ("activities:kinds", "activities:add_kind", "activities:edit_kind"),
    ("glossary", "branch"): ("members:branches", "members:add_branch", "members:rename_branch", "members:close_branch"),
}  # fmt: skip

_PAGES_OF_GUIDE = {
    ("member", "guide_member", "activities"): (
        "activities:activities", "activities:activity", "activities:calendar", "activities:minutes",
    ),
    ("counselor", "guide_counselor", "overview"): ("evaluations:month", "evaluations:reviews"),
    ("counselor", "guide_counselor", "explaining"): (
        "evaluations:rankings", "evaluations:ranking", "evaluations:ranking_moves", "evaluations:ranking_line",
    ),
    ("counselor", "guide_counselor", "people"): ("members:roster", "members:person", "members:person_history"),
    ("reviewer", "guide_reviewer", "overview"): ("evaluations:months", "evaluations:month", "evaluations:reviews"),
    ("reviewer", "guide_reviewer", "rankings"): (
        "evaluations:rankings", "evaluations:ranking", "evaluations:ranking_moves", "evaluations:ranking_line",
        "evaluations:compile", "evaluations:decisions", "evaluations:decision",
    ),
}  # fmt: skip

CONTEXTS = {view_name: target for target, view_names in _PAGES.items() for view_name in view_names}


OF_GUIDE = {
    (guide, view_name): (page, anchor)
    for (guide, page, anchor), view_names in _PAGES_OF_GUIDE.items()
    for view_name in view_names
}


def help_url(view_name: str, guide: str = "") -> str:
    """The address of the help for this page, in the reader's own guide if it has one; "" where there is none."""
    if view_name not in CONTEXTS:
        return ""
    page, anchor = OF_GUIDE.get((guide, view_name), CONTEXTS[view_name])
    return f"{reverse(page)}#{anchor}"
