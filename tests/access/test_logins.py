"""Logging in: the same answer to every wrong guess, few guesses, and an end that is an end."""

import time
from collections.abc import Iterator
from statistics import median
from typing import Any

import pytest
from argon2 import PasswordHasher

from service.access import passwords
from service.config import settings
from tests.world import PASSWORD, Client, World, ok, refused, together

WRONG = "non è la sua password"


def log_in(world: World, username: str, password: str = PASSWORD) -> Any:
    """A log-in on a connection of its own."""
    return Client(world.app).post("/tokens", {"username": username, "password": password})


def me(world: World, token: str) -> Any:
    """Who a token says one is."""
    return Client(world.app, token=token).get("/me")


def refresh(world: World, token: str) -> Any:
    """The next pair."""
    return Client(world.app).post("/tokens/refresh", {"refresh_token": token})


@pytest.fixture
def slow_hashes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Passwords hashed as in production, whose time can be measured."""
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1))
    passwords._nobodys_hash.cache_clear()
    yield
    passwords._nobodys_hash.cache_clear()


def test_the_right_password_begins_a_log_in(world: World) -> None:
    user = world.user("social_worker")
    answer = log_in(world, user.username)
    assert answer.status_code == 201
    tokens = answer.get_json()
    assert (tokens["token_type"], tokens["expires_in"]) == ("Bearer", settings().access_token_minutes * 60)
    assert ok(me(world, tokens["access_token"]))["id"] == str(user.user_id)


def test_every_wrong_guess_has_the_same_answer(world: World) -> None:
    known, suspended = world.user("social_worker"), world.user("social_worker")
    world.alter("UPDATE access.users SET is_active = false WHERE id = :id", id=suspended.user_id)
    answers = [
        log_in(world, known.username, WRONG),
        log_in(world, f"nessuno{known.username}", WRONG),
        log_in(world, suspended.username),
    ]
    for answer in answers:
        refused(answer, 401, "credentials_are_wrong")
    assert len({answer.data for answer in answers}) == 1
    assert {answer.headers["WWW-Authenticate"] for answer in answers} == {"Bearer"}


def test_an_unknown_name_takes_as_long_as_a_known_one(world: World, slow_hashes: None) -> None:
    known = world.user("social_worker")
    log_in(world, "chiunque", WRONG)  # the hash of nobody is made once

    def seconds(username: str) -> float:
        began = time.perf_counter()
        refused(log_in(world, username, WRONG), 401, "credentials_are_wrong")
        return time.perf_counter() - began

    times = [(seconds(f"nessuno{turn}{world.service}"), seconds(known.username)) for turn in range(4)]
    assert 0.5 < median(unknown for unknown, _ in times) / median(right for _, right in times) < 2


def test_after_five_failures_even_the_right_password_waits(world: World) -> None:
    guessed, other = world.user("social_worker"), world.user("social_worker")
    for _ in range(settings().failed_logins_allowed):
        refused(log_in(world, guessed.username, WRONG), 401, "credentials_are_wrong")
    answer = log_in(world, guessed.username)
    refused(answer, 429, "too_many_failed_logins")
    assert 0 < int(answer.headers["Retry-After"]) <= settings().failed_logins_minutes * 60
    ok(log_in(world, other.username))
    ok(guessed.get("/me"))


def test_a_name_that_nobody_bears_waits_as_well(world: World) -> None:
    """Else the wait itself would tell which names exist."""
    name = f"nessuno-{world.service}"
    answers = [log_in(world, name, WRONG).status_code for _ in range(6)]
    assert answers == [401] * 5 + [429]


def test_the_wait_ends(world: World) -> None:
    user = world.user("social_worker")
    name = user.username
    assert [log_in(world, name, WRONG).status_code for _ in range(6)] == [401] * 5 + [429]
    window = f"{settings().failed_logins_minutes} minutes"
    world.alter(f"UPDATE access.login_failures SET failed_at = failed_at - interval '{window}'")
    ok(log_in(world, name))


def test_guesses_at_once_do_not_get_past_the_count(world: World) -> None:
    user = world.user("social_worker")
    answers = together(*[lambda: log_in(world, user.username, WRONG)] * 12)
    assert sorted(answer.status_code for answer in answers) == [401] * 5 + [429] * 7


@pytest.mark.parametrize("username", ["", "x" * 101, None, 5, "a\u0000b"])
def test_a_name_of_another_form_is_refused(world: World, username: Any) -> None:
    refused(Client(world.app).post("/tokens", {"username": username, "password": "x"}), 422, "request_is_invalid")


def test_a_refresh_token_makes_the_next_pair(world: World) -> None:
    user = world.user("social_worker")
    pair = ok(refresh(world, user.tokens["refresh_token"]))
    assert ok(me(world, pair["access_token"]))["id"] == str(user.user_id)
    ok(refresh(world, pair["refresh_token"]))


def test_a_refresh_token_used_twice_ends_the_log_in(world: World) -> None:
    """RFC 9700, 4.14.2: one of the two who used it is a thief, and nobody knows which."""
    user = world.user("social_worker")
    stolen = user.tokens["refresh_token"]
    pair = ok(refresh(world, stolen))
    refused(refresh(world, stolen), 401, "login_has_ended")
    refused(refresh(world, pair["refresh_token"]), 401, "login_has_ended")
    for token in (user.token, pair["access_token"]):
        refused(me(world, token), 401, "login_has_ended")
    ended = world.seen("SELECT end_reason FROM access.logins WHERE user_id = :id", id=user.user_id)
    assert [row.end_reason for row in ended] == ["refresh_token_reused"]
    told = [event.outcome for event in world.events(user_id=user.user_id, action="tokens:refresh")]
    assert told == ["done", "refresh_token_was_used"]


def test_of_two_uses_at_once_of_a_refresh_token_one_is_the_theft(world: World) -> None:
    user = world.user("social_worker")
    token = user.tokens["refresh_token"]
    answers = together(*[lambda: refresh(world, token)] * 3)
    assert sorted(answer.status_code for answer in answers) == [201, 401, 401]
    refused(user.get("/me"), 401, "login_has_ended")


def test_a_log_out_is_at_once(world: World) -> None:
    user = world.user("social_worker")
    second = ok(log_in(world, user.username))
    assert user.request("DELETE", "/tokens/current").status_code == 204
    refused(user.get("/me"), 401, "login_has_ended")
    refused(refresh(world, user.tokens["refresh_token"]), 401, "login_has_ended")
    ok(me(world, second["access_token"]))


def test_a_log_in_ends_at_its_hour(world: World) -> None:
    user = world.user("social_worker")
    world.alter("UPDATE access.logins SET expires_at = now() WHERE user_id = :id", id=user.user_id)
    refused(user.get("/me"), 401, "login_has_ended")
    refused(refresh(world, user.tokens["refresh_token"]), 401, "login_has_ended")


def test_who_is_suspended_loses_access_at_once(world: World) -> None:
    user = world.user("social_worker")
    ok(user.get("/me"))
    world.alter("UPDATE access.users SET is_active = false WHERE id = :id", id=user.user_id)
    refused(user.get("/me"), 401, "login_has_ended")
    refused(refresh(world, user.tokens["refresh_token"]), 401, "login_has_ended")
    refused(log_in(world, user.username), 401, "credentials_are_wrong")


def test_who_loses_a_role_loses_its_permissions_at_once(world: World) -> None:
    user = world.user("social_worker", "coordinator")
    person = world.person(user)
    ok(user.get("/caseloads"))
    end = "UPDATE access.role_assignments SET until = now() WHERE user_id = :id AND role = :role"
    world.alter(end, id=user.user_id, role="coordinator")
    refused(user.get("/caseloads"), 403, "permission_is_missing")
    ok(user.get(f"/people/{person['id']}"))
    world.alter(end, id=user.user_id, role="social_worker")
    refused(user.get(f"/people/{person['id']}"), 403, "permission_is_missing")
    refused(user.get("/me"), 403, "permission_is_missing")


def test_log_ins_are_on_the_log_without_the_name_that_was_typed(world: World) -> None:
    user = world.user("social_worker")
    log_in(world, user.username, WRONG)
    log_in(world, "LaMiaPasswordScrittaNelNome", WRONG)
    told = [event.outcome for event in world.events(user_id=user.user_id, action="tokens:create")]
    assert told == ["done", "credentials_are_wrong"]
    kept = world.text_of("audit") + world.text_of("access")
    for secret in ("LaMiaPasswordScrittaNelNome", WRONG, PASSWORD):
        assert secret not in kept
