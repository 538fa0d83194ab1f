"""A programme's definition, as files hold it and as the API answers it."""

from collections import Counter
from typing import Any

from marshmallow import ValidationError, validates_schema
from marshmallow.validate import Regexp

from service.actor import ROLES
from service.cases.programmes.rules import ACTS, DATED_FACTS, ENDS, MILESTONES, NOT_OF_MOVES
from service.cases.programmes.soundness import FLAWS
from service.clocks.rules import rules
from service.web import fields
from service.web.schemas import Choice, Code, Length, Number, Schema, Text

COMPONENTS = ("social", "clinical", "school", "psychological", "work", "housing", "private_social", "family", "person")
SIGNERS = ("person", "legal_representative", "household", "case_manager", "service", "health_service", "provider")
GOAL_FIELDS = ("in_first_person", "baseline", "target", "due_on", "responsible_id", "gas_levels")
CLOCK_RULES = sorted(name for name, versions in rules().items() if versions[0].subject != "service")
"""The deadlines that run in a case; those of the service itself run nowhere else."""
CLOCK_FACTS = (*MILESTONES, *DATED_FACTS)
SUBJECTS = ("person", "household")
REQUIRED_FACTS = (
    "preliminary_analysis", "assessment", "signed_project", "family_involvement", "body_involvement", "beneficiary_judgement",
    "operators_judgement", "housing_placement", "family_exit", "budget_participation", "pathway", "work_placement",
    "host_flags", "certificate", "referral_appropriateness", "monitoring_level", "contact", "protected_discharge",
    "school_status", "employability", "job_outcome", "prevention", "complexity", "economic_support", "goal_outcomes",
)  # fmt: skip


class ListedSchema(Schema):
    """A code and what it means."""

    code = Code(required=True)
    label = Text(required=True)


class LeadingSchema(ListedSchema):
    """A choice that moves the case to a stage."""

    to = Code(required=True)


def _told_apart(items: list[dict[str, Any]]) -> None:
    twice = [code for code, times in Counter(item["code"] for item in items).items() if times > 1]
    if twice:
        raise ValidationError(f"codes_are_repeated:{', '.join(twice)}")


def _listed(schema: type[ListedSchema], least: int, most: int, **options: Any) -> fields.Field[Any]:
    """A list of codes, none of which is there twice."""
    return fields.List(fields.Nested(schema), validate=[Length(least, most), _told_apart], **options)


class MoveSchema(Schema):
    """One way to make an act: stages in which it is allowed, stage after it, milestones that it writes, roles it is for."""

    stages = fields.List(Code(), required=True, data_key="from", validate=Length(1, 30))
    to = Code()
    milestones = fields.List(Choice([one for one in MILESTONES if one not in NOT_OF_MOVES]), validate=Length(0, 5))
    by = fields.List(Choice(sorted(ROLES)), validate=Length(1, 10))


class OutcomeSchema(ListedSchema):
    """A way in which a case closes; `to` where it ends in a stage of its own; followed up unless `has_follow_up` is false."""

    milestone = Choice(ENDS, required=True, allow_none=True)
    stages = fields.List(Code(), data_key="from", validate=Length(1, 30))
    to = Code()
    has_follow_up = fields.Boolean()


class ClockSchema(Schema):
    """A deadline that runs in the programme: its rule, the milestone or dated fact that starts it, what meets it.

    `begun_by`: what begins the first term of a rule that repeats. What starts a term and meets it is what renews it.
    """

    rule = Choice(CLOCK_RULES, required=True)
    anchor = Choice(CLOCK_FACTS, required=True)
    met_by = Choice(CLOCK_FACTS)
    begun_by = Choice(CLOCK_FACTS)


class ProjectRulesSchema(Schema):
    """What is asked of a project: who signs, and what must be there before. Empty lists take any code.

    `goals_need`: what each goal must say before the project is approved, beside its life domain and its wording.
    """

    signers = fields.List(Choice(SIGNERS), required=True, validate=Length(1, 10))
    needs_minutes = fields.Boolean(load_default=False)
    needs_preferences = fields.Boolean(load_default=False)
    needs_budget_lines = fields.Boolean(load_default=False)
    longest_review_months = Number(1, 60)
    longest_months = Number(1, 600)
    life_domains = _listed(ListedSchema, 0, 50, load_default=list)
    supports = _listed(ListedSchema, 0, 100, load_default=list)
    support_areas = _listed(ListedSchema, 0, 50, load_default=list)
    commitment_areas = _listed(ListedSchema, 0, 50, load_default=list)
    goals_need = fields.List(Choice(GOAL_FIELDS), load_default=list, validate=Length(0, 10))


class DefinitionSchema(Schema):
    """A programme's version, whole."""

    code = fields.String(required=True, validate=Regexp(r"^[A-Z0-9_]{1,64}\Z", error="programme_code_is_invalid"))
    version = Number(1, 10_000, required=True)
    label = Text(required=True)
    valid_from = fields.Date(required=True)
    valid_to = fields.Date()
    sources = fields.List(Text(longest=500), required=True, validate=Length(1, 50))
    groups = fields.List(Code(), required=True, validate=Length(0, 20))
    subjects = fields.List(Choice(SUBJECTS), required=True, validate=Length(1, 2))
    target_groups = fields.List(Code(), load_default=list, validate=Length(0, 20))
    first_stage = Code(required=True)
    stages = _listed(ListedSchema, 2, 30, required=True)
    moves = fields.Dict(Choice(ACTS), fields.List(fields.Nested(MoveSchema), validate=Length(1, 20)), required=True)
    preliminary_outcomes = _listed(LeadingSchema, 0, 20, load_default=list)
    assessment_areas = _listed(ListedSchema, 0, 50, load_default=list)
    instruments = fields.List(Code(), load_default=list, validate=Length(0, 50))
    complexity_criteria = _listed(ListedSchema, 0, 20, load_default=list)
    team_components = fields.List(Choice(COMPONENTS), load_default=list, validate=Length(0, 10))
    project = fields.Nested(ProjectRulesSchema, required=True)
    clocks = fields.List(fields.Nested(ClockSchema), load_default=list, validate=Length(0, 30))
    interventions = _listed(ListedSchema, 0, 100, load_default=list)
    pathways = fields.List(Code(), load_default=list, validate=Length(0, 20))
    placements = fields.List(Code(), load_default=list, validate=Length(0, 20))
    monitoring_levels = fields.List(Number(1, 2), load_default=lambda: [1], validate=Length(1, 2))
    follow_up_months = fields.List(Number(1, 60), load_default=list, validate=Length(0, 10))
    required_facts = fields.List(Choice(REQUIRED_FACTS), load_default=list, validate=Length(0, 30))
    refusal_reasons = _listed(ListedSchema, 0, 30, load_default=list)
    suspension_reasons = _listed(ListedSchema, 0, 30, load_default=list)
    outcomes = _listed(OutcomeSchema, 1, 50, required=True)

    @validates_schema(skip_on_field_errors=True)
    def is_sound(self, data: dict[str, Any], **_: Any) -> None:
        """A case can be followed from the first stage to an end, and the figures see it."""
        wrong = [f"{code}:{', '.join(found)}" for code, flaw in FLAWS.items() if (found := sorted(flaw(data)))]
        if wrong:
            raise ValidationError(wrong)


class ProgrammesSchema(Schema):
    """The programmes in force and past."""

    items = fields.List(fields.Nested(DefinitionSchema), required=True, validate=Length(0, 200))
