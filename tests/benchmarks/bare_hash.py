"""How many passwords a second can one process verify, with nothing around it? In a module that loads no Django."""

import time

from argon2 import PasswordHasher


def verified(seconds: float) -> float:
    """Verifications a second, with the portal's parameters."""
    hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
    kept = hasher.hash("branch-demo-2026")
    count, began = 0, time.perf_counter()
    while time.perf_counter() - began < seconds:
        hasher.verify(kept, "branch-demo-2026")
        count += 1
    return count / (time.perf_counter() - began)
