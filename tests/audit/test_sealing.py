"""Sealing: every event gets one place in the tree, in an order that nothing can precede, and blocks nobody."""

import json
from datetime import UTC
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.orm import Session

from service.audit.log import sealing
from service.audit.log.tree import Frontier, leaf_hash
from service.config import keys
from tests.audit.log import leaf_ids, leaves, mth, opened, seal, seal_all, verify, waiting
from tests.world import World, ok, together

EVENT = """INSERT INTO audit.events (id, action, outcome, roles, address, request_id, field_names)
           VALUES (:id, 'prova:scrive', 'done', '{}', '-', '-', '{}')"""


def as_runtime(world: World) -> Any:
    """A connection of the service's own role."""
    return create_engine(world.urls.runtime).connect()


@given(st.integers(0, 70))
def test_a_tree_of_any_size_has_the_root_of_the_rfc(size: int) -> None:
    hashes, frontier = [leaf_hash(bytes([turn])) for turn in range(size)], Frontier()
    for turn, one in enumerate(hashes):
        frontier.add(one)
        assert frontier.root == mth(hashes[: turn + 1])
        frontier = Frontier(frontier.size, frontier.roots)  # as it is kept between batches
    assert frontier.root == mth(hashes)
    assert leaf_hash(b"x") == sha256(b"\x00x").digest()


def test_each_event_is_sealed_once_as_the_bytes_that_it_is(fresh: World) -> None:
    fresh.in_charge()
    seal_all(fresh)
    events = {event.id: event for event in fresh.seen("SELECT * FROM audit.events")}
    people: dict[Any, list[str]] = {}
    for row in fresh.seen("SELECT * FROM audit.event_people"):
        people.setdefault(row.event_id, []).append(str(row.person_id))
    sealed = leaves(fresh)
    assert [leaf.leaf_index for leaf in sealed] == list(range(len(events)))
    assert {leaf.event_id for leaf in sealed} == set(events)
    for leaf in sealed:
        content = dict(events[leaf.event_id]._mapping) | {"people": sorted(people.get(leaf.event_id, []))}
        content["occurred_at"] = content["occurred_at"].astimezone(UTC).isoformat(timespec="microseconds")
        entry = json.dumps(content, sort_keys=True, separators=(",", ":"), default=str, ensure_ascii=False)
        assert leaf.leaf_hash == sha256(b"\x00" + entry.encode()).digest()


def test_every_head_has_the_root_of_its_leaves_and_is_signed(fresh: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "BATCH", 3)
    fresh.in_charge()
    seal_all(fresh)
    hashes = [leaf.leaf_hash for leaf in leaves(fresh)]
    heads = fresh.seen("SELECT * FROM audit.heads ORDER BY tree_size")
    assert [head.tree_size for head in heads] == [*range(3, len(hashes), 3), len(hashes)]
    for head in heads:
        assert head.root_hash == mth(hashes[: head.tree_size])
        assert opened(head.checkpoint) == (head.tree_size, head.root_hash)
    assert verify(fresh) == (len(hashes), 0)


def test_the_last_head_is_shown_to_the_dpo(fresh: World) -> None:
    dpo = fresh.as_("dpo")
    assert dpo.get("/audit/checkpoints/last").get_json()["code"] == "log_is_not_sealed_yet"
    seal_all(fresh)
    shown = ok(dpo.get("/audit/checkpoints/last"))
    assert opened(shown["checkpoint"])[0] == shown["tree_size"] == len(leaves(fresh))


def test_the_tree_grows_and_never_changes(fresh: World) -> None:
    fresh.person()
    seal_all(fresh)
    before = [tuple(leaf) for leaf in leaves(fresh)]
    assert seal(fresh) == 0
    fresh.person()
    assert seal_all(fresh) > 0
    assert [tuple(leaf) for leaf in leaves(fresh)][: len(before)] == before


def test_a_long_open_transaction_holds_back_only_what_it_may_precede(fresh: World) -> None:
    """What began after it waits for it; what was there before does not. The order is then that of the transactions."""
    early = uuid4()
    # In this order by transaction, and in another by id, up or down.
    middle, late, latest = (UUID(f"{first}0000000-0000-4000-8000-{uuid4().hex[:12]}") for first in "8f1")
    with as_runtime(fresh) as one, as_runtime(fresh) as other:
        other.execute(text(EVENT), {"id": early})
        other.commit()
        one.execute(text(EVENT), {"id": middle})  # and stays open
        for one_more in (late, latest):
            other.execute(text(EVENT), {"id": one_more})
            other.commit()
        seal_all(fresh)
        assert leaf_ids(fresh)[-1] == early
        assert waiting(fresh) == 2  # `middle` is not visible to anybody yet
        assert verify(fresh) == (len(leaves(fresh)), 2)
        one.commit()
    seal_all(fresh)
    assert leaf_ids(fresh)[-4:] == [early, middle, late, latest]
    assert verify(fresh) == (len(leaves(fresh)), 0)


