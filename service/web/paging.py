"""Cursor paging: stable under inserts, and a cursor can't be made up."""

import base64
import hmac
from collections.abc import Sequence
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import Select

from service.config import keys
from service.errors import Malformed

DEFAULT_LIMIT, MOST = 25, 100


def cursor_after(last_id: UUID, scope: str) -> str:
    """An opaque cursor: the last id seen, signed for the list (`scope`) that gave it."""
    return base64.urlsafe_b64encode(last_id.bytes + _seal(last_id.bytes, scope)).decode().rstrip("=")


def id_in_cursor(cursor: str, scope: str) -> UUID:
    """The id in a cursor of this list. Raises Malformed for any other text."""
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except ValueError as error:
        raise Malformed("cursor_is_invalid") from error
    if len(raw) != 32 or not hmac.compare_digest(raw[16:], _seal(raw[:16], scope)):
        raise Malformed("cursor_is_invalid")
    return UUID(bytes=raw[:16])


def _seal(content: bytes, scope: str) -> bytes:
    return hmac.new(keys().cursor, scope.encode() + b"\0" + content, sha256).digest()[:16]


def page(statement: Select[Any], id_column: Any, *, limit: int, cursor: str | None, scope: str) -> Select[Any]:
    """The statement for one page, newest first (ids are in order of time), one row more than asked to know if it goes on."""
    if cursor is not None:
        statement = statement.where(id_column < id_in_cursor(cursor, scope))
    return statement.order_by(id_column.desc()).limit(limit + 1)


def paged(rows: Sequence[Any], *, limit: int, scope: str, id_of: Any = lambda row: row.id) -> dict[str, Any]:
    """`items` and `next_cursor` from the rows of `page`."""
    items = list(rows[:limit])
    goes_on = len(rows) > limit
    return {"items": items, "next_cursor": cursor_after(id_of(items[-1]), scope) if goes_on else None}
