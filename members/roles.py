"""Who may do what? One table: role → permissions. What each role is in one sentence stands in labels.py."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What somebody is in a branch. MEMBER is not assigned: it follows from belonging to the branch."""

    MEMBER = "member"
    SECRETARY = "secretary"
    DEPUTY_SECRETARY = "deputy_secretary"
    ORGANISATION_COMMISSIONER = "organisation_commissioner"
    PUBLICITY_COMMISSIONER = "publicity_commissioner"
    DISCIPLINE_COMMISSIONER = "discipline_commissioner"
    COUNSELOR = "counselor"
    REVIEWER = "reviewer"
    CLASS_CONTACT = "class_contact"
    ADMINISTRATOR = "administrator"


class Permission(StrEnum):
    """What a page asks for. Rows are narrowed further by `visible_to` (see access.py)."""

    SIGNED_IN = "signed_in"
    VIEW_OWN_RECORD = "view_own_record"
    FILE_SELF_REVIEW = "file_self_review"
    VIEW_OWN_RANKING = "view_own_ranking"

    VIEW_ROSTER = "view_roster"
    EDIT_ROSTER = "edit_roster"
    IMPORT_ROSTER = "import_roster"
    EXPORT_ROSTER = "export_roster"
    TRANSFER_MEMBERS = "transfer_members"

    MANAGE_ACCOUNTS = "manage_accounts"
    ASSIGN_ROLES = "assign_roles"
    MANAGE_BRANCHES = "manage_branches"

    VIEW_ACTIVITIES = "view_activities"
    EDIT_ACTIVITIES = "edit_activities"
    EDIT_ACTIVITY_KINDS = "edit_activity_kinds"
    CONFIRM_MINUTES = "confirm_minutes"
    CONFIRM_AWARDS = "confirm_awards"
    ASSIGN_DUTIES = "assign_duties"
    EXPORT_HOURS = "export_hours"

    VIEW_MONTH = "view_month"
    MANAGE_CYCLES = "manage_cycles"
    VIEW_REVIEWS = "view_reviews"
    ANSWER_REVIEWS = "answer_reviews"
    CHOOSE_LATE_POLICY = "choose_late_policy"
    RATE_MEMBERS = "rate_members"
    REMIND = "remind"
    IMPORT_SCORES = "import_scores"

    VIEW_SCHEMES = "view_schemes"
    EDIT_SCHEMES = "edit_schemes"
    PUBLISH_SCHEMES = "publish_schemes"
    VIEW_RANKING = "view_ranking"
    COMPILE_RANKING = "compile_ranking"
    EXPORT_RANKING = "export_ranking"
    DOWNLOAD_BUNDLE = "download_bundle"
    PROPOSE_FREEZING = "propose_freezing"
    CONFIRM_FREEZING = "confirm_freezing"
    DECIDE_APPEALS = "decide_appeals"
    KEEP_DECISIONS = "keep_decisions"
    RECORD_DECISIONS = "record_decisions"
    CONSENT_DECISIONS = "consent_decisions"
    SPOT_CHECK = "spot_check"
    HOLD_DEFENCES = "hold_defences"
    READ_NOTICES = "read_notices"
    PUBLISH_NOTICE = "publish_notice"
    HANDLE_OBJECTIONS = "handle_objections"

    VIEW_AUDIT = "view_audit"
    VIEW_OPERATIONS = "view_operations"


P = Permission

