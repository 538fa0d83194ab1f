"""The prints of an approved version: which of the case's files they are."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from service.cases.printing.printed import LAYOUTS
from service.db import Base
from service.types import new_id


class Print(Base):
    """A print kept at approval, one for each layout. The file holds its bytes, and their hash when they are gone; `people` are
    those whom it names, whoever is on the team today."""

    __tablename__ = "prints"
    __table_args__ = (
        ForeignKeyConstraint(
            ["version_id", "case_id"], ["cases.project_versions.id", "cases.project_versions.case_id"]
        ),
        ForeignKeyConstraint(["file_id", "case_id"], ["cases.files.id", "cases.files.case_id"]),
        UniqueConstraint("version_id", "layout"),
        UniqueConstraint("file_id"),
        CheckConstraint(f"layout IN ({', '.join(repr(layout) for layout in LAYOUTS)})", name="layout"),
        {"schema": "cases"},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID]
    version_id: Mapped[UUID]
    layout: Mapped[str]
    file_id: Mapped[UUID]
    people: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
