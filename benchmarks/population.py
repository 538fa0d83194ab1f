"""An invented Ambito made by the service's own operations, and what the service really sends for each route."""

import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from flask import Flask
from psycopg import Binary
from sqlalchemy import event

from benchmarks.routes import KEY, Route, Statement
from service.access.models import Organisation
from service.access.operations import add_user
from service.actor import Actor, AnonymousCaller, UserCaller
from service.cases.diary.operations import record_intervention
from service.cases.path import operations as path
from service.cases.path.opening import open_case
from service.db import Database
from service.people.operations import register_person
from service.types import new_id

CASES, MANAGED, DIARY, PASSWORD = 300, 40, 20, "una password abbastanza lunga"


def populate(database: Database[Actor], cases: int = CASES, managed_cases: int = MANAGED) -> tuple[UUID, UUID]:
    """A service with its cases and a diary in each of them; a manager has some. Answers the service and one of those."""
    draw, service, managed = Random(2021), new_id(), None
    with database.transaction(AnonymousCaller()) as (session, nobody):
        session.add(Organisation(id=service, name="Servizio sociale", kind="service", nature="public", istat_code=None))
        session.flush()
        users = {
            name: add_user(session, nobody, username=name, display_name=name, password=PASSWORD,
                           roles=[{"role": role, "organisation_id": service}])
            for name, role in (("coordinator", "coordinator"), ("manager", "case_manager"), ("other", "case_manager"))
        }  # fmt: skip
    with database.transaction(UserCaller(users["coordinator"])) as (session, actor):
        for number in range(cases):
            case_id = _case(session, actor, service, draw, number)
            manager = users["manager"] if number < managed_cases else users["other"]
            path.assign_case(session, actor, case_id, expected=2, user_id=manager, occurred_on=date(2023, 12, 1))
            for _ in range(DIARY if number < managed_cases else 3):
                record_intervention(session, actor, case_id, kind="colloquio", occurred_on=date(2023, 12, 2), minutes=60,
                                    organisation_id=service, note="Colloquio di prova")  # fmt: skip
            managed = managed or case_id
    assert managed is not None
    return service, managed


def _case(session: Any, actor: Actor, service: UUID, draw: Random, number: int) -> UUID:
    person = register_person(
        session, actor, registered_by=service, identifiers=[], family_name="Inventati", given_name=f"Persona{number}",
        birth_date=date(1980, 5, 17), sex="F", municipality=None, phone=None, email=None)  # fmt: skip
    day = date(2023, 1, 1) + timedelta(days=draw.randrange(300))
    referral = {"channel": "servizio", "happened_on": day, "arrived_on": day, "need": "Bisogno di prova",
                "reason_code": None, "from_organisation_id": None}  # fmt: skip
    programme = draw.choice(("PAIS", "SIL", "DOPO_DI_NOI"))
    case_id = open_case(
        session, actor, programme=programme, person_id=person, household_id=None, service_id=service, contact_id=None,
        referral=referral,
    )  # fmt: skip
    path.accept_case(session, actor, case_id, expected=1, occurred_on=date(2023, 11, 30), is_appropriate=None)
    return case_id


def routes(app: Flask, service: UUID, case_id: UUID) -> list[Route]:
    """What is timed, with the tokens of log-ins."""
    manager, coordinator = (token(app, name) for name in ("manager", "coordinator"))
    logged = {"kind": "colloquio", "occurred_on": "2023-12-02", "minutes": 60, "organisation_id": str(service),
              "note": "Colloquio di prova"}  # fmt: skip
    return [
        Route("one case", "GET", f"/v1/cases/{case_id}", manager),
        Route("a list of 25 cases", "GET", "/v1/cases?limit=25", coordinator),
        Route("an intervention logged", "POST", f"/v1/cases/{case_id}/interventions", manager, logged),
    ]


def token(app: Flask, username: str) -> str:
    """The token of a log-in."""
    answer = app.test_client().post("/v1/tokens", json={"username": username, "password": PASSWORD})
    return str(answer.get_json()["access_token"])


def ask(app: Flask, route: Route, key: str = "prova") -> Any:
    """The answer of the application in this process."""
    headers = {"Authorization": f"Bearer {route.token}", **({KEY: key} if route.body else {})}
    answer = app.test_client().open(route.url, method=route.method, headers=headers, json=route.body)
    assert answer.status_code < 300, answer.get_json()
    return answer.get_json()


def capture(app: Flask, database: Database[Actor], route: Route) -> list[Statement]:
    """The statements of one request with their parameters.

    What is new in each request is marked: ids made by the request ("id", n), and the hash of its key ("key",).
    """
    with _heard(database) as first:
        ask(app, route, "prima")
    with _heard(database) as second:
        ask(app, route, "seconda")
    before = {value for one in first for value in one.values.values() if isinstance(value, UUID)}
    fresh: dict[UUID, int] = {}

    def marked(value: Any) -> Any:
        if isinstance(value, UUID) and value not in before:
            return ("id", fresh.setdefault(value, len(fresh)))
        return ("key",) if value == sha256(b"seconda").digest() else value

    return [one._replace(values={name: marked(value) for name, value in one.values.items()}) for one in second]


@contextmanager
def _heard(database: Database[Actor]) -> Iterator[list[Statement]]:
    heard: list[Statement] = []

    def listen(_: Any, cursor: Any, statement: str, values: Any, *___: Any) -> None:
        plain = {name: value.obj if isinstance(value, Binary) else value for name, value in (values or {}).items()}
        heard.append(Statement(statement, plain, tuple(column.name for column in cursor.description or ())))

    event.listen(database.engine, "after_cursor_execute", listen)
    yield heard
    event.remove(database.engine, "after_cursor_execute", listen)


def write_script(file: Path, app: Flask, database: Database[Actor], timed: list[Route]) -> None:
    """For the floor: of each route, its statements and an answer whose form it repeats."""
    script = {route.url: (route.name, capture(app, database, route), ask(app, route)) for route in timed}
    file.write_bytes(pickle.dumps(script))
