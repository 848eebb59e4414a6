"""How long do all queued jobs take one after the other, and how much memory? Prints both as JSON; for compiling.py."""
# ruff: noqa: E402 (models can be imported only once Django is set up)

import json
import resource
import sys
import time

import django

django.setup()

from branchportal import jobs
from branchportal.celery import app
from branchportal.models import JobRun


def main() -> None:
    app.loader.import_default_modules()  # as a worker does
    waiting = JobRun.objects.filter(state=JobRun.State.QUEUED).order_by("created_at")
    every = list(waiting.values_list("pk", flat=True))
    jobs.run(str(every[0]))  # what is loaded once; some are taken along
    left = waiting.count()
    began = time.perf_counter()
    for job in every[1:]:
        jobs.run(str(job))
    seconds = (time.perf_counter() - began) * len(every) / left
    if JobRun.objects.exclude(state=JobRun.State.DONE).exists():
        sys.exit("Not every job was done.")
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps({"seconds": seconds, "megabytes": megabytes}))


if __name__ == "__main__":
    main()
