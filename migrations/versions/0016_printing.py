"""Prints kept at approval, and who signs by legal protection

Versions approved before this have no print: their documents are made when they are asked for.
"""

import sqlalchemy as sa
from alembic import op

from migrations.guards import guard_part

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, and the guardian of a signature."""
    op.create_table(
        "prints",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("layout", sa.Text(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
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


def downgrade() -> None:
    """Take them away; the prints stay among the files."""
    op.drop_column("signatures", "guardian_id", schema="cases")
    op.drop_table("prints", schema="cases")
