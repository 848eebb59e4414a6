"""Which tables hold activities, who was there, what was decided, and which awards somebody has?"""

from activities.models.activities import Activity
from activities.models.attendance import Attendance, AttendanceCorrection
from activities.models.awards import Award, AwardLevel, Evidence
from activities.models.minutes import Minutes, MinutesAddendum

__all__ = [
    "Activity",
    "Attendance",
    "AttendanceCorrection",
    "Award",
    "AwardLevel",
    "Evidence",
    "Minutes",
    "MinutesAddendum",
]
