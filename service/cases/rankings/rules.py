"""The order of a ranking: pure, so that a frozen one can be made again to the same bytes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any
from uuid import UUID

import orjson


@dataclass(frozen=True)
class Ruleset:
    """A version of the rules of priority: its classes, the first one first, and the criteria of urgency."""

    code: str
    version: int
    valid_from: date
    classes: tuple[str, ...]
    criteria: tuple[str, ...]


@dataclass(frozen=True)
class Criterion:
    """How a call reads a criterion of urgency: whole points on a scale, and what each is worth."""

    weight: Decimal
    least: int
    most: int


@dataclass(frozen=True)
class Terms:
    """What a call ranks by, kept with it."""

    ruleset: str
    ruleset_version: int
    classes: tuple[str, ...]
    criteria: dict[str, Criterion]

    def score(self, points: Mapping[str, int]) -> Decimal:
        """The points of every criterion, each times its weight."""
        return sum((one.weight * points[code] for code, one in self.criteria.items()), Decimal(0))

    def as_json(self) -> dict[str, Any]:
        """As the call keeps them; `terms_from` reads them back."""
        criteria = {code: {"weight": f"{one.weight:.2f}", "min": one.least, "max": one.most}
                    for code, one in self.criteria.items()}  # fmt: skip
        return {"ruleset": self.ruleset, "ruleset_version": self.ruleset_version, "classes": list(self.classes),
                "criteria": criteria}  # fmt: skip


def terms_from(content: Mapping[str, Any]) -> Terms:
    """The terms that a call keeps."""
    criteria = {code: Criterion(Decimal(one["weight"]), one["min"], one["max"])
                for code, one in content["criteria"].items()}  # fmt: skip
    return Terms(content["ruleset"], content["ruleset_version"], tuple(content["classes"]), criteria)


@dataclass(frozen=True)
class Entry:
    """An application as the ranking reads it."""

    application_id: UUID
    priority_class: str
    points: Mapping[str, int]
    protocol_on: date
    protocol_number: int


def ranked(terms: Terms, entries: Iterable[Entry]) -> list[Entry]:
    """First the priority class, absolute; then the score, the higher first; then who applied before (DM 23/11/2016 art. 4).

    Two applications of one day are told apart by protocol number and then by id: the order in which they are given
    never counts.
    """
    return sorted(
        entries,
        key=lambda entry: (
            terms.classes.index(entry.priority_class), -terms.score(entry.points), entry.protocol_on,
            entry.protocol_number, entry.application_id,
        ),
    )  # fmt: skip


def snapshot(terms: Terms, entries: Iterable[Entry]) -> bytes:
    """Terms, inputs and order of a ranking: the same bytes for the same applications, however they come."""
    places = [
        {"application_id": str(entry.application_id), "priority_class": entry.priority_class, "points": dict(entry.points),
         "protocol_on": entry.protocol_on.isoformat(), "protocol_number": entry.protocol_number,
         "score": f"{terms.score(entry.points):.2f}"}
        for entry in ranked(terms, entries)
    ]  # fmt: skip
    return orjson.dumps({"terms": terms.as_json(), "places": places}, option=orjson.OPT_SORT_KEYS)


def digest(terms: Terms, entries: Iterable[Entry]) -> str:
    """The SHA-256 of the snapshot, in hexadecimal."""
    return sha256(snapshot(terms, entries)).hexdigest()
