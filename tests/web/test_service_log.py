"""The service's own log: a line for each request, and never a personal datum, even when something breaks."""

import io
import json
import logging
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from service import logs, problems
from service.app import create_app
from tests.world import PASSWORD, Client, World, ok

PLANTED = {
    "family_name": "Piantatilog", "given_name": "Genoveffalog", "phone": "0371 987654", "email": "segreta@esempio.it",
    "tax_code": "RSSMRA85T10A562S", "password": PASSWORD, "need": "ha perso la casa a marzo",
}  # fmt: skip


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """All that the service and its libraries write, at the most talkative level."""
    written = io.StringIO()
    monkeypatch.setattr(sys, "stderr", written)
    logs.configure("debug")
    monkeypatch.setattr(problems, "log", structlog.get_logger())
    handler = logging.StreamHandler(written)
    logging.getLogger().addHandler(handler)
    yield written
    logging.getLogger().removeHandler(handler)
    monkeypatch.undo()
    logs.configure("critical")


def requests(world: World) -> None:
    """Requests good and bad, with personal data in every place where a caller can put them."""
    worker = world.as_("social_worker")
    client = Client(world.app, worker.user_id, worker.token)
    body = {name: PLANTED[name] for name in ("family_name", "given_name", "phone", "email")}
    code = {"system": "codice_fiscale", "value": PLANTED["tax_code"]}
    body |= {"sex": "F", "registered_by": world.service, "identifiers": [code]}
    person = ok(client.post("/people", body, key=PLANTED["tax_code"]))
    client.post("/people", body)
    client.post("/people", body | {"sex": PLANTED["tax_code"], PLANTED["family_name"]: 1})
    client.post("/people/search", {"identifier": code})
    client.request("POST", "/people", data=json.dumps(body)[:-1], headers={"Content-Type": "application/json"})
    client.get(f"/people/{PLANTED['tax_code']}")
    client.get(f"/cases?stage={PLANTED['family_name']}&{PLANTED['email']}=1")
    client.get("/me", headers={"User-Agent": PLANTED["family_name"], "Referer": f"https://x/{PLANTED['tax_code']}"})
    Client(world.app).post("/tokens", {"username": PLANTED["tax_code"], "password": PASSWORD})
    Client(world.app).post("/tokens", {"username": worker.username, "password": f"{PASSWORD}!"})
    Client(world.app, token=PLANTED["tax_code"]).get("/me")
    referral = {"channel": "gepi", "happened_on": "2023-01-01", "arrived_on": "2023-01-01", "need": PLANTED["need"]}
    client.post(
        "/cases", {"programme": "PAIS", "person_id": person["id"], "service_id": world.service, "referral": referral}
    )


def written(lines: io.StringIO) -> list[dict[str, Any]]:
    """The lines, as JSON."""
    return [json.loads(line) for line in lines.getvalue().splitlines()]


def test_no_line_holds_a_personal_datum(fresh: World, lines: io.StringIO) -> None:
    fresh.app = create_app(fresh.database)
    requests(fresh)
    fresh.alter("ALTER TABLE identity.identities RENAME COLUMN email TO mail")
    worker = fresh.as_("social_worker")
    body = {"family_name": PLANTED["family_name"], "given_name": "x", "sex": "F", "registered_by": fresh.service}
    broken = fresh.app.test_client().post("/v1/people", json=body, headers={"Authorization": f"Bearer {worker.token}"})
    assert broken.status_code == 500
    content = lines.getvalue()
    for name, value in PLANTED.items():
        assert value not in content, name
    assert worker.token not in content
    failures = [line for line in written(lines) if line["event"] == "request failed"]
    assert [line["error"] for line in failures] == ["ProgrammingError"]
    assert any("register_person" in frame for frame in failures[0]["traceback"])


def test_each_request_has_one_line_that_says_how_it_went(world: World, lines: io.StringIO) -> None:
    app = create_app(world.database)
    worker = world.as_("social_worker")
    client = Client(app, worker.user_id, worker.token)
    client.get("/me", headers={"X-Request-Id": "riga-di-registro-1"})
    client.get("/me?x=1", headers={"X-Request-Id": "riga-di-registro-2"})
    found = [line for line in written(lines) if line["event"] == "request"]
    told = [(line["request_id"], line["rule"], line["status"], line["code"], line["user_id"]) for line in found]
    assert told == [
        ("riga-di-registro-1", "/v1/me", 200, None, str(worker.user_id)),
        ("riga-di-registro-2", "/v1/me", 400, "parameters_are_invalid", str(worker.user_id)),
    ]
    assert all(line["ms"] >= 0 for line in found)
