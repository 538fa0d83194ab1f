"""The diary in full: interventions with their parties and batches, outcomes of appointments, presentations, protected
discharges, pathways with their outcomes, work placements and hires, dwellings and stays; what a body is as a host

What no interleaving may break is here: the time that the law leaves to placements that continue one another (a check on
each, and a foreign key that makes all carry the first one's last day), and never more guests than places (a trigger that
counts them, while the dwelling's row is held).
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.guards import OF_MY_CASES, PROVIDED, SUPERSEDED, grant, guard_fact, policy, protect, show_figures

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

KEYS = ("convocations", "goals", "supports", "interventions")
"""Tables whose rows are named together with their case from now on."""

PROVIDER = """
-- A provider sees neither milestones nor teams: the day on which the one who asks joined a case, and nothing else of it.
CREATE FUNCTION cases.provided_from(asked uuid) RETURNS date
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT min(m.from_on) FROM cases.team_members m JOIN access.grounds g ON g.source_id = m.id
    WHERE m.case_id = asked AND m.superseded_at IS NULL AND g.case_id = asked AND g.kind = 'provider'
      AND g.user_id = access.setting_id('trama.user_id')
      AND g.since <= statement_timestamp() AND (g.until IS NULL OR g.until > statement_timestamp())
$$;
"""

PLACEMENTS = """
-- The last day of a placement as it went is within the days agreed, which the law's limit bounds.
CREATE FUNCTION cases.keep_placement_end() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM cases.work_placements p WHERE p.id = NEW.placement_id AND p.from_on <= NEW.ended_on
                   AND (p.to_on IS NULL OR NEW.ended_on <= p.to_on)) THEN
        RAISE EXCEPTION 'a placement ends within the days agreed' USING ERRCODE = 'integrity_constraint_violation',
              CONSTRAINT = 'placement_ends_within_its_days';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_placement_end BEFORE INSERT OR UPDATE OF ended_on, placement_id ON cases.placement_ends
    FOR EACH ROW EXECUTE FUNCTION cases.keep_placement_end();
"""

HOUSING = """
-- A stay takes a place in every night of its time. Writing `entries` holds the dwelling's row until the end of the
-- transaction: of two who enter at once, one waits and then counts the other; where the snapshot is older than the other's
-- entry (REPEATABLE READ), PostgreSQL refuses the write. Guests of other cases are counted, hence SECURITY DEFINER.
CREATE FUNCTION cases.take_place() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE places integer;
BEGIN
    IF NEW.superseded_at IS NOT NULL THEN RETURN NEW; END IF;
    UPDATE cases.dwellings d SET entries = d.entries + 1
     WHERE d.id = NEW.dwelling_id AND d.from_on <= NEW.from_on
       AND (d.to_on IS NULL OR COALESCE(NEW.to_on, 'infinity') <= d.to_on)
    RETURNING CASE WHEN NEW.is_respite THEN d.respite_capacity ELSE d.capacity END INTO places;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'a stay lies within the time of its dwelling' USING ERRCODE = 'integrity_constraint_violation',
              CONSTRAINT = 'stay_is_outside_dwelling';
    END IF;
    -- The guests of a night are most on the first night of somebody's stay.
    IF EXISTS (
        SELECT FROM (
            SELECT NEW.from_on AS night
            UNION
            SELECT s.from_on FROM cases.housing_stays s
            WHERE s.dwelling_id = NEW.dwelling_id AND s.is_respite = NEW.is_respite AND s.superseded_at IS NULL
              AND s.from_on > NEW.from_on AND (NEW.to_on IS NULL OR s.from_on < NEW.to_on)
        ) nights
        WHERE places <= (
            SELECT count(*) FROM cases.housing_stays s
            WHERE s.dwelling_id = NEW.dwelling_id AND s.is_respite = NEW.is_respite AND s.superseded_at IS NULL
              AND s.id <> NEW.id AND s.from_on <= night AND (s.to_on IS NULL OR night < s.to_on)
        )
    ) THEN
        RAISE EXCEPTION 'there are no more guests than places' USING ERRCODE = 'integrity_constraint_violation',
              CONSTRAINT = 'dwelling_is_full';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER take_place BEFORE INSERT OR UPDATE ON cases.housing_stays FOR EACH ROW EXECUTE FUNCTION cases.take_place();

