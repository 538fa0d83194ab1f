"""Declaring that a body or the family took part, and withdrawing what was declared by mistake."""

from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from service.actor import Actor
from service.cases.involvements.models import BodyInvolvement, FamilyInvolvement
from service.cases.meetings.queries import is_live
from service.cases.records.models import Case
from service.cases.records.operations import (
    case_for_facts,
    check_after_referral,
    locked_case,
    record_on,
    superseded,
)
from service.errors import invalid_field
from service.types import new_id


def declare_body_involvement(
    session: Session, actor: Actor, case_id: UUID, *, organisation_id: UUID, component: str, phase: str,
    occurred_on: date, evidence: str, meeting_id: UUID | None,
) -> UUID:  # fmt: skip
    """A body took part in a phase of the project, as the evidence says."""
    case = case_for_facts(session, actor, "involvements:declare", case_id)
    _check(session, case, occurred_on, meeting_id)
    declared = BodyInvolvement(id=new_id(), case_id=case_id, organisation_id=organisation_id, component=component,
                               phase=phase, occurred_on=occurred_on, evidence=evidence, meeting_id=meeting_id,
                               recorded_by=actor.user_id)  # fmt: skip
    session.add(declared)
    record_on(session, actor, case, "body_involvement:declare", declared.id,
              "organisation_id", "component", "phase", "occurred_on", "evidence", "meeting_id")  # fmt: skip
    return declared.id


def withdraw_body_involvement(
    session: Session, actor: Actor, case_id: UUID, involvement_id: UUID, *, reason: str
) -> None:
    """An involvement declared by mistake: the row stays, superseded, with the reason."""
    case = locked_case(session, actor, "involvements:declare", case_id, may_be_closed=True)
    superseded(session, actor, BodyInvolvement, involvement_id, case_id, reason)
    record_on(session, actor, case, "body_involvement:withdraw", involvement_id, "superseded_at")


def declare_family_involvement(
    session: Session, actor: Actor, case_id: UUID, *, kind: str | None, is_possible: bool, occurred_on: date,
    evidence: str, meeting_id: UUID | None,
) -> UUID:  # fmt: skip
    """The family was activated or involved, or there is none that could be (`is_possible` false, no kind)."""
    case = case_for_facts(session, actor, "involvements:declare", case_id)
    if (kind is not None) != is_possible:
        raise invalid_field("#/kind", "kind_goes_with_possible")
    _check(session, case, occurred_on, meeting_id)
    declared = FamilyInvolvement(id=new_id(), case_id=case_id, kind=kind, is_possible=is_possible,
                                 occurred_on=occurred_on, evidence=evidence, meeting_id=meeting_id,
                                 recorded_by=actor.user_id)  # fmt: skip
    session.add(declared)
    record_on(session, actor, case, "family_involvement:declare", declared.id,
              "kind", "is_possible", "occurred_on", "evidence", "meeting_id")  # fmt: skip
    return declared.id


def withdraw_family_involvement(
    session: Session, actor: Actor, case_id: UUID, involvement_id: UUID, *, reason: str
) -> None:
    """An involvement declared by mistake: the row stays, superseded, with the reason."""
    case = locked_case(session, actor, "involvements:declare", case_id, may_be_closed=True)
    superseded(session, actor, FamilyInvolvement, involvement_id, case_id, reason)
    record_on(session, actor, case, "family_involvement:withdraw", involvement_id, "superseded_at")


def _check(session: Session, case: Case, occurred_on: date, meeting_id: UUID | None) -> None:
    check_after_referral(session, case.id, occurred_on)
    if meeting_id is not None and not is_live(session, case.id, meeting_id):
        raise invalid_field("#/meeting_id", "fact_is_unknown")
