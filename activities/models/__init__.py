"""Which tables hold activities, who signs up and was there, what was decided, and who has which awards and duties?"""

from activities.models.activities import Activity
from activities.models.attendance import Attendance, AttendanceCorrection, HoursCorrection
from activities.models.awards import Award, AwardLevel, Evidence
from activities.models.calendar_addresses import CalendarAddress
from activities.models.duties import Duty, DutyClosing, DutyEntry
from activities.models.kinds import ActivityKind
from activities.models.minutes import Minutes, MinutesAddendum
from activities.models.sign_ups import SignUp

__all__ = [
    "Activity",
    "ActivityKind",
    "Attendance",
    "AttendanceCorrection",
    "Award",
    "AwardLevel",
    "CalendarAddress",
    "Duty",
    "DutyClosing",
    "DutyEntry",
    "Evidence",
    "HoursCorrection",
    "Minutes",
    "MinutesAddendum",
    "SignUp",
]
