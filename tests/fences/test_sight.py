"""What one operator may see is the same through every route, and by direct SQL as the running service's role."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Connection, create_engine, text

from service.actor import ROLES
from service.installation import Urls
from service.types import new_id
from tests.fences.grounds import Ambito, Sight, ambito
from tests.fences.requests import ENTRIES, operations, prepare
from tests.fences.scenes import Scene
from tests.world import Client, World, ok, refused

RELATIONS = (
    "opener", "team member", "clinical member", "case manager", "coordinator", "provider", "past member", "registry only",
    "no ground", "coordinator next door", "accounting officer", "spending officer", "plan office", "mayor",
    "administrator", "dpo",
)  # fmt: skip
WITHOUT_SIGHT = ("past member", "registry only", "no ground", "coordinator next door")
LEDGER = {"budget.lines", "budget.entries"}
OWN_TABLES = {"access.grounds", "web.idempotency_keys", "worklist.calendar_feeds"}
OUTREACH = {role for role, allowed in ROLES.items() if "contacts:read" in allowed}
OF_PROVIDERS = {"cases.interventions", "cases.intervention_parties"}
LOG = {"audit.events", "audit.event_people"}


@pytest.fixture(scope="module")
def made(house: World) -> Ambito:
    """The Ambito of this module."""
    return ambito(house)


@contextmanager
def as_runtime(urls: Urls, user_id: Any = None) -> Iterator[Connection]:
    """A connection as the role of the running service, in the scope of a user (or of nobody); nothing is kept."""
    engine = create_engine(urls.runtime)
    with engine.connect() as connection:
        if user_id is not None:
            connection.execute(text("SELECT access.enter(:user, NULL)"), {"user": user_id})
        yield connection
        connection.rollback()
    engine.dispose()


def guarded(world: World) -> dict[str, set[str]]:
    """The tables with row-level security, and their columns."""
    rows = world.seen("""
        SELECT n.nspname || '.' || c.relname AS name, array_agg(a.attname::text) AS columns
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
        WHERE c.relrowsecurity AND a.attnum > 0 GROUP BY 1""")
    return {row.name: set(row.columns) for row in rows}


def households_of(world: World) -> dict[str, set[str]]:
    """Household -> its members."""
    found: dict[str, set[str]] = {}
    for row in world.seen("SELECT * FROM people.household_members WHERE superseded_at IS NULL"):
        found.setdefault(str(row.household_id), set()).add(str(row.person_id))
    return found


def may_see_of_registry(table: str, row: Any, sight: Sight, world: World) -> bool:
    """The same, of what the registry holds beside identities."""
    if table == "people.merges":
        return bool({str(row.alias_id), str(row.person_id)} & sight.people)
    if table == "people.households":
        return bool(households_of(world)[str(row.id)] & sight.people)
    protected = {str(one.person_id) for one in world.seen("SELECT person_id FROM people.protections")}
    is_shown = str(row.person_id) in sight.people or str(row.person_id) not in protected
    if table == "people.household_members":
        return is_shown and bool(households_of(world)[str(row.household_id)] & sight.people)
    if table == "cases.contacts":
        bodies = {held["organisation_id"] for held in ok(sight.client.get("/me"))["roles"] if held["role"] in OUTREACH}
        return is_shown and (str(row.organisation_id) in bodies or str(row.case_id) in sight.cases)
    return str(row.person_id) in sight.people


def may_see(table: str, row: Any, sight: Sight, world: World) -> bool:
    """Whether the grounds of an operator cover a row."""
    if (table.startswith("people.") and table != "people.persons") or table == "cases.contacts":
        return may_see_of_registry(table, row, sight, world)
    if table == "cases.cases":
        return str(row.id) in sight.cases | sight.provided
    if table == "people.persons":
        return str(row.id) in sight.people
    if table.startswith("identity."):
        return str(row.person_id) in sight.people
    if table in LEDGER and sight.reads_ledger:
        return True
    if table == "cases.case_people":  # a provider knows whose case it is
        return str(row.case_id) in (sight.cases | sight.provided)
    own = table in OF_PROVIDERS and row.recorded_by == sight.client.user_id
    if table == "cases.instrument_results" and row.sensitivity == "health":
        return str(row.case_id) in sight.health
    return str(row.case_id) in (sight.cases | sight.provided if own else sight.cases)


@pytest.mark.parametrize("relation", RELATIONS)
def test_direct_sql_shows_an_operator_their_rows_and_no_other(made: Ambito, relation: str) -> None:
    sight = made.by_ground[relation]
    tables = guarded(made.world).keys() - OWN_TABLES - LOG
    with as_runtime(made.world.urls, sight.client.user_id) as connection:
        for table in sorted(tables):
            everything = made.world.seen(f"SELECT * FROM {table}")
            assert everything, f"{table} is empty: the test would prove nothing"
            shown = {row.id for row in connection.execute(text(f"SELECT id FROM {table}"))}
            assert (table, shown) == (table, {row.id for row in everything if may_see(table, row, sight, made.world)})


@pytest.mark.parametrize("relation", RELATIONS)
def test_who_sees_a_person_is_said_alike_by_the_policy_of_grounds_and_by_the_sight_of_persons(
    made: Ambito, relation: str
) -> None:
    """`people.sight` runs as the owner, so it says for itself what the policy says: they must not drift apart."""
    with as_runtime(made.world.urls, made.by_ground[relation].client.user_id) as connection:
        by_policy = set(connection.scalars(text("""
            SELECT person_id FROM access.grounds WHERE kind <> 'provider' AND since <= statement_timestamp()
               AND (until IS NULL OR until > statement_timestamp())""")))  # fmt: skip
        assert set(connection.scalars(text("SELECT person_id FROM access.my_people"))) == by_policy


@pytest.mark.parametrize("relation", RELATIONS)
def test_direct_sql_shows_the_log_to_the_dpo_alone(made: Ambito, relation: str) -> None:
    sight = made.by_ground[relation]
    with as_runtime(made.world.urls, sight.client.user_id) as connection:
        for table in sorted(LOG):
            everything = made.world.seen(f"SELECT count(*) AS number FROM {table}")[0].number
            shown = connection.scalar(text(f"SELECT count(*) FROM {table}"))
            assert (table, shown) == (table, everything if sight.reads_log else 0)


def test_direct_sql_shows_everybody_only_their_own_keys_and_grounds(made: Ambito) -> None:
    accounting = made.by_ground["accounting officer"].client
    with as_runtime(made.world.urls, accounting.user_id) as connection:
        holders = set(connection.scalars(text("SELECT user_id FROM web.idempotency_keys")))
    assert holders == {accounting.user_id}
    member = made.by_ground["team member"].client
    with as_runtime(made.world.urls, member.user_id) as connection:
        assert set(connection.scalars(text("SELECT user_id FROM access.grounds"))) == {member.user_id}


def test_direct_sql_without_a_user_shows_nothing_at_all(made: Ambito) -> None:
    with as_runtime(made.world.urls) as connection:
        shown = {name: connection.scalar(text(f"SELECT count(*) FROM {name}")) for name in guarded(made.world)}
    assert shown == dict.fromkeys(shown, 0)


def test_direct_sql_as_a_user_who_does_not_exist_shows_nothing_at_all(made: Ambito) -> None:
    with as_runtime(made.world.urls, new_id()) as connection:
        shown = {name: connection.scalar(text(f"SELECT count(*) FROM {name}")) for name in guarded(made.world)}
    assert shown == dict.fromkeys(shown, 0)


@pytest.mark.parametrize("relation", RELATIONS)
def test_lists_and_searches_hold_what_an_operator_may_see_and_nothing_else(made: Ambito, relation: str) -> None:
    sight, client = made.by_ground[relation], made.by_ground[relation].client
    allowed = permissions_of(client)
    if "cases:read" in allowed:
        found = {case["id"] for case in ok(client.get("/cases"))["items"]}
        assert found == sight.cases | sight.provided
        for person in (made.ours.person_id, made.without_case, str(uuid4())):
            cases = {case["id"] for case in ok(client.get(f"/cases?person_id={person}"))["items"]}
            assert cases == (
                (sight.cases | sight.provided) & ({made.ours.case_id} if person == made.ours.person_id else set())
            )
    if "people:search" in allowed:
        assert {
            one["id"] for one in ok(client.post("/people/search", {"family_name": "Invent"}))["items"]
        } == sight.people


@pytest.mark.parametrize("relation", WITHOUT_SIGHT)
def test_what_is_out_of_sight_is_answered_like_what_does_not_exist(made: Ambito, relation: str) -> None:
    client = made.by_ground[relation].client
    allowed = permissions_of(client)
    hidden_ids = {"case_id"} if relation == "registry only" else {"case_id", "household_id", "merge_id", "person_id"}
    naming = {
        operation: name
        for operation, (_, template) in operations(made.world.app).items()
        for name in hidden_ids
        if f"{{{name}}}" in template
    }
    for operation, name in naming.items():
        hidden = prepare(made.ours, operation).by(client)
        missing = prepare(made.ours, operation, **{name: uuid4()}).by(client)
        assert (operation, hidden.status_code, hidden.get_json()) == (
            operation,
            missing.status_code,
            missing.get_json(),
        )
        if ENTRIES[operation].permission in allowed:
            assert (operation, hidden.status_code) == (operation, 404)


def test_a_body_that_names_a_person_out_of_sight_is_answered_like_one_that_names_nobody(made: Ambito) -> None:
    client, request = made.by_ground["coordinator next door"].client, prepare(made.ours, "openCase")
    for person_id in (made.ours.person_id, str(uuid4())):
        body = {**request.body, "person_id": person_id, "service_id": made.world.other_service}
        refused(client.post("/cases", body), 404, "person_is_unknown")


def permissions_of(client: Client) -> frozenset[str]:
    """What the roles of a client allow, as the API tells it."""
    me = ok(client.get("/me"))
    assert set(me["permissions"]) == frozenset().union(*(ROLES[held["role"]] for held in me["roles"]))
    return frozenset(me["permissions"])


def test_who_leaves_a_team_loses_sight_at_once(world: World) -> None:
    scene = Scene(world)
    member = world.user("team_member")
    membership = scene.join(member, "educator")
    ok(member.get(f"/cases/{scene.case_id}"))
    ok(scene.client("coordinator").post(f"/cases/{scene.case_id}/team/{membership}/departure", {"to_on": "2023-03-01"}))
    refused(member.get(f"/cases/{scene.case_id}"), 404, "case_is_unknown")
    with as_runtime(world.urls, member.user_id) as connection:
        assert connection.scalar(text("SELECT count(*) FROM cases.cases")) == 0


def test_a_case_manager_who_is_replaced_loses_sight_at_once(world: World) -> None:
    case, next_manager = world.in_charge(), world.user("case_manager")
    ok(world.as_("case_manager").get(f"/cases/{case.id}"))
    world.act(case, "assignment", {"user_id": str(next_manager.user_id), "occurred_on": "2023-02-01"}, "coordinator")
    refused(world.as_("case_manager").get(f"/cases/{case.id}"), 404, "case_is_unknown")
    ok(next_manager.get(f"/cases/{case.id}"))


def test_who_loses_a_role_loses_what_it_allowed_at_once(world: World) -> None:
    coordinator, case = world.user("coordinator"), world.open()
    ok(coordinator.get(f"/cases/{case.id}"))
    world.alter("UPDATE access.role_assignments SET until = now() WHERE user_id = :user", user=coordinator.user_id)
    refused(coordinator.get(f"/cases/{case.id}"), 403, "permission_is_missing")


def test_who_logs_out_is_nobody_at_once_and_for_every_token_of_that_log_in(world: World) -> None:
    member = world.user("team_member")
    assert member.request("DELETE", "/tokens/current").status_code == 204
    refused(member.get("/me"), 401, "login_has_ended")
    refresh = {"refresh_token": member.tokens["refresh_token"]}  # type: ignore[attr-defined]
    refused(Client(world.app).post("/tokens/refresh", refresh), 401, "login_has_ended")


def test_who_is_suspended_is_nobody_at_once(world: World) -> None:
    member = world.user("team_member")
    world.alter("UPDATE access.users SET is_active = false WHERE id = :user", user=member.user_id)
    refused(member.get("/me"), 401, "login_has_ended")
