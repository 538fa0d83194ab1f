"""Instruments and their results, complexity; calls, applications and frozen rankings

Results of health instruments have a guard of their own: the clinical component of a team sees them, and the coordinators of
the service in charge. A withdrawn assessment takes its results with it, also those that its author may not see. A call's
service ranks all its applications; a ranking gets its places in the transaction that makes it, and never again.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from migrations.guards import MY_CASES, OF_MY_CASES, SUPERSEDED, grant, guard_fact, policy, protect, show_figures

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

MOMENTS = "moment IN ('start', 'review', 'end', 'follow_up')"
OF_ASSESSMENTS = "id, case_id, occurred_on, moment, setting, is_joint_with_asst, recorded_at, superseded_at"
OF_RESULTS = """id, case_id, assessment_id, instrument, instrument_version, direction, area, score, occurred_on, moment, setting,
    is_joint_with_asst, recorded_at, superseded_at"""
OF_COMPLEXITIES = "id, case_id, from_on, is_complex, recorded_at, superseded_at"
MY_CALLS = "SELECT id FROM cases.calls WHERE service_id = ANY (access.setting_ids('trama.case_bodies'))"

HEALTH = """
CREATE VIEW access.my_health_cases WITH (security_invoker = true) AS
    SELECT case_id FROM access.grounds
    WHERE case_id IS NOT NULL AND (kind = 'service' OR (kind IN ('team', 'manager') AND component = 'clinical'))
      AND since <= statement_timestamp() AND (until IS NULL OR until > statement_timestamp());
"""
IN_SIGHT = f"""case_id = {MY_CASES}
    AND (sensitivity = 'social' OR case_id = ANY (ARRAY(SELECT case_id FROM access.my_health_cases)))"""

WITHDRAWAL = """
CREATE FUNCTION cases.withdraw_results() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE cases.instrument_results
       SET superseded_at = NEW.superseded_at, superseded_by = NEW.superseded_by, supersede_reason = NEW.supersede_reason
     WHERE assessment_id = NEW.id AND superseded_at IS NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER withdraw_results AFTER UPDATE ON cases.assessments FOR EACH ROW
    WHEN (OLD.superseded_at IS NULL AND NEW.superseded_at IS NOT NULL) EXECUTE FUNCTION cases.withdraw_results();
REVOKE ALL ON FUNCTION cases.withdraw_results FROM PUBLIC;
"""

FROZEN = """
CREATE FUNCTION cases.refuse_later_places() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM cases.rankings r WHERE r.id = NEW.ranking_id AND r.xmin = pg_current_xact_id()::xid) THEN
        RAISE EXCEPTION 'a ranking is frozen when it is made' USING ERRCODE = 'integrity_constraint_violation',
              CONSTRAINT = 'ranking_is_frozen';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER refuse_later_places BEFORE INSERT ON cases.ranking_places
    FOR EACH ROW EXECUTE FUNCTION cases.refuse_later_places();
