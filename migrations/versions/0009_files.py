"""Files of a case: what each is, and apart its bytes

Among those who see a case whole, a file is for all of them, for its clinical component, for its case manager, or for
who recorded it. The bytes of a withdrawn file are nobody's.
"""

import sqlalchemy as sa
from alembic import op

from migrations.guards import MY_CASES, grant, protect

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_MY_CASES_AS = """ANY (ARRAY(SELECT case_id FROM access.grounds WHERE kind <> 'provider' AND ({ground})
    AND since <= statement_timestamp() AND (until IS NULL OR until > statement_timestamp())))"""
SEEN = f"""case_id = {MY_CASES} AND (
    "right" = 'case' OR recorded_by = access.setting_id('trama.user_id')
    OR "right" = 'clinical' AND case_id = {_MY_CASES_AS.format(ground="component = 'clinical' OR kind = 'service'")}
    OR "right" = 'manager' AND case_id = {_MY_CASES_AS.format(ground="kind IN ('manager', 'service')")})"""
# The policy of the files is in force inside this one's query too.
SERVED = "EXISTS (SELECT FROM cases.files f WHERE f.id = file_id AND f.superseded_at IS NULL)"


def upgrade() -> None:
    """Make the tables and their guards."""
    op.create_table(
        "files",
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("right", sa.Text(), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("superseded_by", sa.Uuid(), nullable=True),
        sa.Column("supersede_reason", sa.Text(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("size > 0", name=op.f("ck_files_size")),
        sa.CheckConstraint("length(sha256) = 32", name=op.f("ck_files_sha256")),
        sa.CheckConstraint("\"right\" IN ('case', 'clinical', 'manager', 'author')", name=op.f("ck_files_right")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.cases.id"], name=op.f("fk_files_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_files")),
        sa.UniqueConstraint("id", "case_id", name=op.f("uq_files_id_case_id")),
        schema="cases",
    )
    op.create_index(op.f("ix_files_case_id"), "files", ["case_id"], schema="cases")
    op.create_table(
        "file_contents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("received_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["file_id", "case_id"], ["cases.files.id", "cases.files.case_id"],
                                name=op.f("fk_file_contents_file_id_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file_contents")),
        sa.UniqueConstraint("file_id", name=op.f("uq_file_contents_file_id")),
        schema="cases",
    )  # fmt: skip
    # Encrypted bytes don't compress: PostgreSQL need not try.
    op.execute("ALTER TABLE cases.file_contents ALTER COLUMN content SET STORAGE EXTERNAL")
    grant("cases.files", "SELECT, INSERT, UPDATE (superseded_at, superseded_by, supersede_reason)")
    protect("cases.files", SEEN)
    op.execute("""CREATE TRIGGER keep_history BEFORE INSERT OR UPDATE ON cases.files
               FOR EACH ROW EXECUTE FUNCTION cases.keep_history()""")
    grant("cases.file_contents", "SELECT, INSERT")
    protect("cases.file_contents", SERVED)


def downgrade() -> None:
    """Take them away."""
    op.drop_table("file_contents", schema="cases")
    op.drop_table("files", schema="cases")
