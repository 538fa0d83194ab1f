"""The one transaction: whole or not at all, and a refusal on the log."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from service.access.models import Organisation
from service.actor import Actor, Origin, UserCaller
from service.app import create_app
from service.audit.log.operations import refused as tell_refusal
from service.db import Database, engine_for
from service.errors import Conflict, Unavailable
from service.types import new_id
from tests.world import Client, World, ok, refused

NOBODY = "0190f000-0000-7000-8000-000000000000"


def caller(world: World, request_id: str) -> UserCaller:
    """The assistente sociale, asking for this."""
    origin = Origin(action="prova:tenta", address="127.0.0.1", request_id=request_id)
    user_id = world.as_("social_worker").user_id
    assert user_id is not None
    return UserCaller(user_id, None, origin)


def body_named(name: str) -> Organisation:
    """A row to write."""
    return Organisation(id=new_id(), name=name, kind="other", nature="other", istat_code=None)


def write_and_fail(world: World, request_id: str, name: str, error: Exception) -> None:
    """Write a row, then this."""
    with world.database.transaction(caller(world, request_id)) as (session, _):
        session.add(body_named(name))
        session.flush()
        raise error


def written(world: World, name: str) -> int:
    """How many rows bear the name."""
    return len(world.seen("SELECT 1 FROM access.organisations WHERE name = :name", name=name))


def test_what_ends_well_is_kept(world: World) -> None:
    with world.database.transaction(caller(world, "k")) as (session, actor):
        session.add(body_named(f"tenuto {world.service}"))
        assert actor.role_names == ("social_worker",)
    assert written(world, f"tenuto {world.service}") == 1


def test_a_refusal_undoes_the_work_and_its_event_stays(world: World) -> None:
    name, request_id = f"rifiutato {world.service}", f"r-{world.service}"
    with pytest.raises(Conflict):
        write_and_fail(world, request_id, name, Conflict("case_is_closed"))
    assert written(world, name) == 0
    told = [(event.action, event.outcome) for event in world.events(request_id=request_id)]
    assert told == [("prova:tenta", "case_is_closed")]


def test_a_failure_undoes_the_work_and_tells_nothing(world: World) -> None:
    name, request_id = f"fallito {world.service}", f"f-{world.service}"
    with pytest.raises(ZeroDivisionError):
        write_and_fail(world, request_id, name, ZeroDivisionError())
    assert written(world, name) == 0
    assert world.events(request_id=request_id) == []


def test_a_broken_constraint_that_means_a_refusal_is_on_the_log_too(world: World) -> None:
    """Whoever tries codes against the registry leaves a trace, though it is the database that refuses."""
    worker, code = world.as_("social_worker"), [{"system": "eni", "value": "ENI0300000004711"}]
    world.person(identifiers=code)
    body = {
        "family_name": "Altra",
        "given_name": "Persona",
        "sex": "F",
        "registered_by": world.service,
        "identifiers": code,
    }
    answer = worker.request("POST", "/people", body, headers={"X-Request-Id": f"tenta-{world.service}"})
    refused(answer, 409, "identifier_is_registered")
    told = [(event.action, event.outcome) for event in world.events(request_id=f"tenta-{world.service}")]
    assert told == [("person:register", "identifier_is_registered")]


def test_a_broken_constraint_that_means_nothing_to_callers_is_a_failure(world: World) -> None:
    row = body_named("due volte")
    row.id = UUID(world.service)  # whose id another row has
    with pytest.raises(IntegrityError), world.database.transaction(caller(world, "c")) as (session, _):
        session.add(row)
    assert written(world, "due volte") == 0


def test_a_database_that_is_away_is_told_as_such() -> None:
    away = Database[Actor](engine_for("postgresql+psycopg://nobody:x@127.0.0.1:1/trama"), tell_refusal)
    client = Client(create_app(away))
    for answer in (client.get("/status"), client.post("/tokens", {"username": "anna", "password": "x"})):
        refused(answer, 503, "database_is_unavailable")
        assert int(answer.headers["Retry-After"]) > 0


def test_connections_that_break_are_replaced(fresh: World) -> None:
    worker = fresh.as_("social_worker")
    ok(worker.get("/me"))
    fresh.alter("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'trama_runtime'"
                " AND datname = current_database()")  # fmt: skip
    first = worker.get("/me")
    assert first.status_code in (200, 503)
    ok(worker.get("/me"))


def test_a_statement_that_waits_too_long_is_told_as_such(fresh: World, monkeypatch: pytest.MonkeyPatch) -> None:
    case = fresh.open()
    fresh.alter("ALTER ROLE trama_runtime IN DATABASE " + fresh.seen("SELECT current_database()")[0][0]
                + " SET lock_timeout = '200ms'")  # fmt: skip
    monkeypatch.setattr("service.db.TIMEOUTS", "")
    impatient = Database[Actor](engine_for(fresh.urls.runtime), tell_refusal)
    worker = fresh.as_("social_worker")
    with fresh.database.transaction(caller(fresh, "lock")) as (session, _):
        session.execute(text("SELECT 1 FROM cases.cases FOR UPDATE"))
        client = Client(create_app(impatient), worker.user_id, worker.token)
        answer = client.post(f"/cases/{case.id}/taking-in-charge", {"occurred_on": "2023-01-12"}, version=1)
    refused(answer, 503, "database_is_unavailable")
    assert ok(worker.get(f"/cases/{case.id}"))["stage"] == "nuovo"
    impatient.engine.dispose()


@pytest.mark.parametrize("table", ["events", "event_people"])
def test_without_the_log_nothing_is_shown_nor_done(fresh: World, table: str) -> None:
    person, worker = fresh.person(), fresh.as_("social_worker")
    fresh.alter(f"REVOKE INSERT ON audit.{table} FROM trama_runtime")
    body: dict[str, Any] = {"family_name": "Mai", "given_name": "Scritta", "sex": "F", "registered_by": fresh.service}
    for answer in (
        worker.get(f"/people/{person['id']}"), worker.post("/people", body), worker.get("/cases"),
        worker.post("/people/search", {"family_name": "Inventati"}),
        worker.patch(f"/people/{person['id']}", {"phone": "1234"}, version=1),
    ):  # fmt: skip
        refused(answer, 503, "log_is_unavailable")
        assert "Inventati" not in answer.text
    kept = fresh.seen("SELECT family_name, phone FROM identity.identities")
    assert [tuple(row) for row in kept] == [("Inventati", None)]


def test_a_refusal_that_the_log_can_not_take_is_no_answer(fresh: World) -> None:
    worker = fresh.as_("social_worker")
    refused(worker.get(f"/people/{NOBODY}"), 404, "person_is_unknown")
    fresh.alter("REVOKE INSERT ON audit.events FROM trama_runtime")
    refused(worker.get(f"/people/{NOBODY}"), 503, "log_is_unavailable")
    with pytest.raises(Unavailable), fresh.database.transaction(caller(fresh, "x")):
        raise Conflict("case_is_closed")
