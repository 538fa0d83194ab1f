"""Recording judgements, what became of goals, and the exits from the family unit."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.actor import Actor
from service.cases.diary.models import Pathway
from service.cases.outcomes.models import Evaluation, FamilyExit, GoalOutcome
from service.cases.outcomes.queries import current_goals, signed_goals
from service.cases.outcomes.rules import level_fits
from service.cases.programmes.queries import check_on_scale
from service.cases.records.models import Case
from service.cases.records.operations import (
    allowed_move,
    case_for_facts,
    check_after_referral,
    corrected,
    locked_case,
    mark,
    record_on,
    restate_milestone,
    superseded,
)
from service.errors import Conflict, FieldError, Forbidden, Invalid, invalid_field
from service.types import new_id


def record_evaluation(
    session: Session, actor: Actor, case_id: UUID, *, judge: str, pathway_id: UUID | None, scale: str, value: int,
    is_final: bool, occurred_on: date, note: str | None, goal_id: UUID | None = None, judge_body_id: UUID | None = None,
    corrects: dict[str, Any] | None = None,
) -> UUID:  # fmt: skip
    """Record a judgement of the project, of one of its goals or of a pathway; or correct one, also of a closed case.

    A2-IMP-2 of Lodi: "conclusi positivamente si intende valutati positivamente sia del beneficiario sia dagli operatori".
    `judge`: `operator` for the actor's own judgement, in the name of one of the actor's bodies (`judge_body_id`);
    `operators` for the one that the team agreed on.
    """
    case = locked_case(session, actor, "outcomes:record", case_id, may_be_closed=corrects is not None)
    allowed = None if corrects else allowed_move(session, actor, case, "evaluate")
    check_after_referral(session, case_id, occurred_on)
    check_on_scale(session, scale, value, occurred_on, "#/value")
    if corrects is None:
        _check_subject(session, case_id, pathway_id, goal_id)
    _check_body(actor, judge, judge_body_id)
    made = Evaluation(id=new_id(), case_id=case_id, judge=judge, judge_body_id=judge_body_id, goal_id=goal_id,
                      operator_id=actor.user_id if judge == "operator" else None, pathway_id=pathway_id, scale=scale,
                      value=value, is_final=is_final, occurred_on=occurred_on, note=note,
                      recorded_by=actor.user_id)  # fmt: skip
    if corrects is not None:
        _correct_evaluation(session, actor, made, corrects)
    if is_final:
        _check_only_final(session, made)
    session.add(made)
    if allowed is not None and goal_id is None and pathway_id is None:
        mark(session, actor, case, allowed, occurred_on)
    record_on(session, actor, case, "evaluation:record", made.id, "judge", "judge_body_id", "goal_id", "pathway_id",
              "scale", "value", "is_final", "occurred_on", "note", *(["corrects"] if corrects else []))  # fmt: skip
    return made.id


def withdraw_evaluation(session: Session, actor: Actor, case_id: UUID, evaluation_id: UUID, *, reason: str) -> None:
    """A judgement recorded by mistake: the row stays, superseded, with the reason; its milestone goes with it."""
    case = locked_case(session, actor, "outcomes:record", case_id, may_be_closed=True)
    gone = superseded(session, actor, Evaluation, evaluation_id, case_id, reason)
    _check_own(actor, gone)
    if gone.goal_id is None and gone.pathway_id is None:
        restate_milestone(session, actor, case_id, "evaluated", gone.occurred_on, None, reason)
    record_on(session, actor, case, "evaluation:withdraw", evaluation_id, "superseded_at")


def _check_subject(session: Session, case_id: UUID, pathway_id: UUID | None, goal_id: UUID | None) -> None:
    if pathway_id is not None and goal_id is not None:
        raise invalid_field("#/goal_id", "judgement_is_of_one_thing")
    if pathway_id is not None and session.scalar(
        select(Pathway.id).where(Pathway.id == pathway_id, Pathway.case_id == case_id, Pathway.superseded_at.is_(None))
    ) is None:  # fmt: skip
        raise invalid_field("#/pathway_id", "fact_is_unknown")
    if goal_id is not None and goal_id not in signed_goals(session, case_id):
        raise invalid_field("#/goal_id", "goal_is_unknown")


def _check_body(actor: Actor, judge: str, judge_body_id: UUID | None) -> None:
    if (judge == "operator") != (judge_body_id is not None):
        raise invalid_field("#/judge_body_id", "body_goes_with_operator")
    if judge_body_id is not None and judge_body_id not in {organisation for _, organisation in actor.roles}:
        raise invalid_field("#/judge_body_id", "organisation_is_not_yours")


def _check_own(actor: Actor, judged: Evaluation) -> None:
    """An operator's own judgement is that operator's: nobody else changes it."""
    if judged.operator_id not in (None, actor.user_id):
        raise Forbidden("judgement_is_of_another")


def _correct_evaluation(session: Session, actor: Actor, made: Evaluation, corrects: dict[str, Any]) -> None:
    """A correction is of the same thing as what it corrects; the milestone of a judgement of the project follows its day."""
    before = corrected(session, actor, Evaluation, made.case_id, corrects)
    _check_own(actor, before)
    if (before.goal_id, before.pathway_id) != (made.goal_id, made.pathway_id):
        raise invalid_field("#/corrects/id", "correction_is_of_another_thing")
    if made.goal_id is None and made.pathway_id is None:
        restate_milestone(session, actor, made.case_id, "evaluated", before.occurred_on, made.occurred_on,
                          corrects["reason"])  # fmt: skip


def _check_only_final(session: Session, made: Evaluation) -> None:
    """A judge says a last word once a day on one thing: which of two counts must be told by their days. The case is locked."""
    same = (Evaluation.judge, Evaluation.operator_id, Evaluation.goal_id, Evaluation.pathway_id, Evaluation.occurred_on)
    if session.scalar(
        select(Evaluation.id).where(
            Evaluation.case_id == made.case_id, Evaluation.is_final, Evaluation.superseded_at.is_(None),
            *(column.is_not_distinct_from(getattr(made, column.key)) for column in same),
        )
    ) is not None:  # fmt: skip
        raise Conflict("judgement_is_final")


def record_goal_outcome(
    session: Session, actor: Actor, case_id: UUID, *, goal_id: UUID, status: str, gas_level: int | None,
    occurred_on: date, note: str | None, corrects: dict[str, Any] | None = None,
) -> UUID:  # fmt: skip
    """Say what became of a goal of the signed project in force; or correct what was said, also of a closed case."""
    case = locked_case(session, actor, "outcomes:record", case_id, may_be_closed=corrects is not None)
    if corrects is None:
        allowed_move(session, actor, case, "evaluate")
    check_after_referral(session, case_id, occurred_on)
    known = {goal.id for goal in current_goals(session, case_id)}
    if corrects is not None:
        known = {corrected(session, actor, GoalOutcome, case_id, corrects).goal_id}
    told = {"goal_id": goal_id, "status": status, "gas_level": gas_level, "note": note}
    [made] = _write_goal_outcomes(session, actor, case, known, [("#", told)], occurred_on)
    record_on(session, actor, case, "goal_outcome:record", made, "goal_id", "status", "gas_level", "occurred_on", "note",
              *(["corrects"] if corrects else []))  # fmt: skip
    return made


def record_goal_outcomes(
    session: Session, actor: Actor, case: Case, told: Sequence[dict[str, Any]], occurred_on: date
) -> list[UUID]:
    """Write what became of goals, within an act that has locked the case and records its event (a closure).

    `told`: dicts of `goal_id`, `status`, `gas_level`, `note`, as they stand in the body's `goal_outcomes`. Raises Invalid for
    a goal that isn't of the version in force, or a level that contradicts the status; Conflict for a goal of which it is told.
    """
    known = {goal.id for goal in current_goals(session, case.id)}
    placed = [(f"#/goal_outcomes/{place}", one) for place, one in enumerate(told)]
    return _write_goal_outcomes(session, actor, case, known, placed, occurred_on)


def _write_goal_outcomes(
    session: Session, actor: Actor, case: Case, known: set[UUID], placed: Sequence[tuple[str, dict[str, Any]]],
    occurred_on: date,
) -> list[UUID]:  # fmt: skip
    wrong = [FieldError(f"{place}/goal_id", "goal_is_unknown") for place, one in placed if one["goal_id"] not in known]
    wrong += [FieldError(f"{place}/gas_level", "level_contradicts_status")
              for place, one in placed if not level_fits(one["status"], one["gas_level"])]  # fmt: skip
    if wrong:
        raise Invalid("request_is_invalid", errors=tuple(wrong))
    made = [GoalOutcome(id=new_id(), case_id=case.id, occurred_on=occurred_on, recorded_by=actor.user_id, **one)
            for _, one in placed]  # fmt: skip
    session.add_all(made)
    session.flush()
    return [outcome.id for outcome in made]


def withdraw_goal_outcome(session: Session, actor: Actor, case_id: UUID, goal_outcome_id: UUID, *, reason: str) -> None:
    """An outcome told by mistake: the goal is open again."""
    case = locked_case(session, actor, "outcomes:record", case_id)
    superseded(session, actor, GoalOutcome, goal_outcome_id, case_id, reason)
    record_on(session, actor, case, "goal_outcome:withdraw", goal_outcome_id, "superseded_at")


def record_family_exit(
    session: Session, actor: Actor, case_id: UUID, *, occurred_on: date, destination: str, is_temporary: bool,
    returned_on: date | None, lived_with_family_at_start: bool | None = None,
) -> UUID:  # fmt: skip
    """The person left the family unit (D2-IMP-1), for good or for a time."""
    case = case_for_facts(session, actor, "outcomes:record", case_id)
    check_after_referral(session, case_id, occurred_on)
    if returned_on is not None:
        _check_return(session, case_id, occurred_on, returned_on)
    left = FamilyExit(id=new_id(), case_id=case_id, occurred_on=occurred_on, destination=destination,
                      is_temporary=is_temporary, lived_with_family_at_start=lived_with_family_at_start,
                      returned_on=returned_on, recorded_by=actor.user_id)  # fmt: skip
    session.add(left)
    record_on(session, actor, case, "family_exit:record", left.id, "occurred_on", "destination", "is_temporary",
              "lived_with_family_at_start", "returned_on")  # fmt: skip
    return left.id


def record_family_return(session: Session, actor: Actor, case_id: UUID, exit_id: UUID, *, returned_on: date) -> UUID:
    """Who had left came back to the family, while the case goes on or is followed up after it.

    The exit is superseded by one that has its end: a figure known at an earlier time still shows it open.
    """
    case = locked_case(session, actor, "outcomes:record", case_id, may_be_closed=True)
    allowed_move(session, actor, case, "follow_up" if case.is_closed else "record")
    before = superseded(session, actor, FamilyExit, exit_id, case_id, "Rientro nel nucleo familiare")
    if before.returned_on is not None:
        raise Conflict("person_has_returned")
    _check_return(session, case_id, before.occurred_on, returned_on)
    left = FamilyExit(id=new_id(), case_id=case_id, occurred_on=before.occurred_on, destination=before.destination,
                      is_temporary=before.is_temporary, lived_with_family_at_start=before.lived_with_family_at_start,
                      returned_on=returned_on, recorded_by=actor.user_id)  # fmt: skip
    session.add(left)
    record_on(session, actor, case, "family_return:record", left.id, "returned_on")
    return left.id


def _check_return(session: Session, case_id: UUID, left_on: date, returned_on: date) -> None:
    check_after_referral(session, case_id, returned_on, "#/returned_on")
    if returned_on < left_on:
        raise invalid_field("#/returned_on", "date_is_before_last_step", left_on)


def withdraw_family_exit(session: Session, actor: Actor, case_id: UUID, exit_id: UUID, *, reason: str) -> None:
    """An exit recorded by mistake: the row stays, superseded, with the reason."""
    case = locked_case(session, actor, "outcomes:record", case_id, may_be_closed=True)
    superseded(session, actor, FamilyExit, exit_id, case_id, reason)
    record_on(session, actor, case, "family_exit:withdraw", exit_id, "superseded_at")
