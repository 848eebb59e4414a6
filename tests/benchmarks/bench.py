"""On which servers is measured? A durable PostgreSQL and a Redis of our own; parts.py measures in a process of its own.

PostgreSQL keeps its promises here (fsync, synchronous commit and full page writes on), unlike in the suite.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from branchportal.leash import tied_to_parent
from tests import services

PROJECT = Path(__file__).resolve().parents[2]
DURABLE = {
    "max_connections": "100",
    "shared_buffers": "1GB",
    "max_wal_size": "4GB",
    "unix_socket_directories": "",
    "listen_addresses": "127.0.0.1",
    "timezone": "UTC",
}


def main(wanted: list[str]) -> int:
    """Start both servers, let the parts measure, return their exit code."""
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        database = services.start_postgres(folder, DURABLE)
        environment = os.environ | {
            "DATABASE_URL": database,
            "PLAIN_DATABASE_URL": database.removesuffix("portal") + "plain",
            "REDIS_URL": f"{services.start_redis(folder)}/0",
            "SECRET_KEY": "only-for-measuring-" * 4,
            "ALLOWED_HOSTS": "127.0.0.1",
            "EMAIL_URL": "dummymail://",
            "DEBUG": "0",
            "PYTHONPATH": str(PROJECT),
        }
        command = [sys.executable, "-m", "tests.benchmarks.parts", *wanted]
        return subprocess.run(
            command, cwd=PROJECT, env=environment, check=False, preexec_fn=tied_to_parent()
        ).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
