"""Designating operators and bodies."""

from typing import Any

import pytest

from tests.world import PASSWORD, Client, World, ok, refused

WRONG = [
    ("username", "x", "username_is_invalid"), ("username", "Anna", "username_is_invalid"),
    ("username", "anna rossi", "username_is_invalid"), ("username", "a" * 65, "username_is_invalid"),
    ("username", "anna\n", "username_is_invalid"), ("password", "corta", "length_out_of_range"),
    ("password", "x" * 201, "length_out_of_range"), ("display_name", "", "length_out_of_range"),
    ("email", "anna", "email_is_invalid"), ("email", "anna@comune", "email_is_invalid"),
    ("email", "anna@comune.example\n", "email_is_invalid"), ("email", "Anna <anna@comune.example>", "email_is_invalid"),
    ("email", "a@b.example,c@d.example", "email_is_invalid"), ("email", "anna..rossi@comune.example", "email_is_invalid"),
    ("roles", [], "length_out_of_range"), ("is_active", True, "field_is_unknown"),
    ("is_demo", True, "field_is_unknown"), ("id", "0190f000-0000-7000-8000-000000000000", "field_is_unknown"),
]  # fmt: skip


def new_user(world: World, **values: Any) -> dict[str, Any]:
    """An operator to designate."""
    roles = [{"role": "social_worker", "organisation_id": world.service}]
    name = f"nuovo{world.service[-12:]}"
    return {"username": name, "display_name": "Anna Inventata", "password": PASSWORD, "roles": roles, **values}


def test_a_designated_operator_logs_in_with_the_roles_given(world: World) -> None:
    administrator = world.as_("system_administrator")
    answer = administrator.post("/users", new_user(world))
    user = ok(answer)
    assert "password" not in user
    assert answer.headers["Location"] == f"/v1/users/{user['id']}"
    assert ok(administrator.get(f"/users/{user['id']}")) == user
    tokens = ok(Client(world.app).post("/tokens", {"username": user["username"], "password": PASSWORD}))
    me = ok(Client(world.app, token=tokens["access_token"]).get("/me"))
    assert me["roles"] == [{"role": "social_worker", "organisation_id": world.service}]
    assert "cases:open" in me["permissions"]
    assert "users:designate" not in me["permissions"]


def test_an_operator_may_have_an_address_and_those_who_read_operators_see_it(world: World) -> None:
    administrator, address = world.as_("system_administrator"), "anna.rossi+trama@servizi.comune.example"
    user = ok(administrator.post("/users", new_user(world, email=address)))
    assert ok(administrator.get(f"/users/{user['id']}"))["email"] == user["email"] == address
    assert address in [one["email"] for one in ok(administrator.get("/users"))["items"]]
    told = world.events(resource_id=user["id"], outcome="done")
    assert [event.field_names for event in told] == [["display_name", "email", "roles", "username"]]


def test_an_operator_without_an_address_has_none(world: World) -> None:
    user = ok(world.as_("system_administrator").post("/users", new_user(world)))
    assert user["email"] is None
    told = world.events(resource_id=user["id"], outcome="done")
    assert [event.field_names for event in told] == [["display_name", "roles", "username"]]


@pytest.mark.parametrize(
    "role", ["social_worker", "coordinator", "case_manager", "dpo", "plan_office", "accounting_officer"]
)
def test_nobody_but_the_administrator_designates(world: World, role: str) -> None:
    refused(world.as_(role).post("/users", new_user(world)), 403, "permission_is_missing")


@pytest.mark.parametrize(("field", "value", "code"), WRONG)
def test_a_wrong_field_of_an_operator_is_named(world: World, field: str, value: Any, code: str) -> None:
    answer = world.as_("system_administrator").post("/users", new_user(world, **{field: value}))
    problem = refused(answer, 422, "request_is_invalid")
    assert [(error["pointer"], error["code"]) for error in problem["errors"]] == [(f"#/{field}", code)]


