"""Which tables hold activities and who was there?"""

from activities.models.activities import Activity
from activities.models.attendance import Attendance

__all__ = ["Activity", "Attendance"]
