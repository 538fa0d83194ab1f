"""Approving a project: by whom, with which team, and what is kept of it."""

from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from service.actor import Actor
from service.budget.lines.queries import has_lines
from service.cases.meetings.operations import require_minutes
from service.cases.printing.operations import keep_prints
from service.cases.projects.models import ProjectVersion
from service.cases.projects.queries import draft_row
from service.cases.projects.rules import MEMBERS, check_ready, content_of, named
from service.cases.records.models import Case
from service.cases.records.operations import locked_case, move, programme_of, record_on
from service.cases.records.rules import content_hash
from service.cases.teams.queries import composition_on, manager
from service.errors import Conflict, Forbidden, invalid_field


def approve_project(
    session: Session, actor: Actor, case_id: UUID, number: int, *, expected: int, approved_on: date
) -> ProjectVersion:
    """Approve a draft: by another than who wrote in it, with the team that the programme demands.

    Its content freezes, and its print, in full and in plain language, is kept: that is what all sign.

    Sources: DM 23/11/2016 art. 2 (clinical and social components); `check_ready` says those of the content.
    """
    case = locked_case(session, actor, "projects:approve", case_id)
    draft = draft_row(session, case_id, number, expected)
    if case.service_id not in actor.organisations("coordinator"):
        raise Forbidden("organisation_is_not_yours")
    if actor.user_id in (draft.author_id, *draft.changed_by):
        raise Forbidden("author_may_not_approve")
    content = content_of(draft)
    _check_team(session, case, draft, approved_on)
    require_minutes(session, case, draft.id, approved_on)
    check_ready(content, programme_of(session, case).project, approved_on)
    check_budget(session, case)
    if approved_on < draft.drafted_on:
        raise invalid_field("#/approved_on", "date_is_before_last_step", draft.drafted_on)
    move(session, actor, case, "approve", approved_on, "#/approved_on")
    draft.status, draft.approved_on, draft.approved_by = "approved", approved_on, actor.user_id
    draft.content_hash = content_hash(draft.id.bytes, content)
    draft.version += 1
    keep_prints(session, actor, case, draft, approved_on)
    record_on(session, actor, case, "project:approve", draft.id, "status")
    return draft


def check_budget(session: Session, case: Case) -> None:
    """The project has its budget, where the programme asks for one (DM 23/11/2016 art. 1 and 2): what is signed shows it."""
    if programme_of(session, case).project.needs_budget_lines and not has_lines(session, case.id):
        raise Conflict("budget_is_missing")


def _check_team(session: Session, case: Case, draft: ProjectVersion, on: date) -> None:
    """What the team must be, and must have done, before the project is approved. Raises Conflict."""
    team = composition_on(session, case.id, on)
    missing = set(programme_of(session, case).team_components) - {member.component for member in team}
    if missing:
        raise Conflict("team_is_incomplete", ", ".join(sorted(missing)))
    if manager(session, case.id) is None:
        raise Conflict("case_has_no_manager")
    if not set(named(content_of(draft), MEMBERS).values()) <= {member.id for member in team}:
        raise Conflict("members_have_left")
