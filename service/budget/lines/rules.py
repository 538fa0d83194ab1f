"""What a line may say, what is odd about it and refused to nobody, and how a cost is divided to the cent."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from service.errors import FieldError

Line = Mapping[str, Any]
"""A line, or what one would say, as plain data; `cost` is a Decimal, EUR."""
CENT, WHOLE = Decimal("0.01"), Decimal("100.00")
MOST_QUANTITY = Decimal("9999999999.99")
BY_LIMIT = {"programmes": "programme", "resource_kinds": "resource_kind", "intervention_codes": "intervention_code"}
"""What an allocation limits -> the field of a line that it limits."""


@dataclass(frozen=True)
class Funding:
    """An allocation as lines meet it, EUR. `planned`: what all the lines that ask for it plan together (none: not asked).

    `spends_from`, `spends_to`: its first and last day (none: open); `limits`: what it pays, of `BY_LIMIT` (empty: any).
    """

    amount: Decimal
    planned: Decimal | None
    spends_from: date | None
    spends_to: date | None
    limits: Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class BudgetWarning:
    """Something odd about a line, as texts.yaml words it. `other_line_id`: the line that it clashes with."""

    line_id: UUID
    code: str
    values: tuple[str, ...] = ()
    other_line_id: UUID | None = None


@dataclass(frozen=True)
class Share:
    """Who bears a part of a cost: `percent` with two digits."""

    source: str
    allocation_id: UUID | None
    percent: Decimal


def wrong_fields(line: Line, cost: Decimal) -> Iterator[FieldError]:
    """What is wrong with a resource, whoever pays it. A resource in kind may cost nothing: then it says how much it is."""
    from_on, to_on, quantity = line.get("from_on"), line.get("to_on"), line.get("quantity")
    if from_on is not None and to_on is not None and to_on < from_on:
        yield FieldError("#/to_on", "date_is_before_start", (str(from_on),))
    if quantity is not None and not CENT <= quantity <= MOST_QUANTITY:
        yield FieldError("#/quantity", "number_out_of_range", (str(CENT), str(MOST_QUANTITY)))
    if line.get("in_kind") and not cost and quantity is None:
        yield FieldError("#/quantity", "quantity_is_missing")


def wrong_source(line: Line, source: str, allocation_id: UUID | None, at: str = "#") -> Iterator[FieldError]:
    """What is wrong with who pays: an allocation goes with a fund, and a fund pays in money. `at`: where both stand."""
    if (source == "fund") != (allocation_id is not None):
        yield FieldError(f"{at}/allocation_id", "allocation_goes_with_fund")
    if source == "fund" and line.get("in_kind"):
        yield FieldError("#/in_kind", "fund_pays_in_money")


def wrong_shares(line: Line, cost: Decimal, shares: Sequence[Share]) -> Iterator[FieldError]:
    """What is wrong with the division of a cost: each source once, all of them the whole."""
    if cost < CENT:
        yield FieldError("#/cost/amount", "number_out_of_range", (str(CENT), "999999999999.99"))
    for index, share in enumerate(shares):
        yield from wrong_source(line, share.source, share.allocation_id, f"#/shares/{index}")
        if not CENT <= share.percent <= WHOLE:
            yield FieldError(f"#/shares/{index}/percent", "number_out_of_range", (str(CENT), str(WHOLE)))
        if (share.source, share.allocation_id) in [(one.source, one.allocation_id) for one in shares[:index]]:
            yield FieldError(f"#/shares/{index}/source", "share_is_repeated")
    total = sum((share.percent for share in shares), Decimal(0))
    if total != WHOLE:
        yield FieldError("#/shares", "shares_are_not_whole", (str(total),))


def divided(cost: Decimal, percents: Sequence[Decimal]) -> list[Decimal]:
    """A cost in EUR, divided by percents that make 100.00: to the cent, with the cents that are left given to the largest
    remainders, the first of equal ones first. What comes out always makes the cost.
    """
    exact = [cost * percent for percent in percents]  # cents, since the percent is of a hundred
    parts = [int(one) for one in exact]
    left = int(cost * 100) - sum(parts)
    by_remainder = sorted(range(len(exact)), key=lambda place: parts[place] - exact[place])
    for place in by_remainder[:left]:
        parts[place] += 1
    return [Decimal(part).scaleb(-2) for part in parts]


def warnings(lines: Sequence[Line], funding: Mapping[UUID, Funding]) -> dict[UUID, list[BudgetWarning]]:
    """What is odd about each of a case's live lines: a list for every one. `funding`: of each allocation that they ask for."""
    return {
        line["id"]: [*_about_funding(line, funding.get(line["allocation_id"])), *_overlaps(line, lines)]
        for line in lines
    }


def _about_funding(line: Line, funding: Funding | None) -> Iterator[BudgetWarning]:
    if funding is None:
        return
    if funding.planned is not None and funding.planned > funding.amount:
        yield BudgetWarning(line["id"], "allocation_is_short", (str(funding.planned - funding.amount),))
    if is_outside(line, funding):
        yield BudgetWarning(line["id"], "line_is_outside_period")
    unpaid = unpaid_fields(line, funding)
    if unpaid:
        yield BudgetWarning(line["id"], "line_is_not_eligible", (", ".join(unpaid),))


def is_outside(line: Line, funding: Funding) -> bool:
    """Whether a day that the line names is one on which the allocation spends nothing."""
    days = [day for day in (line["from_on"], line["to_on"]) if day is not None]
    first, last = funding.spends_from or date.min, funding.spends_to or date.max
    return any(not first <= day <= last for day in days)


def unpaid_fields(line: Line, funding: Funding) -> list[str]:
    """The fields for which the allocation does not pay the line; a code that a line doesn't say is none that it pays."""
    return [
        field for limit, field in BY_LIMIT.items() if funding.limits[limit] and line[field] not in funding.limits[limit]
    ]


def _overlaps(line: Line, lines: Iterable[Line]) -> Iterator[BudgetWarning]:
    for other in lines:
        if other["id"] != line["id"] and may_be_paid_twice(line, other):
            yield BudgetWarning(line["id"], "line_overlaps", other_line_id=other["id"])


def may_be_paid_twice(one: Line, other: Line) -> bool:
    """Whether two lines are alike in what and when, and not in who pays: shares of one cost are meant to be."""
    if one["shared_cost_id"] is not None and one["shared_cost_id"] == other["shared_cost_id"]:
        return False
    is_same_payer = (one["source"], one["allocation_id"]) == (other["source"], other["allocation_id"])
    return not is_same_payer and _is_alike(one, other) and _meet(one, other)


def _is_alike(one: Line, other: Line) -> bool:
    same = {
        name
        for name in ("resource_kind", "intervention_code", "support_key", "goal_key")
        if one[name] is not None and one[name] == other[name]
    }
    return "support_key" in same or ("resource_kind" in same and bool(same & {"intervention_code", "goal_key"}))


def _meet(one: Line, other: Line) -> bool:
    first = max(one["from_on"] or date.min, other["from_on"] or date.min)
    return first <= min(one["to_on"] or date.max, other["to_on"] or date.max)