def test_a_role_that_does_not_exist_or_is_nowhere_is_refused(world: World) -> None:
    administrator = world.as_("system_administrator")
    queen = [{"role": "regina", "organisation_id": world.service}]
    problem = refused(administrator.post("/users", new_user(world, roles=queen)), 422, "request_is_invalid")
    assert problem["errors"][0]["pointer"] == "#/roles/0/role"
    nowhere = [{"role": "dpo", "organisation_id": "0190f000-0000-7000-8000-000000000000"}]
    problem = refused(administrator.post("/users", new_user(world, roles=nowhere)), 422, "reference_is_unknown")
    assert [error["pointer"] for error in problem["errors"]] == ["#/roles/0/organisation_id"]
    assert world.seen("SELECT * FROM access.users WHERE username = :name", name=new_user(world)["username"]) == []


def test_a_password_that_holds_the_name_is_refused(world: World) -> None:
    body = new_user(world)
    problem = refused(
        world.as_("system_administrator").post("/users", body | {"password": f"xx{body['username'].upper()}xx"}), 422,
        "request_is_invalid",
    )  # fmt: skip
    assert [error["code"] for error in problem["errors"]] == ["password_holds_the_username"]


def test_a_name_is_borne_by_one_operator(world: World) -> None:
    administrator = world.as_("system_administrator")
    ok(administrator.post("/users", new_user(world)))
    refused(administrator.post("/users", new_user(world)), 409, "username_is_taken")
    told = world.events(user_id=administrator.user_id, outcome="username_is_taken")
    assert [event.action for event in told] == ["user:designate"]


def test_a_password_is_kept_only_as_its_hash(world: World) -> None:
    secret = "parola piantata e riconoscibile"
    body = new_user(world, password=secret)
    answer = world.as_("system_administrator").post("/users", body, key="con chiave")
    ok(answer)
    assert secret not in answer.text
    for schema in ("access", "audit", "web"):
        kept = world.text_of(schema)
        assert secret not in kept
        assert secret.encode().hex() not in kept
    kept = world.seen("SELECT password_hash FROM access.credentials WHERE user_id = :id", id=answer.get_json()["id"])
    assert kept[0].password_hash.startswith("$argon2id$")


def test_the_directory_of_operators_is_for_those_who_may_read_it(world: World) -> None:
    someone = world.as_("team_member")
    refused(someone.get("/users"), 403, "permission_is_missing")
    refused(someone.get(f"/users/{someone.user_id}"), 403, "permission_is_missing")
    for role in ("social_worker", "case_manager"):
        assert ok(world.as_(role).get(f"/users/{someone.user_id}"))["id"] == str(someone.user_id)
    assert ok(world.as_("coordinator").get(f"/users/{someone.user_id}"))["is_active"] is True
    refused(world.as_("coordinator").get("/users/0190f000-0000-7000-8000-000000000000"), 404, "user_is_unknown")


def test_a_body_is_registered_and_read_by_everybody(world: World) -> None:
    body = {"name": "Comune Inventato", "kind": "comune", "nature": "public", "istat_code": "098031"}
    answer = world.as_("system_administrator").post("/organisations", body)
    made = ok(answer)
    assert made == {"id": made["id"], **body}
    assert ok(world.as_("plan_office").get(answer.headers["Location"].removeprefix("/v1"))) == made
    refused(world.as_("social_worker").post("/organisations", body), 403, "permission_is_missing")
    refused(world.as_("dpo").get("/organisations/0190f000-0000-7000-8000-000000000000"), 404, "organisation_is_unknown")


@pytest.mark.parametrize(
    ("field", "value"), [("kind", "ministero"), ("nature", ""), ("istat_code", "98031"), ("name", None)]
)
def test_a_wrong_field_of_a_body_is_named(world: World, field: str, value: Any) -> None:
    body = {"name": "Comune Inventato", "kind": "comune", "nature": "public", "istat_code": None, field: value}
    problem = refused(world.as_("system_administrator").post("/organisations", body), 422, "request_is_invalid")
    assert [error["pointer"] for error in problem["errors"]] == [f"#/{field}"]
