"""What a programme's definition says: which act is allowed in which stage, by whom, and what it reaches."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from service.errors import Conflict, invalid_field

MILESTONES = (
    "intercepted", "referred", "taken_in_charge", "assigned", "convened", "preliminarily_analysed", "assessed", "drafted",
    "approved", "signed", "started", "monitored", "revised", "suspended", "resumed", "concluded", "abandoned",
    "transferred", "reopened", "evaluated", "follow_up",
)  # fmt: skip
"""The closed list of milestones: programmes map their stages to these, and the plan's measures read only these."""

ACTS = (
    "accept", "refuse", "assign", "convene", "analyse", "advance", "assess", "draft", "approve", "revoke", "sign", "start",
    "record", "monitor", "evaluate", "suspend", "resume", "transfer", "close", "reopen", "follow_up",
)  # fmt: skip
"""The acts that a programme allows in some of its stages. `record` is any fact of the diary, `advance` a step that no
other act makes (a ranking reached, a match looked for)."""

OWN_MILESTONES = {
    "accept": "taken_in_charge", "assign": "assigned", "convene": "convened", "analyse": "preliminarily_analysed",
    "assess": "assessed", "draft": "drafted", "approve": "approved", "sign": "signed", "start": "started",
    "monitor": "monitored", "evaluate": "evaluated", "suspend": "suspended", "resume": "resumed", "reopen": "reopened",
    "follow_up": "follow_up",
}  # fmt: skip
"""Act -> the milestone that one of its moves must write: without it the plan's figures would not see the act."""

ENDS = ("concluded", "abandoned", "transferred")
"""The milestones that a closing outcome writes."""

NOT_OF_MOVES = ("intercepted", "referred", *ENDS)
"""The milestones that opening, closing and transferring write, and no move of an open case may."""

DATED_FACTS = (
    "pad_signed", "inps_data_sent", "dsu_filed", "application_filed", "certificate_review", "presentation",
    "service_presentation", "first_presentation", "work_placement", "work_placement_end", "guardianship_expiry",
    "code_issued",
)  # fmt: skip
"""The dated facts that, beside the milestones, begin a clock or meet it."""

NEEDED_ACTS = ("accept", "assign", "record", "close")
"""The acts without which a case can't be followed; a programme may leave out the others."""


@dataclass(frozen=True)
class Move:
    """One way to make an act: from which stages, to which (none: the same), the milestones it writes, the roles it is for
    (none: whoever has the permission)."""

    stages: frozenset[str]
    to: str | None
    milestones: tuple[str, ...]
    by: frozenset[str]


@dataclass(frozen=True)
class Choice:
    """One code of a programme's own list; `to` is the stage that it leads to, where a choice moves the case."""

    code: str
    label: str
    to: str | None = None


@dataclass(frozen=True)
class Outcome:
    """A way in which a case closes; `milestone` is concluded, abandoned, transferred, or none for what never was a case.

    `has_follow_up`: whether somebody is observed after it (nobody is after a death).
    """

    code: str
    label: str
    milestone: str | None
    stages: frozenset[str] | None
    to: str | None
    has_follow_up: bool


@dataclass(frozen=True)
class Clock:
    """A legal deadline that runs in this programme: a rule of `service.clocks`, what starts it, what meets it.

    `begun_by`: what begins the first term of a rule that repeats, before its anchor has ever happened.
    """

    rule: str
    anchor: str
    met_by: str | None
    begun_by: str | None = None


@dataclass(frozen=True)
class ProjectRules:
    """What the programme asks of a project before it is approved and signed. None of these numbers is in the code."""

    signers: tuple[str, ...]
    needs_minutes: bool
    needs_preferences: bool
    needs_budget_lines: bool
    longest_review_months: int | None
    longest_months: int | None
    life_domains: dict[str, str]
    supports: dict[str, str]
    support_areas: dict[str, str]
    commitment_areas: dict[str, str]
    goals_need: tuple[str, ...]


