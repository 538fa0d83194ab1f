"""Households: persons together over a period."""

from typing import Any
from uuid import UUID

from flask import Response

from service.actor import require
from service.audit.log.operations import shown
from service.people.households import operations, queries
from service.people.households.schemas import (
    HouseholdSchema,
    HouseholdsSchema,
    LeavingSchema,
    NewHouseholdMemberSchema,
    NewHouseholdSchema,
)
from service.people.queries import same_as
from service.people.schemas import MistakeSchema
from service.web.answers import answer, answer_page, location_of
from service.web.blueprints import Blueprint
from service.web.requests import once, transaction

households = Blueprint("households", __name__, description="Nuclei")
MEMBERS = "/households/<uuid:household_id>/members"


@households.operation(
    "POST", "/households", "formHousehold", body=NewHouseholdSchema, answer=HouseholdSchema, status=201, creates=True
)
def form_household(body: dict[str, Any]) -> Response:
    """Record a household with its members."""
    with transaction() as (session, actor):
        made = once(session, actor, lambda: operations.form_household(session, actor, **body))
        return _shown(session, actor, made, is_made=True)


@households.operation("GET", "/households/<uuid:household_id>", "showHousehold", answer=HouseholdSchema)
def show_household(household_id: UUID) -> Response:
    """One household; names only of persons in sight."""
    with transaction() as (session, actor):
        return _shown(session, actor, household_id)


@households.operation("GET", "/people/<uuid:person_id>/households", "listHouseholds", answer=HouseholdsSchema)
def list_households(person_id: UUID) -> Response:
    """The households of a person."""
    with transaction() as (session, actor):
        require(actor, "people:read")
        same = set(same_as(session, person_id))
        found = queries.households_of(session, person_id)
        people = {member.person_id for one in found for member in one["members"]}
        receipt = shown(session, actor, people | same, resource_id=person_id)
        return answer_page(HouseholdSchema, {"items": found}, shown=receipt)


@households.operation(
    "POST", MEMBERS, "joinHousehold", body=NewHouseholdMemberSchema, answer=HouseholdSchema, status=201, creates=True
)
def join_household(household_id: UUID, body: dict[str, Any]) -> Response:
    """A person joins."""
    with transaction() as (session, actor):
        once(session, actor, lambda: operations.join_household(session, actor, household_id, **body))
        return _shown(session, actor, household_id, is_made=True)


@households.operation(
    "POST", f"{MEMBERS}/<uuid:membership_id>/departure", "leaveHousehold", body=LeavingSchema, answer=HouseholdSchema
)
def leave_household(household_id: UUID, membership_id: UUID, body: dict[str, Any]) -> Response:
    """A person leaves."""
    with transaction() as (session, actor):
        operations.leave_household(session, actor, household_id, membership_id, **body)
        return _shown(session, actor, household_id)


@households.operation(
    "POST", f"{MEMBERS}/<uuid:membership_id>/withdrawal", "withdrawHouseholdMember", body=MistakeSchema,
    answer=HouseholdSchema,
)  # fmt: skip
def withdraw_household_member(household_id: UUID, membership_id: UUID, body: dict[str, Any]) -> Response:
    """Withdraw a membership recorded by mistake."""
    with transaction() as (session, actor):
        operations.withdraw_household_member(session, actor, household_id, membership_id, **body)
        return _shown(session, actor, household_id)


def _shown(session: Any, actor: Any, household_id: UUID, *, is_made: bool = False) -> Response:
    require(actor, "people:read")
    found = queries.household(session, household_id)
    receipt = shown(session, actor, {member.person_id for member in found["members"]}, resource_id=household_id)
    if not is_made:
        return answer(HouseholdSchema, found, shown=receipt)
    location = location_of("households.show_household", household_id=household_id)
    return answer(HouseholdSchema, found, shown=receipt, status=201, location=location)
