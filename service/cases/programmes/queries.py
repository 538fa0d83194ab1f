"""Reading programmes."""

from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from service.cases.programmes.models import JudgementScale, Programme
from service.cases.programmes.rules import Definition, definition_from
from service.errors import NotFound, invalid_field

_known: dict[tuple[str, int], Definition] = {}


def definition(session: Session, code: str, version: int) -> Definition:
    """A version, kept in memory once read: versions never change."""
    if (code, version) not in _known:
        content = session.scalars(
            select(Programme.definition).where(Programme.code == code, Programme.version == version)
        ).one()
        _known[code, version] = definition_from(content)
    return _known[code, version]


def definition_in_force(session: Session, code: str, on: date, version: int | None = None) -> Definition:
    """The latest version in force on a day, or the one asked for if it is. Raises Invalid naming the field."""
    statement = select(Programme.version).where(
        Programme.code == code, Programme.valid_from <= on, or_(Programme.valid_to.is_(None), Programme.valid_to >= on)
    )
    if version is not None:
        statement = statement.where(Programme.version == version)
    found = session.scalar(statement.order_by(Programme.version.desc()).limit(1))
    if found is None:
        raise invalid_field("#/programme" if version is None else "#/version", "programme_is_not_in_force", code)
    return definition(session, code, found)


def programmes(session: Session) -> list[dict[str, Any]]:
    """Every version of every programme."""
    return list(session.scalars(select(Programme.definition).order_by(Programme.code, Programme.version)))


def programme_codes(session: Session) -> set[str]:
    """The codes of all programmes."""
    return set(session.scalars(select(Programme.code).distinct()))


def programme(session: Session, code: str) -> dict[str, Any]:
    """The latest version of a programme. Raises NotFound."""
    found: dict[str, Any] | None = session.scalar(
        select(Programme.definition).where(Programme.code == code).order_by(Programme.version.desc()).limit(1)
    )
    if found is None:
        raise NotFound("programme_is_unknown")
    return found


def scale(session: Session, code: str, on: date) -> JudgementScale:
    """A judgement scale in force on a day. Raises Invalid naming `#/scale`."""
    found = session.get(JudgementScale, code)
    if found is None:
        raise invalid_field("#/scale", "scale_is_unknown", code)
    if not (found.valid_from <= on and (found.valid_to is None or on <= found.valid_to)):
        raise invalid_field("#/scale", "scale_is_not_in_force", code)
    return found


def check_on_scale(session: Session, code: str, value: int, on: date, pointer: str) -> None:
    """A value must lie on its scale. Raises Invalid naming `#/scale` or the pointer."""
    known = scale(session, code, on)
    if not known.least <= value <= known.most:
        raise invalid_field(pointer, "number_out_of_range", known.least, known.most)


def positive_from(session: Session) -> dict[str, int]:
    """Scale -> the first value that is positive."""
    return {known.code: known.positive_from for known in session.scalars(select(JudgementScale))}
