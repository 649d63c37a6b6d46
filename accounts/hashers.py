"""How passwords are stored."""

from __future__ import annotations

from django.contrib.auth import hashers


class Argon2PasswordHasher(hashers.Argon2PasswordHasher):
    """Argon2id with the memory of OWASP's first recommendation.

    Django's own 100 MiB a hash would let a handful of sign-ins at once exhaust a small server.
    """

    time_cost = 2
    memory_cost = 19456
    parallelism = 1
