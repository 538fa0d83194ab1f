"""Parameters: unknown, repeated and wrong ones are refused by name, on every method."""

import pytest

from tests.world import World, ok, refused

WRONG = [
    ("/cases?limit=0", "limit", "number_out_of_range"),
    ("/cases?limit=101", "limit", "number_out_of_range"),
    ("/cases?limit=molti", "limit", "integer_is_invalid"),
    ("/cases?limit=2.5", "limit", "integer_is_invalid"),
    ("/cases?limit=", "limit", "integer_is_invalid"),
    (f"/cases?limit={'9' * 5000}", "limit", "integer_is_invalid"),
    ("/cases?cursor=", "cursor", "length_out_of_range"),
    ("/cases?page=2", "page", "field_is_unknown"),
    ("/cases?limit=1&limit=2", "limit", "parameter_is_repeated"),
    ("/cases?is_closed=forse", "is_closed", "boolean_is_invalid"),
    ("/cases?is_closed=1", "is_closed", "boolean_is_invalid"),
    ("/cases?person_id=Rossi", "person_id", "uuid_is_invalid"),
    ("/cases?programme=DOPO%20DI%20NOI", "programme", "code_is_invalid"),
    ("/cases?stage=%00", "stage", "code_is_invalid"),
    ("/me?verbose=true", "verbose", "field_is_unknown"),
]


@pytest.mark.parametrize(("path", "name", "code"), WRONG)
def test_a_wrong_parameter_is_named(world: World, path: str, name: str, code: str) -> None:
    problem = refused(world.as_("social_worker").get(path), 400, "parameters_are_invalid")
    assert [(error["pointer"], error["code"]) for error in problem["errors"]] == [(f"#/query/{name}", code)]


def test_a_parameter_beside_a_body_is_refused(world: World) -> None:
    body = {"family_name": "Rossi", "given_name": "Ada", "sex": "F", "registered_by": world.service}
    refused(world.as_("social_worker").post("/people?dry_run=true", body), 400, "parameters_are_invalid")
    assert (
        ok(world.as_("social_worker").post("/people/search", {"family_name": "Rossi", "given_name": "Ada"}))["items"]
        == []
    )


def test_a_filter_keeps_only_what_it_says(world: World) -> None:
    case, other = world.open("PAIS"), world.open("SIL")
    worker = world.as_("social_worker")
    assert [row["id"] for row in ok(worker.get("/cases?programme=SIL"))["items"]] == [other.id]
    assert [row["id"] for row in ok(worker.get(f"/cases?person_id={case.person_id}"))["items"]] == [case.id]
    assert [row["id"] for row in ok(worker.get("/cases?is_closed=false"))["items"]] == [other.id, case.id]
    assert ok(worker.get("/cases?is_closed=true"))["items"] == []


@pytest.mark.parametrize(
    "path", ["/cases/x", "/cases/0190f000-0000-7000-8000-00000000000", "/people/RSSMRA85T10A562S", "/no"]
)
def test_an_address_that_is_none_is_not_found(world: World, path: str) -> None:
    refused(world.as_("social_worker").get(path), 404, "path_is_unknown")
