"""From what was answered to rows of results: the instrument found, the answers checked, the score computed."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from service.actor import Actor
from service.cases.assessments.models import InstrumentResult
from service.cases.assessments.queries import sees_health
from service.cases.instruments.queries import instruments_on
from service.cases.instruments.rules import Instrument, wrong_result
from service.cases.programmes.rules import check_listed
from service.cases.records.models import Case
from service.cases.records.operations import programme_of
from service.errors import FieldError, Forbidden, Invalid, invalid_field
from service.types import new_id

Placed = tuple[str, Mapping[str, Any]]
"""A result as it was sent, with its place in the body."""


def made_results(
    session: Session, actor: Actor, case: Case, placed: Sequence[Placed], *, occurred_on: date, moment: str, **values: Any
) -> list[InstrumentResult]:  # fmt: skip
    """The rows of some results, checked and scored; `values` are what all of them carry. Nothing is added yet.

    Raises Invalid at each wrong place, Forbidden for health results by who may not see them.
    """
    found = _instruments(session, case, placed, occurred_on)
    if any(one.sensitivity == "health" for one in found) and not sees_health(session, case.id):
        raise Forbidden("health_data_is_of_clinicians")
    for one in found:
        if moment not in one.moments:
            raise invalid_field("#/moment", "instrument_is_not_for_moment", one.code, ", ".join(one.moments))
    wrong = [error for (pointer, result), one in zip(placed, found, strict=True)
             for error in wrong_result(one, result, pointer)]  # fmt: skip
    wrong += _repeated(placed)
    if wrong:
        raise Invalid("request_is_invalid", errors=tuple(wrong))
    return [
        InstrumentResult(id=new_id(), case_id=case.id, recorded_by=actor.user_id, occurred_on=occurred_on, moment=moment,
                         **_measured(one, result), **values)
        for (_, result), one in zip(placed, found, strict=True)
    ]  # fmt: skip


def _instruments(session: Session, case: Case, placed: Sequence[Placed], on: date) -> list[Instrument]:
    """The instrument of each result: on the programme's list, in the version asked for or else the latest of that day."""
    if not placed:
        return []
    listed = programme_of(session, case).instruments
    known = instruments_on(session, (result["instrument"] for _, result in placed), on)
    chosen = []
    for pointer, result in placed:
        code, version = result["instrument"], result["instrument_version"]
        check_listed(code, listed, f"{pointer}/instrument")
        valid = known.get(code)
        if not valid:
            raise invalid_field(f"{pointer}/instrument", "instrument_is_not_in_force", code)
        if version is not None and version not in valid:
            raise invalid_field(f"{pointer}/instrument_version", "value_is_unknown", ", ".join(map(str, valid)))
        chosen.append(valid[version] if version is not None else next(iter(valid.values())))
    return chosen


def _repeated(placed: Sequence[Placed]) -> list[FieldError]:
    measured = [(result["instrument"], result["area"]) for _, result in placed]
    return [FieldError(f"{pointer}/instrument", "instrument_is_repeated")
            for index, (pointer, _) in enumerate(placed) if measured[index] in measured[:index]]  # fmt: skip


def _measured(instrument: Instrument, result: Mapping[str, Any]) -> dict[str, Any]:
    items = [dict(one) for one in result["items"]]
    score = instrument.score(instrument.answers(items)) if items else result["score"]
    return {"instrument": instrument.code, "instrument_version": instrument.version, "direction": instrument.direction,
            "sensitivity": instrument.sensitivity, "area": result["area"], "score": score, "items": items}  # fmt: skip
