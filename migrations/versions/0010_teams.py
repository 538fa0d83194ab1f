"""Members without an account; minutes of meetings that freeze; involvements of bodies and of the family"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.guards import guard_fact, guard_part, show_figures

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

FACT_FIGURES = "id, case_id, recorded_at, superseded_at"
DRAFT = """kind, held_on, mode, place, discussed_version_id, person_present, family_present, person_view, unheard_reason,
    decisions, narrative, version, closed_on, closed_at, content_hash"""

FUNCTIONS = """
-- Minutes freeze when they are closed. Afterwards they are superseded, or their words erased, by another role, all at once.
CREATE FUNCTION cases.keep_minutes() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    withdrawal text[] := '{superseded_at,superseded_by,supersede_reason}';
    words text[] := '{place,person_view,unheard_reason,decisions,narrative,correction_reason}';
    is_erasure boolean;
BEGIN
    IF TG_OP = 'INSERT' THEN
        NEW.closed_on := NULL; NEW.closed_at := NULL; NEW.content_hash := NULL;
    ELSIF OLD.closed_at IS NOT NULL THEN
        is_erasure := current_user <> 'trama_runtime' AND NEW.decisions = '{}'
            AND num_nonnulls(NEW.place, NEW.person_view, NEW.unheard_reason, NEW.narrative, NEW.correction_reason) = 0;
        IF to_jsonb(NEW) - withdrawal - (CASE WHEN is_erasure THEN words ELSE '{}' END) <>
           to_jsonb(OLD) - withdrawal - (CASE WHEN is_erasure THEN words ELSE '{}' END) THEN
            RAISE EXCEPTION 'closed minutes are frozen' USING ERRCODE = 'integrity_constraint_violation',
                  CONSTRAINT = 'minutes_are_frozen';
        END IF;
    ELSIF NEW.closed_at IS NOT NULL THEN
        NEW.closed_at := now();
        IF EXISTS (SELECT FROM cases.meeting_attendances a JOIN cases.team_members t ON t.id = a.member_id
                   WHERE a.meeting_id = NEW.id AND (t.superseded_at IS NOT NULL OR NEW.held_on < t.from_on
                                                    OR NEW.held_on >= t.to_on)) THEN
            RAISE EXCEPTION 'who was called was on the team that day' USING ERRCODE = 'integrity_constraint_violation',
                  CONSTRAINT = 'attendee_of_the_team';
        END IF;
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION cases.keep_attendances() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM cases.meetings m WHERE m.id IN (OLD.meeting_id, NEW.meeting_id) AND m.closed_at IS NOT NULL)
       AND NOT (TG_OP = 'UPDATE' AND current_user <> 'trama_runtime' AND num_nonnulls(NEW.guest_name, NEW.dissent) = 0
                AND to_jsonb(NEW) - '{guest_name,dissent}'::text[] = to_jsonb(OLD) - '{guest_name,dissent}'::text[]) THEN
        RAISE EXCEPTION 'closed minutes are frozen' USING ERRCODE = 'integrity_constraint_violation',
              CONSTRAINT = 'minutes_are_frozen';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;

-- Closed minutes tell who was on the team that day: a membership is not taken back from under them.
CREATE FUNCTION cases.keep_attended() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM cases.meeting_attendances a JOIN cases.meetings m ON m.id = a.meeting_id
               WHERE a.member_id = NEW.id AND m.closed_at IS NOT NULL AND m.superseded_at IS NULL
                 AND (NEW.superseded_at IS NOT NULL OR m.held_on < NEW.from_on OR m.held_on >= NEW.to_on)) THEN
        RAISE EXCEPTION 'closed minutes name this member' USING ERRCODE = 'integrity_constraint_violation',
              CONSTRAINT = 'member_of_minutes';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER keep_minutes BEFORE INSERT OR UPDATE ON cases.meetings
    FOR EACH ROW EXECUTE FUNCTION cases.keep_minutes();
CREATE TRIGGER keep_attendances BEFORE INSERT OR UPDATE OR DELETE ON cases.meeting_attendances
    FOR EACH ROW EXECUTE FUNCTION cases.keep_attendances();
CREATE TRIGGER keep_attended AFTER UPDATE OF to_on, superseded_at ON cases.team_members
    FOR EACH ROW EXECUTE FUNCTION cases.keep_attended();
