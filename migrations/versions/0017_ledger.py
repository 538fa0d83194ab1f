"""One ledger: commitments, liquidations, payments and their reversals; allocations with rules, whose amount follows acts

Entries keep the ids that they had. What each entry still holds (`used`, `reversed`), what allocations and lines hold, and the totals of
each month move by trigger alone, in one order: allocation, line, entry, total. Liquidations that are reversed count for nothing in the
figures, once the reversal is known.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from migrations.guards import OF_MY_CASES, grant, policy, protect, show_figures

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

FUNCTIONS = "budget.post_entry, budget.change_allocation, budget.plan_line, budget.add_to_total"
MOVED = ("budget.lines", "cases.cases", "people.residences")
ORIGINS = "('state', 'region', 'union', 'municipality', 'private')"
IN_ORDER = "0 <= paid AND paid <= liquidated AND liquidated <= committed"
MOST = {"lines": "cost", "allocations": "amount"}
READS_LEDGER = "current_setting('trama.reads_ledger', true) = 'yes'"
EUROS = sa.Numeric(14, 2)
RULES = {"cup": sa.Text(), "spends_from": sa.Date(), "spends_to": sa.Date(), "report_by": sa.Date(), "plan": sa.Text(),
         "objective": sa.Text()}  # fmt: skip
ELIGIBLE = ("programmes", "resource_kinds", "intervention_codes")
OF_A_LINE = {
    "programme": sa.Text(), "municipality": sa.Text(), "intervention_code": sa.Text(), "quality": sa.Text(),
    "quantity": sa.Numeric(12, 2), "unit": sa.Text(), "frequency": sa.Text(), "from_on": sa.Date(), "to_on": sa.Date(),
    "area": sa.Text(), "quota": sa.Text(), "provider_id": sa.Uuid(), "goal_key": sa.Uuid(), "support_key": sa.Uuid(),
    "shared_cost_id": sa.Uuid(),
}  # fmt: skip

POST = """
-- An entry follows its parent; balances and totals move with it, and their CHECKs refuse what exceeds.
-- Locks always in this order: allocation, line, entries from the child up, the month's total.
CREATE FUNCTION budget.post_entry() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    parent budget.entries; source budget.allocations; line budget.lines;
    moved text := NEW.kind; signed numeric := NEW.amount;
    to_commit numeric := 0; to_liquidate numeric := 0; to_pay numeric := 0; broken text;
