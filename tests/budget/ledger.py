"""The accountants' acts as short calls."""

from dataclasses import dataclass
from itertools import count
from typing import Any

from werkzeug.test import TestResponse

from tests.world import Client, Opened, World, ok

_serial = count(1)
ACT = "Determina 12 del 2023"


def euro(amount: str) -> dict[str, str]:
    """An amount as the API writes it."""
    return {"amount": amount, "currency": "EUR"}


def money(amount: Any) -> Any:
    """A well-written amount as money; anything else as it is."""
    return euro(amount) if isinstance(amount, str) else amount


def key() -> str:
    """A key never used before."""
    return f"chiave-{next(_serial)}"


@dataclass
class Ledger:
    """A fund with an allocation, and a case whose lines ask for its money."""

    world: World
    fund: Any
    allocation: Any
    case: Opened

    @classmethod
    def of(cls, world: World, allocated: str = "1000.00", **rules: Any) -> "Ledger":
        """A fund of this test alone, allocated for 2023, and a case in charge."""
        officer = world.as_("accounting_officer")
        fund = ok(officer.post("/funds", {"code": f"FONDO_{next(_serial)}", "name": "Fondo di prova"}))
        return cls(world, fund, cls.allocated(world, fund, allocated, **rules), world.in_charge("DOPO_DI_NOI"))

    @staticmethod
    def allocated(world: World, fund: Any, amount: str, year: int = 2023, **rules: Any) -> Any:
        """Money of a fund for a year."""
        body = {"year": year, "amount": euro(amount), "act": ACT, "occurred_on": f"{year}-01-02", **rules}
        return ok(world.as_("accounting_officer").post(f"/funds/{fund['id']}/allocations", body, key=key()))

    def line(self, cost: str = "1000.00", case: Opened | None = None, **values: Any) -> Any:
        """A line paid by the allocation."""
        body = {"resource_kind": "economic", "source": "fund", "allocation_id": self.allocation["id"],
                "description": "Affitto", "cost": euro(cost), **values}  # fmt: skip
        path = f"/cases/{(case or self.case).id}/budget/lines"
        return ok(self.world.as_("case_manager").post(path, body, key=key()))

    def commit(self, line: Any, amount: Any, *, by: Client | None = None, **values: Any) -> TestResponse:
        """Money bound to a line."""
        body = {"line_id": line["id"], "amount": money(amount), "act": ACT, "occurred_on": "2023-03-01", **values}
        return (by or self.world.as_("accounting_officer")).post("/commitments", body, key=key())

    def liquidate(self, commitment: Any, amount: str, *, by: Client | None = None, **values: Any) -> TestResponse:
        """Committed money found due."""
        body = {
            "commitment_id": commitment["id"],
            "amount": euro(amount),
            "act": ACT,
            "occurred_on": "2023-04-01",
            **values,
        }
        return (by or self.world.as_("spending_officer")).post("/liquidations", body, key=key())

    def pay(self, liquidation: Any, amount: str, *, by: Client | None = None, **values: Any) -> TestResponse:
        """Liquidated money that was paid."""
        body = {
            "liquidation_id": liquidation["id"],
            "amount": euro(amount),
            "act": ACT,
            "occurred_on": "2023-05-01",
            **values,
        }
        return (by or self.world.as_("accounting_officer")).post("/payments", body, key=key())

    def reverse(self, entry: Any, amount: str, *, by: Client | None = None, **values: Any) -> TestResponse:
        """An entry taken back, whole or in part, by who may make such entries."""
        body = {"entry_id": entry["id"], "amount": euro(amount), "act": ACT, "occurred_on": "2023-06-01", **values}
        role = "spending_officer" if entry["kind"] == "liquidation" else "accounting_officer"
        return (by or self.world.as_(role)).post("/reversals", body, key=key())

    def change(self, kind: str, amount: str, **values: Any) -> TestResponse:
        """The allocation raised or cut."""
        body = {"kind": kind, "amount": euro(amount), "act": ACT, "occurred_on": "2023-02-01", **values}
        path = f"/allocations/{self.allocation['id']}/changes"
        return self.world.as_("accounting_officer").post(path, body, key=key())

    def balances(self) -> dict[str, str]:
        """What the allocation says."""
        found = ok(self.world.as_("spending_officer").get(f"/allocations/{self.allocation['id']}"))
        return {name: found[name]["amount"] for name in ("amount", "committed", "liquidated", "paid")}
