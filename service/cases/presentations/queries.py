"""Reading presentations: for people, and for the clocks."""

from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.cases.presentations.models import Presentation


class Presented(NamedTuple):
    """One presentation as the clocks need it (D.L. 48/2023 art. 4: every 90 days, by member). `justified_code` is set for
    an absence with a reason, which is no presentation."""

    id: UUID
    case_id: UUID
    person_id: UUID
    office: str
    happened_on: date
    arrived_on: date
    recorded_at: datetime
    gepi_recorded_on: date | None
    justified_code: str | None


def presentations(session: Session, case_ids: Collection[UUID]) -> list[Presented]:
    """The live presentations of these cases, by case and member, the oldest first. One statement, whatever the number."""
    columns = (Presentation.id, Presentation.case_id, Presentation.person_id, Presentation.office, Presentation.occurred_on,
               Presentation.arrived_on, Presentation.recorded_at, Presentation.gepi_recorded_on,
               Presentation.justified_code)  # fmt: skip
    statement = select(*columns).where(Presentation.case_id.in_(case_ids), Presentation.superseded_at.is_(None))
    ordered = statement.order_by(
        Presentation.case_id, Presentation.person_id, Presentation.occurred_on, Presentation.id
    )
    return [Presented(*row) for row in session.execute(ordered)]
