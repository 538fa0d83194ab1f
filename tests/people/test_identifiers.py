"""Codes of a person over time: given, renewed, corrected, withdrawn, ended; and each of one person, whoever tries at once."""

from typing import Any

import pytest

from service.clocks import calendars
from service.people.rules import last_day
from service.types import today
from tests.world import World, days_after, ok, refused, together

ROSSI, OMOCODIC, BIANCHI = "RSSMRA85T10A562S", "RSSMRA85T10A56NH", "BNCNMR71C45D150L"
STP = {"system": "stp", "value": "STP0300000000001"}


def cf(value: str, **values: Any) -> dict[str, Any]:
    """A tax code."""
    return {"system": "codice_fiscale", "value": value, **values}


def known(world: World, person: Any) -> list[tuple[str, str | None, str | None, bool]]:
    """The codes that the list of a person holds: value, time, whether the row stands."""
    items = ok(world.as_("social_worker").get(f"/people/{person['id']}/identifiers"))["items"]
    return [(one["value"], one["valid_from"], one["valid_to"], one["superseded_at"] is None) for one in items]


def found(world: World, value: str, system: str = "codice_fiscale") -> set[str]:
    """Who is found by a code."""
    search = {"identifier": {"system": system, "value": value}}
    return {one["id"] for one in ok(world.as_("social_worker").post("/people/search", search))["items"]}


def test_stp_runs_out_after_six_months_and_is_renewed_by_a_row_more(fresh: World) -> None:
    person = fresh.person(identifiers=[{**STP, "valid_from": "2023-01-31"}])
    here = f"/people/{person['id']}"
    assert known(fresh, person) == [(STP["value"], "2023-01-31", "2023-07-31", True)]
    assert "stp_has_run_out" in person["warnings"]
    issued = days_after(today().isoformat(), -10)
    answer = fresh.as_("social_worker").post(f"{here}/identifiers", {**STP, "valid_from": issued, "status": "verified"})
    renewed = ok(answer)
    assert (
        renewed["valid_to"] == calendars.add_months(today(), 0, slide=False).isoformat() or renewed["valid_to"] > issued
    )
    assert ok(fresh.as_("social_worker").get(answer.headers["Location"].removeprefix("/v1"))) == renewed
    assert len(known(fresh, person)) == 2
    person = ok(fresh.as_("social_worker").get(here))
    assert [(code["valid_from"], code["status"]) for code in person["identifiers"]] == [(issued, "verified")]
    assert person["warnings"] == []


def test_the_last_day_of_a_code_is_by_the_rule_of_the_clocks() -> None:
    day = today()
    assert last_day("eni", day) == calendars.add_months(day, 6, slide=False)
    assert last_day("codice_fiscale", day) is None
    assert last_day("stp", None) is None


def test_an_early_renewal_ends_the_period_that_it_renews(fresh: World) -> None:
    person = fresh.person(identifiers=[{**STP, "valid_from": "2023-01-10"}])
    ok(fresh.as_("social_worker").post(f"/people/{person['id']}/identifiers", {**STP, "valid_from": "2023-06-01"}))
    assert known(fresh, person) == [
        (STP["value"], "2023-06-01", "2023-12-01", True), (STP["value"], "2023-01-10", "2023-05-31", True),
    ]  # fmt: skip


def test_a_correction_supersedes_with_its_reason_and_frees_the_wrong_code(fresh: World) -> None:
    worker, person = fresh.as_("social_worker"), fresh.person(identifiers=[cf(ROSSI)])
    here = f"/people/{person['id']}/identifiers/{person['identifiers'][0]['id']}"
    corrected = ok(worker.post(f"{here}/correction", {"value": BIANCHI, "status": "verified", "reason": "Letto male"}))
    assert (corrected["value"], corrected["status"], corrected["supersede_reason"]) == (BIANCHI, "verified", None)
    assert ok(worker.get(here))["supersede_reason"] == "Letto male"
    assert found(fresh, ROSSI) == set()
    assert found(fresh, BIANCHI) == {person["id"]}
    assert fresh.person(identifiers=[cf(ROSSI)])["identifiers"][0]["value"] == ROSSI
    refused(worker.post(f"{here}/correction", {"reason": "Ancora"}), 409, "fact_is_superseded")
    [event] = fresh.events(action="identifier:correct", outcome="done")
    assert event.field_names == ["reason", "status", "value"]