_MEMBER = {
    P.SIGNED_IN,
    P.VIEW_OWN_RECORD,
    P.FILE_SELF_REVIEW,
    P.VIEW_OWN_RANKING,
    P.VIEW_SCHEMES,
    P.VIEW_ACTIVITIES,
    P.READ_NOTICES,
}
_OFFICER = {
    P.SIGNED_IN, P.VIEW_ROSTER, P.VIEW_MONTH, P.RATE_MEMBERS, P.VIEW_ACTIVITIES, P.VIEW_SCHEMES, P.READ_NOTICES,
}  # fmt: skip
_SUPERIOR = {
    P.SIGNED_IN, P.VIEW_ROSTER, P.EXPORT_ROSTER, P.VIEW_MONTH, P.VIEW_REVIEWS, P.VIEW_ACTIVITIES, P.VIEW_SCHEMES,
    P.VIEW_RANKING, P.EXPORT_RANKING, P.REMIND, P.EXPORT_HOURS, P.READ_NOTICES,
}  # fmt: skip

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.MEMBER: frozenset(_MEMBER),
    Role.SECRETARY: frozenset(
        _OFFICER
        | _SUPERIOR
        | {
            P.EDIT_ROSTER, P.IMPORT_ROSTER, P.TRANSFER_MEMBERS, P.MANAGE_ACCOUNTS, P.ASSIGN_ROLES,
            P.EDIT_ACTIVITIES, P.CONFIRM_MINUTES, P.CONFIRM_AWARDS, P.ASSIGN_DUTIES, P.IMPORT_SCORES, P.EDIT_SCHEMES,
            P.COMPILE_RANKING, P.DOWNLOAD_BUNDLE, P.PROPOSE_FREEZING, P.VIEW_AUDIT, P.ANSWER_REVIEWS,
            P.CHOOSE_LATE_POLICY, P.HOLD_DEFENCES, P.KEEP_DECISIONS, P.RECORD_DECISIONS,
            P.PUBLISH_NOTICE,
        }
    ),
    Role.DEPUTY_SECRETARY: frozenset(
        _OFFICER
        | {
            P.EDIT_ACTIVITIES, P.CONFIRM_AWARDS, P.ASSIGN_DUTIES, P.EXPORT_HOURS, P.VIEW_REVIEWS, P.VIEW_RANKING,
            P.REMIND, P.ANSWER_REVIEWS, P.KEEP_DECISIONS,
        }
    ),
    Role.ORGANISATION_COMMISSIONER: frozenset(
        _OFFICER
        | {
            P.EDIT_ROSTER, P.IMPORT_ROSTER, P.EXPORT_ROSTER, P.IMPORT_SCORES, P.VIEW_REVIEWS, P.VIEW_RANKING, P.REMIND,
            P.CONFIRM_AWARDS, P.ASSIGN_DUTIES, P.EXPORT_HOURS, P.KEEP_DECISIONS,
        }
    ),
    Role.PUBLICITY_COMMISSIONER: frozenset(_OFFICER | {P.EDIT_ACTIVITIES, P.EXPORT_HOURS}),
    Role.DISCIPLINE_COMMISSIONER: frozenset(_OFFICER | {P.VIEW_REVIEWS, P.VIEW_RANKING}),
    Role.COUNSELOR: frozenset(_SUPERIOR),
    Role.REVIEWER: frozenset(
        _SUPERIOR
        | {
            P.EDIT_ACTIVITY_KINDS, P.MANAGE_CYCLES, P.EDIT_SCHEMES, P.PUBLISH_SCHEMES, P.DOWNLOAD_BUNDLE,
            P.CONFIRM_FREEZING, P.DECIDE_APPEALS, P.ASSIGN_ROLES, P.VIEW_AUDIT, P.SPOT_CHECK, P.HOLD_DEFENCES,
            P.CONSENT_DECISIONS, P.HANDLE_OBJECTIONS,
        }
    ),
    Role.CLASS_CONTACT: frozenset({P.SIGNED_IN, P.VIEW_ACTIVITIES, P.VIEW_SCHEMES, P.READ_NOTICES}),
    Role.ADMINISTRATOR: frozenset(
        {P.SIGNED_IN, P.MANAGE_ACCOUNTS, P.ASSIGN_ROLES, P.MANAGE_BRANCHES, P.VIEW_OPERATIONS}
    ),
}  # fmt: skip

# Where a branch has no secretary, the first of these that is appointed acts with the secretary's permissions.
ACTING_ORDER: tuple[Role, ...] = (
    Role.DEPUTY_SECRETARY,
    Role.ORGANISATION_COMMISSIONER,
    Role.PUBLICITY_COMMISSIONER,
    Role.DISCIPLINE_COMMISSIONER,
)

# Who may be appointed by whom: a secretary fills the own branch's offices, never the own one or one above.
APPOINTABLE_BY: dict[Role, frozenset[Role]] = {
    Role.SECRETARY: frozenset({*ACTING_ORDER, Role.CLASS_CONTACT}),
    Role.REVIEWER: frozenset({Role.SECRETARY, *ACTING_ORDER, Role.CLASS_CONTACT, Role.COUNSELOR}),
    Role.ADMINISTRATOR: frozenset(set(Role) - {Role.MEMBER}),
}


def acting_role(appointed: set[Role]) -> Role | None:
    """Return which of a branch's appointed officers acts as secretary: None where there is a secretary or nobody."""
    if Role.SECRETARY in appointed:
        return None
    return next((role for role in ACTING_ORDER if role in appointed), None)


def appointable(role: Role, *, acting: bool) -> frozenset[Role]:
    """Return the offices that a holder of `role` may fill; whoever acts as secretary fills only those after his own."""
    own = APPOINTABLE_BY.get(role, frozenset())
    if not acting:
        return own
    return own | {*ACTING_ORDER[ACTING_ORDER.index(role) + 1 :], Role.CLASS_CONTACT}