-- A dwelling is not closed over its guests.
CREATE FUNCTION cases.keep_guests() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM cases.housing_stays s WHERE s.dwelling_id = NEW.id AND s.superseded_at IS NULL
               AND COALESCE(s.to_on, 'infinity') > COALESCE(NEW.to_on, 'infinity')) THEN
        RAISE EXCEPTION 'a dwelling has guests until later' USING ERRCODE = 'integrity_constraint_violation',
              CONSTRAINT = 'dwelling_has_guests';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_guests BEFORE UPDATE OF to_on ON cases.dwellings FOR EACH ROW EXECUTE FUNCTION cases.keep_guests();

-- The service records a leaving now, and once.
CREATE FUNCTION cases.keep_leaving() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF current_user <> 'trama_runtime' THEN RETURN NEW; END IF;
    IF TG_OP = 'UPDATE' AND OLD.to_on IS NOT NULL AND NEW.to_on IS DISTINCT FROM OLD.to_on THEN
        RAISE EXCEPTION 'who has left has left' USING ERRCODE = 'integrity_constraint_violation',
              CONSTRAINT = 'stay_has_ended';
    END IF;
    NEW.left_at := CASE WHEN NEW.to_on IS NULL THEN NULL
                        WHEN TG_OP = 'UPDATE' AND OLD.to_on IS NOT NULL THEN OLD.left_at ELSE now() END;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_leaving BEFORE INSERT OR UPDATE ON cases.housing_stays
    FOR EACH ROW EXECUTE FUNCTION cases.keep_leaving();

