"""Everything that happened in a case, in the order of its days: one statement over all the rooms' facts."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    Text,
    Uuid,
    case,
    cast,
    func,
    literal,
    null,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.orm import Session

from service.budget.accounts.models import ExpenseAccount
from service.budget.lines.models import BudgetLine, Participation
from service.cases.assessments.models import Assessment, Complexity, InstrumentResult, PreliminaryAnalysis
from service.cases.circumstances.models import Circumstance
from service.cases.circumstances.rules import OF_ACTS, kinds
from service.cases.diary.models import Convocation, ConvocationOutcome, Intervention, Pathway, PathwayEnd
from service.cases.discharges.models import Discharge
from service.cases.files.models import File
from service.cases.hires.models import Hire
from service.cases.housing.models import Stay
from service.cases.involvements.models import BodyInvolvement, FamilyInvolvement
from service.cases.meetings.models import Meeting
from service.cases.monitoring.models import FollowUp, JobOutcome, MonitoringCheck, SchoolStatus
from service.cases.outcomes.models import Evaluation, FamilyExit, GoalOutcome
from service.cases.placements.models import Attendance, Placement, PlacementActivation, PlacementEnd
from service.cases.presentations.models import Presentation
from service.cases.printing.models import Print
from service.cases.projects.models import ProjectVersion, Signature
from service.cases.rankings.models import Application
from service.cases.records.models import CasePerson, Milestone, Recorded, Referral
from service.cases.teams.models import TeamMember
from service.cases.transfers.models import Transfer
from service.types import ROME
from service.web.paging import id_in_cursor


@dataclass(frozen=True)
class Source:
    """A table of facts: the kind of all of them, the day (none: that of the recording), the code that says what it was.

    `note`: the words that somebody wrote. `told_as`: what the kind of each row is, where they are of several (`kinds`).
    """

    kind: str
    table: type[Recorded]
    day: Any = None
    code: Any = None
    note: Any = None
    told_as: Any = None
    kinds: tuple[str, ...] = ()


SOURCES = (
    Source("referral", Referral, Referral.arrived_on, Referral.channel),
    Source("milestone", Milestone, Milestone.occurred_on, Milestone.kind),
    Source("case_person", CasePerson, CasePerson.from_on, CasePerson.role),
    Source("circumstance", Circumstance, Circumstance.from_on, Circumstance.code, Circumstance.note,
           told_as=Circumstance.kind, kinds=(*kinds(), *OF_ACTS)),
    Source("file", File, File.occurred_on, File.kind),
    Source("team_member", TeamMember, TeamMember.from_on, TeamMember.component),
    Source("meeting", Meeting, Meeting.held_on, Meeting.kind),
    Source("body_involvement", BodyInvolvement, BodyInvolvement.occurred_on, BodyInvolvement.phase),
    Source("family_involvement", FamilyInvolvement, FamilyInvolvement.occurred_on, FamilyInvolvement.kind),
    Source("preliminary_analysis", PreliminaryAnalysis, PreliminaryAnalysis.occurred_on, PreliminaryAnalysis.outcome),
    Source("assessment", Assessment, Assessment.occurred_on, Assessment.setting),
    Source("instrument_result", InstrumentResult, InstrumentResult.occurred_on, InstrumentResult.instrument),
    Source("complexity", Complexity, Complexity.from_on, Complexity.setting),
    Source("application", Application, Application.protocol_on, Application.priority_class),
    Source("signature", Signature, Signature.signed_on, Signature.signer, Signature.refusal_reason,
           told_as=case((Signature.is_refusal, "signature_refusal"), else_="signature"),
           kinds=("signature", "signature_refusal")),
    Source("convocation", Convocation, Convocation.occurred_on),
    Source("intervention", Intervention, Intervention.occurred_on, Intervention.kind),
    Source("convocation_outcome", ConvocationOutcome, ConvocationOutcome.occurred_on, ConvocationOutcome.outcome),
    Source("presentation", Presentation, Presentation.occurred_on, Presentation.office),
    Source("discharge", Discharge, Discharge.discharged_on, Discharge.destination),
    Source("placement", Placement, Placement.from_on, Placement.kind),
    Source("placement_activation", PlacementActivation, PlacementActivation.activated_on),
    Source("placement_end", PlacementEnd, PlacementEnd.ended_on, PlacementEnd.end_code),
    Source("attendance", Attendance, Attendance.month),
    Source("hire", Hire, Hire.from_on, Hire.contract),
    Source("stay", Stay, Stay.from_on, Stay.kind),
    Source("pathway", Pathway, Pathway.from_on, Pathway.kind),
    Source("pathway_end", PathwayEnd, PathwayEnd.ended_on, PathwayEnd.end_code),
    Source("evaluation", Evaluation, Evaluation.occurred_on, Evaluation.judge),
    Source("goal_outcome", GoalOutcome, GoalOutcome.occurred_on, GoalOutcome.status),
    Source(
        "monitoring_check",
        MonitoringCheck,
        func.coalesce(MonitoringCheck.held_on, MonitoringCheck.due_on),
        MonitoringCheck.status,
    ),
    Source("follow_up", FollowUp, FollowUp.occurred_on, FollowUp.status),
    Source("job_outcome", JobOutcome, JobOutcome.observed_on, JobOutcome.contract),
    Source("school_status", SchoolStatus, SchoolStatus.observed_on, SchoolStatus.status),
    Source("family_exit", FamilyExit, FamilyExit.occurred_on, FamilyExit.destination),
    Source("budget_line", BudgetLine, None, BudgetLine.source),
    Source("expense_account", ExpenseAccount, ExpenseAccount.presented_on, None, ExpenseAccount.refusal_reason),
    Source("budget_participation", Participation, Participation.occurred_on, Participation.who),
    Source("transfer", Transfer, Transfer.offered_on, Transfer.decision,
           func.concat_ws("\n", Transfer.reason, Transfer.decision_reason)),
)  # fmt: skip
"""Every table of facts of a case; the order is of no matter."""
VERSIONS = ("project_draft", "project_approval", "project_revocation")
"""What is told of a version of the project, whose number is the code."""
KINDS = frozenset(VERSIONS).union(*(source.kinds or (source.kind,) for source in SOURCES))
"""Every kind of thing that a timeline may tell."""


def timeline(session: Session, case_id: UUID, *, limit: int, cursor: str | None) -> list[Any]:
    """A page of what happened, the latest day first, and one row more if it goes on. Row-level security hides the rest."""
    parts = (*(_rows(source, case_id) for source in SOURCES), *_versions(case_id))
    told = union_all(*parts).cte("told")
    place = (told.c.occurred_on, told.c.recorded_at, told.c.id)
    statement = select(told).order_by(*(column.desc() for column in place)).limit(limit + 1)
    if cursor is not None:
        last = id_in_cursor(cursor, f"timeline:{case_id}")
        day, time = (select(column).where(told.c.id == last).scalar_subquery() for column in place[:2])
        statement = statement.where(tuple_(*place) < tuple_(day, time, literal(last)))
    return list(session.execute(statement))


def _rows(source: Source, case_id: UUID) -> Select[Any]:
    table = source.table
    recorded_on = cast(func.timezone(ROME.key, table.recorded_at), Date)
    return select(
        table.id, _text(source.kind if source.told_as is None else source.told_as).label("kind"),
        _text(source.code).label("code"), _text(source.note).label("note"),
        (recorded_on if source.day is None else source.day).label("occurred_on"), table.recorded_at, table.recorded_by,
        table.superseded_at, table.supersede_reason,
    ).where(table.case_id == case_id)  # fmt: skip


def _versions(case_id: UUID) -> tuple[Select[Any], ...]:
    """When each version was drafted, approved (as its print, which is kept then, has it) and revoked."""
    version = ProjectVersion
    drafted = _of_version("project_draft", version.id, version.drafted_on, version.recorded_at, version.author_id)
    approval = _of_version("project_approval", Print.id, version.approved_on, File.recorded_at, version.approved_by)
    revoked_id = cast(func.md5(func.concat(version.id, "revoked")), Uuid)  # the draft has the version's own
    revocation = _of_version("project_revocation", revoked_id, version.revoked_on, version.revoked_at,
                             version.revoked_by, version.revoke_reason)  # fmt: skip
    return (
        drafted.where(version.case_id == case_id),
        approval.join(Print, (Print.version_id == version.id) & (Print.layout == "full"))
        .join(File, File.id == Print.file_id)
        .where(version.case_id == case_id),
        revocation.where(version.case_id == case_id, version.status == "revoked"),
    )


def _of_version(kind: str, id_: Any, day: Any, time: Any, by: Any, note: Any = None) -> Select[Any]:
    return select(
        id_.label("id"), _text(kind).label("kind"), _text(ProjectVersion.number).label("code"), _text(note).label("note"),
        day.label("occurred_on"), time.label("recorded_at"), by.label("recorded_by"),
        null().label("superseded_at"), null().label("supersede_reason"),
    ).select_from(ProjectVersion)  # fmt: skip


def _text(value: Any) -> ColumnElement[Any]:
    return cast(null() if value is None else value, Text)
