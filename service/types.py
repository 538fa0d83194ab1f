"""Column types and identifiers shared by all rooms."""

import os
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from hmac import new as hmac
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import LargeBinary
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from service.config import keys

ROME = ZoneInfo("Europe/Rome")


@dataclass(frozen=True)
class Shown:
    """The proof that the log knows who was shown these people; without it no schema dumps them."""

    people: frozenset[UUID]


def new_id() -> UUID:
    """A UUID of version 7 (RFC 9562): opaque outside, in order of time inside the indexes."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds << 80) | int.from_bytes(os.urandom(10))
    value = (value & ~(0xF << 76)) | (0x7 << 76)
    value = (value & ~(0x3 << 62)) | (0x2 << 62)
    return UUID(int=value)


def now() -> datetime:
    """This instant, UTC."""
    return datetime.now(UTC)


def today(at: datetime | None = None) -> date:
    """The calendar day in Italy at an instant (now if absent): the one in which facts occur and legal terms run."""
    return (at or now()).astimezone(ROME).date()


def keyed_hash(secret: str | bytes) -> bytes:
    """Equality of a secret without keeping it: HMAC-SHA-256 with the lookup key (32 bytes)."""
    return hmac(keys().lookup, secret.encode() if isinstance(secret, str) else secret, sha256).digest()


class Encrypted(TypeDecorator[str]):
    """A text kept encrypted (AES-256-GCM, a fresh nonce in front) with a key that is not in the database."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> Any:
        """Encrypt on the way in."""
        return None if value is None else _sealed(value.encode())

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        """Decrypt on the way out."""
        return None if value is None else _opened(value).decode()


class EncryptedBytes(TypeDecorator[bytes]):
    """Bytes kept encrypted, as texts are in `Encrypted`."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> Any:
        """Encrypt on the way in."""
        return None if value is None else _sealed(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> bytes | None:
        """Decrypt on the way out."""
        return None if value is None else _opened(value)


def _sealed(plain: bytes) -> bytes:
    nonce = os.urandom(12)
    return nonce + AESGCM(keys().identity).encrypt(nonce, plain, None)


def _opened(kept: bytes) -> bytes:
    view = memoryview(kept)  # what is sliced is not copied: a file may be large
    return AESGCM(keys().identity).decrypt(view[:12], view[12:], None)