BEGIN
    NEW.used := 0; NEW.reversed := 0; NEW.recorded_at := now();
    IF NEW.kind <> 'commitment' THEN
        SELECT * INTO parent FROM budget.entries e WHERE e.id = NEW.parent_id;
        IF parent.id IS NULL OR (parent.line_id, parent.allocation_id, parent.case_id)
                                IS DISTINCT FROM (NEW.line_id, NEW.allocation_id, NEW.case_id)
           OR (NEW.kind, parent.kind) NOT IN (('liquidation', 'commitment'), ('payment', 'liquidation'),
               ('reversal', 'commitment'), ('reversal', 'liquidation'), ('reversal', 'payment'))
           OR NEW.occurred_on < parent.occurred_on THEN
            RAISE EXCEPTION 'an entry follows another' USING ERRCODE = 'integrity_constraint_violation',
                  CONSTRAINT = 'entry_follows_parent';
        END IF;
        IF NEW.kind = 'liquidation' AND parent.recorded_by = NEW.recorded_by THEN
            RAISE EXCEPTION 'who committed does not liquidate' USING ERRCODE = 'integrity_constraint_violation',
                  CONSTRAINT = 'liquidation_by_another';
        END IF;
    END IF;
    IF NEW.kind = 'reversal' THEN
        moved := parent.kind; signed := -NEW.amount;
    END IF;
    IF moved = 'commitment' THEN to_commit := signed;
    ELSIF moved = 'liquidation' THEN to_liquidate := signed;
    ELSE to_pay := signed; END IF;
    UPDATE budget.allocations a
       SET committed = a.committed + to_commit, liquidated = a.liquidated + to_liquidate, paid = a.paid + to_pay
     WHERE a.id = NEW.allocation_id RETURNING a.* INTO source;
    UPDATE budget.lines l
       SET committed = l.committed + to_commit, liquidated = l.liquidated + to_liquidate, paid = l.paid + to_pay
     WHERE l.id = NEW.line_id AND l.case_id = NEW.case_id
       AND (NEW.kind <> 'commitment' OR (l.superseded_at IS NULL AND l.allocation_id IS NOT NULL))
     RETURNING l.* INTO line;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'a commitment follows its line' USING ERRCODE = 'integrity_constraint_violation',
              CONSTRAINT = 'commitment_follows_line';
    END IF;
    broken := CASE
        WHEN NEW.kind IN ('commitment', 'liquidation') AND (NEW.occurred_on < source.spends_from OR NEW.occurred_on > source.spends_to)
            THEN 'entry_in_period'
        WHEN NEW.kind = 'payment' AND NEW.occurred_on > source.report_by THEN 'entry_in_period'
        WHEN NEW.kind = 'commitment' AND line.programme <> ALL (source.programmes) AND source.programmes <> '{}'
            THEN 'entry_in_programmes'
        WHEN NEW.kind = 'commitment' AND line.resource_kind <> ALL (source.resource_kinds) AND source.resource_kinds <> '{}'
            THEN 'entry_in_costs'
        WHEN NEW.kind = 'commitment' AND COALESCE(line.intervention_code, '') <> ALL (source.intervention_codes)
             AND source.intervention_codes <> '{}' THEN 'entry_in_costs'
        END;
    IF broken IS NOT NULL THEN
        RAISE EXCEPTION 'the fund does not pay this' USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = broken;
    END IF;
    IF NEW.kind = 'reversal' THEN
        UPDATE budget.entries SET reversed = reversed + NEW.amount WHERE id = parent.id;
        UPDATE budget.entries SET used = used - NEW.amount WHERE id = parent.parent_id;
    ELSIF NEW.kind <> 'commitment' THEN
        UPDATE budget.entries SET used = used + NEW.amount WHERE id = parent.id;
    END IF;
    PERFORM budget.add_to_total(NEW.allocation_id, NEW.occurred_on, line, 0, to_commit, to_liquidate, to_pay);
    RETURN NEW;
END $$;
CREATE TRIGGER post_entry BEFORE INSERT ON budget.entries FOR EACH ROW EXECUTE FUNCTION budget.post_entry();
"""
TOTALS = """
-- What happened in a month to an allocation, for a programme, a Comune and a code: the answers read this, never all the entries.
CREATE FUNCTION budget.add_to_total(allocation uuid, happened_on date, line budget.lines, planned numeric, committed numeric,
                                    liquidated numeric, paid numeric) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO budget.totals AS t VALUES (allocation, date_trunc('month', happened_on)::date, line.programme, line.municipality,
                                           line.intervention_code, planned, committed, liquidated, paid)
    ON CONFLICT (allocation_id, month, programme, municipality, intervention_code) DO UPDATE
    SET planned = t.planned + EXCLUDED.planned, committed = t.committed + EXCLUDED.committed,
        liquidated = t.liquidated + EXCLUDED.liquidated, paid = t.paid + EXCLUDED.paid
$$;
-- A line plans the money that it asks for, in the month in which its period begins, until it is withdrawn.
CREATE FUNCTION budget.plan_line() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM budget.add_to_total(NEW.allocation_id, COALESCE(NEW.from_on, (NEW.recorded_at AT TIME ZONE 'Europe/Rome')::date), NEW,
                                CASE TG_OP WHEN 'INSERT' THEN NEW.cost ELSE -NEW.cost END, 0, 0, 0);
    RETURN NULL;
END $$;
CREATE TRIGGER plan_line AFTER INSERT ON budget.lines FOR EACH ROW WHEN (NEW.allocation_id IS NOT NULL)
EXECUTE FUNCTION budget.plan_line();
CREATE TRIGGER unplan_line AFTER UPDATE OF superseded_at ON budget.lines FOR EACH ROW
WHEN (NEW.allocation_id IS NOT NULL AND OLD.superseded_at IS NULL AND NEW.superseded_at IS NOT NULL)
EXECUTE FUNCTION budget.plan_line();
"""
CHANGE = """
CREATE FUNCTION budget.change_allocation() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE budget.allocations SET amount = amount + CASE NEW.kind WHEN 'cut' THEN -NEW.amount ELSE NEW.amount END
     WHERE id = NEW.allocation_id;
    RETURN NEW;
