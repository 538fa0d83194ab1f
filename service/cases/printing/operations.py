"""Keeping the prints of an approved version."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from service.actor import Actor
from service.cases.files.operations import keep
from service.cases.files.queries import content
from service.cases.printing.models import Print
from service.cases.printing.printed import LAYOUTS
from service.cases.printing.queries import kept_prints, printed_project
from service.cases.printing.report import project_html, project_pdf
from service.cases.projects.models import ProjectVersion
from service.cases.records.models import Case
from service.types import new_id

MEDIA_TYPES = {"pdf": "application/pdf", "html": "text/html"}


def keep_prints(session: Session, actor: Actor, case: Case, approved: ProjectVersion, approved_on: date) -> None:
    """Print an approved version (read whole) in each layout and keep the bytes with the case: signatures bind to them."""
    said, people = printed_project(session, case, approved)
    for layout in LAYOUTS:
        file = keep(session, actor, case, name=_file_name(approved.number, layout, "pdf"), kind="printed_project",
                    media_type=MEDIA_TYPES["pdf"], content=project_pdf(said, is_plain=layout == "plain"), right="case",
                    occurred_on=approved_on)  # fmt: skip
        session.add(Print(id=new_id(), case_id=case.id, version_id=approved.id, layout=layout, file_id=file.id,
                          people=sorted(people)))  # fmt: skip
    session.flush()


@dataclass(frozen=True)
class Document:
    """The document of a version: what it is called, its bytes, and whom it names."""

    name: str
    content: bytes
    people: frozenset[UUID]


def document(session: Session, case_id: UUID, found: ProjectVersion, layout: str, form: str) -> Document:
    """The document of a version (read whole): the print kept at approval, or one made now (of a draft, or as a page).

    Raises NotFound once the bytes that were kept are gone.
    """
    name, kept = _file_name(found.number, layout, form), kept_prints(session, found.id).get(layout)
    if kept is not None and form == "pdf":
        return Document(name, content(session, case_id, kept.file_id).content, kept.people)
    said, people = printed_project(
        session, session.get_one(Case, case_id), found, None if kept is None else kept.approved_at
    )
    made = project_pdf if form == "pdf" else project_html
    return Document(name, made(said, is_plain=layout == "plain"), people)


def _file_name(number: int, layout: str, form: str) -> str:
    """What a print is called: no name of a person in it."""
    return f"progetto-v{number}{'-facile' if layout == 'plain' else ''}.{form}"
