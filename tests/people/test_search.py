"""Searching persons: within what one may see, by any spelling, and always on the log."""

from typing import Any

import pytest
from sqlalchemy import text

from tests.fences.test_second_guard import runtime
from tests.world import Client, World, ok, refused

CODE = {"system": "codice_fiscale", "value": "RSSMRA85T10A562S"}


def search(by: Client, **body: Any) -> list[str]:
    """The family and given names found."""
    return [f"{one['family_name']} {one['given_name']}" for one in ok(by.post("/people/search", body))["items"]]


def test_names_are_found_by_their_beginning_whatever_the_case(world: World) -> None:
    for family_name, given_name in (("Fontana", "Ada"), ("Fontanella", "Bice"), ("Monte", "Carla")):
        world.person(family_name=family_name, given_name=given_name)
    by = world.as_("social_worker")
    assert search(by, family_name="fontan") == ["Fontana Ada", "Fontanella Bice"]
    assert search(by, family_name="Fontana") == ["Fontana Ada", "Fontanella Bice"]
    assert search(by, family_name="FONTAN", given_name="b") == ["Fontanella Bice"]
    assert search(by, family_name="mon") == ["Monte Carla"]
    assert search(by, family_name="Rossi") == []


def test_a_birth_date_narrows_the_search(world: World) -> None:
    world.person(family_name="Gemella", given_name="Prima", birth_date="1980-01-01")
    world.person(family_name="Gemella", given_name="Seconda", birth_date="1981-01-01")
    world.person(family_name="Gemella", given_name="Terza", birth_date=None)
    assert search(world.as_("social_worker"), family_name="Gemella", birth_date="1981-01-01") == ["Gemella Seconda"]


def test_names_spelt_alike_come_after_those_that_begin_so(world: World) -> None:
    for family_name, given_name in (
        ("Hosseini", "Dara"),
        ("Hussein", "Amir"),
        ("Husseini", "Bano"),
        ("Verdi", "Carlo"),
    ):
        world.person(family_name=family_name, given_name=given_name)
    by = world.as_("social_worker")
    assert search(by, family_name="Hussein") == ["Hussein Amir", "Husseini Bano", "Hosseini Dara"]
    assert search(by, family_name="Husein", given_name="amìr") == ["Hussein Amir"]
    assert search(by, family_name="Hussein", given_name="Zoe") == []


@pytest.mark.parametrize("spelling", ["D'Àngelo", "dangelo", "D’ANGELO", "d angelo", "D-Ang"])
def test_accents_apostrophes_spaces_and_hyphens_make_no_difference(world: World, spelling: str) -> None:
    world.person(family_name="D’Angelo", given_name="Łucja")
    by = world.as_("social_worker")
    assert search(by, family_name=spelling, given_name="lucja") == ["D’Angelo Łucja"]


def test_a_name_with_a_sign_in_it_is_found_by_its_beginning(world: World) -> None:
    for family_name in ("Sotto_Scritta", "Per%Cento", "Barra\\Rovescia"):
        world.person(family_name=family_name, given_name="Ada")
        assert search(world.as_("social_worker"), family_name=family_name[:7]) == [f"{family_name} Ada"]


@pytest.mark.parametrize("pattern", ["%", "_", "%a", "F%a", "\\", "'; DROP TABLE x; --", "''", "-", " . "])
def test_a_pattern_is_only_text(world: World, pattern: str) -> None:
    world.person(family_name="Fontana")
    body = {"family_name": pattern}
    assert ok(world.as_("social_worker").post("/people/search", body))["items"] == []


def test_a_search_stays_within_what_one_may_see(fresh: World) -> None:
    fresh.person(family_name="Vicina", identifiers=[CODE])
    colleague = fresh.user("social_worker")
    stranger = fresh.user("social_worker", at=fresh.other_service)
    assert len(search(colleague, family_name="Vicina")) == 1
    assert search(stranger, family_name="Vicina") == []
    assert len(search(colleague, identifier=CODE)) == 1
    assert search(stranger, identifier=CODE) == []


