"""Whoever holds the database can change the log, and not unseen: `verify` names the first place that is wrong."""

from collections.abc import Callable, Iterator

import pytest

from service.actor import Actor
from service.app import create_app
from service.audit.log.operations import refused
from service.audit.log.sealing import LogIsBroken
from service.db import Database, engine_for
from service.installation import Urls
from tests.audit.log import leaf_ids, leaves, seal_all, verify, waiting
from tests.world import World

FORGED = "0190f000-0000-7000-8000-000000000001"
INSERT = f"""INSERT INTO audit.events (id, action, outcome, roles, address, request_id, field_names)
             VALUES ('{FORGED}', 'case:show', 'shown', '{{}}', '-', '-', '{{}}')"""
CHANGES = [
    "action = 'altro:atto'", "outcome = 'done '", "user_id = NULL", "occurred_at = occurred_at + interval '1 microsecond'",
    "address = '10.0.0.1'", "roles = '{dpo}'", "request_id = 'x'", "case_id = id", "resource_id = id", "ground = 'team'",
    "field_names = '{x}'", "login_id = id", f"id = '{FORGED}'",
]  # fmt: skip


TABLES = ("events", "event_people", "unsealed", "leaves", "heads")


@pytest.fixture(scope="module")
def whole(new_database: Callable[[], Urls]) -> Iterator[World]:
    """A log with some sealed events, and a copy of it beside."""
    urls = new_database()
    database = Database[Actor](engine_for(urls.runtime), refused)
    world = World(create_app(database), urls)
    world.in_charge()
    seal_all(world)
    world.alter("CREATE SCHEMA kept")
    for table in TABLES:
        world.alter(f"CREATE TABLE kept.{table} AS TABLE audit.{table}")
    yield world
    database.engine.dispose()


@pytest.fixture
def sealed(whole: World) -> Iterator[World]:
    """The log, put back after each test as it was."""
    assert verify(whole) == (len(leaves(whole)), 0)
    yield whole
    put_back(whole)


def put_back(world: World) -> None:
    """The log as it was sealed."""
    unguarded(
        world, "; ".join(f"DELETE FROM audit.{table}; INSERT INTO audit.{table} TABLE kept.{table}" for table in TABLES)
    )


def broken(world: World) -> str:
    """What `verify` says of a log that must be wrong."""
    with pytest.raises(LogIsBroken) as found:
        verify(world)
    return str(found.value)


def unguarded(world: World, statement: str) -> None:
    """A change with triggers and foreign keys off, as only a superuser can make."""
    world.alter(f"SET session_replication_role = replica; {statement}")


def test_a_changed_event_is_named_whatever_was_changed(sealed: World) -> None:
    ids = leaf_ids(sealed)
    for turn, change in enumerate(CHANGES):
        place = turn % len(ids)
        unguarded(sealed, f"UPDATE audit.events SET {change} WHERE id = '{ids[place]}'")
        assert f"event {ids[place]} (leaf {place})" in broken(sealed), change
        put_back(sealed)
        assert verify(sealed) == (len(ids), 0)


def test_of_two_changed_events_the_first_is_named(sealed: World) -> None:
    ids = leaf_ids(sealed)
    unguarded(sealed, f"UPDATE audit.events SET outcome = 'x' WHERE id IN ('{ids[5]}', '{ids[2]}')")
    assert broken(sealed) == f"event {ids[2]} (leaf 2) was changed"


def test_a_deleted_event_is_named(sealed: World) -> None:
    ids = leaf_ids(sealed)
    unguarded(sealed, f"DELETE FROM audit.events WHERE id = '{ids[3]}'")
    assert broken(sealed) == f"event {ids[3]} (leaf 3) is gone"


def test_an_event_deleted_with_its_leaf_leaves_a_hole(sealed: World) -> None:
    ids = leaf_ids(sealed)
    unguarded(sealed, f"DELETE FROM audit.leaves WHERE leaf_index = 3; DELETE FROM audit.events WHERE id = '{ids[3]}'")
    assert broken(sealed) == "leaf 3 is missing"


def test_an_inserted_event_is_named(sealed: World) -> None:
    unguarded(sealed, INSERT)
    assert f"event {FORGED}" in broken(sealed)


