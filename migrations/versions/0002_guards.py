"""The second guard: roles, grants, row-level security, triggers

Who may touch which table, who may see which row, and what no interleaving may break. The policies read only
`access.grounds` and the scope that `access.enter` sets for the transaction.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ROLES = {"trama_runtime": "NOINHERIT", "trama_worker": "NOINHERIT", "trama_figures": "NOLOGIN"}
SCHEMAS = ("access", "audit", "budget", "cases", "facts", "identity", "indicators", "people", "web")

# Facts of a case: append-only for the service; a correction closes the row and adds another.
FACTS = (
    "cases.referrals", "cases.milestones", "cases.team_members", "cases.assessments", "cases.interventions",
    "cases.pathways", "cases.pathway_ends", "cases.signatures", "cases.evaluations", "cases.family_exits",
    "budget.lines", "budget.participations",
)  # fmt: skip
OF_A_CASE = (*FACTS, "cases.assessed_areas", "cases.projects", "cases.project_versions", "cases.goals", "cases.supports",
             "budget.commitments", "budget.liquidations")  # fmt: skip
LEDGER = ("budget.lines", "budget.commitments", "budget.liquidations")

GRANTS = {
    "access.organisations": "SELECT, INSERT", "access.users": "SELECT, INSERT, UPDATE (display_name, is_active)",
    "access.credentials": "SELECT, INSERT, UPDATE (password_hash, changed_at)",
    "access.role_assignments": "SELECT, INSERT, UPDATE (until)",
    "access.logins": "SELECT, INSERT, UPDATE (refresh_id, expires_at, ended_at, end_reason)",
    "access.login_failures": "SELECT, INSERT, DELETE", "access.grounds": "SELECT", "access.my_cases": "SELECT",
    "access.my_people": "SELECT", "web.idempotency_keys": "SELECT, INSERT, DELETE, UPDATE (resource_id)",
    "audit.events": "SELECT, INSERT", "audit.event_people": "SELECT, INSERT", "audit.leaves": "SELECT", "audit.heads": "SELECT",
    "people.persons": "SELECT, INSERT, UPDATE (version)", "identity.identities": "SELECT, INSERT, UPDATE (superseded_at)",
    "identity.identifiers": "SELECT, INSERT, UPDATE (superseded_at)",
    "cases.programmes": "SELECT", "cases.programme_groups": "SELECT", "cases.judgement_scales": "SELECT",
    "cases.cases": "SELECT, INSERT, UPDATE (stage, is_closed, outcome, version)",
    **dict.fromkeys(FACTS, "SELECT, INSERT, UPDATE (superseded_at, superseded_by, supersede_reason)"),
    "cases.team_members": "SELECT, INSERT, UPDATE (to_on, superseded_at, superseded_by, supersede_reason)",
    "cases.assessed_areas": "SELECT, INSERT", "cases.projects": "SELECT, INSERT",
    "cases.project_versions": "SELECT, INSERT, UPDATE (status, version, preferences, approved_on, approved_by, "
                              "content_hash, changed_by, signed_on, signed_at)",
    "cases.goals": "SELECT, INSERT, DELETE", "cases.supports": "SELECT, INSERT, DELETE",
    "budget.funds": "SELECT, INSERT", "budget.allocations": "SELECT, INSERT",
    "budget.commitments": "SELECT, INSERT", "budget.liquidations": "SELECT, INSERT",
    "indicators.snapshots": "SELECT, INSERT",
    "indicators.snapshot_values": "SELECT, INSERT",
    "indicators.plans": "SELECT", "indicators.objectives": "SELECT", "indicators.indicators": "SELECT",
}  # fmt: skip
WORKER_GRANTS = {
    "audit.events": "SELECT", "audit.event_people": "SELECT", "audit.unsealed": "SELECT, DELETE",
    "audit.leaves": "SELECT, INSERT", "audit.heads": "SELECT, INSERT",
    "web.idempotency_keys": "SELECT, DELETE", "access.login_failures": "SELECT, DELETE",
}  # fmt: skip
# What figures may read: coded columns, never a narrative, a name, an address.
FIGURES_COLUMNS = {
    "cases.cases": "id, programme, person_id, service_id, recorded_at",
    "cases.milestones": "id, case_id, kind, occurred_on, recorded_at, superseded_at",
    "cases.interventions": "id, case_id, kind, occurred_on, organisation_id, recorded_at, superseded_at",
    "cases.project_versions": "id, case_id, status, signed_on, signed_at",
    "cases.supports": "id, version_id, case_id, kind, organisation_id",
    "cases.pathways": "id, case_id, kind, from_on, recorded_at, superseded_at",
    "cases.pathway_ends": "id, case_id, pathway_id, ended_on, end_code, recorded_at, superseded_at",
    "cases.evaluations": "id, case_id, judge, pathway_id, scale, value, is_final, occurred_on, recorded_at, superseded_at",
    "cases.family_exits": "id, case_id, occurred_on, destination, is_temporary, returned_on, recorded_at, superseded_at",
    "cases.programme_groups": "group_code, programme", "cases.judgement_scales": "code, positive_from",
    "budget.lines": "id, case_id, source, recorded_at, superseded_at",
    "budget.participations": "id, case_id, who, built, contributed, managed, occurred_on, recorded_at, superseded_at",
    "budget.liquidations": "id, commitment_id, case_id, amount, occurred_on, recorded_at",
    "budget.commitments": "id, allocation_id, case_id", "budget.allocations": "id, fund_id, year", "budget.funds": "id, code",
}  # fmt: skip

SCOPE = """
CREATE FUNCTION access.setting_id(name text) RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
    RETURN NULLIF(current_setting(name, true), '')::uuid;
