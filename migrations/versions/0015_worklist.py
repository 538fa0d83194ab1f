"""Calendar feeds: secret addresses of one's own deadlines

A feed is its user's alone. Who knows its secret enters in that user's scope, through one function.
"""

import sqlalchemy as sa
from alembic import op

from migrations.guards import grant, policy, protect

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

ENTER = """
-- As `access.enter`, which it calls, for who brings the secret of a live feed in the place of a log-in.
CREATE FUNCTION worklist.enter_by_feed(asked bytea) RETURNS TABLE (feed_id uuid, user_id uuid, roles jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE feed record;
BEGIN
    SELECT f.id, f.user_id INTO feed FROM worklist.calendar_feeds f WHERE f.token_hash = asked AND f.revoked_at IS NULL;
    IF NOT FOUND THEN RETURN; END IF;
    RETURN QUERY SELECT feed.id, feed.user_id, entered.roles FROM access.enter(feed.user_id, NULL) entered;
END $$;
"""


def upgrade() -> None:
    """Make the table and the function."""
    op.execute("CREATE SCHEMA worklist")
    op.create_table(
        "calendar_feeds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["access.users.id"], name=op.f("fk_calendar_feeds_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feeds")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feeds_token_hash")),
        schema="worklist",
    )
    op.create_index("ix_calendar_feeds_user_id", "calendar_feeds", ["user_id"], unique=False, schema="worklist")
    op.execute("GRANT USAGE ON SCHEMA worklist TO trama_runtime")
    grant("worklist.calendar_feeds", "SELECT, INSERT, UPDATE (revoked_at)")
    protect("worklist.calendar_feeds", "user_id = access.setting_id('trama.user_id')")
    policy("worklist.calendar_feeds", "guards", "true", kind="SELECT", role="CURRENT_USER")
    op.execute(ENTER)
    op.execute("REVOKE ALL ON FUNCTION worklist.enter_by_feed(bytea) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION worklist.enter_by_feed(bytea) TO trama_runtime")


def downgrade() -> None:
    """Drop them: every address is worth nothing."""
    op.execute("DROP SCHEMA worklist CASCADE")
