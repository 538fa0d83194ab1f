"""Recording a multidimensional assessment."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from service.actor import Actor, require
from service.audit.log.operations import record
from service.cases.assessments.models import AssessedArea, Assessment
from service.cases.records.operations import locked_case, move, programme_of
from service.errors import FieldError, Invalid, invalid_field
from service.types import new_id


def record_assessment(
    session: Session, actor: Actor, case_id: UUID, *, occurred_on: date, setting: str, areas: list[dict[str, Any]]
) -> UUID:
    """Record an assessment over all the areas that the programme demands (D.Lgs 147/2017 art. 5; DM 23/11/2016 art. 2)."""
    case = locked_case(session, case_id)
    require(actor, "assessments:record")
    _check(areas, set(programme_of(session, case).areas))
    move(session, actor, case, "assess", occurred_on)
    assessment = Assessment(
        id=new_id(), case_id=case_id, occurred_on=occurred_on, setting=setting, recorded_by=actor.user_id
    )
    session.add(assessment)
    session.flush()
    session.add_all(AssessedArea(assessment_id=assessment.id, case_id=case_id, **area) for area in areas)
    record(session, actor, "assessment:record", case_id=case_id, resource_id=assessment.id, people=[case.person_id],
           field_names=("occurred_on", "setting", "areas"))  # fmt: skip
    return assessment.id


def _check(areas: list[dict[str, Any]], demanded: set[str]) -> None:
    given = [area["area"] for area in areas]
    wrong = tuple(
        FieldError(f"#/areas/{index}/area", "area_is_unknown" if area not in demanded else "area_is_repeated")
        for index, area in enumerate(given)
        if area not in demanded or area in given[:index]
    )
    if wrong:
        raise Invalid("request_is_invalid", errors=wrong)
    missing = demanded - set(given)
    if missing:
        raise invalid_field("#/areas", "areas_are_missing", ", ".join(sorted(missing)))
