"""What a body may be: whatever else comes is refused, with the place and the code of what is wrong."""

import json
from typing import Any

import pytest

from tests.world import PATCH, Client, World, ok, refused

JSON = "application/json"
CODE = "RSSMRA85T10A562S"
UNREADABLE = {
    "nothing": (b"", "json_is_invalid"),
    "half an object": (b'{"family_name": ', "json_is_invalid"),
    "two objects": (b"{} {}", "json_is_invalid"),
    "Latin-1 for UTF-8": ('{"family_name": "Niccolò"}'.encode("latin-1"), "json_is_invalid"),
    "a lone surrogate": (rb'{"family_name": "\ud800"}', "json_is_invalid"),
    "not a number": (b'{"birth_date": NaN}', "json_is_invalid"),
    "a list": (b"[]", "json_is_not_an_object"),
    "a text": (b'"ciao"', "json_is_not_an_object"),
    "null": (b"null", "json_is_not_an_object"),
    "an object in fifty": (b'{"a":' * 50 + b"1" + b"}" * 50, "json_is_invalid"),
    "lists a hundred thousand deep": (b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "json_is_invalid"),
}
MISSING = object()
WRONG_FIELDS: list[tuple[str, Any, str, str]] = [
    ("family_name", MISSING, "#/family_name", "field_is_missing"),
    ("family_name", None, "#/family_name", "field_is_null"),
    ("family_name", 7, "#/family_name", "text_is_invalid"),
    ("family_name", ["Rossi"], "#/family_name", "text_is_invalid"),
    ("family_name", "   ", "#/family_name", "length_out_of_range"),
    ("family_name", "x" * 101, "#/family_name", "length_out_of_range"),
    ("family_name", "Ros\u0007si", "#/family_name", "text_is_invalid"),
    ("family_name", "Ros\u0000si", "#/family_name", "text_is_invalid"),
    ("surname", "Rossi", "#/surname", "field_is_unknown"),
    ("a/b~c", 1, "#/a~1b~0c", "field_is_unknown"),
    ("id", "0190f000-0000-7000-8000-000000000000", "#/id", "field_is_unknown"),
    ("sex", "female", "#/sex", "value_is_unknown"),
    ("birth_date", "17/05/1980", "#/birth_date", "date_is_invalid"),
    ("birth_date", "1980-02-30", "#/birth_date", "date_is_invalid"),
    ("birth_date", "19800517", "#/birth_date", "date_is_invalid"),
    ("birth_date", "1980-W20-6", "#/birth_date", "date_is_invalid"),
    ("birth_date", 1980, "#/birth_date", "date_is_invalid"),
    ("registered_by", "il Comune", "#/registered_by", "uuid_is_invalid"),
    ("registered_by", 5, "#/registered_by", "uuid_is_invalid"),
    ("registered_by", "urn:uuid:0190f000-0000-7000-8000-000000000000", "#/registered_by", "uuid_is_invalid"),
    ("municipality", "Lodi", "#/municipality", "istat_code_is_invalid"),
    ("phone", "chiamare dopo le 18", "#/phone", "phone_is_invalid"),
    ("email", "senza chiocciola", "#/email", "email_is_invalid"),
    ("identifiers", CODE, "#/identifiers", "list_is_invalid"),
    ("identifiers", [CODE], "#/identifiers/0", "object_is_invalid"),
    ("identifiers", [{"system": "codice_fiscale"}], "#/identifiers/0/value", "field_is_missing"),
    ("identifiers", [{"system": "passaporto", "value": "X"}], "#/identifiers/0/system", "value_is_unknown"),
    ("identifiers", [{"system": "stp", "value": "a\u0000b"}], "#/identifiers/0/value", "text_is_invalid"),
    ("identifiers", [{"system": "stp", "value": "STP1"}] * 11, "#/identifiers", "length_out_of_range"),
]
WRONG_VALUES: list[tuple[str, str, Any, str]] = [
    ("interventions", "minutes", True, "integer_is_invalid"),
    ("interventions", "minutes", "60", "integer_is_invalid"),
    ("interventions", "minutes", 60.0, "integer_is_invalid"),
    ("interventions", "minutes", 0, "number_out_of_range"),
    ("interventions", "minutes", 1441, "number_out_of_range"),
    ("interventions", "kind", "colloquio di gruppo", "code_is_invalid"),
    ("interventions", "note", "x" * 10_001, "length_out_of_range"),
    ("evaluations", "is_final", "yes", "boolean_is_invalid"),
    ("evaluations", "is_final", 1, "boolean_is_invalid"),
    ("evaluations", "is_final", None, "field_is_null"),
]
WRONG_AMOUNTS = [
    1.5,
    100,
    "1.5",
    "100",
    "-1.00",
    "1e3",
    "NaN",
    "100.230",
    " 100.23",
    "١٠٠.٢٣",
    "1,000.00",
    "9" * 13 + ".00",
]


def people_known(world: World) -> int:
    """How many persons there are, whoever may see them."""
    return int(world.seen("SELECT count(*) FROM people.persons")[0][0])


def send(by: Client, content: bytes, *, media: str | None = JSON) -> Any:
    """A body as it is, to the registry of persons."""
    return by.request("POST", "/people", data=content, headers={"Content-Type": media} if media else {})


