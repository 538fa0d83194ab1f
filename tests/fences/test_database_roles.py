"""What the roles of the database may not do, whatever the code asks of them."""

from typing import Any

import pytest
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from tests.fences.scenes import Scene
from tests.fences.test_sight import as_runtime
from tests.world import World

FORBIDDEN = (
    # The log
    "UPDATE audit.events SET action = '-'", "DELETE FROM audit.events", "TRUNCATE audit.events CASCADE",
    "UPDATE audit.event_people SET person_id = event_id", "DELETE FROM audit.event_people",
    "DELETE FROM audit.unsealed", "UPDATE audit.leaves SET leaf_hash = ''", "DELETE FROM audit.heads",
    "INSERT INTO audit.heads (tree_size, root_hash, frontier, checkpoint) VALUES (1, '', '', '')",
    # The ledger and its balances
    "UPDATE budget.commitments SET amount = 1", "UPDATE budget.commitments SET liquidated = 0",
    "DELETE FROM budget.commitments", "UPDATE budget.liquidations SET amount = 1", "DELETE FROM budget.liquidations",
    "UPDATE budget.allocations SET committed = 0", "UPDATE budget.allocations SET amount = 1",
    "UPDATE budget.lines SET committed = 0", "UPDATE budget.lines SET cost = 1", "DELETE FROM budget.lines",
    # Facts and what was frozen
    "UPDATE cases.milestones SET occurred_on = '2020-01-01'", "DELETE FROM cases.milestones",
    "UPDATE cases.interventions SET note = '-'", "DELETE FROM cases.interventions",
    "UPDATE cases.evaluations SET value = 5", "UPDATE cases.team_members SET user_id = id",
    "UPDATE cases.goals SET wording = '-'", "UPDATE cases.supports SET kind = '-'",
    "UPDATE cases.signatures SET content_hash = ''", "DELETE FROM cases.signatures",
    "DELETE FROM cases.project_versions", "UPDATE cases.project_versions SET author_id = id",
    "UPDATE cases.cases SET person_id = id", "UPDATE cases.cases SET service_id = id", "DELETE FROM cases.cases",
    "UPDATE identity.identities SET family_name = '-'", "DELETE FROM identity.identities",
    "UPDATE identity.identifiers SET value = ''", "DELETE FROM people.persons",
    "UPDATE indicators.snapshot_values SET value = 1", "DELETE FROM indicators.snapshots",
    "UPDATE cases.programmes SET definition = '{}'", "UPDATE indicators.indicators SET measure = '{}'",
    # Grounds and accounts
    "INSERT INTO access.grounds (id, person_id, kind, source_id) VALUES (gen_random_uuid(), gen_random_uuid(), 'team', "
    "gen_random_uuid())", "UPDATE access.grounds SET until = NULL", "DELETE FROM access.grounds",
    "UPDATE access.role_assignments SET role = 'dpo'", "DELETE FROM access.users",
    # The guards themselves
    "ALTER TABLE cases.cases DISABLE ROW LEVEL SECURITY", "ALTER TABLE cases.cases NO FORCE ROW LEVEL SECURITY",
    "DROP POLICY in_sight ON cases.cases", "ALTER TABLE cases.goals DISABLE TRIGGER ALL",
    "SET session_replication_role = replica", "SET ROLE trama_owner", "SET ROLE trama_worker",
    "ALTER ROLE trama_runtime BYPASSRLS", "CREATE ROLE another", "CREATE TABLE public.copy AS SELECT 1",
    "CREATE TABLE cases.copy AS SELECT 1", "DROP TABLE cases.cases CASCADE",
    "CREATE OR REPLACE FUNCTION access.setting_id(name text) RETURNS uuid LANGUAGE sql AS 'SELECT gen_random_uuid()'",
)  # fmt: skip
CODED = {
    "budget.funds": {"code"}, "budget.lines": {"source"}, "budget.participations": {"who"}, "cases.cases": {"programme"},
    "cases.evaluations": {"judge", "scale"}, "cases.family_exits": {"destination"}, "cases.interventions": {"kind"},
    "cases.judgement_scales": {"code"}, "cases.milestones": {"kind"}, "cases.pathway_ends": {"end_code"},
    "cases.pathways": {"kind"}, "cases.programme_groups": {"group_code", "programme"},
    "cases.project_versions": {"status"}, "cases.supports": {"kind"},
}  # fmt: skip
"""The texts that figures may read: codes from closed lists. Every other text could hold somebody's words or name."""


