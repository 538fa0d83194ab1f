"""The role that computes figures knows no identity and no narrative."""

import psycopg
import pytest
from sqlalchemy import event, text

from service.db import as_role
from service.indicators.values import FIGURES
from tests.indicators.population import connect, figures
from tests.world import World

HIDDEN = [
    "identity.identities", "identity.identifiers", "people.persons", "cases.referrals", "cases.signatures",
    "cases.assessed_areas", "cases.applications", "cases.ranking_places", "access.users",
    "access.credentials", "access.grounds", "audit.events", "audit.event_people",
]  # fmt: skip
NARRATIVES = [
    "note FROM cases.interventions", "note FROM cases.evaluations", "description FROM cases.supports",
    "preferences FROM cases.project_versions", "supersede_reason FROM cases.family_exits", "description FROM budget.lines",
    "cost FROM budget.lines", "act FROM budget.entries", "recorded_by FROM cases.milestones",
    "wording FROM cases.goals", "full_name FROM cases.team_members", "user_id FROM cases.team_members",
    "items FROM cases.instrument_results", "recorded_by FROM cases.assessments",
    "outcome FROM cases.cases",
]  # fmt: skip


@pytest.mark.parametrize("asked", [*(f"1 FROM {table}" for table in HIDDEN), *NARRATIVES])
def test_identities_and_narratives_are_closed_to_it(world: World, asked: str) -> None:
    with connect(world) as connection:
        connection.execute(f"SELECT {asked} LIMIT 1")  # it is there
        connection.execute(f"SET ROLE {FIGURES}")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(f"SELECT {asked} LIMIT 1")


def test_it_writes_nothing(world: World) -> None:
    with connect(world) as connection:
        writable = connection.execute(
            """SELECT table_schema || '.' || table_name AS name, privilege_type FROM information_schema.role_table_grants
               WHERE grantee = %s AND privilege_type <> 'SELECT'""",
            [FIGURES],
        ).fetchall()
    assert writable == []


def test_the_views_hold_no_column_of_an_identity_or_a_text(world: World) -> None:
    with connect(world) as connection:
        columns = {
            row.column_name
            for row in connection.execute(
                "SELECT column_name FROM information_schema.columns WHERE table_schema = 'facts'"
            ).fetchall()
        }
    assert columns == {
        "case_id", "person_id", "pathway_id", "organisation_id", "programme", "kind", "stage", "occurred_on", "recorded_at",
        "superseded_at", "end_code", "judge", "is_positive", "is_final", "destination", "is_temporary", "returned_on", "who",
        "built", "contributed", "managed", "fund", "amount",
    }  # fmt: skip


def test_live_values_are_computed_as_this_role(world: World) -> None:
    said: list[str] = []

    def listen(connection: object, cursor: object, statement: str, *_: object) -> None:
        said.append(statement)

    event.listen(world.database.engine, "before_cursor_execute", listen)
    try:
        figures(world, "2023-12-31")
    finally:
        event.remove(world.database.engine, "before_cursor_execute", listen)
    (counting,) = (place for place, statement in enumerate(said) if "facts." in statement)
    assert said[counting - 1] == f'SET LOCAL ROLE "{FIGURES}"'
    assert said[counting + 1] == "RESET ROLE"


def test_the_running_service_reads_no_fact_in_its_own_name(world: World) -> None:
    with world.database.engine.connect() as connection:
        may = "SELECT has_table_privilege(current_user, 'facts.milestones', 'SELECT')"
        assert connection.scalar(text(may)) is False


def test_a_refused_statement_leaves_the_role_behind(world: World) -> None:
    with world.database.engine.connect() as connection:
        with pytest.raises(Exception, match="permission denied"), as_role(connection, FIGURES):  # type: ignore[arg-type]
            connection.execute(text("SELECT 1 FROM identity.identities"))
        connection.rollback()
        assert connection.scalar(text("SELECT current_user")) == "trama_runtime"
