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
    "UPDATE budget.entries SET amount = 1", "UPDATE budget.entries SET used = 0", "DELETE FROM budget.entries",
    "UPDATE budget.allocation_changes SET amount = 1", "DELETE FROM budget.allocation_changes",
    "UPDATE budget.allocations SET committed = 0", "UPDATE budget.allocations SET amount = 1",
    "UPDATE budget.lines SET committed = 0", "UPDATE budget.lines SET cost = 1", "DELETE FROM budget.lines",
    "UPDATE budget.expense_accounts SET accepted = 0", "DELETE FROM budget.expense_accounts",
    # Facts and what was frozen
    "UPDATE cases.milestones SET occurred_on = '2020-01-01'", "DELETE FROM cases.milestones",
    "UPDATE cases.interventions SET note = '-'", "DELETE FROM cases.interventions",
    "UPDATE cases.files SET \"right\" = 'case'", "UPDATE cases.files SET sha256 = ''", "DELETE FROM cases.files",
    "UPDATE cases.file_contents SET content = NULL", "DELETE FROM cases.file_contents",
    "UPDATE cases.evaluations SET value = 5", "UPDATE cases.team_members SET user_id = id",
    "UPDATE cases.team_members SET full_name = NULL", "DELETE FROM cases.team_members", "DELETE FROM cases.meetings",
    "UPDATE cases.meetings SET recorded_by = id", "UPDATE cases.meetings SET corrects_id = NULL",
    "UPDATE cases.meeting_attendances SET is_present = false", "UPDATE cases.body_involvements SET phase = 'planning'",
    "DELETE FROM cases.body_involvements", "UPDATE cases.family_involvements SET kind = 'involved'",
    "UPDATE cases.goals SET wording = '-'", "UPDATE cases.supports SET kind = '-'",
    "UPDATE cases.signatures SET content_hash = ''", "DELETE FROM cases.signatures",
    "UPDATE cases.instrument_results SET score = 0", "UPDATE cases.instrument_results SET sensitivity = 'social'",
    "UPDATE cases.instruments SET definition = '{}'", "UPDATE cases.complexities SET is_complex = false",
    "UPDATE cases.applications SET priority_class = 'P1'", "UPDATE cases.calls SET terms = '{}'",
    "UPDATE cases.rankings SET digest = ''", "DELETE FROM cases.rankings", "UPDATE cases.ranking_places SET position = 1",
    "DELETE FROM cases.ranking_places",
    "DELETE FROM cases.project_versions", "UPDATE cases.project_versions SET author_id = id",
    "UPDATE cases.cases SET person_id = id", "UPDATE cases.cases SET household_id = id", "DELETE FROM cases.cases",
    "UPDATE identity.identities SET family_name = '-'", "DELETE FROM identity.identities",
    "UPDATE identity.identifiers SET value = ''", "DELETE FROM people.persons",
    "UPDATE identity.identifiers SET is_exclusive = false", "UPDATE people.residences SET municipality = NULL",
    "UPDATE people.merges SET person_id = alias_id", "DELETE FROM people.merges", "DELETE FROM people.protections",
    "UPDATE people.household_members SET person_id = household_id", "UPDATE identity.guardians SET may_sign = true",
    "UPDATE cases.contacts SET contact_key = id", "DELETE FROM cases.contacts", "SELECT identity.renew_exclusive()",
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
    # Statements, and the periods that they froze
    "UPDATE budget.statements SET content = '{}'", "DELETE FROM budget.statements",
    "UPDATE budget.statement_approvals SET act = '-'", "DELETE FROM budget.statement_approvals",
    "UPDATE budget.allocations SET frozen_to = NULL",
)  # fmt: skip
CODED = {
    "access.organisation_flags": {"flag"},
    "budget.entries": {"kind"},
    "budget.funds": {"code"},
    "budget.lines": {"source"},
    "budget.participations": {"who"},
    "cases.assessments": {"moment", "setting"},
    "cases.body_involvements": {"component", "phase"},
    "cases.case_people": {"role"},
    "cases.cases": {"programme"},
    "cases.check_participants": {"component"},
    "cases.circumstances": {"code", "kind"},
    "cases.contacts": {"device", "programme", "target_group"},
    "cases.convocation_outcomes": {"outcome", "reason_code"},
    "cases.dwellings": {"initiative", "kinds"},
    "cases.evaluations": {"judge", "scale"},
    "cases.family_exits": {"destination"},
    "cases.family_involvements": {"kind"},
    "cases.follow_up_answers": {"answer", "question"},
    "cases.follow_ups": {"instrument", "status"},
    "cases.goal_outcomes": {"status"},
    "cases.goals": {"life_domain"},
    "cases.hires": {"contract", "convention", "subsidy"},
    "cases.housing_stays": {"kind"},
    "cases.instrument_results": {"area", "direction", "instrument", "moment", "setting"},
    "cases.interventions": {"kind", "mode", "unit"},
    "cases.job_outcomes": {"contract", "judged_by", "scale"},
    "cases.judgement_scales": {"code"},
    "cases.meetings": {"kind", "mode"},
    "cases.milestones": {"kind"},
    "cases.monitoring_checks": {"status"},
    "cases.pathway_ends": {"end_code", "outcome_code"},
    "cases.pathways": {"kind", "shared_key"},
    "cases.placement_ends": {"end_code"},
    "cases.preliminary_analyses": {"outcome", "outcome_letter"},
    "cases.presentations": {"justified_code", "office"},
    "cases.programme_groups": {"group_code", "programme"},
    "cases.project_commitments": {"area", "who"},
    "cases.project_versions": {"family_involvement", "status"},
    "cases.protected_discharges": {"destination"},
    "cases.school_statuses": {"status"},
    "cases.supports": {"area", "frequency", "kind", "unit"},
    "cases.team_members": {"component", "role"},
    "cases.transfers": {"decision"},
    "cases.work_placements": {"kind", "limit_rule"},
    "people.household_members": {"relationship"},
    "people.households": {"kind"},
    "people.residences": {"municipality"},
}  # fmt: skip
"""The texts that figures may read: codes from closed lists. Every other text could hold somebody's words or name."""
COUNTED = {
    "access.organisation_flags", "people.residences", "people.households", "people.household_members", "people.merges",
}  # fmt: skip
"""Of the registry, what breaks figures down and counts distinct persons: codes, days and opaque ids. Of bodies, what each is
as a host."""


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
    private = ("access", "audit", "identity", "people", "web")
    assert {row.name for row in rows if row.name.split(".")[0] in private} == COUNTED


