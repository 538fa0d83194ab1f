"""The Comuni of the Ambiti that Trama ships: their ISTAT codes, since when and until when, and what they became.

`municipalities.csv`: an empty `valid_from` or `valid_to` is a day that we don't know or that hasn't come; `successor` is
the ISTAT code of the Comune into which one merged; `note` marks what was not read in the act itself.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from service.errors import invalid_field


@dataclass(frozen=True, slots=True)
class Municipality:
    """A Comune with the last day on which it existed, if that has come, and its successor's code."""

    name: str
    istat_code: str
    valid_to: date | None
    successor: str | None


@cache
def municipalities() -> Mapping[str, Municipality]:
    """ISTAT code (six digits) -> Comune, past ones too."""
    with (files("service.people") / "municipalities.csv").open() as lines:
        return {
            row["istat_code"]: Municipality(
                row["name"],
                row["istat_code"],
                date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
                row["successor"] or None,
            )
            for row in csv.DictReader(lines)
        }


@cache
def names() -> Mapping[str, str]:
    """ISTAT code -> name of the Comuni that exist."""
    return {code: known.name for code, known in municipalities().items() if known.valid_to is None}


def check(istat_code: str | None, on: date, pointer: str = "#/municipality") -> None:
    """Refuse a Comune of ours that had ceased on the day, naming what it became. Other codes go by their form alone."""
    known = municipalities().get(istat_code or "")
    if known is None or known.valid_to is None or on <= known.valid_to:
        return
    heir = municipalities()[known.successor or ""]
    raise invalid_field(pointer, "municipality_has_ceased", known.name, heir.name, heir.istat_code)
