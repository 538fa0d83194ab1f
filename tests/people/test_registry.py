"""The registry of persons: registering, correcting, and what stays of what was known."""

from datetime import timedelta
from typing import Any

import pytest

from service.types import today
from tests.world import World, ok, refused

ROSSI, OMOCODIC, TWICE_OMOCODIC = "RSSMRA85T10A562S", "RSSMRA85T10A56NH", "RSSMRA85T10A5SNT"
BIANCHI = "BNCNMR71C45D150L"
WRONG_CODES = [
    ("codice_fiscale", ""), ("codice_fiscale", "RSSMRA85T10A562T"), ("codice_fiscale", "RSSMRA85T10A562"),
    ("codice_fiscale", "RSSMRA85T32A562X"), ("codice_fiscale", "RSSMRA85T10A56NX"), ("codice_fiscale", "12345678901"),
    ("codice_fiscale", "ＲＳＳＭＲＡ８５Ｔ１０"), ("stp", "STP123"), ("stp", "ENI0300000000001"), ("stp", ROSSI),
    ("eni", "ENI030000000000X"), ("eni", "STP0300000000001"),
]  # fmt: skip


def codes(*values: str, system: str = "codice_fiscale") -> list[dict[str, str]]:
    """Identifiers."""
    return [{"system": system, "value": value} for value in values]


def held(person: Any) -> list[dict[str, str]]:
    """The codes of a person, without their time."""
    return [{"system": code["system"], "value": code["value"]} for code in person["identifiers"]]


@pytest.fixture
def alone(fresh: World) -> World:
    """A registry without anybody: codes of the tests are free."""
    return fresh


def test_a_registered_person_is_read_as_given(world: World) -> None:
    given = {"family_name": "D'Inventi", "given_name": "Łucja Øst", "birth_date": "2001-02-03", "sex": "X",
             "phone": "+39 02 1", "email": "a@b", "municipality": "098031", "identifiers": []}  # fmt: skip
    answer = world.as_("social_worker").post("/people", {**given, "registered_by": world.service})
    person = ok(answer)
    assert person == {**given, "id": person["id"], "version": 1, "warnings": [], "aliases": [], "is_protected": False,
                      "possible_duplicates": []}  # fmt: skip
    assert ok(world.as_("social_worker").get(answer.headers["Location"].removeprefix("/v1"))) == person


def test_one_registers_only_for_a_body_of_ones_own(world: World) -> None:
    body = {"family_name": "Rossi", "given_name": "Ada", "sex": "F", "registered_by": world.other_service}
    refused(world.as_("social_worker").post("/people", body), 403, "organisation_is_not_yours")
    refused(
        world.as_("team_member").post("/people", {**body, "registered_by": world.service}), 403, "permission_is_missing"
    )


def test_a_person_may_have_any_code_or_none(alone: World) -> None:
    assert alone.person(identifiers=[], birth_date=None)["identifiers"] == []
    for system, value in (
        ("codice_fiscale", BIANCHI), ("codice_fiscale", "12345678903"), ("stp", "STP0300000000001"),
        ("eni", "ENI0300000000001"),
    ):  # fmt: skip
        person = alone.person(identifiers=codes(value, system=system), birth_date=None)
        assert held(person) == codes(value, system=system)
        found = ok(alone.as_("social_worker").post("/people/search", {"identifier": held(person)[0]}))["items"]
        assert [one["id"] for one in found] == [person["id"]]


def test_a_code_is_kept_in_capitals_without_spaces(alone: World) -> None:
    assert held(alone.person(identifiers=codes(" bncnmr71c45d150l"))) == codes(BIANCHI)


@pytest.mark.parametrize(("system", "value"), WRONG_CODES)
def test_a_wrong_code_is_named(world: World, system: str, value: str) -> None:
    body = {"family_name": "Rossi", "given_name": "Ada", "sex": "F", "registered_by": world.service,
            "identifiers": [*codes("STP0999999999999", system="stp"), {"system": system, "value": value}]}  # fmt: skip
    problem = refused(world.as_("social_worker").post("/people", body), 422, "request_is_invalid")
    expected = f"{system}_is_invalid" if value else "length_out_of_range"
    assert [(error["pointer"], error["code"]) for error in problem["errors"]] == [("#/identifiers/1/value", expected)]


def test_a_code_is_of_one_person(alone: World) -> None:
    alone.person(identifiers=codes(ROSSI))
    for code in (ROSSI, ROSSI.lower()):
        body = {"family_name": "Rossi", "given_name": "Mario", "sex": "M", "registered_by": alone.service,
                "identifiers": codes(code)}  # fmt: skip
        refused(alone.as_("social_worker").post("/people", body), 409, "identifier_is_registered")
        refused(alone.as_("social_worker").post("/people", {**body, "identifiers": codes(BIANCHI, BIANCHI)}), 409,
                "identifier_is_registered")  # fmt: skip
    assert len(alone.seen("SELECT * FROM people.persons")) == 1


