"""The acts that stories name: for each the operation, the schema of its body in the API, the field that holds its day."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from inspect import signature
from io import BytesIO
from types import MappingProxyType
from typing import Any, Literal
from uuid import UUID

import marshmallow as ma
from reportlab.pdfgen.canvas import Canvas
from sqlalchemy.orm import Session

from service.access import operations as access
from service.access.schemas import NewOrganisationFlagSchema, OrganisationSchema
from service.actor import Actor
from service.budget.accounts.operations import record_expense_account
from service.budget.accounts.schemas import NewExpenseAccountSchema
from service.budget.ledger import operations as ledger
from service.budget.ledger.schemas import NewCommitmentSchema, NewLiquidationSchema
from service.budget.lines import operations as budget
from service.budget.lines.schemas import NewLineSchema, NewParticipationSchema
from service.cases.assessments import operations as assessments
from service.cases.assessments.schemas import (
    NewAnalysisSchema,
    NewAssessmentSchema,
    NewComplexitySchema,
    NewInstrumentResultSchema,
)
from service.cases.circumstances.operations import record_circumstance
from service.cases.circumstances.schemas import NewCircumstanceSchema
from service.cases.contacts.operations import record_contact
from service.cases.contacts.schemas import NewContactSchema
from service.cases.diary import operations as diary
from service.cases.diary.schemas import (
    ConvocationOutcomeSchema,
    InterventionCorrectionSchema,
    NewConvocationSchema,
    NewInterventionSchema,
    NewInterventionsSchema,
    NewPathwaySchema,
    PathwayEndSchema,
)
from service.cases.discharges.operations import record_discharge
from service.cases.discharges.schemas import NewDischargeSchema
from service.cases.files.operations import describe_file, store_content
from service.cases.files.rules import RIGHTS, kinds
from service.cases.hires.operations import record_hire
from service.cases.hires.schemas import NewHireSchema
from service.cases.housing import operations as housing
from service.cases.housing.schemas import NewDwellingSchema, NewStaySchema, StayEndSchema
from service.cases.involvements import operations as involvements
from service.cases.involvements.schemas import NewBodyInvolvementSchema, NewFamilyInvolvementSchema
from service.cases.meetings import operations as meetings
from service.cases.meetings.schemas import MinutesClosureSchema, NewMeetingSchema
from service.cases.monitoring import operations as monitoring
from service.cases.monitoring.schemas import (
    NewCheckSchema,
    NewFollowUpSchema,
    NewJobOutcomeSchema,
    NewSchoolStatusSchema,
)
from service.cases.outcomes import operations as outcomes
from service.cases.outcomes.schemas import (
    FamilyReturnSchema,
    NewEvaluationSchema,
    NewFamilyExitSchema,
    NewGoalOutcomeSchema,
)
from service.cases.path import approving, corrections, opening, operations, signing
from service.cases.path.schemas import (
    AcceptanceSchema,
    AssignmentSchema,
    ClosureSchema,
    ReasonedActSchema,
    ReopeningSchema,
    StepSchema,
)
from service.cases.placements import operations as placements
from service.cases.placements.schemas import (
    ActivationSchema,
    NewPlacementSchema,
    NewWorkAttendanceSchema,
    PlacementEndSchema,
)
from service.cases.presentations import operations as presentations
from service.cases.presentations.schemas import NewPresentationSchema
from service.cases.projects import operations as projects
from service.cases.projects.schemas import (
    ApprovalSchema,
    NewProjectSchema,
    NewSignatureSchema,
    ProjectChangesSchema,
    RefusalSchema,
)
from service.cases.rankings import operations as rankings
from service.cases.rankings.schemas import NewApplicationSchema, NewCallSchema, NewRankingSchema
from service.cases.records.schemas import DatedActSchema, NewCasePersonSchema, NewCaseSchema
from service.cases.teams import operations as teams
from service.cases.teams.schemas import DepartureSchema, NewMemberSchema
from service.cases.transfers import operations as transfers
from service.cases.transfers.schemas import NewTransferSchema
from service.people.guardians.operations import appoint_guardian
from service.people.guardians.schemas import NewGuardianSchema
from service.people.households.operations import form_household
from service.people.households.schemas import NewHouseholdSchema
from service.people.protection.operations import protect_person
from service.people.protection.schemas import NewProtectionSchema
from service.web import fields
from service.web.schemas import Choice, Narrative, Schema, Text

Version = Literal["case", "project", "meeting"]
PDF = "application/pdf"


@dataclass(frozen=True)
class Act:
    """An act. `is_of_case`: its first argument is the case; `of` is the next. `version`: whose it must know, if any."""

    operation: Callable[..., Any]
    body: type[ma.Schema]
    day: str | None = "occurred_on"
    is_of_case: bool = True
    of_version: Version = "case"

    @property
    def version(self) -> Version | None:
        """Whose version the operation asks for."""
        return self.of_version if "expected" in signature(self.operation).parameters else None


class KeptFileSchema(Schema):
    """A page to keep as a file."""

    file_name = Text(required=True)
    kind = Choice(kinds(), required=True)
    right = Choice(RIGHTS, load_default="case")
    occurred_on = fields.Date(required=True)
    page = Narrative(required=True)


def keep_file(
    session: Session, actor: Actor, case_id: UUID, *, file_name: str, kind: str, right: str, occurred_on: date, page: str
) -> UUID:  # fmt: skip
    """Describe a file and send its bytes: a PDF of one page."""
    drawn = BytesIO()
    canvas = Canvas(drawn)
    canvas.drawString(72, 760, page)
    canvas.save()
    content = drawn.getvalue()
    file_id = describe_file(session, actor, case_id, file_name=file_name, kind=kind, media_type=PDF, size=len(content),
                            sha256=sha256(content).hexdigest(), right=right, occurred_on=occurred_on)  # fmt: skip
    store_content(session, actor, case_id, file_id, content=content, media_type=PDF)
    return file_id


def change_draft(session: Session, actor: Actor, case_id: UUID, number: int, *, expected: int, **changes: Any) -> None:
    """Change a draft, the changes given one by one as those of a body."""
    projects.change_draft(session, actor, case_id, number, expected=expected, changes=changes)


_BEFORE = {  # what is done of persons, bodies and money, without a case
    "record_contact": Act(record_contact, NewContactSchema),
    "form_household": Act(form_household, NewHouseholdSchema, None),
    "appoint_guardian": Act(appoint_guardian, NewGuardianSchema, "from_on"),
    "protect_person": Act(protect_person, NewProtectionSchema, None),
    "register_organisation": Act(access.register_organisation, OrganisationSchema, None),
    "flag_organisation": Act(access.flag_organisation, NewOrganisationFlagSchema, "from_on"),
    "register_dwelling": Act(housing.register_dwelling, NewDwellingSchema, "from_on"),
    "open_call": Act(rankings.open_call, NewCallSchema, "opened_on"),
    "freeze_ranking": Act(rankings.freeze_ranking, NewRankingSchema, None),
    "commit_money": Act(ledger.commit_money, NewCommitmentSchema),
    "liquidate_money": Act(ledger.liquidate_money, NewLiquidationSchema),
    "open_case": Act(opening.open_case, NewCaseSchema, None),
}  # fmt: skip
_PATH = {
    "accept_case": Act(operations.accept_case, AcceptanceSchema),
    "refuse_case": Act(operations.refuse_case, ReasonedActSchema),
    "assign_case": Act(operations.assign_case, AssignmentSchema),
    "advance_case": Act(operations.advance_case, StepSchema),
    "start_case": Act(operations.start_case, DatedActSchema),
    "suspend_case": Act(operations.suspend_case, ReasonedActSchema),
    "resume_case": Act(operations.resume_case, DatedActSchema),
    "close_case": Act(operations.close_case, ClosureSchema),
    "reopen_case": Act(operations.reopen_case, ReopeningSchema),
    "join_case": Act(corrections.join_case, NewCasePersonSchema, "from_on"),
    "offer_transfer": Act(transfers.offer_transfer, NewTransferSchema),
    "accept_transfer": Act(transfers.accept_transfer, DatedActSchema),
}
_KNOWING = {  # who works on the case, and what they found
    "join_team": Act(teams.join_team, NewMemberSchema, "from_on"),
    "leave_team": Act(teams.leave_team, DepartureSchema, "to_on"),
    "record_meeting": Act(meetings.record_meeting, NewMeetingSchema, "held_on"),
    "close_meeting": Act(meetings.close_meeting, MinutesClosureSchema, "closed_on", of_version="meeting"),
    "declare_body_involvement": Act(involvements.declare_body_involvement, NewBodyInvolvementSchema),
    "declare_family_involvement": Act(involvements.declare_family_involvement, NewFamilyInvolvementSchema),
    "record_circumstance": Act(record_circumstance, NewCircumstanceSchema, "from_on"),
    "analyse_case": Act(assessments.analyse_case, NewAnalysisSchema),
    "record_assessment": Act(assessments.record_assessment, NewAssessmentSchema),
    "record_instrument_result": Act(assessments.record_instrument_result, NewInstrumentResultSchema),
    "declare_complexity": Act(assessments.declare_complexity, NewComplexitySchema, "from_on"),
    "record_application": Act(rankings.record_application, NewApplicationSchema, "protocol_on"),
    "keep_file": Act(keep_file, KeptFileSchema),
}
_PROJECT = {
    "draft_project": Act(projects.draft_project, NewProjectSchema, "drafted_on"),
    "change_draft": Act(change_draft, ProjectChangesSchema, None, of_version="project"),
    "approve_project": Act(approving.approve_project, ApprovalSchema, "approved_on", of_version="project"),
    "sign_project": Act(signing.sign_project, NewSignatureSchema, "signed_on", of_version="project"),
    "refuse_signature": Act(signing.refuse_signature, RefusalSchema, "refused_on", of_version="project"),
    "add_line": Act(budget.add_line, NewLineSchema, None),
    "record_participation": Act(budget.record_participation, NewParticipationSchema),
    "record_expense_account": Act(record_expense_account, NewExpenseAccountSchema, "presented_on"),
}
_DIARY = {
    "convene_case": Act(diary.convene_case, NewConvocationSchema),
    "record_convocation_outcome": Act(diary.record_convocation_outcome, ConvocationOutcomeSchema),
    "record_intervention": Act(diary.record_intervention, NewInterventionSchema),
    "record_interventions": Act(diary.record_interventions, NewInterventionsSchema, None),
    "correct_intervention": Act(diary.correct_intervention, InterventionCorrectionSchema, None),
    "start_pathway": Act(diary.start_pathway, NewPathwaySchema, "from_on"),
    "end_pathway": Act(diary.end_pathway, PathwayEndSchema, "ended_on"),
    "record_presentation": Act(presentations.record_presentation, NewPresentationSchema),
    "record_discharge": Act(record_discharge, NewDischargeSchema, "discharged_on"),
    "plan_placement": Act(placements.plan_placement, NewPlacementSchema, "from_on"),
    "activate_placement": Act(placements.activate_placement, ActivationSchema, "activated_on"),
    "record_attendance": Act(placements.record_attendance, NewWorkAttendanceSchema, "month"),
    "end_placement": Act(placements.end_placement, PlacementEndSchema, "ended_on"),
    "record_hire": Act(record_hire, NewHireSchema, "from_on"),
    "begin_stay": Act(housing.begin_stay, NewStaySchema, "from_on"),
    "end_stay": Act(housing.end_stay, StayEndSchema, "to_on"),
}
_OUTCOMES = {
    "record_check": Act(monitoring.record_check, NewCheckSchema, None),
    "record_evaluation": Act(outcomes.record_evaluation, NewEvaluationSchema),
    "record_goal_outcome": Act(outcomes.record_goal_outcome, NewGoalOutcomeSchema),
    "record_family_exit": Act(outcomes.record_family_exit, NewFamilyExitSchema),
    "record_family_return": Act(outcomes.record_family_return, FamilyReturnSchema, "returned_on"),
    "record_school_status": Act(monitoring.record_school_status, NewSchoolStatusSchema, "observed_on"),
    "record_job_outcome": Act(monitoring.record_job_outcome, NewJobOutcomeSchema, "observed_on"),
    "record_follow_up": Act(monitoring.record_follow_up, NewFollowUpSchema),
}
ACTS: Mapping[str, Act] = MappingProxyType(
    {name: replace(act, is_of_case=False) for name, act in _BEFORE.items()}
    | _PATH | _KNOWING | _PROJECT | _DIARY | _OUTCOMES
)  # fmt: skip
