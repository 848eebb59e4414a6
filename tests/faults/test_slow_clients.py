"""Do people who send one byte a second, or vanish, leave the portal to the others?

`SLOW_CLIENTS=24 SLOW_SECONDS=60 bin/test faults/test_slow_clients.py -n0 -s` is the long run, straight to the web
processes. In front of a real installation stands nginx, which takes a request in whole before it passes it on: where
nginx is installed, ten times as many are slow behind the lines of docs/deploy.md.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import struct
import subprocess
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Event

import pytest

from branchportal.leash import tied_to_parent
from tests import services
from tests.faults.processes import wait_for
from tests.faults.stage import PROJECT, Stage
from tests.faults.visitors import Visitor
from tests.rounds import rounds

SLOW = rounds("SLOW_CLIENTS", 16)
SECONDS = rounds("SLOW_SECONDS", 3)
READERS = 4


def head(visitor: Visitor, method: str, path: str, length: int) -> bytes:
    fields = {**visitor.headers(), "Content-Length": length, "Content-Type": "application/x-www-form-urlencoded"}
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items()), "", ""]
    return "\r\n".join(lines).encode()


def trickle(port: int, first: bytes, stopped: Event) -> None:
    """Send the first bytes at once and then one each second, for ever."""
    with socket.create_connection(("127.0.0.1", port)) as line, suppress(OSError):
        line.sendall(first)
        while not stopped.wait(1):
            line.sendall(b"a")


def vanish(port: int, first: bytes, stopped: Event) -> None:
    """Send a request and be gone before its answer, every second."""
    while not stopped.wait(1):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port)) as line:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            line.sendall(first)


def served(stage: Stage, port: int, slow: int) -> tuple[Counter, float]:
    """What the others are answered meanwhile, and the longest wait."""
    met, longest, stopped = Counter(), 0.0, Event()
    person = stage.visitor(stage.members()[0])
    half, whole = head(person, "POST", f"/review/{stage.month}/", 100_000), head(person, "GET", "/", 0)
    readers = [Visitor(port, one["session"]) for one in stage.members()[1 : READERS + 1]]
    with ThreadPoolExecutor(slow + 2) as pool:
        for place in range(slow):
            pool.submit(trickle, port, half[: len(half) // 2] if place % 2 else half, stopped)
        for _place in range(2):
            pool.submit(vanish, port, whole, stopped)
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            for reader in readers:
                began = time.monotonic()
                met[reader.get("/").status] += 1
                longest = max(longest, time.monotonic() - began)
        stopped.set()
    return met, longest


def test_the_others_are_served(stage):
    met, longest = served(stage, stage.web_port, SLOW)
    print(f"\n{SLOW} slow and 2 vanishing clients for {SECONDS} s: {dict(met)}, longest {longest:.2f} s")
    assert set(met) == {200}


@pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not installed")
def test_the_others_are_served_behind_nginx(stage, tmp_path):
    port = services.free_port()
    with nginx(tmp_path, port, stage.web_port):
        met, longest = served(stage, port, 10 * SLOW)
    print(f"\nnginx: {10 * SLOW} slow and 2 vanishing clients for {SECONDS} s: {dict(met)}, longest {longest:.2f} s")
    assert set(met) == {200}


class nginx:  # noqa: N801 (used like a function)
    """nginx with what docs/deploy.md says, without certificate and campus network, on a free port."""

    def __init__(self, folder: Path, port: int, web_port: int) -> None:
        self.folder, self.port = folder, port
        guide = (PROJECT / "docs/deploy.md").read_text("utf-8")
        limits, passing = (re.search(pattern, guide, re.DOTALL)[1] for pattern in (LIMITS, PASSING))
        passing = passing.replace("127.0.0.1:8000", f"127.0.0.1:{web_port}").replace("$scheme", "https")
        user = "user root;" if os.geteuid() == 0 else ""  # the folder is not open to others
        (folder / "nginx.conf").write_text(
            f"daemon off; {user} pid {folder}/pid; error_log {folder}/errors; worker_processes 1;"
            "events { worker_connections 2000; }"
            f"http {{ access_log off; {' '.join(f'{kind}_temp_path {folder}/{kind};' for kind in TEMPORARY)}"
            f"limit_conn_zone $binary_remote_addr zone=address:10m;"
            f"server {{ listen 127.0.0.1:{port}; {limits} location / {{ {passing} }} }} }}",
            "utf-8",
        )

    def __enter__(self) -> None:
        command = ["nginx", "-e", str(self.folder / "errors"), "-p", str(self.folder), "-c", "nginx.conf"]
        self.process = subprocess.Popen(command, preexec_fn=tied_to_parent())
        wait_for(lambda: socket.socket().connect_ex(("127.0.0.1", self.port)) == 0)

    def __exit__(self, *_error: object) -> None:
        self.process.terminate()
        self.process.wait()


LIMITS = r"\n(    client_max_body_size.*?limit_conn address \d+;)"
PASSING = r"```nginx\n(proxy_pass.*?)```"
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
