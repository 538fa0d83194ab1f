"""Projects in full: goals with their levels, supports, commitments, those responsible; revisions, refusals, revocations

What is frozen is told by what may still change: a column that comes later is frozen without anybody thinking of it.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.guards import grant, guard_part, show_figures

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

VERSIONS = "cases.project_versions"
CONTENT = (
    ("from_version", sa.Integer()), ("preferences_missing_reason", sa.Text()), ("review_months", sa.Integer()),
    ("check_method", sa.Text()), ("next_check_on", sa.Date()), ("ends_on", sa.Date()), ("family_involvement", sa.Text()),
    ("is_family_possible", sa.Boolean()), ("revoked_on", sa.Date()), ("revoked_at", sa.DateTime(timezone=True)),
    ("revoked_by", sa.Uuid()), ("revoke_reason", sa.Text()),
)  # fmt: skip
LISTS = ("accommodations", "accessible_formats")
CHANGES = """preferences_missing_reason, review_months, check_method, next_check_on, ends_on, family_involvement,
    is_family_possible, accommodations, accessible_formats, revoked_on, revoked_at, revoked_by, revoke_reason"""
GOAL = (
    ("baseline", sa.Text()), ("target", sa.Text()), ("responsible_id", sa.Uuid()),
    ("gas_levels", postgresql.ARRAY(sa.Text())),
)  # fmt: skip
SUPPORT = (
    ("area", sa.Text()), ("goal_key", sa.Uuid()), ("quantity", sa.Numeric(12, 2)), ("unit", sa.Text()),
    ("frequency", sa.Text()), ("from_on", sa.Date()), ("to_on", sa.Date()),
)  # fmt: skip
SIGNATURE = (
    ("person_id", sa.Uuid()), ("capacity", sa.Text()), ("refusal_reason", sa.Text()), ("file_hash", sa.LargeBinary()),
)  # fmt: skip

FREEZE = """
-- The content of a project freezes at approval: its parts, and its own words. Who approves waits for who writes a part.
CREATE OR REPLACE FUNCTION cases.refuse_frozen() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE touched uuid; found text;
BEGIN
    FOREACH touched IN ARRAY CASE TG_OP WHEN 'INSERT' THEN ARRAY[NEW.version_id] WHEN 'DELETE' THEN ARRAY[OLD.version_id]
                                        ELSE ARRAY[OLD.version_id, NEW.version_id] END LOOP
        SELECT v.status INTO found FROM cases.project_versions v WHERE v.id = touched FOR SHARE;
        IF found IS DISTINCT FROM 'draft' THEN
            RAISE EXCEPTION 'the content of an approved version is frozen' USING ERRCODE = 'integrity_constraint_violation',
                  CONSTRAINT = 'project_is_frozen';
        END IF;
    END LOOP;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE OR REPLACE FUNCTION cases.refuse_frozen_words() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE free text[] := CASE
    WHEN OLD.status = NEW.status THEN '{version}'::text[]
    WHEN OLD.status = 'approved' AND NEW.status = 'signed' THEN '{version,status,signed_on,signed_at}'::text[]
    WHEN OLD.status = 'approved' AND NEW.status = 'revoked'
        THEN '{version,status,revoked_on,revoked_at,revoked_by,revoke_reason}'::text[]
    WHEN OLD.status = 'signed' AND NEW.status = 'superseded' THEN '{version,status}'::text[] END;
BEGIN
    IF OLD.status = 'draft' AND NEW.status IN ('draft', 'approved', 'revoked') THEN RETURN NEW; END IF;
    IF free IS NULL OR to_jsonb(NEW) - free IS DISTINCT FROM to_jsonb(OLD) - free THEN
        RAISE EXCEPTION 'the content of an approved version is frozen' USING ERRCODE = 'integrity_constraint_violation',
              CONSTRAINT = 'project_is_frozen';
    END IF;
    RETURN NEW;
