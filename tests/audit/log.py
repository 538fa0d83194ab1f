"""The log from outside: sealing and verifying as the worker does, and the tree by the words of the RFC."""

import base64
from hashlib import sha256
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from service.audit.log import sealing
from service.config import keys
from tests.world import World

PUBLIC = sealing.public_key(keys().audit)


def seal(world: World) -> int:
    """One batch, as the worker seals it."""
    engine = create_engine(world.urls.worker)
    with Session(engine) as session, session.begin():
        sealed = sealing.seal(session, keys().audit)
    engine.dispose()
    return sealed


def seal_all(world: World) -> int:
    """All that waits."""
    total = 0
    while sealed := seal(world):
        total += sealed
    return total


def verify(world: World) -> tuple[int, int]:
    """What the worker finds: sealed and waiting."""
    engine = create_engine(world.urls.worker)
    try:
        with Session(engine) as session, session.begin():
            return sealing.verify(session, PUBLIC)
    finally:
        engine.dispose()


def waiting(world: World) -> int:
    """How many events wait to be sealed."""
    return int(world.seen("SELECT count(*) FROM audit.unsealed")[0][0])


def leaves(world: World) -> list[Any]:
    """The leaves in order."""
    return world.seen("SELECT leaf_index, event_id, leaf_hash FROM audit.leaves ORDER BY leaf_index")


def leaf_ids(world: World) -> list[UUID]:
    """The sealed events in order."""
    return [leaf.event_id for leaf in leaves(world)]


def mth(hashes: list[bytes]) -> bytes:
    """Merkle Tree Hash of a list, by the recursion of RFC 9162 section 2.1.1 (over leaves that are hashed already)."""
    if len(hashes) < 2:
        return hashes[0] if hashes else sha256(b"").digest()
    k = 1
    while k * 2 < len(hashes):
        k *= 2
    return sha256(b"\x01" + mth(hashes[:k]) + mth(hashes[k:])).digest()


def opened(note: str) -> tuple[int, bytes]:
    """Size and root of a checkpoint (C2SP tlog-checkpoint), its signature checked by the library alone."""
    text, signature = note.split("\n\n")
    origin, size, root = text.split("\n")
    dash, name, encoded = signature.rstrip("\n").split(" ")
    assert (dash, name, origin) == ("—", "trama/log", "trama/log")
    raw = base64.b64decode(encoded)
    assert raw[:4] == sha256(b"trama/log\n\x01" + PUBLIC).digest()[:4]
    Ed25519PublicKey.from_public_bytes(PUBLIC).verify(raw[4:], f"{text}\n".encode())
    return int(size), base64.b64decode(root)
