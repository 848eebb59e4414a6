"""What is each line of the audit trail about activities called?"""

from django.utils.translation import gettext_lazy as _

ACTIONS = {
    "activity.recorded": _("Activity recorded"),
    "activity.edited": _("Activity changed"),
    "activity.cancelled": _("Activity cancelled"),
    "activity.signed_up": _("Signed up for an activity"),
    "activity.withdrawn": _("Stepped back from an activity"),
    "activity.taken_off": _("Taken off the list of an activity"),
    "activity.put_first": _("Put first on a waiting list"),
    "activity.place_freed": _("Place freed of somebody who has left"),
    "activity_kind.added": _("Kind of activity added"),
    "activity_kind.edited": _("Kind of activity changed"),
    "activity_kind.retired": _("Kind of activity retired"),
    "activity_kind.brought_back": _("Kind of activity offered again"),
    "calendar.address_made": _("Calendar address made"),
    "calendar.address_ended": _("Calendar address switched off"),
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
    "hours.viewed": _("Hours and awards opened"),
    "hours.downloaded": _("Hours downloaded"),
}
SUBJECTS = {
    _("Activities"): ("activity.", "activity_kind.", "minutes.", "calendar."),
    _("Hours and awards"): ("award.", "evidence.", "hours."),
    _("Three ones"): ("duty.", "duty_entry.", "duty_evidence."),
}
