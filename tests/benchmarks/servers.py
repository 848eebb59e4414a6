"""Which processes stand on both sides? PostgreSQL and Redis (see bench.py), gunicorn twice with the same settings."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.core.management import call_command
from django.db import connection

from branchportal.celery import app
from branchportal.leash import tied_to_parent
from tests import services

PROJECT = Path(__file__).resolve().parents[2]
GUNICORN = ("--workers", "2", "--threads", "4", "--preload", "--timeout", "60", "--log-level", "warning",
            "--no-control-socket")  # fmt: skip
PORTAL, PLAIN = "branchportal.wsgi", "tests.benchmarks.plain.wsgi"
START_SECONDS = 30


def use_database(name: str) -> bool:
    """Go on in this database, made with the portal's tables if need be; return whether it was made.

    Processes that are started from now on find it too.
    """
    is_new = create_database(name)
    connection.close()
    connection.settings_dict["NAME"] = name
    os.environ["DATABASE_URL"] = f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/{name}"
    if is_new:
        call_command("migrate", verbosity=0)
    return is_new


def create_database(name: str) -> bool:
    """Make an empty database unless it is there."""
    connection.close()
    connection.settings_dict["NAME"] = "postgres"
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        is_new = cursor.fetchone() is None
        if is_new:
            cursor.execute(f'CREATE DATABASE "{name}"')
    connection.close()
    return is_new


@contextmanager
def web(application: str) -> Iterator[str]:
    """A web server with this application; gives its address."""
    port = services.free_port()
    address = f"http://127.0.0.1:{port}"
    with running("-m", "gunicorn", application, "--bind", f"127.0.0.1:{port}", *GUNICORN):
        _wait(address)
        yield address


@contextmanager
def worker(processes: int) -> Iterator[None]:
    """A Celery worker with so many processes, that has taken up its work."""
    options = ("--concurrency", str(processes), "--loglevel", "WARNING", "--without-gossip", "--without-mingle")
    with running(
        "-m", "celery", "--quiet", "-A", "branchportal", "worker", "--hostname", f"bench{processes}@portal", *options
    ):
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if app.control.ping(timeout=0.5):
                yield
                return
        sys.exit("The worker did not start.")


@contextmanager
def running(*arguments: str) -> Iterator[subprocess.Popen]:
    """A Python program that ends with the block, and with this process."""
    process = subprocess.Popen([sys.executable, "-W", "ignore", *arguments], cwd=PROJECT, preexec_fn=tied_to_parent())
    try:
        yield process
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(15)
        if process.poll() is None:
            process.kill()
            process.wait()


def _wait(address: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            request = urllib.request.Request(f"{address}/login/", headers={"X-Forwarded-Proto": "https"})
            with urllib.request.urlopen(request, timeout=10):
                return
        except urllib.error.HTTPError as error:
            sys.exit(f"{address} answers {error.code}.")
        except OSError:
            time.sleep(0.05)
    sys.exit(f"{address} did not start.")
