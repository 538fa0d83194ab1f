"""The table of roles, by real requests: every operation, every role, and nobody."""

from collections.abc import Callable
from typing import Any

import pytest

from service.actor import PERMISSIONS, ROLES
from service.web.requests import action_of
from tests.fences.requests import ENTRIES, PUBLIC, SIGNED_IN, operations, prepare, send, success
from tests.fences.scenes import CASE_ROLES, Scene
from tests.world import Client, World, ok, refused

BY_RULE = {
    ("startCase", "social_worker"): "case_is_managed_by_another",
    ("withdrawFile", "social_worker"): "file_is_of_another", ("withdrawFile", "team_member"): "file_is_of_another",
    ("withdrawMeeting", "team_member"): "case_is_managed_by_another",
    **{(operation, role): "minutes_are_of_another" for operation in ("changeMeeting", "closeMeeting")
       for role in ("case_manager", "coordinator", "team_member")},
    **{(operation, role): "case_is_managed_by_another"
       for operation in ("declareComplexity", "withdrawComplexity") for role in ("social_worker", "team_member")},
    ("reverseEntry", "spending_officer"): "permission_is_missing",  # a commitment is for who commits
    **{(operation, role): "assessment_is_of_another"
       for operation in ("correctAssessment", "withdrawAssessment") for role in ("case_manager", "team_member")},
}  # fmt: skip
"""Refusals that no permission tells: what answers for a case is for its manager, or a coordinator of its service; draft
minutes are their author's; a mistake is for who made it, or a coordinator."""
SEEN_BY_PROVIDERS = {"showCasePerson"}
OF_PROVIDERS = {"recordIntervention", "recordInterventions", "correctIntervention"}
OF_VERSIONS = {"showBudgetDifferences"}
"""What of a case is of versions of its project, which a provider doesn't see."""
OF_ONE_USER = {"showCalendarFeed", "revokeCalendarFeed"}
"""What is of the operator who made it, whatever the role of another."""
SEEN_IN_THE_LEDGER = {
    ("showLine", "accounting_officer"),
    ("showLine", "spending_officer"),
    ("showSharedCost", "accounting_officer"),
    ("showSharedCost", "spending_officer"),
}
HELD_BY = {
    "audit:read": {"dpo"}, "users:designate": {"system_administrator"}, "cases:assign": {"coordinator"},
    "cases:transfer": {"coordinator"}, "cases:suspend": {"case_manager", "coordinator"},
    "milestones:correct": {"case_manager", "coordinator"},
    "projects:approve": {"coordinator"}, "cases:close": {"case_manager", "coordinator"},
    "dwellings:register": {"coordinator"}, "organisations:flag": {"social_worker", "case_manager", "coordinator"},
    "teams:compose": {"case_manager", "coordinator"}, "ledger:commit": {"accounting_officer"},
    "ledger:liquidate": {"spending_officer"}, "ledger:pay": {"accounting_officer"},
    "ledger:reverse": {"accounting_officer", "spending_officer"}, "funds:open": {"accounting_officer"},
    "users:read": {"social_worker", "case_manager", "coordinator", "system_administrator"},
    "indicators:read": {"coordinator"}, "indicators:freeze": {"coordinator"},
    "calls:open": {"coordinator"}, "rankings:freeze": {"coordinator"},
    "aggregates:read": {"coordinator", "plan_office", "local_administrator"},
    "files:keep": {"social_worker", "case_manager", "coordinator", "team_member"}, "caseloads:read": {"coordinator"},
    "meetings:record": {"social_worker", "case_manager", "coordinator", "team_member"},
    "involvements:declare": {"social_worker", "case_manager", "coordinator", "team_member"},
    "people:search": {"social_worker", "case_manager", "coordinator"},
    "people:register": {"social_worker", "case_manager", "coordinator"},
    "people:read": {"social_worker", "case_manager", "coordinator", "team_member"},
    "people:merge": {"coordinator"}, "people:protect": {"coordinator"},
    "guardians:record": {"social_worker", "case_manager", "coordinator"},
    "contacts:read": {"social_worker", "case_manager", "coordinator", "team_member", "provider_operator"},
    "statements:prepare": {"accounting_officer"}, "statements:approve": {"spending_officer"},
}  # fmt: skip
"""Permissions that must not spread unnoticed, and who holds them."""
ASKED = sorted(name for name, entry in ENTRIES.items() if entry.permission not in (PUBLIC, SIGNED_IN))
PLAN_OF_TABLES = """
    SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) AS name FROM pg_tables
    WHERE schemaname NOT IN ('pg_catalog', 'information_schema') AND schemaname <> 'audit' ORDER BY 1"""


def contents(world: World) -> list[Any]:
    """A fingerprint of every row of every table but the log's: who wrote it last, and where it lies."""
    parts = [
        f"SELECT '{row.name}', count(*), md5(string_agg(xmin::text || ctid::text, ' ' ORDER BY ctid)) FROM {row.name}"
        for row in world.seen(PLAN_OF_TABLES)
    ]
    return sorted(world.seen(" UNION ALL ".join(parts)))


