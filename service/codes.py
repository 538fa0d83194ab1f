"""Lists of codes that are data: each code with its label, its source, the days on which it holds, and what it carries.

A room keeps its lists in its `codes.yaml`: name of the list -> rows with `code`, `label`, `mark` (S read in a public source;
S2 secondary; K working assumption, to be confirmed, never quoted as law; D a choice of this software), `source`, and where
it does not always hold `valid_from` and `valid_to` (the last day). Any other key of a row is a trait that rules read.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import yaml

from service.errors import FieldError, Invalid, invalid_field


@dataclass(frozen=True)
class Entry:
    """One row of a list. `traits`: what it carries beyond a code and a label."""

    code: str
    label: str
    mark: str
    source: str
    valid_from: date
    valid_to: date
    traits: Mapping[str, Any]

    def holds_on(self, day: date) -> bool:
        """Whether the row is in use on a day."""
        return self.valid_from <= day <= self.valid_to


@cache
def code_list(room: str, name: str) -> tuple[Entry, ...]:
    """A list of a room (`service.cases.diary`, say). A code may have several rows, one for each time."""
    lists = yaml.safe_load(files(room).joinpath("codes.yaml").read_text(encoding="utf-8"))
    return tuple(_entry(dict(row)) for row in lists[name])


def _entry(row: dict[str, Any]) -> Entry:
    return Entry(
        row.pop("code"), row.pop("label"), row.pop("mark"), row.pop("source"), row.pop("valid_from", date.min),
        row.pop("valid_to", date.max), MappingProxyType(row),
    )  # fmt: skip


def codes_of(room: str, name: str) -> tuple[str, ...]:
    """The codes of a list, whenever each holds: what a body may say at all."""
    return tuple(dict.fromkeys(row.code for row in code_list(room, name)))


def label_of(room: str, name: str, code: str) -> str:
    """What people call a code, also one that is no longer in use."""
    return next(row.label for row in code_list(room, name) if row.code == code)


def in_use(room: str, name: str, code: str, on: date, pointer: str) -> Entry:
    """The row of a code that the body's schema knows. Raises Invalid at the pointer if it does not hold on the day."""
    for row in code_list(room, name):
        if row.code == code and row.holds_on(on):
            return row
    raise invalid_field(pointer, "code_is_not_in_use", code, on)


def wrong_code(room: str, name: str, code: str, on: date, pointer: str) -> FieldError | None:
    """What is wrong with a code that the list does not hold on a day; None for one that it holds."""
    known = {row.code for row in code_list(room, name) if row.holds_on(on)}
    return None if code in known else FieldError(pointer, "value_is_unknown", (", ".join(sorted(known)),))


def entry(room: str, name: str, code: str, on: date, pointer: str) -> Entry:
    """The row of a code on a day. Raises Invalid at the pointer for a code that the list does not hold then."""
    wrong = wrong_code(room, name, code, on, pointer)
    if wrong is not None:
        raise Invalid("request_is_invalid", errors=(wrong,))
    return next(row for row in code_list(room, name) if row.code == code and row.holds_on(on))
