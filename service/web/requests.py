"""What a request brings: the caller, the version that it changes, the key that makes a retry safe."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from hashlib import sha256
from typing import Any, cast
from uuid import UUID

import structlog
from flask import current_app, g, request
from flask_jwt_extended import get_jwt, verify_jwt_in_request
from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from service.actor import Actor, AnonymousCaller, Origin, UserCaller
from service.db import Database
from service.errors import Conflict, Invalid, Malformed, PreconditionMissing, Stale
from service.types import keyed_hash, new_id, now
from service.web.models import IdempotencyKey

KEY_LIFE = timedelta(hours=24)
DEEPEST = 20  # no body of ours nests more than five levels


def action_of(operation_id: str) -> str:
    """`closeCase` -> `case:close`; `releaseTokens` -> `tokens:release`. One name for the route, the act and the log."""
    words = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in operation_id).split()
    return f"{'_'.join(words[1:])}:{words[0]}"


def origin() -> Origin:
    """What is asked, from where."""
    operation_id = getattr(current_app.view_functions.get(request.endpoint or ""), "operation_id", None)
    named = request.view_args or {}
    return Origin(
        action=action_of(operation_id) if operation_id else "-",
        address=request.remote_addr or "-",
        request_id=g.get("request_id", "-"),
        case_id=named.get("case_id"),
        resource_id=next(
            (value for name, value in named.items() if name != "case_id" and isinstance(value, UUID)), None
        ),
    )


def transaction(*, anonymous: bool = False) -> AbstractContextManager[tuple[Session, Actor]]:
    """The transaction of this request, as the user of its token."""
    database = cast(Database[Actor], current_app.extensions["trama"])
    if anonymous:
        return database.transaction(AnonymousCaller(origin()))
    return database.transaction(UserCaller(g.user_id, g.login_id, origin()))


def authenticate() -> None:
    """Before every request of a blueprint: the token says who asks. Whether the log-in lives is asked in `transaction`."""
    verify_jwt_in_request()
    claims = get_jwt()
    g.user_id, g.login_id = UUID(claims["sub"]), UUID(claims["sid"])
    structlog.contextvars.bind_contextvars(user_id=claims["sub"])


def expected_version() -> int:
    """The version in `If-Match`. Raises PreconditionMissing (428) without one, Stale (412) for what can't be a version."""
    if not request.if_match:
        raise PreconditionMissing("if_match_is_missing")
    tags = request.if_match.as_set()
    if len(tags) != 1:
        raise Stale("row_has_changed")
    tag = tags.pop() or ""  # Werkzeug reads an empty tag as None
    if not (tag.isascii() and tag.isdigit() and len(tag) < 10):
        raise Stale("row_has_changed")
    return int(tag)


def once(session: Session, actor: Actor, make: Callable[[], UUID], *, is_required: bool = False) -> UUID:
    """Make a resource, or find the one that the same `Idempotency-Key` made before.

    A concurrent twin waits on the unique key until the first commits. The same key with another body is refused
    (`idempotency_key_is_taken`); without a key, `make` simply runs.
    """
    key = request.headers.get("Idempotency-Key")
    if key is None:
        if is_required:
            raise Malformed("idempotency_key_is_missing")
        return make()
    if not 1 <= len(key) <= 255 or not key.isprintable():
        raise Malformed("idempotency_key_is_invalid")
    assert actor.user_id is not None  # noqa: S101 - routes that create are never anonymous
    mine = (IdempotencyKey.user_id == actor.user_id, IdempotencyKey.key_hash == sha256(key.encode()).digest())
    body_digest = keyed_hash(request.get_data())
    session.execute(delete(IdempotencyKey).where(*mine, IdempotencyKey.expires_at < now()))
    claimed = session.execute(
        insert(IdempotencyKey)
        .values(id=new_id(), user_id=actor.user_id, key_hash=sha256(key.encode()).digest(), route=request.path,
                body_digest=body_digest, expires_at=now() + KEY_LIFE)
        .on_conflict_do_nothing(index_elements=["user_id", "key_hash"])
        .returning(IdempotencyKey.id)
    ).scalar_one_or_none()  # fmt: skip
    if claimed is None:
        return _made_before(session, mine, body_digest)
    made = make()
    session.execute(update(IdempotencyKey).where(IdempotencyKey.id == claimed).values(resource_id=made))
    return made


def _made_before(session: Session, mine: tuple[Any, ...], body_digest: bytes) -> UUID:
    known = session.execute(select(IdempotencyKey).where(*mine)).scalar_one()
    if known.route != request.path or known.body_digest != body_digest:
        raise Invalid("idempotency_key_is_taken")
    if known.resource_id is None:
        raise Conflict("idempotency_key_is_in_use")
    return known.resource_id


def strings(value: Any, pointer: str = "#", depth: int = 0) -> Iterator[tuple[str, str]]:
    """Every text inside a JSON value, keys too, with its JSON pointer. Raises Malformed for a value nested too deeply."""
    if depth > DEEPEST:
        raise Malformed("json_is_invalid")
    if isinstance(value, str):
        yield pointer, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield pointer, key
            yield from strings(item, f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}", depth + 1)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from strings(item, f"{pointer}/{index}", depth + 1)
