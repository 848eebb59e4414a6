"""How long does the check of all data take in a university? It makes one on a PostgreSQL of its own and checks it.

.venv/bin/python -m tests.ledger.measure --branches 3300 --people 30 --months 13
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from branchportal.leash import tied_to_parent
from tests import services
from tests.benchmarks.bench import DURABLE, PROJECT


def main(arguments: list[str]) -> int:
    """Start the servers, let university.py make and check it, return its exit code."""
    with tempfile.TemporaryDirectory(prefix="portal-ledger-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        environment = os.environ | {
            "DATABASE_URL": services.start_postgres(folder, DURABLE).removesuffix("portal") + "postgres",
            "REDIS_URL": f"{services.start_redis(folder)}/0",
            "SECRET_KEY": "only-for-measuring-" * 4,
            "ALLOWED_HOSTS": "127.0.0.1",
            "DJANGO_SETTINGS_MODULE": "tests.faults.drill_settings",
            "DRILL_FOLDER": name,
        }
        command = [sys.executable, "-m", "tests.ledger.university", *arguments]
        return subprocess.run(
            command, cwd=PROJECT, env=environment, check=False, preexec_fn=tied_to_parent()
        ).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
