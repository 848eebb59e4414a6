"""Does bin/portal start everything, keep its data, leave nothing behind, and say in one sentence what is wrong?"""

from __future__ import annotations

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
import uuid
from pathlib import Path

import pytest

from branchportal.leash import tied_to_parent

PROJECT = Path(__file__).resolve().parent.parent.parent
SUITE_ONLY = {
    "DATABASE_URL",
    "REDIS_URL",
    "SECRET_KEY",
    "ALLOWED_HOSTS",
    "EMAIL_URL",
    "DEBUG",
    "DJANGO_SETTINGS_MODULE",
}
MOUNTS = os.geteuid() == 0 and subprocess.run(["unshare", "--mount", "true"], check=False).returncode == 0


class Run:
    """One start of the supervisor; its processes are recognised by a mark in their environment."""

    def __init__(self, data: Path, *options: str, wrapper: tuple[str, ...] = ()):
        self.mark = uuid.uuid4().hex
        self.data = str(data)
        environment = {
            name: value
            for name, value in os.environ.items()
            if name not in SUITE_ONLY and not name.startswith(("PYTEST_", "PORTAL_TEST_", "DJANGO_"))
        }
        self.process = subprocess.Popen(
            [*wrapper, sys.executable, "-m", "branchportal.supervisor", "--port", "0", "--data", str(data), *options],
            cwd=PROJECT,
            env={**environment, "MARK": self.mark},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            preexec_fn=tied_to_parent(),  # a failed test leaves it running until the suite ends
        )

    def address(self) -> str:
        """Wait until the portal says where it runs."""
        said = ""
        for line in self.process.stdout:
            said += line
            found = re.search(r"http://\S+", line)
            if found:
                return found[0]
        raise AssertionError(said)

    def end(self, with_signal: int) -> str:
        """Send the signal and return what was said until the end."""
        self.process.send_signal(with_signal)
        said, _ = self.process.communicate(timeout=60)
        return said

    def refusal(self) -> str:
        """Return what a start that can't succeed says; it exits with 1."""
        said, _ = self.process.communicate(timeout=60)
        assert self.process.returncode == 1
        return said

    def left(self) -> list[str]:
        """Return the command lines of all processes of this run that still live."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                marked = f"MARK={self.mark}".encode() in (folder / "environ").read_bytes()
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                if marked or self.data in command:  # the broker writes its title over its environment
                    found.append(command)
            except OSError:  # it ended meanwhile
                continue
        return [command for command in found if command]


def wait_for(condition) -> None:
    """Wait up to ten seconds."""
    deadline = time.monotonic() + 10
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)


@pytest.mark.stage
@pytest.mark.long
def test_whatever_ends_it_leaves_no_process_and_the_next_start_has_its_data(tmp_path):
    data = tmp_path / "数据 one"
    first = Run(data, "--empty")
    assert urllib.request.urlopen(first.address() + "health/").status == 200
    wait_for(lambda: len(first.left()) == 9)
    assert len(first.left()) == 9  # supervisor, broker, worker and two children, beat, web and two children
    assert Run(data).refusal() == (
        f"Another portal already runs on {data} (process {first.process.pid}): stop it or choose another --data.\n"
    )
    with sqlite3.connect(data / "portal.sqlite3") as database:
        database.execute("INSERT INTO django_session VALUES ('kept', 'x', '2030-01-01')")
    key = (data / "secret_key").read_text()

    assert first.end(signal.SIGINT) == "Stopping …\nStopped; the data stays.\n"
    assert first.process.returncode == 0
    assert first.left() == []

    second = Run(data)  # not the first start any more: no demo data although --empty is left out
    second.address()
    broker = next(pid for pid in Path("/proc").glob("[0-9]*") if is_broker(pid, data))
    os.kill(int(broker.name), signal.SIGKILL)
    assert second.process.stdout.readline() == "The broker ended and is started again.\n"
    second.end(signal.SIGKILL)
    wait_for(lambda: second.left() == [])
    assert second.left() == []

    third = Run(data)
    assert urllib.request.urlopen(third.address() + "health/").status == 200
    assert third.end(signal.SIGTERM) == "Stopping …\nStopped; the data stays.\n"
    assert third.left() == []
    with sqlite3.connect(data / "portal.sqlite3") as database:
        assert database.execute("SELECT session_key FROM django_session").fetchall() == [("kept",)]
        assert database.execute("SELECT count(*) FROM members_member").fetchone() == (0,)
    assert (data / "secret_key").read_text() == key


def is_broker(folder: Path, data: Path) -> bool:
    """Tell whether the process is the broker of this data folder."""
    try:
        command = (folder / "cmdline").read_bytes()
    except OSError:
        return False
    return b"valkey-server" in command and str(data).encode() in command


@pytest.mark.long
def test_the_first_start_loads_the_demo_and_says_so(tmp_path):
    run = Run(tmp_path)
    assert run.process.stdout.readline() == ("First start: loading demo data (bin/portal --empty leaves it out) …\n")
    run.address()
    log_ins = [run.process.stdout.readline() for _ in range(11)]
    said = run.end(signal.SIGINT)

    assert said == "Stopping …\nStopped; the data stays.\n"
    assert [line.split()[-1] for line in log_ins[1:]] == ["branch-demo-2026"] * 10
    with sqlite3.connect(tmp_path / "portal.sqlite3") as database:
        assert database.execute("SELECT count(*) FROM members_member").fetchone() == (85,)


@pytest.mark.stage
@pytest.mark.long
def test_a_database_that_was_filled_by_hand_gets_no_demo(tmp_path):
    for command in (["migrate"], ["create_branch", "P01", "示例学院党委", "--kind", "committee"]):
        environment = {**os.environ, "DATABASE_URL": f"sqlite:///{tmp_path / 'portal.sqlite3'}"}
        environment["DJANGO_SETTINGS_MODULE"] = "branchportal.settings"
        subprocess.run([sys.executable, "manage.py", *command], cwd=PROJECT, env=environment, check=True)
    run = Run(tmp_path)
    run.address()
    assert run.end(signal.SIGINT) == "Stopping …\nStopped; the data stays.\n"
    with sqlite3.connect(tmp_path / "portal.sqlite3") as database:
        assert database.execute("SELECT code FROM members_branch").fetchall() == [("P01",)]


def test_a_taken_port_is_one_sentence(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        said = Run(tmp_path, "--port", str(port)).refusal()
    assert said == f"Port {port} of 127.0.0.1 is taken by another program: choose another with --port.\n"


@pytest.mark.parametrize("port", ["-1", "65536", "99999999999"])
def test_a_port_that_does_not_exist_is_one_sentence(tmp_path, port):
    said = Run(tmp_path, f"--port={port}").refusal()
    assert said == f"Port {port} does not exist: choose one from 0 to 65535 with --port (0: any free one).\n"


def test_an_unknown_host_is_one_sentence(tmp_path):
    said = Run(tmp_path, "--host", "198.51.100.7").refusal()
    assert said.startswith("The portal can't listen at 198.51.100.7, port 0 (")
    assert said.count("\n") == 1


def test_a_data_folder_that_cannot_be_written_is_one_sentence(tmp_path):
    (tmp_path / "file").touch()
    data = tmp_path / "file" / "data"
    said = Run(data).refusal()
    assert said == f"The data folder {data} can't be written (Not a directory): choose another with --data.\n"


@pytest.mark.skipif(not MOUNTS, reason="only an administrator may mount")
def test_a_read_only_disk_is_one_sentence(tmp_path):
    said = Run(tmp_path, wrapper=mounted(tmp_path, "ro")).refusal()
    assert said == f"The data folder {tmp_path} can't be written (Read-only file system): choose another with --data.\n"


@pytest.mark.skipif(not MOUNTS, reason="only an administrator may mount")
def test_a_full_disk_is_one_sentence(tmp_path):
    said = Run(tmp_path, wrapper=mounted(tmp_path, "size=8m")).refusal()
    expected = (
        f"The disk of {tmp_path} is full (8 MB free, 50 MB needed): make room or choose another place with --data.\n"
    )
    assert said == expected


def mounted(folder: Path, option: str) -> tuple[str, ...]:
    """Return the words before a command that make it see a small file system of its own at the folder."""
    return ("unshare", "--mount", "sh", "-c", f'mount -t tmpfs -o {option} none "{folder}" && exec "$@"', "sh")


def test_an_old_python_is_one_sentence():
    program = "import sys; sys.version_info = (3, 9, 2); sys.path.insert(0, 'bin'); import python_environment"
    answer = subprocess.run(
        [sys.executable, "-c", program],
        cwd=PROJECT,
        env={"PATH": "/nowhere"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.stderr == (
        "Python 3.9 is too old: the portal needs Python 3.11 or newer (on Debian 12: apt-get install python3).\n"
    )
    assert answer.returncode == 1
