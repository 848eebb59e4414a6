"""On what do faults happen? The whole portal as it runs for real, each part a process of its own that can be killed.

PostgreSQL with fsync, Redis, gunicorn, Celery workers and beat, started as docs/deploy.md and bin/portal start them,
with the demo's people. Tests look into the database past the portal (`rows`) and talk to it over http (visitors.py).
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import psycopg2
from celery import Celery

from branchportal.leash import tied_to_parent
from tests import services
from tests.faults.processes import children, descendants, kill, wait_for
from tests.faults.small_disks import mount
from tests.faults.visitors import Visitor

PROJECT = Path(__file__).resolve().parents[2]
DURABLE = {"max_connections": "100", "unix_socket_directories": "", "listen_addresses": "127.0.0.1", "timezone": "UTC"}
WEB_CHILDREN, THREADS = 2, 32  # as bin/portal
FILES, TEMP, DATABASE = "files", "temp", "postgres"  # parts of the folder that can be disks of their own
OPEN_DAY = 10  # of a month in which reviews are written
MONTHS_OFF = (2, 7, 8)
TICK, MONTH, MAIL = "branchportal.tasks.republish_jobs", "evaluations.tasks.tick", "branchportal.tasks.deliver_mail"


def days_back(today: date) -> int:
    """How many days before today an open month had its tenth day."""
    day = today
    while day.day != OPEN_DAY or day.month in MONTHS_OFF:
        day -= timedelta(days=1)
    return (today - day).days


def months_before(month: str, count: int) -> list[str]:
    """This month ("2026-11") and those before it, the newest first."""
    year, number = map(int, month.split("-"))
    places = [12 * year + number - 1 - back for back in range(count)]
    return [f"{place // 12}-{place % 12 + 1:02d}" for place in places]


class Stage:
    """One portal. `start` raises the curtain, `end` leaves no process."""

    def __init__(self, *, branches: int, members: int, months: int = 3, disks: dict[str, str] | None = None) -> None:
        self.size, self.disks = (branches, members, months), disks or {}
        self.folder = Path(tempfile.mkdtemp(prefix="portal-stage-"))
        (self.folder / TEMP).mkdir()
        self.database_port, self.broker_port, self.web_port = (services.free_port() for _ in range(3))
        self.database_url = f"postgres://portal@127.0.0.1:{self.database_port}/portal"
        self.broker_url = f"redis://127.0.0.1:{self.broker_port}/0"
        self.processes: dict[str, subprocess.Popen] = {}
        self.workers: list[int] = []
        self.people: dict[str, Any] = {}

    def start(self) -> None:
        """Everything but workers and beat, which each test starts as it needs them."""
        self.folder.chmod(0o711)
        for name, size in self.disks.items():
            mount(self.folder / name, size)
        services.make_postgres(self.folder)
        self.start_database()
        self.start_broker()
        self._create_database()
        branches, members, months = map(str, self.size)
        self.manage("migrate", "-v0")
        self.manage("seed_demo", "--branches", branches, "--members", members, "--months", months, "--demo-passwords")
        self.people = json.loads(self._run("-m", "tests.faults.stage_people"))
        self.start_web()

    def end(self) -> None:
        """Workers first, the database last."""
        self.end_workers()
        for process in reversed(self.processes.values()):
            process.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                process.wait(15)
            process.kill()
        for name in self.disks:
            subprocess.run(["umount", "--lazy", self.folder / name], check=False)
        shutil.rmtree(self.folder, ignore_errors=True)

    # --- Who uses it

    @property
    def month(self) -> str:
        return self.people["month"]

    def visitor(self, person: dict[str, Any]) -> Visitor:
        return Visitor(self.web_port, person["session"])

    def members(self) -> list[dict[str, Any]]:
        return self.people["members"]

    def officers(self) -> list[dict[str, Any]]:
        return self.people["officers"]

    # --- Its parts

    def start_database(self) -> None:
        self.processes["database"] = services.run_postgres(self.folder, self.database_port, DURABLE)

    def stop_database(self, how: int) -> None:
        """SIGINT: fast. SIGQUIT: immediate. SIGKILL: all its processes at once, as a power cut would."""
        server = self.processes["database"]
        if how == signal.SIGKILL:
            kill(server.pid, *descendants(server.pid))
        else:
            server.send_signal(how)
        server.wait(30)

    def start_broker(self) -> None:
        self.processes["broker"] = services.run_redis(self.folder, self.broker_port)

    def kill_broker(self) -> None:
        self.processes["broker"].kill()
        self.processes["broker"].wait()

    def start_web(self) -> None:
        self._start(
            "web", "gunicorn", "branchportal.wsgi", "--bind", f"127.0.0.1:{self.web_port}", "--workers",
            str(WEB_CHILDREN), "--threads", str(THREADS), "--preload", "--timeout", "60", "--log-level", "warning",
            "--no-control-socket",
        )  # fmt: skip
        wait_for(lambda: self.visitor(self.members()[0]).get("/health/").status == 200)

    def web_children(self) -> list[int]:
        return children(self.processes["web"].pid)

    def start_worker(self, name: str = "one", count: int = 1) -> int:
        """A worker with so many children; it takes jobs a moment later."""
        if "nursery" not in self.processes:
            self._start("nursery", "tests.faults.nursery", stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        nursery = self.processes["nursery"]
        nursery.stdin.write(f"{name} {count}\n".encode())
        nursery.stdin.flush()
        self.workers.append(int(nursery.stdout.readline()))
        wait_for(lambda: len(children(self.workers[-1])) >= count)
        return self.workers[-1]

    def end_workers(self) -> None:
        kill(*(pid for worker in self.workers for pid in [*descendants(worker), worker]))
        self.workers.clear()

    def start_beat(self, name: str = "beat") -> None:
        self._start(
            name, "celery", "-A", "branchportal", "beat", "--pidfile=", "--loglevel", "WARNING", "--schedule",
            str(self.folder / f"schedule-{name}"),
        )  # fmt: skip

    def end_process(self, name: str) -> None:
        process = self.processes.pop(name)
        process.kill()
        process.wait()

    def tick(self, task: str = TICK) -> None:
        """What beat does when it is time."""
        with Celery(broker=self.broker_url) as app:
            app.send_task(task)

    # --- What is stored

    def rows(self, statement: str, *values: Any) -> list[tuple]:
        """Ask the database itself."""
        with closing(psycopg2.connect(self.database_url)) as connection, connection.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchall()

    def change(self, statement: str, *values: Any) -> int:
        """Change the database itself; return how many rows."""
        with closing(psycopg2.connect(self.database_url)) as connection, connection, connection.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.rowcount

    @contextmanager
    def locked(self, table: str, mode: str = "ACCESS EXCLUSIVE") -> Iterator[None]:
        """Somebody else holds the table, so that whoever reads it waits; with EXCLUSIVE only whoever writes to it."""
        with closing(psycopg2.connect(self.database_url)) as connection, connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {table} IN {mode} MODE")
            yield

    def verify(self, *options: str) -> str:
        """`manage.py verify_ledger` must find nothing; return its last line."""
        return self.manage("verify_ledger", *options).strip().splitlines()[-1]

    def manage(self, *arguments: str) -> str:
        return self._run("manage.py", *arguments)

    # --- How processes start

    def environment(self) -> dict[str, str]:
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "COV_"))},
            "DJANGO_SETTINGS_MODULE": "tests.faults.stage_settings",
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.broker_url,
            "DRILL_FOLDER": str(self.folder),
            "TMPDIR": str(self.folder / TEMP),
            "STAGE_DAYS_BACK": str(days_back(date.today())),  # noqa: DTZ011 (whole days)
        }

    def _run(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, *arguments], cwd=PROJECT, env=self.environment(), check=False, capture_output=True,
            text=True, timeout=600,
        )  # fmt: skip
        assert done.returncode == 0, f"{arguments}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def _start(self, name: str, module: str, *arguments: str, **streams: Any) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-W", "ignore::RuntimeWarning:runpy", "-m", module, *arguments], cwd=PROJECT,
                env=self.environment(), start_new_session=True, preexec_fn=tied_to_parent(),
                **{"stdin": subprocess.DEVNULL, "stdout": log, "stderr": log, **streams},
            )  # fmt: skip

    def _create_database(self) -> None:
        with closing(psycopg2.connect(f"{self.database_url.rpartition('/')[0]}/postgres")) as connection:
            connection.autocommit = True
            connection.cursor().execute("CREATE DATABASE portal")
