"""Is every package that the portal uses listed with its licence, and may each be used?"""

import subprocess
import sys

from django.conf import settings


def test_the_list_is_current_and_every_licence_permitted():
    command = [sys.executable, settings.BASE_DIR / "bin/licences", "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_everything_that_is_installed_for_auditing_is_held_to_a_hash():
    lock = (settings.BASE_DIR / "bin/audit-requirements.txt").read_text()
    assert "pip-audit==" in lock
    assert lock.count("==") <= lock.count("--hash=sha256:")
