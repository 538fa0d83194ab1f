"""The value of every indicator, on a date, as it was known at another."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from sqlalchemy.orm import Session

from service.db import as_role
from service.indicators.compiling import Window, statement_for
from service.indicators.measures import Measure, measure_from
from service.indicators.models import Indicator, Plan

FIGURES = "trama_figures"


@dataclass(frozen=True)
class Value:
    """A figure and how it came about. `value`: per cent for a share, a number otherwise; None without a denominator.

    `counts` are the groups of people or projects that the figure tells of: none of them may be small where it is shown.
    """

    measure_version: int
    value: Decimal | None
    numerator: int
    denominator: int | None
    missing: int | None
    counts: tuple[int, ...]


def values(session: Session, plan: Plan, indicators: list[Indicator], on: date, known_at: datetime) -> dict[str, Value]:
    """Code -> value, for the indicators that have a measure; all in one statement, as the role that knows no identity."""
    measures = {row.code: measure_from(row.measure) for row in indicators if row.measure is not None}
    asked = {code: (measure, _windows(plan, measure, on, known_at)) for code, measure in measures.items()}
    asked = {code: pair for code, pair in asked.items() if pair[1]}
    figures: dict[str, list[tuple[int, int, int | None]]] = {code: [] for code in measures}
    if asked:
        with as_role(session, FIGURES):
            for row in session.execute(statement_for(asked)):
                figures[row.code].append((row.numerator, row.denominator, row.missing))
    return {code: _value(measure, figures[code]) for code, measure in measures.items()}


def _windows(plan: Plan, measure: Measure, on: date, known_at: datetime) -> list[Window]:
    last = min(on, plan.period_end)
    if last < plan.period_start:
        return []
    if measure.period == "plan":
        return [Window(plan.period_start, last, on, known_at)]
    years = range(plan.period_start.year, last.year + 1)
    # A mean is of full years only: a year still running would pull it down.
    full = [year for year in years if date(year, 1, 1) >= plan.period_start and date(year, 12, 31) <= last]
    return [Window(date(year, 1, 1), date(year, 12, 31), date(year, 12, 31), known_at, year) for year in full]


def _value(measure: Measure, figures: list[tuple[int, int, int | None]]) -> Value:
    numerator = sum(figure[0] for figure in figures)
    lacking = [figure[2] for figure in figures if figure[2] is not None]
    missing = sum(lacking) if measure.missing is not None else None
    if measure.period == "yearly_mean":
        # A year without data is missing, not zero.
        years = [figure[0] for figure in figures if figure[1]]
        mean = _rounded(Decimal(numerator) / len(years)) if years else None
        missing = len(figures) - len(years) if missing is None else missing
        return Value(measure.version, mean, numerator, len(years), missing, tuple(years))
    if measure.numerator is None:
        return Value(measure.version, _rounded(Decimal(numerator)), numerator, None, missing, (numerator,))
    denominator = sum(figure[1] for figure in figures)
    share = _rounded(Decimal(100 * numerator) / denominator) if denominator else None
    counts = (numerator, denominator, denominator - numerator)
    return Value(measure.version, share, numerator, denominator, missing, counts)


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)
