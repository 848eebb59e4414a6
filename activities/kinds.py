"""What are the kinds of activities called that every committee starts with?"""

from django.utils.translation import gettext_lazy as _

STANDARD_NAMES = {
    "general_meeting": _("General meeting"),
    "committee_meeting": _("Branch committee meeting"),
    "group_meeting": _("Party group meeting"),
    "party_lecture": _("Party lecture"),
    "theme_day": _("Theme Party day"),
    "study": _("Study session"),
    "seminar": _("Seminar"),
    "reading": _("Reading circle"),
    "film": _("Film evening"),
    "visit": _("Visit"),
    "committee_training": _("Training of the branch committee"),
    "service": _("Volunteer service"),
    "duty": _("Duty shift"),
    "other": _("Other"),
}
