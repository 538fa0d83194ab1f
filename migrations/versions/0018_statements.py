"""Statements to a fund: what an allocation moved up to a month's end, prepared by one, approved by another, then frozen

An approval holds the allocation, finds the statement equal to what the ledger says, and freezes the period: all by trigger,
since the service changes no allocation. Entries hold the allocation too before they ask whether their day is open, so that
either the approval sees the entry or the entry sees the approval.
"""

import sqlalchemy as sa
from alembic import op

from migrations.guards import grant

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

# What the service calls; the others are called by triggers alone.
CALLED = "budget.hold_allocation(uuid), budget.statement_figures(uuid, date, date)"
BY_TRIGGER = "budget.approve_statement()"

FIGURES = """
-- All that a statement says of an allocation from a day to another: of the ledger's totals, never of its entries.
CREATE FUNCTION budget.statement_figures(allocation uuid, from_on date, to_on date) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    WITH moved AS (
        SELECT t.* FROM budget.totals t WHERE t.allocation_id = allocation AND t.month <= to_on
    ), within AS (
        SELECT m.programme, m.municipality, m.intervention_code, sum(m.committed) AS committed, sum(m.liquidated) AS liquidated,
               sum(m.paid) AS paid
          FROM moved m WHERE m.month >= from_on - (extract(day FROM from_on)::integer - 1)
         GROUP BY 1, 2, 3 HAVING sum(abs(m.committed) + abs(m.liquidated) + abs(m.paid)) <> 0
    )
    SELECT jsonb_build_object(
        'fund', f.code, 'fund_name', f.name, 'year', a.year, 'cup', a.cup, 'plan', a.plan, 'objective', a.objective,
        'from_on', from_on, 'to_on', to_on,
        'allocated', (SELECT COALESCE(sum(CASE c.kind WHEN 'cut' THEN -c.amount ELSE c.amount END), 0.00)::text
                        FROM budget.allocation_changes c WHERE c.allocation_id = allocation AND c.occurred_on <= to_on),
        'cumulative', (SELECT jsonb_build_object('committed', COALESCE(sum(m.committed), 0.00)::text,
                                                 'liquidated', COALESCE(sum(m.liquidated), 0.00)::text,
                                                 'paid', COALESCE(sum(m.paid), 0.00)::text) FROM moved m),
        'totals', (SELECT jsonb_build_object('committed', COALESCE(sum(w.committed), 0.00)::text,
                                             'liquidated', COALESCE(sum(w.liquidated), 0.00)::text,
                                             'paid', COALESCE(sum(w.paid), 0.00)::text) FROM within w),
        'rows', (SELECT COALESCE(jsonb_agg(jsonb_build_object(
                            'programme', w.programme, 'municipality', w.municipality, 'intervention_code', w.intervention_code,
                            'committed', w.committed::text, 'liquidated', w.liquidated::text, 'paid', w.paid::text)
                            ORDER BY w.programme COLLATE "C", w.municipality COLLATE "C", w.intervention_code COLLATE "C"),
                            '[]') FROM within w))
      FROM budget.allocations a JOIN budget.funds f ON f.id = a.fund_id WHERE a.id = allocation
$$;
"""
HOLD = """
-- For who prepares a statement: nothing of the allocation moves until the end of the transaction.
CREATE FUNCTION budget.hold_allocation(allocation uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT FROM budget.allocations a WHERE a.id = allocation FOR UPDATE
$$;
"""
APPROVE = """
CREATE FUNCTION budget.approve_statement() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE prepared budget.statements; source budget.allocations; said jsonb;
BEGIN
    SELECT * INTO prepared FROM budget.statements s WHERE s.id = NEW.statement_id;
    SELECT * INTO source FROM budget.allocations a WHERE a.id = prepared.allocation_id FOR UPDATE;
    IF EXISTS (SELECT FROM budget.statement_approvals p WHERE p.statement_id = prepared.id) THEN
        RAISE EXCEPTION 'approved once' USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'statement_approved_once';
    END IF;
    IF prepared.from_on <> source.frozen_to + 1
       OR EXISTS (SELECT FROM budget.statements s WHERE s.allocation_id = prepared.allocation_id
                  AND (s.number, s.version) > (prepared.number, prepared.version)) THEN
        RAISE EXCEPTION 'another came after' USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'statement_is_newest';
    END IF;
    IF prepared.recorded_by = NEW.recorded_by THEN
        RAISE EXCEPTION 'who prepared does not approve' USING ERRCODE = 'integrity_constraint_violation',
              CONSTRAINT = 'approval_by_another';
    END IF;
    said := prepared.content::jsonb -> 'figures';
    IF said IS DISTINCT FROM budget.statement_figures(prepared.allocation_id, prepared.from_on, prepared.to_on)
       OR source.frozen_to IS NULL AND said -> 'totals' <> said -> 'cumulative' THEN  -- the first one leaves nothing before it
        RAISE EXCEPTION 'the ledger says otherwise' USING ERRCODE = 'integrity_constraint_violation',
              CONSTRAINT = 'statement_says_the_ledger';
    END IF;
    IF NOT (said ->> 'allocated')::numeric >= (said #>> '{cumulative,committed}')::numeric
       OR NOT (said #>> '{cumulative,committed}')::numeric >= (said #>> '{cumulative,liquidated}')::numeric
       OR NOT (said #>> '{cumulative,liquidated}')::numeric >= (said #>> '{cumulative,paid}')::numeric THEN
        RAISE EXCEPTION 'more was moved than there was' USING ERRCODE = 'integrity_constraint_violation',
              CONSTRAINT = 'statement_in_order';
    END IF;
    UPDATE budget.allocations SET frozen_to = prepared.to_on WHERE id = prepared.allocation_id;
    NEW.recorded_at := now();
    RETURN NEW;
END $$;
CREATE TRIGGER approve_statement BEFORE INSERT ON budget.statement_approvals
FOR EACH ROW EXECUTE FUNCTION budget.approve_statement();
"""
REFUSE = """
-- After what holds the allocation (`post_entry`, `change_allocation`: triggers run in the order of their names), so that an
-- approval which comes first is seen.
CREATE FUNCTION budget.refuse_in_frozen_period() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM budget.allocations a WHERE a.id = NEW.allocation_id AND NEW.occurred_on <= a.frozen_to) THEN
        RAISE EXCEPTION 'the period is frozen' USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'entry_in_open_period';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER refuse_in_frozen_period BEFORE INSERT ON budget.entries
FOR EACH ROW EXECUTE FUNCTION budget.refuse_in_frozen_period();
CREATE TRIGGER refuse_in_frozen_period AFTER INSERT ON budget.allocation_changes
FOR EACH ROW EXECUTE FUNCTION budget.refuse_in_frozen_period();
"""
BEGIN = """
CREATE OR REPLACE FUNCTION budget.begin_allocation_at_zero() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN NEW.amount := 0; NEW.committed := 0; NEW.liquidated := 0; NEW.paid := 0;{also} RETURN NEW; END $$;
"""


