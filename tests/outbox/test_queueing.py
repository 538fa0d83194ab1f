"""Queueing: a message is part of the act that wants it, once for each occasion, and nobody else's to read."""

from typing import Any
from uuid import uuid4

import pytest
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from service.actor import AnonymousCaller
from service.outbox.operations import queue_email
from tests.world import World, together

WRITTEN = "id, kind, recipient, subject, body, dedupe_key"
FORBIDDEN = (
    "SELECT id FROM outbox.messages", "SELECT count(*) FROM outbox.messages", "DELETE FROM outbox.messages",
    "UPDATE outbox.messages SET sent_at = now()", "UPDATE outbox.messages SET recipient = ''", "TRUNCATE outbox.messages",
    "INSERT INTO outbox.messages (id, kind, recipient, subject, body, dedupe_key, sent_at) "
    "VALUES (gen_random_uuid(), 'email', '', '', '', 'x', now())",
    f"INSERT INTO outbox.messages ({WRITTEN}) VALUES (gen_random_uuid(), 'email', '', '', '', 'y') RETURNING id",
    f"INSERT INTO outbox.messages ({WRITTEN}) VALUES (gen_random_uuid(), 'email', '', '', '', 'y') "
    "ON CONFLICT (dedupe_key) DO UPDATE SET sent_at = now()",
)  # fmt: skip
FORBIDDEN_TO_THE_WORKER = (
    "DELETE FROM outbox.messages", "UPDATE outbox.messages SET recipient = ''", "UPDATE outbox.messages SET body = ''",
    f"INSERT INTO outbox.messages ({WRITTEN}) VALUES (gen_random_uuid(), 'email', '', '', '', 'z')",
    "SELECT * FROM identity.identities", "SELECT email FROM access.users",
)  # fmt: skip


def queue(world: World, key: str, **values: Any) -> None:
    """Queue a message in a transaction of its own, as the running service."""
    message = {"to": "operatrice@comune.example", "subject": "Due scadenze", "body": "Una parola segreta", **values}
    with world.database.transaction(AnonymousCaller()) as (session, _):
        queue_email(session, dedupe_key=key, **message)


def queue_and_fail(world: World, key: str) -> None:
    """An act that queues a message and then goes wrong."""
    with world.database.transaction(AnonymousCaller()) as (session, _):
        queue_email(session, to="a@comune.example", subject="x", body="x", dedupe_key=key)
        raise ZeroDivisionError


def queued(world: World, key: str) -> list[Any]:
    """The messages of a key."""
    return world.seen("SELECT * FROM outbox.messages WHERE dedupe_key = :key", key=key)


def test_a_message_waits_unread_and_untried(world: World) -> None:
    key = str(uuid4())
    queue(world, key)
    [row] = queued(world, key)
    assert (row.kind, row.attempts, row.sent_at, row.dead_at, row.last_error) == ("email", 0, None, None, None)
    for kept in (row.recipient, row.subject, row.body):
        assert not [word for word in (b"comune", b"scadenze", b"segreta") if word in bytes(kept)]


def test_an_act_that_is_undone_sends_nothing(world: World) -> None:
    key = str(uuid4())
    with pytest.raises(ZeroDivisionError):
        queue_and_fail(world, key)
    assert queued(world, key) == []
    queue(world, key)
    assert len(queued(world, key)) == 1


def test_a_message_of_the_same_occasion_is_dropped_and_the_act_goes_on(world: World) -> None:
    key, other = str(uuid4()), str(uuid4())
    queue(world, key)
    first = queued(world, key)
    with world.database.transaction(AnonymousCaller()) as (session, _):
        queue_email(session, to="b@comune.example", subject="x", body="x", dedupe_key=key)
        queue_email(session, to="b@comune.example", subject="x", body="x", dedupe_key=other)
    assert queued(world, key) == first
    assert len(queued(world, other)) == 1


def test_of_many_who_queue_the_same_occasion_at_once_one_does(fresh: World) -> None:
    key = str(uuid4())
    together(*[lambda: queue(fresh, key)] * 6)
    assert len(queued(fresh, key)) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"to": "a@b.example\nBcc: c@d.example"},
        {"subject": "x\r\nBcc: c@d.example"},
        {"subject": "x\0"},
        {"to": "a@b.example, c@d.example"},
        {"to": "Anna <a@b.example>"},
        {"to": "nessuno"},
        {"to": ""},
    ],
)
def test_an_address_or_a_subject_can_not_bring_headers_of_its_own(world: World, wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="a subject of one line"):
        queue(world, str(uuid4()), **wrong)


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_the_running_service_adds_messages_and_does_nothing_else_to_them(world: World, statement: str) -> None:
    with Session(world.database.engine) as session, pytest.raises(DBAPIError) as raised:
        session.execute(text(statement))
    assert isinstance(raised.value.orig, InsufficientPrivilege)


@pytest.mark.parametrize("statement", FORBIDDEN_TO_THE_WORKER)
def test_the_worker_says_how_a_message_fared_and_changes_no_word_of_it(world: World, statement: str) -> None:
    engine = create_engine(world.urls.worker)
    with engine.connect() as connection, pytest.raises(DBAPIError) as raised:
        connection.execute(text(statement))
    engine.dispose()
    assert isinstance(raised.value.orig, InsufficientPrivilege)
