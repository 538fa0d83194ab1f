"""What who manages a line of the budget accounts for: period, expense, how much of it is accepted"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.guards import guard_fact

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

EUROS = sa.Numeric(14, 2)


def upgrade() -> None:
    """Make the table; a line is known together with its case."""
    op.create_unique_constraint(op.f("uq_lines_id_case_id"), "lines", ["id", "case_id"], schema="budget")
    op.create_table(
        "expense_accounts",
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("presented_on", sa.Date(), nullable=False),
        sa.Column("spent", EUROS, nullable=False),
        sa.Column("accepted", EUROS, nullable=False),
        sa.Column("refusal_reason", sa.Text(), nullable=True),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("superseded_by", sa.Uuid(), nullable=True),
        sa.Column("supersede_reason", sa.Text(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("from_on <= to_on AND to_on <= presented_on", name=op.f("ck_expense_accounts_in_order")),
        sa.CheckConstraint("0 <= accepted AND accepted <= spent", name=op.f("ck_expense_accounts_accepted_within_spent")),
        sa.CheckConstraint("(accepted < spent) = (refusal_reason IS NOT NULL)", name=op.f("ck_expense_accounts_refusal")),
        postgresql.ExcludeConstraint(
            (sa.column("line_id"), "="), (sa.text("daterange(from_on, to_on, '[]')"), "&&"),
            where=sa.text("superseded_at IS NULL"), using="gist", name="ex_expense_accounts_no_overlap",
        ),
        sa.ForeignKeyConstraint(["line_id", "case_id"], ["budget.lines.id", "budget.lines.case_id"],
                                name=op.f("fk_expense_accounts_line_id_case_id")),
        sa.ForeignKeyConstraint(["file_id", "case_id"], ["cases.files.id", "cases.files.case_id"],
                                name=op.f("fk_expense_accounts_file_id_case_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.cases.id"], name=op.f("fk_expense_accounts_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expense_accounts")),
        schema="budget",
    )  # fmt: skip
    op.create_index("ix_expense_accounts_case_id", "expense_accounts", ["case_id"], schema="budget")
    guard_fact("budget.expense_accounts")


def downgrade() -> None:
    """Take the table away."""
    op.drop_table("expense_accounts", schema="budget")
    op.drop_constraint(op.f("uq_lines_id_case_id"), "lines", schema="budget")
