"""The deadlines as data: which rule held on a day, and by which day it asks for something.

A computed deadline keeps the rule's id and version, so that it can be explained after the rule has changed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Literal

import yaml

from service.clocks import calendars
from service.clocks.calendars import Patron

Unit = Literal["days", "working_days", "months", "hours", "day_of_month", "half_year_end", "year_end"]
Mark = Literal["S", "S2", "K", "D"]
Subject = Literal["member", "household", "project", "service"]
Effect = Literal["late", "block", "none"]

_DATA: Final = Path(__file__).with_name("data") / "deadlines.yaml"


@dataclass(frozen=True, slots=True)
class Consequence:
    """What follows when a term passes: words for people, and what it does to the deadline."""

    code: str
    label: str
    effect: Effect


@dataclass(frozen=True, slots=True)
class Rule:
    """One version of a deadline; `data/deadlines.yaml` explains the fields."""

    id: str
    label: str
    subject: Subject
    version: int
    anchor: str
    number: int | None
    unit: Unit
    slides: bool
    is_suspendable: bool
    lead_days: int
    consequence: Consequence
    mark: Mark
    source_note: str
    valid_from: date
    valid_to: date | None
    alternatives: tuple[int, ...] = ()
    repeats: bool = False
    met_by: Literal["act", "recording"] = "act"

    def holds_on(self, on: date) -> bool:
        """Whether this version is the one of that day."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


@cache
def rules() -> Mapping[str, tuple[Rule, ...]]:
    """All versions of every rule, by id."""
    data = yaml.safe_load(_DATA.read_text(encoding="utf-8"))
    consequences = {code: Consequence(code, **words) for code, words in data["consequences"].items()}
    loaded = [_rule(row, consequences) for row in data["deadlines"]]
    return MappingProxyType({row.id: tuple(r for r in loaded if r.id == row.id) for row in loaded})


def _rule(row: dict[str, Any], consequences: Mapping[str, Consequence]) -> Rule:
    own = {"consequence": consequences[row["consequence"]], "alternatives": tuple(row.get("alternatives", ()))}
    return Rule(**{**row, **own})


def rule(rule_id: str, on: date) -> Rule:
    """The version of a rule that held on that day. LookupError if there is no such rule, or none on that day."""
    for version in rules().get(rule_id, ()):
        if version.holds_on(on):
            return version
    raise LookupError(f"no rule {rule_id} on {on}")


def due_on(rule: Rule, anchor: date, patron: Patron | None = None, number: int | None = None) -> date:
    """The last day to do what the rule asks, if nothing stops the term; it slides where the rule says so.

    The arguments are those of `last_day`.
    """
    return calendars.add_days(last_day(rule, anchor, patron, number), 0, rule.slides, patron)


def last_day(rule: Rule, anchor: date, patron: Patron | None = None, number: int | None = None) -> date:
    """The last day of the term before it slides, counted from the anchor's day, which isn't counted itself.

    `number` replaces the rule's own, for what is written in a project (in the rule's unit). For hours it is the day on
    which they run out if they began at the same time. ValueError if neither the rule nor the caller gives a number.
    """
    count = rule.number if number is None else number
    if count is None:
        raise ValueError(f"rule {rule.id} needs a number of {rule.unit}")
    match rule.unit:
        case "working_days":
            return calendars.add_working_days(anchor, count, patron)
        case "days":
            return anchor + timedelta(days=count)
        case "months":
            return calendars.add_months(anchor, count, slide=False)
        case "hours":
            return anchor + timedelta(days=count // 24)
        case _:
            return _fixed_day(rule.unit, anchor, count)


def _fixed_day(unit: str, anchor: date, number: int) -> date:
    """The first such day that isn't before the anchor."""
    if unit == "year_end":
        return date(anchor.year, 12, 31)
    if unit == "half_year_end":
        return date(anchor.year, 6, 30) if anchor.month <= 6 else date(anchor.year, 12, 31)
    day = anchor.replace(day=number)
    return day if anchor <= day else calendars.add_months(day, 1, slide=False)
