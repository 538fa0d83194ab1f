"""The shipped programmes as their files say, read apart from the service: what the tests hold it to."""

from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parents[2] / "service" / "cases" / "programmes"


def _whole(content: dict[str, Any]) -> dict[str, Any]:
    skeleton, adds = content.pop("like", None), content.pop("adds", {})
    if skeleton is not None:
        content = yaml.safe_load((FOLDER / "skeletons" / f"{skeleton}.yaml").read_text()) | content
    for name, more in adds.items():
        if name == "project":
            content[name] = content[name] | {part: [*content[name][part], *added] for part, added in more.items()}
        else:
            content[name] = [*content[name], *more]
    return content


PROGRAMMES: dict[str, dict[str, Any]] = {
    file.stem: _whole(yaml.safe_load(file.read_text())) for file in sorted((FOLDER / "shipped").glob("*.yaml"))
}
WALKED = list({yaml.safe_dump(content["moves"]): code for code, content in reversed(PROGRAMMES.items())
               if not content["project"].get("needs_minutes")}.values())  # fmt: skip
"""One programme for each set of moves, of those whose projects need no more than the path itself gives."""
ACTS = (
    "accept",
    "assign",
    "convene",
    "analyse",
    "assess",
    "draft",
    "approve",
    "sign",
    "start",
    "record",
    "evaluate",
    "close",
)
"""The acts that bring a case from its referral to its end."""
EVERY_ACT = sorted({act for content in PROGRAMMES.values() for act in content["moves"]})


def stages(programme: str) -> list[str]:
    """Every stage, the first one first."""
    return [stage["code"] for stage in PROGRAMMES[programme]["stages"]]


def move(programme: str, act: str, stage: str, to: str | None = None) -> dict[str, Any] | None:
    """The move that the act makes from the stage, as the file has it; a step (`advance`) is told by where it leads."""
    moves = PROGRAMMES[programme]["moves"].get(act, [])
    return next((one for one in moves if stage in one["from"] and (act != "advance" or to in (None, one["to"]))), None)


def allowed(programme: str, act: str, stage: str) -> bool:
    """Whether the file allows the act in the stage."""
    return move(programme, act, stage) is not None


def after(programme: str, act: str, stage: str) -> str:
    """The stage in which the act leaves the case."""
    return str((move(programme, act, stage) or {}).get("to", stage))


def milestones(programme: str, act: str, stage: str, to: str | None = None) -> list[str]:
    """What the act reaches."""
    return list((move(programme, act, stage, to) or {}).get("milestones", []))


def ends(programme: str, outcome: str) -> dict[str, Any]:
    """A closing outcome, as the file has it."""
    return next(one for one in PROGRAMMES[programme]["outcomes"] if one["code"] == outcome)


def leads_to(programme: str, outcome: str) -> str:
    """Where an outcome of the preliminary analysis leads."""
    return next(str(one["to"]) for one in PROGRAMMES[programme]["preliminary_outcomes"] if one["code"] == outcome)


def codes(programme: str, act: str) -> list[str]:
    """The codes among which an act chooses: the outcomes of the analysis, the reasons to refuse or to suspend."""
    lists = {"analyse": "preliminary_outcomes", "refuse": "refusal_reasons", "suspend": "suspension_reasons"}
    return [one["code"] for one in PROGRAMMES[programme].get(lists[act], [])]


def levels(programme: str) -> list[str]:
    """The levels of its checks."""
    return [str(level) for level in PROGRAMMES[programme].get("monitoring_levels", [1])]


def months_after(programme: str) -> int:
    """After how many months who left is first observed; where the file doesn't say, any number will do."""
    return int(PROGRAMMES[programme].get("follow_up_months", [6])[0])


def components(programme: str) -> set[str]:
    """Whom the team must have before the project is approved."""
    return set(PROGRAMMES[programme]["team_components"])


def signers(programme: str) -> list[str]:
    """Who must sign in the case of one person: there is no household."""
    return [one for one in PROGRAMMES[programme]["project"]["signers"] if one != "household"]


def outcomes(programme: str, stage: str) -> tuple[list[str], list[str]]:
    """The outcomes that the file allows in the stage, and the others."""
    codes: tuple[list[str], list[str]] = ([], [])
    for outcome in PROGRAMMES[programme]["outcomes"]:
        codes[0 if stage in outcome.get("from", [stage]) else 1].append(outcome["code"])
    return codes


WITHOUT_MINUTES = [code for code, content in PROGRAMMES.items() if not content["project"].get("needs_minutes")]
"""Programmes whose path is walked without a meeting."""
