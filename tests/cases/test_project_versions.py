"""Versions: copied, superseded, revoked, compared; and nothing of an approved one ever changes."""

import contextlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from service.actor import UserCaller
from service.cases.projects.differences import differences
from service.cases.projects.queries import has_goal
from service.cases.projects.rules import FIELDS, PARTS
from tests.cases.acts import whole
from tests.cases.ruled import approve, post, told
from tests.soak import IS_FIXED, TIMES
from tests.world import Client, Opened, World, ok, refused, together

REVOKED = {"revoked_on": "2023-02-15", "reason": "Da rifare"}


def copied(world: World, case: Opened, number: int = 1, on: str = "2023-02-15") -> Any:
    """A draft from a copy."""
    body = {"drafted_on": on, "from_version": number}
    made = ok(world.as_("social_worker").post(f"/cases/{case.id}/projects", body))
    case.project_version = made["version"]
    return made


def read(world: World, case: Opened, number: int = 1) -> Any:
    """A version as it is."""
    return ok(world.as_("coordinator").get(f"/cases/{case.id}/projects/{number}"))


def stage(world: World, case: Opened) -> str:
    """Where the case is."""
    return str(ok(world.as_("coordinator").get(f"/cases/{case.id}"))["stage"])


def signed_again(world: World, case: Opened, number: int = 2) -> Any:
    """The version approved and signed by all."""
    ok(approve(world, case, on="2023-02-16", number=number))
    return sign_all(world, case, "2023-02-17", number)


def sign_all(world: World, case: Opened, on: str, number: int = 1) -> Any:
    """Signed by the person, by whoever binds themselves, by the case manager."""
    version = ok(world.as_("case_manager").get(f"/cases/{case.id}/projects/{number}"))
    bound = {one["person_id"] for one in version["commitments"] if one["person_id"]}
    signings = [{"signer": "person"}, *({"signer": "household", "person_id": one} for one in sorted(bound)),
                {"signer": "case_manager"}]  # fmt: skip
    return [ok(post(world, case, "signatures", one | {"signed_on": on}, number=number)) for one in signings][-1]


def test_a_revision_starts_from_a_copy_and_keeps_the_keys(world: World) -> None:
    case, worker = world.assessed(), world.as_("social_worker")
    first = ok(worker.post(f"/cases/{case.id}/projects", whole(world, case)))
    case.project_version = first["version"]
    ok(post(world, case, "revocation", {**REVOKED, "revoked_on": "2023-01-26"}, by="social_worker"))
    second = copied(world, case, on="2023-01-27")
    content = [*FIELDS, *PARTS]
    assert {name: second[name] for name in content} == {name: first[name] for name in content}
    assert (second["number"], second["from_version"], second["status"]) == (2, 1, "draft")


def test_a_copy_is_changed_after_it_is_made_and_of_a_version_that_is(world: World) -> None:
    case, worker = world.started(), world.as_("social_worker")
    path, body = f"/cases/{case.id}/projects", {"drafted_on": "2023-02-15", "from_version": 1}
    problem = refused(worker.post(path, body | {"preferences": "La sera"}), 422, "request_is_invalid")
    assert told(problem) == [("#/from_version", "copy_goes_without_content")]
    refused(worker.post(path, body | {"from_version": 2}), 404, "version_is_unknown")
    assert len(ok(worker.get(path))["items"]) == 1


def test_a_later_version_signed_supersedes_the_one_in_force(world: World) -> None:
    """One version is in force at a time, and the one before says that it was signed, and when."""
    case = world.started()
    before = read(world, case)
    copied(world, case)
    assert stage(world, case) == "in_revisione"
    assert read(world, case)["status"] == "signed"
    assert signed_again(world, case)["status"] == "signed"
    assert read(world, case) == {**before, "status": "superseded", "version": before["version"] + 1}
    assert stage(world, case) == "in_monitoraggio"
    path = ok(world.as_("coordinator").get(f"/cases/{case.id}/milestones"))["items"]
    assert sorted(step["kind"] for step in path[-3:]) == ["approved", "revised", "signed"]


