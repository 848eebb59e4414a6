"""How is a killed Celery worker there again in a tenth of a second, several hundred times?

    python -m tests.faults.nursery

imports everything once. Each line on its input ("NAME CHILDREN") forks a worker, which is started as the command
`celery -A branchportal worker` starts it, and answers with its process. All end with this process.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress

import django

from branchportal.leash import tied_to_parent

django.setup()

from branchportal.celery import app  # noqa: E402

app.loader.import_default_modules()
app.finalize()


def main() -> None:
    """Until the input ends."""
    for line in sys.stdin:
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                continue
        name, count = line.split()
        tie = tied_to_parent()
        pid = os.fork()
        if pid == 0:
            tie()
            os.setsid()
            work(name, count)
        print(pid, flush=True)


def work(name: str, count: str) -> None:
    """Be a worker to the end."""
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    arguments = ["worker", "--hostname", f"{name}@stage", "--concurrency", count, "--loglevel", "WARNING"]
    try:
        app.worker_main([*arguments, "--without-gossip", "--without-mingle"])
    finally:
        os._exit(0)


if __name__ == "__main__":
    main()
