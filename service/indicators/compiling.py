"""Measures as SQL: every measure of a plan in one statement over the fact views."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Date,
    Integer,
    Select,
    and_,
    cast,
    distinct,
    false,
    func,
    literal,
    not_,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.sql.expression import CompoundSelect

from service.cases.programmes.models import ProgrammeGroup
from service.indicators.facts import CASES, FACTS, PATHWAYS, Fact
from service.indicators.measures import KEYS, Combination, Condition, Measure


@dataclass(frozen=True)
class Window:
    """The days that a figure looks at, and the instant whose knowledge it uses. `year` tells the parts of a mean.

    What became of a cohort is observed until `asked`, which may come after the window's last day.
    """

    first: date
    last: date
    asked: date
    known_at: datetime
    year: int | None = None


def statement_for(measures: dict[str, tuple[Measure, list[Window]]]) -> CompoundSelect[Any]:
    """One statement for all: rows (code, year, numerator, denominator, missing). `measures`: code -> measure, windows."""
    return union_all(
        *(_figure(code, measure, window) for code, (measure, windows) in measures.items() for window in windows)
    )


def _figure(code: str, measure: Measure, window: Window) -> Select[Any]:
    rows = _rows(measure, window).subquery()
    missing: Any = cast(null(), Integer)
    if measure.missing is not None:
        missing = _lacking(measure, measure.missing, window).scalar_subquery()
    return select(
        literal(code).label("code"),
        cast(window.year, Integer).label("year"),
        func.count(distinct(rows.c.counted)).filter(rows.c.is_hit).label("numerator"),
        func.count(distinct(rows.c.counted)).label("denominator"),
        missing.label("missing"),
    )


def _rows(measure: Measure, window: Window) -> Select[Any]:
    base = _base(measure)
    hit = _holds(measure.numerator, base, window) if measure.numerator is not None else true()
    return select(base.c[KEYS[measure.count]].label("counted"), hit.label("is_hit")).where(
        _in_programmes(measure, base), _known(base, window), _holds(measure.population, base, window)
    )


def _lacking(measure: Measure, missing: Combination, window: Window) -> Select[Any]:
    base = _base(measure)
    return select(func.count(distinct(base.c[KEYS[measure.count]]))).where(
        _in_programmes(measure, base), _known(base, window), _holds(missing, base, window)
    )


def _base(measure: Measure) -> Any:
    return (CASES if measure.grain == "case" else PATHWAYS).table.alias()


def _in_programmes(measure: Measure, base: Any) -> Any:
    if measure.group is None:
        return base.c.programme.in_(measure.programmes)
    return base.c.programme.in_(select(ProgrammeGroup.programme).where(ProgrammeGroup.group_code == measure.group))


def _known(rows: Any, window: Window) -> Any:
    return and_(
        rows.c.recorded_at <= window.known_at,
        or_(rows.c.superseded_at.is_(None), rows.c.superseded_at > window.known_at),
    )


def _holds(part: Condition | Combination, base: Any, window: Window) -> Any:
    if isinstance(part, Condition):
        return _found(part, base, window)
    inner = [_holds(one, base, window) for one in part.parts]
    if part.how == "not":
        return not_(inner[0])
    return or_(false(), *inner) if part.how == "any_of" else and_(true(), *inner)


def _found(condition: Condition, base: Any, window: Window) -> Any:
    fact, key = FACTS[condition.fact], KEYS[condition.by]
    return base.c[key].in_(_keys(condition, fact, key, window))


def _keys(condition: Condition, fact: Fact, key: str, window: Window) -> Select[Any]:
    rows: Any = fact.table.alias()
    chosen = [_known(rows, window), rows.c[key].is_not(None), *_tests(rows, condition.where, window)]
    wanted = [*_tests(rows, condition.then, window), _when(rows, condition.when, window)]
    if condition.take == "any":
        found = select(rows.c[key]).where(*chosen, *wanted)
        if condition.sum is not None:
            found = found.group_by(rows.c[key]).having(func.sum(rows.c[condition.sum]) > condition.more_than)
        return found
    order = (rows.c.occurred_on, rows.c.recorded_at)
    # The last one is the last by the condition's own day: what comes after it does not exist yet.
    day = window.asked if condition.when == "asked" else window.last
    by_then = [rows.c.occurred_on <= day] if condition.take == "last" else []
    taken = (
        select(rows)
        .where(*chosen, *by_then)
        .ext(distinct_on(rows.c[key]))
        .order_by(rows.c[key], *(column.desc() if condition.take == "last" else column for column in order))
        .subquery()
    )
    return select(taken.c[key]).where(*_tests(taken, condition.then, window), _when(taken, condition.when, window))


def _tests(rows: Any, tests: Any, window: Window) -> list[Any]:
    return [_test(rows.c[name], value, window) for name, value in tests.items()]


def _test(column: Any, value: Any, window: Window) -> Any:
    if value is None and isinstance(column.type, Date):
        return or_(column.is_(None), column > window.asked)
    if value is None:
        return column.is_(None)
    if isinstance(value, list):
        return column.in_(value)
    return column == value


def _when(rows: Any, when: str, window: Window) -> Any:
    day = rows.c.occurred_on
    if when == "window":
        return and_(day >= window.first, day <= window.last)
    if when == "until":
        return day <= window.last
    if when == "asked":
        return day <= window.asked
    if when == "before":
        return day < window.first
    return true()