def test_the_database_keeps_one_version_in_force(world: World) -> None:
    case = world.started()
    copied(world, case)
    ok(approve(world, case, on="2023-02-16", number=2))
    with pytest.raises(Exception, match="ix_project_versions_current"):
        world.alter(
            "UPDATE cases.project_versions SET status = 'signed' WHERE number = 2 AND case_id = :case", case=case.id
        )


@pytest.mark.parametrize("is_approved", [False, True])
def test_a_revision_is_revoked_and_the_case_goes_back(world: World, *, is_approved: bool) -> None:
    case = world.started()
    copied(world, case)
    if is_approved:
        ok(approve(world, case, on="2023-02-15", number=2))
    done = ok(post(world, case, "revocation", REVOKED, number=2, by="coordinator"))
    shown = {
        "revoked_on": "2023-02-15",
        "revoke_reason": "Da rifare",
        "revoked_by": str(world.as_("coordinator").user_id),
    }
    assert {name: done[name] for name in shown} == shown
    assert (done["status"], stage(world, case), read(world, case)["status"]) == ("revoked", "in_monitoraggio", "signed")
    refused(post(world, case, "revocation", REVOKED, number=2, by="coordinator"), 409, "version_is_in_another_state")
    assert copied(world, case, number=2)["number"] == 3


def test_who_may_write_gives_up_a_draft_and_who_may_approve_an_approval(world: World) -> None:
    case = world.approved()
    body = {**REVOKED, "revoked_on": "2023-01-31"}
    for role in ("social_worker", "case_manager"):
        refused(post(world, case, "revocation", body, by=role), 403, "permission_is_missing")
    foreign = world.user("coordinator", at=world.other_service)
    member = {"user_id": str(foreign.user_id), "organisation_id": world.other_service, "role": "other",
              "component": "social", "from_on": "2023-01-14"}  # fmt: skip
    ok(world.as_("coordinator").post(f"/cases/{case.id}/team", member))
    answer = foreign.post(f"/cases/{case.id}/projects/1/revocation", body, version=case.project_version)
    refused(answer, 403, "organisation_is_not_yours")
    assert ok(post(world, case, "revocation", body, by="coordinator"))["status"] == "revoked"
    drafted = world.drafted()
    assert ok(post(world, drafted, "revocation", body, by="social_worker"))["status"] == "revoked"


def test_what_is_signed_is_not_revoked(world: World) -> None:
    refused(post(world, world.signed(), "revocation", REVOKED, by="coordinator"), 409, "version_is_in_another_state")


def test_a_revision_is_not_approved_before_it_was_drafted(world: World) -> None:
    case = world.started()
    copied(world, case)
    answer = approve(world, case, on="2023-02-14", number=2)
    assert told(refused(answer, 422, "request_is_invalid")) == [("#/approved_on", "date_is_before_last_step")]


def test_of_two_who_change_a_draft_at_once_one_wins(world: World) -> None:
    case, worker = world.drafted(), world.as_("social_worker")
    path = f"/cases/{case.id}/projects/1"
    answers = together(*[
        lambda name=name: worker.again().patch(path, {"goals": [{"life_domain": "casa", "wording": name}]}, version=1)
        for name in "abcd"
    ])  # fmt: skip
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412]
    won = next(answer for answer in answers if answer.status_code == 200).get_json()
    assert read(world, case) == won


def test_an_approval_and_a_change_at_once_leave_one_of_the_two(world: World) -> None:
    case, worker, coordinator = world.drafted(), world.as_("social_worker"), world.as_("coordinator")
    path = f"/cases/{case.id}/projects/1"
    answers = together(
        lambda: worker.again().patch(path, {"preferences": "La sera"}, version=1),
        lambda: coordinator.again().post(f"{path}/approval", {"approved_on": "2023-01-30"}, version=1),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412]
    kept = read(world, case)
    assert (kept["status"], kept["preferences"]) in (("approved", "Preferisce il mattino"), ("draft", "La sera"))


