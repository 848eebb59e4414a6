"""Do children and grandchildren end when the process that started them is killed?"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

GRANDPARENT = """
import subprocess, sys, time
from branchportal.leash import tied_to_parent
child = subprocess.Popen(
    [sys.executable, "-m", "branchportal.leash", "tests.branchportal.forking"], preexec_fn=tied_to_parent()
)
time.sleep(60)
"""


def test_a_killed_parent_takes_children_and_their_forks_along():
    grandparent = subprocess.Popen([sys.executable, "-c", GRANDPARENT], stdout=subprocess.PIPE, text=True)
    child, fork = (int(word) for word in grandparent.stdout.readline().split())
    assert alive(child) and alive(fork)

    grandparent.send_signal(signal.SIGKILL)
    grandparent.wait()

    deadline = time.monotonic() + 5
    while (alive(child) or alive(fork)) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert (alive(child), alive(fork)) == (False, False)


def test_without_the_leash_the_fork_stays():
    """The control: the same processes, started plainly, outlive their parent."""
    plain = GRANDPARENT.replace('"branchportal.leash", ', "").replace("preexec_fn=tied_to_parent()", "")
    grandparent = subprocess.Popen([sys.executable, "-c", plain], stdout=subprocess.PIPE, text=True)
    child, fork = (int(word) for word in grandparent.stdout.readline().split())

    grandparent.send_signal(signal.SIGKILL)
    grandparent.wait()
    time.sleep(0.5)

    assert (alive(child), alive(fork)) == (True, True)
    os.kill(fork, signal.SIGKILL)
    os.kill(child, signal.SIGKILL)


def alive(pid: int) -> bool:
    """Tell whether the process runs; one that only waits to be buried does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