def wrong(answer: Any) -> list[tuple[str, str]]:
    """The places and codes that a problem names."""
    return [(error["pointer"], error["code"]) for error in answer.get_json()["errors"]]


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_body_that_is_no_json_object_is_refused(world: World, name: str) -> None:
    content, code = UNREADABLE[name]
    refused(send(world.as_("social_worker"), content), 400, code)


@pytest.mark.parametrize("media", ["text/plain", "application/xml", "multipart/form-data", PATCH, None])
def test_a_body_of_another_media_type_is_refused(world: World, media: str | None) -> None:
    problem = refused(send(world.as_("social_worker"), b"{}", media=media), 415, "media_type_is_unsupported")
    assert JSON in problem["detail"]


def test_a_form_is_refused(world: World) -> None:
    refused(world.as_("social_worker").request("POST", "/people", data={"sex": "F"}), 415, "media_type_is_unsupported")


def test_a_body_over_a_million_bytes_is_refused(world: World) -> None:
    content = json.dumps({"family_name": "x" * 1_000_001}).encode()
    refused(send(world.as_("social_worker"), content), 413, "body_is_too_large")


@pytest.mark.parametrize(("field", "value", "pointer", "code"), WRONG_FIELDS)
def test_a_wrong_field_is_named(world: World, field: str, value: Any, pointer: str, code: str) -> None:
    worker = world.as_("social_worker")
    body = {"family_name": "Rossi", "given_name": "Maria", "sex": "F", "registered_by": world.service, field: value}
    if value is MISSING:
        del body[field]
    before = people_known(world)
    answer = worker.post("/people", body)
    refused(answer, 422, "request_is_invalid")
    assert wrong(answer) == [(pointer, code)]
    assert people_known(world) == before


def test_all_wrong_fields_are_told_at_once(world: World) -> None:
    body = {"given_name": "", "sex": "?", "registered_by": "x", "surname": "Rossi"}
    answer = world.as_("social_worker").post("/people", body)
    assert sorted(wrong(answer)) == [
        ("#/family_name", "field_is_missing"), ("#/given_name", "length_out_of_range"),
        ("#/registered_by", "uuid_is_invalid"), ("#/sex", "value_is_unknown"), ("#/surname", "field_is_unknown"),
    ]  # fmt: skip


def test_spaces_around_a_text_are_not_kept(world: World) -> None:
    assert world.person(family_name="  De Rossi\t")["family_name"] == "De Rossi"


def test_numbers_flags_and_codes_are_taken_only_as_what_they_are(world: World) -> None:
    case = world.started()
    bodies = {
        "interventions": {
            "kind": "colloquio",
            "occurred_on": "2023-02-11",
            "minutes": 60,
            "organisation_id": world.service,
        },
        "evaluations": {"judge": "operators", "scale": "likert_5", "value": 3, "occurred_on": "2023-02-11"},
    }
    manager = world.as_("case_manager")
    for room, field, value, code in WRONG_VALUES:
        answer = manager.post(f"/cases/{case.id}/{room}", {**bodies[room], field: value})
        assert (answer.status_code, wrong(answer)) == (422, [(f"#/{field}", code)]), f"{field} = {value!r}"
    for room in bodies:
        assert ok(manager.get(f"/cases/{case.id}/{room}"))["items"] == []


@pytest.mark.parametrize("amount", WRONG_AMOUNTS)
def test_money_is_a_text_with_two_decimals(world: World, amount: Any) -> None:
    officer = world.as_("accounting_officer")
    name = f"F{id(amount)}_{world.service[:8]}"
    fund = ok(officer.post("/funds", {"code": name, "name": "Fondo"}))
    body = {"year": 2023, "amount": {"amount": amount, "currency": "EUR"}, "act": "Atto", "occurred_on": "2023-01-02"}
    answer = officer.post(f"/funds/{fund['id']}/allocations", body, key="k")
    assert wrong(answer) == [("#/amount/amount", "decimal_is_invalid")]


def test_a_patch_wants_its_own_media_type_and_says_which(world: World) -> None:
    worker, person = world.as_("social_worker"), world.person()
    answer = worker.request(
        "PATCH", f"/people/{person['id']}", {"phone": "02 12345"}, headers={"Content-Type": JSON, "If-Match": '"1"'}
    )
    refused(answer, 415, "media_type_is_unsupported")
    assert answer.headers["Accept-Patch"] == PATCH
    assert ok(worker.patch(f"/people/{person['id']}", {"phone": "02 12345"}, version=1))["phone"] == "02 12345"


def test_a_reference_to_nothing_names_its_field(world: World) -> None:
    person, nobody = world.person(), "0190f000-0000-7000-8000-000000000000"
    referral = {
        "channel": "gepi",
        "happened_on": "2023-01-01",
        "arrived_on": "2023-01-01",
        "from_organisation_id": nobody,
    }
    body = {"programme": "PAIS", "person_id": person["id"], "service_id": world.service, "referral": referral}
    answer = world.as_("social_worker").post("/cases", body)
    refused(answer, 422, "reference_is_unknown")
    assert wrong(answer) == [("#/referral/from_organisation_id", "reference_is_unknown")]
    assert world.seen("SELECT id FROM cases.cases WHERE person_id = :person", person=person["id"]) == []
