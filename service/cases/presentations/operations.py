"""Recording presentations: of a member, not of the household, since the counter runs for each (D.L. 48/2023 art. 4)."""

from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.actor import Actor
from service.cases.presentations.models import Presentation
from service.cases.records.operations import (
    case_for_facts,
    check_after_referral,
    check_not_future,
    check_person,
    locked_case,
    record_on,
    superseded,
)
from service.codes import entry as code_entry
from service.errors import Conflict, NotFound, invalid_field
from service.types import new_id

ROOM, DIARY = "service.cases.presentations", "service.cases.diary"


def record_presentation(
    session: Session, actor: Actor, case_id: UUID, *, person_id: UUID, office: str, occurred_on: date, arrived_on: date,
    gepi_recorded_on: date | None, justified_code: str | None, document: str | None,
) -> UUID:  # fmt: skip
    """A member presented themselves, or was absent for one of the justified reasons [K]."""
    case = case_for_facts(session, actor, "interventions:record", case_id)
    check_person(session, case, person_id)
    check_after_referral(session, case_id, occurred_on)
    code_entry(ROOM, "offices", office, occurred_on, "#/office")
    if justified_code is not None:
        code_entry(DIARY, "absence_reasons", justified_code, occurred_on, "#/justified_code")
    _check_later(occurred_on, arrived_on, "#/arrived_on")
    if gepi_recorded_on is not None:
        _check_later(occurred_on, gepi_recorded_on, "#/gepi_recorded_on")
    row = Presentation(id=new_id(), case_id=case_id, person_id=person_id, office=office, occurred_on=occurred_on,
                       arrived_on=arrived_on, gepi_recorded_on=gepi_recorded_on, justified_code=justified_code,
                       document=document, recorded_by=actor.user_id)  # fmt: skip
    session.add(row)
    record_on(session, actor, case, "presentation:record", row.id, "person_id", "office", "occurred_on", "arrived_on",
              "gepi_recorded_on", "justified_code", "document")  # fmt: skip
    return row.id


def report_presentation(
    session: Session, actor: Actor, case_id: UUID, presentation_id: UUID, *, gepi_recorded_on: date
) -> None:
    """A presentation was entered in GePI: said once; a wrong day is corrected by withdrawing and recording anew."""
    case = locked_case(session, actor, "interventions:record", case_id, may_be_closed=True)
    row = session.scalars(
        select(Presentation).where(
            Presentation.id == presentation_id, Presentation.case_id == case_id, Presentation.superseded_at.is_(None)
        )
    ).one_or_none()
    if row is None:
        raise NotFound("fact_is_unknown")
    if row.gepi_recorded_on is not None:
        raise Conflict("presentation_is_reported")
    _check_later(row.occurred_on, gepi_recorded_on, "#/gepi_recorded_on")
    row.gepi_recorded_on = gepi_recorded_on
    record_on(session, actor, case, "presentation:report", row.id, "gepi_recorded_on")


def withdraw_presentation(session: Session, actor: Actor, case_id: UUID, presentation_id: UUID, *, reason: str) -> None:
    """A presentation recorded by mistake: the row stays, superseded, with the reason."""
    case = locked_case(session, actor, "interventions:record", case_id, may_be_closed=True)
    row = superseded(session, actor, Presentation, presentation_id, case_id, reason)
    record_on(session, actor, case, "presentation:withdraw", row.id, "superseded_at")


def _check_later(occurred_on: date, later: date, pointer: str) -> None:
    check_not_future(later, pointer)
    if later < occurred_on:
        raise invalid_field(pointer, "date_is_before_start", occurred_on)