END $$;
CREATE TRIGGER change_allocation AFTER INSERT ON budget.allocation_changes
FOR EACH ROW EXECUTE FUNCTION budget.change_allocation();
-- New rows begin without balances, whoever writes them; a line knows the programme of its case, and the Comune of its
-- person, unless they are protected.
CREATE OR REPLACE FUNCTION budget.begin_at_zero() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    NEW.committed := 0; NEW.liquidated := 0; NEW.paid := 0; NEW.municipality := NULL;
    SELECT c.programme, r.municipality INTO NEW.programme, NEW.municipality
      FROM cases.cases c LEFT JOIN people.residences r ON r.person_id = c.person_id AND r.superseded_at IS NULL
       AND (r.from_on IS NULL OR r.from_on <= (now() AT TIME ZONE 'Europe/Rome')::date) AND NOT people.is_protected(c.person_id)
     WHERE c.id = NEW.case_id ORDER BY r.from_on DESC NULLS LAST LIMIT 1;
    RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION budget.begin_allocation_at_zero() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN NEW.amount := 0; NEW.committed := 0; NEW.liquidated := 0; NEW.paid := 0; RETURN NEW; END $$;
"""
TO_ENTRIES = """
UPDATE budget.lines l SET programme = c.programme, municipality = (
    SELECT r.municipality FROM people.residences r WHERE r.person_id = c.person_id AND r.superseded_at IS NULL
    ORDER BY r.from_on DESC NULLS LAST LIMIT 1)
FROM cases.cases c WHERE c.id = l.case_id;
INSERT INTO budget.entries (id, kind, parent_id, line_id, allocation_id, case_id, amount, used, reversed, act, occurred_on,
                            recorded_at, recorded_by)
SELECT id, 'commitment', NULL, line_id, allocation_id, case_id, amount, liquidated, 0, act, occurred_on, recorded_at, recorded_by
FROM budget.commitments;
INSERT INTO budget.entries (id, kind, parent_id, line_id, allocation_id, case_id, amount, used, reversed, act, occurred_on,
                            recorded_at, recorded_by)
SELECT l.id, 'liquidation', c.id, c.line_id, c.allocation_id, c.case_id, l.amount, 0, 0, l.act, l.occurred_on, l.recorded_at,
       l.recorded_by
FROM budget.liquidations l JOIN budget.commitments c ON c.id = l.commitment_id;
UPDATE budget.lines l SET liquidated = COALESCE(
    (SELECT sum(e.amount) FROM budget.entries e WHERE e.line_id = l.id AND e.kind = 'liquidation'), 0);
INSERT INTO budget.allocation_changes (id, allocation_id, kind, amount, act, occurred_on, recorded_at, recorded_by)
SELECT gen_random_uuid(), id, 'initial', amount, '-', make_date(year, 1, 1), recorded_at, recorded_by FROM budget.allocations
WHERE amount > 0;
INSERT INTO budget.totals
SELECT allocation_id, date_trunc('month', day)::date, programme, municipality, NULL, sum(planned), sum(committed), sum(liquidated), 0
FROM (
    SELECT l.allocation_id, (l.recorded_at AT TIME ZONE 'Europe/Rome')::date AS day, l.programme, l.municipality,
           l.cost AS planned, 0 AS committed, 0 AS liquidated
    FROM budget.lines l WHERE l.allocation_id IS NOT NULL AND l.superseded_at IS NULL
    UNION ALL
    SELECT e.allocation_id, e.occurred_on, l.programme, l.municipality, 0,
           CASE e.kind WHEN 'commitment' THEN e.amount ELSE 0 END, CASE e.kind WHEN 'liquidation' THEN e.amount ELSE 0 END
    FROM budget.entries e JOIN budget.lines l ON l.id = e.line_id
) AS moves GROUP BY 1, 2, 3, 4;
"""
FROM_ENTRIES = """
INSERT INTO budget.commitments (id, line_id, allocation_id, case_id, amount, liquidated, act, occurred_on, recorded_at, recorded_by)
SELECT id, line_id, allocation_id, case_id, amount, used, act, occurred_on, recorded_at, recorded_by FROM budget.entries
WHERE kind = 'commitment';
INSERT INTO budget.liquidations (id, commitment_id, case_id, amount, act, occurred_on, recorded_at, recorded_by)
SELECT id, parent_id, case_id, amount, act, occurred_on, recorded_at, recorded_by FROM budget.entries WHERE kind = 'liquidation';
"""
# A reversed liquidation is taken back, on its own day, by a row that is known from the reversal on.
LIQUIDATIONS = """
CREATE VIEW facts.liquidations WITH (security_invoker = true) AS
SELECT c.id AS case_id, c.person_id, c.programme, f.code AS fund,
       CASE e.kind WHEN 'reversal' THEN -e.amount ELSE e.amount END AS amount,
       COALESCE(r.occurred_on, e.occurred_on) AS occurred_on, e.recorded_at,
       NULL::timestamptz AS superseded_at
