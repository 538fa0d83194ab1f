"""The change that two results of one instrument tell of."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from service.cases.instruments.rules import Instrument, judged

Measured = tuple[str, int, str | None]
"""What was measured: instrument, version, area. Scores of different versions are never compared."""


class Result(Protocol):
    """What is read of a result."""

    id: UUID
    instrument: str
    instrument_version: int
    area: str | None
    occurred_on: date
    score: Decimal


@dataclass(frozen=True)
class Change:
    """From the first to the last result: `change` is better, same or worse by any difference, read by `direction`;
    `reaches_threshold` is None where the instrument states no threshold."""

    instrument: str
    instrument_version: int
    area: str | None
    direction: str
    first: Result
    last: Result
    difference: Decimal
    change: str
    threshold: Decimal | None
    reaches_threshold: bool | None


def changes(results: Iterable[Result], instruments: Mapping[tuple[str, int], Instrument]) -> list[Change]:
    """A change for everything that was measured at least twice, in the order of instrument, version and area.

    First and last by day; on one day, by the order in which they were recorded.
    """
    by_measure: dict[Measured, list[Result]] = {}
    for result in sorted(results, key=lambda one: (one.occurred_on, one.id)):
        by_measure.setdefault((result.instrument, result.instrument_version, result.area), []).append(result)
    ordered = sorted(by_measure.items(), key=lambda pair: (*pair[0][:2], pair[0][2] or ""))
    return [
        _change(instruments[measured[:2]], found[0], found[-1]) for measured, found in ordered if len(found) > 1
    ]  # fmt: skip


def _change(instrument: Instrument, first: Result, last: Result) -> Change:
    difference, threshold = last.score - first.score, instrument.threshold
    return Change(
        instrument.code, instrument.version, first.area, instrument.direction, first, last, difference,
        judged(difference, instrument.direction), threshold,
        None if threshold is None else abs(difference) >= threshold,
    )  # fmt: skip
