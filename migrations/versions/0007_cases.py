"""Whose a case is, what is so for it over a period, its passage from a service to another

A case may be of a household. Every case gets the row of its person, from the day of its referral.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.guards import PROVIDED, grant, guard_fact, policy

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TABLES = ("transfers", "circumstances", "case_people")
FUNCTIONS = """
-- A case changes service by a transfer that the other service took, and in no other way.
CREATE FUNCTION cases.follow_transfer() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.service_id <> OLD.service_id AND NOT EXISTS (
            SELECT FROM cases.transfers t WHERE t.case_id = NEW.id AND t.from_service_id = OLD.service_id
            AND t.to_service_id = NEW.service_id AND t.decision = 'accepted') THEN
        RAISE EXCEPTION 'a case changes service by a transfer' USING ERRCODE = 'integrity_constraint_violation',
              CONSTRAINT = 'case_follows_transfer';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER follow_transfer BEFORE UPDATE OF service_id ON cases.cases FOR EACH ROW EXECUTE FUNCTION cases.follow_transfer();
-- Whoever may see a case may see a person who comes into it, by the same source: what ends one ends the other.
CREATE FUNCTION access.share_grounds(on_case uuid, with_person uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO access.grounds (id, user_id, body_id, organisation_id, case_id, person_id, kind, component, source_id)
    SELECT DISTINCT ON (g.source_id) gen_random_uuid(), g.user_id, g.body_id, g.organisation_id, on_case, with_person, g.kind,
           g.component, g.source_id
      FROM access.grounds g
     WHERE g.case_id = on_case AND g.until IS NULL
       AND NOT EXISTS (SELECT FROM access.grounds h WHERE h.source_id = g.source_id AND h.person_id = with_person
                       AND h.until IS NULL)
$$;
CREATE FUNCTION access.end_person_grounds(on_case uuid, on_person uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    UPDATE access.grounds SET until = now() WHERE case_id = on_case AND person_id = on_person AND until IS NULL
$$;
"""


def upgrade() -> None:
    """Make the tables."""
    op.add_column("cases", sa.Column("household_id", sa.Uuid(), nullable=True), schema="cases")
    op.create_foreign_key(op.f("fk_cases_household_id"), "cases", "households", ["household_id"], ["id"],
                          source_schema="cases", referent_schema="people")  # fmt: skip
    op.add_column("referrals", sa.Column("reason_code", sa.Text(), nullable=True), schema="cases")
    grant("cases.cases", "UPDATE (service_id, programme_version)")
    _case_people()
    _circumstances()
    _transfers()
    op.execute(FUNCTIONS)
    op.execute("REVOKE ALL ON FUNCTION cases.follow_transfer FROM PUBLIC")
    for function in ("share_grounds(uuid, uuid)", "end_person_grounds(uuid, uuid)"):
        op.execute(f"REVOKE ALL ON FUNCTION access.{function} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION access.{function} TO trama_runtime")


def downgrade() -> None:
    """Drop them: household cases become those of the person who spoke for them."""
    op.execute("DROP TRIGGER follow_transfer ON cases.cases")
    op.execute("DROP FUNCTION access.share_grounds, access.end_person_grounds, cases.follow_transfer")
    for table in TABLES:
        op.drop_table(table, schema="cases")
    op.execute("REVOKE UPDATE (service_id, programme_version) ON cases.cases FROM trama_runtime")
    op.drop_column("referrals", "reason_code", schema="cases")
    op.drop_column("cases", "household_id", schema="cases")


def _case_people() -> None:
    _facts_table(
        "case_people",
        sa.Column("person_id", sa.Uuid(), nullable=False), sa.Column("role", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False), sa.Column("to_on", sa.Date(), nullable=True),
        sa.CheckConstraint("role IN ('subject', 'member', 'minor')", name=op.f("ck_case_people_role")),
        sa.CheckConstraint("from_on <= to_on", name=op.f("ck_case_people_in_order")),
        sa.ForeignKeyConstraint(["person_id"], ["people.persons.id"], name=op.f("fk_case_people_person_id")),
        postgresql.ExcludeConstraint(
            (sa.column("case_id"), "="), (sa.column("person_id"), "="), (sa.text("daterange(from_on, to_on, '[)')"), "&&"),
            where=sa.text("superseded_at IS NULL"), using="gist", name="ex_case_people_no_overlap",
        ),
    )  # fmt: skip
    op.create_index("ix_case_people_person_id", "case_people", ["person_id"], unique=False, schema="cases")
    op.execute("""
        INSERT INTO cases.case_people (id, case_id, person_id, role, from_on, recorded_at, recorded_by)
        SELECT gen_random_uuid(), c.id, c.person_id, 'subject',
               COALESCE((SELECT min(r.arrived_on) FROM cases.referrals r WHERE r.case_id = c.id),
                        (c.recorded_at AT TIME ZONE 'Europe/Rome')::date), c.recorded_at, c.recorded_by
        FROM cases.cases c""")
    guard_fact("cases.case_people", also_updates="to_on",
               figures="id, case_id, person_id, role, from_on, to_on, recorded_at, superseded_at")  # fmt: skip
    policy("cases.case_people", "provided", f"case_id = {PROVIDED}", kind="SELECT")


def _circumstances() -> None:
    period = "daterange(from_on, to_on, '[)')"
    _facts_table(
        "circumstances",
        sa.Column("kind", sa.Text(), nullable=False), sa.Column("code", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True), sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True), sa.Column("arrived_on", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.CheckConstraint("from_on <= to_on", name=op.f("ck_circumstances_in_order")),
        sa.CheckConstraint("from_on <= arrived_on", name=op.f("ck_circumstances_known_after")),
        sa.ForeignKeyConstraint(["person_id"], ["people.persons.id"], name=op.f("fk_circumstances_person_id")),
        postgresql.ExcludeConstraint(
            (sa.column("case_id"), "="), (sa.column("kind"), "="), (sa.text(period), "&&"),
            where=sa.text("kind IN ('intensity', 'suspension') AND superseded_at IS NULL"), using="gist",
            name="ex_circumstances_one_at_a_time",
        ),
        postgresql.ExcludeConstraint(
            (sa.column("case_id"), "="), (sa.column("kind"), "="), (sa.column("code"), "="),
            (sa.text("COALESCE(person_id, case_id)"), "="), (sa.text(period), "&&"),
            where=sa.text("kind IN ('target_group', 'initiative') AND superseded_at IS NULL"), using="gist",
            name="ex_circumstances_no_overlap",
        ),
    )  # fmt: skip
    guard_fact("cases.circumstances", also_updates="to_on",
               figures="id, case_id, kind, code, person_id, from_on, to_on, arrived_on, recorded_at, superseded_at")  # fmt: skip


def _transfers() -> None:
    _facts_table(
        "transfers",
        sa.Column("from_service_id", sa.Uuid(), nullable=False), sa.Column("to_service_id", sa.Uuid(), nullable=False),
        sa.Column("offered_on", sa.Date(), nullable=False), sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=True), sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True), sa.Column("decision_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("from_service_id <> to_service_id", name=op.f("ck_transfers_to_another")),
        sa.CheckConstraint("decision IN ('accepted', 'refused', 'withdrawn')", name=op.f("ck_transfers_decision")),
        sa.CheckConstraint("(decision IS NULL) = (decided_on IS NULL)", name=op.f("ck_transfers_decided")),
        sa.CheckConstraint("offered_on <= decided_on", name=op.f("ck_transfers_in_order")),
        sa.ForeignKeyConstraint(["from_service_id"], ["access.organisations.id"], name=op.f("fk_transfers_from_service_id")),
        sa.ForeignKeyConstraint(["to_service_id"], ["access.organisations.id"], name=op.f("fk_transfers_to_service_id")),
    )  # fmt: skip
    op.create_index("uq_transfers_open", "transfers", ["case_id"], unique=True, schema="cases",
                    postgresql_where="decision IS NULL")  # fmt: skip
    guard_fact("cases.transfers", also_updates="decision, decided_on, decided_by, decision_reason",
               figures="id, case_id, from_service_id, to_service_id, offered_on, decision, decided_on, recorded_at, "
                       "superseded_at")  # fmt: skip


def _facts_table(name: str, *columns: Any) -> None:
    op.create_table(
        name,
        *columns,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("superseded_by", sa.Uuid(), nullable=True),
        sa.Column("supersede_reason", sa.Text(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.cases.id"], name=op.f(f"fk_{name}_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        schema="cases",
    )
    op.create_index(op.f(f"ix_{name}_case_id"), name, ["case_id"], unique=False, schema="cases")
