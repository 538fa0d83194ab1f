"""How many places a dwelling may have: dated data, by the kinds of the dwelling."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from service.codes import code_list

ROOM = "service.cases.housing"


@dataclass(frozen=True)
class Limits:
    """The most persons in a module, in a structure that has a derogation, and of these for emergency or respite."""

    in_module: int
    in_structure: int
    for_respite: int


def limits_of(kinds: Collection[str], on: date) -> Limits | None:
    """The limits of a dwelling of these kinds, registered from a day on; none where no kind has one.

    DM 23/11/2016 art. 3 c. 4, as the data say; of several, the strictest.
    """
    named = {row.traits["limit"] for row in code_list(ROOM, "dwelling_kinds") if row.code in kinds}
    rows = [row.traits for row in code_list(ROOM, "place_limits") if row.code in named and row.holds_on(on)]
    if not rows:
        return None
    return Limits(*(min(row[name] for row in rows) for name in ("in_module", "in_structure", "for_respite")))


def exceeds(limits: Limits, *, modules: int, capacity: int, respite_capacity: int, has_derogation: bool) -> bool:
    """Whether so many places pass the limits."""
    if not has_derogation and modules > 1:
        return True
    most = limits.in_structure if has_derogation else limits.in_module
    return (
        capacity > modules * limits.in_module
        or capacity + respite_capacity > most
        or respite_capacity > limits.for_respite
    )
