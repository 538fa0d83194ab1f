"""Opening a case: whose it is, who sees it, how it arrived."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access import grounds
from service.actor import Actor, require
from service.cases.contacts.operations import link
from service.cases.programmes.queries import definition_in_force
from service.cases.programmes.rules import Definition
from service.cases.records.models import Case, CasePerson, Referral
from service.cases.records.operations import check_not_future, reach, record_on
from service.cases.teams.models import TeamMember
from service.cases.teams.operations import give_sight
from service.errors import Forbidden, invalid_field
from service.people.households.queries import household_row, members_on
from service.people.models import Identity
from service.people.queries import person_row, same_as
from service.types import new_id

OPENERS = ("social_worker", "case_manager", "coordinator")
ADULT_AGE = 18  # art. 2 c.c.


def open_case(
    session: Session, actor: Actor, *, programme: str, person_id: UUID, household_id: UUID | None, service_id: UUID,
    contact_id: UUID | None, referral: dict[str, Any],
) -> UUID:  # fmt: skip
    """Open a case in a service of the actor's; the referral is kept, and who opens it joins the team.

    A household's case belongs to all who are in the household on the day of arrival; the person speaks for them. A contact
    that led to it gives its day to the milestone `intercepted`. Raises NotFound for who is out of sight, Invalid for dates
    out of order, for a programme that isn't in force or is not of such a subject.
    """
    require(actor, "cases:open")
    if service_id not in actor.organisations(*OPENERS) or actor.user_id is None:
        raise Forbidden("organisation_is_not_yours")
    person_row(session, person_id)
    _check_referral(referral)
    definition = definition_in_force(session, programme, referral["arrived_on"])
    if not grounds.has_own(session, same_as(session, person_id)):
        raise Forbidden("person_is_of_an_offered_case")
    people = _subjects(session, definition, person_id, household_id, referral["arrived_on"])
    case = Case(id=new_id(), programme=programme, programme_version=definition.version, person_id=person_id,
                household_id=household_id, service_id=service_id, stage=definition.first_stage,
                recorded_by=actor.user_id)  # fmt: skip
    opener = TeamMember(id=new_id(), case_id=case.id, user_id=actor.user_id, organisation_id=service_id, component="social",
                        role="social_worker", from_on=referral["arrived_on"], recorded_by=actor.user_id)  # fmt: skip
    # Sight comes before the row: row-level security refuses a case that its writer may not see.
    for one in people:
        grounds.give_to_service(session, service_id, case_id=case.id, person_id=one)
    give_sight(session, case, opener, people)
    session.add(case)
    session.flush()
    session.add_all((opener, Referral(id=new_id(), case_id=case.id, recorded_by=actor.user_id, **referral)))
    session.add_all(_case_people(session, actor, case, people, referral["arrived_on"]))
    if contact_id is not None:
        reach(session, actor, case, "intercepted", link(session, contact_id, case.id))
    reach(session, actor, case, "referred", referral["arrived_on"])
    record_on(session, actor, case, "case:open", case.id, "programme", "household_id", "service_id", "referral")
    return case.id


def _check_referral(referral: dict[str, Any]) -> None:
    check_not_future(referral["arrived_on"], "#/referral/arrived_on")
    if referral["happened_on"] > referral["arrived_on"]:
        raise invalid_field("#/referral/arrived_on", "date_is_before_start", referral["happened_on"])


def _subjects(
    session: Session, definition: Definition, person_id: UUID, household_id: UUID | None, on: date
) -> list[UUID]:
    """The people of the case: the person alone, or the household's members on the day. Raises NotFound, Invalid."""
    if household_id is None:
        if "person" not in definition.subjects:
            raise invalid_field("#/household_id", "field_is_missing")
        return [person_id]
    if "household" not in definition.subjects:
        raise invalid_field("#/household_id", "programme_is_of_persons", definition.label)
    household_row(session, household_id)
    members = members_on(session, household_id, on)
    if person_id not in members:
        raise invalid_field("#/person_id", "person_is_not_in_the_household")
    for member in members:
        person_row(session, member)
    return members


def _case_people(session: Session, actor: Actor, case: Case, people: Iterable[UUID], from_on: date) -> list[CasePerson]:
    """The person for whom the case is, and those of the household: minors told apart by their birth date, if it is known."""
    others = set(people) - {case.person_id}
    births = dict(session.execute(
        select(Identity.person_id, Identity.birth_date)
        .where(Identity.person_id.in_(others), Identity.superseded_at.is_(None))
    ).all()) if others else {}  # fmt: skip
    roles = {person: "minor" if _is_minor(births.get(person), from_on) else "member" for person in others}
    return [
        CasePerson(
            id=new_id(), case_id=case.id, person_id=person, role=role, from_on=from_on, recorded_by=actor.user_id
        )
        for person, role in (roles | {case.person_id: "subject"}).items()
    ]


def _is_minor(birth_date: date | None, on: date) -> bool:
    return birth_date is not None and (on.year - birth_date.year - ((on.month, on.day) < (birth_date.month, birth_date.day))
                                       < ADULT_AGE)  # fmt: skip