END $$;
"""
FREEZE_BEFORE = """
CREATE OR REPLACE FUNCTION cases.refuse_frozen() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE touched uuid := CASE WHEN TG_OP = 'DELETE' THEN OLD.version_id ELSE NEW.version_id END;
BEGIN
    IF (SELECT status FROM cases.project_versions WHERE id = touched) IS DISTINCT FROM 'draft' THEN
        RAISE EXCEPTION 'the content of an approved version is frozen' USING ERRCODE = 'integrity_constraint_violation',
              CONSTRAINT = 'project_is_frozen';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE OR REPLACE FUNCTION cases.refuse_frozen_words() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF OLD.status <> 'draft' AND (
           (NEW.preferences, NEW.content_hash, NEW.approved_on, NEW.approved_by, NEW.changed_by) IS DISTINCT FROM
           (OLD.preferences, OLD.content_hash, OLD.approved_on, OLD.approved_by, OLD.changed_by)
           OR NEW.status = 'draft'
           OR OLD.status = 'signed' AND (NEW.status, NEW.signed_on, NEW.signed_at) IS DISTINCT FROM
                                        (OLD.status, OLD.signed_on, OLD.signed_at)) THEN
        RAISE EXCEPTION 'the content of an approved version is frozen' USING ERRCODE = 'integrity_constraint_violation',
              CONSTRAINT = 'project_is_frozen';
    END IF;
    RETURN NEW;
