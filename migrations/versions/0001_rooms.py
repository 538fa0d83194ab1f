"""The rooms' tables

As `service.models` declares them; a test holds the two together. The guards of the database follow in 0002.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SCHEMAS = ("access", "audit", "budget", "cases", "facts", "identity", "indicators", "people", "web")


def upgrade() -> None:
    """Make the schemas and their tables."""
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    for schema in SCHEMAS:
        op.execute(f"CREATE SCHEMA {schema}")
    op.create_table(
        "grounds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("body_id", sa.Uuid(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("component", sa.Text(), nullable=True),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('team', 'manager', 'provider', 'service', 'registry')", name=op.f("ck_grounds_kind")
        ),
        sa.CheckConstraint("(user_id IS NULL) <> (organisation_id IS NULL)", name=op.f("ck_grounds_one_holder")),
        sa.CheckConstraint("(user_id IS NULL) = (body_id IS NULL)", name=op.f("ck_grounds_user_in_a_body")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grounds")),
        schema="access",
    )
    op.create_index("ix_grounds_case_id", "grounds", ["case_id"], unique=False, schema="access")
    op.create_index("ix_grounds_organisation_id", "grounds", ["organisation_id"], unique=False, schema="access")
    op.create_index("ix_grounds_user_id", "grounds", ["user_id"], unique=False, schema="access")
    op.create_table(
        "login_failures",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("username_hash", sa.LargeBinary(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("failed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_failures")),
        schema="access",
    )
    op.create_index(
        "ix_login_failures_username_hash",
        "login_failures",
        ["username_hash", "failed_at"],
        unique=False,
        schema="access",
    )
    op.create_table(
        "organisations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("nature", sa.Text(), nullable=False),
        sa.Column("istat_code", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisations")),
        schema="access",
    )
    op.create_table(
        "users",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("is_demo", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("username", name=op.f("uq_users_username")),
        schema="access",
    )
    op.create_table(
        "events",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "occurred_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("login_id", sa.Uuid(), nullable=True),
        sa.Column("roles", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("resource_id", sa.Uuid(), nullable=True),
        sa.Column("ground", sa.Text(), nullable=True),
        sa.Column("field_names", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
        schema="audit",
    )
    op.create_index(op.f("ix_events_case_id"), "events", ["case_id"], unique=False, schema="audit")
    op.create_index("ix_events_occurred_at", "events", ["occurred_at"], unique=False, schema="audit")
    op.create_index(op.f("ix_events_user_id"), "events", ["user_id"], unique=False, schema="audit")
    op.create_table(
        "heads",
        sa.Column("tree_size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("root_hash", sa.LargeBinary(), nullable=False),
        sa.Column("frontier", sa.LargeBinary(), nullable=False),
        sa.Column("checkpoint", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tree_size", name=op.f("pk_heads")),
        schema="audit",
    )
    op.create_table(
        "leaves",
        sa.Column("leaf_index", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("leaf_index", name=op.f("pk_leaves")),
        sa.UniqueConstraint("event_id", name=op.f("uq_leaves_event_id")),
        schema="audit",
    )
    op.create_table(
        "unsealed",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column(
            "transaction_id",
            sa.BigInteger(),
            server_default=sa.text("pg_current_xact_id()::text::bigint"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_unsealed")),
        schema="audit",
    )
    op.create_table(
        "funds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_funds")),
        sa.UniqueConstraint("code", name=op.f("uq_funds_code")),
        schema="budget",
    )
    op.create_table(
        "judgement_scales",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("least", sa.Integer(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("positive_from", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "least < positive_from AND positive_from <= most", name=op.f("ck_judgement_scales_in_order")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_judgement_scales")),
        schema="cases",
    )
    op.create_table(
        "programme_groups",
        sa.Column("group_code", sa.Text(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("group_code", "programme", name=op.f("pk_programme_groups")),
        schema="cases",
    )
    op.create_table(
        "programmes",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("definition", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("code", "version", name=op.f("pk_programmes")),
        schema="cases",
    )
    op.create_table(
        "plans",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("ambito", sa.Text(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("file_digest", sa.LargeBinary(), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plans")),
        sa.UniqueConstraint("code", "version", name=op.f("uq_plans_code_version")),
        schema="indicators",
    )
    op.create_table(
        "persons",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_persons")),
        schema="people",
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("body_digest", sa.LargeBinary(), nullable=False),
        sa.Column("resource_id", sa.Uuid(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idempotency_keys")),
        sa.UniqueConstraint("user_id", "key_hash", name=op.f("uq_idempotency_keys_user_id_key_hash")),
        schema="web",
    )
    op.create_index(
        op.f("ix_idempotency_keys_expires_at"), "idempotency_keys", ["expires_at"], unique=False, schema="web"
    )
    op.create_table(
        "credentials",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["access.users.id"], name=op.f("fk_credentials_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_credentials")),
        schema="access",
    )
    op.create_table(
        "logins",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("refresh_id", sa.Uuid(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["access.users.id"], name=op.f("fk_logins_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_logins")),
        schema="access",
    )
    op.create_index("ix_logins_user_id", "logins", ["user_id"], unique=False, schema="access")
    op.create_table(
        "role_assignments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["access.organisations.id"], name=op.f("fk_role_assignments_organisation_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["access.users.id"], name=op.f("fk_role_assignments_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_assignments")),
        schema="access",
    )
    op.create_index("ix_role_assignments_user_id", "role_assignments", ["user_id"], unique=False, schema="access")
    op.create_table(
        "event_people",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["audit.events.id"], name=op.f("fk_event_people_event_id")),
        sa.PrimaryKeyConstraint("person_id", "event_id", name=op.f("pk_event_people")),
        schema="audit",
    )
    op.create_index(op.f("ix_event_people_event_id"), "event_people", ["event_id"], unique=False, schema="audit")
    op.create_table(
        "allocations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("fund_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("committed", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("liquidated", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint("committed BETWEEN 0 AND amount", name=op.f("ck_allocations_committed_within_amount")),
        sa.ForeignKeyConstraint(["fund_id"], ["budget.funds.id"], name=op.f("fk_allocations_fund_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocations")),
        sa.UniqueConstraint("fund_id", "year", name=op.f("uq_allocations_fund_id_year")),
        schema="budget",
    )
    op.create_table(
        "cases",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("programme_version", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("is_closed", sa.Boolean(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.persons.id"], name=op.f("fk_cases_person_id")),
        sa.ForeignKeyConstraint(
            ["programme", "programme_version"],
            ["cases.programmes.code", "cases.programmes.version"],
            name=op.f("fk_cases_programme_programme_version"),
        ),
        sa.ForeignKeyConstraint(["service_id"], ["access.organisations.id"], name=op.f("fk_cases_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        schema="cases",
    )
    op.create_index("ix_cases_person_id", "cases", ["person_id"], unique=False, schema="cases")
    op.create_table(
        "identifiers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("exact_hash", sa.LargeBinary(), nullable=False),
        sa.Column("plain_hash", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("system IN ('codice_fiscale', 'stp', 'eni')", name=op.f("ck_identifiers_system")),
        sa.ForeignKeyConstraint(["person_id"], ["people.persons.id"], name=op.f("fk_identifiers_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identifiers")),
        schema="identity",
    )
    op.create_index("ix_identifiers_person_id", "identifiers", ["person_id"], unique=False, schema="identity")
    op.create_index("ix_identifiers_plain_hash", "identifiers", ["plain_hash"], unique=False, schema="identity")
    op.create_index(
        "uq_identifiers_live",
        "identifiers",
        ["exact_hash"],
        unique=True,
        schema="identity",
        postgresql_where="superseded_at IS NULL",
    )
    op.create_table(
        "identities",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("family_name", sa.Text(), nullable=False),
        sa.Column("given_name", sa.Text(), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("sex", sa.Text(), nullable=False),
        sa.Column("municipality", sa.Text(), nullable=True),
        sa.Column("phone", sa.LargeBinary(), nullable=True),
        sa.Column("email", sa.LargeBinary(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("sex IN ('F', 'M', 'X')", name=op.f("ck_identities_sex")),
        sa.ForeignKeyConstraint(["person_id"], ["people.persons.id"], name=op.f("fk_identities_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identities")),
        schema="identity",
    )
    op.create_index(
        "ix_identities_live",
        "identities",
        ["person_id"],
        unique=True,
        schema="identity",
        postgresql_where="superseded_at IS NULL",
    )
    op.create_table(
        "objectives",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("macro_area", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["indicators.plans.id"], name=op.f("fk_objectives_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objectives")),
        sa.UniqueConstraint("plan_id", "code", name=op.f("uq_objectives_plan_id_code")),
        schema="indicators",
    )
    op.create_table(
        "snapshots",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("plan_code", sa.Text(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("known_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["indicators.plans.id"], name=op.f("fk_snapshots_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snapshots")),
        sa.UniqueConstraint("plan_code", "on_day", name=op.f("uq_snapshots_plan_code_on_day")),
        schema="indicators",
    )
    op.create_table(
        "lines",
        sa.Column("resource_kind", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("allocation_id", sa.Uuid(), nullable=True),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("cost", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("committed", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("superseded_by", sa.Uuid(), nullable=True),
        sa.Column("supersede_reason", sa.Text(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(source = 'fund') = (allocation_id IS NOT NULL)", name=op.f("ck_lines_fund_has_allocation")
        ),
        sa.CheckConstraint("committed BETWEEN 0 AND cost", name=op.f("ck_lines_committed_within_cost")),
        sa.ForeignKeyConstraint(["allocation_id"], ["budget.allocations.id"], name=op.f("fk_lines_allocation_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.cases.id"], name=op.f("fk_lines_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lines")),
        schema="budget",
    )
    op.create_index(op.f("ix_lines_allocation_id"), "lines", ["allocation_id"], unique=False, schema="budget")
    op.create_index(op.f("ix_lines_case_id"), "lines", ["case_id"], unique=False, schema="budget")
    op.create_table(
        "participations",
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("built", sa.Boolean(), nullable=False),
        sa.Column("contributed", sa.Boolean(), nullable=False),
        sa.Column("managed", sa.Boolean(), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("superseded_by", sa.Uuid(), nullable=True),
        sa.Column("supersede_reason", sa.Text(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("who IN ('person', 'family', 'both')", name=op.f("ck_participations_who")),
        sa.CheckConstraint("built OR contributed OR managed", name=op.f("ck_participations_something")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.cases.id"], name=op.f("fk_participations_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participations")),
        schema="budget",
    )
    op.create_index(op.f("ix_participations_case_id"), "participations", ["case_id"], unique=False, schema="budget")
    op.create_table(
        "assessments",
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("setting", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("superseded_by", sa.Uuid(), nullable=True),
        sa.Column("supersede_reason", sa.Text(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.cases.id"], name=op.f("fk_assessments_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessments")),
        sa.UniqueConstraint("id", "case_id", name=op.f("uq_assessments_id_case_id")),
        schema="cases",
    )
    op.create_index(op.f("ix_assessments_case_id"), "assessments", ["case_id"], unique=False, schema="cases")
    op.create_table(
        "family_exits",
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("destination", sa.Text(), nullable=False),
        sa.Column("is_temporary", sa.Boolean(), nullable=False),
        sa.Column("returned_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("superseded_by", sa.Uuid(), nullable=True),
        sa.Column("supersede_reason", sa.Text(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("returned_on >= occurred_on", name=op.f("ck_family_exits_in_order")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.cases.id"], name=op.f("fk_family_exits_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_family_exits")),
        schema="cases",
    )
    op.create_index(op.f("ix_family_exits_case_id"), "family_exits", ["case_id"], unique=False, schema="cases")
    op.create_table(
        "interventions",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("superseded_by", sa.Uuid(), nullable=True),
        sa.Column("supersede_reason", sa.Text(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("minutes BETWEEN 1 AND 1440", name=op.f("ck_interventions_minutes")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.cases.id"], name=op.f("fk_interventions_case_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["access.organisations.id"], name=op.f("fk_interventions_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interventions")),
        schema="cases",
    )
    op.create_index(op.f("ix_interventions_case_id"), "interventions", ["case_id"], unique=False, schema="cases")
    op.create_table(
        "milestones",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("by_body", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("superseded_by", sa.Uuid(), nullable=True),
        sa.Column("supersede_reason", sa.Text(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('intercepted', 'referred', 'taken_in_charge', 'assigned', 'convened', 'preliminarily_analysed', 'assessed', 'drafted', 'approved', 'signed', 'started', 'monitored', 'revised', 'suspended', 'resumed', 'concluded', 'abandoned', 'transferred', 'reopened', 'evaluated', 'follow_up')",
            name=op.f("ck_milestones_kind"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.cases.id"], name=op.f("fk_milestones_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestones")),
        schema="cases",
    )
    op.create_index(op.f("ix_milestones_case_id"), "milestones", ["case_id"], unique=False, schema="cases")
    op.create_index("ix_milestones_kind", "milestones", ["kind", "occurred_on"], unique=False, schema="cases")
    op.create_table(
        "pathways",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("superseded_by", sa.Uuid(), nullable=True),
        sa.Column("supersede_reason", sa.Text(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.cases.id"], name=op.f("fk_pathways_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pathways")),
        sa.UniqueConstraint("id", "case_id", name=op.f("uq_pathways_id_case_id")),
        schema="cases",
    )
    op.create_index(op.f("ix_pathways_case_id"), "pathways", ["case_id"], unique=False, schema="cases")
    op.create_table(
        "projects",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.cases.id"], name=op.f("fk_projects_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_projects")),
        sa.UniqueConstraint("case_id", name=op.f("uq_projects_case_id")),
        schema="cases",
    )
    op.create_table(
        "referrals",
        sa.Column("from_organisation_id", sa.Uuid(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("arrived_on", sa.Date(), nullable=False),
        sa.Column("need", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("superseded_by", sa.Uuid(), nullable=True),
        sa.Column("supersede_reason", sa.Text(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("happened_on <= arrived_on", name=op.f("ck_referrals_in_order")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.cases.id"], name=op.f("fk_referrals_case_id")),
        sa.ForeignKeyConstraint(
            ["from_organisation_id"], ["access.organisations.id"], name=op.f("fk_referrals_from_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referrals")),
        schema="cases",
    )
    op.create_index(op.f("ix_referrals_case_id"), "referrals", ["case_id"], unique=False, schema="cases")
    op.create_table(
        "team_members",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("component", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("superseded_by", sa.Uuid(), nullable=True),
        sa.Column("supersede_reason", sa.Text(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("case_id"), "="),
            (sa.column("user_id"), "="),
            (sa.column("role"), "="),
            (sa.text("daterange(from_on, to_on, '[)')"), "&&"),
            where=sa.text("superseded_at IS NULL"),
            using="gist",
            name="ex_team_members_no_overlap",
        ),
        postgresql.ExcludeConstraint(
            (sa.column("case_id"), "="),
            (sa.text("daterange(from_on, to_on, '[)')"), "&&"),
            where=sa.text("role = 'case_manager' AND superseded_at IS NULL"),
            using="gist",
            name="ex_team_members_one_case_manager",
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.cases.id"], name=op.f("fk_team_members_case_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["access.organisations.id"], name=op.f("fk_team_members_organisation_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["access.users.id"], name=op.f("fk_team_members_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_members")),
        schema="cases",
    )
    op.create_index(op.f("ix_team_members_case_id"), "team_members", ["case_id"], unique=False, schema="cases")
    op.create_table(
        "indicators",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("objective_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("family", sa.Text(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("value_type", sa.Text(), nullable=False),
        sa.Column("expected", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("fed_by", sa.Text(), nullable=False),
        sa.Column("measure", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.ForeignKeyConstraint(
            ["objective_id"], ["indicators.objectives.id"], name=op.f("fk_indicators_objective_id")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["indicators.plans.id"], name=op.f("fk_indicators_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicators")),
        sa.UniqueConstraint("plan_id", "code", name=op.f("uq_indicators_plan_id_code")),
        schema="indicators",
    )
    op.create_table(
        "commitments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("allocation_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("liquidated", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_commitments_amount")),
        sa.CheckConstraint("liquidated BETWEEN 0 AND amount", name=op.f("ck_commitments_liquidated_within_amount")),
        sa.ForeignKeyConstraint(
            ["allocation_id"], ["budget.allocations.id"], name=op.f("fk_commitments_allocation_id")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.cases.id"], name=op.f("fk_commitments_case_id")),
        sa.ForeignKeyConstraint(["line_id"], ["budget.lines.id"], name=op.f("fk_commitments_line_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commitments")),
        schema="budget",
    )
    op.create_index("ix_commitments_allocation_id", "commitments", ["allocation_id"], unique=False, schema="budget")
    op.create_index(op.f("ix_commitments_case_id"), "commitments", ["case_id"], unique=False, schema="budget")
    op.create_index("ix_commitments_line_id", "commitments", ["line_id"], unique=False, schema="budget")
    op.create_table(
        "assessed_areas",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("support_need", sa.Integer(), nullable=False),
        sa.Column("finding", sa.Text(), nullable=True),
        sa.CheckConstraint("support_need BETWEEN 0 AND 4", name=op.f("ck_assessed_areas_support_need")),
        sa.ForeignKeyConstraint(
            ["assessment_id", "case_id"],
            ["cases.assessments.id", "cases.assessments.case_id"],
            name=op.f("fk_assessed_areas_assessment_id_case_id"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.cases.id"], name=op.f("fk_assessed_areas_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessed_areas")),
        sa.UniqueConstraint("assessment_id", "area", name=op.f("uq_assessed_areas_assessment_id_area")),
        schema="cases",
    )
    op.create_index(op.f("ix_assessed_areas_case_id"), "assessed_areas", ["case_id"], unique=False, schema="cases")
    op.create_table(
        "evaluations",
        sa.Column("judge", sa.Text(), nullable=False),
        sa.Column("pathway_id", sa.Uuid(), nullable=True),
        sa.Column("scale", sa.Text(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("is_final", sa.Boolean(), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("superseded_by", sa.Uuid(), nullable=True),
        sa.Column("supersede_reason", sa.Text(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("judge IN ('beneficiary', 'operators')", name=op.f("ck_evaluations_judge")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.cases.id"], name=op.f("fk_evaluations_case_id")),
        sa.ForeignKeyConstraint(
            ["pathway_id", "case_id"],
            ["cases.pathways.id", "cases.pathways.case_id"],
            name=op.f("fk_evaluations_pathway_id_case_id"),
        ),
        sa.ForeignKeyConstraint(["scale"], ["cases.judgement_scales.code"], name=op.f("fk_evaluations_scale")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluations")),
        schema="cases",
    )
    op.create_index(op.f("ix_evaluations_case_id"), "evaluations", ["case_id"], unique=False, schema="cases")
    op.create_table(
        "pathway_ends",
        sa.Column("pathway_id", sa.Uuid(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=False),
        sa.Column("end_code", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("superseded_by", sa.Uuid(), nullable=True),
        sa.Column("supersede_reason", sa.Text(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.cases.id"], name=op.f("fk_pathway_ends_case_id")),
        sa.ForeignKeyConstraint(
            ["pathway_id", "case_id"],
            ["cases.pathways.id", "cases.pathways.case_id"],
            name=op.f("fk_pathway_ends_pathway_id_case_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pathway_ends")),
        schema="cases",
    )
    op.create_index(op.f("ix_pathway_ends_case_id"), "pathway_ends", ["case_id"], unique=False, schema="cases")
    op.create_index(
        "uq_pathway_ends_live",
        "pathway_ends",
        ["pathway_id"],
        unique=True,
        schema="cases",
        postgresql_where="superseded_at IS NULL",
    )
    op.create_table(
        "project_versions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("changed_by", postgresql.ARRAY(sa.Uuid()), server_default="{}", nullable=False),
        sa.Column("preferences", sa.Text(), nullable=True),
        sa.Column("drafted_on", sa.Date(), nullable=False),
        sa.Column("approved_on", sa.Date(), nullable=True),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("content_hash", sa.LargeBinary(), nullable=True),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(status = 'draft') = (content_hash IS NULL)", name=op.f("ck_project_versions_frozen_at_approval")
        ),
        sa.CheckConstraint("status IN ('draft', 'approved', 'signed')", name=op.f("ck_project_versions_status")),
        sa.CheckConstraint(
            "approved_by <> author_id AND approved_by <> ALL (changed_by)",
            name=op.f("ck_project_versions_approved_by_another"),
        ),
        sa.CheckConstraint("drafted_on <= approved_on", name=op.f("ck_project_versions_approved_after_drafted")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.cases.id"], name=op.f("fk_project_versions_case_id")),
        sa.ForeignKeyConstraint(["project_id"], ["cases.projects.id"], name=op.f("fk_project_versions_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_versions")),
        sa.UniqueConstraint("id", "case_id", name=op.f("uq_project_versions_id_case_id")),
        sa.UniqueConstraint("project_id", "number", name=op.f("uq_project_versions_project_id_number")),
        schema="cases",
    )
    op.create_index("ix_project_versions_case_id", "project_versions", ["case_id"], unique=False, schema="cases")
    op.create_index(
        "ix_project_versions_open",
        "project_versions",
        ["project_id"],
        unique=True,
        schema="cases",
        postgresql_where="status IN ('draft', 'approved')",
    )
    op.create_table(
        "snapshot_values",
        sa.Column("snapshot_id", sa.Uuid(), nullable=False),
        sa.Column("indicator_id", sa.Uuid(), nullable=False),
        sa.Column("measure_version", sa.Integer(), nullable=False),
        sa.Column("value", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("numerator", sa.Integer(), nullable=True),
        sa.Column("denominator", sa.Integer(), nullable=True),
        sa.Column("missing", sa.Integer(), nullable=True),
        sa.Column("is_suppressed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["indicator_id"], ["indicators.indicators.id"], name=op.f("fk_snapshot_values_indicator_id")
        ),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["indicators.snapshots.id"], name=op.f("fk_snapshot_values_snapshot_id")
        ),
        sa.PrimaryKeyConstraint("snapshot_id", "indicator_id", name=op.f("pk_snapshot_values")),
        schema="indicators",
    )
    op.create_table(
        "liquidations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("commitment_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_liquidations_amount")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.cases.id"], name=op.f("fk_liquidations_case_id")),
        sa.ForeignKeyConstraint(
            ["commitment_id"], ["budget.commitments.id"], name=op.f("fk_liquidations_commitment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_liquidations")),
        schema="budget",
    )
    op.create_index(op.f("ix_liquidations_case_id"), "liquidations", ["case_id"], unique=False, schema="budget")
    op.create_index("ix_liquidations_commitment_id", "liquidations", ["commitment_id"], unique=False, schema="budget")
    op.create_table(
        "goals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("life_domain", sa.Text(), nullable=False),
        sa.Column("in_first_person", sa.Text(), nullable=True),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.cases.id"], name=op.f("fk_goals_case_id")),
        sa.ForeignKeyConstraint(
            ["version_id", "case_id"],
            ["cases.project_versions.id", "cases.project_versions.case_id"],
            name=op.f("fk_goals_version_id_case_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goals")),
        schema="cases",
    )
    op.create_index("ix_goals_version_id", "goals", ["version_id"], unique=False, schema="cases")
    op.create_table(
        "signatures",
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("signer", sa.Text(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("superseded_by", sa.Uuid(), nullable=True),
        sa.Column("supersede_reason", sa.Text(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.cases.id"], name=op.f("fk_signatures_case_id")),
        sa.ForeignKeyConstraint(
            ["version_id", "case_id"],
            ["cases.project_versions.id", "cases.project_versions.case_id"],
            name=op.f("fk_signatures_version_id_case_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signatures")),
        sa.UniqueConstraint("version_id", "signer", name=op.f("uq_signatures_version_id_signer")),
        schema="cases",
    )
    op.create_index(op.f("ix_signatures_case_id"), "signatures", ["case_id"], unique=False, schema="cases")
    op.create_table(
        "supports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("is_existing", sa.Boolean(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.cases.id"], name=op.f("fk_supports_case_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["access.organisations.id"], name=op.f("fk_supports_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["version_id", "case_id"],
            ["cases.project_versions.id", "cases.project_versions.case_id"],
            name=op.f("fk_supports_version_id_case_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supports")),
        schema="cases",
    )
    op.create_index("ix_supports_version_id", "supports", ["version_id"], unique=False, schema="cases")


def downgrade() -> None:
    """Drop them all."""
    for schema in reversed(SCHEMAS):
        op.execute(f"DROP SCHEMA {schema} CASCADE")