def test_a_part_is_not_slipped_in_while_another_approves(world: World) -> None:
    """Two connections of the running service: who writes a part waits for the approval, and finds the content frozen."""
    case, scope = world.drafted(), text("SELECT access.enter(:user, NULL)")
    approval = text("UPDATE cases.project_versions SET status = 'approved', content_hash = 'x', approved_on = '2023-01-30', "
                    "approved_by = :user WHERE case_id = :case")  # fmt: skip
    goal = text("INSERT INTO cases.goals (id, version_id, case_id, position, life_domain, wording) "
                "SELECT gen_random_uuid(), id, case_id, 9, '-', '-' "
                "FROM cases.project_versions WHERE case_id = :case")  # fmt: skip
    values = {"user": world.as_("coordinator").user_id, "case": case.id}
    engine = create_engine(world.urls.runtime)
    with engine.connect() as approver, engine.connect() as writer, ThreadPoolExecutor(1) as thread:
        approver.execute(scope, values)
        writer.execute(scope, values)
        approver.execute(approval, values)
        waiting = thread.submit(writer.execute, goal, values)
        with pytest.raises(TimeoutError):
            waiting.result(0.3)
        approver.commit()
        with pytest.raises(DBAPIError, match="frozen"):
            waiting.result()
    engine.dispose()


def test_rooms_above_find_the_goals_of_a_project_by_key(world: World) -> None:
    case, other = world.drafted(), world.drafted()
    [goal] = read(world, case)["goals"]
    caller = UserCaller(UUID(str(world.as_("coordinator").user_id)))
    with world.database.transaction(caller) as (session, _):
        found = [has_goal(session, UUID(one.id), UUID(goal["key"])) for one in (case, other)]
    assert found == [True, False]


# Differences.

WORDS = st.sampled_from([None, "uno", "due"])
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "quantity": st.sampled_from([None, Decimal("1.00"), Decimal("1.50")]), "weight": st.integers(1, 3),
    "gas_levels": st.sampled_from([None, list("abcde"), list("abcdf")]), "due_on": st.sampled_from([None, date(2024, 1, 1)]),
    "accommodations": st.lists(st.sampled_from("ab"), max_size=2), "is_existing": st.booleans(),
}  # fmt: skip
KEYS = [uuid4() for _ in range(4)]


