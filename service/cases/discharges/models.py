"""Protected discharges from a hospital."""

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from service.cases.records.models import Recorded
from service.db import Base


class Discharge(Recorded, Base):
    """A protected discharge (A2-OUT-2 of Lodi: "dimissioni protette"): from which hospital, where to, whether it was
    carried out or the person never arrived."""

    __tablename__ = "protected_discharges"
    __table_args__ = ({"schema": "cases"},)

    hospital_id: Mapped[UUID] = mapped_column(ForeignKey("access.organisations.id"))
    discharged_on: Mapped[date]
    destination: Mapped[str]
    is_carried_out: Mapped[bool]