-- How many places are taken in a night, as numbers: who the guests are is told by their cases.
CREATE FUNCTION cases.occupancy(asked uuid[], night date) RETURNS TABLE (dwelling_id uuid, taken integer, respite integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT s.dwelling_id, (count(*) FILTER (WHERE NOT s.is_respite))::integer,
           (count(*) FILTER (WHERE s.is_respite))::integer
    FROM cases.housing_stays s
    WHERE s.dwelling_id = ANY (asked) AND s.superseded_at IS NULL AND s.from_on <= night
      AND (s.to_on IS NULL OR night < s.to_on)
    GROUP BY s.dwelling_id
$$;
"""

FACTS = {
    "convocation_outcomes": "id, case_id, convocation_id, outcome, occurred_on, reason_code, moved_to_id",
    "presentations": "id, case_id, person_id, office, occurred_on, arrived_on, gepi_recorded_on, justified_code",
    "protected_discharges": "id, case_id, hospital_id, discharged_on, destination, is_carried_out",
    "work_placements": "id, case_id, kind, counts_as_tirocinio, person_id, host_organisation_id, pathway_id, continues_id, "
                       "chain_id, from_on, to_on, limit_rule, latest_on, attested_on, weekly_hours, monthly_allowance",
    "placement_activations": "id, case_id, placement_id, activated_on",
    "placement_ends": "id, case_id, placement_id, ended_on, end_code",
    "attendances": "id, case_id, placement_id, month, hours_planned, hours_done, is_allowance_due, allowance_due",
    "hires": "id, case_id, person_id, employer_id, contract, weekly_hours, from_on, to_on, is_l68_quota, convention, subsidy, "
             "placement_id",
    "housing_stays": "id, case_id, dwelling_id, kind, person_id, from_on, to_on, left_at, is_respite",
}  # fmt: skip
"""Facts of a case, and the columns that measures read beside their times."""
ALSO_UPDATED = {"presentations": "gepi_recorded_on", "housing_stays": "to_on, left_at"}
# Columns of older tables that measures may read from now on.
MORE_FIGURES = {
    "interventions": "minutes, quantity, unit, mode, is_person_present, is_family_present, goal_id, support_id",
    "pathways": "person_id, shared_key", "pathway_ends": "outcome_code, is_positive, certificate_issued_on",
}  # fmt: skip
# Tables that a SECURITY DEFINER function of ours touches: forced row-level security binds the owner too.
TOUCHED_BY_OWNER = ("cases.team_members", "cases.housing_stays")


def upgrade() -> None:
    """Make the tables and put up their guards."""
    for table in KEYS:
        op.create_unique_constraint(op.f(f"uq_{table}_id_case_id"), table, ["id", "case_id"], schema="cases")
    _widen()
    _make_tables()
    _guard()


def _guard() -> None:
    for table, columns in FACTS.items():
        guard_fact(f"cases.{table}", also_updates=ALSO_UPDATED.get(table, ""),
                   figures=f"{columns}, recorded_at, superseded_at")  # fmt: skip
    for table, columns in MORE_FIGURES.items():
        show_figures(f"cases.{table}", columns, is_protected=False)
    grant("cases.intervention_parties", "SELECT, INSERT")
    own = f"recorded_by = access.setting_id('trama.user_id') AND case_id = {PROVIDED}"
    protect("cases.intervention_parties", f"{OF_MY_CASES} OR ({own})")
    show_figures("cases.intervention_parties", "id, intervention_id, case_id, member_id, person_id, organisation_id")
    grant("cases.dwellings", "SELECT, INSERT, UPDATE (to_on)")
    show_figures("cases.dwellings", "id, organisation_id, kinds, capacity, respite_capacity, initiative, from_on, to_on, "
                                    "recorded_at", is_protected=False)  # fmt: skip
    grant("access.organisation_flags", f"SELECT, INSERT, UPDATE ({SUPERSEDED})")
    op.execute("""CREATE TRIGGER keep_history BEFORE INSERT OR UPDATE ON access.organisation_flags
               FOR EACH ROW EXECUTE FUNCTION cases.keep_history()""")
    show_figures("access.organisation_flags",
                 "id, organisation_id, flag, identified_on, from_on, to_on, recorded_at, superseded_at",
                 is_protected=False)  # fmt: skip
    for part in (PROVIDER, PLACEMENTS, HOUSING):
        op.execute(part)
    for table in TOUCHED_BY_OWNER:
        policy(table, "guards", "true", role="CURRENT_USER")
    op.execute("""REVOKE ALL ON FUNCTION cases.provided_from, cases.keep_placement_end, cases.take_place, cases.keep_guests,
        cases.keep_leaving, cases.occupancy FROM PUBLIC""")
    op.execute("GRANT EXECUTE ON FUNCTION cases.provided_from, cases.occupancy TO trama_runtime")


def downgrade() -> None:
    """Drop the tables. An intervention that was told by its quantity alone keeps one minute: the old form had to have some."""
    op.execute("REVOKE SELECT (minutes) ON cases.interventions FROM trama_figures")
    op.execute("DROP POLICY guards ON cases.team_members")
    for table in ("intervention_parties", "convocation_outcomes", "presentations", "protected_discharges", "hires",
                  "attendances", "placement_ends", "placement_activations", "work_placements", "housing_stays",
                  "dwellings"):  # fmt: skip
        op.drop_table(table, schema="cases")
    op.drop_table("organisation_flags", schema="access")
    op.execute("""DROP FUNCTION cases.provided_from, cases.keep_placement_end, cases.take_place, cases.keep_guests,
        cases.keep_leaving, cases.occupancy""")
    for table, columns in (
        ("pathways", ("person_id", "shared_key")),
        ("pathway_ends", ("outcome_code", "is_positive", "certificate_issued_on")),
        ("interventions", ("quantity", "unit", "mode", "is_person_present", "is_family_present", "goal_id", "support_id",
                           "batch_id", "replaces_id")),
    ):  # fmt: skip
        for column in columns:
            op.drop_column(table, column, schema="cases")
    op.execute("ALTER TABLE cases.interventions NO FORCE ROW LEVEL SECURITY")
    op.execute("UPDATE cases.interventions SET minutes = 1 WHERE minutes IS NULL")
    op.execute("ALTER TABLE cases.interventions FORCE ROW LEVEL SECURITY")
    op.alter_column("interventions", "minutes", nullable=False, schema="cases")
    for table in KEYS:
        op.drop_constraint(op.f(f"uq_{table}_id_case_id"), table, schema="cases")


def _facts_table(name: str, *columns: Any) -> None:
    """A table of `Recorded`."""
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


def _widen() -> None:
    """More of what is told by interventions and pathways."""
    op.add_column(
        "interventions", sa.Column("quantity", sa.Numeric(precision=10, scale=2), nullable=True), schema="cases"
    )
    op.add_column("interventions", sa.Column("unit", sa.Text(), nullable=True), schema="cases")
    op.add_column("interventions", sa.Column("mode", sa.Text(), nullable=True), schema="cases")
    op.add_column(
        "interventions",
        sa.Column("is_person_present", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        schema="cases",
    )
    op.add_column(
        "interventions",
        sa.Column("is_family_present", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        schema="cases",
    )
    op.add_column("interventions", sa.Column("goal_id", sa.Uuid(), nullable=True), schema="cases")
    op.add_column("interventions", sa.Column("support_id", sa.Uuid(), nullable=True), schema="cases")
    op.add_column("interventions", sa.Column("batch_id", sa.Uuid(), nullable=True), schema="cases")
    op.add_column("interventions", sa.Column("replaces_id", sa.Uuid(), nullable=True), schema="cases")
    op.alter_column("interventions", "minutes", existing_type=sa.INTEGER(), nullable=True, schema="cases")
    op.create_index(
        "ix_interventions_batch_id",
        "interventions",
        ["batch_id"],
        unique=False,
        schema="cases",
        postgresql_where="batch_id IS NOT NULL",
    )
    op.create_index("uq_interventions_replaces_id", "interventions", ["replaces_id"], unique=True, schema="cases")
    op.create_foreign_key(
        op.f("fk_interventions_support_id_case_id"),
        "interventions",
        "supports",
        ["support_id", "case_id"],
        ["id", "case_id"],
        source_schema="cases",
        referent_schema="cases",
    )
    op.create_foreign_key(
        op.f("fk_interventions_goal_id_case_id"),
        "interventions",
        "goals",
        ["goal_id", "case_id"],
        ["id", "case_id"],
        source_schema="cases",
        referent_schema="cases",
    )
    op.create_foreign_key(
        op.f("fk_interventions_replaces_id_case_id"),
        "interventions",
        "interventions",
        ["replaces_id", "case_id"],
        ["id", "case_id"],
        source_schema="cases",
        referent_schema="cases",
    )
    op.add_column("pathway_ends", sa.Column("outcome_code", sa.Text(), nullable=True), schema="cases")
    op.add_column("pathway_ends", sa.Column("is_positive", sa.Boolean(), nullable=True), schema="cases")
    op.add_column("pathway_ends", sa.Column("certificate_issued_on", sa.Date(), nullable=True), schema="cases")
    op.add_column("pathways", sa.Column("person_id", sa.Uuid(), nullable=True), schema="cases")
    op.add_column("pathways", sa.Column("shared_key", sa.Text(), nullable=True), schema="cases")
    op.create_foreign_key(
        op.f("fk_pathways_person_id"),
        "pathways",
        "persons",
        ["person_id"],
        ["id"],
        source_schema="cases",
        referent_schema="people",
    )
    for name, condition in (
        ("quantity", "quantity > 0"), ("quantity_has_unit", "(quantity IS NULL) = (unit IS NULL)"),
        ("measured", "num_nonnulls(minutes, quantity) > 0"),
    ):  # fmt: skip
        op.create_check_constraint(op.f(f"ck_interventions_{name}"), "interventions", condition, schema="cases")
    op.create_check_constraint(op.f("ck_pathway_ends_outcome_is_judged"), "pathway_ends",
                               "(outcome_code IS NULL) = (is_positive IS NULL)", schema="cases")  # fmt: skip


def _make_tables() -> None:
    op.create_table(
        "organisation_flags",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("flag", sa.Text(), nullable=False),
        sa.Column("identified_on", sa.Date(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("superseded_by", sa.Uuid(), nullable=True),
        sa.Column("supersede_reason", sa.Text(), nullable=True),
        postgresql.ExcludeConstraint(
            (sa.column("organisation_id"), "="),
            (sa.column("flag"), "="),
            (sa.text("daterange(from_on, to_on, '[)')"), "&&"),
            where=sa.text("superseded_at IS NULL"),
            using="gist",
            name="ex_organisation_flags_no_overlap",
        ),
        sa.CheckConstraint(
            "flag IN ('social_agriculture', 'green', 'third_sector', 'profit')", name=op.f("ck_organisation_flags_flag")
        ),
        sa.CheckConstraint("from_on < to_on", name=op.f("ck_organisation_flags_in_order")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["access.organisations.id"], name=op.f("fk_organisation_flags_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_flags")),
        schema="access",
    )
    op.create_table(
        "dwellings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("kinds", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("modules", sa.Integer(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("respite_capacity", sa.Integer(), nullable=False),
        sa.Column("derogation_act", sa.Text(), nullable=True),
        sa.Column("most_in_module", sa.Integer(), nullable=True),
        sa.Column("most_in_structure", sa.Integer(), nullable=True),
        sa.Column("most_for_respite", sa.Integer(), nullable=True),
        sa.Column("initiative", sa.Text(), nullable=True),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("entries", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "capacity + respite_capacity <= CASE WHEN derogation_act IS NULL THEN most_in_module ELSE most_in_structure END",
            name=op.f("ck_dwellings_within_structure"),
        ),
        sa.CheckConstraint("capacity <= modules * most_in_module", name=op.f("ck_dwellings_within_modules")),
        sa.CheckConstraint(
            "capacity >= 0 AND respite_capacity >= 0 AND capacity + respite_capacity > 0",
            name=op.f("ck_dwellings_places"),
        ),
        sa.CheckConstraint("cardinality(kinds) > 0", name=op.f("ck_dwellings_kinds")),
        sa.CheckConstraint(
            "derogation_act IS NOT NULL OR most_in_module IS NULL OR modules = 1",
            name=op.f("ck_dwellings_modules_by_derogation"),
        ),
        sa.CheckConstraint("from_on < to_on", name=op.f("ck_dwellings_in_order")),
        sa.CheckConstraint("modules >= 1", name=op.f("ck_dwellings_modules")),
        sa.CheckConstraint(
            "num_nonnulls(most_in_module, most_in_structure, most_for_respite) IN (0, 3)",
            name=op.f("ck_dwellings_limits"),
        ),
        sa.CheckConstraint("respite_capacity <= most_for_respite", name=op.f("ck_dwellings_within_respite")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["access.organisations.id"], name=op.f("fk_dwellings_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dwellings")),
        schema="cases",
    )
    _facts_table(
        "housing_stays",
        sa.Column("dwelling_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("is_respite", sa.Boolean(), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        postgresql.ExcludeConstraint(
            (sa.column("person_id"), "="),
            (sa.text("daterange(from_on, to_on, '[)')"), "&&"),
            where=sa.text("superseded_at IS NULL"),
            using="gist",
            name="ex_housing_stays_one_at_a_time",
        ),
        sa.CheckConstraint("(to_on IS NULL) = (left_at IS NULL)", name=op.f("ck_housing_stays_left")),
        sa.CheckConstraint("from_on < to_on", name=op.f("ck_housing_stays_in_order")),
        sa.ForeignKeyConstraint(["dwelling_id"], ["cases.dwellings.id"], name=op.f("fk_housing_stays_dwelling_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.persons.id"], name=op.f("fk_housing_stays_person_id")),
        sa.UniqueConstraint("id", "case_id", name=op.f("uq_housing_stays_id_case_id")),
    )
    op.create_index(
        "ix_housing_stays_dwelling_id",
        "housing_stays",
        ["dwelling_id", "from_on"],
        unique=False,
        schema="cases",
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    _facts_table(
        "presentations",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("arrived_on", sa.Date(), nullable=False),
        sa.Column("gepi_recorded_on", sa.Date(), nullable=True),
        sa.Column("justified_code", sa.Text(), nullable=True),
        sa.Column("document", sa.Text(), nullable=True),
        sa.CheckConstraint("occurred_on <= arrived_on", name=op.f("ck_presentations_in_order")),
        sa.CheckConstraint("occurred_on <= gepi_recorded_on", name=op.f("ck_presentations_gepi_in_order")),
        sa.ForeignKeyConstraint(["person_id"], ["people.persons.id"], name=op.f("fk_presentations_person_id")),
    )
    op.create_index(
        "uq_presentations_live",
        "presentations",
        ["case_id", "person_id", "office", "occurred_on"],
        unique=True,
        schema="cases",
        postgresql_where="superseded_at IS NULL",
    )
    _facts_table(
        "protected_discharges",
        sa.Column("hospital_id", sa.Uuid(), nullable=False),
        sa.Column("discharged_on", sa.Date(), nullable=False),
        sa.Column("destination", sa.Text(), nullable=False),
        sa.Column("is_carried_out", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["hospital_id"], ["access.organisations.id"], name=op.f("fk_protected_discharges_hospital_id")
        ),
    )
    _facts_table(
        "convocation_outcomes",
        sa.Column("convocation_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("reason_code", sa.Text(), nullable=True),
        sa.Column("moved_to_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(outcome = 'justified_absence') = (reason_code IS NOT NULL)",
            name=op.f("ck_convocation_outcomes_justified_by_reason"),
        ),
        sa.CheckConstraint("outcome = 'moved' OR moved_to_id IS NULL", name=op.f("ck_convocation_outcomes_moved_to")),
        sa.CheckConstraint(
            "outcome IN ('attended', 'justified_absence', 'unjustified_absence', 'moved')",
            name=op.f("ck_convocation_outcomes_outcome"),
        ),
        sa.CheckConstraint("moved_to_id <> convocation_id", name=op.f("ck_convocation_outcomes_moved_elsewhere")),
        sa.ForeignKeyConstraint(
            ["convocation_id", "case_id"],
            ["cases.convocations.id", "cases.convocations.case_id"],
            name=op.f("fk_convocation_outcomes_convocation_id_case_id"),
        ),
        sa.ForeignKeyConstraint(
            ["moved_to_id", "case_id"],
            ["cases.convocations.id", "cases.convocations.case_id"],
            name=op.f("fk_convocation_outcomes_moved_to_id_case_id"),
        ),
    )
    op.create_index(
        "uq_convocation_outcomes_live",
        "convocation_outcomes",
        ["convocation_id"],
        unique=True,
        schema="cases",
        postgresql_where="superseded_at IS NULL",
    )
    _facts_table(
        "work_placements",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("counts_as_tirocinio", sa.Boolean(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("host_organisation_id", sa.Uuid(), nullable=False),
        sa.Column("pathway_id", sa.Uuid(), nullable=True),
        sa.Column("continues_id", sa.Uuid(), nullable=True),
        sa.Column("chain_id", sa.Uuid(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("limit_rule", sa.Text(), nullable=True),
        sa.Column("latest_on", sa.Date(), nullable=True),
        sa.Column("attested_by_id", sa.Uuid(), nullable=True),
        sa.Column("attested_on", sa.Date(), nullable=True),
        sa.Column("attestation_reason", sa.Text(), nullable=True),
        sa.Column("weekly_hours", sa.Numeric(precision=6, scale=2), nullable=False),
        sa.Column("monthly_allowance", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("promoter_tutor", sa.Text(), nullable=False),
        sa.Column("host_tutor", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(chain_id = id) = (continues_id IS NULL)", name=op.f("ck_work_placements_first_or_continues")
        ),
        sa.CheckConstraint(
            "(limit_rule IS NULL) = (latest_on IS NULL)", name=op.f("ck_work_placements_limit_has_rule")
        ),
        sa.CheckConstraint("from_on <= to_on", name=op.f("ck_work_placements_in_order")),
        sa.CheckConstraint("limit_rule IS NULL OR to_on IS NOT NULL", name=op.f("ck_work_placements_limited_has_end")),
        sa.CheckConstraint("monthly_allowance >= 0", name=op.f("ck_work_placements_monthly_allowance")),
        sa.CheckConstraint(
            "num_nonnulls(attested_by_id, attested_on, attestation_reason) IN (0, 3)",
            name=op.f("ck_work_placements_attestation"),
        ),
        sa.CheckConstraint(
            "to_on <= latest_on OR attested_on IS NOT NULL", name=op.f("ck_work_placements_within_limit")
        ),
        sa.CheckConstraint("weekly_hours > 0 AND weekly_hours <= 168", name=op.f("ck_work_placements_weekly_hours")),
        sa.ForeignKeyConstraint(
            ["attested_by_id"], ["access.organisations.id"], name=op.f("fk_work_placements_attested_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["chain_id", "case_id", "person_id", "latest_on"],
            [
                "cases.work_placements.id",
                "cases.work_placements.case_id",
                "cases.work_placements.person_id",
                "cases.work_placements.latest_on",
            ],
            name="fk_work_placements_chain",
        ),
        sa.ForeignKeyConstraint(
            ["chain_id", "case_id"],
            ["cases.work_placements.id", "cases.work_placements.case_id"],
            name=op.f("fk_work_placements_chain_id_case_id"),
        ),
        sa.ForeignKeyConstraint(
            ["continues_id", "case_id"],
            ["cases.work_placements.id", "cases.work_placements.case_id"],
            name=op.f("fk_work_placements_continues_id_case_id"),
        ),
        sa.ForeignKeyConstraint(
            ["host_organisation_id"], ["access.organisations.id"], name=op.f("fk_work_placements_host_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["pathway_id", "case_id"],
            ["cases.pathways.id", "cases.pathways.case_id"],
            name=op.f("fk_work_placements_pathway_id_case_id"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.persons.id"], name=op.f("fk_work_placements_person_id")),
        sa.UniqueConstraint(
            "id", "case_id", "person_id", "latest_on", name=op.f("uq_work_placements_id_case_id_person_id_latest_on")
        ),
        sa.UniqueConstraint("id", "case_id", name=op.f("uq_work_placements_id_case_id")),
    )
    op.create_index(
        "uq_work_placements_continued",
        "work_placements",
        ["continues_id"],
        unique=True,
        schema="cases",
        postgresql_where="superseded_at IS NULL",
    )
    _facts_table(
        "attendances",
        sa.Column("placement_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("hours_planned", sa.Numeric(precision=6, scale=2), nullable=False),
        sa.Column("hours_done", sa.Numeric(precision=6, scale=2), nullable=False),
        sa.Column("least_percent", sa.Integer(), nullable=False),
        sa.Column("is_allowance_due", sa.Boolean(), nullable=False),
        sa.Column("allowance_due", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.CheckConstraint("month = date_trunc('month', month::timestamp)::date", name=op.f("ck_attendances_month")),
        sa.CheckConstraint(
            "allowance_due >= 0 AND (is_allowance_due OR allowance_due = 0)", name=op.f("ck_attendances_allowance_due")
        ),
        sa.CheckConstraint("hours_done BETWEEN 0 AND hours_planned", name=op.f("ck_attendances_done_within_planned")),
        sa.CheckConstraint("hours_planned <= 744", name=op.f("ck_attendances_hours_in_a_month")),
        sa.CheckConstraint(
            "is_allowance_due = (100 * hours_done >= least_percent * hours_planned)",
            name=op.f("ck_attendances_least_attendance"),
        ),
        sa.ForeignKeyConstraint(
            ["placement_id", "case_id"],
            ["cases.work_placements.id", "cases.work_placements.case_id"],
            name=op.f("fk_attendances_placement_id_case_id"),
        ),
    )
    op.create_index(
        "uq_attendances_live",
        "attendances",
        ["placement_id", "month"],
        unique=True,
        schema="cases",
        postgresql_where="superseded_at IS NULL",
    )
    _facts_table(
        "hires",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("employer_id", sa.Uuid(), nullable=False),
        sa.Column("contract", sa.Text(), nullable=False),
        sa.Column("weekly_hours", sa.Numeric(precision=6, scale=2), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("is_l68_quota", sa.Boolean(), nullable=False),
        sa.Column("convention", sa.Text(), nullable=True),
        sa.Column("subsidy", sa.Text(), nullable=True),
        sa.Column("placement_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("from_on <= to_on", name=op.f("ck_hires_in_order")),
        sa.CheckConstraint("weekly_hours > 0 AND weekly_hours <= 168", name=op.f("ck_hires_weekly_hours")),
        sa.ForeignKeyConstraint(["employer_id"], ["access.organisations.id"], name=op.f("fk_hires_employer_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.persons.id"], name=op.f("fk_hires_person_id")),
        sa.ForeignKeyConstraint(
            ["placement_id", "case_id"],
            ["cases.work_placements.id", "cases.work_placements.case_id"],
            name=op.f("fk_hires_placement_id_case_id"),
        ),
        sa.UniqueConstraint("id", "case_id", name=op.f("uq_hires_id_case_id")),
    )
    _facts_table(
        "placement_activations",
        sa.Column("placement_id", sa.Uuid(), nullable=False),
        sa.Column("activated_on", sa.Date(), nullable=False),
        sa.Column("convention", sa.Text(), nullable=False),
        sa.Column("inail_insurance", sa.Text(), nullable=False),
        sa.Column("liability_insurance", sa.Text(), nullable=False),
        sa.Column("mandatory_notice", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["placement_id", "case_id"],
            ["cases.work_placements.id", "cases.work_placements.case_id"],
            name=op.f("fk_placement_activations_placement_id_case_id"),
        ),
    )
    op.create_index(
        "uq_placement_activations_live",
        "placement_activations",
        ["placement_id"],
        unique=True,
        schema="cases",
        postgresql_where="superseded_at IS NULL",
    )
    _facts_table(
        "placement_ends",
        sa.Column("placement_id", sa.Uuid(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=False),
        sa.Column("end_code", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["placement_id", "case_id"],
            ["cases.work_placements.id", "cases.work_placements.case_id"],
            name=op.f("fk_placement_ends_placement_id_case_id"),
        ),
    )
    op.create_index(
        "uq_placement_ends_live",
        "placement_ends",
        ["placement_id"],
        unique=True,
        schema="cases",
        postgresql_where="superseded_at IS NULL",
    )
    op.create_table(
        "intervention_parties",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("intervention_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "num_nonnulls(member_id, person_id, organisation_id) = 1", name=op.f("ck_intervention_parties_one_of_three")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.cases.id"], name=op.f("fk_intervention_parties_case_id")),
        sa.ForeignKeyConstraint(
            ["intervention_id", "case_id"],
            ["cases.interventions.id", "cases.interventions.case_id"],
            name=op.f("fk_intervention_parties_intervention_id_case_id"),
        ),
        sa.ForeignKeyConstraint(
            ["member_id", "case_id"],
            ["cases.team_members.id", "cases.team_members.case_id"],
            name=op.f("fk_intervention_parties_member_id_case_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["access.organisations.id"], name=op.f("fk_intervention_parties_organisation_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.persons.id"], name=op.f("fk_intervention_parties_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intervention_parties")),
        sa.UniqueConstraint(
            "intervention_id",
            "member_id",
            "person_id",
            "organisation_id",
            name="uq_intervention_parties_once",
            postgresql_nulls_not_distinct=True,
        ),
        schema="cases",
    )
    op.create_index(
        op.f("ix_intervention_parties_case_id"), "intervention_parties", ["case_id"], unique=False, schema="cases"
    )
