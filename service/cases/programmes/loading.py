"""Bringing definitions into the database: from the files shipped here, or from an installation's own."""

from importlib.resources import files
from typing import Any

import yaml
from marshmallow import ValidationError
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from service.cases.programmes.models import JudgementScale, Programme, ProgrammeGroup
from service.cases.programmes.schemas import DefinitionSchema


class DefinitionError(Exception):
    """A definition that can't be used, and why."""


def load_shipped(session: Session) -> None:
    """Every programme and scale that Trama ships. Loading twice changes nothing."""
    here = files("service.cases.programmes")
    for file in sorted((here / "shipped").iterdir(), key=lambda file: file.name):
        load(session, file.name, file.read_text())
    for scale in yaml.safe_load((here / "scales.yaml").read_text()):
        session.execute(insert(JudgementScale).values(**scale).on_conflict_do_nothing())


def load(session: Session, name: str, text: str) -> None:
    """One definition. A version that is known may not change: cases were opened under it. Raises DefinitionError."""
    checked = _checked(name, yaml.safe_load(text))
    code, version = checked["code"], checked["version"]
    known = session.scalar(select(Programme.definition).where(Programme.code == code, Programme.version == version))
    if known is None:
        session.add(Programme(code=code, version=version, valid_from=checked["valid_from"],
                              valid_to=checked.get("valid_to"), definition=checked))  # fmt: skip
        for group in checked["groups"]:
            session.execute(insert(ProgrammeGroup).values(group_code=group, programme=code).on_conflict_do_nothing())
        session.flush()
    elif known != checked:
        raise DefinitionError(f"{name}: {code} version {version} is already in use and differs; give it a new version")


def _checked(name: str, content: Any) -> dict[str, Any]:
    schema = DefinitionSchema()
    as_json = {key: str(value) if key.startswith("valid_") else value for key, value in content.items()}
    try:
        dumped: dict[str, Any] = schema.dump(schema.load(as_json))
    except ValidationError as error:
        raise DefinitionError(f"{name}: {error.messages}") from error
    return dumped
