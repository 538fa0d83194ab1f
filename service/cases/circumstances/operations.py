"""Recording what is so for a case over a period. Facts: they end, or are withdrawn with a reason; they never change."""

from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.actor import Actor
from service.cases.circumstances.models import Circumstance
from service.cases.circumstances.rules import check_form, kinds
from service.cases.programmes.rules import check_listed
from service.cases.records.models import Case
from service.cases.records.operations import check_not_future, locked_case, programme_of, record_on, superseded
from service.cases.records.queries import fact, people_of
from service.errors import Conflict, invalid_field
from service.types import new_id


def record_circumstance(
    session: Session, actor: Actor, case_id: UUID, *, kind: str, code: str, person_id: UUID | None, from_on: date,
    to_on: date | None, arrived_on: date | None, note: str | None,
) -> UUID:  # fmt: skip
    """Record a circumstance of the case or of one of its people. A new intensity ends the one before."""
    case = locked_case(session, actor, "circumstances:record", case_id)
    check_form(kind, is_of_person=person_id is not None, to_on=to_on)
    check_listed(code, kinds()[kind].codes, "#/code")
    if kind == "target_group":
        check_listed(code, programme_of(session, case).target_groups, "#/code")
    if person_id is not None and person_id not in people_of(session, case_id):
        raise invalid_field("#/person_id", "person_is_not_in_the_case")
    _check_days(from_on, to_on, arrived_on, is_ahead=kinds()[kind].is_ahead)
    if kind == "intensity":
        _end_current(session, case, kind, from_on)
    made = write(session, actor, case, kind=kind, code=code, person_id=person_id, from_on=from_on, to_on=to_on,
                 arrived_on=arrived_on, note=note)  # fmt: skip
    record_on(
        session, actor, case, "circumstance:record", made.id, "kind", "code", "person_id", "from_on", "to_on", "note"
    )
    return made.id


def end_circumstance(session: Session, actor: Actor, case_id: UUID, circumstance_id: UUID, *, to_on: date) -> None:
    """It is no longer so from a day on."""
    case = locked_case(session, actor, "circumstances:record", case_id)
    found = _recorded_by_hand(session, case_id, circumstance_id)
    if not kinds()[found.kind].lasts or found.to_on is not None:
        raise Conflict("circumstance_has_ended")
    _check_days(found.from_on, to_on, None)
    found.to_on = to_on
    record_on(session, actor, case, "circumstance:end", circumstance_id, "to_on")


def withdraw_circumstance(session: Session, actor: Actor, case_id: UUID, circumstance_id: UUID, *, reason: str) -> None:
    """A circumstance recorded by mistake: the row stays, superseded, with the reason."""
    case = locked_case(session, actor, "circumstances:record", case_id, may_be_closed=True)
    _recorded_by_hand(session, case_id, circumstance_id)
    superseded(session, actor, Circumstance, circumstance_id, case_id, reason)
    record_on(session, actor, case, "circumstance:withdraw", circumstance_id, "superseded_at")


def write(
    session: Session, actor: Actor, case: Case, *, kind: str, code: str, from_on: date, person_id: UUID | None = None,
    to_on: date | None = None, arrived_on: date | None = None, note: str | None = None,
) -> Circumstance:  # fmt: skip
    """Add the row: for this room, and for the acts of the path that leave one (a suspension, a refusal)."""
    made = Circumstance(id=new_id(), case_id=case.id, kind=kind, code=code, person_id=person_id, from_on=from_on, to_on=to_on,
                        arrived_on=arrived_on, note=note, recorded_by=actor.user_id)  # fmt: skip
    session.add(made)
    session.flush()
    return made


def end_suspension(session: Session, case: Case, to_on: date) -> None:
    """The suspension of a case ends."""
    _end_current(session, case, "suspension", to_on)


def _end_current(session: Session, case: Case, kind: str, to_on: date) -> None:
    current = session.scalars(
        select(Circumstance)
        .where(Circumstance.case_id == case.id, Circumstance.kind == kind, Circumstance.to_on.is_(None),
               Circumstance.superseded_at.is_(None))
    ).one_or_none()  # fmt: skip
    if current is not None:
        if to_on < current.from_on:
            raise invalid_field("#/from_on", "date_is_before_last_step", current.from_on)
        current.to_on = to_on
        session.flush()


def _recorded_by_hand(session: Session, case_id: UUID, circumstance_id: UUID) -> Circumstance:
    found = fact(session, Circumstance, case_id, circumstance_id)
    if found.kind not in kinds():
        raise Conflict("circumstance_is_of_an_act")
    return found


def _check_days(from_on: date, to_on: date | None, arrived_on: date | None, *, is_ahead: bool = False) -> None:
    if not is_ahead:
        check_not_future(from_on, "#/from_on")
    if to_on is not None:
        check_not_future(to_on, "#/to_on")
        if to_on < from_on:
            raise invalid_field("#/to_on", "date_is_before_start", from_on)
    if arrived_on is not None:
        check_not_future(arrived_on, "#/arrived_on")
        if arrived_on < from_on:
            raise invalid_field("#/arrived_on", "date_is_before_start", from_on)
