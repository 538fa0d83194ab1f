"""The registry over time: identifiers, residences, merges, special protection, households, guardians

Names are searched, and codes asked for, through functions that run as the owner: a policy would hide the trigram index,
and what lies out of sight may only be told as "ask that desk". Each filters by `people.sight()`, as the policies do.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import guards

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

OF_A_PERSON = ("identity.guardians", "people.residences", "people.protections")
TOUCHED_BY_OWNER = (
    "identity.identities", "identity.identifiers", "people.merges", "people.protections", "people.households",
    "people.household_members",
)  # fmt: skip
WITH_HISTORY = (*OF_A_PERSON, "identity.identifiers", "people.merges", "people.household_members")
MINE = f"person_id = {guards.MY_PEOPLE}"
MY_HOUSEHOLDS = "ANY (ARRAY(SELECT people.household_sight()))"

PLAIN = """
-- A name as a search reads it: no accents, capitals, spaces, apostrophes, hyphens. Immutable as long as unaccent's rules are.
CREATE FUNCTION identity.plain(name text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    RETURN pg_catalog.translate(pg_catalog.lower(public.unaccent('public.unaccent'::regdictionary, name)), ' ''’`´.-', '');
"""

SIGHT = """
-- Whom the asking user may see: by grounds, as their policy has it, and whoever was found to be the same one. It runs as
-- the owner, since the policy of merges rests on it; the scope is read once, and not for each ground.
CREATE FUNCTION people.sight() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER ROWS 10000
    SET search_path = pg_catalog, pg_temp AS $$
    WITH scope AS MATERIALIZED (
        SELECT access.setting_id('trama.user_id') AS me, access.setting_ids('trama.bodies') AS bodies,
               access.setting_ids('trama.case_bodies') AS case_bodies,
               access.setting_ids('trama.registry_bodies') AS registry_bodies),
    held AS (
        SELECT g.* FROM access.grounds g WHERE g.user_id = (SELECT me FROM scope)
           AND g.body_id = ANY ((SELECT bodies FROM scope)::uuid[]) AND g.kind <> 'provider'
        UNION ALL
        SELECT g.* FROM access.grounds g
         WHERE g.organisation_id = ANY ((SELECT case_bodies FROM scope)::uuid[]) AND g.kind = 'service'
        UNION ALL
        SELECT g.* FROM access.grounds g
         WHERE g.organisation_id = ANY ((SELECT registry_bodies FROM scope)::uuid[]) AND g.kind = 'registry'),
    own AS (
        SELECT h.person_id FROM held h
        WHERE h.since <= statement_timestamp() AND (h.until IS NULL OR h.until > statement_timestamp())),
    merged AS (
        SELECT m.person_id FROM people.merges m
        WHERE m.superseded_at IS NULL
          AND (m.alias_id IN (SELECT o.person_id FROM own o) OR m.person_id IN (SELECT o.person_id FROM own o)))
    SELECT o.person_id FROM own o
    UNION ALL SELECT m.person_id FROM merged m
    UNION ALL SELECT m.alias_id FROM people.merges m JOIN merged USING (person_id) WHERE m.superseded_at IS NULL
$$;
CREATE OR REPLACE VIEW access.my_people WITH (security_invoker = true) AS
    SELECT seen AS person_id FROM people.sight() AS seen;

-- Everybody who is the same one as a person, the one first.
CREATE FUNCTION people.same_as(asked uuid) RETURNS SETOF uuid LANGUAGE sql STABLE AS $$
    WITH one AS (
        SELECT COALESCE((SELECT m.person_id FROM people.merges m WHERE m.alias_id = asked AND m.superseded_at IS NULL),
                        asked) AS id)
    SELECT id FROM one
    UNION ALL SELECT m.alias_id FROM people.merges m JOIN one ON m.person_id = one.id WHERE m.superseded_at IS NULL
$$;

-- The stricter wins: who is the same one as somebody protected is protected. Asked by policies about who is out of sight.
CREATE FUNCTION people.is_protected(asked uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM people.protections p
                   WHERE p.superseded_at IS NULL AND p.person_id IN (SELECT people.same_as(asked)))
$$;

-- Households with a member whom the asking user may see (where all were withdrawn, one of those), and those that they
-- have just begun to form.
CREATE FUNCTION people.household_sight() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
    SELECT m.household_id FROM people.household_members m
    WHERE m.person_id IN (SELECT people.sight())
      AND (m.superseded_at IS NULL OR NOT EXISTS (
          SELECT FROM people.household_members o WHERE o.household_id = m.household_id AND o.superseded_at IS NULL))
    UNION
    SELECT h.id FROM people.households h
    WHERE h.recorded_by = access.setting_id('trama.user_id')
      AND NOT EXISTS (SELECT FROM people.household_members m WHERE m.household_id = h.id)
$$;
"""

SEARCHES = """
-- Who may be meant by a name, in sight: names that begin so first, then those spelt alike; each one once. First the trigram
-- index, then sight: left to itself the planner goes the other way round.
CREATE FUNCTION people.named(family text, given text, born date, at_most integer)
RETURNS TABLE (person_id uuid, place bigint) LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    asked text := identity.plain(family);
    beginning text := regexp_replace(asked, '([\\\\%_])', '\\\\\\1', 'g') || '%';
    asked_given text := COALESCE(identity.plain(given), '');
BEGIN
    IF asked = '' THEN RETURN; END IF;
    RETURN QUERY
    WITH near AS MATERIALIZED (
        SELECT i.person_id, i.family_name, i.given_name FROM identity.identities i
        WHERE (identity.plain(i.family_name) LIKE beginning OR identity.plain(i.family_name) OPERATOR(public.%) asked)
          AND i.superseded_at IS NULL AND (born IS NULL OR i.birth_date = born)),
    known AS (
        SELECT n.person_id, n.family_name, n.given_name,
               starts_with(identity.plain(n.family_name), asked)
                   AND starts_with(identity.plain(n.given_name), asked_given) AS begins_so,
               public.similarity(identity.plain(n.family_name), asked) AS family_likeness,
               CASE WHEN starts_with(identity.plain(n.given_name), asked_given) THEN 1
                    ELSE public.similarity(identity.plain(n.given_name), asked_given) END AS given_likeness
        FROM near n WHERE n.person_id IN (SELECT people.sight())),
    alike AS (
        SELECT COALESCE(m.person_id, k.person_id) AS person_id, k.begins_so, k.family_name, k.given_name,
               k.family_likeness + k.given_likeness AS likeness
        FROM known k LEFT JOIN people.merges m ON m.alias_id = k.person_id AND m.superseded_at IS NULL
        WHERE k.begins_so OR (k.family_likeness >= 0.3 AND k.given_likeness >= 0.3)),
    best AS (
        SELECT DISTINCT ON (a.person_id) a.* FROM alike a ORDER BY a.person_id, a.begins_so DESC, a.likeness DESC)
    SELECT b.person_id,
           row_number() OVER (ORDER BY b.begins_so DESC, CASE WHEN NOT b.begins_so THEN -b.likeness END,
                              b.family_name, b.given_name, b.person_id)
    FROM best b ORDER BY 2 LIMIT at_most;
END $$;

-- Who in sight could be the person described. `days`: the birth date, then those one digit off; empty if it isn't known.
-- Likeness is of both names together, so that their order doesn't matter; without a birth date it must be greater. One
-- wrong letter spoils three trigrams: names of eight letters keep 7 of 13 (0.53), those of ten 9 of 15 (0.60).
CREATE FUNCTION people.resembling(family text, given text, days date[], codes bytea[], apart uuid[], at_most integer)
RETURNS SETOF uuid LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    asked_family text := identity.plain(family);
    asked_given text := identity.plain(given);
    is_born boolean := cardinality(days) > 0;
BEGIN
    RETURN QUERY
    WITH near AS MATERIALIZED (
        SELECT i.person_id, i.birth_date, i.family_name, i.given_name FROM identity.identities i
        WHERE i.birth_date = ANY (days) AND i.superseded_at IS NULL
        UNION ALL
        SELECT i.person_id, NULL, i.family_name, i.given_name FROM identity.identities i
        WHERE (identity.plain(i.family_name) OPERATOR(public.%) asked_family
               OR identity.plain(i.family_name) OPERATOR(public.%) asked_given)
          AND (i.birth_date IS NULL OR NOT is_born) AND i.superseded_at IS NULL),
    found AS (
        SELECT n.person_id, n.birth_date IS NOT DISTINCT FROM days[1] AND is_born AS is_same_day,
               public.similarity(identity.plain(n.family_name) || ' ' || identity.plain(n.given_name),
                                 asked_family || ' ' || asked_given) AS likeness
        FROM near n
        UNION ALL
        SELECT c.person_id, true, 2 FROM identity.identifiers c WHERE c.superseded_at IS NULL AND c.plain_hash = ANY (codes))
    SELECT COALESCE(m.person_id, f.person_id)
    FROM found f LEFT JOIN people.merges m ON m.alias_id = f.person_id AND m.superseded_at IS NULL
    WHERE f.likeness >= CASE WHEN f.is_same_day THEN 0.4 ELSE 0.5 END
      AND f.person_id IN (SELECT people.sight()) AND NOT f.person_id = ANY (apart)
    GROUP BY 1 ORDER BY max(f.likeness) DESC, 1 LIMIT at_most;
END $$;

-- Whether anybody has this code, and the bodies to ask; nothing of the person. Who is protected has none, out of sight.
CREATE FUNCTION people.desks(code bytea) RETURNS TABLE (is_known boolean, bodies uuid[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH holders AS (
        SELECT c.person_id FROM identity.identifiers c
        WHERE c.exact_hash = code AND c.superseded_at IS NULL
          AND (NOT people.is_protected(c.person_id) OR c.person_id IN (SELECT people.sight())))
    SELECT EXISTS (SELECT FROM holders),
           ARRAY(SELECT DISTINCT g.organisation_id FROM access.grounds g
                 WHERE g.person_id IN (SELECT s FROM holders h, people.same_as(h.person_id) AS s)
                   AND g.kind IN ('registry', 'service') AND g.since <= statement_timestamp()
                   AND (g.until IS NULL OR g.until > statement_timestamp()) ORDER BY 1)
$$;
"""

TRIGGERS = """
-- Groups of merged persons are stars: who stands for others is nobody's alias. Locks in the order of ids.
CREATE FUNCTION people.refuse_chains() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM FROM people.persons p WHERE p.id IN (NEW.alias_id, NEW.person_id) ORDER BY p.id FOR UPDATE;
    IF EXISTS (SELECT FROM people.merges m WHERE m.superseded_at IS NULL
               AND (m.alias_id = NEW.person_id OR m.person_id = NEW.alias_id)) THEN
        RAISE EXCEPTION 'a merge of merges' USING ERRCODE = 'integrity_constraint_violation',
              CONSTRAINT = 'merge_makes_a_chain';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER refuse_chains BEFORE INSERT ON people.merges FOR EACH ROW EXECUTE FUNCTION people.refuse_chains();

CREATE FUNCTION identity.begin_exclusive() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    NEW.is_exclusive := NOT people.is_protected(NEW.person_id) AND NOT EXISTS (
        SELECT FROM identity.identifiers c WHERE c.person_id = NEW.person_id AND c.exact_hash = NEW.exact_hash
           AND c.superseded_at IS NULL AND c.is_exclusive);
    RETURN NEW;
END $$;
CREATE TRIGGER begin_exclusive BEFORE INSERT ON identity.identifiers FOR EACH ROW EXECUTE FUNCTION identity.begin_exclusive();

-- One row of a person's own keeps each code from others, and none does while the person is protected. A code that
-- somebody else was given meanwhile stays shared, until the two are merged or one gives it up.
CREATE FUNCTION identity.renew_exclusive() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE touched uuid[]; code record;
BEGIN
    touched := ARRAY(SELECT s FROM unnest(ARRAY[to_jsonb(NEW) ->> 'person_id', to_jsonb(NEW) ->> 'alias_id']) AS named,
                     people.same_as(named::uuid) AS s WHERE named IS NOT NULL);
    UPDATE identity.identifiers c SET is_exclusive = false
     WHERE c.person_id = ANY (touched) AND c.superseded_at IS NULL AND c.is_exclusive AND people.is_protected(c.person_id);
    FOR code IN
        SELECT DISTINCT ON (c.person_id, c.exact_hash) c.id FROM identity.identifiers c
         WHERE c.person_id = ANY (touched) AND c.superseded_at IS NULL AND NOT people.is_protected(c.person_id)
         ORDER BY c.person_id, c.exact_hash, c.is_exclusive DESC, c.id
    LOOP
        BEGIN
            UPDATE identity.identifiers c SET is_exclusive = true WHERE c.id = code.id AND NOT c.is_exclusive;
        EXCEPTION WHEN unique_violation THEN NULL;  -- shared, as said above
        END;
    END LOOP;
    RETURN NULL;
END $$;
CREATE TRIGGER renew_exclusive AFTER INSERT OR UPDATE ON people.protections FOR EACH ROW EXECUTE FUNCTION identity.renew_exclusive();
CREATE TRIGGER renew_exclusive AFTER INSERT OR UPDATE ON people.merges FOR EACH ROW EXECUTE FUNCTION identity.renew_exclusive();
CREATE TRIGGER renew_exclusive AFTER UPDATE OF superseded_at ON identity.identifiers FOR EACH ROW EXECUTE FUNCTION identity.renew_exclusive();
"""

FUNCTIONS = """people.sight, people.same_as, people.is_protected, people.household_sight, people.named,
    people.resembling, people.desks, people.refuse_chains, identity.plain, identity.begin_exclusive, identity.renew_exclusive"""
FOR_THE_SERVICE = """people.sight, people.same_as, people.is_protected, people.household_sight, people.named,
    people.resembling, people.desks, identity.plain"""


def _noted() -> list[sa.Column]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("superseded_by", sa.Uuid(), nullable=True),
        sa.Column("supersede_reason", sa.Text(), nullable=True),
    ]


def _of_person(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("person_id", sa.Uuid(), nullable=False),
        *_noted(),
        sa.ForeignKeyConstraint(["person_id"], ["people.persons.id"], name=f"fk_{table}_person_id"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
    ]


def upgrade() -> None:
    """Make the tables, then the functions and the guards."""
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public")
    op.execute("CREATE EXTENSION IF NOT EXISTS unaccent WITH SCHEMA public")
    op.execute(PLAIN)
    _make_tables()
    _change_registry()
    for part in (SIGHT, SEARCHES, TRIGGERS):
        op.execute(part)
    op.execute("REVOKE ALL ON ALL FUNCTIONS IN SCHEMA people, identity FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {FOR_THE_SERVICE} TO trama_runtime")
    _guard()


def _make_tables() -> None:
    op.create_table(
        "residences",
        sa.Column("municipality", sa.Text(), nullable=True),
        sa.Column("from_on", sa.Date(), nullable=True),
        *_of_person("residences"),
        sa.CheckConstraint("municipality ~ '^[0-9]{6}$'", name=op.f("ck_residences_municipality")),
        schema="people",
    )
    op.create_index("ix_residences_person_id", "residences", ["person_id"], schema="people")
    op.create_index(
        "uq_residences_live", "residences", ["person_id", "from_on"], unique=True, schema="people",
        postgresql_where=sa.text("superseded_at IS NULL"), postgresql_nulls_not_distinct=True,
    )  # fmt: skip
    op.create_table(
        "merges",
        sa.Column("alias_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        *_of_person("merges"),
        sa.CheckConstraint("alias_id <> person_id", name=op.f("ck_merges_two_persons")),
        sa.ForeignKeyConstraint(["alias_id"], ["people.persons.id"], name="fk_merges_alias_id"),
        schema="people",
    )
    op.create_index("ix_merges_person_id", "merges", ["person_id"], schema="people")
    op.create_index("uq_merges_live", "merges", ["alias_id"], unique=True, schema="people",
                    postgresql_where=sa.text("superseded_at IS NULL"))  # fmt: skip
    op.create_table(
        "protections", sa.Column("reason", sa.Text(), nullable=False), *_of_person("protections"), schema="people"
    )
    op.create_index("ix_protections_person_id", "protections", ["person_id"], schema="people")
    op.create_index("uq_protections_live", "protections", ["person_id"], unique=True, schema="people",
                    postgresql_where=sa.text("superseded_at IS NULL"))  # fmt: skip
    _make_households()
    op.create_table(
        "guardians",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("guardian_id", sa.Uuid(), nullable=True),
        sa.Column("full_name", sa.LargeBinary(), nullable=True),
        sa.Column("phone", sa.LargeBinary(), nullable=True),
        sa.Column("email", sa.LargeBinary(), nullable=True),
        sa.Column("powers", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("may_sign", sa.Boolean(), nullable=False),
        sa.Column("court", sa.Text(), nullable=True),
        sa.Column("decree", sa.Text(), nullable=True),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("to_on", sa.Date(), nullable=True),
        *_of_person("guardians"),
        sa.CheckConstraint("num_nonnulls(guardian_id, full_name) <= 1", name=op.f("ck_guardians_one_identity")),
        sa.CheckConstraint("guardian_id <> person_id", name=op.f("ck_guardians_two_persons")),
        sa.CheckConstraint("from_on <= to_on", name=op.f("ck_guardians_in_order")),
        sa.CheckConstraint("from_on <= expires_on", name=op.f("ck_guardians_expiry_in_order")),
        sa.ForeignKeyConstraint(["guardian_id"], ["people.persons.id"], name="fk_guardians_guardian_id"),
        schema="identity",
    )
    op.create_index("ix_guardians_person_id", "guardians", ["person_id"], schema="identity")
    op.create_index("ix_guardians_expires_on", "guardians", ["expires_on"], schema="identity")


def _make_households() -> None:
    op.create_table(
        "households",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_households")),
        schema="people",
    )
    op.create_table(
        "household_members",
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("relationship", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        *_of_person("household_members"),
        postgresql.ExcludeConstraint(
            (sa.column("household_id"), "="),
            (sa.column("person_id"), "="),
            (sa.text("daterange(from_on, to_on, '[)')"), "&&"),
            where=sa.text("superseded_at IS NULL"),
            using="gist",
            name="ex_household_members_no_overlap",
        ),
        sa.CheckConstraint("from_on < to_on", name=op.f("ck_household_members_in_order")),
        sa.ForeignKeyConstraint(["household_id"], ["people.households.id"], name="fk_household_members_household_id"),
        schema="people",
    )
    op.create_index("ix_household_members_person_id", "household_members", ["person_id"], schema="people")
    op.create_index("ix_household_members_household_id", "household_members", ["household_id"], schema="people")


def _change_registry() -> None:
    """Codes get their time, residence its own table. Forced row-level security would hide the rows from the owner."""
    op.add_column(
        "identifiers", sa.Column("status", sa.Text(), server_default="unverified", nullable=False), schema="identity"
    )
    op.add_column("identifiers", sa.Column("valid_from", sa.Date(), nullable=True), schema="identity")
    op.add_column("identifiers", sa.Column("valid_to", sa.Date(), nullable=True), schema="identity")
    op.add_column(
        "identifiers",
        sa.Column("is_exclusive", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        schema="identity",
    )
    op.add_column("identifiers", sa.Column("superseded_by", sa.Uuid(), nullable=True), schema="identity")
    op.add_column("identifiers", sa.Column("supersede_reason", sa.Text(), nullable=True), schema="identity")
    op.create_check_constraint(
        op.f("ck_identifiers_status"),
        "identifiers",
        "status IN ('unverified', 'verified', 'provisional')",
        schema="identity",
    )
    op.create_check_constraint(
        op.f("ck_identifiers_in_order"), "identifiers", "valid_from <= valid_to", schema="identity"
    )
    op.drop_index("uq_identifiers_live", "identifiers", schema="identity")
    op.create_index(
        "uq_identifiers_live", "identifiers", ["exact_hash"], unique=True, schema="identity",
        postgresql_where=sa.text("superseded_at IS NULL AND is_exclusive"),
    )  # fmt: skip
    op.execute("""ALTER TABLE identity.identifiers ADD CONSTRAINT ex_identifiers_no_overlap EXCLUDE USING gist
        (person_id WITH =, exact_hash WITH =, daterange(valid_from, valid_to, '[]') WITH &&) WHERE (superseded_at IS NULL)""")
    op.create_index("ix_identities_birth_date", "identities", ["birth_date"], schema="identity")
    op.execute("""CREATE INDEX ix_identities_family_name ON identity.identities
        USING gin (identity.plain(family_name) public.gin_trgm_ops)""")
    op.execute("ALTER TABLE identity.identities NO FORCE ROW LEVEL SECURITY")
    op.execute("""INSERT INTO people.residences (id, person_id, municipality, recorded_at, recorded_by)
        SELECT gen_random_uuid(), i.person_id, i.municipality, i.recorded_at, i.recorded_by FROM identity.identities i
        WHERE i.superseded_at IS NULL AND i.municipality IS NOT NULL""")
    op.execute("ALTER TABLE identity.identities FORCE ROW LEVEL SECURITY")
    op.drop_column("identities", "municipality", schema="identity")


def _guard() -> None:
    corrected = f"SELECT, INSERT, UPDATE ({guards.SUPERSEDED})"
    for table in OF_A_PERSON:
        guards.protect(table, MINE)
    guards.protect("people.merges", f"{MINE} OR alias_id = {guards.MY_PEOPLE}")
    guards.protect("people.households", f"id = {MY_HOUSEHOLDS}")
    # A household may be formed before it is in sight: it is, for who forms it, until it has a member.
    guards.policy("people.households", "formed", "recorded_by = access.setting_id('trama.user_id')", kind="INSERT")
    guards.protect("people.household_members", f"household_id = {MY_HOUSEHOLDS} AND {MINE}")
    guards.policy(
        "people.household_members", "composition",
        f"household_id = {MY_HOUSEHOLDS} AND NOT people.is_protected(person_id)", kind="SELECT",
    )  # fmt: skip
    for table in WITH_HISTORY:
        op.execute(f"""CREATE TRIGGER keep_history BEFORE INSERT OR UPDATE ON {table}
                   FOR EACH ROW EXECUTE FUNCTION cases.keep_history()""")
    for table in TOUCHED_BY_OWNER:
        guards.policy(table, "guards", "true", role="CURRENT_USER")
    for table in ("people.residences", "people.protections", "people.merges"):
        guards.grant(table, corrected)
    guards.grant("people.households", "SELECT, INSERT")
    for table in ("people.household_members", "identity.guardians"):
        guards.grant(table, f"SELECT, INSERT, UPDATE (to_on, {guards.SUPERSEDED})")
    guards.grant("identity.identifiers", "UPDATE (valid_to, superseded_by, supersede_reason)")
    guards.show_figures("people.residences", "id, person_id, municipality, from_on, recorded_at, superseded_at")
    guards.show_figures("people.merges", "id, alias_id, person_id, recorded_at, superseded_at")
    guards.show_figures("people.households", "id, kind, recorded_at")
    guards.show_figures(
        "people.household_members",
        "id, household_id, person_id, relationship, from_on, to_on, recorded_at, superseded_at",
    )


def downgrade() -> None:
    """Back to the registry of one moment: only what is known now stays."""
    for table in ("identity.identities", "identity.identifiers"):
        op.execute(f"DROP POLICY guards ON {table}")
    op.execute("DROP TRIGGER keep_history ON identity.identifiers")
    op.execute("DROP TRIGGER begin_exclusive ON identity.identifiers")
    op.execute("DROP TRIGGER renew_exclusive ON identity.identifiers")
    op.execute("REVOKE UPDATE (valid_to, superseded_by, supersede_reason) ON identity.identifiers FROM trama_runtime")
    _restore_registry()
    for table in ("identity.guardians", "people.household_members", "people.households", "people.protections"):
        op.execute(f"DROP TABLE {table}")
    op.execute("""CREATE OR REPLACE VIEW access.my_people WITH (security_invoker = true) AS
        SELECT person_id FROM access.grounds
        WHERE kind <> 'provider' AND since <= statement_timestamp() AND (until IS NULL OR until > statement_timestamp())""")
    op.execute("DROP TABLE people.merges, people.residences")
    op.execute(f"DROP FUNCTION {FUNCTIONS}")


def _restore_registry() -> None:
    op.add_column("identities", sa.Column("municipality", sa.Text(), nullable=True), schema="identity")
    for table in ("identity.identities", "people.residences"):
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    op.execute("""UPDATE identity.identities i SET municipality = (
        SELECT r.municipality FROM people.residences r WHERE r.person_id = i.person_id AND r.superseded_at IS NULL
        ORDER BY r.from_on DESC NULLS LAST LIMIT 1) WHERE i.superseded_at IS NULL""")
    op.execute("ALTER TABLE identity.identities FORCE ROW LEVEL SECURITY")
    op.drop_index("ix_identities_family_name", "identities", schema="identity")
    op.drop_index("ix_identities_birth_date", "identities", schema="identity")
    op.execute("ALTER TABLE identity.identifiers DROP CONSTRAINT ex_identifiers_no_overlap")
    # A code has one live row there: the one that keeps it from others, or else the oldest.
    op.execute("ALTER TABLE identity.identifiers NO FORCE ROW LEVEL SECURITY")
    op.execute("""UPDATE identity.identifiers SET superseded_at = now() WHERE superseded_at IS NULL AND id NOT IN (
        SELECT DISTINCT ON (exact_hash) id FROM identity.identifiers WHERE superseded_at IS NULL
        ORDER BY exact_hash, is_exclusive DESC, id)""")
    op.execute("ALTER TABLE identity.identifiers FORCE ROW LEVEL SECURITY")
    op.drop_index("uq_identifiers_live", "identifiers", schema="identity")
    op.create_index("uq_identifiers_live", "identifiers", ["exact_hash"], unique=True, schema="identity",
                    postgresql_where="superseded_at IS NULL")  # fmt: skip
    for column in ("status", "valid_from", "valid_to", "is_exclusive", "superseded_by", "supersede_reason"):
        op.drop_column("identifiers", column, schema="identity")
