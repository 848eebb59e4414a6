"""How do the locked Python packages get on a machine that has Python 3.11 and nothing else?

`ready(lock)` makes `.venv` beside this folder and fills it, only when the lock has changed. Debian's plain Python has
neither pip nor ensurepip, so pip itself lies here as a wheel (MIT licence inside). What can't be done is said in one
sentence. This file and its callers keep to syntax that old Pythons can read, to be able to refuse them.
"""

import os
import shutil
import sys

OLDEST = (3, 11)
NEWER_PYTHONS = ("python3.11", "python3.12", "python3.13")


def use_recent_python():
    """Start this very command again with a Python that is new enough, or end with one sentence."""
    if sys.version_info[:2] >= OLDEST:
        return
    for name in NEWER_PYTHONS:
        program = shutil.which(name)
        if program:
            os.execv(program, [program] + sys.argv)
    sys.exit(
        "Python %d.%d is too old: the portal needs Python 3.11 or newer (on Debian 12: apt-get install python3)."
        % sys.version_info[:2]
    )


use_recent_python()

import fcntl
import hashlib
import subprocess
from pathlib import Path

BIN = Path(__file__).resolve().parent
PROJECT = BIN.parent
VENV = PROJECT / ".venv"
PYTHON = VENV / "bin" / "python"


def ready(lock):
    """Return the environment's Python after making sure that the packages of the lock file are in it."""
    try:
        if not _complete(lock):
            _install(lock)
    except OSError as error:
        sys.exit("The Python environment %s can't be written: %s." % (VENV, error.strerror))
    return str(PYTHON)


def _complete(lock):
    stamp = _stamp(lock)
    return _works() and stamp.exists() and stamp.read_text() == _digest(lock)


def _stamp(lock):
    return VENV / (".installed-" + lock.replace("/", "-"))


def _digest(lock):
    return hashlib.sha256((PROJECT / lock).read_bytes()).hexdigest()


def _works():
    """Tell whether the environment's Python runs; it does not after a move or an upgrade of the system's."""
    if not PYTHON.exists():
        return False
    answer = subprocess.run([PYTHON, "-c", "import sys; print(sys.prefix)"], stdout=subprocess.PIPE, check=False)
    return answer.stdout.decode().strip() == str(VENV)


def _install(lock):
    VENV.mkdir(exist_ok=True)
    with (VENV / ".lock").open("w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)  # two commands started at once
        if _complete(lock):
            return
        if not _works():
            _make()
        print("Installing the Python packages of %s …" % lock, flush=True)
        _pip(lock)
        _stamp(lock).write_text(_digest(lock))


def _make():
    command = [sys.executable, "-m", "venv", "--without-pip", "--clear", str(VENV)]
    made = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if made.returncode:
        reason = made.stdout.decode(errors="replace").strip().splitlines()[-1:]
        sys.exit(
            "The Python environment could not be made (%s): on Debian, apt-get install python3-venv." % "".join(reason)
        )


def _pip(lock):
    pip = next(BIN.glob("pip-*.whl"))
    command = [
        PYTHON, pip / "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check", "--no-deps",
        "--require-hashes", "--only-binary", ":all:", "--root-user-action", "ignore", "--no-warn-script-location",
        "--no-compile",  # what is used is compiled at its first use; everything would take longer than the download
        "-r", PROJECT / lock,
    ]  # fmt: skip
    done = subprocess.run(command, stderr=subprocess.PIPE, env=_pip_environment(), check=False)
    if done.returncode:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        errors = [line[len("ERROR: ") :] for line in lines if line.startswith("ERROR: ")] or lines[-1:]
        sys.exit("The Python packages could not be installed: %s" % (errors[-1] if errors else "pip said nothing."))


def _pip_environment():
    """Keep downloads inside the project unless the user already has a package cache."""
    given = dict(os.environ)
    usual = Path(given.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "pip"
    if "PIP_CACHE_DIR" not in given and not usual.exists():
        given["PIP_CACHE_DIR"] = str(PROJECT / "var" / "pip-cache")
    return given


if __name__ == "__main__":
    ready(sys.argv[1])
