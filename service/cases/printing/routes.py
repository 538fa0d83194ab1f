"""The document of a project."""

from uuid import UUID

from flask import Response

from service.actor import require
from service.cases.printing.operations import MEDIA_TYPES, document
from service.cases.printing.schemas import DocumentQuery
from service.cases.projects.queries import version
from service.cases.records.operations import sight_of
from service.web.answers import answer_file
from service.web.blueprints import Blueprint
from service.web.requests import transaction

printing = Blueprint("printing", __name__, description="Documento del progetto")


@printing.operation(
    "GET", "/cases/<uuid:case_id>/projects/<int:number>/document", "showDocument", query=DocumentQuery, answer=None,
    gives=tuple(MEDIA_TYPES.values()),
)  # fmt: skip
def show_document(case_id: UUID, number: int, query: dict[str, str]) -> Response:
    """The printed project, to save: as it was approved, or as the draft stands now."""
    with transaction() as (session, actor):
        found = version(session, case_id, number)
        require(actor, "cases:read")
        made = document(session, case_id, found, query["layout"], query["format"])
        receipt = sight_of(session, actor, case_id, made.people)
        media_type = MEDIA_TYPES[query["format"]]
        return answer_file(made.content, name=made.name, media_type=media_type, about=made.people, shown=receipt)
