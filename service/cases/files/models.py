"""The files of a case: what each is, and apart its bytes, which are erased before the description."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from service.cases.files.rules import RIGHTS
from service.cases.records.models import Recorded
from service.db import Base
from service.types import EncryptedBytes, new_id


class File(Recorded, Base):
    """A file as described: its size in bytes and its SHA-256 (32 bytes) stay when the bytes are gone."""

    __tablename__ = "files"
    __table_args__ = (
        UniqueConstraint("id", "case_id"),
        CheckConstraint("size > 0", name="size"),
        CheckConstraint("length(sha256) = 32", name="sha256"),
        CheckConstraint(f'"right" IN ({", ".join(repr(right) for right in RIGHTS)})', name="right"),
        {"schema": "cases"},
    )

    file_name: Mapped[str]
    kind: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[bytes]
    right: Mapped[str]
    occurred_on: Mapped[date]


class FileContent(Base):
    """The bytes of a file, encrypted. Once they are erased `content` is empty: the file was there and is no more."""

    __tablename__ = "file_contents"
    __table_args__ = (
        ForeignKeyConstraint(["file_id", "case_id"], ["cases.files.id", "cases.files.case_id"]),
        UniqueConstraint("file_id"),
        {"schema": "cases"},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    file_id: Mapped[UUID]
    case_id: Mapped[UUID]
    content: Mapped[bytes | None] = mapped_column(EncryptedBytes)
    received_at: Mapped[datetime] = mapped_column(server_default=func.now())
    received_by: Mapped[UUID]
