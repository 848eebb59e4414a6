"""A program that forks, says both process numbers and sleeps (for test_leash.py)."""

import os
import time

fork = os.fork()
if fork:
    print(os.getpid(), fork, flush=True)
time.sleep(60)
