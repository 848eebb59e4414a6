"""How is a password kept?"""

from django.contrib.auth.hashers import Argon2PasswordHasher


class PortalArgon2PasswordHasher(Argon2PasswordHasher):
    """argon2id with t = 2, m = 19 MiB, p = 1: OWASP's parameters, about ten times the log-ins of Django's default."""

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1
