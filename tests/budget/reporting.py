"""Reporting to a fund as short calls, and a statement to print."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import event
from werkzeug.test import TestResponse

from service.budget.statements.printed import Moved, PrintedRow, PrintedStatement
from tests.budget.ledger import Ledger, key
from tests.world import Client, Opened, World, ok

APPROVAL = {"act": "Determina 30 del 2023"}


def prepare(ledger: Ledger, to_on: str, *, by: Client | None = None) -> TestResponse:
    """A statement of the allocation up to a day."""
    path = f"/allocations/{ledger.allocation['id']}/statements"
    return (by or ledger.world.as_("accounting_officer")).post(path, {"to_on": to_on}, key=key())


def approve(ledger: Ledger, statement: Any, *, by: Client | None = None) -> TestResponse:
    """A statement approved."""
    return (by or ledger.world.as_("spending_officer")).post(f"/statements/{statement['id']}/approval", APPROVAL)


def frozen(ledger: Ledger, to_on: str) -> Any:
    """A statement prepared and approved."""
    return ok(approve(ledger, ok(prepare(ledger, to_on))))


def shown(ledger: Ledger, statement: Any) -> Any:
    """A statement as it is now."""
    return ok(ledger.world.as_("accounting_officer").get(f"/statements/{statement['id']}"))


def summary(ledger: Ledger, **query: str) -> Any:
    """Where the allocation stands."""
    path = f"/allocations/{ledger.allocation['id']}/summary"
    return ok(ledger.world.as_("spending_officer").get(path, query_string=query))


def amounts(part: Any, *names: str) -> tuple[str, ...]:
    """The amounts of a part of an answer."""
    return tuple(part[name]["amount"] for name in names or ("committed", "liquidated", "paid"))


def of_comune(ledger: Ledger, municipality: str, programme: str = "SIL") -> Opened:
    """A case of a person who resides in a Comune."""
    person = ledger.world.person(municipality=municipality)
    return ledger.world.in_charge(programme, person_id=person["id"])


@contextmanager
def counted(world: World) -> Iterator[list[str]]:
    """The statements sent to the database meanwhile."""
    sent: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        sent.append(statement)

    event.listen(world.database.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(world.database.engine, "before_cursor_execute", note)


def moved(*values: str) -> Moved:
    """Committed, liquidated, paid."""
    return Moved(*map(Decimal, values))


def printed(**values: Any) -> PrintedStatement:
    """A statement of two rows."""
    rows = (
        PrintedRow("DOPO_DI_NOI", "Dopo di Noi (L. 112/2016)", "098031", "Lodi", "A1", moved("1000000.10", "500.05", "0.00")),
        PrintedRow("SIL", None, None, None, None, moved("-250.35", "0.00", "0.01")),
    )  # fmt: skip
    known: dict[str, Any] = {
        "number": 2, "version": 3, "from_on": date(2023, 4, 1), "to_on": date(2023, 6, 30), "digest": "ab" * 32,
        "months": (date(2023, 4, 1), date(2023, 5, 1), date(2023, 6, 1)), "fund": "DDN", "fund_name": "Fondo Dopo di Noi",
        "year": 2023, "cup": "E51B23000010001", "plan": "lodi-2021-2023", "objective": "D2",
        "allocated": Decimal("2000000.00"), "cumulative": moved("1500000.75", "600.05", "0.01"),
        "totals": moved("999749.75", "500.05", "0.01"), "rows": rows, "act": "Determina 30", "approved_on": date(2023, 7, 3),
    }  # fmt: skip
    return PrintedStatement(**{**known, **values})


def draft(**values: Any) -> PrintedStatement:
    """One that nobody approved."""
    return printed(act=None, approved_on=None, **values)