REVOKE ALL ON FUNCTION cases.refuse_later_places FROM PUBLIC;
"""


def upgrade() -> None:
    """Make the tables and their guards."""
    _make_instruments()
    _widen_assessments()
    _make_results()
    _make_complexities()
    _make_calls()
    _make_rankings()


def downgrade() -> None:
    """Drop them; assessments lose their moment, and with whom they were made."""
    for table in ("ranking_places", "rankings", "applications", "calls", "complexities"):
        op.drop_table(table, schema="cases")
    op.execute("DROP FUNCTION cases.refuse_later_places")
    op.execute("DROP TRIGGER withdraw_results ON cases.assessments")
    op.execute("DROP FUNCTION cases.withdraw_results")
    op.drop_table("instrument_results", schema="cases")
    op.execute("DROP VIEW access.my_health_cases")
    op.execute("DROP POLICY figures ON cases.assessments")
    op.execute(f"REVOKE SELECT ({OF_ASSESSMENTS}) ON cases.assessments FROM trama_figures")
    for column in ("is_joint_with_asst", "moment"):
        op.drop_column("assessments", column, schema="cases")
    op.drop_table("instruments", schema="cases")


def _make_instruments() -> None:
    op.create_table(
        "instruments",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sensitivity", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("definition", JSONB(), nullable=False),
        sa.CheckConstraint("sensitivity IN ('social', 'health')", name=op.f("ck_instruments_sensitivity")),
        sa.CheckConstraint("direction IN ('higher_is_better', 'lower_is_better')", name=op.f("ck_instruments_direction")),
        sa.PrimaryKeyConstraint("code", "version", name=op.f("pk_instruments")),
        sa.UniqueConstraint("code", "version", "sensitivity", "direction",
                            name=op.f("uq_instruments_code_version_sensitivity_direction")),
        schema="cases",
    )  # fmt: skip
    grant("cases.instruments", "SELECT")


def _widen_assessments() -> None:
    # What was recorded before had neither: a first assessment, not known to be joint.
    for name, column in (("moment", sa.Text()), ("is_joint_with_asst", sa.Boolean())):
        op.add_column("assessments", sa.Column(name, column, nullable=True), schema="cases")
    op.execute("ALTER TABLE cases.assessments NO FORCE ROW LEVEL SECURITY")
    op.execute("UPDATE cases.assessments SET moment = 'start', is_joint_with_asst = false")
    op.execute("ALTER TABLE cases.assessments FORCE ROW LEVEL SECURITY")
    for name in ("moment", "is_joint_with_asst"):
        op.alter_column("assessments", name, nullable=False, schema="cases")
    op.create_check_constraint(op.f("ck_assessments_moment"), "assessments", MOMENTS, schema="cases")
    show_figures("cases.assessments", OF_ASSESSMENTS)


def _make_results() -> None:
    op.create_table(
        "instrument_results",
        sa.Column("assessment_id", sa.Uuid(), nullable=True),
        sa.Column("instrument", sa.Text(), nullable=False),
        sa.Column("instrument_version", sa.Integer(), nullable=False),
        sa.Column("sensitivity", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("moment", sa.Text(), nullable=False),
        sa.Column("setting", sa.Text(), nullable=False),
        sa.Column("is_joint_with_asst", sa.Boolean(), nullable=False),
        sa.Column("area", sa.Text(), nullable=True),
        sa.Column("score", sa.Numeric(7, 2), nullable=False),
        sa.Column("items", JSONB(), nullable=False),
        *_recorded("instrument_results"),
        sa.CheckConstraint(MOMENTS, name=op.f("ck_instrument_results_moment")),
        sa.ForeignKeyConstraint(
            ["instrument", "instrument_version", "sensitivity", "direction"],
            [f"cases.instruments.{column}" for column in ("code", "version", "sensitivity", "direction")],
            name="fk_instrument_results_instrument",
        ),
        sa.ForeignKeyConstraint(["assessment_id", "case_id"], ["cases.assessments.id", "cases.assessments.case_id"],
                                name=op.f("fk_instrument_results_assessment_id_case_id")),
        schema="cases",
    )  # fmt: skip
    op.create_index(op.f("ix_instrument_results_case_id"), "instrument_results", ["case_id"], schema="cases")
    op.create_index("ix_instrument_results_assessment_id", "instrument_results", ["assessment_id"], schema="cases")
    op.execute(HEALTH)
    grant("access.my_health_cases", "SELECT")
    grant("cases.instrument_results", f"SELECT, INSERT, UPDATE ({SUPERSEDED})")
    protect("cases.instrument_results", IN_SIGHT)
    policy("cases.instrument_results", "guards", "true", role="CURRENT_USER")
    op.execute("""CREATE TRIGGER keep_history BEFORE INSERT OR UPDATE ON cases.instrument_results
               FOR EACH ROW EXECUTE FUNCTION cases.keep_history()""")
    show_figures("cases.instrument_results", OF_RESULTS)
    op.execute(WITHDRAWAL)


def _make_complexities() -> None:
    op.create_table(
        "complexities",
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("is_complex", sa.Boolean(), nullable=False),
        sa.Column("criteria", ARRAY(sa.Text()), nullable=False),
        sa.Column("setting", sa.Text(), nullable=False),
        *_recorded("complexities"),
        schema="cases",
    )
    op.create_index(op.f("ix_complexities_case_id"), "complexities", ["case_id"], schema="cases")
    _unique_among_live("uq_complexities_live", "complexities", "case_id", "from_on")
    guard_fact("cases.complexities", figures=OF_COMPLEXITIES)


def _make_calls() -> None:
    op.create_table(
        "calls",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("terms", JSONB(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint("opened_on <= closed_on", name=op.f("ck_calls_in_order")),
        sa.ForeignKeyConstraint(["service_id"], ["access.organisations.id"], name=op.f("fk_calls_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calls")),
        sa.UniqueConstraint("code", name=op.f("uq_calls_code")),
        schema="cases",
    )
    op.create_index(op.f("ix_calls_service_id"), "calls", ["service_id"], schema="cases")
    grant("cases.calls", "SELECT, INSERT")
    op.create_table(
        "applications",
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("protocol_on", sa.Date(), nullable=False),
        sa.Column("protocol_number", sa.Integer(), nullable=False),
        sa.Column("priority_class", sa.Text(), nullable=False),
        sa.Column("urgency_scores", JSONB(), nullable=False),
        *_recorded("applications"),
        sa.ForeignKeyConstraint(["call_id"], ["cases.calls.id"], name=op.f("fk_applications_call_id")),
        sa.UniqueConstraint("id", "case_id", name=op.f("uq_applications_id_case_id")),
        schema="cases",
    )
    op.create_index(op.f("ix_applications_case_id"), "applications", ["case_id"], schema="cases")
    _unique_among_live("uq_applications_live", "applications", "call_id", "case_id")
    _unique_among_live("uq_applications_protocol", "applications", "call_id", "protocol_on", "protocol_number")
    guard_fact("cases.applications")
    policy("cases.applications", "ranked", f"call_id = ANY (ARRAY({MY_CALLS}))", kind="SELECT")


def _make_rankings() -> None:
    op.create_table(
        "rankings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("frozen_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["cases.calls.id"], name=op.f("fk_rankings_call_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rankings")),
        sa.UniqueConstraint("call_id", "number", name=op.f("uq_rankings_call_id_number")),
        schema="cases",
    )
    grant("cases.rankings", "SELECT, INSERT")
    op.create_table(
        "ranking_places",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ranking_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("priority_class", sa.Text(), nullable=False),
        sa.Column("urgency_scores", JSONB(), nullable=False),
        sa.Column("protocol_on", sa.Date(), nullable=False),
        sa.Column("protocol_number", sa.Integer(), nullable=False),
        sa.Column("score", sa.Numeric(8, 2), nullable=False),
        sa.ForeignKeyConstraint(["application_id", "case_id"], ["cases.applications.id", "cases.applications.case_id"],
                                name=op.f("fk_ranking_places_application_id_case_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.cases.id"], name=op.f("fk_ranking_places_case_id")),
        sa.ForeignKeyConstraint(["ranking_id"], ["cases.rankings.id"], name=op.f("fk_ranking_places_ranking_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ranking_places")),
        sa.UniqueConstraint("ranking_id", "position", name=op.f("uq_ranking_places_ranking_id_position")),
        schema="cases",
    )  # fmt: skip
    op.create_index(op.f("ix_ranking_places_case_id"), "ranking_places", ["case_id"], schema="cases")
    grant("cases.ranking_places", "SELECT, INSERT")
    of_my_calls = f"SELECT id FROM cases.rankings WHERE call_id = ANY (ARRAY({MY_CALLS}))"
    protect("cases.ranking_places", f"ranking_id = ANY (ARRAY({of_my_calls}))")
    policy("cases.ranking_places", "of_my_cases", OF_MY_CASES, kind="SELECT")
    op.execute(FROZEN)


def _recorded(table: str) -> tuple[Any, ...]:
    """What every fact of a case carries."""
    return (
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("superseded_by", sa.Uuid(), nullable=True),
        sa.Column("supersede_reason", sa.Text(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.cases.id"], name=op.f(f"fk_{table}_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def _unique_among_live(name: str, table: str, *columns: str) -> None:
    op.create_index(name, table, list(columns), unique=True, schema="cases", postgresql_where="superseded_at IS NULL")
