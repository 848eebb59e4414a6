"""How does a test get the whole portal: pages over http and a real Celery worker on the same database?"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass

import pytest
from django.db import connection

from branchportal.celery import app
from branchportal.leash import tied_to_parent
from branchportal.models import JobRun

OPEN = [JobRun.State.QUEUED, JobRun.State.RUNNING]


@dataclass
class Worker:
    """A Celery worker process; `kill` and `start` are for tests of faults."""

    environment: dict[str, str]
    process: subprocess.Popen | None = None

    def start(self) -> None:
        """Start it and wait until it takes jobs."""
        command = [
            *(sys.executable, "-W", "ignore::RuntimeWarning:runpy", "-m", "branchportal.leash"),
            *("celery", "-A", "branchportal", "worker", "--concurrency", "2", "--loglevel", "WARNING"),
            *("--without-gossip", "--without-mingle"),
        ]
        self.process = subprocess.Popen(
            command, env=self.environment, start_new_session=True, preexec_fn=tied_to_parent()
        )
        deadline = time.monotonic() + 60
        while not app.control.ping(timeout=0.3):
            assert self.process.poll() is None, "the Celery worker ended at once"
            assert time.monotonic() < deadline, "the Celery worker did not start"

    def pause(self) -> None:
        """Let it take nothing, as if there were no worker."""
        os.killpg(self.process.pid, signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        os.killpg(self.process.pid, signal.SIGCONT)

    def kill(self) -> None:
        """Kill the worker and its children as a power cut would."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@dataclass
class Portal:
    """The running portal of one test."""

    url: str
    worker: Worker

    def wait_until_idle(self, seconds: float = 30) -> None:
        """Wait until no job is queued or running."""
        wait_until_idle(seconds)


def wait_until_idle(seconds: float = 30) -> None:
    """Wait until no job is queued or running."""
    deadline = time.monotonic() + seconds
    while JobRun.objects.filter(state__in=OPEN).exists():
        assert time.monotonic() < deadline, list(JobRun.objects.filter(state__in=OPEN).values())
        time.sleep(0.05)


@pytest.fixture(scope="session")
def worker_process(django_db_setup, django_db_blocker):
    """One worker for all live tests of this xdist worker; it stands still during the others."""
    worker = Worker({**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", **same_database()})
    worker.start()
    yield worker
    if worker.process.poll() is None:
        worker.kill()


@pytest.fixture
def live_worker(transactional_db, worker_process):
    """A real Celery worker on this test's committed rows; nothing is left running for the next test."""
    app.control.purge()
    if worker_process.process.poll() is None:
        worker_process.resume()
    else:
        worker_process.start()
    yield worker_process
    app.control.purge()
    wait_until_idle_or_stop(worker_process)
    if worker_process.process.poll() is None:
        worker_process.pause()


def wait_until_idle_or_stop(worker: Worker) -> None:
    """Let running jobs end; a worker that is still busy is killed and started anew by the next test."""
    deadline = time.monotonic() + 10
    while JobRun.objects.filter(state=JobRun.State.RUNNING).exists():
        if time.monotonic() > deadline:
            worker.kill()
            return
        time.sleep(0.05)


@pytest.fixture
def live_portal(live_server, live_worker) -> Portal:
    """The portal over http with a real worker, on this test's committed rows."""
    return Portal(live_server.url, live_worker)


def same_database() -> dict[str, str]:
    """Return the environment that leads another process to this process's test database."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return {"PORTAL_TEST_DATABASE_URL": f"sqlite:///{name}"}
    return {"PORTAL_TEST_DATABASE_URL": f"{os.environ['PORTAL_TEST_DATABASE_URL'].rpartition('/')[0]}/{name}"}
