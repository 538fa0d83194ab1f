"""The moves of a case from its acceptance to its end, and on from there. Opening and signing are beside this."""

from collections.abc import Sequence
from datetime import date
from textwrap import shorten
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from service.actor import Actor
from service.cases.circumstances.operations import end_suspension, write
from service.cases.diary.queries import has_open_pathways
from service.cases.outcomes.operations import record_goal_outcomes
from service.cases.outcomes.queries import goals_without_outcome
from service.cases.programmes.queries import definition_in_force
from service.cases.programmes.rules import check_listed
from service.cases.records.operations import check_date, locked_case, move, programme_of, record_on
from service.cases.teams.models import TeamMember
from service.cases.teams.operations import add_member, end_membership, require_manager
from service.cases.teams.queries import last_managed_on, manager
from service.errors import Conflict, Forbidden, invalid_field
from service.types import new_id


def accept_case(
    session: Session, actor: Actor, case_id: UUID, *, expected: int, occurred_on: date, is_appropriate: bool | None
) -> None:
    """The service accepts the case, and says whether it was right to send it here (none: not judged)."""
    case = locked_case(session, actor, "cases:accept", case_id, expected)
    move(session, actor, case, "accept", occurred_on)
    if is_appropriate is not None:
        code = "appropriate" if is_appropriate else "inappropriate"
        write(session, actor, case, kind="referral_judgement", code=code, from_on=occurred_on)
    record_on(session, actor, case, "case:accept", case_id, "stage", "is_appropriate")


def refuse_case(
    session: Session, actor: Actor, case_id: UUID, *, expected: int, occurred_on: date, reason: str, note: str | None
) -> None:
    """The service does not take the case in charge, for a reason of the programme's list: it ends without having been one."""
    case = locked_case(session, actor, "cases:accept", case_id, expected)
    check_listed(reason, programme_of(session, case).refusal_reasons, "#/reason")
    case.stage_before = case.stage
    move(session, actor, case, "refuse", occurred_on)
    case.is_closed, case.outcome = True, reason
    write(session, actor, case, kind="refusal", code=reason, from_on=occurred_on, note=note)
    record_on(session, actor, case, "case:refuse", case_id, "stage", "outcome", "note")


def assign_case(
    session: Session, actor: Actor, case_id: UUID, *, expected: int, user_id: UUID, occurred_on: date
) -> None:
    """Name the case manager, one at a time; the one before leaves the team."""
    case = locked_case(session, actor, "cases:assign", case_id, expected)
    if case.service_id not in actor.organisations("coordinator"):
        raise Forbidden("organisation_is_not_yours")
    move(session, actor, case, "assign", occurred_on)
    before, managed_until = manager(session, case_id), last_managed_on(session, case_id)
    if managed_until is not None and occurred_on < managed_until:
        raise invalid_field("#/occurred_on", "date_is_before_last_step", managed_until)
    if before is not None:
        if before.user_id == user_id:
            raise Conflict("case_has_this_manager")
        end_membership(session, before, occurred_on)
    member = TeamMember(id=new_id(), case_id=case_id, user_id=user_id, organisation_id=case.service_id, component="social",
                        role="case_manager", from_on=occurred_on, recorded_by=actor.user_id)  # fmt: skip
    add_member(session, case, member)
    record_on(session, actor, case, "case:assign", case_id, "user_id")


def start_case(session: Session, actor: Actor, case_id: UUID, *, expected: int, occurred_on: date) -> None:
    """The first support of the signed project is active."""
    case = locked_case(session, actor, "cases:start", case_id, expected)
    require_manager(session, actor, case)
    move(session, actor, case, "start", occurred_on)
    record_on(session, actor, case, "case:start", case_id, "stage")


def advance_case(
    session: Session, actor: Actor, case_id: UUID, *, expected: int, stage: str, occurred_on: date
) -> None:
    """Bring the case to a stage that no other act leads to: a ranking reached, a waiting list, a match looked for."""
    case = locked_case(session, actor, "cases:advance", case_id, expected)
    move(session, actor, case, "advance", occurred_on, to=stage)
    record_on(session, actor, case, "case:advance", case_id, "stage")


