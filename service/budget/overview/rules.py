"""The figures of a project's budget, out of its lines and of what moved. Amounts are in EUR."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, TypeVar

Line = Mapping[str, Any]
"""A line as plain data, with what moved of it: `committed`, `liquidated`, `paid`."""
Moves = Mapping[str, Decimal]
Key = TypeVar("Key")
ZERO = Decimal("0.00")
MOVED = {"commitment": "committed", "liquidation": "liquidated", "payment": "paid"}
NOTHING: Moves = dict.fromkeys(MOVED.values(), ZERO)
OWN = ("person", "family")
"""The sources that are the user's share."""


def moved_by(rows: Iterable[tuple[Key, str, Decimal]]) -> dict[Key, Moves]:
    """What was committed, liquidated and paid by key. `rows`: key, kind of entry, amount (below zero: reversed)."""
    found: dict[Key, dict[str, Decimal]] = {}
    for key, kind, amount in rows:
        found.setdefault(key, dict(NOTHING))[MOVED[kind]] += amount
    return dict(found)


def figures(lines: Iterable[Line]) -> dict[str, Decimal]:
    """What lines plan, in money and in worth of what is given in kind, and what moved; `residual`: planned and not committed,
    `variance`: planned and not paid."""
    found = dict.fromkeys(("planned", "in_kind", *MOVED.values()), ZERO)
    for line in lines:
        found["in_kind" if line["in_kind"] else "planned"] += line["cost"]
        for name in MOVED.values():
            found[name] += line[name]
    planned = found["planned"]
    return {**found, "residual": planned - found["committed"], "variance": planned - found["paid"]}


def figures_by(lines: Iterable[Line], of: Callable[[Line], Key]) -> dict[Key, dict[str, Decimal]]:
    """The same for each value of something, in the order in which the lines say it."""
    parts: dict[Key, list[Line]] = {}
    for line in lines:
        parts.setdefault(of(line), []).append(line)
    return {key: figures(part) for key, part in parts.items()}


def user_share(lines: Sequence[Line]) -> tuple[Decimal, Decimal | None]:
    """What the person and the family pay in money: how much, and how many percent of all the money (none: there is none)."""
    planned = figures(lines)["planned"]
    own = figures(line for line in lines if line["source"] in OWN)["planned"]
    return own, (own * 100 / planned).quantize(Decimal("0.01"), ROUND_HALF_UP) if planned else None


def given_in_kind(lines: Iterable[Line]) -> dict[str | None, Decimal]:
    """How much is given in kind, by unit; what several sources bear together is one resource, and counts once."""
    resources = {line["shared_cost_id"] or line["id"]: line for line in lines if line["in_kind"] and line["quantity"]}
    found: dict[str | None, Decimal] = {}
    for line in resources.values():
        found[line["unit"]] = found.get(line["unit"], ZERO) + line["quantity"]
    return found


def is_late(due_on: date | None, on: date) -> bool:
    """Whether an account that was due is still missing on a day."""
    return due_on is not None and due_on < on
