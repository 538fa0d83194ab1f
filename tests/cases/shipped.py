"""The shipped programmes as their files say, read apart from the service: what the tests hold it to."""

from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parents[2] / "service" / "cases" / "programmes" / "shipped"
PROGRAMMES: dict[str, dict[str, Any]] = {
    file.stem: yaml.safe_load(file.read_text()) for file in sorted(FOLDER.glob("*.yaml"))
}
ACTS = ("accept", "assign", "assess", "draft", "approve", "sign", "start", "record", "evaluate", "close")


def stages(programme: str) -> list[str]:
    """Every stage, the first one first."""
    content = PROGRAMMES[programme]
    found = [content["first_stage"]]
    found += [move["to"] for move in content["moves"].values() if "to" in move and move["to"] not in found]
    return found


def allowed(programme: str, act: str, stage: str) -> bool:
    """Whether the file allows the act in the stage."""
    return stage in PROGRAMMES[programme]["moves"][act]["from"]


def after(programme: str, act: str, stage: str) -> str:
    """The stage in which the act leaves the case."""
    return str(PROGRAMMES[programme]["moves"][act].get("to", stage))


def outcomes(programme: str, stage: str) -> tuple[list[str], list[str]]:
    """The outcomes that the file allows in the stage, and the others."""
    codes: tuple[list[str], list[str]] = ([], [])
    for outcome in PROGRAMMES[programme]["outcomes"]:
        codes[0 if stage in outcome.get("from", [stage]) else 1].append(outcome["code"])
    return codes
