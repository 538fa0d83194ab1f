"""Sealing: events get their place in the tree, and the tree's head is signed.

One sealer at a time (advisory lock). It takes only events that no open transaction can still precede, and blocks no one:
requests insert, the sealer reads what they committed.
"""

import base64
from collections.abc import Iterator, Sequence
from datetime import UTC
from hashlib import sha256
from typing import Any
from uuid import UUID

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from service.audit.log.models import Event, EventPerson, Head, Leaf, Unsealed
from service.audit.log.tree import Frontier, leaf_hash

ORIGIN = "trama/log"
BATCH = 5_000
_LOCK = text("SELECT pg_try_advisory_xact_lock(7261, 2)")
# Below the oldest open transaction nothing can still appear. A number not below the next one comes from another server
# (a restored copy): it is committed too.
_SEALABLE = text("""
    SELECT event_id FROM audit.unsealed
    WHERE transaction_id < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
       OR transaction_id >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint
    ORDER BY transaction_id, event_id LIMIT :batch
""")

_STRAY = text("""
    SELECT id FROM audit.events e WHERE NOT EXISTS (SELECT FROM audit.leaves l WHERE l.event_id = e.id)
       AND NOT EXISTS (SELECT FROM audit.unsealed u WHERE u.event_id = e.id) ORDER BY occurred_at, id LIMIT 1
""")
_GONE = text("""
    SELECT event_id FROM audit.unsealed u WHERE NOT EXISTS (SELECT FROM audit.events e WHERE e.id = u.event_id)
    ORDER BY transaction_id, event_id LIMIT 1
""")


class LogIsBroken(Exception):
    """The log is not what was sealed; the message names the first wrong place."""


def seal(session: Session, key: bytes) -> int:
    """Seal what can be sealed, at most a batch. Answers how many events; 0 if another sealer is at work."""
    if not session.scalar(_LOCK):
        return 0
    ids = list(session.scalars(_SEALABLE, {"batch": BATCH}))
    if not ids:
        return 0
    head = session.scalars(select(Head).order_by(Head.tree_size.desc()).limit(1)).one_or_none()
    frontier = Frontier(head.tree_size, head.frontier) if head else Frontier()
    by_id = dict(_entries(session, ids))
    for event_id in ids:
        if event_id not in by_id:
            raise LogIsBroken(f"event {event_id}, which waited to be sealed, is gone")
        hashed = leaf_hash(by_id[event_id])
        session.add(Leaf(leaf_index=frontier.size, event_id=event_id, leaf_hash=hashed))
        frontier.add(hashed)
    session.add(Head(tree_size=frontier.size, root_hash=frontier.root, frontier=frontier.roots,
                     checkpoint=checkpoint(frontier.size, frontier.root, key)))  # fmt: skip
    session.execute(delete(Unsealed).where(Unsealed.event_id.in_(ids)))
    return len(ids)


def entry(event: Any, people: Sequence[UUID]) -> bytes:
    """The bytes of an event that its leaf binds: JSON with sorted keys, times in UTC, people in order."""
    content = {column.key: getattr(event, column.key) for column in Event.__table__.columns}
    content["occurred_at"] = event.occurred_at.astimezone(UTC).isoformat(timespec="microseconds")
    content["people"] = sorted(str(person) for person in people)
    return orjson.dumps(content, option=orjson.OPT_SORT_KEYS)


def _entries(session: Session, ids: Sequence[UUID]) -> Iterator[tuple[UUID, bytes]]:
    people: dict[UUID, list[UUID]] = {}
    for event_id, person_id in session.execute(
        select(EventPerson.event_id, EventPerson.person_id).where(EventPerson.event_id.in_(ids))
    ):
        people.setdefault(event_id, []).append(person_id)
    for event in session.scalars(select(Event).where(Event.id.in_(ids)).execution_options(populate_existing=True)):
        yield event.id, entry(event, people.get(event.id, []))


