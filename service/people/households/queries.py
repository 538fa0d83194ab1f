"""Reading households: who sees a member sees the composition, and names only with a ground on the person."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from service.errors import NotFound
from service.people.households.models import Household, HouseholdMember
from service.people.models import Identity


def household_row(session: Session, household_id: UUID) -> Household:
    """The household's row. Raises NotFound out of sight."""
    found = session.scalars(select(Household).where(Household.id == household_id)).one_or_none()
    if found is None:
        raise NotFound("household_is_unknown")
    return found


def member_row(session: Session, household_id: UUID, member_id: UUID) -> HouseholdMember:
    """One membership of a household in sight. Raises NotFound."""
    household_row(session, household_id)
    found = session.scalars(
        select(HouseholdMember).where(HouseholdMember.id == member_id, HouseholdMember.household_id == household_id)
    ).one_or_none()
    if found is None:
        raise NotFound("member_is_unknown")
    return found


def household(session: Session, household_id: UUID) -> dict[str, Any]:
    """One household with its members, past ones too. Raises NotFound."""
    found = _described(session, [household_row(session, household_id)])
    return found[0]


def households_of(session: Session, person_id: UUID) -> list[dict[str, Any]]:
    """The households of the one person, the newest first."""
    statement = select(Household).where(
        Household.id.in_(
            select(HouseholdMember.household_id).where(
                HouseholdMember.person_id.in_(select(func.people.same_as(person_id))),
                HouseholdMember.superseded_at.is_(None),
            )
        )
    )
    return _described(session, session.scalars(statement.order_by(Household.id.desc())).all())


def members_on(session: Session, household_id: UUID, on: date) -> list[UUID]:
    """Who belongs to a household on a day, as far as the actor may see: the persons that a household's case counts."""
    statement = select(HouseholdMember.person_id).where(
        HouseholdMember.household_id == household_id, HouseholdMember.superseded_at.is_(None),
        HouseholdMember.from_on <= on, or_(HouseholdMember.to_on.is_(None), HouseholdMember.to_on > on),
    )  # fmt: skip
    return list(session.scalars(statement.order_by(HouseholdMember.id)))


def _described(session: Session, rows: Sequence[Household]) -> list[dict[str, Any]]:
    members: dict[UUID, list[Any]] = {}
    # Row-level security makes the names of who is out of sight come back empty.
    statement = (
        select(HouseholdMember.id, HouseholdMember.household_id, HouseholdMember.person_id, HouseholdMember.relationship,
               HouseholdMember.from_on, HouseholdMember.to_on, Identity.family_name, Identity.given_name)
        .outerjoin(Identity, (Identity.person_id == HouseholdMember.person_id) & Identity.superseded_at.is_(None))
        .where(HouseholdMember.household_id.in_([row.id for row in rows]), HouseholdMember.superseded_at.is_(None))
        .order_by(HouseholdMember.from_on, HouseholdMember.id)
    )  # fmt: skip
    for member in session.execute(statement):
        members.setdefault(member.household_id, []).append(member)
    return [{"id": row.id, "kind": row.kind, "members": members.get(row.id, [])} for row in rows]
