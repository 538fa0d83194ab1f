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


def stages(programme: str) -> list[str]:
    """Every stage, the first one first."""
    return [stage["code"] for stage in PROGRAMMES[programme]["stages"]]


def _move(programme: str, act: str, stage: str) -> dict[str, Any] | None:
    moves = PROGRAMMES[programme]["moves"].get(act, [])
    return next((move for move in moves if stage in move["from"]), None)


def allowed(programme: str, act: str, stage: str) -> bool:
    """Whether the file allows the act in the stage."""
    return _move(programme, act, stage) is not None


def after(programme: str, act: str, stage: str) -> str:
    """The stage in which the act leaves the case."""
    return str((_move(programme, act, stage) or {}).get("to", stage))


def milestones(programme: str, act: str, stage: str) -> list[str]:
    """What the act reaches."""
    return list((_move(programme, act, stage) or {}).get("milestones", []))


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
