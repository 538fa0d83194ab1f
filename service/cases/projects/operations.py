"""Drafting a project, and changing the draft."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from service.actor import Actor
from service.cases.projects.models import Goal, Project, ProjectCommitment, ProjectVersion, Responsible, Support
from service.cases.projects.queries import draft_row, people_in_sight, project_so_far, version
from service.cases.projects.rules import (
    FIELDS,
    MEMBERS,
    PARTS,
    PERSONS,
    Content,
    content_of,
    named,
    wrong_fields,
)
from service.cases.records.models import Case
from service.cases.records.operations import locked_case, move, programme_of, record_on
from service.cases.teams.queries import members
from service.errors import Conflict, FieldError, Invalid
from service.types import new_id

TABLES = {"goals": Goal, "supports": Support, "commitments": ProjectCommitment, "responsibles": Responsible}


def draft_project(
    session: Session, actor: Actor, case_id: UUID, *, drafted_on: date, from_version: int | None = None, **content: Any
) -> UUID:
    """Write the draft of the next version: this content, or a copy of an earlier version. One open version at a time.

    Parts keep their keys in a copy, so that what points to a goal finds it in the next version. `review_months`: the
    longest interval that the programme allows, unless told.
    """
    case = locked_case(session, actor, "projects:draft", case_id)
    project, last = project_so_far(session, case_id)
    if last is not None and last.status in ("draft", "approved"):
        raise Conflict("version_is_open")
    rules = programme_of(session, case).project
    source = None if from_version is None else version(session, case_id, from_version)
    given = content if source is None else content_of(source)
    whole = {"review_months": rules.longest_review_months, **_with_keys(given)}
    _check_content(session, case, whole)
    move(session, actor, case, "draft", drafted_on, "#/drafted_on")
    if project is None:
        project = Project(id=new_id(), case_id=case_id, recorded_by=actor.user_id)
        session.add(project)
        session.flush()
    draft = ProjectVersion(id=new_id(), project_id=project.id, case_id=case_id, number=last.number + 1 if last else 1,
                           from_version=from_version, author_id=actor.user_id, drafted_on=drafted_on,
                           changed_by=_writers(source))  # fmt: skip
    _write(draft, whole)
    session.add(draft)
    record_on(session, actor, case, "project:draft", draft.id, *given)
    return draft.id


def _writers(source: ProjectVersion | None) -> list[UUID]:
    """Who wrote what is copied and nobody approved: they wrote in the copy too."""
    return [] if source is None or source.approved_on is not None else [source.author_id, *source.changed_by]


def change_draft(
    session: Session, actor: Actor, case_id: UUID, number: int, *, expected: int, changes: Mapping[str, Any]
) -> ProjectVersion:
    """Change a draft (merge patch: lists are replaced whole). Raises Conflict once it is approved."""
    case = locked_case(session, actor, "projects:draft", case_id)
    draft = draft_row(session, case_id, number, expected)
    given = _with_keys(changes)
    _check_content(session, case, content_of(draft) | given)
    for part in PARTS.keys() & given.keys():
        getattr(draft, part).clear()
    session.flush()  # the old parts leave before the new ones come with the same keys
    _write(draft, given)
    if actor.user_id is not None and actor.user_id not in draft.changed_by:
        draft.changed_by = [*draft.changed_by, actor.user_id]
    draft.version += 1
    record_on(session, actor, case, "draft:change", draft.id, *changes)
    return draft


def _check_content(session: Session, case: Case, content: Content) -> None:
    wrong = (*wrong_fields(content, programme_of(session, case).project), *_unknown(session, case, content))
    if wrong:
        raise Invalid("request_is_invalid", errors=wrong)


def _unknown(session: Session, case: Case, content: Content) -> Iterator[FieldError]:
    """Members whom the team never had, persons out of sight."""
    on_team, persons = named(content, MEMBERS), named(content, PERSONS)
    known_members = {member.id for member in members(session, case.id)} if on_team else set()
    known_persons = people_in_sight(session, persons.values()) if persons else set()
    for told, known in ((on_team, known_members), (persons, known_persons)):
        for pointer, found in told.items():
            if found not in known:
                yield FieldError(pointer, "reference_is_unknown")


def _with_keys(content: Mapping[str, Any]) -> dict[str, Any]:
    """The content with a key for each part that has none."""
    return {
        name: [{**row, "key": row.get("key") or new_id()} for row in value] if name in PARTS else value
        for name, value in content.items()
    }


def _write(draft: ProjectVersion, content: Content) -> None:
    for name in content.keys() & set(FIELDS):
        setattr(draft, name, content[name])
    for part in content.keys() & PARTS.keys():
        rows = [TABLES[part](position=position, **row) for position, row in enumerate(content[part])]
        getattr(draft, part).extend(rows)
