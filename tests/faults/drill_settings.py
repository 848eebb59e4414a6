"""Which settings has the portal of a drill? The real ones, with a data folder of its own on every engine."""

import os
from pathlib import Path

from branchportal.settings import *  # noqa: F403

DATA_DIR = Path(os.environ["DRILL_FOLDER"])
MEDIA_ROOT = DATA_DIR / "files"
AUDIT_HEAD = DATA_DIR / "audit_head.json"
