"""Lists of codes that are data: each entry with its label, its validity and its source.

A file holds one mapping: name of the list -> entries with `code`, `label`, `mark` (S sourced, S2 secondary, K working
assumption to be confirmed, D ours), `source`, and where it isn't always valid `valid_from` and `valid_to` (the last day).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from types import MappingProxyType

import yaml

from service.errors import invalid_field


@dataclass(frozen=True, slots=True)
class Entry:
    """One code of a list."""

    code: str
    label: str
    mark: str
    source: str
    valid_from: date | None = None
    valid_to: date | None = None
    demands_decree: bool = False

    def holds_on(self, day: date) -> bool:
        """Whether the code is in use on a day."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


@cache
def code_list(room: str, name: str) -> Mapping[str, Entry]:
    """A list of a room (`service.people.households`, say), kept in its `codes.yaml`: code -> entry."""
    lists = yaml.safe_load(files(room).joinpath("codes.yaml").read_text(encoding="utf-8"))
    return MappingProxyType({row["code"]: Entry(**row) for row in lists[name]})


def check(room: str, name: str, code: str, on: date, pointer: str) -> None:
    """Refuse a code that the list doesn't hold on that day."""
    entry = code_list(room, name).get(code)
    if entry is None or not entry.holds_on(on):
        raise invalid_field(pointer, "code_is_not_in_use", code, on)