def public_key(key: bytes) -> bytes:
    """The public half of the signing key (32 bytes)."""
    return Ed25519PrivateKey.from_private_bytes(key).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def checkpoint(size: int, root: bytes, key: bytes) -> str:
    """A signed note (C2SP tlog-checkpoint): origin, size, root; then the Ed25519 signature with the key's fingerprint."""
    body = f"{ORIGIN}\n{size}\n{base64.b64encode(root).decode()}\n"
    signature = Ed25519PrivateKey.from_private_bytes(key).sign(body.encode())
    return f"{body}\n— {ORIGIN} {base64.b64encode(_fingerprint(public_key(key)) + signature).decode()}\n"


def open_checkpoint(note: str, public: bytes) -> tuple[int, bytes]:
    """Size and root of a checkpoint whose signature is right. Raises LogIsBroken."""
    try:
        body, _, signatures = note.partition("\n\n")
        origin, size, root = body.split("\n")
        signed = base64.b64decode(signatures.split(" ")[2])
        if origin != ORIGIN or signed[:4] != _fingerprint(public):
            raise LogIsBroken("the checkpoint is of another log or key")
        Ed25519PublicKey.from_public_bytes(public).verify(signed[4:], f"{body}\n".encode())
        return int(size), base64.b64decode(root)
    except (ValueError, IndexError, InvalidSignature) as error:
        raise LogIsBroken("the checkpoint's signature is wrong") from error


def _fingerprint(public: bytes) -> bytes:
    return sha256(ORIGIN.encode() + b"\n\x01" + public).digest()[:4]


def verify(session: Session, public: bytes) -> tuple[int, int]:
    """Recompute every sealed event and head. Answers (sealed, waiting); raises LogIsBroken at the first wrong place.

    The session must be a new one: the whole is read as of one moment, while others write and seal.
    """
    session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    heads = {head.tree_size: head for head in session.scalars(select(Head))}
    frontier = Frontier()
    while batch := session.scalars(
        select(Leaf).where(Leaf.leaf_index >= frontier.size).order_by(Leaf.leaf_index).limit(BATCH)
    ).all():
        by_id = dict(_entries(session, [leaf.event_id for leaf in batch]))
        for leaf in batch:
            _check_leaf(leaf, frontier, by_id.get(leaf.event_id))
            frontier.add(leaf.leaf_hash)
            if head := heads.pop(frontier.size, None):
                _check_head(head, frontier, public)
        session.expunge_all()
    if heads:
        raise LogIsBroken(f"leaves are missing: a head of {max(heads)} events was signed, {frontier.size} are there")
    if frontier.size and not session.scalar(select(Head.tree_size).where(Head.tree_size == frontier.size)):
        raise LogIsBroken(f"the leaves after the last head are not signed ({frontier.size} events)")
    if stray := session.scalar(_STRAY):
        raise LogIsBroken(f"event {stray} came into the log unseen: it has no leaf and does not wait for one")
    if gone := session.scalar(_GONE):
        raise LogIsBroken(f"event {gone}, which waited to be sealed, is gone")
    return frontier.size, session.scalar(text("SELECT count(*) FROM audit.unsealed")) or 0


def _check_leaf(leaf: Leaf, frontier: Frontier, content: bytes | None) -> None:
    if leaf.leaf_index != frontier.size:
        raise LogIsBroken(f"leaf {frontier.size} is missing")
    if content is None:
        raise LogIsBroken(f"event {leaf.event_id} (leaf {leaf.leaf_index}) is gone")
    if leaf_hash(content) != leaf.leaf_hash:
        raise LogIsBroken(f"event {leaf.event_id} (leaf {leaf.leaf_index}) was changed")


def _check_head(head: Head, frontier: Frontier, public: bytes) -> None:
    if open_checkpoint(head.checkpoint, public) != (frontier.size, frontier.root) or head.root_hash != frontier.root:
        raise LogIsBroken(f"the head of {head.tree_size} events does not match them")
