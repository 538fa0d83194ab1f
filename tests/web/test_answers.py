"""What every answer carries: its language, its headers, and never a failure's insides."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask

from service.app import create_app
from service.config import settings
from tests.world import Client, World, ok, refused

LANGUAGES = [
    (None, "it"), ("it", "it"), ("en", "en"), ("en-GB,en;q=0.9", "en"), ("de", "it"), ("*", "it"),
    ("en;q=0.5, it;q=0.9", "it"), ("de, en;q=0.4", "en"), (";;;", "it"),
]  # fmt: skip


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch, world: World) -> Iterator[Flask]:
    """The application with ten requests a minute for each."""
    monkeypatch.setenv("TRAMA_REQUESTS_PER_MINUTE", "10")
    settings.cache_clear()
    yield create_app(world.database)
    monkeypatch.undo()
    settings.cache_clear()


@pytest.mark.parametrize(("wanted", "language"), LANGUAGES)
def test_problems_speak_italian_or_english_when_asked(world: World, wanted: str | None, language: str) -> None:
    headers = {"Accept-Language": wanted} if wanted is not None else {}
    body = {"family_name": 7, "given_name": "x", "sex": "F", "registered_by": world.service}
    problem = world.as_("social_worker").request("POST", "/people", body, headers=headers).get_json()
    title, detail = {"it": ("Valori non validi", "Alcuni campi non sono validi."),
                     "en": ("Invalid values", "Some fields are not valid.")}[language]  # fmt: skip
    assert (problem["title"], problem["detail"], problem["code"]) == (title, detail, "request_is_invalid")
    assert problem["errors"][0]["detail"] == {
        "it": "Il testo contiene caratteri non ammessi.", "en": "The text has characters that are not allowed.",
    }[language]  # fmt: skip


def test_a_problem_has_its_type_and_media_type(world: World) -> None:
    answer = world.as_("social_worker").get("/me?x=1")
    assert answer.mimetype == "application/problem+json"
    assert answer.get_json()["type"] == "urn:trama:problem:parameters_are_invalid"
    assert answer.get_json()["status"] == answer.status_code == 400


@pytest.mark.parametrize("path", ["/me", "/cases", "/nothing", "/people/search"])
def test_no_answer_is_stored_sniffed_or_framed(world: World, path: str) -> None:
    headers = world.as_("social_worker").get(path).headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"


def test_a_request_keeps_the_id_that_it_brings(world: World) -> None:
    given = world.as_("social_worker").get("/me", headers={"X-Request-Id": "richiesta-0001"})
    assert given.headers["X-Request-Id"] == "richiesta-0001"
    events = world.events(request_id="richiesta-0001", user_id=world.as_("social_worker").user_id)
    assert [event.action for event in events] == ["me:show"]


@pytest.mark.parametrize("brought", [None, "corto", "x" * 65, "con spazi dentro", "a\tb\tc\td\te", "però-però"])
def test_a_request_id_of_another_form_is_replaced(world: World, brought: str | None) -> None:
    headers = {} if brought is None else {"X-Request-Id": brought}
    given = world.as_("social_worker").get("/me", headers=headers).headers["X-Request-Id"]
    assert re.fullmatch(r"[0-9a-f-]{36}", given)


@pytest.mark.parametrize(("method", "path", "allowed"), [("DELETE", "/cases", {"GET", "POST"}), ("PUT", "/people", {"POST"}),
                                                         ("PATCH", "/me", {"GET"}), ("GET", "/tokens", {"POST"})])  # fmt: skip
def test_a_method_that_an_address_does_not_take_is_refused_with_those_it_takes(
    world: World, method: str, path: str, allowed: set[str]
) -> None:
    answer = world.as_("social_worker").request(method, path)
    refused(answer, 405, "method_is_not_allowed")
    assert set(answer.headers["Allow"].split(", ")) - {"HEAD", "OPTIONS"} == allowed


def test_the_requests_left_are_told_and_then_refused(hasty: Flask, world: World) -> None:
    client = Client(hasty, world.as_("social_worker").user_id, world.as_("social_worker").token)
    left = []
    for _ in range(10):
        answer = client.get("/me")
        ok(answer)
        assert answer.headers["X-RateLimit-Limit"] == "10"
        left.append(int(answer.headers["X-RateLimit-Remaining"]))
    assert left == list(range(9, -1, -1))
    answer = client.get("/me")
    refused(answer, 429, "too_many_requests")
    assert 0 < int(answer.headers["Retry-After"]) <= 60


def test_the_requests_of_one_are_not_counted_on_another(hasty: Flask, world: World) -> None:
    worker, coordinator = world.as_("social_worker"), world.as_("coordinator")
    hurried, calm = Client(hasty, worker.user_id, worker.token), Client(hasty, coordinator.user_id, coordinator.token)
    assert [hurried.get("/me").status_code for _ in range(12)] == [200] * 10 + [429] * 2
    ok(calm.get("/me"))


def test_a_refused_token_counts_too(hasty: Flask) -> None:
    stranger = Client(hasty, token="not.a.token")
    assert [stranger.get("/me").status_code for _ in range(11)] == [401] * 10 + [429]


def test_a_failure_is_told_without_its_insides(fresh: World) -> None:
    """The table breaks: the driver's message quotes the statement and the person's name, and none of it gets out."""
    fresh.alter("ALTER TABLE identity.identities RENAME COLUMN email TO mail")
    worker = fresh.as_("social_worker")
    body = {"family_name": "Piantatafuori", "given_name": "Ada", "sex": "F", "registered_by": fresh.service}
    answer = fresh.app.test_client().post("/v1/people", json=body, headers={"Authorization": f"Bearer {worker.token}"})
    assert (answer.status_code, answer.get_json()["code"]) == (500, "service_has_failed")
    assert set(answer.get_json()) == {"type", "title", "status", "detail", "code"}
    for leak in ("Piantatafuori", "email", "psycopg", "INSERT", "Traceback", "/service/"):
        assert leak not in answer.text
    assert fresh.seen("SELECT * FROM people.persons") == []
