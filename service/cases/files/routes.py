"""The files of a case: described first, then sent."""

from typing import Any
from uuid import UUID

from flask import Response

from service.actor import require
from service.audit.log.operations import shown
from service.cases.files import operations, queries
from service.cases.files.rules import OF_THE_SERVICE, media_types
from service.cases.files.schemas import FilePage, FileSchema, NewFileSchema
from service.cases.records.answers import answer_fact
from service.cases.records.operations import sight_of
from service.cases.records.queries import people_of
from service.cases.records.schemas import WithdrawalSchema
from service.errors import NotFound
from service.web.answers import answer_file, answer_page
from service.web.blueprints import Blueprint
from service.web.paging import paged
from service.web.requests import once, transaction
from service.web.schemas import PageQuery

files = Blueprint("files", __name__, description="File del caso")
MEDIA_TYPES = tuple(media_types())


@files.operation("GET", "/cases/<uuid:case_id>/files", "listFiles", query=PageQuery, answer=FilePage)
def list_files(case_id: UUID, query: dict[str, Any]) -> Response:
    """The files of a case, what was recorded last first."""
    with transaction() as (session, actor):
        require(actor, "cases:read")
        receipt = sight_of(session, actor, case_id)
        rows = queries.files(session, case_id, **query)
        found = paged(rows, limit=query["limit"], scope=f"files:{case_id}")
        return answer_page(FileSchema, found, shown=receipt)


@files.operation("GET", "/cases/<uuid:case_id>/files/<uuid:file_id>", "showFile", answer=FileSchema)
def show_file(case_id: UUID, file_id: UUID) -> Response:
    """One file, without its bytes."""
    with transaction() as (session, actor):
        return answer_fact(session, actor, FileSchema, case_id, queries.file(session, case_id, file_id))


@files.operation(
    "POST", "/cases/<uuid:case_id>/files", "describeFile", body=NewFileSchema, answer=FileSchema, status=201, creates=True
)  # fmt: skip
def describe_file(case_id: UUID, body: dict[str, Any]) -> Response:
    """Say what a file is; its bytes follow."""
    with transaction() as (session, actor):
        made = once(session, actor, lambda: operations.describe_file(session, actor, case_id, **body))
        return answer_fact(session, actor, FileSchema, case_id, queries.file(session, case_id, made),
                           made_at="files.show_file", file_id=made)  # fmt: skip


@files.operation(
    "PUT", "/cases/<uuid:case_id>/files/<uuid:file_id>/content", "storeContent", answer=FileSchema, takes=MEDIA_TYPES
)
def store_content(case_id: UUID, file_id: UUID, content: bytes, media_type: str) -> Response:
    """Send the bytes of a file, once."""
    with transaction() as (session, actor):
        operations.store_content(session, actor, case_id, file_id, content=content, media_type=media_type)
        return answer_fact(session, actor, FileSchema, case_id, queries.file(session, case_id, file_id))


@files.operation(
    "GET", "/cases/<uuid:case_id>/files/<uuid:file_id>/content", "showContent", answer=None, gives=MEDIA_TYPES
)
def show_content(case_id: UUID, file_id: UUID) -> Response:
    """The bytes of a file, to save."""
    with transaction() as (session, actor):
        found = queries.content(session, case_id, file_id)
        if (
            found.kind in OF_THE_SERVICE
        ):  # a print names people whom the file does not know: its own route tells the log
            raise NotFound("file_is_of_the_service")
        require(actor, "cases:read")
        people = people_of(session, case_id)
        receipt = shown(session, actor, people, case_id=case_id, resource_id=file_id)
        return answer_file(
            found.content, name=found.file_name, media_type=found.media_type, about=people, shown=receipt
        )


@files.operation(
    "POST", "/cases/<uuid:case_id>/files/<uuid:file_id>/withdrawal", "withdrawFile", body=WithdrawalSchema,
    answer=FileSchema,
)  # fmt: skip
def withdraw_file(case_id: UUID, file_id: UUID, body: dict[str, Any]) -> Response:
    """Withdraw a file kept by mistake; its description stays, with the reason."""
    with transaction() as (session, actor):
        operations.withdraw_file(session, actor, case_id, file_id, **body)
        return answer_fact(session, actor, FileSchema, case_id, queries.file(session, case_id, file_id))