@dataclass(frozen=True)
class Definition:
    """One version of a programme."""

    code: str
    version: int
    label: str
    valid_from: date
    sources: tuple[str, ...]
    subjects: tuple[str, ...]
    target_groups: tuple[str, ...]
    first_stage: str
    stages: dict[str, str]
    moves: dict[str, tuple[Move, ...]]
    preliminary_outcomes: dict[str, Choice]
    areas: dict[str, str]
    instruments: tuple[str, ...]
    complexity_criteria: dict[str, str]
    team_components: tuple[str, ...]
    project: ProjectRules
    clocks: tuple[Clock, ...]
    interventions: dict[str, str]
    pathways: tuple[str, ...]
    placements: tuple[str, ...]
    monitoring_levels: tuple[int, ...]
    follow_up_months: tuple[int, ...]
    required_facts: tuple[str, ...]
    refusal_reasons: dict[str, str]
    suspension_reasons: dict[str, str]
    outcomes: dict[str, Outcome]

    def move(self, act: str, stage: str, to: str | None = None) -> Move:
        """The move that an act makes from a stage (to one stage, where there is a choice). Raises Conflict."""
        for move in self.moves.get(act, ()):
            if stage in move.stages and to in (None, move.to):
                return move
        raise Conflict("act_is_not_allowed_now", act, self.stages.get(stage, stage))

    def may(self, act: str, stage: str, roles: Iterable[str]) -> bool:
        """Whether somebody with these roles may make the act from a stage."""
        return any(
            stage in move.stages and (not move.by or move.by.intersection(roles)) for move in self.moves.get(act, ())
        )

    def is_pause(self, stage: str) -> bool:
        """Whether a case in this stage is suspended: the stages from which it is resumed."""
        return any(stage in move.stages for move in self.moves.get("resume", ()))

    def outcome(self, code: str, stage: str) -> Outcome:
        """A closing outcome. Raises Invalid for a code of another programme, Conflict for one of another stage."""
        outcome = self.outcomes.get(code)
        if outcome is None:
            raise invalid_field("#/outcome", "value_is_unknown", ", ".join(self.outcomes))
        if outcome.stages is not None and stage not in outcome.stages:
            raise Conflict("outcome_is_not_allowed_now", outcome.label, self.stages.get(stage, stage))
        return outcome


def check_listed(code: str, listed: Iterable[str], pointer: str) -> None:
    """A code must be on a programme's list; an empty list takes any. Raises Invalid at the pointer."""
    known = tuple(listed)
    if known and code not in known:
        raise invalid_field(pointer, "value_is_unknown", ", ".join(known))


def definition_from(content: Mapping[str, Any]) -> Definition:
    """The definition that a checked document holds (see `schemas.DefinitionSchema`)."""
    return Definition(
        code=content["code"], version=content["version"], label=content["label"], sources=tuple(content["sources"]),
        valid_from=date.fromisoformat(str(content["valid_from"])), subjects=tuple(content["subjects"]),
        target_groups=tuple(content["target_groups"]), first_stage=content["first_stage"],
        stages=_labels(content["stages"]),
        moves={act: tuple(map(_move, moves)) for act, moves in content["moves"].items()},
        preliminary_outcomes={one["code"]: Choice(one["code"], one["label"], one["to"])
                              for one in content["preliminary_outcomes"]},
        areas=_labels(content["assessment_areas"]), instruments=tuple(content["instruments"]),
        complexity_criteria=_labels(content.get("complexity_criteria", ())),
        team_components=tuple(content["team_components"]), project=_project(content["project"]),
        clocks=tuple(Clock(clock["rule"], clock["anchor"], clock.get("met_by"), clock.get("begun_by"))
                     for clock in content["clocks"]),
        interventions=_labels(content["interventions"]), pathways=tuple(content["pathways"]),
        placements=tuple(content["placements"]), monitoring_levels=tuple(content["monitoring_levels"]),
        follow_up_months=tuple(content["follow_up_months"]), required_facts=tuple(content["required_facts"]),
        refusal_reasons=_labels(content["refusal_reasons"]), suspension_reasons=_labels(content["suspension_reasons"]),
        outcomes={one["code"]: _outcome(one) for one in content["outcomes"]},
    )  # fmt: skip


def _labels(choices: Iterable[Mapping[str, str]]) -> dict[str, str]:
    return {choice["code"]: choice["label"] for choice in choices}


def _move(move: Mapping[str, Any]) -> Move:
    return Move(
        frozenset(move["from"]), move.get("to"), tuple(move.get("milestones", ())), frozenset(move.get("by", ()))
    )


def _outcome(outcome: Mapping[str, Any]) -> Outcome:
    stages = frozenset(outcome["from"]) if "from" in outcome else None
    return Outcome(outcome["code"], outcome["label"], outcome["milestone"], stages, outcome.get("to"),
                   outcome.get("has_follow_up", True))  # fmt: skip


def _project(rules: Mapping[str, Any]) -> ProjectRules:
    return ProjectRules(
        signers=tuple(rules["signers"]), needs_minutes=rules["needs_minutes"], needs_preferences=rules["needs_preferences"],
        needs_budget_lines=rules["needs_budget_lines"], longest_review_months=rules.get("longest_review_months"),
        longest_months=rules.get("longest_months"), life_domains=_labels(rules["life_domains"]),
        supports=_labels(rules["supports"]), support_areas=_labels(rules.get("support_areas", ())),
        commitment_areas=_labels(rules.get("commitment_areas", ())), goals_need=tuple(rules.get("goals_need", ())),
    )  # fmt: skip
