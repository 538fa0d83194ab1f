"""Keeping files with a case: first what a file is, then its bytes, which must be those that were described."""

from datetime import date
from hashlib import sha256 as sha256_of
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.actor import Actor
from service.cases.files.models import File, FileContent
from service.cases.files.rules import OF_THE_SERVICE, media_types
from service.cases.records.models import Case
from service.cases.records.operations import check_not_future, locked_case, record_on, superseded
from service.cases.records.queries import fact
from service.config import settings
from service.errors import Conflict, Forbidden, Invalid, Malformed, invalid_field
from service.types import new_id


def describe_file(
    session: Session, actor: Actor, case_id: UUID, *, file_name: str, kind: str, media_type: str, size: int, sha256: str,
    right: str, occurred_on: date,
) -> UUID:  # fmt: skip
    """Say what a file is, before its bytes come. `size` in bytes; `sha256` in hexadecimal."""
    case = locked_case(session, actor, "files:keep", case_id)
    check_not_future(occurred_on)
    if size > settings().largest_file_bytes:
        raise invalid_field("#/size", "number_out_of_range", 1, settings().largest_file_bytes)
    if not media_types()[media_type].fits_name(file_name):
        raise invalid_field("#/file_name", "name_is_of_another_type", media_type)
    file = File(id=new_id(), case_id=case_id, file_name=file_name, kind=kind, media_type=media_type, size=size,
                sha256=bytes.fromhex(sha256), right=right, occurred_on=occurred_on, recorded_by=actor.user_id)  # fmt: skip
    session.add(file)
    record_on(session, actor, case, "file:describe", file.id,
              "file_name", "kind", "media_type", "size", "sha256", "right", "occurred_on")  # fmt: skip
    return file.id


def store_content(
    session: Session, actor: Actor, case_id: UUID, file_id: UUID, *, content: bytes, media_type: str
) -> None:
    """Take the bytes of a file, once: the same again change nothing, others are not those described.

    Raises Malformed (415) for another media type, Invalid if size, hash or content are not as described.
    """
    case = locked_case(session, actor, "files:keep", case_id, may_be_closed=True)
    file = fact(session, File, case_id, file_id)
    if file.superseded_at is not None:
        raise Conflict("fact_is_superseded")
    _check(file, content, media_type)
    if not session.scalar(select(FileContent.id).where(FileContent.file_id == file_id)):
        _store(session, actor, file, content)
    record_on(session, actor, case, "content:store", file_id, "content")


def withdraw_file(session: Session, actor: Actor, case_id: UUID, file_id: UUID, *, reason: str) -> None:
    """A file kept by mistake, withdrawn by who recorded it, the case manager or a coordinator: no longer served."""
    case = locked_case(session, actor, "files:keep", case_id, may_be_closed=True)
    file = fact(session, File, case_id, file_id)
    if file.kind in OF_THE_SERVICE:
        raise Conflict("file_is_of_the_service")
    if file.recorded_by != actor.user_id and not _answers_for(session, actor, case):
        raise Forbidden("file_is_of_another")
    superseded(session, actor, File, file_id, case_id, reason)
    record_on(session, actor, case, "file:withdraw", file_id, "superseded_at")


def keep(
    session: Session, actor: Actor, case: Case, *, name: str, kind: str, media_type: str, content: bytes, right: str,
    occurred_on: date,
) -> File:  # fmt: skip
    """Keep a file that the service itself made in an act on the case. The act asks the permission and tells the log."""
    file = File(id=new_id(), case_id=case.id, file_name=name, kind=kind, media_type=media_type, size=len(content),
                sha256=sha256_of(content).digest(), right=right, occurred_on=occurred_on,
                recorded_by=actor.user_id)  # fmt: skip
    session.add(file)
    session.flush()
    _store(session, actor, file, content)
    return file


def _check(file: File, content: bytes, media_type: str) -> None:
    if media_type != file.media_type:
        raise Malformed("media_type_is_unsupported", file.media_type)
    if len(content) != file.size or sha256_of(content).digest() != file.sha256:
        raise Invalid("content_is_not_as_described")
    if not media_types()[file.media_type].fits(content):
        raise Invalid("content_is_of_another_type", file.media_type)


def _store(session: Session, actor: Actor, file: File, content: bytes) -> None:
    session.add(FileContent(id=new_id(), file_id=file.id, case_id=file.case_id, content=content,
                            received_by=actor.user_id))  # fmt: skip
    session.flush()


def _answers_for(session: Session, actor: Actor, case: Case) -> bool:
    is_coordinator = case.service_id in actor.organisations("coordinator")
    return is_coordinator or session.scalar(select(func.access.ground_on_case(case.id))) == "manager"
