"""How is a password kept?"""

from threading import Lock

from django.contrib.auth.hashers import Argon2PasswordHasher


class PortalArgon2PasswordHasher(Argon2PasswordHasher):
    """argon2id with t = 2, m = 19 MiB, p = 1: OWASP's parameters, about ten times the log-ins of Django's default.

    A process makes one hash at a time. Several at once push each other's 19 MiB out of the processor's cache, which
    costs a sixth of the log-ins, and thirty threads would take more than half a gigabyte.
    """

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1
    one_at_a_time = Lock()

    def encode(self, password: str, salt: str) -> str:
        with self.one_at_a_time:
            return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        with self.one_at_a_time:
            return super().verify(password, encoded)
