"""Programmes of our own, so that a test can ask of projects what no shipped one asks."""

from itertools import count
from typing import Any

import yaml
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from service.cases.programmes.loading import load
from tests.cases.shipped import PROGRAMMES
from tests.world import Opened, World, ok

_serial = count(1)


def programme(world: World, **project: Any) -> str:
    """The code of a new programme with these rules for its projects."""
    code = f"PROVA{next(_serial)}"
    rules = {"signers": ["person"], **project}
    content = {**PROGRAMMES["DOPO_DI_NOI"], "code": code, "version": 1, "groups": [], "team_components": ["social"],
               "subjects": ["person", "household"],
               "project": rules, "clocks": []}  # fmt: skip
    engine = create_engine(world.urls.owner or "")
    with Session(engine) as session, session.begin():
        load(session, code, yaml.safe_dump(content))
    engine.dispose()
    return code


def ready(world: World, code: str, **content: Any) -> Opened:
    """A case of the programme with a draft of this content, beside a goal. `person_id`, `household_id`: whose case it is."""
    whose = {name: content.pop(name) for name in ("person_id", "household_id") if name in content}
    case = world.assessed(code, **whose)
    goals = [{"life_domain": "abitare", "wording": "Abitare", "in_first_person": "Voglio una casa"}]
    body = {"drafted_on": "2023-01-25", "goals": goals, **content}
    case.project_version = ok(world.as_("social_worker").post(f"/cases/{case.id}/projects", body))["version"]
    return case


def approve(world: World, case: Opened, on: str = "2023-01-30", number: int = 1) -> Any:
    """An approval; remembers the version that it leaves."""
    path = f"/cases/{case.id}/projects/{number}/approval"
    answer = world.as_("coordinator").post(path, {"approved_on": on}, version=case.project_version)
    if answer.status_code == 200:
        case.project_version = answer.get_json()["version"]
    return answer


def post(world: World, case: Opened, act: str, body: Any, *, number: int = 1, by: str = "case_manager") -> Any:
    """An act on a version of the project; remembers the version that it leaves."""
    answer = world.as_(by).post(f"/cases/{case.id}/projects/{number}/{act}", body, version=case.project_version)
    if answer.status_code == 200:
        case.project_version = answer.get_json()["version"]
    return answer


def told(problem: Any) -> list[tuple[str, str]]:
    """Places and codes."""
    return [(error["pointer"], error["code"]) for error in problem["errors"]]
