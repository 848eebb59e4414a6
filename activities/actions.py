"""What is each line of the audit trail about activities called?"""

from django.utils.translation import gettext_lazy as _

ACTIONS = {
    "activity.recorded": _("Activity recorded"),
    "activity.edited": _("Activity changed"),
    "activity.attendance": _("Attendance recorded"),
    "minutes.saved": _("Minutes saved"),
    "minutes.confirmed": _("Minutes confirmed"),
    "minutes.added_to": _("Addendum to minutes"),
    "activity.downloaded": _("List of activities downloaded"),
    "award.proposed": _("Award proposed"),
    "award.edited": _("Award changed"),
    "award.withdrawn": _("Award withdrawn"),
    "award.confirmed": _("Award confirmed"),
    "award.rejected": _("Award not confirmed"),
    "evidence.downloaded": _("Evidence of an award downloaded"),
    "hours.downloaded": _("Hours downloaded"),
}
