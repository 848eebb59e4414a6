"""In which words is each notification about activities and awards told?"""

from typing import Any

from django.utils.translation import gettext as _


def attendance_corrected(context: dict[str, Any]) -> str:
    return _("%(by)s has corrected your attendance at “%(title)s”. Reason: %(reason)s") % context


def award_confirmed(context: dict[str, Any]) -> str:
    return _("Your award “%(title)s” is confirmed and counts.") % context


def award_rejected(context: dict[str, Any]) -> str:
    return _("Your award “%(title)s” is not confirmed. Reason: %(reason)s") % context


TEXTS = {
    "attendance_corrected": attendance_corrected,
    "award_confirmed": award_confirmed,
    "award_rejected": award_rejected,
}