END $$;
"""


def upgrade() -> None:
    """Widen the version and its parts, make the new parts, and freeze them all."""
    op.execute(FREEZE)
    _widen_versions()
    _widen_goals()
    _widen_supports()
    _part("project_commitments", sa.Column("who", sa.Text(), nullable=False), sa.Column("team_member_id", sa.Uuid()),
          sa.Column("person_id", sa.Uuid()), sa.Column("area", sa.Text()), sa.Column("what", sa.Text(), nullable=False),
          sa.Column("is_conditional", sa.Boolean(), nullable=False),
          sa.CheckConstraint("who IN ('person', 'household', 'household_member', 'team_member')",
                             name=op.f("ck_project_commitments_who")),
          sa.CheckConstraint("(who = 'team_member') = (team_member_id IS NOT NULL) "
                             "AND (who = 'household_member') = (person_id IS NOT NULL)",
                             name=op.f("ck_project_commitments_who_it_is")),
          _named("project_commitments", "team_member_id", "cases.team_members.id"),
          _named("project_commitments", "person_id", "people.persons.id"),
          figures="id, version_id, case_id, key, who, team_member_id, area, is_conditional")  # fmt: skip
    _part("project_responsibles", sa.Column("team_member_id", sa.Uuid(), nullable=False),
          sa.Column("role", sa.Text(), nullable=False), sa.Column("task", sa.Text(), nullable=False),
          sa.Column("is_referent", sa.Boolean(), nullable=False),
          _named("project_responsibles", "team_member_id", "cases.team_members.id"))  # fmt: skip
    op.create_index("uq_project_responsibles_referent", "project_responsibles", ["version_id"], unique=True,
                    schema="cases", postgresql_where="is_referent")  # fmt: skip
    _widen_signatures()


def downgrade() -> None:
    """Back to goals and supports alone. What had no place there is lost: revoked versions, refusals, the new parts."""
    op.drop_index("ix_project_versions_current", "project_versions", schema="cases")
    with _unguarded(VERSIONS, "cases.goals", "cases.supports"), _unguarded("cases.signatures", has_freeze=False):
        revoked = f"version_id IN (SELECT id FROM {VERSIONS} WHERE status = 'revoked')"
        op.drop_table("project_responsibles", schema="cases")
        op.drop_table("project_commitments", schema="cases")
        op.execute(f"DELETE FROM cases.signatures WHERE {revoked} OR is_refusal OR superseded_at IS NOT NULL "
                   "OR person_id IS NOT NULL")  # fmt: skip
        op.execute(f"DELETE FROM cases.supports WHERE {revoked}")
        op.execute(f"DELETE FROM cases.goals WHERE {revoked}")
        op.execute(f"UPDATE {VERSIONS} SET from_version = NULL")
        op.execute(f"DELETE FROM {VERSIONS} WHERE status = 'revoked'")
        op.execute(f"UPDATE {VERSIONS} SET status = 'signed' WHERE status = 'superseded'")
    op.execute(FREEZE_BEFORE)
    _narrow_signatures()
    for name in [name for name, _ in SUPPORT] + ["key"]:
        op.drop_column("supports", name, schema="cases")
    for name in [name for name, _ in GOAL] + ["weight", "key"]:
        op.drop_column("goals", name, schema="cases")
    op.execute("REVOKE SELECT (id, version_id, case_id, life_domain, due_on) ON cases.goals FROM trama_figures")
    op.execute("DROP POLICY figures ON cases.goals")
    op.execute("REVOKE SELECT (is_existing) ON cases.supports FROM trama_figures")
    op.execute(f"REVOKE SELECT (number, drafted_on, approved_on) ON {VERSIONS} FROM trama_figures")
    for table in ("goals", "supports"):
        op.create_index(f"ix_{table}_version_id", table, ["version_id"], unique=False, schema="cases")
    _narrow_versions()


def _widen_versions() -> None:
    for name, kind in CONTENT:
        op.add_column("project_versions", sa.Column(name, kind, nullable=True), schema="cases")
    for name in LISTS:
        column = sa.Column(name, postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False)
        op.add_column("project_versions", column, schema="cases")
    op.create_foreign_key(
        op.f("fk_project_versions_project_id_from_version"), "project_versions", "project_versions",
        ["project_id", "from_version"], ["project_id", "number"], source_schema="cases", referent_schema="cases",
    )  # fmt: skip
    _recheck("status", "status IN ('draft', 'approved', 'signed', 'superseded', 'revoked')")
    _recheck("frozen_at_approval", "status = 'revoked' OR (status = 'draft') = (content_hash IS NULL)")
    for name, condition in (
        ("revoked", "(status = 'revoked') = (revoked_on IS NOT NULL)"),
        ("preferences", "preferences IS NULL OR preferences_missing_reason IS NULL"),
        ("family", "is_family_possible OR family_involvement IS NULL"),
    ):
        op.create_check_constraint(op.f(f"ck_project_versions_{name}"), "project_versions", condition, schema="cases")
    with _unguarded(VERSIONS):
        op.execute(f"""UPDATE {VERSIONS} v SET status = 'superseded' WHERE status = 'signed' AND EXISTS (
            SELECT FROM {VERSIONS} w WHERE w.project_id = v.project_id AND w.status = 'signed' AND w.number > v.number)""")
    op.create_index("ix_project_versions_current", "project_versions", ["project_id"], unique=True, schema="cases",
                    postgresql_where="status = 'signed'")  # fmt: skip
    grant(VERSIONS, f"UPDATE ({CHANGES})")
    show_figures(VERSIONS, "number, drafted_on, approved_on, review_months, next_check_on, ends_on, family_involvement, "
                           "is_family_possible", is_protected=False)  # fmt: skip


def _narrow_versions() -> None:
    for name in ("revoked", "preferences", "family"):
        op.drop_constraint(op.f(f"ck_project_versions_{name}"), "project_versions", schema="cases")
    _recheck("status", "status IN ('draft', 'approved', 'signed')")
    _recheck("frozen_at_approval", "(status = 'draft') = (content_hash IS NULL)")
    for name in (*(name for name, _ in CONTENT), *LISTS):
        op.drop_column("project_versions", name, schema="cases")


def _recheck(name: str, condition: str) -> None:
    op.drop_constraint(op.f(f"ck_project_versions_{name}"), "project_versions", schema="cases")
    op.create_check_constraint(op.f(f"ck_project_versions_{name}"), "project_versions", condition, schema="cases")


def _widen_goals() -> None:
    _keyed("goals", GOAL)
    op.add_column("goals", sa.Column("weight", sa.Integer(), server_default="1", nullable=False), schema="cases")
    op.create_check_constraint(op.f("ck_goals_weight"), "goals", "weight > 0", schema="cases")
    op.create_check_constraint(op.f("ck_goals_gas_levels"), "goals", "cardinality(gas_levels) = 5", schema="cases")
    op.create_foreign_key(op.f("fk_goals_responsible_id"), "goals", "team_members", ["responsible_id"], ["id"],
                          source_schema="cases", referent_schema="cases")  # fmt: skip
    show_figures("cases.goals", "id, version_id, case_id, key, life_domain, due_on, weight")


def _widen_supports() -> None:
    _keyed("supports", SUPPORT)
    op.create_check_constraint(op.f("ck_supports_in_order"), "supports", "from_on <= to_on", schema="cases")
    op.create_check_constraint(op.f("ck_supports_quantity"), "supports", "quantity > 0", schema="cases")
    op.create_foreign_key(op.f("fk_supports_version_id_goal_key"), "supports", "goals", ["version_id", "goal_key"],
                          ["version_id", "key"], source_schema="cases", referent_schema="cases", deferrable=True,
                          initially="DEFERRED")  # fmt: skip
    show_figures("cases.supports", "key, area, is_existing, goal_key, quantity, unit, frequency, from_on, to_on",
                 is_protected=False)  # fmt: skip


def _widen_signatures() -> None:
    for name, kind in SIGNATURE:
        op.add_column("signatures", sa.Column(name, kind, nullable=True), schema="cases")
    for name, kind, default in (("signed_by", sa.Text(), "person"), ("kind", sa.Text(), "autografa_scansionata"),
                                ("is_refusal", sa.Boolean(), "false")):  # fmt: skip
        op.add_column("signatures", sa.Column(name, kind, server_default=default, nullable=False), schema="cases")
    op.create_foreign_key(op.f("fk_signatures_person_id"), "signatures", "persons", ["person_id"], ["id"],
                          source_schema="cases", referent_schema="people")  # fmt: skip
    for name, condition in (
        ("signed_by", "signed_by IN ('person', 'representative')"),
        ("kind", "kind IN ('autografa_scansionata', 'fea', 'feq', 'cie')"),
        ("member", "person_id IS NULL OR signer = 'household'"),
        ("capacity", "capacity IS NULL OR signed_by = 'representative'"),
        ("refusal", "is_refusal OR refusal_reason IS NULL"),
    ):
        op.create_check_constraint(op.f(f"ck_signatures_{name}"), "signatures", condition, schema="cases")
    op.drop_constraint(op.f("uq_signatures_version_id_signer"), "signatures", schema="cases")
    op.create_index("uq_signatures_live", "signatures", ["version_id", "signer", "person_id"], unique=True, schema="cases",
                    postgresql_where="superseded_at IS NULL", postgresql_nulls_not_distinct=True)  # fmt: skip


def _narrow_signatures() -> None:
    op.drop_index("uq_signatures_live", "signatures", schema="cases")
    for name in (*(name for name, _ in SIGNATURE), "signed_by", "kind", "is_refusal"):
        op.drop_column("signatures", name, schema="cases")
    op.create_unique_constraint(
        op.f("uq_signatures_version_id_signer"), "signatures", ["version_id", "signer"], schema="cases"
    )


def _keyed(table: str, columns: tuple[tuple[str, sa.types.TypeEngine[object]], ...]) -> None:
    """New columns for a part, and its key: what is there already gets one each."""
    op.add_column(table, _key(), schema="cases")
    for name, kind in columns:
        op.add_column(table, sa.Column(name, kind, nullable=True), schema="cases")
    op.create_unique_constraint(op.f(f"uq_{table}_version_id_key"), table, ["version_id", "key"], schema="cases")
    op.drop_index(f"ix_{table}_version_id", table, schema="cases")


def _key() -> sa.Column[object]:
    return sa.Column("key", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False)


def _named(table: str, column: str, referred: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [referred], name=op.f(f"fk_{table}_{column}"))


def _part(table: str, *columns: sa.schema.SchemaItem, figures: str = "") -> None:
    op.create_table(
        table,
        *columns,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        _key(),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.cases.id"], name=op.f(f"fk_{table}_case_id")),
        sa.ForeignKeyConstraint(
            ["version_id", "case_id"], ["cases.project_versions.id", "cases.project_versions.case_id"],
            name=op.f(f"fk_{table}_version_id_case_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("version_id", "key", name=op.f(f"uq_{table}_version_id_key")),
        schema="cases",
    )  # fmt: skip
    guard_part(f"cases.{table}", "SELECT, INSERT, DELETE", figures=figures)
    op.execute(f"""CREATE TRIGGER refuse_frozen BEFORE INSERT OR UPDATE OR DELETE ON cases.{table}
               FOR EACH ROW EXECUTE FUNCTION cases.refuse_frozen()""")


@contextmanager
def _unguarded(*tables: str, has_freeze: bool = True) -> Iterator[None]:
    """Every row of these tables in sight of the owner, and none of them frozen."""
    for table in tables:
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        if has_freeze:
            op.execute(f"ALTER TABLE {table} DISABLE TRIGGER refuse_frozen")
    yield
    op.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table with deferred checks waiting can't be altered
    for table in tables:
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        if has_freeze:
            op.execute(f"ALTER TABLE {table} ENABLE TRIGGER refuse_frozen")