def test_an_event_exchanged_for_one_that_waits_is_named(sealed: World) -> None:
    """The counts agree: one came in unseen, and another is said to wait that was never there."""
    unguarded(
        sealed, f"{INSERT}; INSERT INTO audit.unsealed (event_id) VALUES ('0190f000-0000-7000-8000-000000000002')"
    )
    assert f"event {FORGED}" in broken(sealed)


def test_a_deleted_event_that_waited_is_named_and_stops_the_sealer(sealed: World) -> None:
    sealed.person()
    assert waiting(sealed) > 0
    lost = sealed.seen("SELECT event_id FROM audit.unsealed ORDER BY transaction_id, event_id LIMIT 1")[0][0]
    for table, column in (("event_people", "event_id"), ("events", "id")):
        unguarded(sealed, f"DELETE FROM audit.{table} WHERE {column} = '{lost}'")
    assert str(lost) in broken(sealed)
    with pytest.raises(LogIsBroken, match=str(lost)):
        seal_all(sealed)


def test_reordered_leaves_are_noticed_at_their_head(sealed: World) -> None:
    for before, after in ((2, -1), (3, 2), (-1, 3)):
        unguarded(sealed, f"UPDATE audit.leaves SET leaf_index = {after} WHERE leaf_index = {before}")
    assert broken(sealed) == f"the head of {len(leaves(sealed))} events does not match them"


def test_exchanged_events_are_named(sealed: World) -> None:
    """The leaves stay where they are and point at each other's events."""
    ids = leaf_ids(sealed)
    unguarded(sealed, f"""UPDATE audit.leaves SET event_id = '{FORGED}' WHERE leaf_index = 2;
        UPDATE audit.leaves SET event_id = '{ids[2]}' WHERE leaf_index = 3;
        UPDATE audit.leaves SET event_id = '{ids[3]}' WHERE leaf_index = 2""")  # fmt: skip
    assert broken(sealed) == f"event {ids[3]} (leaf 2) was changed"


@pytest.mark.parametrize("statement", [
    "DELETE FROM audit.event_people WHERE event_id = '{id}'",
    "UPDATE audit.event_people SET person_id = event_id WHERE event_id = '{id}'",
    "INSERT INTO audit.event_people (event_id, person_id) VALUES ('{id}', '{id}')",
])  # fmt: skip
def test_changed_people_of_an_event_are_named(sealed: World, statement: str) -> None:
    ids = leaf_ids(sealed)
    shown = sealed.seen("SELECT event_id FROM audit.event_people LIMIT 1")[0][0]
    unguarded(sealed, statement.format(id=shown))
    assert broken(sealed) == f"event {shown} (leaf {ids.index(shown)}) was changed"


def test_a_rewritten_leaf_is_noticed_at_its_head(sealed: World) -> None:
    """Whoever rewrites an event and its leaf can not sign the head anew."""
    ids = leaf_ids(sealed)
    unguarded(sealed, f"UPDATE audit.events SET outcome = 'x' WHERE id = '{ids[4]}'; "
                      f"UPDATE audit.leaves SET leaf_hash = sha256('x') WHERE leaf_index = 4")  # fmt: skip
    assert broken(sealed) == f"event {ids[4]} (leaf 4) was changed"


@pytest.mark.parametrize(("statement", "said"), [
    ("DELETE FROM audit.heads", "are not signed"),
    ("UPDATE audit.heads SET root_hash = sha256('x')", "does not match"),
    ("UPDATE audit.heads SET checkpoint = replace(checkpoint, 'trama/log', 'altro/log')", "another log or key"),
    ("UPDATE audit.heads SET checkpoint = 'x'", "signature is wrong"),
    ("UPDATE audit.heads SET checkpoint = left(checkpoint, -9) || 'AAAAAAA=' || chr(10)", "signature is wrong"),
    ("UPDATE audit.heads SET tree_size = tree_size + 1", "leaves are missing"),
    ("UPDATE audit.heads SET tree_size = 2", "does not match"),
    ("DELETE FROM audit.leaves", "leaves are missing"),
])  # fmt: skip
def test_a_head_that_is_not_what_was_signed_is_noticed(sealed: World, statement: str, said: str) -> None:
    unguarded(sealed, statement)
    assert said in broken(sealed)


def test_events_that_are_not_sealed_yet_are_no_damage(sealed: World) -> None:
    before = len(leaves(sealed))
    sealed.person()
    assert verify(sealed) == (before, 2)
