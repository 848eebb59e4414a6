"""In which words is each notification about activities and awards told?"""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from branchportal.messages import Group
from branchportal.wording import listed


def attendance_corrected(context: dict[str, Any]) -> str:
    return _("%(by)s has corrected your attendance at “%(title)s”. Reason: %(reason)s") % context


def award_confirmed(context: dict[str, Any]) -> str:
    return _("Your award “%(title)s” is confirmed and counts.") % context


def award_rejected(context: dict[str, Any]) -> str:
    return _("Your award “%(title)s” is not confirmed. Reason: %(reason)s") % context


def activity_cancelled(context: dict[str, Any]) -> str:
    values = {**context, "when": _when(context)}
    if _is_series(context):
        values |= _first_and_last(context)
        return (
            _(
                "“%(title)s” does not take place %(number)s times, the first on %(first)s, the last on %(last)s. "
                "Reason: %(reason)s"
            )
            % values
        )
    return _("“%(title)s” on %(when)s does not take place. Reason: %(reason)s") % values


def activity_moved(context: dict[str, Any]) -> str:
    values = {**context, "when": _when(context)}
    if _is_series(context):
        return _series_moved(values | _first_and_last(context))
    if not context["place"]:
        return _("“%(title)s” has changed. It now begins on %(when)s.") % values
    return _("“%(title)s” has changed. It now begins on %(when)s, location: %(place)s.") % values


def _series_moved(values: dict[str, Any]) -> str:
    if not values["place"]:
        return (
            _("“%(title)s” has changed %(number)s times: the first now begins on %(first)s, the last on %(last)s.")
            % values
        )
    return (
        _(
            "“%(title)s” has changed %(number)s times: the first now begins on %(first)s, the last on %(last)s, "
            "location: %(place)s."
        )
        % values
    )


def activity_place(context: dict[str, Any]) -> str:
    if _is_series(context):
        return _(
            "You have moved up: you have a place at “%(title)s” %(number)s times, the first on %(first)s, the last "
            "on %(last)s."
        ) % (context | _first_and_last(context))
    return _("You have moved up: you have a place at “%(title)s” on %(when)s.") % {**context, "when": _when(context)}


def activity_taken_off(context: dict[str, Any]) -> str:
    values = {**context, "when": _when(context)}
    return _("You have been taken off the list of “%(title)s” on %(when)s. Reason: %(reason)s") % values


def activity_left(context: dict[str, Any]) -> str:
    values = {**context, "when": _when(context)}
    return (
        _(
            "You no longer belong to the branch that holds “%(title)s” on %(when)s, so you have been taken off the "
            "list of those who signed up."
        )
        % values
    )


def activity_put_first(context: dict[str, Any]) -> str:
    values = {**context, "when": _when(context)}
    return _("You are now the first on the waiting list of “%(title)s” on %(when)s. Reason: %(reason)s") % values


def activity_counts_otherwise(context: dict[str, Any]) -> str:
    if context["old"] == context["new"]:
        return (
            _("%(by)s has corrected the time or audience of “%(title)s”, where you were present. Reason: %(reason)s")
            % context
        )
    return (
        _(
            "%(by)s has corrected the hours counted at “%(title)s”, where you were present: %(new)s instead of "
            "%(old)s. Reason: %(reason)s"
        )
        % context
    )


def duties_assigned(context: dict[str, Any]) -> str:
    return (
        _("%(by)s has asked you to take on duties of the three ones from %(first)s to %(last)s. See what is expected.")
        % context
    )


def duties_late(context: dict[str, Any]) -> str:
    values = context | {"months": listed(context["months"])}
    text = ngettext(
        "%(number)s entry in your three ones is late (%(months)s). Please write down what you did.",
        "%(number)s entries in your three ones are late (%(months)s). Please write down what you did.",
        context["number"],
    )
    return text % values


def _when(context: dict[str, Any], name: str = "starts_at") -> str:
    return date_format(timezone.localtime(datetime.fromisoformat(context[name])), _("j F, H:i"))


def _is_series(context: dict[str, Any]) -> bool:
    return context.get("number", 1) > 1


def _first_and_last(context: dict[str, Any]) -> dict[str, str]:
    return {"first": _when(context), "last": _when(context, "last_starts_at")}


TEXTS = {
    "activity_cancelled": activity_cancelled,
    "activity_counts_otherwise": activity_counts_otherwise,
    "activity_left": activity_left,
    "activity_moved": activity_moved,
    "activity_place": activity_place,
    "activity_put_first": activity_put_first,
    "activity_taken_off": activity_taken_off,
    "attendance_corrected": attendance_corrected,
    "award_confirmed": award_confirmed,
    "award_rejected": award_rejected,
    "duties_assigned": duties_assigned,
    "duties_late": duties_late,
}

GROUPS = (
    Group(
        "activities",
        gettext_lazy("Activities"),
        gettext_lazy(
            "What you signed up for is cancelled or moved, you move up from the waiting list or are taken off, or your "
            "attendance or hours are corrected."
        ),
        (
            "activity_cancelled",
            "activity_moved",
            "activity_place",
            "activity_put_first",
            "activity_taken_off",
            "activity_left",
            "attendance_corrected",
            "activity_counts_otherwise",
        ),
    ),
    Group(
        "awards",
        gettext_lazy("Awards"),
        gettext_lazy("An award that you proposed is confirmed or not."),
        ("award_confirmed", "award_rejected"),
    ),
    Group(
        "duties",
        gettext_lazy("Three ones"),
        gettext_lazy("You are given a duty, or reminded of entries that are late."),
        ("duties_assigned", "duties_late"),
    ),
)
