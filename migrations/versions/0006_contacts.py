"""Contacts: people met before there is a case

A contact is seen by who works in the body that recorded it, and by who sees the case that it was linked to.
"""

import sqlalchemy as sa
from alembic import op

from migrations import guards

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

OF_MY_BODIES = """organisation_id = ANY (ARRAY(SELECT access.bodies_as(
    'social_worker', 'case_manager', 'coordinator', 'team_member', 'provider_operator')))"""
FIGURES = """id, organisation_id, contact_key, person_id, household_id, device, programme, target_group, occurred_on, case_id,
    linked_at, recorded_at, superseded_at"""

FUNCTIONS = """
-- The bodies in which the asking user holds one of the roles.
CREATE FUNCTION access.bodies_as(VARIADIC roles text[]) RETURNS SETOF uuid LANGUAGE sql STABLE AS $$
    SELECT r.organisation_id FROM access.role_assignments r
    WHERE r.user_id = access.setting_id('trama.user_id') AND r.role = ANY (roles)
      AND r.since <= statement_timestamp() AND (r.until IS NULL OR r.until > statement_timestamp())
$$;

-- A contact is linked to one case, once, and the clock says when.
CREATE FUNCTION cases.link_once() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.case_id IS NOT NULL AND NEW.case_id IS DISTINCT FROM OLD.case_id THEN
        RAISE EXCEPTION 'a contact has its case' USING ERRCODE = 'integrity_constraint_violation',
              CONSTRAINT = 'contact_is_linked';
    ELSIF TG_OP = 'INSERT' OR OLD.case_id IS NULL THEN
        NEW.linked_at := CASE WHEN NEW.case_id IS NOT NULL THEN now() END;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER link_once BEFORE INSERT OR UPDATE OF case_id ON cases.contacts FOR EACH ROW EXECUTE FUNCTION cases.link_once();
"""


def upgrade() -> None:
    """Make the table and its guards."""
    op.create_table(
        "contacts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("contact_key", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("alias", sa.LargeBinary(), nullable=True),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("target_group", sa.Text(), nullable=True),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("superseded_by", sa.Uuid(), nullable=True),
        sa.Column("supersede_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("(case_id IS NULL) = (linked_at IS NULL)", name=op.f("ck_contacts_linked")),
        sa.CheckConstraint("num_nonnulls(person_id, household_id, alias) <= 1", name=op.f("ck_contacts_one_subject")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.cases.id"], name=op.f("fk_contacts_case_id")),
        sa.ForeignKeyConstraint(["household_id"], ["people.households.id"], name=op.f("fk_contacts_household_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["access.organisations.id"], name=op.f("fk_contacts_organisation_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.persons.id"], name=op.f("fk_contacts_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts")),
        schema="cases",
    )
    for column in ("organisation_id", "contact_key", "case_id"):
        op.create_index(f"ix_contacts_{column}", "contacts", [column], schema="cases")
    op.execute(FUNCTIONS)
    op.execute("REVOKE ALL ON FUNCTION access.bodies_as, cases.link_once FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION access.bodies_as TO trama_runtime")
    _guard()


def _guard() -> None:
    of_whom = f"(person_id IS NULL OR person_id = {guards.MY_PEOPLE} OR NOT people.is_protected(person_id))"
    guards.grant("cases.contacts", f"SELECT, INSERT, UPDATE (case_id, linked_at, {guards.SUPERSEDED})")
    guards.protect("cases.contacts", f"({OF_MY_BODIES} OR {guards.OF_MY_CASES}) AND {of_whom}")
    op.execute("""CREATE TRIGGER keep_history BEFORE INSERT OR UPDATE ON cases.contacts
               FOR EACH ROW EXECUTE FUNCTION cases.keep_history()""")
    guards.show_figures("cases.contacts", FIGURES)


def downgrade() -> None:
    """Drop it."""
    op.execute("DROP TABLE cases.contacts")
    op.execute("DROP FUNCTION access.bodies_as, cases.link_once")