FROM budget.entries e LEFT JOIN budget.entries r ON r.id = e.parent_id AND e.kind = 'reversal'
JOIN budget.allocations a ON a.id = e.allocation_id JOIN budget.funds f ON f.id = a.fund_id
JOIN cases.cases c ON c.id = e.case_id
WHERE e.kind = 'liquidation' OR r.kind = 'liquidation'"""


# What migrations 0002 and 0003 made, for the way back.
FORMER = """
-- Balances move by trigger alone; their CHECKs refuse what exceeds. Locks always in this order: allocation, line, commitment.
CREATE FUNCTION budget.add_commitment() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.liquidated <> 0 OR NOT EXISTS (SELECT FROM budget.lines l WHERE l.id = NEW.line_id
            AND l.allocation_id = NEW.allocation_id AND l.case_id = NEW.case_id AND l.superseded_at IS NULL) THEN
        RAISE EXCEPTION 'a commitment follows its line' USING ERRCODE = 'integrity_constraint_violation',
              CONSTRAINT = 'commitment_follows_line';
    END IF;
    UPDATE budget.allocations SET committed = committed + NEW.amount WHERE id = NEW.allocation_id;
    UPDATE budget.lines SET committed = committed + NEW.amount WHERE id = NEW.line_id;
    RETURN NEW;
END $$;
CREATE TRIGGER add_commitment BEFORE INSERT ON budget.commitments FOR EACH ROW EXECUTE FUNCTION budget.add_commitment();
CREATE FUNCTION budget.add_liquidation() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM budget.commitments c WHERE c.id = NEW.commitment_id AND c.recorded_by = NEW.recorded_by) THEN
        RAISE EXCEPTION 'who committed does not liquidate' USING ERRCODE = 'integrity_constraint_violation',
              CONSTRAINT = 'liquidation_by_another';
    END IF;
    UPDATE budget.allocations SET liquidated = liquidated + NEW.amount
     WHERE id = (SELECT c.allocation_id FROM budget.commitments c WHERE c.id = NEW.commitment_id);
    UPDATE budget.commitments SET liquidated = liquidated + NEW.amount WHERE id = NEW.commitment_id AND case_id = NEW.case_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'a liquidation follows its commitment' USING ERRCODE = 'integrity_constraint_violation',
              CONSTRAINT = 'liquidation_follows_commitment';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER add_liquidation BEFORE INSERT ON budget.liquidations FOR EACH ROW EXECUTE FUNCTION budget.add_liquidation();
-- New rows begin without balances, whoever writes them.
CREATE OR REPLACE FUNCTION budget.begin_at_zero() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN NEW.committed := 0; RETURN NEW; END $$;
CREATE OR REPLACE FUNCTION budget.begin_allocation_at_zero() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN NEW.committed := 0; NEW.liquidated := 0; RETURN NEW; END $$;
REVOKE ALL ON FUNCTION budget.add_commitment, budget.add_liquidation FROM PUBLIC;
"""
FORMER_LIQUIDATIONS = """
SELECT c.id AS case_id, c.person_id, c.programme, f.code AS fund, l.amount, l.occurred_on, l.recorded_at,
       NULL::timestamptz AS superseded_at