def expected(world: World, operation: str, role: str) -> tuple[int, str | None]:
    """What the table of roles says of an operation: status, and the code of a refusal (none: whatever names the row).

    What lies inside a case is looked for before the permission is asked, so who can't be on a team finds nothing there.
    A provider's operator sees the case and their own entries, and nothing else of it.
    """
    method, template = operations(world.app)[operation]
    is_inside_a_case = "{case_id}" in template and (method != "GET" or template.count("{") > 1)
    if role == "provider_operator" and is_inside_a_case and method != "GET" and operation not in OF_PROVIDERS:
        return 403, "case_is_seen_as_provider"
    if role == "provider_operator" and operation == "correctIntervention":
        return 404, "fact_is_unknown"  # another's entry
    if ENTRIES[operation].permission not in ROLES[role]:
        finds_nothing = is_inside_a_case and role not in CASE_ROLES and (operation, role) not in SEEN_IN_THE_LEDGER
        return (404, None) if finds_nothing else (403, "permission_is_missing")
    if operation in OF_ONE_USER and role != ENTRIES[operation].by:
        return 404, None
    if (operation, role) in BY_RULE:
        return 403, BY_RULE[operation, role]
    is_hidden = operation in OF_VERSIONS or (
        is_inside_a_case and method == "GET" and operation not in SEEN_BY_PROVIDERS
    )
    if role == "provider_operator" and is_hidden:
        return 404, None
    return success(world.app, operation), None


def test_every_operation_has_a_valid_request(house: World) -> None:
    assert set(operations(house.app)) == set(ENTRIES)


def test_every_entry_asks_for_a_permission_that_some_role_has() -> None:
    assert {ENTRIES[operation].permission for operation in ASKED} == PERMISSIONS


@pytest.mark.parametrize("permission", sorted(HELD_BY))
def test_what_is_delicate_is_held_by_the_roles_that_answer_for_it(permission: str) -> None:
    assert {role for role, allowed in ROLES.items() if permission in allowed} == HELD_BY[permission]


def test_nobody_holds_both_halves_of_a_guarded_act_in_one_role() -> None:
    apart = [("ledger:commit", "ledger:liquidate"), ("audit:read", "cases:read"), ("users:designate", "cases:read"),
             ("funds:read", "people:read"), ("statements:prepare", "statements:approve")]  # fmt: skip
    assert [(role, pair) for role, allowed in ROLES.items() for pair in apart if allowed >= set(pair)] == []


def test_public_operations_are_the_log_in_the_status_and_what_a_secret_address_opens() -> None:
    public = {name for name, entry in ENTRIES.items() if entry.permission == PUBLIC}
    assert public == {"createTokens", "readCalendar", "refreshTokens", "showStatus"}


@pytest.mark.parametrize("operation", ASKED)
def test_roles_without_the_permission_are_refused_and_change_nothing(
    house: World, scenes: Callable[[str], Scene], operation: str
) -> None:
    scene = scenes(ENTRIES[operation].stage)
    roles = {role: expected(house, operation, role) for role in ROLES}
    clients = {role: scene.client(role) for role, (status, _) in roles.items() if status >= 400}
    request = prepare(scene, operation)
    before, told = contents(house), []
    for role, client in clients.items():
        answer = request.by(client)
        code = answer.get_json()["code"]
        assert (role, answer.status_code, code) == (role, roles[role][0], roles[role][1] or code)
        told.append((client.user_id, code, [role], action_of(operation)))
    assert contents(house) == before
    events = house.seen("SELECT * FROM audit.events ORDER BY occurred_at DESC LIMIT :number", number=len(told))
    assert [(event.user_id, event.outcome, event.roles, event.action) for event in reversed(events)] == told


@pytest.mark.parametrize("operation", ASKED)
def test_roles_with_the_permission_are_served(house: World, operation: str) -> None:
    method = operations(house.app)[operation][0]
    scene = Scene(house, ENTRIES[operation].stage)
    for role in ROLES:
        status, _ = expected(house, operation, role)
        if status < 400:
            answer = send(scene, operation, role)
            assert (role, answer.status_code) == (role, status), answer.get_json()
            if method != "GET":
                scene = Scene(house, ENTRIES[operation].stage)


def test_who_is_on_a_team_as_a_provider_may_do_no_more_whatever_their_role_elsewhere(house: World) -> None:
    elsewhere = house.organisation("Terzo servizio", "service", "public")
    scene, worker = Scene(house), house.user("case_manager", "social_worker", "coordinator", at=elsewhere)
    body = {"user_id": str(worker.user_id), "organisation_id": elsewhere, "role": "provider",
            "component": "private_social", "from_on": "2023-01-14"}  # fmt: skip
    ok(scene.client("coordinator").post(f"/cases/{scene.case_id}/team", body))
    writes = [
        name
        for name, (method, template) in operations(house.app).items()
        if "{case_id}" in template and method != "GET"
    ]
    for operation in sorted(set(writes) - OF_PROVIDERS):
        request = prepare(scene, operation)
        before = contents(house)
        refused(request.by(worker), 403, "case_is_seen_as_provider")
        assert contents(house) == before
    visit = prepare(scene, "recordIntervention")
    ok(worker.post(visit.path, {**visit.body, "organisation_id": elsewhere}))


@pytest.mark.parametrize("role", sorted(ROLES))
def test_whoever_is_logged_in_may_log_out(house: World, role: str) -> None:
    assert send(Scene(house), "endTokens", role).status_code == 204


def test_nobody_is_served_without_a_token(house: World) -> None:
    scene = Scene(house)
    requests = {name: prepare(scene, name) for name, entry in ENTRIES.items() if entry.permission != PUBLIC}
    before = contents(house)
    for request in requests.values():
        refused(request.by(Client(house.app)), 401, "token_is_invalid")
    assert contents(house) == before


@pytest.mark.parametrize("operation", ["createTokens", "readCalendar", "refreshTokens", "showStatus"])
def test_public_operations_ask_for_no_token(house: World, operation: str) -> None:
    assert send(Scene(house), operation).status_code == success(house.app, operation)
