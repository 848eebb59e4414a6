"""What is each line of the audit trail about activities called?"""

from django.utils.translation import gettext_lazy as _

ACTIONS = {
    "activity.recorded": _("Activity recorded"),
    "activity.edited": _("Activity changed"),
    "activity.attendance": _("Attendance recorded"),
}
