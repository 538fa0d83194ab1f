"""Loading a plan's file: checked whole, each error with its line and key; the same file twice changes nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from typing import Any

import yaml
from marshmallow import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.indicators.measures import MeasureError, Path, measure_from
from service.indicators.models import Indicator, Objective, Plan
from service.indicators.schemas import PlanFileSchema
from service.texts import texts, words
from service.types import new_id


class PlanFileError(Exception):
    """All that is wrong in a plan's file, a line each: `file:line: key: what`."""


@dataclass(frozen=True)
class Loaded:
    """What loading did: the plan's code, its version, and whether that version is new."""

    code: str
    version: int
    is_new: bool


def shipped() -> Iterator[tuple[str, str]]:
    """Name and text of every plan that Trama ships."""
    folder = files("service.indicators") / "plans"
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.name.endswith(".yaml"):
            yield file.name, file.read_text()


def load_plan(session: Session, name: str, text: str) -> Loaded:
    """Bring a plan in: a changed file makes a new version, the same one changes nothing. Raises PlanFileError."""
    content = checked(name, text)["plan"]
    digest = sha256(text.encode()).digest()
    last = session.scalars(
        select(Plan).where(Plan.code == content["code"]).order_by(Plan.version.desc()).limit(1)
    ).one_or_none()
    if last is not None and last.file_digest == digest:
        return Loaded(last.code, last.version, is_new=False)
    plan = Plan(
        id=new_id(), code=content["code"], version=last.version + 1 if last else 1, title=content["title"],
        ambito=content["ambito"], period_start=content["period_start"], period_end=content["period_end"],
        file_digest=digest,
    )  # fmt: skip
    session.add(plan)
    session.flush()
    _add_objectives(session, plan, content["objectives"])
    return Loaded(plan.code, plan.version, is_new=True)


def _add_objectives(session: Session, plan: Plan, objectives: list[dict[str, Any]]) -> None:
    position = 0
    for place, objective in enumerate(objectives):
        row = Objective(id=new_id(), plan_id=plan.id, position=place, code=objective["code"],
                        macro_area=objective["macro_area"], title=objective["title"])  # fmt: skip
        session.add(row)
        session.flush()
        for indicator in objective["indicators"]:
            names = ("code", "family", "statement", "value_type", "expected", "basis", "fed_by", "measure")
            session.add(Indicator(id=new_id(), plan_id=plan.id, objective_id=row.id, position=position,
                                  **{name: indicator.get(name) for name in names}))  # fmt: skip
            position += 1
    session.flush()


def checked(name: str, text: str) -> Any:
    """The content of a plan's file. Raises PlanFileError with every error that it has."""
    try:
        content, node = yaml.safe_load(text), yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, ValueError) as error:  # a ValueError: a day that no calendar has
        raise PlanFileError(_broken(name, error)) from error
    wrong = list(_errors(content))
    if wrong:
        raise PlanFileError(
            "\n".join(f"{name}:{_line(node, path)}: {_key(path)}: {message}" for path, message in wrong)
        )
    return PlanFileSchema().load(content)


def _broken(name: str, error: Exception) -> str:
    mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None)
    return f"{name}:{mark.line + 1 if mark else 1}: (the file): {problem or error}"


def _errors(content: Any) -> Iterator[tuple[Path, str]]:
    try:
        loaded = PlanFileSchema().load(content)
    except ValidationError as error:
        yield from _flat(error.messages, ())
        return
    seen: set[str] = set()
    for place, objective in enumerate(loaded["plan"]["objectives"]):
        for index, indicator in enumerate(objective["indicators"]):
            path: Path = ("plan", "objectives", place, "indicators", index)
            if indicator["code"] in seen:
                yield (*path, "code"), f"{indicator['code']} is there twice"
            seen.add(indicator["code"])
            yield from _measure_errors(indicator, (*path, "measure"))


def _measure_errors(indicator: dict[str, Any], path: Path) -> Iterator[tuple[Path, str]]:
    if indicator.get("measure") is None:
        return
    if indicator["fed_by"] != "cases":
        yield path, "only indicators fed by cases have a measure"
    try:
        measure_from(indicator["measure"])
    except MeasureError as error:
        yield (*path, *error.path), error.message


def _flat(messages: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(messages, dict):
        for key, inner in messages.items():
            yield from _flat(inner, path if key == "_schema" else (*path, key))
    else:
        yield path, "; ".join(_in_words(str(message)) for message in messages)


def _in_words(message: str) -> str:
    code, *values = message.split(":")
    return words(code, tuple(values), "en") if code in texts() else message


def _line(node: Any, path: Path) -> int:
    """The line of the deepest part of the path that the file has."""
    line: int = node.start_mark.line + 1 if node else 1
    for step in path:
        pairs = node.value if isinstance(node, yaml.MappingNode) else []
        if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
        elif found := [(key, value) for key, value in pairs if key.value == str(step)]:
            line, node = found[0][0].start_mark.line + 1, found[0][1]
            continue
        else:
            return line
        line = node.start_mark.line + 1
    return line


def _key(path: Path) -> str:
    return ".".join(str(step) for step in path) or "(the file)"