REVOKE ALL ON FUNCTION cases.keep_minutes, cases.keep_attendances, cases.keep_attended FROM PUBLIC;
"""


def upgrade() -> None:
    """Open the team to members without an account; make the tables and their guards."""
    _open_team()
    _make_meetings()
    _make_attendances()
    _make_involvements()
    op.execute(FUNCTIONS)
    show_figures("cases.team_members", f"{FACT_FIGURES}, organisation_id, role, component, from_on, to_on")
    guard_fact(
        "cases.meetings",
        also_updates=DRAFT,
        figures=f"{FACT_FIGURES}, kind, held_on, mode, person_present, family_present, closed_on, closed_at",
    )
    guard_part("cases.meeting_attendances", "SELECT, INSERT, DELETE",
               figures="id, meeting_id, case_id, member_id, organisation_id, is_present")  # fmt: skip
    guard_fact("cases.body_involvements",
               figures=f"{FACT_FIGURES}, organisation_id, component, phase, occurred_on, meeting_id")  # fmt: skip
    guard_fact("cases.family_involvements", figures=f"{FACT_FIGURES}, kind, is_possible, occurred_on, meeting_id")


def downgrade() -> None:
    """Drop the tables. Members without an account are lost: the team had no place for them."""
    op.execute("DROP TRIGGER keep_attended ON cases.team_members")
    for table in ("family_involvements", "body_involvements", "meeting_attendances", "meetings"):
        op.drop_table(table, schema="cases")
    op.execute("DROP FUNCTION cases.keep_minutes, cases.keep_attendances, cases.keep_attended")
    op.execute("DROP POLICY figures ON cases.team_members")
    op.execute("""REVOKE SELECT (id, case_id, recorded_at, superseded_at, organisation_id, role, component, from_on, to_on)
               ON cases.team_members FROM trama_figures""")
    # Forced row-level security hides the rows from the owner too.
    op.execute("ALTER TABLE cases.team_members NO FORCE ROW LEVEL SECURITY")
    op.execute("DELETE FROM cases.team_members WHERE user_id IS NULL")
    op.execute("ALTER TABLE cases.team_members FORCE ROW LEVEL SECURITY")
    for name in ("ex_team_members_no_person_twice", "ck_team_members_one_identity", "ck_team_members_operator_of_a_body",
                 "ck_team_members_manager_is_an_operator", "uq_team_members_id_case_id"):  # fmt: skip
        op.drop_constraint(name, "team_members", schema="cases")
    for name in ("person_id", "full_name", "function"):
        op.drop_column("team_members", name, schema="cases")
    for name in ("user_id", "organisation_id"):
        op.alter_column("team_members", name, nullable=False, schema="cases")


def _open_team() -> None:
    for name in ("user_id", "organisation_id"):
        op.alter_column("team_members", name, nullable=True, schema="cases")
    for column in (sa.Column("person_id", sa.Uuid(), nullable=True), sa.Column("full_name", sa.LargeBinary(), nullable=True),
                   sa.Column("function", sa.Text(), nullable=True)):  # fmt: skip
        op.add_column("team_members", column, schema="cases")
    op.create_foreign_key(op.f("fk_team_members_person_id"), "team_members", "persons", ["person_id"], ["id"],
                          source_schema="cases", referent_schema="people")  # fmt: skip
    op.create_unique_constraint(op.f("uq_team_members_id_case_id"), "team_members", ["id", "case_id"], schema="cases")
    for name, condition in (
        ("one_identity", "num_nonnulls(user_id, person_id, full_name) <= 1"),
        ("operator_of_a_body", "user_id IS NULL OR organisation_id IS NOT NULL"),
        ("manager_is_an_operator", "role <> 'case_manager' OR user_id IS NOT NULL"),
    ):
        op.create_check_constraint(op.f(f"ck_team_members_{name}"), "team_members", condition, schema="cases")
    op.execute("""ALTER TABLE cases.team_members ADD CONSTRAINT ex_team_members_no_person_twice EXCLUDE USING gist
               (case_id WITH =, person_id WITH =, role WITH =, daterange(from_on, to_on, '[)') WITH &&)
               WHERE (superseded_at IS NULL)""")


def _make_meetings() -> None:
    _facts_table(
        "meetings",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("discussed_version_id", sa.Uuid(), nullable=True),
        sa.Column("person_present", sa.Boolean(), nullable=False),
        sa.Column("family_present", sa.Boolean(), nullable=False),
        sa.Column("person_view", sa.Text(), nullable=True),
        sa.Column("unheard_reason", sa.Text(), nullable=True),
        sa.Column("decisions", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("narrative", sa.Text(), nullable=True),
        sa.Column("corrects_id", sa.Uuid(), nullable=True),
        sa.Column("correction_reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("content_hash", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('assessment', 'planning', 'approval', 'monitoring', 'network')", name=op.f("ck_meetings_kind")
        ),
        sa.CheckConstraint("mode IN ('in_person', 'remote', 'mixed')", name=op.f("ck_meetings_mode")),
        sa.CheckConstraint(
            "num_nulls(closed_on, closed_at, content_hash) IN (0, 3)", name=op.f("ck_meetings_closed_whole")
        ),
        sa.CheckConstraint("held_on <= closed_on", name=op.f("ck_meetings_closed_after_held")),
        sa.CheckConstraint("person_view IS NULL OR unheard_reason IS NULL", name=op.f("ck_meetings_heard_or_not")),
        sa.CheckConstraint(
            "correction_reason IS NULL OR corrects_id IS NOT NULL", name=op.f("ck_meetings_reason_of_a_correction")
        ),
        _to_part("meetings", "discussed_version_id", "project_versions"),
        sa.UniqueConstraint("id", "case_id", name=op.f("uq_meetings_id_case_id")),
    )
    op.create_foreign_key(op.f("fk_meetings_corrects_id_case_id"), "meetings", "meetings", ["corrects_id", "case_id"],
                          ["id", "case_id"], source_schema="cases", referent_schema="cases")  # fmt: skip


def _make_attendances() -> None:
    name = "meeting_attendances"
    op.create_table(
        name,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("guest_name", sa.LargeBinary(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("is_present", sa.Boolean(), nullable=False),
        sa.Column("dissent", sa.Text(), nullable=True),
        sa.CheckConstraint("is_present OR dissent IS NULL", name=op.f(f"ck_{name}_dissent_of_the_present")),
        sa.CheckConstraint(
            "member_id IS NULL OR num_nonnulls(guest_name, organisation_id) = 0",
            name=op.f(f"ck_{name}_member_or_guest"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.cases.id"], name=op.f(f"fk_{name}_case_id")),
        _to_part(name, "meeting_id", "meetings"),
        _to_part(name, "member_id", "team_members"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["access.organisations.id"], name=op.f(f"fk_{name}_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("meeting_id", "member_id", name=op.f(f"uq_{name}_meeting_id_member_id")),
        schema="cases",
    )
    for column in ("case_id", "member_id"):
        op.create_index(op.f(f"ix_{name}_{column}"), name, [column], unique=False, schema="cases")


def _make_involvements() -> None:
    _facts_table(
        "body_involvements",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("component", sa.Text(), nullable=False),
        sa.Column("phase", sa.Text(), nullable=False),
        *_evidence(),
        sa.CheckConstraint(
            "phase IN ('taking_in_charge', 'planning', 'delivery', 'monitoring', 'hosting')",
            name=op.f("ck_body_involvements_phase"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["access.organisations.id"], name=op.f("fk_body_involvements_organisation_id")
        ),
        _to_part("body_involvements", "meeting_id", "meetings"),
    )
    _facts_table(
        "family_involvements",
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("is_possible", sa.Boolean(), nullable=False),
        *_evidence(),
        sa.CheckConstraint("kind IN ('direct_activation', 'involved')", name=op.f("ck_family_involvements_kind")),
        sa.CheckConstraint(
            "(kind IS NOT NULL) = is_possible", name=op.f("ck_family_involvements_kind_of_the_possible")
        ),
        _to_part("family_involvements", "meeting_id", "meetings"),
    )


def _evidence() -> tuple[Any, ...]:
    return (
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("meeting_id", sa.Uuid(), nullable=True),
    )


def _to_part(table: str, column: str, part: str) -> sa.ForeignKeyConstraint:
    """A reference to something of the same case."""
    return sa.ForeignKeyConstraint([column, "case_id"], [f"cases.{part}.id", f"cases.{part}.case_id"],
                                   name=op.f(f"fk_{table}_{column}_case_id"))  # fmt: skip


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
