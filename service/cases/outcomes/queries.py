"""Reading judgements and what became of goals."""

from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.cases.diary.models import Pathway
from service.cases.outcomes.models import Evaluation, GoalOutcome
from service.cases.outcomes.rules import Judgement, verdict
from service.cases.programmes.queries import positive_from
from service.cases.projects.models import Goal, ProjectVersion

_OF_A_JUDGEMENT = (
    Evaluation.judge, Evaluation.operator_id, Evaluation.pathway_id, Evaluation.scale, Evaluation.value,
    Evaluation.is_final, Evaluation.occurred_on, Evaluation.recorded_at,
)  # fmt: skip


def current_goals(session: Session, case_id: UUID) -> list[Goal]:
    """The goals of the signed version in force, in their order: of the last one that is signed."""
    in_force = (
        select(func.max(ProjectVersion.number))
        .where(ProjectVersion.case_id == case_id, ProjectVersion.status == "signed")
        .scalar_subquery()
    )
    return list(session.scalars(
        select(Goal).join(ProjectVersion, ProjectVersion.id == Goal.version_id)
        .where(ProjectVersion.case_id == case_id, ProjectVersion.number == in_force, ProjectVersion.status == "signed")
        .order_by(Goal.position)
    ))  # fmt: skip


def signed_goals(session: Session, case_id: UUID) -> set[UUID]:
    """The goals of every version that was signed: what may be judged and checked."""
    return set(session.scalars(
        select(Goal.id).join(ProjectVersion, ProjectVersion.id == Goal.version_id)
        .where(ProjectVersion.case_id == case_id, ProjectVersion.signed_on.is_not(None))
    ))  # fmt: skip


def goals_without_outcome(session: Session, case_id: UUID) -> list[Goal]:
    """The goals in force of which nobody has said what became: a closure asks for them."""
    told = _told(session, case_id)
    return [goal for goal in current_goals(session, case_id) if goal.id not in told]


def told_goals(session: Session, case_id: UUID) -> list[dict[str, Any]]:
    """The goals in force, and whether anybody said what became of each."""
    told = _told(session, case_id)
    return [{"goal_id": goal.id, "life_domain": goal.life_domain, "wording": goal.wording, "has_outcome": goal.id in told}
            for goal in current_goals(session, case_id)]  # fmt: skip


def _told(session: Session, case_id: UUID) -> set[UUID]:
    return set(session.scalars(
        select(GoalOutcome.goal_id).where(GoalOutcome.case_id == case_id, GoalOutcome.superseded_at.is_(None))
    ))  # fmt: skip


def judgements(session: Session, case_id: UUID) -> list[Judgement]:
    """The live judgements of the project and of its pathways; those of single goals say nothing of the whole."""
    rows = session.execute(
        select(*_OF_A_JUDGEMENT).where(
            Evaluation.case_id == case_id, Evaluation.superseded_at.is_(None), Evaluation.goal_id.is_(None)
        )
    )
    return [Judgement(*row) for row in rows]


def verdicts(session: Session, case_id: UUID) -> dict[str, Any]:
    """How the project and each of its pathways are judged by both sides."""
    judged, scales = judgements(session, case_id), positive_from(session)
    pathways = session.scalars(
        select(Pathway.id)
        .where(Pathway.case_id == case_id, Pathway.superseded_at.is_(None))
        .order_by(Pathway.from_on, Pathway.id)
    )
    return {
        "project": verdict(judged, scales),
        "pathways": [{"pathway_id": one, "verdict": verdict(judged, scales, one)} for one in pathways],
    }
