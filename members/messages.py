"""In which words is each notification about an account or an office told?"""

from datetime import date
from typing import Any

from django.apps import apps
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from branchportal.messages import Group
from members.labels import ROLE_LABELS
from members.roles import Role


def account_reset(context: dict[str, Any]) -> str:
    if not context["by"]:
        return _("Your password was reset at the server. If you did not ask for this, tell the system administrator.")
    return _(
        "%(by)s has reset your password and made you a new activation slip. If you did not ask for this, tell the "
        "system administrator."
    ) % {"by": context["by"]}


def password_changed(context: dict[str, Any]) -> str:
    return _("Your password was changed. If it was not you, ask for a new activation slip at once.")


def number_changed(context: dict[str, Any]) -> str:
    return (
        _(
            "%(by)s has changed your number to %(number)s. From now on you sign in with the new number; your password "
            "stays. If this is wrong, tell the system administrator."
        )
        % context
    )


def role_given(context: dict[str, Any]) -> str:
    values = {**context, "role": ROLE_LABELS[Role(context["role"])]}
    if context["ends_on"]:
        return _("Your office in %(branch)s from %(starts_on)s to %(ends_on)s: %(role)s.") % values
    return _("Your office in %(branch)s from %(starts_on)s on: %(role)s.") % values


def role_ended(context: dict[str, Any]) -> str:
    values = {**context, "role": ROLE_LABELS[Role(context["role"])]}
    if context["ends_on"] and date.fromisoformat(context["ends_on"]) >= date.fromisoformat(context["starts_on"]):
        return _("Your office in %(branch)s ends after %(ends_on)s: %(role)s.") % values
    return _("Your office in %(branch)s was withdrawn: %(role)s.") % values


def transfer_proposed(context: dict[str, Any]) -> str:
    return _("%(source)s asks you to take %(name)s into %(target)s. Accept or decline the transfer.") % context


def transfer_accepted(context: dict[str, Any]) -> str:
    return _("%(target)s has accepted %(name)s, who belongs there since %(day)s.") % context


def transfer_declined(context: dict[str, Any]) -> str:
    return _("%(target)s has declined %(name)s, who stays in %(source)s. The reason: %(answer)s") % context


def transfer_cancelled(context: dict[str, Any]) -> str:
    return _("%(source)s has taken the transfer of %(name)s back. The reason: %(answer)s") % context


def membership_moved(context: dict[str, Any]) -> str:
    return _("Your membership has moved from %(source)s to %(target)s. You belong there since %(day)s.") % context


def absence_entered(context: dict[str, Any]) -> str:
    values = {**context, "role": ROLE_LABELS[Role(context["role"])]}
    return (
        _(
            "%(stand_in)s stands in for %(name)s (%(role)s, %(branch)s) from %(starts_on)s to %(ends_on)s and has the "
            "rights of the office in these days."
        )
        % values
    )


def absence_ended(context: dict[str, Any]) -> str:
    values = {**context, "role": ROLE_LABELS[Role(context["role"])]}
    return _("%(stand_in)s no longer stands in for %(name)s (%(role)s, %(branch)s).") % values


def absence_ended_with_office(context: dict[str, Any]) -> str:
    values = {**context, "role": ROLE_LABELS[Role(context["role"])]}
    return (
        _(
            "%(stand_in)s does not stand in for %(name)s (%(role)s, %(branch)s) after %(ends_on)s: the office itself "
            "ends."
        )
        % values
    )


def stand_in_lost(context: dict[str, Any]) -> str:
    values = {**context, "role": ROLE_LABELS[Role(context["role"])]}
    return (
        _(
            "%(stand_in)s does not stand in for %(name)s (%(role)s, %(branch)s) after %(ends_on)s, having left the "
            "office or the branch. If somebody is still needed, enter the absence again with somebody else."
        )
        % values
    )


def correction_asked(context: dict[str, Any]) -> str:
    values = {"name": context["name"], "field": _field_label(context["field"])}
    return _("%(name)s asks for a correction of the record: %(field)s.") % values


def correction_answered(context: dict[str, Any]) -> str:
    values = {**context, "field": _field_label(context["field"])}
    if context["state"] == "declined":
        return _("%(by)s has declined the correction that you asked for: %(field)s. Answer: %(answer)s") % values
    if context["answer"]:
        return _("%(by)s has corrected your record as you asked: %(field)s. Answer: %(answer)s") % values
    return _("%(by)s has corrected your record as you asked: %(field)s.") % values


def _field_label(field: str) -> str:
    return str(apps.get_model("members.Member")._meta.get_field(field).verbose_name)


def ledger_violations(context: dict[str, Any]) -> str:
    return ngettext(
        "The check of all data found %(count)s place that is not as it must be.",
        "The check of all data found %(count)s places that are not as they must be.",
        context["count"],
    ) % {"count": context["count"]}


TEXTS = {
    "ledger_violations": ledger_violations,
    "correction_asked": correction_asked,
    "correction_answered": correction_answered,
    "transfer_proposed": transfer_proposed,
    "transfer_accepted": transfer_accepted,
    "transfer_declined": transfer_declined,
    "transfer_cancelled": transfer_cancelled,
    "membership_moved": membership_moved,
    "absence_entered": absence_entered,
    "absence_ended": absence_ended,
    "absence_ended_with_office": absence_ended_with_office,
    "stand_in_lost": stand_in_lost,
    "account_reset": account_reset,
    "password_changed": password_changed,
    "number_changed": number_changed,
    "role_given": role_given,
    "role_ended": role_ended,
}

GROUPS = (
    Group(
        "operations",
        gettext_lazy("State of the portal"),
        gettext_lazy("As system administrator: something about the portal itself needs a look."),
        ("ledger_violations",),
    ),
    Group(
        "account",
        gettext_lazy("Security of the account"),
        gettext_lazy("A reset, a new password or another number. Comes in any case: nobody can hide it from you."),
        ("account_reset", "password_changed", "number_changed"),
        always=True,
    ),
    Group(
        "corrections",
        gettext_lazy("Corrections of records"),
        gettext_lazy("Your request was answered; as an officer: somebody asks for a correction."),
        ("correction_asked", "correction_answered"),
    ),
    Group(
        "offices",
        gettext_lazy("Offices and membership"),
        gettext_lazy("An office is given to you or ends; you stand in for somebody; a membership moves."),
        (
            "role_given",
            "role_ended",
            "absence_entered",
            "absence_ended",
            "absence_ended_with_office",
            "stand_in_lost",
            "transfer_proposed",
            "transfer_accepted",
            "transfer_declined",
            "transfer_cancelled",
            "membership_moved",
        ),
    ),
)
