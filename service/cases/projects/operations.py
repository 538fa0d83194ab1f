"""Drafting a project, changing the draft, approving it."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from service.actor import Actor, require
from service.audit.log.operations import record
from service.cases.projects.models import Goal, Project, ProjectVersion, Support
from service.cases.projects.queries import content_of, version_row
from service.cases.projects.rules import content_hash
from service.cases.records.models import Case
from service.cases.records.operations import check_date, locked_case, move, programme_of
from service.cases.teams.queries import components_on, manager
from service.errors import Conflict, Forbidden
from service.types import new_id


def draft_project(
    session: Session, actor: Actor, case_id: UUID, *, drafted_on: date, preferences: str | None,
    goals: list[dict[str, Any]], supports: list[dict[str, Any]],
) -> UUID:  # fmt: skip
    """Write the draft of the next version of the case's project. One open version at a time."""
    case = locked_case(session, case_id)
    require(actor, "projects:draft")
    project = session.scalars(select(Project).where(Project.case_id == case_id)).one_or_none()
    if project is None:
        project = Project(id=new_id(), case_id=case_id, recorded_by=actor.user_id)
        session.add(project)
        session.flush()
    last = _last_version(session, project.id)
    if last is not None and last.status in ("draft", "approved"):
        raise Conflict("version_is_open")
    number = last.number + 1 if last else 1
    move(session, actor, case, "draft", drafted_on, "#/drafted_on")
    version = ProjectVersion(id=new_id(), project_id=project.id, case_id=case_id, number=number, author_id=actor.user_id,
                             drafted_on=drafted_on, preferences=preferences)  # fmt: skip
    session.add(version)
    session.flush()
    _write_content(session, version, goals, supports)
    _record(session, actor, case, "project:draft", version, ("goals", "supports", "preferences"))
    return version.id


def change_draft(
    session: Session, actor: Actor, case_id: UUID, number: int, *, expected: int, changes: dict[str, Any]
) -> None:
    """Change a draft (merge patch: lists are replaced whole). Raises Conflict once it is approved."""
    case = locked_case(session, case_id)
    require(actor, "projects:draft")
    version = _draft(session, case_id, number, expected)
    if "preferences" in changes:
        version.preferences = changes["preferences"]
    session.flush()
    _write_content(session, version, changes.get("goals"), changes.get("supports"))
    if actor.user_id is not None and actor.user_id not in version.changed_by:
        version.changed_by = [*version.changed_by, actor.user_id]
    version.version += 1
    _record(session, actor, case, "draft:change", version, tuple(changes))


def approve_project(
    session: Session, actor: Actor, case_id: UUID, number: int, *, expected: int, approved_on: date
) -> None:
    """Approve a draft: by another than its author, with the team that the programme demands. Its content freezes.

    Sources: DM 23/11/2016 art. 2 (clinical and social components); D.Lgs 147/2017 art. 6 (goals).
    """
    case = locked_case(session, case_id)
    require(actor, "projects:approve")
    version = _draft(session, case_id, number, expected)
    if case.service_id not in actor.organisations("coordinator"):
        raise Forbidden("organisation_is_not_yours")
    if actor.user_id in (version.author_id, *version.changed_by):
        raise Forbidden("author_may_not_approve")
    _check_team(session, case, approved_on)
    check_date(session, case, approved_on, "#/approved_on")
    content = content_of(session, version.id)
    if not content["goals"]:
        raise Conflict("project_has_no_goals")
    move(session, actor, case, "approve", approved_on)
    version.status, version.approved_on, version.approved_by = "approved", approved_on, actor.user_id
    version.content_hash = content_hash(version.id.bytes, content)
    version.version += 1
    _record(session, actor, case, "project:approve", version, ("status",))


def _check_team(session: Session, case: Case, on: date) -> None:
    missing = set(programme_of(session, case).team_components) - components_on(session, case.id, on)
    if missing:
        raise Conflict("team_is_incomplete", ", ".join(sorted(missing)))
    if manager(session, case.id) is None:
        raise Conflict("case_has_no_manager")


def _draft(session: Session, case_id: UUID, number: int, expected: int) -> ProjectVersion:
    version = version_row(session, case_id, number, expected)
    if version.status != "draft":
        raise Conflict("version_is_in_another_state", version.status)
    return version


def _last_version(session: Session, project_id: UUID) -> ProjectVersion | None:
    return session.scalars(
        select(ProjectVersion)
        .where(ProjectVersion.project_id == project_id)
        .order_by(ProjectVersion.number.desc())
        .limit(1)
    ).one_or_none()


def _write_content(
    session: Session, version: ProjectVersion, goals: list[dict[str, Any]] | None, supports: list[dict[str, Any]] | None
) -> None:
    for table, rows in ((Goal, goals), (Support, supports)):
        if rows is not None:
            session.execute(delete(table).where(table.version_id == version.id))
            session.add_all(
                table(id=new_id(), version_id=version.id, case_id=version.case_id, position=position, **row)
                for position, row in enumerate(rows)
            )


def _record(
    session: Session, actor: Actor, case: Case, action: str, version: ProjectVersion, field_names: tuple[str, ...]
) -> None:
    record(
        session,
        actor,
        action,
        case_id=case.id,
        resource_id=version.id,
        people=[case.person_id],
        field_names=field_names,
    )
