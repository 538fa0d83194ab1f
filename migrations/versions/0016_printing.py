"""Prints kept at approval, who signs by legal protection, and what a service sees of a case that it is offered

Versions approved before this have no print: their documents are made when they are asked for. A file that somebody signed is not
withdrawn. Files for the clinical component or the case manager, and health results, are not of an offer.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.guards import MY_CASES, guard_part

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


KEEP_SIGNED = """
-- What somebody signed, and what the service printed, stays.
CREATE FUNCTION cases.keep_signed() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.superseded_at IS NOT NULL AND OLD.superseded_at IS NULL AND (
        EXISTS (SELECT FROM cases.prints p WHERE p.file_id = OLD.id)
        OR EXISTS (SELECT FROM cases.signatures s
                   WHERE s.case_id = OLD.case_id AND s.file_hash = OLD.sha256 AND s.superseded_at IS NULL)) THEN
        RAISE EXCEPTION 'a signed file stays' USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'file_is_signed';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_signed BEFORE UPDATE ON cases.files FOR EACH ROW EXECUTE FUNCTION cases.keep_signed();
"""
HEALTH = """
CREATE OR REPLACE VIEW access.my_health_cases WITH (security_invoker = true) AS
    SELECT case_id FROM access.grounds
    WHERE case_id IS NOT NULL AND ({service} OR (kind IN ('team', 'manager') AND component = 'clinical'))
      AND since <= statement_timestamp() AND (until IS NULL OR until > statement_timestamp());
"""
_MY_CASES_AS = """ANY (ARRAY(SELECT case_id FROM access.grounds WHERE kind <> 'provider' AND ({ground})
    AND since <= statement_timestamp() AND (until IS NULL OR until > statement_timestamp())))"""
_SEEN = """case_id = {mine} AND (
    "right" = 'case' OR recorded_by = access.setting_id('trama.user_id')
    OR "right" = 'clinical' AND case_id = {clinical}
    OR "right" = 'manager' AND case_id = {manager})"""


def _seen(clinical: str, manager: str) -> str:
    return _SEEN.format(mine=MY_CASES, clinical=_MY_CASES_AS.format(ground=clinical),
                        manager=_MY_CASES_AS.format(ground=manager))  # fmt: skip


IN_CHARGE = "kind = 'service' AND source_id = case_id"
SEEN = _seen(f"component = 'clinical' OR {IN_CHARGE}", f"kind = 'manager' OR {IN_CHARGE}")
SEEN_BEFORE = _seen("component = 'clinical' OR kind = 'service'", "kind IN ('manager', 'service')")


def upgrade() -> None:
    """Make the table, and the guardian of a signature."""
    op.create_table(
        "prints",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("layout", sa.Text(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("people", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.CheckConstraint("layout IN ('full', 'plain')", name=op.f("ck_prints_layout")),
        sa.ForeignKeyConstraint(["version_id", "case_id"], ["cases.project_versions.id", "cases.project_versions.case_id"],
                                name=op.f("fk_prints_version_id_case_id")),
        sa.ForeignKeyConstraint(["file_id", "case_id"], ["cases.files.id", "cases.files.case_id"],
                                name=op.f("fk_prints_file_id_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prints")),
        sa.UniqueConstraint("version_id", "layout", name=op.f("uq_prints_version_id_layout")),
        sa.UniqueConstraint("file_id", name=op.f("uq_prints_file_id")),
        schema="cases",
    )  # fmt: skip
    guard_part("cases.prints")
    op.add_column("signatures", sa.Column("guardian_id", sa.Uuid(), nullable=True), schema="cases")
    op.create_foreign_key(op.f("fk_signatures_guardian_id"), "signatures", "guardians", ["guardian_id"], ["id"],
                          source_schema="cases", referent_schema="identity")  # fmt: skip
    op.create_check_constraint(
        op.f("ck_signatures_guardian"), "signatures", "guardian_id IS NULL OR signed_by = 'representative'",
        schema="cases",
    )  # fmt: skip
    op.execute(KEEP_SIGNED)
    op.execute(HEALTH.format(service=f"({IN_CHARGE})"))
    op.execute(f"ALTER POLICY in_sight ON cases.files USING ({SEEN}) WITH CHECK ({SEEN})")


def downgrade() -> None:
    """Take them away; the prints stay among the files."""
    op.execute(f"ALTER POLICY in_sight ON cases.files USING ({SEEN_BEFORE}) WITH CHECK ({SEEN_BEFORE})")
    op.execute(HEALTH.format(service="kind = 'service'"))
    op.execute("DROP TRIGGER keep_signed ON cases.files")
    op.execute("DROP FUNCTION cases.keep_signed")
    op.drop_column("signatures", "guardian_id", schema="cases")
    op.drop_table("prints", schema="cases")
