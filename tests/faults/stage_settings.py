"""Which settings has the portal on the stage? The real ones, in a folder and at a day of its own.

A fault needs an open month, whatever day it is: all processes live the same number of whole days before today.
"""

import os
from datetime import UTC, datetime, timedelta

import time_machine

from tests.faults.drill_settings import *  # noqa: F403
from tests.faults.drill_settings import STORAGES

STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}

if days := int(os.environ["STAGE_DAYS_BACK"]):
    time_machine.travel(datetime.now(UTC) - timedelta(days=days), tick=True).start()
