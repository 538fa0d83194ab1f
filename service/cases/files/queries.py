"""Reading the files of a case, within what each lets the actor see."""

from typing import Any
from uuid import UUID

from sqlalchemy import case as when
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.cases.files.models import File, FileContent
from service.errors import NotFound
from service.web.paging import page

_STATUS = when(
    (File.superseded_at.is_not(None), "withdrawn"),
    (FileContent.file_id.is_(None), "awaited"),
    (FileContent.content.is_(None), "erased"),
    else_="kept",
)
_DESCRIBED = (File.id, File.file_name, File.kind, File.media_type, File.size, File.sha256, File.right, File.occurred_on,
              File.recorded_at, File.recorded_by, _STATUS.label("status"))  # fmt: skip


def files(session: Session, case_id: UUID, *, limit: int, cursor: str | None) -> list[Any]:
    """A page of the files that were not withdrawn, what was recorded last first."""
    statement = _described(case_id).where(File.superseded_at.is_(None))
    return list(session.execute(page(statement, File.id, limit=limit, cursor=cursor, scope=f"files:{case_id}")))


def file(session: Session, case_id: UUID, file_id: UUID) -> Any:
    """One file, withdrawn or not. Raises NotFound."""
    found = session.execute(_described(case_id).where(File.id == file_id)).one_or_none()
    if found is None:
        raise NotFound("fact_is_unknown")
    return found


def content(session: Session, case_id: UUID, file_id: UUID) -> Any:
    """File name, media type and bytes of a file. Raises NotFound, also where they never came, were erased or withdrawn."""
    found = session.execute(
        select(File.file_name, File.kind, File.media_type, File.superseded_at, FileContent.content)
        .outerjoin(FileContent, FileContent.file_id == File.id)
        .where(File.case_id == case_id, File.id == file_id)
    ).one_or_none()
    if found is None:
        raise NotFound("fact_is_unknown")
    if found.content is None or found.superseded_at is not None:
        raise NotFound("content_is_absent")
    return found


def has_content(session: Session, case_id: UUID, sha256: bytes) -> bool:
    """Whether the case keeps the bytes of this SHA-256, in sight and not withdrawn."""
    statement = select(File.id).join(FileContent, FileContent.file_id == File.id).where(
        File.case_id == case_id, File.sha256 == sha256, File.superseded_at.is_(None), FileContent.content.is_not(None)
    )  # fmt: skip
    return session.scalar(statement.limit(1)) is not None


def has_file(session: Session, case_id: UUID, file_id: UUID) -> bool:
    """Whether the case has this file, in sight and not withdrawn."""
    statement = select(File.id).where(File.case_id == case_id, File.id == file_id, File.superseded_at.is_(None))
    return session.scalar(statement) is not None


def _described(case_id: UUID) -> Any:
    return select(*_DESCRIBED).outerjoin(FileContent, FileContent.file_id == File.id).where(File.case_id == case_id)
