"""The project of a case, in versions. Approving, signing and revoking are in `cases.path`."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session

from service.actor import Actor, require
from service.cases.projects import operations, queries
from service.cases.projects.models import ProjectVersion
from service.cases.projects.schemas import (
    DifferencesQuery,
    DifferencesSchema,
    NewProjectSchema,
    ProjectChangesSchema,
    ProjectSchema,
    ProjectsSchema,
)
from service.cases.records.operations import sight_of
from service.types import Shown
from service.web.answers import answer, answer_page, location_of
from service.web.blueprints import Blueprint
from service.web.requests import expected_version, once, transaction

projects = Blueprint("projects", __name__, description="Progetti individuali")


@projects.operation("GET", "/cases/<uuid:case_id>/projects", "listProjects", answer=ProjectsSchema)
def list_projects(case_id: UUID) -> Response:
    """The versions of the case's project, the last one first."""
    with transaction() as (session, actor):
        found = queries.versions(session, case_id)
        return answer_page(ProjectSchema, {"items": found}, shown=_told(session, actor, case_id, found))


@projects.operation(
    "GET", "/cases/<uuid:case_id>/projects/<int:number>", "showProject", answer=ProjectSchema, etag=True
)
def show_project(case_id: UUID, number: int) -> Response:
    """One version."""
    with transaction() as (session, actor):
        return answer_version(session, actor, case_id, queries.version(session, case_id, number))


@projects.operation(
    "GET", "/cases/<uuid:case_id>/projects/<int:number>/differences", "showDifferences", query=DifferencesQuery,
    answer=DifferencesSchema,
)  # fmt: skip
def show_differences(case_id: UUID, number: int, query: dict[str, Any]) -> Response:
    """What changed from another version to this one."""
    with transaction() as (session, actor):
        both = queries.two_versions(session, case_id, query["other"], number)
        return answer(DifferencesSchema, queries.differences(*both), shown=_told(session, actor, case_id, both))


@projects.operation(
    "POST", "/cases/<uuid:case_id>/projects", "draftProject", body=NewProjectSchema, answer=ProjectSchema, status=201,
    creates=True, etag=True,
)  # fmt: skip
def draft_project(case_id: UUID, body: dict[str, Any]) -> Response:
    """Write the draft of the next version, anew or from a copy of an earlier one."""
    with transaction() as (session, actor):
        made = once(session, actor, lambda: operations.draft_project(session, actor, case_id, **body))
        version = queries.version_of_id(session, case_id, made)
        location = location_of("projects.show_project", case_id=case_id, number=version.number)
        return answer_version(session, actor, case_id, version, status=201, location=location)


@projects.operation(
    "PATCH", "/cases/<uuid:case_id>/projects/<int:number>", "changeDraft", body=ProjectChangesSchema, answer=ProjectSchema,
    if_match=True, etag=True,
)  # fmt: skip
def change_draft(case_id: UUID, number: int, body: dict[str, Any]) -> Response:
    """Change a draft."""
    with transaction() as (session, actor):
        changed = operations.change_draft(session, actor, case_id, number, expected=expected_version(), changes=body)
        return answer_version(session, actor, case_id, changed)


def answer_version(session: Session, actor: Actor, case_id: UUID, version: ProjectVersion, *, status: int = 200,
                   location: str | None = None) -> Response:  # fmt: skip
    """A version (read whole), with its ETag."""
    receipt = _told(session, actor, case_id, [version])
    return answer(ProjectSchema, version, shown=receipt, status=status, version=version.version, location=location)


def _told(session: Session, actor: Actor, case_id: UUID, versions: Iterable[ProjectVersion]) -> Shown:
    """Log whose data is shown: the person of the case, and the members of the household that the versions name."""
    require(actor, "cases:read")
    named = set().union(*map(queries.people_named, versions))
    return sight_of(session, actor, case_id, named)
