"""`Idempotency-Key`: a creation may be repeated without making a second thing."""

from typing import Any

import pytest

from tests.world import World, ok, refused, together


def body_of(world: World, name: str = "Ripetuta") -> dict[str, Any]:
    """A person to register."""
    return {"family_name": name, "given_name": "Prova", "sex": "X", "registered_by": world.service}


def made(world: World, name: str = "Ripetuta") -> int:
    """How many persons of this world bear the name."""
    statement = "SELECT count(*) FROM identity.identities WHERE family_name = :name AND recorded_by = :user"
    return int(world.seen(statement, name=name, user=world.as_("social_worker").user_id)[0][0])


def test_a_repeated_request_answers_the_same_resource(world: World) -> None:
    worker = world.as_("social_worker")
    first, again = (worker.post("/people", body_of(world), key="una volta sola") for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.get_json() == again.get_json()
    assert (first.headers["Location"], first.headers["ETag"]) == (again.headers["Location"], again.headers["ETag"])
    assert made(world) == 1


def test_without_a_key_each_request_makes_one(world: World) -> None:
    for _ in range(2):
        ok(world.as_("social_worker").post("/people", body_of(world)))
    assert made(world) == 2


def test_a_key_used_for_another_body_is_refused(world: World) -> None:
    worker = world.as_("social_worker")
    ok(worker.post("/people", body_of(world), key="k"))
    refused(worker.post("/people", body_of(world, "Un'altra"), key="k"), 422, "idempotency_key_is_taken")
    assert (made(world), made(world, "Un'altra")) == (1, 0)


def test_a_key_used_on_another_route_is_refused(world: World) -> None:
    coordinator = world.as_("coordinator")
    cases = [world.in_charge() for _ in range(2)]
    body = {"user_id": str(world.as_("team_member").user_id), "organisation_id": world.service, "role": "other",
            "component": "work", "from_on": "2023-01-14"}  # fmt: skip
    ok(coordinator.post(f"/cases/{cases[0].id}/team", body, key="k"))
    refused(coordinator.post(f"/cases/{cases[1].id}/team", body, key="k"), 422, "idempotency_key_is_taken")
    assert len(ok(coordinator.get(f"/cases/{cases[1].id}/team"))["items"]) == 2


def test_the_keys_of_two_users_are_apart(world: World) -> None:
    first = ok(world.as_("social_worker").post("/people", body_of(world), key="k"))
    second = ok(world.as_("coordinator").post("/people", body_of(world), key="k"))
    assert first["id"] != second["id"]


def test_a_key_is_forgotten_after_a_day(world: World) -> None:
    worker = world.as_("social_worker")
    first = ok(worker.post("/people", body_of(world), key="k"))
    mine = {"user": worker.user_id}
    kept = world.seen("SELECT expires_at - now() AS life FROM web.idempotency_keys WHERE user_id = :user", **mine)
    assert 23.9 < kept[0].life.total_seconds() / 3600 <= 24
    world.alter(
        "UPDATE web.idempotency_keys SET expires_at = now() - interval '1 second' WHERE user_id = :user", **mine
    )
    assert ok(worker.post("/people", body_of(world), key="k"))["id"] != first["id"]


@pytest.mark.parametrize("wrong", [{"sex": "?"}, {"registered_by": "0190f000-0000-7000-8000-000000000000"}])
def test_a_refused_attempt_leaves_the_key_free(world: World, wrong: dict[str, str]) -> None:
    worker = world.as_("social_worker")
    assert worker.post("/people", body_of(world) | wrong, key="k").status_code in (403, 422)
    ok(worker.post("/people", body_of(world), key="k"))
    assert made(world) == 1


def test_a_repetition_is_answered_within_what_may_be_seen_today(world: World) -> None:
    """The memory of a key is no second door: what it made is read anew."""
    worker = world.as_("social_worker")
    person = ok(worker.post("/people", body_of(world), key="k"))
    world.alter("UPDATE access.grounds SET until = now() WHERE person_id = :person", person=person["id"])
    refused(worker.post("/people", body_of(world), key="k"), 404, "person_is_unknown")
    assert made(world) == 1


def test_of_concurrent_twins_one_makes_and_all_answer_alike(fresh: World) -> None:
    worker = fresh.as_("social_worker")
    answers = together(*[lambda: worker.again().post("/people", body_of(fresh), key="gemelle")] * 8)
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.get_json()["id"] for answer in answers}) == 1
    assert (made(fresh), len(fresh.seen("SELECT * FROM people.persons"))) == (1, 1)


def test_of_concurrent_bodies_under_one_key_one_is_made(fresh: World) -> None:
    worker = fresh.as_("social_worker")
    bodies = [body_of(fresh, name) for name in ("Prima", "Seconda", "Terza", "Quarta")]
    answers = together(*(lambda body=body: worker.again().post("/people", body, key="k") for body in bodies))
    assert sorted(answer.status_code for answer in answers) == [201, 422, 422, 422]
    assert len(fresh.seen("SELECT * FROM people.persons")) == 1


def test_a_twin_takes_over_from_one_that_was_refused(fresh: World) -> None:
    """One of the twins may not do it: it must not keep the key from the other, whoever comes first."""
    worker = fresh.as_("social_worker")
    taken = fresh.person(identifiers=[{"system": "stp", "value": "STP0300000000001"}])
    body = body_of(fresh) | {"identifiers": [{"system": "stp", "value": "STP0300000000001"}]}
    answers = together(*[lambda: worker.again().post("/people", body, key="k")] * 4)
    assert {(answer.status_code, answer.get_json()["code"]) for answer in answers} == {
        (409, "identifier_is_registered")
    }
    held = f"/people/{taken['id']}/identifiers/{taken['identifiers'][0]['id']}"
    ok(worker.post(f"{held}/withdrawal", {"reason": "Di un'altra persona"}))
    ok(worker.post("/people", body, key="k"))


def test_money_wants_a_key(world: World) -> None:
    officer = world.as_("accounting_officer")
    fund = ok(officer.post("/funds", {"code": f"F{world.service[-12:]}", "name": "Fondo"}))
    body = {"year": 2023, "amount": {"amount": "100.00", "currency": "EUR"}, "act": "Atto", "occurred_on": "2023-01-02"}
    refused(officer.post(f"/funds/{fund['id']}/allocations", body), 400, "idempotency_key_is_missing")
    assert ok(officer.get(f"/funds/{fund['id']}/allocations"))["items"] == []
    allocations = [ok(officer.post(f"/funds/{fund['id']}/allocations", body, key="k")) for _ in range(2)]
    assert allocations[0] == allocations[1]


@pytest.mark.parametrize("key", ["", "x" * 256, "a\tb", "a\x7fb"])
def test_a_key_of_another_form_is_refused(world: World, key: str) -> None:
    refused(world.as_("social_worker").post("/people", body_of(world), key=key), 400, "idempotency_key_is_invalid")


def test_the_memory_of_keys_holds_no_answers(world: World) -> None:
    ok(world.as_("social_worker").post("/people", body_of(world, "Piantatadentro"), key="chiave-riconoscibile"))
    kept = world.text_of("web")
    assert "Piantatadentro" not in kept
    assert "chiave-riconoscibile" not in kept
