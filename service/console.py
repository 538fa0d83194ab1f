"""What the command line shows: tables, and a bar for long work."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from sqlalchemy.exc import OperationalError

from service.actor import Actor, AnonymousCaller
from service.config import Settings
from service.db import Database
from service.demo import making
from service.demo.ambito import operators
from service.indicators import queries
from service.indicators.models import Indicator
from service.indicators.values import Value, values

console = Console()


def unreachable(error: OperationalError) -> str:
    """Why there is no connection, and what a new database wants."""
    reason = str(error.orig).splitlines()[0]
    return f"the database does not answer, or refuses: {reason} (a new one is brought up with: trama migrate)"


def show_logins(chosen: Settings) -> None:
    """A table of who may log in."""
    table = Table(title="Log-ins of the demo")
    for name in ("user name", "password", "role", "body"):
        table.add_column(name, no_wrap=True)  # whole: they are there to be copied
    passwords = making.logins(chosen.home)
    for username, (role, body) in operators().items():
        table.add_row(username, passwords[username], role, body)
    console.print(table)


def show_values(database: Database[Actor], code: str, on: date, known_at: datetime) -> None:
    """The table of a plan's indicators that case records feed."""
    with database.transaction(AnonymousCaller()) as (session, _):
        plan = queries.plan(session, code)
        rows = queries.indicators(session, plan.id)
        found = values(session, plan, rows, on, known_at)
    table = Table(title=f"{plan.title} — {plan.ambito}, on {on}")
    for name, justify in (("code", "left"), ("statement", "left"), ("expected", "right"), ("value", "right"),
                          ("num/den", "right"), ("missing", "right")):  # fmt: skip
        table.add_column(name, justify=justify)  # type: ignore[arg-type]
    for row in rows:
        if row.code in found:
            table.add_row(*_cells(row, found[row.code]))
    console.print(table)


def _cells(row: Indicator, value: Value) -> Iterator[str]:
    unit = " %" if row.value_type == "percentage" else ""
    yield row.code
    yield row.statement
    yield "" if row.expected is None else f"{row.expected.normalize():f}{unit}"
    yield "–" if value.value is None else f"{value.value.normalize():f}{unit}"
    yield str(value.numerator) if value.denominator is None else f"{value.numerator}/{value.denominator}"
    yield "" if value.missing is None else str(value.missing)


@contextmanager
def progress(title: str) -> Iterator[Callable[[int], Callable[[], None]]]:
    """A bar for long work: give it the number of steps, call what it answers after each."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bar:

        def begin(steps: int) -> Callable[[], None]:
            task = bar.add_task(title, total=steps)
            return lambda: bar.advance(task)

        yield begin
