"""Bringing instruments into the database: from the files shipped here, or from an installation's own."""

from importlib.resources import files
from typing import Any

import yaml
from marshmallow import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.cases.instruments.models import Instrument
from service.cases.instruments.schemas import InstrumentSchema

HERE = files("service.cases.instruments")


class InstrumentError(Exception):
    """A definition that can't be used: the file, the place in it, and why."""


def load_shipped(session: Session) -> None:
    """Every instrument that Trama ships. Loading twice changes nothing."""
    for file in sorted((HERE / "shipped").iterdir(), key=lambda file: file.name):
        load(session, file.name, file.read_text())


def shipped_codes() -> frozenset[str]:
    """The codes of the instruments that Trama ships."""
    return frozenset(read(file.name, file.read_text())["code"] for file in (HERE / "shipped").iterdir())


def load(session: Session, name: str, text: str) -> None:
    """One definition. A version that is known may not change: results were computed with it. Raises InstrumentError."""
    checked = read(name, text)
    code, version = checked["code"], checked["version"]
    known = session.scalar(select(Instrument.definition).where(Instrument.code == code, Instrument.version == version))
    if known is None:
        session.add(Instrument(code=code, version=version, sensitivity=checked["sensitivity"],
                               direction=checked["direction"], valid_from=checked["valid_from"],
                               valid_to=checked.get("valid_to"), definition=checked))  # fmt: skip
        session.flush()
    elif known != checked:
        raise InstrumentError(f"{name}: {code} version {version} is in use and differs; give it a new version")


def read(name: str, text: str) -> dict[str, Any]:
    """A definition, checked and whole. Raises InstrumentError."""
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise InstrumentError(f"{name}: {error}") from error
    if not isinstance(content, dict):
        raise InstrumentError(f"{name}: an instrument is a mapping")
    as_json = {key: str(value) if str(key).startswith("valid_") else value for key, value in content.items()}
    schema = InstrumentSchema()
    try:
        dumped: dict[str, Any] = schema.dump(schema.load(as_json))
    except ValidationError as error:
        raise InstrumentError(f"{name}: {'; '.join(_places(error.messages))}") from error
    return dumped


def _places(messages: Any, place: str = "") -> list[str]:
    """Each message with its place: `items/2/scale/0/value: integer_is_invalid`."""
    if isinstance(messages, dict):
        return [told for key, inner in messages.items() for told in _places(inner, f"{place}/{key}".lstrip("/"))]
    return [f"{place}: {message}" for message in messages]
