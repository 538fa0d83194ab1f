"""What a database is made of, as comparable text: every table, column, constraint, index, policy, function and grant."""

from typing import Any

from sqlalchemy import Connection, text

_OURS = "NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND n.nspname NOT LIKE 'pg_%'"
_RELATION = "n.nspname || '.' || c.relname"
_NOT_OF_AN_EXTENSION = "NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = {oid} AND d.deptype = 'e')"


def _granted(acl: str, owner: str, kind: str) -> str:
    """What others than the owner hold: the rights written down, or those that PostgreSQL gives by itself."""
    rights = f"SELECT DISTINCT * FROM aclexplode(COALESCE({acl}, acldefault('{kind}', {owner})))"
    words = "one.grantee || '=' || one.privilege_type"
    return f"""COALESCE((SELECT string_agg({words}, ' ' ORDER BY {words}) FROM ({rights}) one
        WHERE one.grantee <> {owner}), '')"""


TABLES = {
    "column": f"""
        SELECT {_RELATION} || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
               || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END
               || COALESCE(' default ' || pg_get_expr(d.adbin, d.adrelid), '')
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind = 'r' AND n.nspname {_OURS}""",
    "constraint": f"""
        SELECT {_RELATION} || ' ' || k.conname || ' ' || pg_get_constraintdef(k.oid)
        FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE k.contype <> 'n' AND n.nspname {_OURS}""",
    "index": """
        SELECT indexdef FROM pg_indexes
        WHERE schemaname NOT IN ('pg_catalog', 'information_schema') AND schemaname NOT LIKE 'pg_%'""",
}
"""What the models declare."""
GUARDS = {
    "schema": f"""
        SELECT n.nspname || ' ' || {_granted('n.nspacl', 'n.nspowner', 'n')} FROM pg_namespace n
        WHERE n.nspname {_OURS}""",
    "relation": f"""
        SELECT {_RELATION} || ' ' || c.relkind::text || ' ' || c.relrowsecurity || c.relforcerowsecurity || ' '
               || {_granted('c.relacl', 'c.relowner', 'r')}
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'v', 'S') AND n.nspname {_OURS}""",
    "column grant": f"""
        SELECT {_RELATION} || '.' || a.attname || ' '
               || (SELECT string_agg(one::text, ' ' ORDER BY one::text) FROM unnest(a.attacl) one)
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE a.attacl IS NOT NULL AND a.attnum > 0 AND n.nspname {_OURS}""",
    "view": "SELECT schemaname || '.' || viewname || ' ' || definition FROM pg_views "
            "WHERE schemaname NOT IN ('pg_catalog', 'information_schema')",
    "policy": "SELECT concat_ws(' ', schemaname, tablename, policyname, cmd, roles, qual, with_check) FROM pg_policies",
    "function": f"""
        SELECT pg_get_functiondef(p.oid) || ' ' || {_granted('p.proacl', 'p.proowner', 'f')}
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE n.nspname {_OURS} AND {_NOT_OF_AN_EXTENSION.format(oid='p.oid')}""",
    "trigger": f"""
        SELECT pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace WHERE NOT t.tgisinternal AND n.nspname {_OURS}""",
}  # fmt: skip
"""What the migrations put around it."""


def contents(connection: Connection, parts: dict[str, str]) -> dict[str, set[str]]:
    """Kind -> everything of that kind in the database, the migrations' own table apart."""
    return {kind: {line for line in _lines(connection, query) if "alembic_version" not in line}
            for kind, query in parts.items()}  # fmt: skip


def _lines(connection: Connection, query: str) -> list[Any]:
    return [str(line) for line in connection.scalars(text(query))]
