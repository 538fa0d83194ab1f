"""What a migration puts around a table that tells of a case or a person: rights, row-level security, history.

Migrations that have landed call these: what they do to a table does not change. A new need is a new function.
"""

from alembic import op

MY_CASES = "ANY (ARRAY(SELECT case_id FROM access.my_cases))"
MY_PEOPLE = "ANY (ARRAY(SELECT person_id FROM access.my_people))"
OF_MY_CASES = f"case_id = {MY_CASES}"
PROVIDED = """ANY (ARRAY(SELECT case_id FROM access.grounds
    WHERE kind = 'provider' AND since <= statement_timestamp() AND (until IS NULL OR until > statement_timestamp())))"""
SUPERSEDED = "superseded_at, superseded_by, supersede_reason"


def grant(table: str, rights: str, role: str = "trama_runtime") -> None:
    """Let a role of ours touch a table: `rights` as GRANT wants them."""
    op.execute(f"GRANT {rights} ON {table} TO {role}")


def protect(table: str, in_sight: str) -> None:
    """Forced row-level security: the service sees and writes the rows for which the condition holds."""
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    policy(table, "in_sight", in_sight)


def policy(table: str, name: str, condition: str, *, kind: str = "ALL", role: str = "trama_runtime") -> None:
    """One policy more for a protected table."""
    using = "" if kind == "INSERT" else f"USING ({condition})"
    check = f"WITH CHECK ({condition})" if kind in ("ALL", "INSERT", "UPDATE") else ""
    op.execute(f"CREATE POLICY {name} ON {table} FOR {kind} TO {role} {using} {check}")


def guard_fact(table: str, *, also_updates: str = "", figures: str = "") -> None:
    """A fact of a case (a table of `Recorded`): read and added by who sees the case, withdrawn with a reason, never changed.

    `also_updates`: other columns that may change (`to_on`, say). `figures`: the columns that measures may read.
    """
    columns = f"{also_updates}, {SUPERSEDED}" if also_updates else SUPERSEDED
    grant(table, f"SELECT, INSERT, UPDATE ({columns})")
    protect(table, OF_MY_CASES)
    op.execute(f"""CREATE TRIGGER keep_history BEFORE INSERT OR UPDATE ON {table}
               FOR EACH ROW EXECUTE FUNCTION cases.keep_history()""")
    if figures:
        show_figures(table, figures)


def guard_part(table: str, rights: str = "SELECT, INSERT", *, figures: str = "") -> None:
    """A part of something of a case: it lives and is withdrawn with what it belongs to."""
    grant(table, rights)
    protect(table, OF_MY_CASES)
    if figures:
        show_figures(table, figures)


def show_figures(table: str, columns: str, *, is_protected: bool = True) -> None:
    """Let measures read these columns: codes, days, numbers and opaque ids, never a narrative or a name."""
    grant(table, f"SELECT ({columns})", "trama_figures")
    if is_protected:
        policy(table, "figures", "true", kind="SELECT", role="trama_figures")
