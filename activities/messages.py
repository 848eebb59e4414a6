"""In which words is each notification about activities and awards told?"""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from branchportal.messages import Group


def attendance_corrected(context: dict[str, Any]) -> str:
    return _("%(by)s has corrected your attendance at “%(title)s”. Reason: %(reason)s") % context


def award_confirmed(context: dict[str, Any]) -> str:
    return _("Your award “%(title)s” is confirmed and counts.") % context


def award_rejected(context: dict[str, Any]) -> str:
    return _("Your award “%(title)s” is not confirmed. Reason: %(reason)s") % context


def activity_cancelled(context: dict[str, Any]) -> str:
    values = {**context, "when": _when(context)}
    return _("“%(title)s” on %(when)s does not take place. Reason: %(reason)s") % values


def activity_moved(context: dict[str, Any]) -> str:
    values = {**context, "when": _when(context)}
    if not context["place"]:
        return _("“%(title)s” has changed. It now begins on %(when)s.") % values
    return _("“%(title)s” has changed. It now begins on %(when)s, location: %(place)s.") % values


def activity_place(context: dict[str, Any]) -> str:
    return _("You have moved up: you have a place at “%(title)s” on %(when)s.") % {**context, "when": _when(context)}


def _when(context: dict[str, Any]) -> str:
    return date_format(timezone.localtime(datetime.fromisoformat(context["starts_at"])), _("j F, H:i"))


TEXTS = {
    "activity_cancelled": activity_cancelled,
    "activity_moved": activity_moved,
    "activity_place": activity_place,
    "attendance_corrected": attendance_corrected,
    "award_confirmed": award_confirmed,
    "award_rejected": award_rejected,
}

GROUPS = (
    Group(
        "activities",
        gettext_lazy("Activities"),
        gettext_lazy(
            "What you signed up for is cancelled or moved, you move up from the waiting list, or your attendance is "
            "corrected."
        ),
        ("activity_cancelled", "activity_moved", "activity_place", "attendance_corrected"),
    ),
    Group(
        "awards",
        gettext_lazy("Awards"),
        gettext_lazy("An award that you proposed is confirmed or not."),
        ("award_confirmed", "award_rejected"),
    ),
)
