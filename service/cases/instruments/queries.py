"""Reading instruments."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from service.cases.instruments.models import Instrument as Kept
from service.cases.instruments.rules import Instrument, instrument_from
from service.errors import NotFound


def instruments_on(session: Session, codes: Iterable[str], on: date) -> dict[str, dict[int, Instrument]]:
    """Code -> version -> the instruments that may be used on a day, the latest version first."""
    rows = session.execute(
        select(Kept.code, Kept.version, Kept.definition)
        .where(Kept.code.in_(set(codes)), Kept.valid_from <= on, or_(Kept.valid_to.is_(None), Kept.valid_to >= on))
        .order_by(Kept.version.desc())
    )
    found: dict[str, dict[int, Instrument]] = {}
    for row in rows:
        found.setdefault(row.code, {})[row.version] = instrument_from(row.definition)
    return found


def versions(session: Session, keys: Iterable[tuple[str, int]]) -> dict[tuple[str, int], Instrument]:
    """These versions, in force or past."""
    wanted = set(keys)
    rows = session.scalars(select(Kept.definition).where(Kept.code.in_({code for code, _ in wanted})))
    found = [instrument_from(content) for content in rows]
    return {(one.code, one.version): one for one in found if (one.code, one.version) in wanted}


def instruments(session: Session) -> list[dict[str, Any]]:
    """Every version of every instrument."""
    return list(session.scalars(select(Kept.definition).order_by(Kept.code, Kept.version)))


def instrument(session: Session, code: str) -> dict[str, Any]:
    """The latest version of an instrument. Raises NotFound."""
    found: dict[str, Any] | None = session.scalar(
        select(Kept.definition).where(Kept.code == code).order_by(Kept.version.desc()).limit(1)
    )
    if found is None:
        raise NotFound("instrument_is_unknown")
    return found
