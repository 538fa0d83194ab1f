"""Logging what was done, and the pathways that a person follows."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.actor import Actor, require
from service.audit.log.operations import record
from service.cases.diary.models import Intervention, Pathway, PathwayEnd
from service.cases.records.models import Case
from service.cases.records.operations import check_after_referral, locked_case, programme_of
from service.errors import Conflict, NotFound, invalid_field
from service.types import new_id


def record_intervention(
    session: Session, actor: Actor, case_id: UUID, *, kind: str, occurred_on: date, minutes: int, organisation_id: UUID,
    note: str | None,
) -> UUID:  # fmt: skip
    """Log an intervention. A provider's operator logs those of the own body only."""
    case = _open_case(session, case_id, may_provide=True)
    require(actor, "interventions:record")
    check_after_referral(session, case_id, occurred_on)
    if organisation_id not in {organisation for _, organisation in actor.roles}:
        raise invalid_field("#/organisation_id", "organisation_is_not_yours")
    intervention = Intervention(id=new_id(), case_id=case_id, kind=kind, occurred_on=occurred_on, minutes=minutes,
                                organisation_id=organisation_id, note=note, recorded_by=actor.user_id)  # fmt: skip
    session.add(intervention)
    _record(session, actor, "intervention:record", case, intervention.id, ("kind", "occurred_on", "minutes", "note"))
    return intervention.id


def start_pathway(session: Session, actor: Actor, case_id: UUID, *, kind: str, from_on: date) -> UUID:
    """A person begins a pathway (work insertion, training …)."""
    case = _open_case(session, case_id)
    require(actor, "pathways:record")
    check_after_referral(session, case_id, from_on, "#/from_on")
    pathway = Pathway(id=new_id(), case_id=case_id, kind=kind, from_on=from_on, recorded_by=actor.user_id)
    session.add(pathway)
    _record(session, actor, "pathway:start", case, pathway.id, ("kind", "from_on"))
    return pathway.id


def end_pathway(
    session: Session, actor: Actor, case_id: UUID, pathway_id: UUID, *, ended_on: date, end_code: str
) -> None:
    """A pathway ends: completed, interrupted or passed on to another service."""
    case = _open_case(session, case_id)
    require(actor, "pathways:record")
    pathway = session.scalars(select(Pathway).where(Pathway.case_id == case_id, Pathway.id == pathway_id)).one_or_none()
    if pathway is None:
        raise NotFound("fact_is_unknown")
    if session.scalar(
        select(PathwayEnd.id).where(PathwayEnd.pathway_id == pathway_id, PathwayEnd.superseded_at.is_(None))
    ):
        raise Conflict("pathway_has_ended")
    if ended_on < pathway.from_on:
        raise invalid_field("#/ended_on", "date_is_before_last_step", pathway.from_on)
    check_after_referral(session, case_id, ended_on, "#/ended_on")
    end = PathwayEnd(id=new_id(), case_id=case_id, pathway_id=pathway_id, ended_on=ended_on, end_code=end_code,
                     recorded_by=actor.user_id)  # fmt: skip
    session.add(end)
    _record(session, actor, "pathway:end", case, pathway_id, ("ended_on", "end_code"))


def _open_case(session: Session, case_id: UUID, *, may_provide: bool = False) -> Case:
    case = locked_case(session, case_id, may_provide=may_provide)
    programme_of(session, case).move("record", case.stage)
    return case


def _record(session: Session, actor: Actor, action: str, case: Case, fact_id: UUID, field_names: Any) -> None:
    record(
        session, actor, action, case_id=case.id, resource_id=fact_id, people=[case.person_id], field_names=field_names
    )
