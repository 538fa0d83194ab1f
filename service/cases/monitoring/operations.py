"""Recording checks of a project, observations after its end, and what is observed of work and school."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from service.actor import Actor
from service.cases.monitoring.models import (
    CheckParticipant,
    FollowUp,
    FollowUpAnswer,
    GoalProgress,
    JobOutcome,
    MonitoringCheck,
    SchoolStatus,
)
from service.cases.monitoring.queries import ended_on as ended_on_of
from service.cases.monitoring.rules import (
    ROOM,
    answer_errors,
    check_errors,
    earliest_observation,
    latest_review,
    questions_on,
)
from service.cases.outcomes.queries import signed_goals
from service.cases.programmes.queries import check_on_scale
from service.cases.programmes.rules import Definition, check_listed
from service.cases.projects.queries import review_months_on
from service.cases.records.models import Case
from service.cases.records.operations import (
    allowed_move,
    case_for_facts,
    check_after_referral,
    check_not_future,
    corrected,
    locked_case,
    mark,
    programme_of,
    record_on,
    restate_milestone,
    superseded,
)
from service.codes import entry as code_entry
from service.errors import Conflict, FieldError, Invalid, invalid_field
from service.types import new_id, today


def record_check(
    session: Session, actor: Actor, case_id: UUID, *, corrects: dict[str, Any] | None = None, **told: Any
) -> UUID:
    """Record that a check of the project was held, missed or moved; or correct a record of it, also of a closed case.

    `told`: `level`, `status`, `due_on`, `held_on`, `next_due_on`, `participants`, `progress`, `meeting_id`, `result`. What is
    held writes `monitored` (D2-PRO-1: "monitoraggi effettuati"); without `next_due_on` the next is due at the end of the
    programme's longest interval (REVIEW_NEXT).
    """
    case = locked_case(session, actor, "outcomes:record", case_id, may_be_closed=corrects is not None)
    if corrects is None:
        allowed_move(session, actor, case, "monitor")
    _check_told(session, case, told)
    before = corrected(session, actor, MonitoringCheck, case_id, corrects) if corrects else None
    parts = {name: told.pop(name) for name in ("participants", "progress")}
    check = MonitoringCheck(id=new_id(), case_id=case_id, recorded_by=actor.user_id, **told)
    session.add(check)
    session.flush()
    part = {"check_id": check.id, "case_id": case_id}
    session.add_all(CheckParticipant(**part, **one) for one in parts["participants"])
    session.add_all(GoalProgress(**part, **one) for one in parts["progress"])
    _mark_held(session, actor, case, check, before, corrects)
    record_on(session, actor, case, "check:record", check.id, *told, *parts, *(["corrects"] if corrects else []))
    return check.id


def _check_told(session: Session, case: Case, told: dict[str, Any]) -> None:
    """Check what is told of a check, and fill in the day of the next."""
    programme = programme_of(session, case)
    if told["level"] not in programme.monitoring_levels:
        raise invalid_field("#/level", "value_is_unknown", ", ".join(map(str, programme.monitoring_levels)))
    held_on = told["held_on"]
    latest = latest_review(programme, held_on, review_months_on(session, case.id, held_on)) if held_on else None
    wrong = [*check_errors(told, latest, today()), *_unknown_goals(session, case, told["progress"])]
    if wrong:
        raise Invalid("request_is_invalid", errors=tuple(wrong))
    if held_on is not None:
        check_after_referral(session, case.id, held_on, "#/held_on")
    if told["status"] == "missed":
        check_after_referral(session, case.id, told["due_on"], "#/due_on")
    told["next_due_on"] = told["next_due_on"] or latest


def _unknown_goals(session: Session, case: Case, progress: list[dict[str, Any]]) -> list[FieldError]:
    if not progress:
        return []
    known = signed_goals(session, case.id)
    return [FieldError(f"#/progress/{place}/goal_id", "goal_is_unknown")
            for place, one in enumerate(progress) if one["goal_id"] not in known]  # fmt: skip


def _mark_held(
    session: Session, actor: Actor, case: Case, check: MonitoringCheck, before: MonitoringCheck | None,
    corrects: dict[str, Any] | None,
) -> None:  # fmt: skip
    """The milestone of a held check: written, or brought where its correction says."""
    if before is not None and before.held_on is not None and corrects is not None:
        restate_milestone(session, actor, case.id, "monitored", before.held_on, check.held_on, corrects["reason"])
    elif check.held_on is not None:
        mark(session, actor, case, allowed_move(session, actor, case, "monitor"), check.held_on)


def withdraw_check(session: Session, actor: Actor, case_id: UUID, check_id: UUID, *, reason: str) -> None:
    """A check recorded by mistake: the row stays, superseded, with the reason; its milestone goes with it."""
    case = locked_case(session, actor, "outcomes:record", case_id, may_be_closed=True)
    gone = superseded(session, actor, MonitoringCheck, check_id, case_id, reason)
    if gone.held_on is not None:
        restate_milestone(session, actor, case_id, "monitored", gone.held_on, None, reason)
    record_on(session, actor, case, "check:withdraw", check_id, "superseded_at")


def record_follow_up(
    session: Session, actor: Actor, case_id: UUID, *, months_after: int, occurred_on: date, status: str,
    answers: list[dict[str, str]], instrument: str | None, score: int | None, corrects: dict[str, Any] | None = None,
) -> UUID:  # fmt: skip
    """Observe a person after the end of the case, at one of the programme's months; or correct such an observation.

    SIL_FOLLOWUP: 6 months after the end, and 12. Held, it writes `follow_up`; who can't be traced or refuses is kept too.
    """
    case = locked_case(session, actor, "outcomes:record", case_id, may_be_closed=True)
    allowed = allowed_move(session, actor, case, "follow_up")
    ended_on = ended_on_of(session, case_id)
    if ended_on is None:
        raise Conflict("case_has_not_ended")
    programme = programme_of(session, case)
    outcome = programme.outcomes.get(case.outcome or "")
    if outcome is not None and not outcome.has_follow_up:
        raise Conflict("outcome_has_no_follow_up", outcome.label)
    _check_observation(programme, months_after, occurred_on, ended_on)
    _check_answers(programme, status, occurred_on, answers, instrument, score)
    before = corrected(session, actor, FollowUp, case_id, corrects) if corrects else None
    made = FollowUp(id=new_id(), case_id=case_id, ended_on=before.ended_on if before else ended_on, occurred_on=occurred_on,
                    months_after=months_after, status=status, instrument=instrument, score=score,
                    recorded_by=actor.user_id)  # fmt: skip
    session.add(made)
    session.flush()
    session.add_all(FollowUpAnswer(follow_up_id=made.id, case_id=case_id, **one) for one in answers)
    if before is not None and before.status == "held" and corrects is not None:
        is_on = occurred_on if status == "held" else None
        restate_milestone(session, actor, case_id, "follow_up", before.occurred_on, is_on, corrects["reason"])
    elif status == "held":
        mark(session, actor, case, allowed, occurred_on)
    record_on(session, actor, case, "follow_up:record", made.id, "months_after", "occurred_on", "status", "answers",
              "instrument", "score", *(["corrects"] if corrects else []))  # fmt: skip
    return made.id


def _check_observation(programme: Definition, months_after: int, occurred_on: date, ended_on: date) -> None:
    asked = programme.follow_up_months
    if asked and months_after not in asked:
        raise invalid_field("#/months_after", "value_is_unknown", ", ".join(map(str, asked)))
    check_not_future(occurred_on)
    if occurred_on < ended_on:
        raise invalid_field("#/occurred_on", "date_is_before_last_step", ended_on)
    soonest = earliest_observation(ended_on, months_after)
    if occurred_on < soonest:
        raise invalid_field("#/occurred_on", "follow_up_is_too_early", months_after, soonest)


def _check_answers(
    programme: Definition,
    status: str,
    on: date,
    answers: list[dict[str, str]],
    instrument: str | None,
    score: int | None,
) -> None:
    if status != "held" and (answers or score is not None):
        raise invalid_field("#/status", "follow_up_was_not_held")
    if (instrument is None) != (score is None):
        raise invalid_field("#/score", "score_goes_with_instrument")
    if instrument is not None:
        check_listed(instrument, programme.instruments, "#/instrument")
    wrong = tuple(answer_errors(answers, questions_on(on)))
    if wrong:
        raise Invalid("request_is_invalid", errors=wrong)


def withdraw_follow_up(session: Session, actor: Actor, case_id: UUID, follow_up_id: UUID, *, reason: str) -> None:
    """A follow-up recorded by mistake: the row stays, superseded, with the reason; its milestone goes with it."""
    case = locked_case(session, actor, "outcomes:record", case_id, may_be_closed=True)
    gone = superseded(session, actor, FollowUp, follow_up_id, case_id, reason)
    if gone.status == "held":
        restate_milestone(session, actor, case_id, "follow_up", gone.occurred_on, None, reason)
    record_on(session, actor, case, "follow_up:withdraw", follow_up_id, "superseded_at")


def record_job_outcome(
    session: Session, actor: Actor, case_id: UUID, *, employer: str, contract: str, weekly_hours: int, from_on: date,
    to_on: date | None, observed_on: date, satisfaction: int | None, scale: str | None, judged_by: str | None,
) -> UUID:  # fmt: skip
    """A job as observed on a day: at the hire, or at a follow-up of a closed case (O10-OUT-2: a satisfactory job, any
    contract). The day of the observation is not that of the closure."""
    case = locked_case(session, actor, "outcomes:record", case_id, may_be_closed=True)
    allowed_move(session, actor, case, "follow_up" if case.is_closed else "record")
    check_after_referral(session, case_id, observed_on, "#/observed_on")
    if observed_on < from_on:
        raise invalid_field("#/observed_on", "date_is_before_start", from_on)
    if to_on is not None and to_on < from_on:
        raise invalid_field("#/to_on", "date_is_before_start", from_on)
    code_entry(ROOM, "contracts", contract, from_on, "#/contract")
    if len({satisfaction is None, scale is None, judged_by is None}) > 1:
        raise invalid_field("#/satisfaction", "satisfaction_is_in_parts")
    if scale is not None and satisfaction is not None:
        check_on_scale(session, scale, satisfaction, observed_on, "#/satisfaction")
    made = JobOutcome(id=new_id(), case_id=case_id, employer=employer, contract=contract, weekly_hours=weekly_hours,
                      from_on=from_on, to_on=to_on, observed_on=observed_on, satisfaction=satisfaction, scale=scale,
                      judged_by=judged_by, recorded_by=actor.user_id)  # fmt: skip
    session.add(made)
    record_on(session, actor, case, "job_outcome:record", made.id, "employer", "contract", "weekly_hours", "from_on", "to_on",
              "observed_on", "satisfaction", "scale", "judged_by")  # fmt: skip
    return made.id


def withdraw_job_outcome(session: Session, actor: Actor, case_id: UUID, job_outcome_id: UUID, *, reason: str) -> None:
    """A job recorded by mistake: the row stays, superseded, with the reason."""
    case = locked_case(session, actor, "outcomes:record", case_id, may_be_closed=True)
    superseded(session, actor, JobOutcome, job_outcome_id, case_id, reason)
    record_on(session, actor, case, "job_outcome:withdraw", job_outcome_id, "superseded_at")


def record_school_status(session: Session, actor: Actor, case_id: UUID, *, status: str, observed_on: date) -> UUID:
    """Where the person stands with school on a day (E3-IMP-2 of Lodi: never interrupted, attending or qualified at last)."""
    case = case_for_facts(session, actor, "outcomes:record", case_id)
    check_after_referral(session, case_id, observed_on, "#/observed_on")
    made = SchoolStatus(id=new_id(), case_id=case_id, status=status, observed_on=observed_on, recorded_by=actor.user_id)
    session.add(made)
    record_on(session, actor, case, "school_status:record", made.id, "status", "observed_on")
    return made.id


def withdraw_school_status(
    session: Session, actor: Actor, case_id: UUID, school_status_id: UUID, *, reason: str
) -> None:
    """A status recorded by mistake: the row stays, superseded, with the reason."""
    case = locked_case(session, actor, "outcomes:record", case_id, may_be_closed=True)
    superseded(session, actor, SchoolStatus, school_status_id, case_id, reason)
    record_on(session, actor, case, "school_status:withdraw", school_status_id, "superseded_at")
