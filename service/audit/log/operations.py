"""Writing the log: an event in the transaction of the act that it tells, or no act at all."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.types import Text, Uuid

from service.actor import Actor
from service.errors import Refusal, Unavailable
from service.types import Shown, new_id

# One statement, one round trip: the event, the ground on which the case is seen, and a row for each person.
_WRITE = text("""
    WITH event AS (
        INSERT INTO audit.events
            (id, action, outcome, user_id, login_id, roles, address, request_id, case_id, resource_id, ground,
             field_names)
        VALUES (:id, :action, :outcome, :user_id, :login_id, :roles, :address, :request_id, :case_id, :resource_id,
                access.ground_on_case(:case_id), :field_names)
    )
    INSERT INTO audit.event_people (event_id, person_id) SELECT :id, person_id FROM unnest(:people) AS person_id
""").bindparams(
    *(bindparam(name, type_=Uuid()) for name in ("id", "user_id", "login_id", "case_id", "resource_id")),
    *(bindparam(name, type_=ARRAY(Text)) for name in ("roles", "field_names")),
    bindparam("people", type_=ARRAY(Uuid())),
)


def record(
    session: Session,
    actor: Actor,
    action: str,
    *,
    outcome: str = "done",
    case_id: UUID | None = None,
    resource_id: UUID | None = None,
    people: Iterable[UUID] = (),
    field_names: Iterable[str] = (),
) -> None:
    """Write one event with a row for each person. Raises Unavailable when the log can't take it."""
    values = {
        "id": new_id(), "action": action, "outcome": outcome, "user_id": actor.user_id, "login_id": actor.login_id,
        "roles": list(actor.role_names), "address": actor.origin.address, "request_id": actor.origin.request_id,
        "case_id": case_id, "resource_id": resource_id, "field_names": sorted(field_names), "people": sorted(set(people)),
    }  # fmt: skip
    session.flush()
    try:
        session.execute(_WRITE, values)
    except DBAPIError as error:
        raise Unavailable("log_is_unavailable") from error


def shown(
    session: Session,
    actor: Actor,
    people: Iterable[UUID],
    *,
    case_id: UUID | None = None,
    resource_id: UUID | None = None,
) -> Shown:
    """One event for a read, naming every person that the answer shows. The action is the one that was asked."""
    named = frozenset(people)
    record(session, actor, actor.origin.action, outcome="shown", case_id=case_id, resource_id=resource_id, people=named)
    return Shown(named)


def refused(session: Session, actor: Actor, refusal: Refusal) -> None:
    """The event of a refusal: what was asked, on which case, and the code of the answer."""
    record(session, actor, actor.origin.action, outcome=refusal.code, case_id=actor.origin.case_id,
           resource_id=actor.origin.resource_id)  # fmt: skip