def rows(names: tuple[str, ...]) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Some parts of a kind, each key once."""
    row = st.fixed_dictionaries({name: VALUES.get(name, WORDS) for name in names if name != "key"})
    keyed = st.dictionaries(st.sampled_from(KEYS), row, max_size=4)
    return keyed.map(lambda found: [{"key": key, **one} for key, one in found.items()])


CONTENT = st.fixed_dictionaries(
    {name: VALUES.get(name, WORDS) for name in FIELDS} | {part: rows(names) for part, names in PARTS.items()}
)


def by_key(content: dict[str, Any]) -> dict[str, Any]:
    """The content without the order of its parts."""
    return content | {part: {row["key"]: row for row in content[part]} for part in PARTS}


def applied(content: dict[str, Any], found: dict[str, Any]) -> dict[str, Any]:
    """A content after a difference: what `before` says must be there, and what is added must not."""
    result = by_key(content)
    assert {name: content[name] for name in found["fields"]["before"]} == found["fields"]["before"]
    result |= found["fields"]["after"]
    for part in PARTS:
        kept: dict[UUID, Any] = dict(result[part])
        for row in found[part]["removed"]:
            assert kept.pop(row["key"]) == row
        for one in found[part]["changed"]:
            assert {name: kept[one["key"]][name] for name in one["before"]} == one["before"]
            assert all(one["before"][name] != value for name, value in one["after"].items())
            kept[one["key"]] = kept[one["key"]] | one["after"]
        for row in found[part]["added"]:
            assert row["key"] not in kept
            kept[row["key"]] = row
        result[part] = kept
    return result


@given(before=CONTENT, after=CONTENT)
def test_what_changed_from_one_content_makes_the_other_of_it(before: dict[str, Any], after: dict[str, Any]) -> None:
    assert applied(before, differences(before, after)) == by_key(after)
    nothing = differences(before, before)
    assert applied(before, nothing) == by_key(before)
    assert not any(nothing[part][side] for part in PARTS for side in ("added", "removed", "changed"))


def test_a_revision_tells_what_changed_from_the_version_before(world: World) -> None:
    case, worker = world.started(), world.as_("social_worker")
    path = f"/cases/{case.id}/projects"
    second = copied(world, case)
    [goal], [support] = second["goals"], second["supports"]
    another = {"life_domain": "casa", "wording": "Abitare"}
    changes = {"preferences": "La sera", "goals": [another, {**goal, "due_on": "2024-01-01"}], "supports": []}
    changed = ok(worker.patch(f"{path}/2", changes, version=1))
    found = ok(worker.get(f"{path}/2/differences?with=1"))
    nothing = {"added": [], "removed": [], "changed": []}
    assert found == {
        "from_version": 1, "to_version": 2, "commitments": nothing, "responsibles": nothing,
        "project": {"before": {"preferences": "Preferisce il mattino"}, "after": {"preferences": "La sera"}},
        "goals": {"added": [changed["goals"][0]], "removed": [],
                  "changed": [{"key": goal["key"], "before": {"due_on": None}, "after": {"due_on": "2024-01-01"}}]},
        "supports": {**nothing, "removed": [support]},
    }  # fmt: skip
    back = ok(worker.get(f"{path}/1/differences?with=2"))
    assert (back["goals"]["removed"], back["supports"]["added"]) == ([changed["goals"][0]], [support])
    refused(worker.get(f"{path}/1/differences?with=3"), 404, "version_is_unknown")
    refused(worker.get(f"{path}/1/differences"), 400, "parameters_are_invalid")


# What is approved stays as it was.

TABLES = ("goals", "supports", "project_commitments", "project_responsibles")
NEW_VALUES = {
    "text": "'altro'", "date": "DATE '2020-01-01'", "integer": "77", "uuid": "gen_random_uuid()", "boolean": "false",
    "bytea": "'\\x00'::bytea", "timestamp with time zone": "now()", "text[]": "'{altro}'::text[]",
    "uuid[]": "ARRAY[gen_random_uuid()]",
}  # fmt: skip


def approved_whole(world: World) -> Opened:
    """An approved version with something of everything."""
    case = world.assessed()
    body = whole(world, case)
    case.project_version = ok(world.as_("social_worker").post(f"/cases/{case.id}/projects", body))["version"]
    ok(approve(world, case))
    return case


def superseded_whole(world: World) -> Opened:
    """One that a later version took the place of."""
    case = approved_whole(world)
    sign_all(world, case, "2023-02-01")
    world.refresh(case)
    world.act(case, "start", {"occurred_on": "2023-02-10"}, "case_manager")
    copied(world, case)
    signed_again(world, case)
    return case


def kept(world: World, case: Opened) -> Any:
    """The content of the first version as it lies in the database, and how it was approved."""
    version = world.seen(
        "SELECT to_jsonb(v) - '{status,version,signed_on,signed_at,revoked_on,revoked_at,revoked_by,revoke_reason}'::text[]"
        " FROM cases.project_versions v WHERE number = 1 AND case_id = :case", case=case.id,
    )  # fmt: skip
    parts = [
        world.seen(f"SELECT to_jsonb(p) FROM cases.{table} p JOIN cases.project_versions v ON v.id = p.version_id "
                   "WHERE v.number = 1 AND v.case_id = :case ORDER BY p.id", case=case.id)
        for table in TABLES
    ]  # fmt: skip
    return version, parts


@pytest.fixture(scope="module", params=[approved_whole, superseded_whole])
def frozen(request: Any, app: Any, urls: Any) -> tuple[World, Opened]:
    """A frozen first version of one state or another."""
    world = World(app, urls)
    make: Callable[[World], Opened] = request.param
    return world, make(world)


def columns(world: World) -> list[Any]:
    """The columns of versions that the service may change."""
    return world.seen("""
        SELECT attname AS name, format_type(atttypid, NULL) AS kind FROM pg_attribute
        WHERE attrelid = 'cases.project_versions'::regclass AND attnum > 0 AND NOT attisdropped
          AND has_column_privilege('trama_runtime', attrelid, attnum, 'UPDATE')""")


@settings(max_examples=60 * TIMES, derandomize=IS_FIXED, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_nothing_of_an_approved_version_changes_by_sql(frozen: tuple[World, Opened], data: st.DataObject) -> None:
    """Random statements of the running service's role: refused, or without effect on the content."""
    world, case = frozen
    statement = data.draw(statements(columns(world)), label="statement")
    before = kept(world, case)
    engine = create_engine(world.urls.runtime)
    with engine.connect() as connection, contextlib.suppress(DBAPIError):
        connection.execute(text("SELECT access.enter(:user, NULL)"), {"user": world.as_("coordinator").user_id})
        connection.execute(text(statement), {"case": case.id})
        connection.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
        assert kept_within(connection, case) == before
        connection.rollback()
    engine.dispose()
    assert kept(world, case) == before


