"""Keeping the prints of an approved version."""

from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from service.actor import Actor
from service.cases.files.operations import keep
from service.cases.files.queries import content
from service.cases.printing.models import Print
from service.cases.printing.printed import LAYOUTS
from service.cases.printing.queries import people_printed, printed_project, prints
from service.cases.printing.report import project_html, project_pdf
from service.cases.projects.models import ProjectVersion
from service.cases.records.models import Case
from service.types import new_id

MEDIA_TYPES = {"pdf": "application/pdf", "html": "text/html"}


def keep_prints(session: Session, actor: Actor, case: Case, approved: ProjectVersion, approved_on: date) -> None:
    """Print an approved version (read whole) in each layout and keep the bytes with the case: signatures bind to them."""
    said, people = printed_project(session, case, approved), sorted(people_printed(session, case.id, approved))
    for layout in LAYOUTS:
        made = project_pdf(said, is_plain=layout == "plain")
        file = keep(session, actor, case, name=file_name(approved.number, layout, "pdf"), kind="printed_project",
                    media_type=MEDIA_TYPES["pdf"], content=made, right="case",
                    occurred_on=approved_on)  # fmt: skip
        session.add(Print(id=new_id(), case_id=case.id, version_id=approved.id, layout=layout, file_id=file.id,
                          people=people))  # fmt: skip
    session.flush()


def document(session: Session, case_id: UUID, found: ProjectVersion, layout: str, form: str) -> tuple[str, bytes]:
    """The name and the bytes of a version's document (read whole): the print kept at approval, or one made now (of a draft,
    or as a page). Raises NotFound once the bytes that were kept are gone.
    """
    name = file_name(found.number, layout, form)
    kept = prints(session, found.id).get(layout) if form == "pdf" else None
    if kept is not None:
        return name, content(session, case_id, kept.file_id).content
    said = printed_project(session, session.get_one(Case, case_id), found)
    made = project_pdf if form == "pdf" else project_html
    return name, made(said, is_plain=layout == "plain")


def file_name(number: int, layout: str, form: str) -> str:
    """What a print is called: no name of a person in it."""
    return f"progetto-v{number}{'-facile' if layout == 'plain' else ''}.{form}"
