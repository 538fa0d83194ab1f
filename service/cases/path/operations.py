"""The moves that need all the rooms of a case: open, accept, assign, sign, start, close."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access import grounds
from service.actor import Actor, require
from service.audit.log.operations import record
from service.cases.diary.queries import has_open_pathways
from service.cases.programmes.queries import definition_in_force
from service.cases.projects.models import ProjectVersion, Signature
from service.cases.projects.queries import version_row
from service.cases.records.models import Case, Referral
from service.cases.records.operations import check_not_future, locked_case, move, programme_of, reach
from service.cases.teams.models import TeamMember
from service.cases.teams.operations import add_member, end_membership, give_sight, require_manager
from service.cases.teams.queries import manager
from service.errors import Conflict, Forbidden, invalid_field
from service.people.queries import person_row
from service.types import new_id, now

OPENERS = ("social_worker", "case_manager", "coordinator")


def open_case(
    session: Session, actor: Actor, *, programme: str, person_id: UUID, service_id: UUID, referral: dict[str, Any]
) -> UUID:
    """Open a case in a service of the actor's; the referral is kept, and who opens it joins the team.

    Raises NotFound for a person out of sight, Invalid for dates out of order or a programme that isn't in force.
    """
    require(actor, "cases:open")
    if service_id not in actor.organisations(*OPENERS) or actor.user_id is None:
        raise Forbidden("organisation_is_not_yours")
    person_row(session, person_id)
    _check_referral(referral)
    definition = definition_in_force(session, programme, referral["arrived_on"])
    case = Case(id=new_id(), programme=programme, programme_version=definition.version, person_id=person_id,
                service_id=service_id, stage=definition.first_stage, recorded_by=actor.user_id)  # fmt: skip
    opener = TeamMember(id=new_id(), case_id=case.id, user_id=actor.user_id, organisation_id=service_id, component="social",
                        role="social_worker", from_on=referral["arrived_on"], recorded_by=actor.user_id)  # fmt: skip
    # Sight comes before the row: row-level security refuses a case that its writer may not see.
    grounds.give_to_service(session, service_id, case_id=case.id, person_id=person_id)
    give_sight(session, case, opener)
    session.add(case)
    session.flush()
    session.add(opener)
    session.add(Referral(id=new_id(), case_id=case.id, recorded_by=actor.user_id, **referral))
    reach(session, actor, case, "referred", referral["arrived_on"])
    record(session, actor, "case:open", case_id=case.id, resource_id=case.id, people=[person_id],
           field_names=("programme", "service_id", "referral"))  # fmt: skip
    return case.id


def _check_referral(referral: dict[str, Any]) -> None:
    check_not_future(referral["arrived_on"], "#/referral/arrived_on")
    if referral["happened_on"] > referral["arrived_on"]:
        raise invalid_field("#/referral/arrived_on", "date_is_before_last_step", referral["happened_on"])


def accept_case(session: Session, actor: Actor, case_id: UUID, *, expected: int, occurred_on: date) -> None:
    """The service accepts the case."""
    case = locked_case(session, case_id, expected)
    require(actor, "cases:accept")
    move(session, actor, case, "accept", occurred_on)
    _record(session, actor, case, "accept", "stage")


def assign_case(
    session: Session, actor: Actor, case_id: UUID, *, expected: int, user_id: UUID, occurred_on: date
) -> None:
    """Name the case manager, one at a time; the one before leaves the team."""
    case = locked_case(session, case_id, expected)
    require(actor, "cases:assign")
    if case.service_id not in actor.organisations("coordinator"):
        raise Forbidden("organisation_is_not_yours")
    move(session, actor, case, "assign", occurred_on)
    before = manager(session, case_id)
    if before is not None:
        if before.user_id == user_id:
            raise Conflict("case_has_this_manager")
        end_membership(session, before, occurred_on)
    member = TeamMember(id=new_id(), case_id=case_id, user_id=user_id, organisation_id=case.service_id, component="social",
                        role="case_manager", from_on=occurred_on, recorded_by=actor.user_id)  # fmt: skip
    add_member(session, case, member)
    _record(session, actor, case, "assign", "user_id")


def sign_project(
    session: Session, actor: Actor, case_id: UUID, number: int, *, expected: int, signer: str, signed_on: date
) -> None:
    """Record a signature on an approved version; with the last one that the programme demands, the project is signed.

    D.Lgs 147/2017 art. 6: the project is signed by the members of the household. DM 23/11/2016 art. 2.
    """
    case = locked_case(session, case_id)
    require(actor, "projects:sign")
    version = version_row(session, case_id, number, expected)
    if version.status != "approved" or version.content_hash is None or version.approved_on is None:
        raise Conflict("version_is_in_another_state", version.status)
    demanded = programme_of(session, case).signers
    if signer not in demanded:
        raise invalid_field("#/signer", "value_is_unknown", ", ".join(demanded))
    if signer == "case_manager":
        require_manager(session, actor, case)
    check_not_future(signed_on, "#/signed_on")
    if signed_on < version.approved_on:
        raise invalid_field("#/signed_on", "date_is_before_last_step", version.approved_on)
    session.add(Signature(id=new_id(), case_id=case_id, version_id=version.id, signer=signer, signed_on=signed_on,
                          content_hash=version.content_hash, recorded_by=actor.user_id))  # fmt: skip
    session.flush()
    signed = dict(session.execute(
        select(Signature.signer, Signature.signed_on).where(Signature.version_id == version.id)).all())  # fmt: skip
    version.version += 1
    if set(signed) >= set(demanded):
        _complete(session, actor, case, version, max(signed.values()))
    _record(session, actor, case, "sign", "signatures", room="project", resource_id=version.id)


def _complete(session: Session, actor: Actor, case: Case, version: ProjectVersion, signed_on: date) -> None:
    version.status, version.signed_on, version.signed_at = "signed", signed_on, now()
    move(session, actor, case, "sign", signed_on, "#/signed_on")


def start_case(session: Session, actor: Actor, case_id: UUID, *, expected: int, occurred_on: date) -> None:
    """The first support of the signed project is active."""
    case = locked_case(session, case_id, expected)
    require(actor, "cases:start")
    require_manager(session, actor, case)
    move(session, actor, case, "start", occurred_on)
    _record(session, actor, case, "start", "stage")


def close_case(
    session: Session, actor: Actor, case_id: UUID, *, expected: int, occurred_on: date, outcome: str
) -> None:
    """Close a case with an outcome of its programme, which says the milestone: concluded, abandoned, or none."""
    case = locked_case(session, case_id, expected)
    require(actor, "cases:close")
    require_manager(session, actor, case)
    chosen = programme_of(session, case).outcome(outcome, case.stage)
    if has_open_pathways(session, case_id):
        raise Conflict("pathways_are_open")
    move(session, actor, case, "close", occurred_on)
    case.is_closed, case.outcome = True, outcome
    if chosen.milestone is not None:
        reach(session, actor, case, chosen.milestone, occurred_on)
    _record(session, actor, case, "close", "stage", "outcome")


def _record(
    session: Session,
    actor: Actor,
    case: Case,
    act: str,
    *field_names: str,
    room: str = "case",
    resource_id: UUID | None = None,
) -> None:
    record(session, actor, f"{room}:{act}", case_id=case.id, resource_id=resource_id or case.id, people=[case.person_id],
           field_names=field_names)  # fmt: skip