def upgrade() -> None:
    op.add_column("allocations", sa.Column("frozen_to", sa.Date(), nullable=True), schema="budget")
    op.create_table(
        "statements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("allocation_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        *_recorded(),
        sa.CheckConstraint("from_on <= to_on AND extract(day FROM to_on + 1) = 1", name=op.f("ck_statements_period")),
        sa.CheckConstraint(
            "digest = encode(sha256(convert_to(content, 'UTF8')), 'hex')", name=op.f("ck_statements_digest")
        ),
        sa.ForeignKeyConstraint(["allocation_id"], ["budget.allocations.id"], name=op.f("fk_statements_allocation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statements")),
        sa.UniqueConstraint(
            "allocation_id", "number", "version", name=op.f("uq_statements_allocation_id_number_version")
        ),
        schema="budget",
    )
    op.create_table(
        "statement_approvals",
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        *_recorded(),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["budget.statements.id"], name=op.f("fk_statement_approvals_statement_id")
        ),
        sa.PrimaryKeyConstraint("statement_id", name=op.f("pk_statement_approvals")),
        schema="budget",
    )
    for part in (FIGURES, HOLD, APPROVE, REFUSE, BEGIN.format(also=" NEW.frozen_to := NULL;")):
        op.execute(part)
    op.execute(f"REVOKE ALL ON FUNCTION {CALLED}, {BY_TRIGGER} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {CALLED} TO trama_runtime")
    for table in ("statements", "statement_approvals"):
        grant(f"budget.{table}", "SELECT, INSERT")


def _recorded() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
    )


def downgrade() -> None:
    """Back to a ledger whose periods are all open, as long as no statement was approved."""
    op.execute("""DO $$ BEGIN IF EXISTS (SELECT FROM budget.statement_approvals) THEN
        RAISE EXCEPTION 'an approved statement does not go back'; END IF; END $$""")
    op.execute(BEGIN.format(also=""))
    for table in ("entries", "allocation_changes"):
        op.execute(f"DROP TRIGGER refuse_in_frozen_period ON budget.{table}")
    op.execute("DROP TABLE budget.statement_approvals, budget.statements")
    op.execute(f"DROP FUNCTION {CALLED}, {BY_TRIGGER}, budget.refuse_in_frozen_period()")
    op.drop_column("allocations", "frozen_to", schema="budget")
