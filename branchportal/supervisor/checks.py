"""Can a portal run here: on this data folder, at this address? If not, one sentence says why and ends the process."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import socket
import sys
from pathlib import Path

SPACE_NEEDED = 50 * 1024 * 1024
LAST_PORT = 65535
LOG_LIMIT = 5 * 1024 * 1024
ANY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104 (compared with what the operator asked for)


def open_data_folder(data: Path) -> None:
    """Make the data folder; refuse one that can't be written or whose disk is full."""
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)  # what is inside is nobody else's on this machine
        (data / "logs").mkdir(exist_ok=True)
        probe = data / "logs" / ".probe"
        probe.write_bytes(b"x" * 4096)
        probe.unlink()
    except OSError as error:
        sys.exit(f"The data folder {data} can't be written ({error.strerror}): choose another with --data.")
    free = shutil.disk_usage(data).free
    if free < SPACE_NEEDED:
        sys.exit(
            f"The disk of {data} is full ({free // 2**20} MB free, {SPACE_NEEDED // 2**20} MB needed): "
            "make room or choose another place with --data."
        )
    for log in (data / "logs").glob("*.log"):
        if log.stat().st_size > LOG_LIMIT:
            log.replace(log.with_suffix(".old"))


def hold_data_folder(data: Path) -> int:
    """Return a lock that lasts as long as this process; refuse a folder that another portal holds."""
    lock = os.open(data / "portal.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.pread(lock, 20, 0).decode().strip()
        sys.exit(f"Another portal already runs on {data} (process {holder}): stop it or choose another --data.")
    os.ftruncate(lock, 0)
    os.pwrite(lock, str(os.getpid()).encode(), 0)
    return lock


def listen(host: str, port: int) -> socket.socket:
    """Return the listening socket that the web server inherits; refuse a taken or impossible address."""
    if not 0 <= port <= LAST_PORT:
        sys.exit(f"Port {port} does not exist: choose one from 0 to {LAST_PORT} with --port (0: any free one).")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(512)
    except OSError as error:
        sys.exit(_why_not(host, port, error))
    return listener


def _why_not(host: str, port: int, error: OSError) -> str:
    number = error.errno
    if number == errno.EADDRINUSE:
        return f"Port {port} of {host} is taken by another program: choose another with --port."
    if number == errno.EACCES:
        return f"Port {port} is reserved for the administrator: choose one above 1023 with --port."
    return f"The portal can't listen at {host}, port {port} ({error}): choose others with --host and --port."


def private_folder(folder: Path) -> None:
    """Make a folder below the temp folder that is ours alone; refuse one that is somebody else's."""
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.getuid():
        sys.exit(f"{folder} belongs to somebody else: remove it or choose a shorter --data path.")


def own_names(host: str) -> list[str]:
    """Return the names under which others reach this machine when it listens at the host."""
    if host not in ANY_ADDRESS:
        return [f"[{host}]" if ":" in host else host]
    names = {socket.gethostname().lower(), socket.getfqdn().lower()}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing; tells the address used towards others
            names.add(probe.getsockname()[0])
        except OSError:
            return sorted(names)
    return sorted(names)
