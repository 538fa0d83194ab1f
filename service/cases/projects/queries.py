"""Reading projects."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, selectinload

from service.cases.projects.differences import differences as differences_of
from service.cases.projects.models import Goal, Project, ProjectCommitment, ProjectVersion, Signature, Support
from service.cases.projects.rules import Signing, content_of, demanded
from service.cases.records.models import Case, CasePerson
from service.cases.records.queries import OTHER_ADULTS
from service.errors import Conflict, NotFound, Stale
from service.people.models import Person


def version_row(
    session: Session, case_id: UUID, number: int, expected: int, *, is_whole: bool = False
) -> ProjectVersion:
    """A version's row, locked, still as the caller read it; with its parts if wanted. Raises NotFound, Stale."""
    statement = _versions(case_id).where(ProjectVersion.number == number).with_for_update()
    found = session.scalars(_whole(statement) if is_whole else statement).one_or_none()
    if found is None:
        raise NotFound("version_is_unknown")
    if found.version != expected:
        raise Stale("row_has_changed")
    return found


def draft_row(session: Session, case_id: UUID, number: int, expected: int) -> ProjectVersion:
    """The same of a draft, with its parts. Raises Conflict for a version that is none any more."""
    found = version_row(session, case_id, number, expected, is_whole=True)
    if found.status != "draft":
        raise Conflict("version_is_in_another_state", found.status)
    return found


def versions(session: Session, case_id: UUID) -> Sequence[ProjectVersion]:
    """Every version of the case's project, the last one first."""
    return session.scalars(_whole(_versions(case_id)).order_by(ProjectVersion.number.desc())).all()


def version(session: Session, case_id: UUID, number: int) -> ProjectVersion:
    """One version with its parts and signatures. Raises NotFound."""
    found = session.scalars(_whole(_versions(case_id)).where(ProjectVersion.number == number)).one_or_none()
    if found is None:
        raise NotFound("version_is_unknown")
    return found


def two_versions(session: Session, case_id: UUID, one: int, other: int) -> tuple[ProjectVersion, ProjectVersion]:
    """Two versions of the case's project, which may be the same. Raises NotFound."""
    rows = session.scalars(_whole(_versions(case_id)).where(ProjectVersion.number.in_((one, other))))
    found = {row.number: row for row in rows}
    if found.keys() != {one, other}:
        raise NotFound("version_is_unknown")
    return found[one], found[other]


def version_of_id(session: Session, case_id: UUID, version_id: UUID) -> ProjectVersion:
    """The same, by id."""
    return session.scalars(_whole(_versions(case_id)).where(ProjectVersion.id == version_id)).one()


def project_so_far(session: Session, case_id: UUID) -> tuple[Project | None, ProjectVersion | None]:
    """The project of a case and its last version, as far as there are."""
    found = session.execute(
        select(Project, ProjectVersion)
        .outerjoin(ProjectVersion, ProjectVersion.project_id == Project.id)
        .where(Project.case_id == case_id)
        .order_by(ProjectVersion.number.desc())
        .limit(1)
    ).one_or_none()
    return (found[0], found[1]) if found else (None, None)


def signed_version(session: Session, case_id: UUID) -> ProjectVersion | None:
    """The version in force: the last one that all have signed. Its parts are not read."""
    return session.scalars(_versions(case_id).where(ProjectVersion.status == "signed")).one_or_none()


def approved_version(session: Session, case_id: UUID) -> ProjectVersion | None:
    """The version that waits to be signed. Its parts are not read."""
    return session.scalars(
        _versions(case_id).where(ProjectVersion.status == "approved").with_for_update()
    ).one_or_none()


def review_months_on(session: Session, case_id: UUID, on: date) -> int | None:
    """Every how many months the project in force on a day is checked; none if none was, or if it does not say."""
    statement = select(ProjectVersion.review_months).where(
        ProjectVersion.case_id == case_id, ProjectVersion.signed_on <= on
    )
    return session.scalar(statement.order_by(ProjectVersion.number.desc()).limit(1))


def standing_signatures(session: Session, version_id: UUID) -> Sequence[Signature]:
    """The signatures and refusals of a version that were not withdrawn."""
    return session.scalars(
        select(Signature).where(Signature.version_id == version_id, Signature.superseded_at.is_(None))
    ).all()


def demanded_signatures(session: Session, case: Case, version_id: UUID, signers: Sequence[str]) -> tuple[Signing, ...]:
    """Who must sign a version: the programme's signers, the household by each adult in it and by whoever binds themselves."""
    if "household" not in signers:
        return demanded(signers, ())
    bound = select(ProjectCommitment.person_id).where(
        ProjectCommitment.version_id == version_id, ProjectCommitment.person_id.is_not(None)
    )
    adults = select(CasePerson.person_id).where(CasePerson.case_id == case.id, *OTHER_ADULTS)
    members = set(session.scalars(bound.union(adults))) - {case.person_id}
    return demanded(signers, sorted(one for one in members if one is not None))


def people_in_sight(session: Session, ids: Iterable[UUID]) -> set[UUID]:
    """Those of these persons whom the actor may see."""
    return set(session.scalars(select(Person.id).where(Person.id.in_(set(ids)))))


def people_named(version: ProjectVersion) -> set[UUID]:
    """The members of the household that a version (read whole) names: who binds themselves, who signs."""
    named = {row.person_id for row in version.commitments} | {row.person_id for row in version.signatures}
    return {person_id for person_id in named if person_id is not None}


def has_goal(session: Session, case_id: UUID, key: UUID) -> bool:
    """Whether some version of the case's project has a goal of this key: what outcomes and budget lines point to."""
    return session.scalar(select(Goal.id).where(Goal.case_id == case_id, Goal.key == key).limit(1)) is not None


def has_support(session: Session, case_id: UUID, key: UUID) -> bool:
    """Whether some version of the case's project has a support of this key: what budget lines point to."""
    return session.scalar(select(Support.id).where(Support.case_id == case_id, Support.key == key).limit(1)) is not None


def differences(before: ProjectVersion, after: ProjectVersion) -> dict[str, Any]:
    """From one version to another (both read whole), with their numbers."""
    found = differences_of(content_of(before), content_of(after))
    return {"from_version": before.number, "to_version": after.number, **found}


def _versions(case_id: UUID) -> Select[ProjectVersion]:
    return select(ProjectVersion).where(ProjectVersion.case_id == case_id)


def _whole(statement: Select[ProjectVersion]) -> Select[ProjectVersion]:
    return statement.options(
        selectinload(ProjectVersion.goals),
        selectinload(ProjectVersion.supports),
        selectinload(ProjectVersion.commitments),
        selectinload(ProjectVersion.responsibles),
        selectinload(ProjectVersion.signatures),
    ).execution_options(populate_existing=True)