@pytest.fixture(scope="module")
def scene(house: World) -> Scene:
    """A case with money and a signed project."""
    made = Scene(house)
    assert made.liquidation_id
    return made


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_the_running_service_may_not(scene: Scene, statement: str) -> None:
    coordinator = scene.client("coordinator")
    with as_runtime(scene.world.urls, coordinator.user_id) as connection, pytest.raises(DBAPIError) as raised:
        connection.execute(text(statement))
    assert isinstance(raised.value.orig, InsufficientPrivilege)


def test_the_running_service_can_not_look_past_row_level_security(scene: Scene) -> None:
    with as_runtime(scene.world.urls) as connection:
        connection.execute(text("SET row_security = off"))
        with pytest.raises(DBAPIError) as raised:
            connection.execute(text("SELECT * FROM cases.cases"))
    assert isinstance(raised.value.orig, InsufficientPrivilege)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM cases.goals WHERE case_id = :case", "DELETE FROM cases.supports WHERE case_id = :case",
        "UPDATE cases.project_versions SET preferences = 'Altro' WHERE case_id = :case",
        "UPDATE cases.project_versions SET content_hash = '' WHERE case_id = :case",
        "UPDATE cases.project_versions SET approved_on = '2023-01-31' WHERE case_id = :case",
        "UPDATE cases.project_versions SET status = 'draft' WHERE case_id = :case",
        "INSERT INTO cases.goals (id, version_id, case_id, position, life_domain, wording) "
        "SELECT gen_random_uuid(), id, case_id, 9, 'x', 'x' FROM cases.project_versions WHERE case_id = :case",
    ],
)  # fmt: skip
def test_the_content_of_a_signed_project_can_not_be_touched(scene: Scene, statement: str) -> None:
    coordinator = scene.client("coordinator")
    with as_runtime(scene.world.urls, coordinator.user_id) as connection, pytest.raises(IntegrityError) as raised:
        connection.execute(text(statement), {"case": scene.case_id})
    diagnostic: Any = raised.value.orig
    assert diagnostic.diag.constraint_name == "project_is_frozen"


def test_figures_read_codes_days_amounts_and_opaque_ids_and_no_words_of_anybody(house: World) -> None:
    rows = house.seen("""
        SELECT table_schema || '.' || table_name AS name, column_name, data_type FROM information_schema.columns
        WHERE table_schema NOT IN ('pg_catalog', 'information_schema', 'facts')
          AND has_column_privilege('trama_figures', quote_ident(table_schema) || '.' || quote_ident(table_name),
                                   column_name, 'SELECT')""")
    wordy = {(row.name, row.column_name) for row in rows if row.data_type in ("text", "bytea", "jsonb", "ARRAY")}
    assert wordy == {(table, column) for table, columns in CODED.items() for column in columns}
    assert not [row.name for row in rows if row.name.split(".")[0] in ("access", "audit", "identity", "people", "web")]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT family_name FROM identity.identities", "SELECT value FROM identity.identifiers",
        "SELECT note FROM cases.interventions", "SELECT wording FROM cases.goals", "SELECT need FROM cases.referrals",
        "SELECT preferences FROM cases.project_versions", "SELECT finding FROM cases.assessed_areas",
        "SELECT description FROM cases.supports", "SELECT description FROM budget.lines",
    ],
)  # fmt: skip
def test_figures_can_not_read(scene: Scene, query: str) -> None:
    with as_runtime(scene.world.urls) as connection:
        connection.execute(text("SET LOCAL ROLE trama_figures"))
        with pytest.raises(DBAPIError) as raised:
            connection.execute(text(query))
    assert isinstance(raised.value.orig, InsufficientPrivilege)


def test_the_worker_reads_the_log_and_no_case_or_person(house: World) -> None:
    rows = house.seen("""
        SELECT schemaname || '.' || tablename AS name FROM pg_tables
        WHERE schemaname NOT IN ('pg_catalog', 'information_schema')
          AND has_any_column_privilege('trama_worker', quote_ident(schemaname) || '.' || quote_ident(tablename), 'SELECT')""")
    assert {row.name for row in rows} == {
        "audit.events", "audit.event_people", "audit.unsealed", "audit.leaves", "audit.heads", "web.idempotency_keys",
        "access.login_failures",
    }  # fmt: skip


def test_no_role_of_the_service_is_above_the_guards(house: World) -> None:
    rows = house.seen("SELECT * FROM pg_roles WHERE rolname LIKE 'trama_%'")
    assert {row.rolname for row in rows} == {"trama_owner", "trama_runtime", "trama_worker", "trama_figures"}
    assert not [row.rolname for row in rows if row.rolsuper or row.rolbypassrls or row.rolreplication]
    assert {row.rolname for row in rows if row.rolcreaterole or row.rolcreatedb} <= {"trama_owner"}
