"""The outbox, and where operators are written to

The running service adds messages and can neither read nor change them; the worker reads them and writes how they fared.
"""

import sqlalchemy as sa
from alembic import op

from migrations.guards import grant

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

WRITTEN = "id, kind, recipient, subject, body, dedupe_key"
STATE = "next_attempt_at, attempts, last_error, sent_at, dead_at"


def upgrade() -> None:
    """Make the outbox; give operators an optional address."""
    op.add_column("users", sa.Column("email", sa.Text(), nullable=True), schema="access")
    op.execute("CREATE SCHEMA outbox")
    op.create_table(
        "messages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("recipient", sa.LargeBinary(), nullable=False),
        sa.Column("subject", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("dedupe_key", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dead_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('email')", name=op.f("ck_messages_kind")),
        sa.CheckConstraint("sent_at IS NULL OR dead_at IS NULL", name=op.f("ck_messages_one_end")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_messages_dedupe_key")),
        schema="outbox",
    )
    op.create_index(
        "ix_messages_waiting",
        "messages",
        ["next_attempt_at"],
        unique=False,
        schema="outbox",
        postgresql_where=sa.text("sent_at IS NULL AND dead_at IS NULL"),
    )
    op.execute("GRANT USAGE ON SCHEMA outbox TO trama_runtime, trama_worker")
    grant("outbox.messages", f"INSERT ({WRITTEN})")
    grant("outbox.messages", f"SELECT, UPDATE ({STATE})", "trama_worker")


def downgrade() -> None:
    """Drop the outbox with what waits in it, and the addresses."""
    op.execute("DROP SCHEMA outbox CASCADE")
    op.drop_column("users", "email", schema="access")