FROM budget.liquidations l JOIN budget.commitments k ON k.id = l.commitment_id
JOIN budget.allocations a ON a.id = k.allocation_id JOIN budget.funds f ON f.id = a.fund_id
JOIN cases.cases c ON c.id = l.case_id"""


def upgrade() -> None:
    """Make the ledger, bring into it what there is, and drop what it takes the place of."""
    op.add_column("funds", sa.Column("origin", sa.Text(), nullable=True), schema="budget")
    op.create_check_constraint(op.f("ck_funds_origin"), "funds", f"origin IN {ORIGINS}", schema="budget")
    for name in ("liquidated", "paid"):
        _add_with_value("lines", sa.Column(name, EUROS, server_default="0", nullable=False))
    _add_with_value("allocations", sa.Column("paid", EUROS, server_default="0", nullable=False))
    for name, type_ in RULES.items():
        op.add_column("allocations", sa.Column(name, type_, nullable=True), schema="budget")
    for name in ELIGIBLE:
        _add_with_value("allocations", sa.Column(name, sa.ARRAY(sa.Text()), server_default="{}", nullable=False))
    op.create_check_constraint(
        op.f("ck_allocations_period"),
        "allocations",
        "spends_from <= spends_to AND spends_to <= report_by",
        schema="budget",
    )
    for name in ("in_kind", "is_existing", "self_managed"):
        _add_with_value("lines", sa.Column(name, sa.Boolean(), server_default="false", nullable=False))
    for name, type_ in OF_A_LINE.items():
        op.add_column("lines", sa.Column(name, type_, nullable=True), schema="budget")
    op.create_foreign_key(op.f("fk_lines_provider_id"), "lines", "organisations", ["provider_id"], ["id"],
                          source_schema="budget", referent_schema="access")  # fmt: skip
    op.create_check_constraint(op.f("ck_lines_period"), "lines", "from_on <= to_on", schema="budget")
    op.create_check_constraint(
        op.f("ck_lines_withdrawn_without_money"), "lines", "superseded_at IS NULL OR committed = 0", schema="budget"
    )
    op.create_check_constraint(
        op.f("ck_lines_paid_in_money"), "lines", "NOT (in_kind AND source = 'fund')", schema="budget"
    )
    for table, most in MOST.items():
        op.create_check_constraint(op.f(f"ck_{table}_in_order"), table, IN_ORDER, schema="budget")
        _bound(table, most, f"committed <= {most}")
    _make_tables()
    _open_for_moving(*MOVED, "budget.commitments", "budget.liquidations")
    op.execute(TO_ENTRIES)
    _close_after_moving(*MOVED)
    op.alter_column("lines", "programme", nullable=False, schema="budget")
    op.execute("DROP VIEW facts.liquidations")
    op.execute("DROP TABLE budget.liquidations, budget.commitments")
    op.execute("DROP FUNCTION budget.add_commitment, budget.add_liquidation")
    for part in (TOTALS, POST, CHANGE):
        op.execute(part)
    op.execute(f"REVOKE ALL ON FUNCTION {FUNCTIONS} FROM PUBLIC")
    _guard()
    op.execute(LIQUIDATIONS)
    op.execute("GRANT SELECT ON facts.liquidations TO trama_figures")


def _bound(table: str, most: str, condition: str) -> None:
    """What says that no more is committed than there is."""
    name = op.f(f"ck_{table}_committed_within_{most}")
    op.drop_constraint(name, table, schema="budget")
    op.create_check_constraint(name, table, condition, schema="budget")


def _add_with_value(table: str, column: sa.Column[Any]) -> None:
    """A column that the rows which are there get with its default, and new rows with what is written."""
    op.add_column(table, column, schema="budget")
    op.alter_column(table, column.name, server_default=None, schema="budget")


def _recorded() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
    )


def _make_tables() -> None:
    op.create_table(
        "allocation_changes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("allocation_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("amount", EUROS, nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        *_recorded(),
        sa.CheckConstraint("kind IN ('initial', 'increase', 'cut')", name=op.f("ck_allocation_changes_kind")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_allocation_changes_amount")),
        sa.ForeignKeyConstraint(["allocation_id"], ["budget.allocations.id"], name=op.f("fk_allocation_changes_allocation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocation_changes")),
        schema="budget",
    )  # fmt: skip
    op.create_index("uq_allocation_changes_initial", "allocation_changes", ["allocation_id"], unique=True, schema="budget",
                    postgresql_where=sa.text("kind = 'initial'"))  # fmt: skip
    op.create_index("ix_allocation_changes_allocation_id", "allocation_changes", ["allocation_id"], schema="budget")
    op.create_table(
        "entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("allocation_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("amount", EUROS, nullable=False),
        sa.Column("used", EUROS, nullable=False),
        sa.Column("reversed", EUROS, nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        *_recorded(),
        sa.CheckConstraint("kind IN ('commitment', 'liquidation', 'payment', 'reversal')", name=op.f("ck_entries_kind")),
        sa.CheckConstraint("(kind = 'commitment') = (parent_id IS NULL)", name=op.f("ck_entries_parent")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_entries_amount")),
        sa.CheckConstraint("0 <= used AND 0 <= reversed AND used + reversed <= amount", name=op.f("ck_entries_room")),
        sa.ForeignKeyConstraint(["parent_id"], ["budget.entries.id"], name=op.f("fk_entries_parent_id")),
        sa.ForeignKeyConstraint(["line_id"], ["budget.lines.id"], name=op.f("fk_entries_line_id")),
        sa.ForeignKeyConstraint(["allocation_id"], ["budget.allocations.id"], name=op.f("fk_entries_allocation_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.cases.id"], name=op.f("fk_entries_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entries")),
        schema="budget",
    )  # fmt: skip
    for name in ("parent_id", "line_id"):
        op.create_index(f"ix_entries_{name}", "entries", [name], schema="budget")
    for name in ("allocation_id", "case_id"):  # their entries are read by the page
        op.create_index(f"ix_entries_{name}", "entries", [name, "id"], schema="budget")

    op.create_table(
        "totals",
        sa.Column("allocation_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("municipality", sa.Text(), nullable=True),
        sa.Column("intervention_code", sa.Text(), nullable=True),
        sa.Column("planned", EUROS, nullable=False),
        sa.Column("committed", EUROS, nullable=False),
        sa.Column("liquidated", EUROS, nullable=False),
        sa.Column("paid", EUROS, nullable=False),
        sa.ForeignKeyConstraint(["allocation_id"], ["budget.allocations.id"], name=op.f("fk_totals_allocation_id")),
        schema="budget",
    )  # fmt: skip
    op.create_index("uq_totals_key", "totals", ["allocation_id", "month", "programme", "municipality", "intervention_code"],
                    unique=True, schema="budget", postgresql_nulls_not_distinct=True)  # fmt: skip


def _open_for_moving(*tables: str) -> None:
    """Every row of these in sight of the owner."""
    for table in tables:
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")


def _close_after_moving(*tables: str) -> None:
    for table in tables:
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def _guard() -> None:
    grant("budget.allocation_changes", "SELECT, INSERT")
    grant("budget.entries", "SELECT, INSERT")
    grant("budget.totals", "SELECT")
    protect("budget.entries", READS_LEDGER)
    policy("budget.entries", "of_my_cases", OF_MY_CASES, kind="SELECT")
    policy("budget.entries", "guards", "true", role="CURRENT_USER")
    show_figures("budget.entries", "id, kind, parent_id, allocation_id, case_id, amount, occurred_on, recorded_at")


def downgrade() -> None:
    """Back to a table for commitments and one for liquidations, as long as nothing was paid or reversed."""
    _open_for_moving("budget.entries", "budget.lines")
    op.execute("""DO $$ BEGIN IF EXISTS (SELECT FROM budget.entries WHERE kind IN ('payment', 'reversal')) THEN
        RAISE EXCEPTION 'a ledger with payments or reversals does not go back'; END IF; END $$""")
    op.execute("DROP VIEW facts.liquidations")
    _make_former_tables()
    op.execute(FROM_ENTRIES)
    op.execute("DROP TRIGGER plan_line ON budget.lines")
    op.execute("DROP TRIGGER unplan_line ON budget.lines")
    op.execute("DROP TABLE budget.entries, budget.allocation_changes, budget.totals")
    op.execute(f"DROP FUNCTION {FUNCTIONS}")
    op.execute("ALTER TABLE budget.lines FORCE ROW LEVEL SECURITY")
    for table, name in (("lines", "in_order"), ("lines", "period"),
        ("lines", "withdrawn_without_money"), ("lines", "paid_in_money"),
                        ("allocations", "in_order"), ("allocations", "period")):  # fmt: skip
        op.drop_constraint(op.f(f"ck_{table}_{name}"), table, schema="budget")
    for table, most in MOST.items():
        _bound(table, most, f"committed BETWEEN 0 AND {most}")
    for name in (
        "liquidated",
        "paid",
        "in_kind",
        "is_existing",
        "self_managed",
        *OF_A_LINE,
    ):
        op.drop_column("lines", name, schema="budget")
    for name in ("paid", *ELIGIBLE, *RULES):
        op.drop_column("allocations", name, schema="budget")
    op.drop_column("funds", "origin", schema="budget")
    op.execute(FORMER)
    for table in ("budget.commitments", "budget.liquidations"):
        grant(table, "SELECT, INSERT")
        protect(table, OF_MY_CASES)
        op.execute(f"DROP POLICY in_sight ON {table}")
        policy(table, "in_sight", OF_MY_CASES, kind="SELECT")
        policy(table, "ledger", READS_LEDGER)
        policy(table, "guards", "true", role="CURRENT_USER")
    show_figures("budget.commitments", "id, allocation_id, case_id")
    show_figures("budget.liquidations", "id, commitment_id, case_id, amount, occurred_on, recorded_at")
    op.execute(f"CREATE VIEW facts.liquidations WITH (security_invoker = true) AS {FORMER_LIQUIDATIONS}")
    op.execute("GRANT SELECT ON facts.liquidations TO trama_figures")


def _make_former_tables() -> None:
    op.execute("""
        CREATE TABLE budget.commitments (
            id uuid NOT NULL, line_id uuid NOT NULL, allocation_id uuid NOT NULL, case_id uuid NOT NULL,
            amount numeric(14, 2) NOT NULL, liquidated numeric(14, 2) NOT NULL, act text NOT NULL, occurred_on date NOT NULL,
            recorded_at timestamptz NOT NULL DEFAULT now(), recorded_by uuid NOT NULL,
            CONSTRAINT ck_commitments_amount CHECK (amount > 0),
            CONSTRAINT ck_commitments_liquidated_within_amount CHECK (liquidated BETWEEN 0 AND amount),
            CONSTRAINT fk_commitments_allocation_id FOREIGN KEY (allocation_id) REFERENCES budget.allocations (id),
            CONSTRAINT fk_commitments_case_id FOREIGN KEY (case_id) REFERENCES cases.cases (id),
            CONSTRAINT fk_commitments_line_id FOREIGN KEY (line_id) REFERENCES budget.lines (id),
            CONSTRAINT pk_commitments PRIMARY KEY (id));
        CREATE INDEX ix_commitments_allocation_id ON budget.commitments (allocation_id);
        CREATE INDEX ix_commitments_case_id ON budget.commitments (case_id);
        CREATE INDEX ix_commitments_line_id ON budget.commitments (line_id);
        CREATE TABLE budget.liquidations (
            id uuid NOT NULL, commitment_id uuid NOT NULL, case_id uuid NOT NULL, amount numeric(14, 2) NOT NULL,
            act text NOT NULL, occurred_on date NOT NULL, recorded_at timestamptz NOT NULL DEFAULT now(),
            recorded_by uuid NOT NULL,
            CONSTRAINT ck_liquidations_amount CHECK (amount > 0),
            CONSTRAINT fk_liquidations_case_id FOREIGN KEY (case_id) REFERENCES cases.cases (id),
            CONSTRAINT fk_liquidations_commitment_id FOREIGN KEY (commitment_id) REFERENCES budget.commitments (id),
            CONSTRAINT pk_liquidations PRIMARY KEY (id));
        CREATE INDEX ix_liquidations_case_id ON budget.liquidations (case_id);
        CREATE INDEX ix_liquidations_commitment_id ON budget.liquidations (commitment_id)""")
