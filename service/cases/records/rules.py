"""What freezes, as bytes: the text that a hash, and so every signature, binds."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import orjson


def content_hash(salt: bytes, content: Mapping[str, Any]) -> bytes:
    """SHA-256 of the salt (the row's id) and the content as JSON with sorted keys (32 bytes)."""
    return sha256(salt + orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).digest()
