"""Recording and correcting assessments, results of instruments, complexity and the preliminary analysis."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.actor import Actor
from service.cases.assessments.models import AssessedArea, Assessment, Complexity, InstrumentResult, PreliminaryAnalysis
from service.cases.assessments.results import made_results
from service.cases.programmes.rules import check_listed
from service.cases.records.models import Case, Milestone
from service.cases.records.operations import (
    case_for_facts,
    check_after_referral,
    go_to,
    locked_case,
    move,
    programme_of,
    reach,
    record_on,
    superseded,
)
from service.cases.teams.operations import require_manager
from service.errors import FieldError, Forbidden, Invalid, invalid_field
from service.types import new_id

ASSESSMENT_FIELDS = ("occurred_on", "moment", "setting", "is_joint_with_asst", "areas", "results")


def analyse_case(
    session: Session, actor: Actor, case_id: UUID, *, occurred_on: date, outcome: str,
    outcome_letter: str | None, finding: str | None,
) -> UUID:  # fmt: skip
    """Close the analisi preliminare: its outcome says where the case goes (D.Lgs 147/2017 art. 5)."""
    case = locked_case(session, actor, "assessments:record", case_id)
    outcomes = programme_of(session, case).preliminary_outcomes
    move(session, actor, case, "analyse", occurred_on)
    check_listed(outcome, outcomes, "#/outcome")
    case.stage = outcomes[outcome].to or case.stage
    analysis = PreliminaryAnalysis(id=new_id(), case_id=case_id, occurred_on=occurred_on, outcome=outcome,
                                   outcome_letter=outcome_letter, finding=finding, recorded_by=actor.user_id)  # fmt: skip
    session.add(analysis)
    record_on(session, actor, case, "case:analyse", analysis.id, "occurred_on", "outcome", "outcome_letter", "finding")
    return analysis.id


def correct_analysis(
    session: Session, actor: Actor, case_id: UUID, analysis_id: UUID, *, outcome: str, outcome_letter: str | None,
    finding: str | None, reason: str,
) -> UUID:  # fmt: skip
    """Write the analysis of that day anew; the wrong one stays, with the reason. Its milestone stays too: it was held.

    The case goes where the right outcome leads, unless its path went on since: that is not undone.
    """
    case = locked_case(session, actor, "assessments:record", case_id, may_be_closed=True)
    outcomes = programme_of(session, case).preliminary_outcomes
    check_listed(outcome, outcomes, "#/outcome")
    wrong = superseded(session, actor, PreliminaryAnalysis, analysis_id, case_id, reason)
    if not case.is_closed and not _went_on(session, wrong):
        go_to(case, outcomes[outcome].to)
    right = PreliminaryAnalysis(id=new_id(), case_id=case_id, occurred_on=wrong.occurred_on, outcome=outcome,
                                outcome_letter=outcome_letter, finding=finding, recorded_by=actor.user_id)  # fmt: skip
    session.add(right)
    record_on(
        session, actor, case, "analysis:correct", right.id, "outcome", "outcome_letter", "finding", "superseded_at"
    )
    return right.id


def _went_on(session: Session, analysis: PreliminaryAnalysis) -> bool:
    """Whether a step was made after an analysis; appointments and a new case manager are none."""
    since = select(Milestone.id).where(
        Milestone.case_id == analysis.case_id, Milestone.superseded_at.is_(None),
        Milestone.recorded_at > analysis.recorded_at, Milestone.kind.not_in(("assigned", "convened")),
    )  # fmt: skip
    return session.execute(since.limit(1)).first() is not None


def record_assessment(
    session: Session, actor: Actor, case_id: UUID, *, occurred_on: date, setting: str, areas: list[dict[str, Any]],
    moment: str = "start", is_joint_with_asst: bool = False, results: Sequence[dict[str, Any]] = (),
) -> UUID:  # fmt: skip
    """Record an assessment over all the areas that the programme demands (D.Lgs 147/2017 art. 5; DM 23/11/2016 art. 2).

    `results`: those of the programme's instruments. Raises Invalid at each wrong place, Forbidden for health results by
    who may not see them.
    """
    case = locked_case(session, actor, "assessments:record", case_id)
    _check(areas, programme_of(session, case).areas)
    move(session, actor, case, "assess", occurred_on)
    made = _write(session, actor, case, areas, results, occurred_on=occurred_on, moment=moment, setting=setting,
                  is_joint_with_asst=is_joint_with_asst)  # fmt: skip
    record_on(session, actor, case, "assessment:record", made, *ASSESSMENT_FIELDS)
    return made


def correct_assessment(
    session: Session, actor: Actor, case_id: UUID, assessment_id: UUID, *, occurred_on: date, setting: str,
    areas: list[dict[str, Any]], moment: str, is_joint_with_asst: bool, results: Sequence[dict[str, Any]], reason: str,
) -> UUID:  # fmt: skip
    """Write an assessment anew, whole; the wrong one stays, with its results and the reason.

    The case does not move: it moved when the wrong one was recorded. If the day changes, the milestone goes with it.
    """
    case = locked_case(session, actor, "assessments:record", case_id, may_be_closed=True)
    wrong = _taken_back(session, actor, case, assessment_id, reason)
    _check(areas, programme_of(session, case).areas)
    check_after_referral(session, case_id, occurred_on)
    made = _write(session, actor, case, areas, results, occurred_on=occurred_on, moment=moment, setting=setting,
                  is_joint_with_asst=is_joint_with_asst)  # fmt: skip
    if occurred_on != wrong.occurred_on and _milestone_withdrawn(session, actor, case, wrong.occurred_on, reason):
        reach(session, actor, case, "assessed", occurred_on)
    record_on(session, actor, case, "assessment:correct", made, *ASSESSMENT_FIELDS, "superseded_at")
    return made


def withdraw_assessment(session: Session, actor: Actor, case_id: UUID, assessment_id: UUID, *, reason: str) -> None:
    """An assessment recorded by mistake: it stays, superseded with its results (also those out of the actor's sight).

    It wrote one `assessed` milestone on its day, and one of that day goes with it. The stage stays: the next act moves it.
    """
    case = locked_case(session, actor, "assessments:record", case_id, may_be_closed=True)
    wrong = _taken_back(session, actor, case, assessment_id, reason)
    _milestone_withdrawn(session, actor, case, wrong.occurred_on, reason)
    record_on(session, actor, case, "assessment:withdraw", assessment_id, "superseded_at")


def record_instrument_result(
    session: Session, actor: Actor, case_id: UUID, *, occurred_on: date, moment: str, setting: str,
    is_joint_with_asst: bool, **result: Any,
) -> UUID:  # fmt: skip
    """Record the result of an instrument by itself. `result`: instrument, instrument_version, area, score, items."""
    case = case_for_facts(session, actor, "assessments:record", case_id)
    check_after_referral(session, case_id, occurred_on)
    [made] = made_results(session, actor, case, [("#", result)], occurred_on=occurred_on, moment=moment, setting=setting,
                          is_joint_with_asst=is_joint_with_asst)  # fmt: skip
    session.add(made)
    record_on(session, actor, case, "instrument_result:record", made.id, "occurred_on", "moment", "setting",
              "is_joint_with_asst", *result)  # fmt: skip
    return made.id


def withdraw_instrument_result(session: Session, actor: Actor, case_id: UUID, result_id: UUID, *, reason: str) -> None:
    """A result recorded by mistake, alone or within an assessment; the rest of the assessment stands."""
    case = locked_case(session, actor, "assessments:record", case_id, may_be_closed=True)
    superseded(session, actor, InstrumentResult, result_id, case_id, reason)
    record_on(session, actor, case, "instrument_result:withdraw", result_id, "superseded_at")


def declare_complexity(
    session: Session, actor: Actor, case_id: UUID, *, from_on: date, is_complex: bool, criteria: list[str], setting: str
) -> UUID:
    """Say whether the case is complex from a day on: for its case manager, or a coordinator of the service.

    `criteria`: those of the programme that are met. A complex case meets some, a case that is not complex none.
    """
    case = case_for_facts(session, actor, "assessments:record", case_id)
    require_manager(session, actor, case)
    check_after_referral(session, case_id, from_on, "#/from_on")
    if bool(criteria) != is_complex:
        raise invalid_field("#/criteria", "criteria_go_with_complexity")
    for index, criterion in enumerate(criteria):
        check_listed(criterion, programme_of(session, case).complexity_criteria, f"#/criteria/{index}")
    made = Complexity(id=new_id(), case_id=case_id, from_on=from_on, is_complex=is_complex, criteria=sorted(set(criteria)),
                      setting=setting, recorded_by=actor.user_id)  # fmt: skip
    session.add(made)
    record_on(session, actor, case, "complexity:declare", made.id, "from_on", "is_complex", "criteria", "setting")
    return made.id


def withdraw_complexity(session: Session, actor: Actor, case_id: UUID, complexity_id: UUID, *, reason: str) -> None:
    """A judgement of complexity recorded by mistake: the one before lasts until the one after."""
    case = locked_case(session, actor, "assessments:record", case_id, may_be_closed=True)
    require_manager(session, actor, case)
    superseded(session, actor, Complexity, complexity_id, case_id, reason)
    record_on(session, actor, case, "complexity:withdraw", complexity_id, "superseded_at")


def _write(
    session: Session, actor: Actor, case: Case, areas: list[dict[str, Any]], results: Sequence[dict[str, Any]], **values: Any
) -> UUID:  # fmt: skip
    assessment = Assessment(id=new_id(), case_id=case.id, recorded_by=actor.user_id, **values)
    placed = [(f"#/results/{index}", result) for index, result in enumerate(results)]
    made = made_results(session, actor, case, placed, **values)
    session.add(assessment)
    session.flush()
    session.add_all(AssessedArea(assessment_id=assessment.id, case_id=case.id, **area) for area in areas)
    for result in made:
        result.assessment_id = assessment.id
        session.add(result)
    return assessment.id


def _taken_back(session: Session, actor: Actor, case: Case, assessment_id: UUID, reason: str) -> Assessment:
    """Supersede an assessment: for who recorded it, or a coordinator of the service, who see all that goes with it."""
    wrong = superseded(session, actor, Assessment, assessment_id, case.id, reason)
    if wrong.recorded_by != actor.user_id and case.service_id not in actor.organisations("coordinator"):
        raise Forbidden("assessment_is_of_another")
    return wrong


def _milestone_withdrawn(session: Session, actor: Actor, case: Case, day: date, reason: str) -> bool:
    """Take back one `assessed` of a day. Whether there was one: not every move of every programme writes it."""
    milestone_id = session.scalars(
        select(Milestone.id)
        .where(Milestone.case_id == case.id, Milestone.kind == "assessed", Milestone.occurred_on == day,
               Milestone.superseded_at.is_(None))
        .order_by(Milestone.id.desc()).limit(1)
    ).one_or_none()  # fmt: skip
    if milestone_id is not None:
        superseded(session, actor, Milestone, milestone_id, case.id, reason)
    return milestone_id is not None


def _check(areas: list[dict[str, Any]], demanded: Mapping[str, str]) -> None:
    given = [area["area"] for area in areas]
    wrong = tuple(
        FieldError(f"#/areas/{index}/area", "area_is_unknown" if area not in demanded else "area_is_repeated")
        for index, area in enumerate(given)
        if area not in demanded or area in given[:index]
    )
    if wrong:
        raise Invalid("request_is_invalid", errors=wrong)
    missing = [label for area, label in demanded.items() if area not in given]
    if missing:
        raise invalid_field("#/areas", "areas_are_missing", ", ".join(missing))
