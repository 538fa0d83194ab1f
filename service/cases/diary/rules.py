"""What an entry of the diary must hold to: pure rules over what the database knows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from service.codes import wrong_code
from service.errors import FieldError

ROOM = "service.cases.diary"


@dataclass(frozen=True)
class Known:
    """What the entries are held against, read once for all of them.

    `kinds`: the programme's list (empty: any). `own`: the bodies of the actor. `first_on`: the referral, or for a provider
    the day on which they joined. The sets hold the ids, among those named, that may be named here.
    """

    kinds: frozenset[str]
    own: frozenset[UUID]
    first_on: date
    is_provider: bool
    today: date
    people: frozenset[UUID]
    members: frozenset[UUID]
    organisations: frozenset[UUID]
    goals: frozenset[UUID]
    supports: frozenset[UUID]


def wrong_fields(entry: Mapping[str, Any], known: Known, at: str = "#") -> list[FieldError]:
    """Everything that is wrong with an entry; `at` is the pointer to it."""
    return [*_wrong_codes(entry, known, at), *_wrong_measure(entry, at), *_wrong_day(entry["occurred_on"], known, at),
            *_unknown(entry, known, at)]  # fmt: skip


def _wrong_codes(entry: Mapping[str, Any], known: Known, at: str) -> Iterator[FieldError]:
    if known.kinds and entry["kind"] not in known.kinds:
        yield FieldError(f"{at}/kind", "value_is_unknown", (", ".join(sorted(known.kinds)),))
    for name, listed in (("mode", "modes"), ("unit", "units")):
        if entry[name] is not None:
            wrong = wrong_code(ROOM, listed, entry[name], entry["occurred_on"], f"{at}/{name}")
            if wrong is not None:
                yield wrong


def _wrong_measure(entry: Mapping[str, Any], at: str) -> Iterator[FieldError]:
    if (entry["quantity"] is None) != (entry["unit"] is None):
        yield FieldError(f"{at}/unit", "unit_goes_with_quantity")
    if entry["minutes"] is None and entry["quantity"] is None:
        yield FieldError(f"{at}/minutes", "field_is_missing")


def _wrong_day(occurred_on: date, known: Known, at: str) -> Iterator[FieldError]:
    if occurred_on > known.today:
        yield FieldError(f"{at}/occurred_on", "date_is_in_the_future", (known.today.isoformat(),))
    if occurred_on < known.first_on:
        code = "date_is_before_joining" if known.is_provider else "date_is_before_referral"
        yield FieldError(f"{at}/occurred_on", code, (known.first_on.isoformat(),))


def _unknown(entry: Mapping[str, Any], known: Known, at: str) -> Iterator[FieldError]:
    if entry["organisation_id"] not in known.own:
        yield FieldError(f"{at}/organisation_id", "organisation_is_not_yours")
    for name, may_be in (("goal_id", known.goals), ("support_id", known.supports)):
        if entry[name] is not None and entry[name] not in may_be:
            yield FieldError(f"{at}/{name}", "reference_is_unknown")
    for name, these in (("person_ids", known.people), ("member_ids", known.members),
                        ("organisation_ids", known.organisations)):  # fmt: skip
        for index, one in enumerate(entry[name]):
            if one not in these:
                yield FieldError(f"{at}/{name}/{index}", "reference_is_unknown")
