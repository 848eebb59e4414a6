"""Which right is missing on a page that did not open, and who can give it? In words."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from branchportal.wording import listed
from members.labels import ROLE_LABELS
from members.roles import APPOINTABLE_BY, ROLE_PERMISSIONS, Permission, Role

RIGHTS = {
    Permission.VIEW_ROSTER: gettext_lazy("read the roster"),
    Permission.EDIT_ROSTER: gettext_lazy("keep the roster"),
    Permission.IMPORT_ROSTER: gettext_lazy("import a roster"),
    Permission.EXPORT_ROSTER: gettext_lazy("download the roster"),
    Permission.TRANSFER_MEMBERS: gettext_lazy("transfer members"),
    Permission.MANAGE_ACCOUNTS: gettext_lazy("give out accounts"),
    Permission.ASSIGN_ROLES: gettext_lazy("appoint officers"),
    Permission.MANAGE_BRANCHES: gettext_lazy("add and close branches"),
    Permission.VIEW_ACTIVITIES: gettext_lazy("see activities"),
    Permission.EDIT_ACTIVITIES: gettext_lazy("record activities"),
    Permission.EDIT_ACTIVITY_KINDS: gettext_lazy("set the kinds of activities"),
    Permission.CONFIRM_MINUTES: gettext_lazy("confirm minutes"),
    Permission.CONFIRM_AWARDS: gettext_lazy("confirm awards"),
    Permission.ASSIGN_DUTIES: gettext_lazy("give out the three ones"),
    Permission.EXPORT_HOURS: gettext_lazy("export hours"),
    Permission.VIEW_MONTH: gettext_lazy("see how far a month is"),
    Permission.MANAGE_CYCLES: gettext_lazy("set the months"),
    Permission.VIEW_REVIEWS: gettext_lazy("read self-reviews"),
    Permission.ANSWER_REVIEWS: gettext_lazy("answer self-reviews"),
    Permission.CHOOSE_LATE_POLICY: gettext_lazy("decide about late self-reviews"),
    Permission.REMIND: gettext_lazy("remind people"),
    Permission.SPOT_CHECK: gettext_lazy("draw spot checks"),
    Permission.HOLD_DEFENCES: gettext_lazy("hold defences"),
    Permission.RATE_MEMBERS: gettext_lazy("rate members"),
    Permission.IMPORT_SCORES: gettext_lazy("import paper cards"),
    Permission.VIEW_SCHEMES: gettext_lazy("read scoring schemes"),
    Permission.EDIT_SCHEMES: gettext_lazy("draft scoring schemes"),
    Permission.PUBLISH_SCHEMES: gettext_lazy("publish scoring schemes"),
    Permission.VIEW_RANKING: gettext_lazy("read rankings"),
    Permission.COMPILE_RANKING: gettext_lazy("compile rankings"),
    Permission.EXPORT_RANKING: gettext_lazy("export rankings"),
    Permission.DOWNLOAD_BUNDLE: gettext_lazy("download sealed bundles"),
    Permission.PROPOSE_FREEZING: gettext_lazy("propose rankings for freezing"),
    Permission.CONFIRM_FREEZING: gettext_lazy("confirm the freezing of rankings"),
    Permission.KEEP_DECISIONS: gettext_lazy("write decisions of the branch committee"),
    Permission.RECORD_DECISIONS: gettext_lazy("record decisions of the branch committee"),
    Permission.CONSENT_DECISIONS: gettext_lazy("consent to decisions of branch committees"),
    Permission.READ_NOTICES: gettext_lazy("read public notices"),
    Permission.PUBLISH_NOTICE: gettext_lazy("publish public notices"),
    Permission.HANDLE_OBJECTIONS: gettext_lazy("look into objections"),
    Permission.VIEW_AUDIT: gettext_lazy("read the audit trail"),
    Permission.VIEW_OPERATIONS: gettext_lazy("watch the system"),
}


def missing_right(permission: Permission) -> str:
    """What the page asks for, which offices include it, and who gives those; "" for a right without a name."""
    holders = {role for role in Role if permission in ROLE_PERMISSIONS[role]}
    if holders == {Role.MEMBER}:
        return _(
            "This page is for people who belong to a branch. If you do, ask the branch's secretary to look at the "
            "roster."
        )
    if permission not in RIGHTS or not holders:
        return ""
    givers = {role for role, given in APPOINTABLE_BY.items() if given & holders}
    return _(
        "It needs the right to %(right)s, which comes with these offices: %(offices)s. They are given by: %(givers)s."
    ) % {"right": RIGHTS[permission], "offices": _named(holders), "givers": _named(givers)}


def _named(roles: Iterable[Role]) -> str:
    chosen = set(roles)
    return listed(str(ROLE_LABELS[role]) for role in Role if role in chosen)
