"""Registering dwellings; people enter them and leave."""

from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.actor import Actor, require
from service.audit.log.operations import record
from service.cases.housing.models import Dwelling, Stay
from service.cases.housing.rules import ROOM, exceeds, limits_of
from service.cases.records.operations import (
    case_for_facts,
    check_after_referral,
    check_not_future,
    check_person,
    locked_case,
    record_on,
    superseded,
)
from service.codes import entry as code_entry
from service.errors import Conflict, NotFound, invalid_field
from service.types import new_id, now


def register_dwelling(
    session: Session, actor: Actor, *, organisation_id: UUID, label: str, kinds: list[str], modules: int, capacity: int,
    respite_capacity: int, derogation_act: str | None, initiative: str | None, from_on: date, to_on: date | None,
) -> UUID:  # fmt: skip
    """Register a dwelling and its places, within the limits of its kinds (DM 23/11/2016 art. 3 c. 4)."""
    require(actor, "dwellings:register")
    if to_on is not None and to_on <= from_on:
        raise invalid_field("#/to_on", "date_is_before_start", from_on)
    if capacity + respite_capacity == 0:
        raise invalid_field("#/capacity", "dwelling_has_no_places")
    for index, kind in enumerate(kinds):
        code_entry(ROOM, "dwelling_kinds", kind, from_on, f"#/kinds/{index}")
    limits = limits_of(kinds, from_on)
    if limits is not None and exceeds(limits, modules=modules, capacity=capacity, respite_capacity=respite_capacity,
                                      has_derogation=derogation_act is not None):  # fmt: skip
        raise invalid_field("#/capacity", "dwelling_exceeds_limits", limits.in_module, limits.in_structure,
                            limits.for_respite)  # fmt: skip
    dwelling = Dwelling(
        id=new_id(), organisation_id=organisation_id, label=label, kinds=list(dict.fromkeys(kinds)), modules=modules,
        capacity=capacity, respite_capacity=respite_capacity, derogation_act=derogation_act, initiative=initiative,
        most_in_module=limits and limits.in_module, most_in_structure=limits and limits.in_structure,
        most_for_respite=limits and limits.for_respite, from_on=from_on, to_on=to_on, recorded_by=actor.user_id,
    )  # fmt: skip
    session.add(dwelling)
    record(session, actor, "dwelling:register", resource_id=dwelling.id,
           field_names=("organisation_id", "kinds", "modules", "capacity", "respite_capacity", "derogation_act", "from_on",
                        "to_on"))  # fmt: skip
    return dwelling.id


def close_dwelling(session: Session, actor: Actor, dwelling_id: UUID, *, to_on: date) -> None:
    """The first day without the dwelling. The database refuses it while a guest stays until later."""
    require(actor, "dwellings:register")
    dwelling = session.scalars(select(Dwelling).where(Dwelling.id == dwelling_id).with_for_update()).one_or_none()
    if dwelling is None:
        raise NotFound("dwelling_is_unknown")
    if dwelling.to_on is not None:
        raise Conflict("dwelling_is_closed")
    if to_on <= dwelling.from_on:
        raise invalid_field("#/to_on", "date_is_before_start", dwelling.from_on)
    dwelling.to_on = to_on
    record(session, actor, "dwelling:close", resource_id=dwelling_id, field_names=("to_on",))


def begin_stay(
    session: Session, actor: Actor, case_id: UUID, *, dwelling_id: UUID, kind: str, person_id: UUID | None,
    from_on: date, to_on: date | None, is_respite: bool,
) -> UUID:  # fmt: skip
    """Somebody enters a dwelling. The database refuses a stay beyond the places, or beyond the time of the dwelling, and a
    second one of the same person in the same nights."""
    case = case_for_facts(session, actor, "stays:record", case_id)
    dwelling = session.get(Dwelling, dwelling_id)
    if dwelling is None:
        raise invalid_field("#/dwelling_id", "reference_is_unknown")
    if kind not in dwelling.kinds:
        raise invalid_field("#/kind", "value_is_unknown", ", ".join(dwelling.kinds))
    person_id = person_id or case.person_id
    check_person(session, case, person_id)
    check_after_referral(session, case_id, from_on, "#/from_on")
    if to_on is not None:
        _check_leaving(from_on, to_on)
    stay = Stay(id=new_id(), case_id=case_id, dwelling_id=dwelling_id, kind=kind, person_id=person_id, from_on=from_on,
                to_on=to_on, is_respite=is_respite, left_at=to_on and now(), recorded_by=actor.user_id)  # fmt: skip
    session.add(stay)
    record_on(session, actor, case, "stay:begin", stay.id, "dwelling_id", "kind", "from_on", "to_on", "is_respite")
    return stay.id


def end_stay(session: Session, actor: Actor, case_id: UUID, stay_id: UUID, *, to_on: date) -> None:
    """Somebody leaves: the night of that day is no longer theirs. Said once: a wrong day is withdrawn and recorded anew."""
    case = case_for_facts(session, actor, "stays:record", case_id)
    stay = session.scalars(
        select(Stay).where(Stay.id == stay_id, Stay.case_id == case_id, Stay.superseded_at.is_(None)).with_for_update()
    ).one_or_none()
    if stay is None:
        raise NotFound("fact_is_unknown")
    if stay.to_on is not None:
        raise Conflict("stay_has_ended")
    _check_leaving(stay.from_on, to_on)
    stay.to_on, stay.left_at = to_on, now()
    record_on(session, actor, case, "stay:end", stay_id, "to_on")


def withdraw_stay(session: Session, actor: Actor, case_id: UUID, stay_id: UUID, *, reason: str) -> None:
    """A stay recorded by mistake: the row stays, superseded, with the reason, and its place is free again."""
    case = locked_case(session, actor, "stays:record", case_id, may_be_closed=True)
    superseded(session, actor, Stay, stay_id, case_id, reason)
    record_on(session, actor, case, "stay:withdraw", stay_id, "superseded_at")


def _check_leaving(from_on: date, to_on: date) -> None:
    check_not_future(to_on, "#/to_on")
    if to_on <= from_on:
        raise invalid_field("#/to_on", "date_is_before_start", from_on)