def test_a_registered_code_is_refused_without_saying_whose_it_is(alone: World) -> None:
    alone.person(identifiers=codes(ROSSI), family_name="Nascosta")
    stranger = alone.user("social_worker", at=alone.other_service)
    body = {"family_name": "Rossi", "given_name": "Mario", "sex": "M", "registered_by": alone.other_service,
            "identifiers": codes(ROSSI)}  # fmt: skip
    answer = stranger.post("/people", body)
    refused(answer, 409, "identifier_is_registered")
    assert set(answer.get_json()) == {"type", "title", "status", "detail", "code"}
    assert "Nascosta" not in answer.text


def test_an_omocodic_code_is_of_another_person_and_a_search_finds_both(alone: World) -> None:
    """Omocodia exists because two persons would share a code (D.M. 23/12/1976 art. 6): both must fit in."""
    twins = {alone.person(identifiers=codes(code))["id"] for code in (ROSSI, OMOCODIC)}
    for spelling in (ROSSI, OMOCODIC, TWICE_OMOCODIC, OMOCODIC.lower()):
        search = {"identifier": {"system": "codice_fiscale", "value": spelling}}
        found = ok(alone.as_("social_worker").post("/people/search", search))["items"]
        assert {person["id"] for person in found} == twins


def test_a_code_that_does_not_fit_the_person_is_a_warning(alone: World) -> None:
    fits = {"family_name": "Rossi", "given_name": "Mario", "birth_date": "1985-12-10", "sex": "M"}
    person = alone.person(identifiers=codes(OMOCODIC), **fits)
    assert person["warnings"] == []
    for field, value in (
        ("family_name", "Bianchi"),
        ("given_name", "Piero"),
        ("birth_date", "1985-12-11"),
        ("sex", "F"),
    ):
        changes = {**fits, field: value}
        person = ok(alone.as_("social_worker").patch(f"/people/{person['id']}", changes, version=person["version"]))
        assert person["warnings"] == [f"codice_fiscale_disagrees_with_{field}"]


def test_a_correction_keeps_what_was_known(world: World) -> None:
    worker, person = world.as_("social_worker"), world.person(family_name="Errata", phone="111")
    corrected = ok(worker.patch(f"/people/{person['id']}", {"family_name": "Corretta", "phone": None}, version=1))
    assert (corrected["family_name"], corrected["phone"], corrected["version"]) == ("Corretta", None, 2)
    assert corrected["given_name"] == person["given_name"]
    rows = world.seen("SELECT family_name, superseded_at, recorded_by FROM identity.identities WHERE person_id = :id "
                      "ORDER BY recorded_at", id=person["id"])  # fmt: skip
    assert [(row.family_name, row.superseded_at is None) for row in rows] == [("Errata", False), ("Corretta", True)]
    told = world.events(action="person:correct", resource_id=person["id"], outcome="done")
    assert [event.field_names for event in told] == [["family_name", "phone"]]


@pytest.mark.parametrize("changes", [
    {"family_name": None}, {"identifiers": []}, {"registered_by": "x"}, {"id": "x"}, {"version": 2}, {"warnings": []},
    {"sex": "?"}, {"municipality": "098031"},
])  # fmt: skip
def test_a_wrong_correction_changes_nothing(world: World, changes: dict[str, Any]) -> None:
    worker, person = world.as_("social_worker"), world.person()
    refused(worker.patch(f"/people/{person['id']}", changes, version=1), 422, "request_is_invalid")
    assert ok(worker.get(f"/people/{person['id']}")) == person


def test_names_codes_and_contacts_are_nowhere_in_the_clear(alone: World) -> None:
    """Names stay readable in their own schema; codes and contacts nowhere; outside it a person is an id alone."""
    planted = {"family_name": "Piantatissima", "phone": "0371 55512345", "email": "piantata@esempio.it"}
    alone.person(identifiers=codes(ROSSI), **planted)
    sensitive = [ROSSI, planted["phone"], planted["email"]]
    kept = alone.text_of("identity")
    assert planted["family_name"] in kept
    for value in sensitive:
        assert value not in kept
        assert value.encode().hex() not in kept
    for schema in ("people", "cases", "audit", "web", "access"):
        elsewhere = alone.text_of(schema)
        assert not any(value in elsewhere for value in (*sensitive, planted["family_name"]))


def test_nobody_is_born_tomorrow(world: World) -> None:
    tomorrow = (today() + timedelta(days=1)).isoformat()
    body = {
        "family_name": "Inventati",
        "given_name": "Futura",
        "sex": "F",
        "birth_date": tomorrow,
        "registered_by": world.service,
    }
    problem = refused(world.as_("social_worker").post("/people", body), 422, "request_is_invalid")
    assert problem["errors"][0]["pointer"] == "#/birth_date"
    person = world.person()
    answer = world.as_("social_worker").patch(f"/people/{person['id']}", {"birth_date": tomorrow}, version=1)
    refused(answer, 422, "request_is_invalid")
