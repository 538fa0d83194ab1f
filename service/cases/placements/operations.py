"""Work placements: agreed, active with convention and insurances, ended; the attendance of each month.

Sources: State-Regions Agreement of 22/1/2015, DGR Lombardia 5451/2016.
"""

from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access.queries import organisation
from service.actor import Actor
from service.cases.diary.queries import has_pathway
from service.cases.placements.models import Attendance, Placement, PlacementActivation, PlacementEnd
from service.cases.placements.queries import (
    attendance,
    has_limited_placement,
    last_month,
    live_placement,
    next_of,
)
from service.cases.placements.rules import ROOM, Limit, is_allowance_due, least_percent, limit_of
from service.cases.programmes.rules import check_listed
from service.cases.records.operations import (
    case_for_facts,
    check_after_referral,
    check_not_future,
    check_person,
    locked_case,
    programme_of,
    record_on,
    superseded,
)
from service.codes import entry as code_entry
from service.errors import Conflict, invalid_field
from service.types import new_id, today


class Chain(NamedTuple):
    """Where a placement stands: the first of its chain, the limit of all."""

    first_id: UUID
    limit: Limit | None


def plan_placement(
    session: Session, actor: Actor, case_id: UUID, *, kind: str, host_organisation_id: UUID, from_on: date,
    to_on: date | None, weekly_hours: Decimal, promoter_tutor: str, host_tutor: str, person_id: UUID | None,
    pathway_id: UUID | None, continues_id: UUID | None, monthly_allowance: Decimal | None,
    attestation: dict[str, Any] | None,
) -> UUID:  # fmt: skip
    """Agree a placement with a host. It may begin later; it counts as active only once it is activated.

    Placements that continue one another end within the law's months from the first day, unless the public body in charge
    attests the need (Agreement of 22/1/2015). A second one with the same host continues the first.
    """
    case = case_for_facts(session, actor, "placements:record", case_id)
    check_listed(kind, programme_of(session, case).placements, "#/kind")
    sort = code_entry(ROOM, "placement_kinds", kind, from_on, "#/kind")
    person_id = person_id or case.person_id
    check_person(session, case, person_id)
    if pathway_id is not None and not has_pathway(session, case_id, pathway_id):
        raise invalid_field("#/pathway_id", "reference_is_unknown")
    if to_on is not None and to_on < from_on:
        raise invalid_field("#/to_on", "date_is_before_start", from_on)
    check_after_referral(session, case_id, min(from_on, today()), "#/from_on")
    placement = Placement(
        id=new_id(), case_id=case_id, kind=kind, counts_as_tirocinio=sort.traits["counts_as_tirocinio"],
        person_id=person_id, host_organisation_id=host_organisation_id, pathway_id=pathway_id, continues_id=continues_id,
        from_on=from_on, to_on=to_on, weekly_hours=weekly_hours, monthly_allowance=monthly_allowance,
        promoter_tutor=promoter_tutor, host_tutor=host_tutor, recorded_by=actor.user_id,
        **_attested(session, attestation, host_organisation_id),
    )  # fmt: skip
    chain = (_begun if continues_id is None else _continued)(session, placement, sort.traits["limit"])
    placement.chain_id = chain.first_id
    if chain.limit is not None:
        placement.limit_rule, placement.latest_on = chain.limit.rule, chain.limit.latest_on
        _check_limit(placement, chain.limit)
    session.add(placement)
    record_on(session, actor, case, "placement:plan", placement.id, "kind", "host_organisation_id", "from_on", "to_on",
              "weekly_hours", "monthly_allowance", "continues_id", "attestation")  # fmt: skip
    return placement.id


def _attested(session: Session, attestation: dict[str, Any] | None, host_id: UUID) -> dict[str, Any]:
    """The need is attested by the public body in charge, and by no host (State-Regions Agreement of 22/1/2015)."""
    if attestation is None:
        return {}
    check_not_future(attestation["issued_on"], "#/attestation/issued_on")
    issuer = organisation(session, attestation["issuer_id"])
    if issuer.nature not in ("public", "health") or issuer.id == host_id:
        raise invalid_field("#/attestation/issuer_id", "issuer_is_not_in_charge")
    return {"attested_by_id": attestation["issuer_id"], "attested_on": attestation["issued_on"],
            "attestation_reason": attestation["reason"]}  # fmt: skip


def _begun(session: Session, placement: Placement, limit_rule: str | None) -> Chain:
    """The first of a chain: not with a host where the person has been under the same limit."""
    limit = limit_of(limit_rule, placement.from_on)
    if limit is not None and has_limited_placement(
        session, placement.person_id, placement.host_organisation_id, limit.rule
    ):
        raise Conflict("placement_continues_another")
    return Chain(placement.id, limit)


def _continued(session: Session, placement: Placement, limit_rule: str | None) -> Chain:
    """One that continues another: of the same person, under the same limit, after it."""
    assert placement.continues_id is not None  # noqa: S101 - asked by the caller
    found = live_placement(session, placement.case_id, placement.continues_id)
    before, end = found.Placement, found.PlacementEnd
    rule_before = code_entry(ROOM, "placement_kinds", before.kind, before.from_on, "#/continues_id").traits["limit"]
    if (before.person_id, rule_before) != (placement.person_id, limit_rule):
        raise invalid_field("#/continues_id", "placement_is_of_another_sort")
    if next_of(session, before.id) is not None:
        raise Conflict("placement_is_continued")
    last_on = end.ended_on if end else before.to_on
    if last_on is None or placement.from_on <= last_on:
        raise invalid_field("#/from_on", "date_is_before_last_step", last_on or before.from_on)
    return Chain(before.chain_id, Limit(before.limit_rule, before.latest_on) if before.latest_on else None)


