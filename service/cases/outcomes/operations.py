"""Recording judgements, and the changes in a life that the plan counts."""

from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.actor import Actor, require
from service.audit.log.operations import record
from service.cases.diary.models import Pathway
from service.cases.outcomes.models import Evaluation, FamilyExit
from service.cases.programmes.queries import scale as scale_of
from service.cases.records.operations import check_after_referral, locked_case, programme_of, reach, superseded
from service.errors import invalid_field
from service.types import new_id


def record_evaluation(
    session: Session, actor: Actor, case_id: UUID, *, judge: str, pathway_id: UUID | None, scale: str, value: int,
    is_final: bool, occurred_on: date, note: str | None,
) -> UUID:  # fmt: skip
    """Record a judgement of the project, or of one of its pathways, by the beneficiary or by the operators.

    A2-IMP-2 of Lodi: "conclusi positivamente si intende valutati positivamente sia del beneficiario sia dagli operatori".
    """
    case = locked_case(session, case_id)
    require(actor, "outcomes:record")
    move = programme_of(session, case).move("evaluate", case.stage)
    check_after_referral(session, case_id, occurred_on)
    known = scale_of(session, scale)
    if not known.least <= value <= known.most:
        raise invalid_field("#/value", "number_out_of_range", known.least, known.most)
    if pathway_id is not None and session.scalar(
        select(Pathway.id).where(Pathway.id == pathway_id, Pathway.case_id == case_id, Pathway.superseded_at.is_(None))
    ) is None:  # fmt: skip
        raise invalid_field("#/pathway_id", "fact_is_unknown")
    evaluation = Evaluation(id=new_id(), case_id=case_id, judge=judge, pathway_id=pathway_id, scale=scale, value=value,
                            is_final=is_final, occurred_on=occurred_on, note=note, recorded_by=actor.user_id)  # fmt: skip
    session.add(evaluation)
    if pathway_id is None:
        for kind in move.milestones:
            reach(session, actor, case, kind, occurred_on)
    record(session, actor, "evaluation:record", case_id=case_id, resource_id=evaluation.id, people=[case.person_id],
           field_names=("judge", "scale", "value", "is_final", "occurred_on", "note"))  # fmt: skip
    return evaluation.id


def record_family_exit(
    session: Session, actor: Actor, case_id: UUID, *, occurred_on: date, destination: str, is_temporary: bool,
    returned_on: date | None,
) -> UUID:  # fmt: skip
    """The person left the family unit (D2-IMP-1), for good or for a time."""
    case = locked_case(session, case_id)
    require(actor, "outcomes:record")
    programme_of(session, case).move("record", case.stage)
    check_after_referral(session, case_id, occurred_on)
    if returned_on is not None:
        check_after_referral(session, case_id, returned_on, "#/returned_on")
        if returned_on < occurred_on:
            raise invalid_field("#/returned_on", "date_is_before_last_step", occurred_on)
    left = FamilyExit(id=new_id(), case_id=case_id, occurred_on=occurred_on, destination=destination,
                      is_temporary=is_temporary, returned_on=returned_on, recorded_by=actor.user_id)  # fmt: skip
    session.add(left)
    record(session, actor, "family_exit:record", case_id=case_id, resource_id=left.id, people=[case.person_id],
           field_names=("occurred_on", "destination", "is_temporary", "returned_on"))  # fmt: skip
    return left.id


def withdraw_family_exit(session: Session, actor: Actor, case_id: UUID, exit_id: UUID, *, reason: str) -> None:
    """An exit recorded by mistake: the row stays, superseded, with the reason."""
    case = locked_case(session, case_id, may_be_closed=True)
    require(actor, "outcomes:record")
    superseded(session, actor, FamilyExit, exit_id, case_id, reason)
    record(session, actor, "family_exit:withdraw", case_id=case_id, resource_id=exit_id, people=[case.person_id],
           field_names=("superseded_at",))  # fmt: skip
