"""What stands for a case: the code that people read, and the hash that binds what is frozen of it."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

import orjson

_LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: none is taken for another


def content_hash(salt: bytes, content: Mapping[str, Any]) -> bytes:
    """SHA-256 of the salt (the row's id) and the content as JSON with sorted keys (32 bytes); what JSON has not, as text."""
    return sha256(salt + orjson.dumps(content, default=str, option=orjson.OPT_SORT_KEYS)).digest()


def case_code(case_id: UUID) -> str:
    """Ten letters of the case's id (its last fifty bits, which are random): opaque, and short enough to be typed."""
    letters = [_LETTERS[case_id.int >> 5 * place & 31] for place in range(10)]
    return f"{''.join(letters[:5])}-{''.join(letters[5:])}"