def _check_limit(placement: Placement, limit: Limit) -> None:
    if placement.to_on is None:
        raise invalid_field("#/to_on", "field_is_missing")
    if placement.to_on > limit.latest_on and placement.attested_on is None:
        raise invalid_field("#/to_on", "placement_exceeds_limit", limit.latest_on)


def activate_placement(
    session: Session, actor: Actor, case_id: UUID, placement_id: UUID, *, activated_on: date, **references: str | None
) -> None:
    """A placement begins, with its convention and both insurances. Raises Conflict if it has begun."""
    case = case_for_facts(session, actor, "placements:record", case_id)
    found = live_placement(session, case_id, placement_id)
    placement = found.Placement
    if found.PlacementActivation is not None:
        raise Conflict("placement_is_active")
    check_not_future(activated_on, "#/activated_on")
    _check_within(activated_on, placement.from_on, placement.to_on, "#/activated_on")
    row = PlacementActivation(id=new_id(), case_id=case_id, placement_id=placement_id, activated_on=activated_on,
                              recorded_by=actor.user_id, **references)  # fmt: skip
    session.add(row)
    record_on(session, actor, case, "placement:activate", placement_id, "activated_on", *references)  # fmt: skip


def end_placement(
    session: Session, actor: Actor, case_id: UUID, placement_id: UUID, *, ended_on: date, end_code: str
) -> None:
    """The last day of an active placement, which is not after the one agreed: a longer time is another placement."""
    case = case_for_facts(session, actor, "placements:record", case_id)
    found = live_placement(session, case_id, placement_id)
    placement = found.Placement
    if found.PlacementActivation is None:
        raise Conflict("placement_is_not_active")
    if found.PlacementEnd is not None:
        raise Conflict("placement_has_ended")
    check_not_future(ended_on, "#/ended_on")
    _check_within(ended_on, found.PlacementActivation.activated_on, placement.to_on, "#/ended_on")
    recorded = last_month(session, placement_id)
    if recorded is not None and ended_on < recorded:
        raise invalid_field("#/ended_on", "date_is_before_last_step", recorded)
    code_entry(ROOM, "placement_ends", end_code, ended_on, "#/end_code")
    row = PlacementEnd(id=new_id(), case_id=case_id, placement_id=placement_id, ended_on=ended_on, end_code=end_code,
                       recorded_by=actor.user_id)  # fmt: skip
    session.add(row)
    record_on(session, actor, case, "placement:end", placement_id, "ended_on", "end_code")


def withdraw_placement(session: Session, actor: Actor, case_id: UUID, placement_id: UUID, *, reason: str) -> None:
    """A placement recorded by mistake: it stays, superseded, with all that was recorded of it. Not under one that
    continues it."""
    case = locked_case(session, actor, "placements:record", case_id, may_be_closed=True)
    superseded(session, actor, Placement, placement_id, case_id, reason)
    if next_of(session, placement_id) is not None:
        raise Conflict("placement_is_continued")
    for part in (PlacementActivation, PlacementEnd, Attendance):
        live = select(part.id).where(part.placement_id == placement_id, part.superseded_at.is_(None))
        for row_id in session.scalars(live).all():
            superseded(session, actor, part, row_id, case_id, reason)
    record_on(session, actor, case, "placement:withdraw", placement_id, "superseded_at")


def record_attendance(
    session: Session, actor: Actor, case_id: UUID, placement_id: UUID, *, month: date, hours_planned: Decimal,
    hours_done: Decimal,
) -> UUID:  # fmt: skip
    """A month of an active placement. Its allowance is due from the least attendance on, and for recorded months alone."""
    case = case_for_facts(session, actor, "placements:record", case_id)
    found = live_placement(session, case_id, placement_id)
    if found.PlacementActivation is None:
        raise Conflict("placement_is_not_active")
    _check_month(month, found)
    if hours_done > hours_planned:
        raise invalid_field("#/hours_done", "number_out_of_range", 0, hours_planned)
    least, allowance = least_percent(month), found.Placement.monthly_allowance
    is_due = is_allowance_due(hours_planned, hours_done, least)
    row = Attendance(id=new_id(), case_id=case_id, placement_id=placement_id, month=month, hours_planned=hours_planned,
                     hours_done=hours_done, least_percent=least, is_allowance_due=is_due,
                     allowance_due=allowance if is_due or allowance is None else Decimal(0),
                     recorded_by=actor.user_id)  # fmt: skip
    session.add(row)
    record_on(session, actor, case, "attendance:record", row.id, "month", "hours_planned", "hours_done")  # fmt: skip
    return row.id


def withdraw_attendance(
    session: Session, actor: Actor, case_id: UUID, placement_id: UUID, attendance_id: UUID, *, reason: str
) -> None:
    """A month recorded by mistake: the row stays, superseded, and the month awaits another."""
    case = locked_case(session, actor, "placements:record", case_id, may_be_closed=True)
    attendance(session, case_id, placement_id, attendance_id)
    superseded(session, actor, Attendance, attendance_id, case_id, reason)
    record_on(session, actor, case, "attendance:withdraw", attendance_id, "superseded_at")


def _check_month(month: date, found: Any) -> None:
    if month.day != 1:
        raise invalid_field("#/month", "date_is_not_a_month_start")
    check_not_future(month, "#/month")
    first_on = found.PlacementActivation.activated_on.replace(day=1)
    last_on = found.PlacementEnd.ended_on if found.PlacementEnd else found.Placement.to_on
    _check_within(month, first_on, last_on, "#/month")


def _check_within(day: date, first_on: date, last_on: date | None, pointer: str) -> None:
    if day < first_on or (last_on is not None and day > last_on):
        raise invalid_field(pointer, "date_is_out_of_range", first_on, last_on or today())