def suspend_case(
    session: Session, actor: Actor, case_id: UUID, *, expected: int, occurred_on: date, reason: str, note: str | None
) -> None:
    """The path stops for a while, for a reason of the programme's list; clocks that may stop, stop."""
    case = locked_case(session, actor, "cases:suspend", case_id, expected)
    require_manager(session, actor, case)
    check_listed(reason, programme_of(session, case).suspension_reasons, "#/reason")
    case.stage_before = case.stage
    move(session, actor, case, "suspend", occurred_on)
    write(session, actor, case, kind="suspension", code=reason, from_on=occurred_on, note=note)
    record_on(session, actor, case, "case:suspend", case_id, "stage", "reason", "note")


def resume_case(session: Session, actor: Actor, case_id: UUID, *, expected: int, occurred_on: date) -> None:
    """The path goes on from where it stopped."""
    case = locked_case(session, actor, "cases:suspend", case_id, expected)
    require_manager(session, actor, case)
    move(session, actor, case, "resume", occurred_on)
    case.stage, case.stage_before = case.stage_before or case.stage, None
    end_suspension(session, case, occurred_on)
    record_on(session, actor, case, "case:resume", case_id, "stage")


def close_case(
    session: Session, actor: Actor, case_id: UUID, *, expected: int, occurred_on: date, outcome: str,
    goal_outcomes: Sequence[dict[str, Any]] = (),
) -> None:  # fmt: skip
    """Close a case with an outcome of its programme, which says the milestone: concluded, abandoned, or none.

    Of each goal in force it must be told what became of it: before, or here (`goal_outcomes`: see `record_goal_outcomes`).
    """
    case = locked_case(session, actor, "cases:close", case_id, expected)
    require_manager(session, actor, case)
    programme = programme_of(session, case)
    chosen = programme.outcome(outcome, case.stage)
    if has_open_pathways(session, case_id):
        raise Conflict("pathways_are_open")
    is_paused = programme.is_pause(case.stage)
    if not is_paused:
        case.stage_before = case.stage
    move(session, actor, case, "close", occurred_on, extra=tuple(filter(None, [chosen.milestone])))
    if is_paused:
        end_suspension(session, case, occurred_on)
    record_goal_outcomes(session, actor, case, goal_outcomes, occurred_on)
    untold = goals_without_outcome(session, case_id)
    if untold:
        named = (f"{goal.position + 1} ({shorten(goal.wording, 80, placeholder='…')})" for goal in untold)
        raise invalid_field("#/goal_outcomes", "goals_are_without_outcome", ", ".join(named))
    case.stage = chosen.to or case.stage
    case.is_closed, case.outcome = True, outcome
    write(session, actor, case, kind="closure", code=outcome, from_on=occurred_on)
    fields = ("stage", "outcome", "goal_outcomes") if goal_outcomes else ("stage", "outcome")
    record_on(session, actor, case, "case:close", case_id, *fields)


def reopen_case(
    session: Session, actor: Actor, case_id: UUID, *, expected: int, occurred_on: date, reason: str
) -> None:
    """The same case goes on from where it was: its project and its first dates stay."""
    case = locked_case(session, actor, "cases:close", case_id, expected, may_be_closed=True)
    require_manager(session, actor, case)
    if not case.is_closed:
        raise Conflict("case_is_open")
    move(session, actor, case, "reopen", occurred_on)
    case.is_closed, case.outcome = False, None
    case.stage, case.stage_before = case.stage_before or case.stage, None
    write(session, actor, case, kind="reopening", code="reopened", from_on=occurred_on, note=reason)
    record_on(session, actor, case, "case:reopen", case_id, "stage", "reason")


def adopt_version(
    session: Session, actor: Actor, case_id: UUID, *, expected: int, version: int, stage: str, occurred_on: date
) -> None:
    """Follow the case under another version of its programme from a day on, in a stage of that version."""
    case = locked_case(session, actor, "cases:assign", case_id, expected)
    if case.service_id not in actor.organisations("coordinator"):
        raise Forbidden("organisation_is_not_yours")
    if version <= case.programme_version:
        raise invalid_field("#/version", "version_is_not_newer", case.programme_version)
    check_date(session, case, occurred_on)
    newer = definition_in_force(session, case.programme, occurred_on, version)
    check_listed(stage, newer.stages, "#/stage")
    if programme_of(session, case).is_pause(case.stage) and not newer.is_pause(stage):
        end_suspension(session, case, occurred_on)
        case.stage_before = None
    case.programme_version, case.stage = version, stage
    case.version += 1
    write(session, actor, case, kind="programme_version", code=str(version), from_on=occurred_on)
    record_on(session, actor, case, "version:adopt", case_id, "programme_version", "stage")