def test_a_correction_of_the_first_day_moves_the_last_one_of_what_runs_out_alone(fresh: World) -> None:
    worker = fresh.as_("social_worker")
    person = fresh.person(identifiers=[cf(ROSSI, valid_from="2020-01-01"), {**STP, "valid_from": "2023-01-10"}])
    here = {code["system"]: f"/people/{person['id']}/identifiers/{code['id']}" for code in person["identifiers"]}
    ok(worker.post(f"{here['codice_fiscale']}/end", {"valid_to": "2023-05-01"}))
    change = {"valid_from": "2022-12-01", "reason": "Data sbagliata"}
    corrected = {system: ok(worker.post(f"{path}/correction", change)) for system, path in here.items()}
    assert {system: one["valid_to"] for system, one in corrected.items()} == {
        "codice_fiscale": "2023-05-01",
        "stp": "2023-06-01",
    }
    path = f"/people/{person['id']}/identifiers/{corrected['stp']['id']}/correction"
    refused(worker.post(path, {"valid_to": "2022-11-30", "reason": "Prima"}), 422, "request_is_invalid")


def test_a_withdrawn_code_is_free_and_an_ended_one_stays_the_persons(fresh: World) -> None:
    worker, person = fresh.as_("social_worker"), fresh.person(identifiers=[cf(ROSSI), cf(BIANCHI)])
    ids = {code["value"]: f"/people/{person['id']}/identifiers/{code['id']}" for code in person["identifiers"]}
    ok(worker.post(f"{ids[ROSSI]}/withdrawal", {"reason": "Di un altro"}))
    ended = ok(worker.post(f"{ids[BIANCHI]}/end", {"valid_to": "2023-05-01"}))
    assert ended["valid_to"] == "2023-05-01"
    refused(worker.post(f"{ids[BIANCHI]}/end", {"valid_to": "2023-06-01"}), 409, "identifier_has_ended")
    assert ok(worker.get(f"/people/{person['id']}"))["identifiers"] == []
    body = {"family_name": "Rossi", "given_name": "Mario", "sex": "M", "registered_by": fresh.service}
    ok(worker.post("/people", {**body, "identifiers": [cf(ROSSI)]}))
    refused(worker.post("/people", {**body, "identifiers": [cf(BIANCHI)]}), 409, "identifier_is_registered")


def test_a_withdrawn_period_leaves_the_code_to_the_other_one(fresh: World) -> None:
    """The first row keeps the code from others; when it goes, the renewal does."""
    person = fresh.person(identifiers=[{**STP, "valid_from": "2022-01-10"}])
    worker, here = fresh.as_("social_worker"), f"/people/{person['id']}/identifiers"
    ok(worker.post(here, {**STP, "valid_from": "2023-01-10"}))
    ok(worker.post(f"{here}/{person['identifiers'][0]['id']}/withdrawal", {"reason": "Mai rilasciato"}))
    body = {"family_name": "Altra", "given_name": "Persona", "sex": "F", "registered_by": fresh.service}
    refused(worker.post("/people", {**body, "identifiers": [STP]}), 409, "identifier_is_registered")


@pytest.mark.parametrize(("code", "pointer", "wrong"), [
    (cf("RSSMRA85T10A562T"), "#/value", "codice_fiscale_is_invalid"), ({**STP, "value": "STP1"}, "#/value", "stp_is_invalid"),
    ({**STP, "valid_from": "2999-01-01"}, "#/valid_from", "date_is_in_the_future"),
])  # fmt: skip
def test_a_wrong_code_is_named_where_it_stands(world: World, code: Any, pointer: str, wrong: str) -> None:
    person = world.person()
    problem = refused(
        world.as_("social_worker").post(f"/people/{person['id']}/identifiers", code), 422, "request_is_invalid"
    )
    assert [(error["pointer"], error["code"]) for error in problem["errors"]] == [(pointer, wrong)]


def test_a_code_given_to_two_at_once_is_of_one(fresh: World) -> None:
    worker = fresh.as_("social_worker")
    people = [fresh.person()["id"] for _ in range(4)]
    answers = together(*(
        lambda person=person: worker.again().post(f"/people/{person}/identifiers", cf(ROSSI)) for person in people
    ))  # fmt: skip
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert len(found(fresh, ROSSI)) == 1


def test_a_code_renewed_twice_at_once_is_renewed_once(fresh: World) -> None:
    worker, person = fresh.as_("social_worker"), fresh.person(identifiers=[STP])
    renewal = {**STP, "valid_from": "2023-03-01"}
    answers = together(*[lambda: worker.again().post(f"/people/{person['id']}/identifiers", renewal)] * 3)
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]


def test_a_change_of_codes_is_a_change_of_the_person(world: World) -> None:
    worker, person = world.as_("social_worker"), world.person()
    ok(worker.post(f"/people/{person['id']}/identifiers", {"system": "eni", "value": "ENI0300000098765"}))
    refused(worker.patch(f"/people/{person['id']}", {"phone": "123"}, version=1), 412, "row_has_changed")
