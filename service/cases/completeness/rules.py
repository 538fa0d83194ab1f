"""What a case lacks: the facts that its programme asks for, and which of them are there."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import yaml

_DATA = Path(__file__).with_name("facts.yaml")


@dataclass(frozen=True)
class Needed:
    """A fact that the programme asks for. `is_there`: none where no check can tell; `since`: the first day of what is there;
    `to_do`: what to do to have it, none where it is there."""

    fact: str
    label: str
    is_there: bool | None
    since: date | None
    to_do: str | None


def needed_facts(required: Iterable[str], since: Mapping[str, date | None]) -> list[Needed]:
    """The facts of a programme, in its order. `since`: fact -> since when it is there (none: it isn't), for every fact that a
    check can tell."""
    return [_needed(fact, since) for fact in required]


def is_complete(needed: Iterable[Needed]) -> bool:
    """Whether nothing is known to be missing."""
    return all(one.is_there is not False for one in needed)


def _needed(fact: str, since: Mapping[str, date | None]) -> Needed:
    label, to_do = words()[fact]
    is_there = since[fact] is not None if fact in since else None
    return Needed(fact, label, is_there, since.get(fact), None if is_there else to_do)


@cache
def words() -> Mapping[str, tuple[str, str]]:
    """Fact -> its name and what to do to have it, in Italian (`facts.yaml`)."""
    return {one["code"]: (one["label"], one["to_do"]) for one in yaml.safe_load(_DATA.read_text(encoding="utf-8"))}
