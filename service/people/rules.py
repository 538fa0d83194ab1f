"""Pure rules of the registry: days that a slip of the pen turns into one another, how long a code lasts."""

from datetime import date

from service.clocks import rules as clocks

RENEWABLE = {"stp": "STP_ENI_RENEW", "eni": "STP_ENI_RENEW"}
"""System of identifiers -> the rule by which a code runs out (`service/clocks/data/deadlines.yaml`)."""


def one_digit_off(day: date) -> list[date]:
    """The days that differ from this one, written YYYY-MM-DD, in one digit."""
    written = day.isoformat()
    found = []
    for place, digit in enumerate(written):
        for other in "0123456789" if digit != "-" else "":
            try:
                near = date.fromisoformat(written[:place] + other + written[place + 1 :])
            except ValueError:
                continue  # no such day
            if near != day:
                found.append(near)
    return found


def last_day(system: str, valid_from: date | None) -> date | None:
    """The last day of a code issued on a day: STP and ENI last six months, the others until they are ended."""
    if valid_from is None or system not in RENEWABLE:
        return None
    rule = clocks.rule(RENEWABLE[system], valid_from)
    return clocks.due_on(rule, valid_from)