CREATE FUNCTION access.setting_ids(name text) RETURNS uuid[] LANGUAGE sql STABLE PARALLEL SAFE
    RETURN string_to_array(COALESCE(current_setting(name, true), ''), ',')::uuid[];

-- The one round trip at the start of a request: the log-in must live; the scope is set for the transaction.
CREATE FUNCTION access.enter(asking uuid, by_login uuid) RETURNS TABLE (roles jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE held jsonb; names text[];
BEGIN
    PERFORM 1 FROM access.users u WHERE u.id = asking AND u.is_active AND (by_login IS NULL OR EXISTS (
        SELECT FROM access.logins l WHERE l.id = by_login AND l.user_id = asking AND l.ended_at IS NULL AND l.expires_at > now()));
    IF NOT FOUND THEN RETURN; END IF;
    SELECT COALESCE(jsonb_agg(jsonb_build_object('role', r.role, 'organisation_id', r.organisation_id)), '[]'),
           COALESCE(array_agg(r.role), '{}')
      INTO held, names
      FROM access.role_assignments r
     WHERE r.user_id = asking AND r.since <= now() AND (r.until IS NULL OR r.until > now());
    PERFORM set_config('trama.user_id', asking::text, true),
            set_config('trama.bodies', (SELECT COALESCE(string_agg(DISTINCT p->>'organisation_id', ','), '')
                FROM jsonb_array_elements(held) p), true),
            set_config('trama.case_bodies', (SELECT COALESCE(string_agg(p->>'organisation_id', ','), '')
                FROM jsonb_array_elements(held) p WHERE p->>'role' = 'coordinator'), true),
            set_config('trama.registry_bodies', (SELECT COALESCE(string_agg(p->>'organisation_id', ','), '')
                FROM jsonb_array_elements(held) p WHERE p->>'role' IN ('coordinator', 'social_worker', 'case_manager')), true),
            set_config('trama.reads_log', CASE WHEN 'dpo' = ANY (names) THEN 'yes' ELSE '' END, true),
            set_config('trama.reads_ledger',
                CASE WHEN names && '{accounting_officer,spending_officer}' THEN 'yes' ELSE '' END, true);
    RETURN QUERY SELECT held;
END $$;

-- Grounds are kept through these two functions alone; the rooms above call them when a team or a service changes.
CREATE FUNCTION access.give_ground(new_id uuid, holder_user uuid, in_body uuid, holder_organisation uuid, on_case uuid, on_person uuid,
                                   of_kind text, of_component text, from_source uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO access.grounds (id, user_id, body_id, organisation_id, case_id, person_id, kind, component, source_id)
    VALUES (new_id, holder_user, in_body, holder_organisation, on_case, on_person, of_kind, of_component, from_source)
$$;
CREATE FUNCTION access.end_grounds(from_source uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    UPDATE access.grounds SET until = now() WHERE source_id = from_source AND until IS NULL
$$;

-- Grounds are live at the statement's time: now() is the transaction's, and one that waited for another would miss what
-- the other gave, and keep what it took.
CREATE VIEW access.my_cases WITH (security_invoker = true) AS
    SELECT case_id FROM access.grounds
    WHERE case_id IS NOT NULL AND kind <> 'provider' AND since <= statement_timestamp() AND (until IS NULL OR until > statement_timestamp());
CREATE VIEW access.my_people WITH (security_invoker = true) AS
    SELECT person_id FROM access.grounds
    WHERE kind <> 'provider' AND since <= statement_timestamp() AND (until IS NULL OR until > statement_timestamp());
CREATE FUNCTION access.ground_on_case(asked uuid) RETURNS text LANGUAGE sql STABLE
    RETURN (SELECT kind FROM access.grounds
            WHERE case_id = asked AND since <= statement_timestamp() AND (until IS NULL OR until > statement_timestamp())
            ORDER BY array_position(ARRAY['manager', 'team', 'provider', 'service'], kind) LIMIT 1);
"""

LOG = """
CREATE FUNCTION audit.queue_event() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN INSERT INTO audit.unsealed (event_id) VALUES (NEW.id); RETURN NEW; END $$;
CREATE TRIGGER queue_event BEFORE INSERT ON audit.events FOR EACH ROW EXECUTE FUNCTION audit.queue_event();
"""

SAME_ACT = """
-- People are named with their event, in its own transaction; nobody is added to an event that is told already.
CREATE FUNCTION audit.refuse_later_people() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM audit.unsealed u WHERE u.event_id = NEW.event_id
                   AND u.transaction_id = pg_current_xact_id()::text::bigint) THEN
        RAISE EXCEPTION 'people are named with their event' USING ERRCODE = 'integrity_constraint_violation',
              CONSTRAINT = 'event_is_told';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER refuse_later_people AFTER INSERT ON audit.event_people FOR EACH ROW EXECUTE FUNCTION audit.refuse_later_people();
"""

HISTORY = """
-- The service records facts now and withdraws them now: history is not its to write.
CREATE FUNCTION cases.keep_history() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF current_user <> 'trama_runtime' THEN RETURN NEW; END IF;
    IF TG_OP = 'INSERT' THEN
        NEW.recorded_at := now();
        NEW.superseded_at := NULL;
    ELSIF NEW.superseded_at IS DISTINCT FROM OLD.superseded_at THEN
        IF OLD.superseded_at IS NOT NULL THEN
            RAISE EXCEPTION 'a withdrawn fact stays withdrawn' USING ERRCODE = 'integrity_constraint_violation',
                  CONSTRAINT = 'fact_is_withdrawn';
        END IF;
        NEW.superseded_at := now();
    END IF;
    RETURN NEW;
END $$;
"""

FREEZE = """
-- The content of a project freezes at approval: its goals and supports, and its own words.
CREATE FUNCTION cases.refuse_frozen() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE touched uuid := CASE WHEN TG_OP = 'DELETE' THEN OLD.version_id ELSE NEW.version_id END;
BEGIN
    IF (SELECT status FROM cases.project_versions WHERE id = touched) IS DISTINCT FROM 'draft' THEN
        RAISE EXCEPTION 'the content of an approved version is frozen' USING ERRCODE = 'integrity_constraint_violation',
              CONSTRAINT = 'project_is_frozen';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER refuse_frozen BEFORE INSERT OR UPDATE OR DELETE ON cases.goals FOR EACH ROW EXECUTE FUNCTION cases.refuse_frozen();
CREATE TRIGGER refuse_frozen BEFORE INSERT OR UPDATE OR DELETE ON cases.supports FOR EACH ROW EXECUTE FUNCTION cases.refuse_frozen();
CREATE FUNCTION cases.refuse_frozen_words() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
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
CREATE TRIGGER refuse_frozen BEFORE UPDATE ON cases.project_versions FOR EACH ROW EXECUTE FUNCTION cases.refuse_frozen_words();
"""

BALANCES = """
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
CREATE FUNCTION budget.begin_at_zero() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN NEW.committed := 0; RETURN NEW; END $$;
CREATE TRIGGER begin_at_zero BEFORE INSERT ON budget.lines FOR EACH ROW EXECUTE FUNCTION budget.begin_at_zero();
CREATE FUNCTION budget.begin_allocation_at_zero() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN NEW.committed := 0; NEW.liquidated := 0; RETURN NEW; END $$;
CREATE TRIGGER begin_at_zero BEFORE INSERT ON budget.allocations FOR EACH ROW EXECUTE FUNCTION budget.begin_allocation_at_zero();
"""

IN_SIGHT = "ANY (ARRAY(SELECT case_id FROM access.my_cases))"
PROVIDED = """ANY (ARRAY(SELECT case_id FROM access.grounds
    WHERE kind = 'provider' AND since <= statement_timestamp() AND (until IS NULL OR until > statement_timestamp())))"""
READS_LEDGER = "current_setting('trama.reads_ledger', true) = 'yes'"
READS_LOG = "current_setting('trama.reads_log', true) = 'yes'"
# Tables that a SECURITY DEFINER function of ours touches: forced row-level security binds the owner too.
TOUCHED_BY_OWNER = ("access.grounds", "budget.lines", "budget.commitments", "budget.liquidations")


def _protect(table: str) -> None:
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def _policy(table: str, condition: str, *, role: str = "trama_runtime", name: str = "in_sight", kind: str = "ALL",
            check: str | None = None) -> None:  # fmt: skip
    using = "" if kind == "INSERT" else f"USING ({condition})"
    with_check = f"WITH CHECK ({check or condition})" if kind in ("ALL", "INSERT", "UPDATE") else ""
    op.execute(f"CREATE POLICY {name} ON {table} FOR {kind} TO {role} {using} {with_check}")


def upgrade() -> None:
    """Put up the guards."""
    for role, options in ROLES.items():
        op.execute(f"""DO $$ BEGIN CREATE ROLE {role} {options};
            EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$""")
    op.execute("GRANT trama_figures TO trama_runtime")
    for schema in SCHEMAS:
        op.execute(f"GRANT USAGE ON SCHEMA {schema} TO trama_runtime, trama_worker, trama_figures")
    for part in (SCOPE, LOG, SAME_ACT, HISTORY, FREEZE, BALANCES):
        op.execute(part)
    for table in FACTS:
        op.execute(f"""CREATE TRIGGER keep_history BEFORE INSERT OR UPDATE ON {table}
                   FOR EACH ROW EXECUTE FUNCTION cases.keep_history()""")
    op.execute(
        """DO $$ BEGIN EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database()); END $$"""
    )
    op.execute("REVOKE ALL ON ALL FUNCTIONS IN SCHEMA access, audit, budget, cases FROM PUBLIC")
    op.execute("GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA access TO trama_runtime")
    op.execute("GRANT EXECUTE ON FUNCTION access.setting_id, access.setting_ids TO trama_figures, trama_worker")
    for role, grants in (("trama_runtime", GRANTS), ("trama_worker", WORKER_GRANTS)):
        for table, rights in grants.items():
            op.execute(f"GRANT {rights} ON {table} TO {role}")
    for table, columns in FIGURES_COLUMNS.items():
        op.execute(f"GRANT SELECT ({columns}) ON {table} TO trama_figures")
    _rows()


def _rows() -> None:
    _protect("access.grounds")
    _policy(
        "access.grounds",
        """(user_id = access.setting_id('trama.user_id') AND body_id = ANY (access.setting_ids('trama.bodies')))
        OR (kind = 'service' AND organisation_id = ANY (access.setting_ids('trama.case_bodies')))
        OR (kind = 'registry' AND organisation_id = ANY (access.setting_ids('trama.registry_bodies')))""",
        kind="SELECT",
    )
    _protect("web.idempotency_keys")
    _policy("web.idempotency_keys", "user_id = access.setting_id('trama.user_id')", name="mine")
    _policy("web.idempotency_keys", "true", role="trama_worker", name="cleaning")
    for table in ("audit.events", "audit.event_people"):
        _protect(table)
        _policy(table, "true", name="written", kind="INSERT")
        _policy(table, READS_LOG, name="read", kind="SELECT")
        _policy(table, "true", role="trama_worker", name="sealed", kind="SELECT")
    _protect("people.persons")
    _policy("people.persons", "id = ANY (ARRAY(SELECT person_id FROM access.my_people))")
    for table in ("identity.identities", "identity.identifiers"):
        _protect(table)
        _policy(table, "person_id = ANY (ARRAY(SELECT person_id FROM access.my_people))")
    _protect("cases.cases")
    _policy("cases.cases", f"id = {IN_SIGHT} OR id = {PROVIDED}")
    for table in OF_A_CASE:
        _protect(table)
        in_sight = f"case_id = {IN_SIGHT}"
        if table == "cases.interventions":
            in_sight += f" OR (recorded_by = access.setting_id('trama.user_id') AND case_id = {PROVIDED})"
        # Entries of the ledger are written by those who keep it, lines by those who build the project's budget.
        is_entry = table in ("budget.commitments", "budget.liquidations")
        _policy(table, in_sight, kind="SELECT" if is_entry else "ALL")
        if table in LEDGER:
            _policy(table, READS_LEDGER, name="ledger", kind="ALL" if is_entry else "SELECT")
    for table in FIGURES_COLUMNS:
        if table == "cases.cases" or table in OF_A_CASE:
            _policy(table, "true", role="trama_figures", name="figures", kind="SELECT")
    for table in TOUCHED_BY_OWNER:
        _policy(table, "true", role="CURRENT_USER", name="guards")


def downgrade() -> None:
    """Take the guards down; the roles stay, since they belong to the server and other databases may use them."""
    for table in ("access.grounds", "web.idempotency_keys", "audit.events", "audit.event_people", "people.persons",
                  "identity.identities", "identity.identifiers", "cases.cases", *OF_A_CASE):  # fmt: skip
        op.execute(f"""DO $$ DECLARE p record; BEGIN
            FOR p IN SELECT policyname FROM pg_policies WHERE schemaname || '.' || tablename = '{table}' LOOP
                EXECUTE format('DROP POLICY %I ON {table}', p.policyname); END LOOP; END $$""")
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    op.execute("DROP VIEW access.my_cases, access.my_people")
    for trigger, table in (
        *(("keep_history", table) for table in FACTS), ("refuse_later_people", "audit.event_people"),
        ("queue_event", "audit.events"), ("refuse_frozen", "cases.goals"), ("refuse_frozen", "cases.supports"),
        ("refuse_frozen", "cases.project_versions"), ("add_commitment", "budget.commitments"),
        ("add_liquidation", "budget.liquidations"), ("begin_at_zero", "budget.lines"), ("begin_at_zero", "budget.allocations"),
    ):  # fmt: skip
        op.execute(f"DROP TRIGGER {trigger} ON {table}")
    op.execute("""DROP FUNCTION access.enter, access.give_ground, access.end_grounds, access.ground_on_case,
        access.setting_id, access.setting_ids, audit.queue_event, audit.refuse_later_people, cases.keep_history,
        cases.refuse_frozen, cases.refuse_frozen_words,
        budget.add_commitment, budget.add_liquidation, budget.begin_at_zero, budget.begin_allocation_at_zero""")
    op.execute("""DO $$ BEGIN EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO PUBLIC', current_database()); END $$""")
    for role in ROLES:
        for schema in SCHEMAS:
            op.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {role}")
            op.execute(f"REVOKE ALL ON SCHEMA {schema} FROM {role}")
    for table, columns in FIGURES_COLUMNS.items():
        op.execute(f"REVOKE SELECT ({columns}) ON {table} FROM trama_figures")
