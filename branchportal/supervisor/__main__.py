"""What does bin/portal do once the packages are there? It checks, runs the portal, and ends everything."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from pathlib import Path
from urllib.parse import quote

from branchportal.environment import socket_path
from branchportal.supervisor.checks import hold_data_folder, listen, open_data_folder, own_names
from branchportal.supervisor.portal import LOOPBACK, PROJECT, STOP_SIGNALS, Portal, Stop, say

KEPT_HERE = {"DATABASE_URL", "REDIS_URL"}


def main(arguments: list[str]) -> None:
    """Run the portal until a signal or a failure; everything it started has ended when this returns."""
    options = parsed(arguments)
    signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)  # taken where it is safe: in Portal._pause
    data = options.data.absolute()
    open_data_folder(data)
    lock = hold_data_folder(data)
    listener = listen(options.host, options.port)
    portal = Portal(data, options.host, options.empty, listener, children_environment(data, options.host))
    try:
        portal.run()
    except Stop:
        say("Stopping …")
    finally:
        portal.stop()
        os.close(lock)
    say("Stopped; the data stays.")


def parsed(arguments: list[str]) -> argparse.Namespace:
    """Return the options of bin/portal."""
    parser = argparse.ArgumentParser(prog="bin/portal", description="Run the whole portal on this machine.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen at (%(default)s)")
    parser.add_argument("--port", type=int, default=8000, help="port to listen at (%(default)s)")
    parser.add_argument("--data", type=Path, default=PROJECT / "var", help="data folder (%(default)s)")
    parser.add_argument("--empty", action="store_true", help="leave the demo data out on the first start")
    return parser.parse_args(arguments)


def children_environment(data: Path, host: str) -> dict[str, str]:
    """Return the services' environment: this data folder, and the names the portal may be called by."""
    for name in sorted(KEPT_HERE & os.environ.keys()):
        say(f"{name} is set but not used: bin/portal keeps everything in {data}; servers: docs/deploy.md.")
    given = {name: value for name, value in os.environ.items() if name not in KEPT_HERE}
    given["DATABASE_URL"] = f"sqlite:///{quote(str(data / 'portal.sqlite3'))}"
    given["REDIS_URL"] = f"unix://{quote(str(socket_path(data)))}"
    given["PYTHONUNBUFFERED"] = "1"
    if host not in LOOPBACK and not given.get("ALLOWED_HOSTS"):
        given["ALLOWED_HOSTS"] = ",".join(["localhost", "127.0.0.1", "[::1]", *own_names(host)])
    return given


if __name__ == "__main__":
    main(sys.argv[1:])
