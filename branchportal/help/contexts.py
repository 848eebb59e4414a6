"""Which part of the help belongs to which page? View name → (name of the help page, anchor)."""

from __future__ import annotations

from django.urls import reverse

_PAGES = {
    ("guide_member", "self-review"): (
        "evaluations:review_card", "evaluations:review_of_month", "evaluations:own_reviews",
    ),
    ("guide_member", "own-result"): ("evaluations:own_rankings", "evaluations:own_ranking"),
    ("guide_member", "own-data"): ("members:own_record",),
    ("guide_member", "messages"): ("members:messages", "members:mail_settings", "members:email"),
    ("guide_member", "signing-in"): ("members:account", "members:password"),
    ("guide_secretary", "roster"): (
        "members:roster", "members:person", "members:person_add", "members:person_edit", "members:person_end",
        "members:person_resume", "members:person_transfer", "members:roster_import", "members:roster_import_result",
    ),
    ("guide_secretary", "accounts"): ("members:accounts", "members:member_slip", "members:staff_slip"),
    ("guide_secretary", "month"): ("evaluations:month",),
    ("guide_secretary", "rating"): ("evaluations:ratings",),
    ("guide_secretary", "paper"): ("evaluations:score_import", "evaluations:score_batch"),
    ("guide_secretary", "ranking"): (
        "evaluations:rankings", "evaluations:ranking", "evaluations:compile", "evaluations:compile_job",
        "evaluations:ranking_moves",
    ),
    ("guide_secretary", "activities"): (
        "activities:activities", "activities:activity", "activities:add", "activities:edit", "activities:attendance",
    ),
    ("guide_counselor", "overview"): ("evaluations:months",),
    ("guide_counselor", "explaining"): ("evaluations:ranking_evidence",),
    ("guide_counselor", "people"): ("members:search",),
    ("guide_reviewer", "calendar"): ("evaluations:calendar", "evaluations:edit_month"),
    ("guide_reviewer", "schemes"): ("evaluations:schemes", "evaluations:scheme", "evaluations:scheme_import"),
    ("guide_reviewer", "offices"): ("members:roles", "members:appoint", "members:end_office"),
    ("guide_reviewer", "audit"): ("members:audit", "members:technical_audit"),
    ("glossary", "branch"): ("members:branches", "members:add_branch", "members:rename_branch", "members:close_branch"),
}  # fmt: skip

CONTEXTS = {view_name: target for target, view_names in _PAGES.items() for view_name in view_names}


def help_url(view_name: str) -> str:
    """The address of the help for this page; "" where it has none of its own."""
    if view_name not in CONTEXTS:
        return ""
    page, anchor = CONTEXTS[view_name]
    return f"{reverse(page)}#{anchor}"
