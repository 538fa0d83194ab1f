"""Loading a plan's file: checked whole, each error with its line and key; the same file twice changes nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from typing import Any

from marshmallow import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.indicators.measures import MeasureError, measure_from
from service.indicators.models import Indicator, Objective, Plan
from service.indicators.schemas import PlanFileSchema
from service.types import new_id
from service.yaml_files import UNREADABLE, Path, broken, flat, read, told


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
        content = read(text)
    except UNREADABLE as error:
        raise PlanFileError(broken(name, error)) from error
    wrong = list(_errors(content))
    if wrong:
        raise PlanFileError(told(name, text, wrong))
    return PlanFileSchema().load(content)


def _errors(content: Any) -> Iterator[tuple[Path, str]]:
    try:
        loaded = PlanFileSchema().load(content)
    except ValidationError as error:
        yield from flat(error.messages)
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
