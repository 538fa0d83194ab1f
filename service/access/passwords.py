"""Passwords: argon2id, checked in the same time whether the account exists or not."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)  # OWASP's argon2id profile: 19 MiB, t=2


def hashed(password: str) -> str:
    """The hash to keep."""
    return HASHER.hash(password)


def is_right(password: str, password_hash: str | None) -> bool:
    """Whether the password matches; without a hash, the same work and `False`."""
    try:
        return HASHER.verify(password_hash or _nobodys_hash(), password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys_hash() -> str:
    return HASHER.hash("nobody has this password")
