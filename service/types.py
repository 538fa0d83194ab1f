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
        if value is None:
            return None
        nonce = os.urandom(12)
        return nonce + AESGCM(keys().identity).encrypt(nonce, value.encode(), None)

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        """Decrypt on the way out."""
        if value is None:
            return None
        return AESGCM(keys().identity).decrypt(bytes(value[:12]), bytes(value[12:]), None).decode()
