"""How long placements may last, and when a month's allowance is due: rules over dated data."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from service.clocks.rules import due_on, rule
from service.codes import code_list

ROOM = "service.cases.placements"


@dataclass(frozen=True)
class Limit:
    """The rule that bounds a chain of placements, and the last day that it leaves."""

    rule: str
    latest_on: date


def limit_of(rule_id: str | None, first_on: date) -> Limit | None:
    """The limit of a chain that begins on a day; none for kinds without one, and before the rule came into force.

    State-Regions Agreement of 22/1/2015 and DGR Lombardia 5451/2016: 24 months, told by `service.clocks` (TIR_MAX_24M).
    """
    if rule_id is None:
        return None
    try:
        return Limit(rule_id, due_on(rule(rule_id, first_on), first_on))
    except LookupError:
        return None


def least_percent(month: date) -> int:
    """The least attendance for which a month's allowance is due, in hundredths of the hours planned [K]."""
    return next(int(row.traits["least_percent"]) for row in code_list(ROOM, "attendance") if row.holds_on(month))


def is_allowance_due(hours_planned: Decimal, hours_done: Decimal, least: int) -> bool:
    """Whether the attendance reaches the least."""
    return 100 * hours_done >= least * hours_planned