@pytest.mark.parametrize(
    "query",
    [
        "SELECT family_name FROM identity.identities", "SELECT value FROM identity.identifiers",
        "SELECT note FROM cases.interventions",
        "SELECT file_name FROM cases.files", "SELECT content FROM cases.file_contents",
        "SELECT wording FROM cases.goals", "SELECT need FROM cases.referrals",
        "SELECT preferences FROM cases.project_versions", "SELECT finding FROM cases.assessed_areas",
        "SELECT full_name FROM cases.team_members", "SELECT narrative FROM cases.meetings",
        "SELECT guest_name FROM cases.meeting_attendances", "SELECT evidence FROM cases.body_involvements",
        "SELECT description FROM cases.supports", "SELECT description FROM budget.lines",
        "SELECT items FROM cases.instrument_results", "SELECT criteria FROM cases.complexities",
        "SELECT urgency_scores FROM cases.applications", "SELECT score FROM cases.ranking_places",
    ],
)  # fmt: skip
def test_figures_can_not_read(scene: Scene, query: str) -> None:
    with as_runtime(scene.world.urls) as connection:
        connection.execute(text("SET LOCAL ROLE trama_figures"))
        with pytest.raises(DBAPIError) as raised:
            connection.execute(text(query))
    assert isinstance(raised.value.orig, InsufficientPrivilege)


def test_the_worker_reads_the_log_and_what_is_to_be_sent_and_no_case_or_person(house: World) -> None:
    rows = house.seen("""
        SELECT schemaname || '.' || tablename AS name FROM pg_tables
        WHERE schemaname NOT IN ('pg_catalog', 'information_schema')
          AND has_any_column_privilege('trama_worker', quote_ident(schemaname) || '.' || quote_ident(tablename), 'SELECT')""")
    assert {row.name for row in rows} == {
        "audit.events", "audit.event_people", "audit.unsealed", "audit.leaves", "audit.heads", "web.idempotency_keys",
        "access.login_failures", "outbox.messages",
    }  # fmt: skip


def test_no_role_of_the_service_is_above_the_guards(house: World) -> None:
    rows = house.seen("SELECT * FROM pg_roles WHERE rolname LIKE 'trama_%'")
    assert {row.rolname for row in rows} == {"trama_owner", "trama_runtime", "trama_worker", "trama_figures"}
    assert not [row.rolname for row in rows if row.rolsuper or row.rolbypassrls or row.rolreplication]
    assert {row.rolname for row in rows if row.rolcreaterole or row.rolcreatedb} <= {"trama_owner"}