def kept_within(connection: Any, case: Opened) -> Any:
    """The same as `kept`, as the transaction sees it."""

    class Within:
        def seen(self, statement: str, **values: Any) -> Any:
            return list(connection.execute(text(statement), values))

    return kept(Within(), case)  # type: ignore[arg-type]  # it reads no more than this of a world


def statements(known: list[Any]) -> st.SearchStrategy[str]:
    """Updates of some columns at once, with or without a new status; parts taken out, put in, changed."""
    first = "WHERE number = 1 AND case_id = :case"
    of_version = f"version_id = (SELECT id FROM cases.project_versions {first})"
    sets = st.lists(st.sampled_from(known), min_size=1, max_size=4, unique_by=lambda column: column.name).flatmap(
        lambda some: st.tuples(*(
            st.sampled_from(["draft", "approved", "signed", "superseded", "revoked"]).map(lambda to: f"status = '{to}'")
            if column.name == "status" else st.just(f"{column.name} = {NEW_VALUES[column.kind]}") for column in some
        ))
    )  # fmt: skip
    updates = sets.map(lambda some: f"UPDATE cases.project_versions SET {', '.join(some)} {first}")
    goal = (
        "INSERT INTO cases.goals (id, version_id, case_id, position, life_domain, wording) SELECT gen_random_uuid(), "
    )
    parts = st.sampled_from([
        *(f"DELETE FROM cases.{table} WHERE {of_version}" for table in TABLES),
        *(f"UPDATE cases.{table} SET position = 9 WHERE {of_version}" for table in TABLES),
        f"{goal} id, case_id, 9, 'x', 'x' FROM cases.project_versions {first}",
    ])  # fmt: skip
    return st.one_of(updates, updates, parts)


EDITS = st.sampled_from([
    {"preferences": "Altro", "preferences_missing_reason": None}, {"goals": []}, {"supports": []}, {"commitments": []},
    {"responsibles": []}, {"review_months": 1}, {"ends_on": None}, {"accommodations": []}, {"accessible_formats": ["lis"]},
    {"family_involvement": None}, {"check_method": "Altro"}, {"next_check_on": None},
])  # fmt: skip


@settings(max_examples=25 * TIMES, derandomize=IS_FIXED, suppress_health_check=list(HealthCheck))
@given(
    edits=st.lists(EDITS, min_size=1, max_size=3),
    role=st.sampled_from(["social_worker", "case_manager", "coordinator"]),
)
def test_nothing_of_an_approved_version_changes_by_the_api(
    frozen: tuple[World, Opened], edits: list[dict[str, Any]], role: str
) -> None:
    world, case = frozen
    before, client = kept(world, case), world.as_(role)
    body: dict[str, Any] = {}
    for edit in edits:
        body |= edit
    assert _tries(client, case, body) <= {403, 409}
    assert kept(world, case) == before


def _tries(client: Client, case: Opened, body: dict[str, Any]) -> set[int]:
    path = f"/cases/{case.id}/projects/1"
    version = ok(client.get(path))["version"]
    return {client.patch(path, body, version=version).status_code,
            client.post(f"{path}/approval", {"approved_on": "2023-02-20"}, version=version).status_code}  # fmt: skip


@pytest.mark.parametrize(("make", "ways"), [(approved_whole, {"signed", "revoked"}), (superseded_whole, set())])
def test_the_states_of_a_version_go_one_way(world: World, make: Callable[[World], Opened], ways: set[str]) -> None:
    case = make(world)
    [now] = world.seen("SELECT status FROM cases.project_versions WHERE number = 1 AND case_id = :case", case=case.id)
    for to in {"draft", "approved", "signed", "superseded", "revoked"} - ways - {now.status}:
        with pytest.raises(Exception, match="frozen"):
            world.alter(
                f"UPDATE cases.project_versions SET status = '{to}' WHERE number = 1 AND case_id = :case", case=case.id
            )
