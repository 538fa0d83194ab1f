"""The facts that measures may read: the views of schema `facts`, which hold no identity, and the codes that they know."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Boolean, Date, DateTime, Numeric, Text, Uuid
from sqlalchemy.sql.expression import TableClause, column, table

from service.cases.programmes.rules import MILESTONES

_TYPES: dict[str, Any] = {
    "case_id": Uuid(), "person_id": Uuid(), "pathway_id": Uuid(), "organisation_id": Uuid(), "programme": Text(),
    "occurred_on": Date(), "returned_on": Date(), "recorded_at": DateTime(timezone=True),
    "superseded_at": DateTime(timezone=True), "amount": Numeric(14, 2), "is_positive": Boolean(), "is_final": Boolean(),
    "is_temporary": Boolean(), "built": Boolean(), "contributed": Boolean(), "managed": Boolean(),
}  # fmt: skip


@dataclass(frozen=True)
class Fact:
    """One view: the columns that a condition may name, the codes of those whose list is closed, the keys of its rows."""

    name: str
    columns: tuple[str, ...]
    codes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    keys: tuple[str, ...] = ("case_id", "person_id")

    @property
    def table(self) -> TableClause:
        """The view, as SQL sees it."""
        fixed = ("programme", "occurred_on", "recorded_at", "superseded_at")
        names = dict.fromkeys((*self.keys, *fixed, *self.columns))
        return table(self.name, *(column(name, _TYPES.get(name, Text())) for name in names), schema="facts")


CASES = Fact("cases", ())
PATHWAYS = Fact("pathways", ("kind",), keys=("case_id", "person_id", "pathway_id"))
FACTS = {
    fact.name: fact
    for fact in (
        Fact("milestones", ("kind",), {"kind": MILESTONES}),
        Fact("body_involvements", ("stage",), {"stage": ("foreseen", "actual")}),
        PATHWAYS,
        Fact("pathway_ends", ("end_code",), {"end_code": ("completed", "interrupted", "passed_on")},
             ("case_id", "person_id", "pathway_id")),
        Fact("evaluations", ("judge", "is_positive", "is_final", "pathway_id"), {"judge": ("beneficiary", "operators")},
             ("case_id", "person_id", "pathway_id")),
        Fact("family_exits", ("destination", "is_temporary", "returned_on")),
        Fact("budget_participations", ("who", "built", "contributed", "managed")),
        Fact("liquidations", ("fund", "amount")),
    )
}  # fmt: skip
"""Name -> fact. A measure that names another is refused when it is loaded."""