def test_a_transaction_that_is_undone_leaves_no_gap(fresh: World) -> None:
    with as_runtime(fresh) as one:
        one.execute(text(EVENT), {"id": uuid4()})
        one.rollback()
        one.execute(text(EVENT), {"id": uuid4()})
        one.commit()
    sealed = seal_all(fresh)
    assert [leaf.leaf_index for leaf in leaves(fresh)] == list(range(sealed))
    assert verify(fresh) == (sealed, 0)


def test_of_two_sealers_at_once_one_works(fresh: World) -> None:
    for _ in range(5):
        fresh.person()
    total = waiting(fresh)
    sealed = together(*[lambda: seal(fresh)] * 4)
    assert sum(sealed) == total
    assert verify(fresh) == (total, 0)
    engine = create_engine(fresh.urls.worker)
    fresh.person()
    with Session(engine) as first, first.begin():
        assert sealing.seal(first, keys().audit) > 0
        assert seal(fresh) == 0  # the first is still at work
    engine.dispose()
    assert verify(fresh)[1] == 0


def test_a_sealer_killed_between_batches_leaves_whole_ones(fresh: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "BATCH", 4)
    fresh.in_charge()
    total = waiting(fresh)
    assert seal(fresh) == 4
    engine = create_engine(fresh.urls.worker)
    session = Session(engine)
    sealing.seal(session, keys().audit)
    session.flush()
    pid = session.scalar(text("SELECT pg_backend_pid()"))
    fresh.seen("SELECT pg_terminate_backend(:pid, 5000)", pid=pid)
    session.invalidate()
    engine.dispose()
    assert verify(fresh) == (4, total - 4)
    seal_all(fresh)
    assert verify(fresh) == (total, 0)


def test_requests_do_not_wait_for_the_sealer(fresh: World) -> None:
    """A sealer that hangs in the middle of a batch: people go on working, and their events wait for the next."""
    worker = fresh.as_("social_worker")
    engine = create_engine(fresh.urls.worker)
    with Session(engine) as session, session.begin():
        assert sealing.seal(session, keys().audit) > 0
        session.flush()
        person = fresh.person(worker)
        ok(worker.get(f"/people/{person['id']}"))
    engine.dispose()
    assert waiting(fresh) == 2 + 1  # registered, shown in the answer, shown again
    assert verify(fresh)[1] == 3


def test_verifying_goes_on_while_others_write_and_seal(fresh: World) -> None:
    worker = fresh.as_("social_worker")

    def write() -> None:
        for _ in range(15):
            fresh.person(worker.again())

    def work() -> list[tuple[int, int]]:
        return [(seal(fresh), *verify(fresh))[1:] for _ in range(10)]

    _, found, more = together(write, work, lambda: [verify(fresh) for _ in range(10)])
    assert [sealed for sealed, _ in found] == sorted(sealed for sealed, _ in found)
    assert len(more) == 10
    seal_all(fresh)
    assert verify(fresh) == (len(fresh.seen("SELECT 1 FROM audit.events")), 0)


def test_a_log_restored_on_another_server_goes_on(fresh: World) -> None:
    """Numbers of transactions begin anew there: those of the old server are all of the past."""
    fresh.person()
    fresh.alter("UPDATE audit.unsealed SET transaction_id = transaction_id + 1000000000")
    assert seal_all(fresh) > 0
    assert waiting(fresh) == 0
    assert verify(fresh)[1] == 0


def test_the_sealer_may_not_change_what_it_seals(fresh: World) -> None:
    fresh.person()
    seal_all(fresh)
    for role, url in (("worker", fresh.urls.worker), ("runtime", fresh.urls.runtime)):
        engine = create_engine(make_url(url))
        for statement in ("UPDATE audit.events SET action = 'x'", "DELETE FROM audit.events", "DELETE FROM audit.leaves",
                          "UPDATE audit.leaves SET leaf_index = 0", "DELETE FROM audit.heads", "TRUNCATE audit.event_people",
                          "UPDATE audit.heads SET tree_size = 0"):  # fmt: skip
            with engine.connect() as connection, pytest.raises(Exception, match="permission denied"):
                connection.execute(text(statement))
            assert role
        engine.dispose()
