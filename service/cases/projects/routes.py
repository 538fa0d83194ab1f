"""The project of a case, in versions. Signing moves the case: it is in `cases.path`."""

from typing import Any
from uuid import UUID

from flask import Response

from service.cases.projects import operations, queries
from service.cases.projects.schemas import (
    ApprovalSchema,
    NewProjectSchema,
    ProjectChangesSchema,
    ProjectSchema,
    ProjectsSchema,
)
from service.cases.records.answers import answer_fact, answer_facts
from service.web.blueprints import Blueprint
from service.web.requests import expected_version, once, transaction

projects = Blueprint("projects", __name__, description="Progetti individuali")


@projects.operation("GET", "/cases/<uuid:case_id>/projects", "listProjects", answer=ProjectsSchema)
def list_projects(case_id: UUID) -> Response:
    """The versions of the case's project, the last one first."""
    with transaction() as (session, actor):
        return answer_facts(session, actor, ProjectSchema, case_id, queries.versions(session, case_id))


@projects.operation(
    "GET", "/cases/<uuid:case_id>/projects/<int:number>", "showProject", answer=ProjectSchema, etag=True
)
def show_project(case_id: UUID, number: int) -> Response:
    """One version."""
    with transaction() as (session, actor):
        return answer_version(session, actor, case_id, number)


@projects.operation(
    "POST", "/cases/<uuid:case_id>/projects", "draftProject", body=NewProjectSchema, answer=ProjectSchema, status=201,
    creates=True, etag=True,
)  # fmt: skip
def draft_project(case_id: UUID, body: dict[str, Any]) -> Response:
    """Write the draft of the next version."""
    with transaction() as (session, actor):
        made = once(session, actor, lambda: operations.draft_project(session, actor, case_id, **body))
        version = queries.version_of_id(session, case_id, made)
        return answer_fact(session, actor, ProjectSchema, case_id, version, version=version.version,
                           made_at="projects.show_project", number=version.number)  # fmt: skip


@projects.operation(
    "PATCH", "/cases/<uuid:case_id>/projects/<int:number>", "changeDraft", body=ProjectChangesSchema, answer=ProjectSchema,
    if_match=True, etag=True,
)  # fmt: skip
def change_draft(case_id: UUID, number: int, body: dict[str, Any]) -> Response:
    """Change a draft."""
    with transaction() as (session, actor):
        operations.change_draft(session, actor, case_id, number, expected=expected_version(), changes=body)
        return answer_version(session, actor, case_id, number)


@projects.operation(
    "POST", "/cases/<uuid:case_id>/projects/<int:number>/approval", "approveProject", body=ApprovalSchema,
    answer=ProjectSchema, if_match=True, etag=True,
)  # fmt: skip
def approve_project(case_id: UUID, number: int, body: dict[str, Any]) -> Response:
    """Approve a draft: its content freezes."""
    with transaction() as (session, actor):
        operations.approve_project(session, actor, case_id, number, expected=expected_version(), **body)
        return answer_version(session, actor, case_id, number)


def answer_version(session: Any, actor: Any, case_id: UUID, number: int) -> Response:
    """A version, with its ETag."""
    version = queries.version(session, case_id, number)
    return answer_fact(session, actor, ProjectSchema, case_id, version, version=version.version)
