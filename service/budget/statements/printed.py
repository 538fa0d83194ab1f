"""A statement as its files show it: plain data, without a person or a case."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True)
class Moved:
    """What was committed, liquidated and paid, EUR; below zero where more was reversed than moved."""

    committed: Decimal
    liquidated: Decimal
    paid: Decimal

    def amounts(self) -> tuple[Decimal, Decimal, Decimal]:
        """All three, in that order."""
        return self.committed, self.liquidated, self.paid


@dataclass(frozen=True)
class PrintedRow:
    """What moved for a programme, a Comune and an intervention code; the labels are those of when it was prepared."""

    programme: str
    programme_label: str | None
    municipality: str | None
    municipality_label: str | None
    intervention_code: str | None
    moved: Moved


@dataclass(frozen=True)
class PrintedStatement:
    """A statement. `act` and `approved_on` are those of its approval: without them it is a draft.

    `allocated` and `cumulative` are of the whole allocation up to `to_on`, `totals` and `rows` of the period alone.
    """

    number: int
    version: int
    from_on: date
    to_on: date
    months: tuple[date, ...]
    digest: str
    fund: str
    fund_name: str
    year: int
    cup: str | None
    plan: str | None
    objective: str | None
    allocated: Decimal
    cumulative: Moved
    totals: Moved
    rows: tuple[PrintedRow, ...]
    act: str | None
    approved_on: date | None

    @property
    def is_draft(self) -> bool:
        """Not approved."""
        return self.approved_on is None

    @property
    def status(self) -> str:
        """As the files say it."""
        return "BOZZA" if self.is_draft else "Approvato"
