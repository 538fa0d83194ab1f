"""What a programme's definition says: which act is allowed in which stage, and what it reaches."""

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

ACTS = ("accept", "assign", "assess", "draft", "approve", "sign", "start", "record", "evaluate", "close")
"""The acts that a programme allows in some of its stages. `record` is any fact of the diary."""


@dataclass(frozen=True)
class Move:
    """An act: the stages in which it is allowed, the stage after it (none: the same), the milestones that it writes."""

    stages: frozenset[str]
    to: str | None
    milestones: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """A way in which a case closes; `milestone` is concluded, abandoned, or none for a case that never was one."""

    code: str
    label: str
    milestone: str | None
    stages: frozenset[str] | None


@dataclass(frozen=True)
class Definition:
    """One version of a programme."""

    code: str
    version: int
    label: str
    valid_from: date
    first_stage: str
    moves: dict[str, Move]
    areas: dict[str, str]
    team_components: tuple[str, ...]
    signers: tuple[str, ...]
    outcomes: dict[str, Outcome]

    def move(self, act: str, stage: str) -> Move:
        """The move that an act makes from a stage. Raises Conflict where the programme does not allow it."""
        move = self.moves.get(act)
        if move is None or stage not in move.stages:
            raise Conflict("act_is_not_allowed_now", act, stage)
        return move

    def outcome(self, code: str, stage: str) -> Outcome:
        """A closing outcome. Raises Invalid for a code of another programme, Conflict for one of another stage."""
        outcome = self.outcomes.get(code)
        if outcome is None:
            raise invalid_field("#/outcome", "value_is_unknown", ", ".join(self.outcomes))
        if outcome.stages is not None and stage not in outcome.stages:
            raise Conflict("outcome_is_not_allowed_now", code, stage)
        return outcome


def definition_from(content: dict[str, Any]) -> Definition:
    """The definition that a checked document holds (see `schemas.DefinitionSchema`)."""
    return Definition(
        code=content["code"], version=content["version"], label=content["label"],
        valid_from=date.fromisoformat(str(content["valid_from"])), first_stage=content["first_stage"],
        moves={
            act: Move(frozenset(move["from"]), move.get("to"), tuple(move.get("milestones", ())))
            for act, move in content["moves"].items()
        },
        areas={area["code"]: area["label"] for area in content["assessment_areas"]},
        team_components=tuple(content["team_components"]), signers=tuple(content["signers"]),
        outcomes={
            outcome["code"]: Outcome(outcome["code"], outcome["label"], outcome["milestone"],
                                     frozenset(outcome["from"]) if "from" in outcome else None)
            for outcome in content["outcomes"]
        },
    )  # fmt: skip