@pytest.mark.parametrize("function", [
    "people.named('Vicina', NULL, NULL, 50)",
    "people.resembling('Vicina', 'Ada', ARRAY['1980-05-17'::date], '{}', '{}', 10)",
])  # fmt: skip
def test_the_functions_of_the_search_stay_within_sight_by_themselves(fresh: World, function: str) -> None:
    """They run as the owner, whom no policy stops; and who is out of sight must not take the place of who is in it."""
    fresh.person(family_name="Vicina", given_name="Ada")
    counts = {}
    for name, at in (("colleague", fresh.service), ("stranger", fresh.other_service)):
        with runtime(fresh, fresh.user("social_worker", at=at)) as connection:
            counts[name] = connection.scalar(text(f"SELECT count(*) FROM {function}"))
    assert counts == {"colleague": 1, "stranger": 0}


def test_a_person_of_another_service_does_not_exist(world: World) -> None:
    person = world.person()
    stranger = world.user("social_worker", "coordinator", at=world.other_service)
    here = f"/people/{person['id']}"
    nobody = refused(stranger.get("/people/0190f000-0000-7000-8000-000000000000"), 404, "person_is_unknown")
    assert refused(stranger.get(here), 404, "person_is_unknown") == nobody
    refused(stranger.patch(here, {"phone": "1234"}, version=1), 404, "person_is_unknown")
    referral = {"channel": "gepi", "happened_on": "2023-01-01", "arrived_on": "2023-01-01"}
    body = {"programme": "PAIS", "person_id": person["id"], "service_id": world.other_service, "referral": referral}
    refused(stranger.post("/cases", body), 404, "person_is_unknown")


@pytest.mark.parametrize("role", ["team_member", "provider_operator", "accounting_officer", "dpo", "plan_office",
                                  "local_administrator", "system_administrator"])  # fmt: skip
def test_other_roles_search_nobody(world: World, role: str) -> None:
    world.person(family_name="Cercata")
    refused(world.as_(role).post("/people/search", {"family_name": "Cercata"}), 403, "permission_is_missing")


@pytest.mark.parametrize(("body", "pointer", "code"), [
    ({}, "#", "search_wants_code_or_name"), ({"given_name": "Ada"}, "#", "search_wants_code_or_name"),
    ({"identifier": CODE, "family_name": "Rossi"}, "#", "search_wants_code_or_name"),
    ({"identifier": {**CODE, "value": "RSSMRA85T10A562X"}}, "#/identifier/value", "codice_fiscale_is_invalid"),
    ({"family_name": ""}, "#/family_name", "length_out_of_range"), ({"surname": "Rossi"}, "#/surname", "field_is_unknown"),
])  # fmt: skip
def test_a_search_of_another_form_is_refused(world: World, body: dict[str, Any], pointer: str, code: str) -> None:
    problem = refused(world.as_("social_worker").post("/people/search", body), 422, "request_is_invalid")
    assert [(error["pointer"], error["code"]) for error in problem["errors"]] == [(pointer, code)]


def test_at_most_fifty_are_found(world: World) -> None:
    worker = world.as_("social_worker")
    for _ in range(51):
        world.person(worker, family_name="Moltitudine")
    assert len(search(worker, family_name="Moltitudine")) == 50


def test_everybody_found_is_on_the_log(world: World) -> None:
    people = {world.person(family_name="Trovata")["id"] for _ in range(2)}
    worker = world.as_("social_worker")
    search(worker, family_name="Trovata")
    event = world.events(user_id=worker.user_id, action="people:search")[-1]
    assert event.outcome == "shown"
    shown = world.seen("SELECT person_id FROM audit.event_people WHERE event_id = :id", id=event.id)
    assert {str(row.person_id) for row in shown} == people
    search(worker, family_name="Nessuna")
    assert len(world.events(user_id=worker.user_id, action="people:search")) == 2
