"""Bringing definitions into the database: from the files shipped here, or from an installation's own."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType
from typing import Any, TypeAlias

from marshmallow import ValidationError
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from service import yaml_files
from service.cases.programmes.models import JudgementScale, Programme, ProgrammeGroup
from service.cases.programmes.schemas import DefinitionSchema

HERE = files("service.cases.programmes")
KnownCodes: TypeAlias = Mapping[str, Collection[str]]
"""Key of a definition -> the codes that other rooms keep and its list may name."""
NONE: KnownCodes = MappingProxyType({})


class DefinitionError(Exception):
    """All that is wrong in a definition's file, a line each: `file:line: key: what`."""


@dataclass(frozen=True)
class Loaded:
    """What loading did: the programme's code, the version, and whether that version is new."""

    code: str
    version: int
    is_new: bool


def load_shipped(session: Session) -> None:
    """Every programme and scale that Trama ships. Loading twice changes nothing."""
    for file in sorted((HERE / "shipped").iterdir(), key=lambda file: file.name):
        load(session, file.name, file.read_text())
    for scale in yaml_files.read((HERE / "scales.yaml").read_text()):
        session.execute(insert(JudgementScale).values(**scale).on_conflict_do_nothing())


def load(session: Session, name: str, text: str, known_codes: KnownCodes = NONE) -> Loaded:
    """One definition. A version that is known may not change: cases were opened under it. Raises DefinitionError."""
    checked = read(name, text, known_codes)
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
    return Loaded(code, version, is_new=known is None)


def read(name: str, text: str, known_codes: KnownCodes = NONE) -> dict[str, Any]:
    """A definition, checked and whole. Raises DefinitionError.

    The skeleton that it is `like` gives each part that it does not say; what it `adds` goes after what is there.
    Of the lists of `known_codes` it may name only those codes.
    """
    content = _parsed(name, text)
    if not isinstance(content, dict):
        raise DefinitionError(yaml_files.told(name, text, [((), "a definition is a mapping")]))
    skeleton, adds = content.pop("like", None), content.pop("adds", {})
    try:
        content = {**_skeleton(skeleton), **content}
        return _checked(_grown(content, adds, ("adds",)), known_codes)
    except ValidationError as error:
        wrong = [(_written(path, content, adds), message) for path, message in yaml_files.flat(error.messages)]
        raise DefinitionError(yaml_files.told(name, text, wrong)) from error


def _parsed(name: str, text: str) -> Any:
    try:
        return yaml_files.read(text)
    except yaml_files.UNREADABLE as error:
        raise DefinitionError(yaml_files.broken(name, error)) from error


def _skeleton(name: Any) -> dict[str, Any]:
    if name is None:
        return {}
    known = {file.name.removesuffix(".yaml"): file for file in (HERE / "skeletons").iterdir()}
    if name not in known:
        raise ValidationError({"like": f"there is no skeleton {name}; there are {', '.join(sorted(known))}"})
    content: dict[str, Any] = yaml_files.read(known[name].read_text())
    return content


def _grown(content: Any, adds: Any, place: yaml_files.Path) -> Any:
    """A mapping with more under its keys: lists are joined, mappings grow in turn, nothing is replaced."""
    if isinstance(adds, list) and isinstance(content, list | None):
        return [*(content or ()), *adds]
    if isinstance(adds, dict) and isinstance(content, dict | None):
        grown: dict[str, Any] = dict(content or {})
        return grown | {key: _grown(grown.get(key), more, (*place, key)) for key, more in adds.items()}
    raise ValidationError(_at(place, "only lists can be added to"))


def _written(path: yaml_files.Path, content: Any, adds: Any) -> yaml_files.Path:
    """Where the file says what stands there in the whole: what was added, it says under `adds`."""
    for depth, step in enumerate(path):
        if isinstance(adds, list) and isinstance(step, int):
            place = step - len(content or ())
            return path if place < 0 else ("adds", *path[:depth], place, *path[depth + 1 :])
        if not isinstance(adds, dict) or step not in adds:
            return path
        content, adds = (content or {}).get(step), adds[step]
    return ("adds", *path) if path else path


def _at(place: yaml_files.Path, message: str) -> dict[Any, Any]:
    first, *rest = place
    return {first: _at(tuple(rest), message) if rest else message}


def _checked(content: Mapping[str, Any], known_codes: KnownCodes) -> dict[str, Any]:
    schema = DefinitionSchema()
    as_json = {key: str(value) if key.startswith("valid_") else value for key, value in content.items()}
    dumped: dict[str, Any] = schema.dump(schema.load(as_json))
    unknown = {
        key: {place: f"value_is_unknown:{', '.join(sorted(known))}" for place, code in enumerate(dumped[key])
              if code not in known}
        for key, known in known_codes.items()
    }  # fmt: skip
    if any(unknown.values()):
        raise ValidationError(unknown)
    return dumped
