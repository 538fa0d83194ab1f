"""Migrations go up and down, equal the models, and leave no table of a case or a person without its guard."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import util
from itertools import count
from types import ModuleType

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, NullPool, create_engine, make_url, text

from service import installation, postgres
from service.installation import MIGRATIONS, OWNER, RUNTIME, WORKER, Urls
from service.models import METADATA, SCHEMAS
from tests.fences import rights
from tests.fences.catalog import GUARDS, TABLES, contents

UNGUARDED = {
    "cases.dwellings",
    "cases.judgement_scales",
    "cases.programme_groups",
    "cases.programmes",
    "budget.allocation_changes",
    "budget.allocations",
    "budget.totals",
    "budget.funds",
    "cases.instruments",
    "cases.calls",
    "cases.rankings",
    "budget.statements",
    "budget.statement_approvals",
}
"""Tables of the schemas below that tell of nobody: definitions, calls, dwellings without their guests, and money before it
is tied to a case."""
_names = count(1)


def revision(slug: str) -> ModuleType:
    """A migration, as a module."""
    spec = util.spec_from_file_location(slug, MIGRATIONS / "versions" / f"{slug}.py")
    assert spec is not None
    assert spec.loader is not None
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def empty(server: postgres.Server, new_database: Callable[[], Urls]) -> Urls:
    """A database as an installation finds it: nothing in it."""
    name, known = f"empty{next(_names)}", new_database()
    installation.prepare(server.url("postgres", "secret", "postgres"), "secret", name)
    return Urls(*(_of_database(url, name) for url in (known.runtime, known.worker, known.owner or "")))


def _of_database(url: str, name: str) -> str:
    return make_url(url).set(database=name).render_as_string(hide_password=False)


@contextmanager
def owner_of(urls: Urls) -> Iterator[Connection]:
    """A connection as the owner; what it does is kept."""
    engine = create_engine(urls.owner or "")
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def whole(urls: Urls) -> dict[str, set[str]]:
    """Everything in a database."""
    with owner_of(urls) as connection:
        return contents(connection, TABLES | GUARDS)


def test_migrations_go_up_down_and_up_again_to_the_same_schema(empty: Urls) -> None:
    nothing = whole(empty)
    installation.migrate(empty)
    once = whole(empty)
    assert all(once.values())
    installation.downgrade(empty.owner or "", "base")
    assert whole(empty) == nothing
    installation.migrate(empty)
    assert whole(empty) == once


def test_every_migration_goes_down_to_where_it_came_from(empty: Urls) -> None:
    steps = sorted(file.name[:4] for file in (MIGRATIONS / "versions").glob("*.py"))
    assert steps == [f"{number:04d}" for number in range(1, len(steps) + 1)]
    before = []
    for step in steps:
        before.append(whole(empty))
        installation.migrate(empty, step)
    for step, known in zip(("base", *steps)[-2::-1], reversed(before), strict=True):
        installation.downgrade(empty.owner or "", step)
        assert whole(empty) == known


def test_migrating_twice_changes_nothing(empty: Urls) -> None:
    installation.migrate(empty)
    once = whole(empty)
    installation.migrate(empty)
    assert whole(empty) == once


def test_alembic_finds_no_difference_between_migrations_and_models(urls: Urls) -> None:
    options = {
        "include_schemas": True, "compare_type": True, "compare_server_default": True,
        "include_name": lambda name, kind, _: name in SCHEMAS if kind == "schema" else True,
    }  # fmt: skip
    with owner_of(urls) as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts=options), METADATA) == []


def test_migrations_make_the_very_tables_that_the_models_declare(urls: Urls, empty: Urls) -> None:
    with owner_of(empty) as connection:
        for extension in ("btree_gist", "pg_trgm", "unaccent"):
            connection.execute(text(f"CREATE EXTENSION {extension}"))
        for schema in SCHEMAS:
            connection.execute(text(f"CREATE SCHEMA {schema}"))
        connection.execute(text(revision("0005_people").PLAIN))  # an index rests on it
        METADATA.create_all(connection)
    with owner_of(urls) as migrated, owner_of(empty) as declared:
        assert contents(migrated, TABLES) == contents(declared, TABLES)


def test_every_table_of_a_case_or_a_person_has_forced_row_level_security(urls: Urls) -> None:
    query = """
        SELECT n.nspname || '.' || c.relname AS name, c.relrowsecurity AND c.relforcerowsecurity AS is_guarded,
               n.nspname IN ('cases', 'people', 'identity', 'budget') OR EXISTS (
                   SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname IN ('case_id', 'person_id')
               ) AS tells_of_somebody
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind = 'r' AND n.nspname = ANY (:schemas)"""
    with owner_of(urls) as connection:
        rows = list(connection.execute(text(query), {"schemas": list(SCHEMAS)}))
    assert {row.name for row in rows if row.tells_of_somebody and not row.is_guarded} == UNGUARDED


def test_views_run_with_the_rights_of_who_asks(urls: Urls) -> None:
    query = """
        SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind = 'v' AND n.nspname = ANY (:schemas)
          AND NOT COALESCE('security_invoker=true' = ANY (c.reloptions), false)"""
    with owner_of(urls) as connection:
        assert list(connection.scalars(text(query), {"schemas": list(SCHEMAS)})) == []


@pytest.mark.parametrize(("role", "named"), [(RUNTIME, "GRANTS"), (WORKER, "WORKER_GRANTS")])
def test_a_role_holds_what_is_listed_and_nothing_else(urls: Urls, role: str, named: str) -> None:
    granted = getattr(revision("0002_guards"), named) | getattr(rights, named)
    query = """
        SELECT n.nspname || '.' || c.relname AS name, one.privilege_type AS privilege, '' AS columns
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, aclexplode(c.relacl) one
        WHERE one.grantee = CAST(:role AS regrole)
        UNION ALL
        SELECT n.nspname || '.' || c.relname, one.privilege_type, string_agg(a.attname, ', ')
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace,
             aclexplode(a.attacl) one
        WHERE one.grantee = CAST(:role AS regrole) GROUP BY 1, 2"""
    with owner_of(urls) as connection:
        rows = list(connection.execute(text(query), {"role": role}))
    held: dict[str, set[str]] = {}
    for row in rows:
        held.setdefault(row.name, set()).update(
            f"{row.privilege} {column}".strip() for column in row.columns.split(", ")
        )
    assert held == {table: _rights(words) for table, words in granted.items() if table not in rights.DROPPED}


def _rights(words: str) -> set[str]:
    whole_table, _, columns = words.partition(" (")
    names = [right.strip() for right in whole_table.split(",")]
    if not columns:
        return set(names)
    of_columns = names.pop()
    return {*names, *(f"{of_columns} {column.strip()}" for column in columns.rstrip(")").split(","))}


def test_functions_that_run_as_the_owner_are_few_listed_and_pinned_to_a_search_path(urls: Urls) -> None:
    query = """
        SELECT n.nspname || '.' || p.proname AS name, p.proconfig::text AS settings
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE p.prosecdef AND n.nspname = ANY (:schemas)"""
    with owner_of(urls) as connection:
        rows = list(connection.execute(text(query), {"schemas": list(SCHEMAS)}))
    assert {row.name for row in rows} == {
        "access.enter", "access.give_ground", "access.end_grounds", "audit.queue_event", "audit.refuse_later_people",
        "budget.add_to_total", "budget.change_allocation", "budget.plan_line", "budget.post_entry",
        "identity.renew_exclusive", "people.sight",
        "people.is_protected", "people.household_sight", "people.named", "people.resembling", "people.desks",
        "access.share_grounds", "access.end_person_grounds",
        "cases.keep_guests", "cases.occupancy", "cases.provided_from", "cases.take_place",
        "cases.withdraw_results",
        "worklist.enter_by_feed",
        "budget.approve_statement", "budget.hold_allocation",
    }  # fmt: skip
    assert {row.settings for row in rows} == {
        '{"search_path=pg_catalog, pg_temp"}'
    }  # temporary things last: nobody's type runs as the owner


def test_nobody_makes_temporary_things(server: postgres.Server, urls: Urls) -> None:
    # Asked of the database that was migrated: a copy does not take over what was granted on the database itself.
    with create_engine(server.url(OWNER, "secret", "template"), poolclass=NullPool).connect() as connection:
        for role in ("trama_runtime", "trama_worker", "trama_figures"):
            assert not connection.scalar(text(f"SELECT has_database_privilege('{role}', current_database(), 'TEMP')"))


def test_the_tables_belong_to_the_owner_who_is_not_the_service(urls: Urls) -> None:
    query = "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = ANY (:schemas)"
    with owner_of(urls) as connection:
        assert list(connection.scalars(text(query), {"schemas": list(SCHEMAS)})) == [OWNER]
