"""Setting appointments, logging what was done, and the pathways that a person follows."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.actor import Actor
from service.cases.diary.models import Convocation, ConvocationOutcome, Intervention, Party, Pathway, PathwayEnd
from service.cases.diary.queries import known_for, live_outcome_of, live_pathway
from service.cases.diary.rules import ROOM, wrong_fields
from service.cases.programmes.rules import check_listed
from service.cases.records.models import Case
from service.cases.records.operations import (
    case_for_facts,
    check_after_referral,
    check_person,
    locked_case,
    move,
    programme_of,
    record_on,
    superseded,
)
from service.cases.records.queries import fact
from service.codes import entry as code_entry
from service.errors import Conflict, FieldError, Invalid, invalid_field
from service.types import new_id

Entry = dict[str, Any]
"""An entry of the diary as `schemas.NewInterventionSchema` gives it."""
BLANK: Entry = {
    **dict.fromkeys(("minutes", "quantity", "unit", "mode", "goal_id", "support_id", "note")),
    **dict.fromkeys(("is_person_present", "is_family_present"), False),
    "member_ids": [], "person_ids": [], "organisation_ids": [],
}  # fmt: skip
"""What an entry need not say; the API sends it whole."""
PARTIES = {"member_ids": "member_id", "person_ids": "person_id", "organisation_ids": "organisation_id"}


def convene_case(
    session: Session, actor: Actor, case_id: UUID, *, occurred_on: date, appointment_on: date,
    note: str | None,
) -> UUID:  # fmt: skip
    """Set an appointment with the person or the household; the first one is the convocation that the law's clock waits for."""
    case = locked_case(session, actor, "interventions:record", case_id)
    move(session, actor, case, "convene", occurred_on)
    if appointment_on < occurred_on:
        raise invalid_field("#/appointment_on", "date_is_before_last_step", occurred_on)
    convocation = Convocation(id=new_id(), case_id=case_id, occurred_on=occurred_on, appointment_on=appointment_on,
                              note=note, recorded_by=actor.user_id)  # fmt: skip
    session.add(convocation)
    record_on(session, actor, case, "case:convene", convocation.id, "occurred_on", "appointment_on", "note")
    return convocation.id


def record_convocation_outcome(
    session: Session, actor: Actor, case_id: UUID, convocation_id: UUID, *, outcome: str, occurred_on: date,
    reason_code: str | None, moved_to_id: UUID | None,
) -> None:  # fmt: skip
    """What became of an appointment: attended, moved, or an absence, justified by a reason of the list or by none.

    `occurred_on`: the day on which it was known: of the appointment or later, but when it was moved before it.
    """
    case = case_for_facts(session, actor, "interventions:record", case_id)
    convocation = fact(session, Convocation, case_id, convocation_id)
    if live_outcome_of(session, case_id, convocation_id) is not None:
        raise Conflict("convocation_has_an_outcome")
    first_on = convocation.occurred_on if outcome == "moved" else convocation.appointment_on
    if occurred_on < first_on:
        raise invalid_field("#/occurred_on", "date_is_before_last_step", first_on)
    check_after_referral(session, case_id, occurred_on)
    _check_reason(outcome, reason_code, occurred_on)
    if moved_to_id is not None:
        _check_moved(session, case_id, outcome, convocation_id, moved_to_id)
    row = ConvocationOutcome(id=new_id(), case_id=case_id, convocation_id=convocation_id, outcome=outcome,
                             occurred_on=occurred_on, reason_code=reason_code, moved_to_id=moved_to_id,
                             recorded_by=actor.user_id)  # fmt: skip
    session.add(row)
    record_on(session, actor, case, "convocation_outcome:record", convocation_id,
              "outcome", "occurred_on", "reason_code", "moved_to_id")  # fmt: skip


def _check_reason(outcome: str, reason_code: str | None, occurred_on: date) -> None:
    if (outcome == "justified_absence") != (reason_code is not None):
        raise invalid_field("#/reason_code", "reason_goes_with_justified_absence")
    if reason_code is not None:
        code_entry(ROOM, "absence_reasons", reason_code, occurred_on, "#/reason_code")


def _check_moved(session: Session, case_id: UUID, outcome: str, convocation_id: UUID, moved_to_id: UUID) -> None:
    known = session.scalar(select(Convocation.id).where(Convocation.id == moved_to_id, Convocation.case_id == case_id))
    if outcome != "moved" or known is None or moved_to_id == convocation_id:
        raise invalid_field("#/moved_to_id", "reference_is_unknown")


def withdraw_convocation_outcome(
    session: Session, actor: Actor, case_id: UUID, convocation_id: UUID, *, reason: str
) -> None:
    """An outcome recorded by mistake: the row stays, superseded, and the appointment awaits another."""
    case = locked_case(session, actor, "interventions:record", case_id, may_be_closed=True)
    fact(session, Convocation, case_id, convocation_id)
    outcome = live_outcome_of(session, case_id, convocation_id)
    if outcome is None:
        raise Conflict("convocation_has_no_outcome")
    superseded(session, actor, ConvocationOutcome, outcome.id, case_id, reason)
    record_on(session, actor, case, "convocation_outcome:withdraw", convocation_id, "superseded_at")


def record_intervention(session: Session, actor: Actor, case_id: UUID, **entry: Any) -> UUID:
    """Log an intervention. A provider's operator logs those of the own body only, from the day on which they joined."""
    entry = BLANK | entry
    case = case_for_facts(session, actor, "interventions:record", case_id, may_provide=True)
    [made] = _logged(session, actor, case, {"#": entry})
    record_on(session, actor, case, "intervention:record", made.id, *_named([entry]))
    return made.id


def record_interventions(session: Session, actor: Actor, case_id: UUID, *, items: list[Entry]) -> UUID:
    """Log many interventions, all or none: one event, which names the batch that each of them carries.

    Raises Invalid with everything that is wrong, each at its place (`#/items/3/occurred_on`).
    """
    case = case_for_facts(session, actor, "interventions:record", case_id, may_provide=True)
    batch_id = new_id()
    _logged(session, actor, case, {f"#/items/{index}": entry for index, entry in enumerate(items)}, batch_id=batch_id)
    record_on(session, actor, case, "interventions:record", batch_id, *_named(items))
    return batch_id


def correct_intervention(
    session: Session, actor: Actor, case_id: UUID, intervention_id: UUID, *, reason: str, replacement: Entry | None
) -> UUID:
    """An entry recorded by mistake stays, superseded, with the reason; the right one may take its place in the same act.

    Answers the id of the right one, or of the withdrawn one where none replaces it.
    """
    case = locked_case(session, actor, "interventions:record", case_id, may_be_closed=True, may_provide=True)
    wrong = superseded(session, actor, Intervention, intervention_id, case_id, reason)
    entries = {} if replacement is None else {"#/replacement": replacement}
    made = _logged(session, actor, case, entries, replaces_id=wrong.id)
    record_on(session, actor, case, "intervention:correct", intervention_id, "superseded_at",
              *_named(entries.values()))  # fmt: skip
    return made[0].id if made else intervention_id


def _logged(session: Session, actor: Actor, case: Case, entries: dict[str, Entry], **also: Any) -> list[Intervention]:
    """Write entries, each given with the pointer to it, if all of them are right."""
    known = known_for(session, actor, case, programme_of(session, case).interventions, list(entries.values()))
    wrong: list[FieldError] = [error for at, entry in entries.items() for error in wrong_fields(entry, known, at)]
    if wrong:
        raise Invalid("request_is_invalid", errors=tuple(wrong))
    ids = sorted(new_id() for _ in entries)  # the order of the request, which ids of one millisecond would lose
    made = [_intervention(actor, case, entry, {"id": row_id, **also})
            for row_id, entry in zip(ids, entries.values(), strict=True)]  # fmt: skip
    session.add_all(made)
    session.flush()
    return made


def _intervention(actor: Actor, case: Case, entry: Entry, also: dict[str, Any]) -> Intervention:
    kept = {name: value for name, value in entry.items() if name not in PARTIES}
    parties = [
        Party(id=new_id(), case_id=case.id, recorded_by=actor.user_id, **{column: one})
        for name, column in PARTIES.items()
        for one in dict.fromkeys(entry[name])
    ]
    return Intervention(case_id=case.id, recorded_by=actor.user_id, parties=parties, **kept, **also)


def _named(entries: Any) -> set[str]:
    """The names of the fields that some entry fills."""
    return {name for entry in entries for name, value in entry.items() if value not in (None, [], False)}


def start_pathway(
    session: Session, actor: Actor, case_id: UUID, *, kind: str, from_on: date, person_id: UUID | None = None,
    shared_key: str | None = None,
) -> UUID:  # fmt: skip
    """A person begins a pathway (work insertion, training …); without one named, the person of the case."""
    case = case_for_facts(session, actor, "pathways:record", case_id)
    check_listed(kind, programme_of(session, case).pathways, "#/kind")
    check_after_referral(session, case_id, from_on, "#/from_on")
    person_id = person_id or case.person_id
    check_person(session, case, person_id)
    pathway = Pathway(id=new_id(), case_id=case_id, kind=kind, from_on=from_on, person_id=person_id,
                      shared_key=shared_key, recorded_by=actor.user_id)  # fmt: skip
    session.add(pathway)
    record_on(session, actor, case, "pathway:start", pathway.id, "kind", "from_on", "person_id", "shared_key")  # fmt: skip
    return pathway.id


def end_pathway(
    session: Session, actor: Actor, case_id: UUID, pathway_id: UUID, *, ended_on: date, end_code: str,
    outcome_code: str | None = None, certificate_issued_on: date | None = None,
) -> None:  # fmt: skip
    """A pathway ends: completed, interrupted or passed on; what came of it, and the certificate if one was issued."""
    case = case_for_facts(session, actor, "pathways:record", case_id)
    pathway, end = live_pathway(session, case_id, pathway_id)
    if end is not None:
        raise Conflict("pathway_has_ended")
    for pointer, day in (("#/ended_on", ended_on), ("#/certificate_issued_on", certificate_issued_on or ended_on)):
        if day < pathway.from_on:
            raise invalid_field(pointer, "date_is_before_start", pathway.from_on)
        check_after_referral(session, case_id, day, pointer)
    came_of_it = (
        code_entry(ROOM, "pathway_outcomes", outcome_code, ended_on, "#/outcome_code") if outcome_code else None
    )
    row = PathwayEnd(id=new_id(), case_id=case_id, pathway_id=pathway_id, ended_on=ended_on, end_code=end_code,
                     outcome_code=outcome_code, is_positive=came_of_it and came_of_it.traits["is_positive"],
                     certificate_issued_on=certificate_issued_on, recorded_by=actor.user_id)  # fmt: skip
    session.add(row)
    record_on(session, actor, case, "pathway:end", pathway_id, "ended_on", "end_code", "outcome_code",
              "certificate_issued_on")  # fmt: skip


def reopen_pathway(session: Session, actor: Actor, case_id: UUID, pathway_id: UUID, *, reason: str) -> None:
    """An end recorded by mistake: it stays, superseded, and the pathway goes on until another."""
    case = locked_case(session, actor, "pathways:record", case_id, may_be_closed=True)
    _, end = live_pathway(session, case_id, pathway_id)
    if end is None:
        raise Conflict("pathway_has_not_ended")
    superseded(session, actor, PathwayEnd, end.id, case_id, reason)
    record_on(session, actor, case, "pathway:reopen", pathway_id, "superseded_at")  # fmt: skip


def withdraw_pathway(session: Session, actor: Actor, case_id: UUID, pathway_id: UUID, *, reason: str) -> None:
    """A pathway recorded by mistake: it stays, superseded, and its end with it."""
    case = locked_case(session, actor, "pathways:record", case_id, may_be_closed=True)
    superseded(session, actor, Pathway, pathway_id, case_id, reason)
    end = session.scalars(
        select(PathwayEnd).where(PathwayEnd.pathway_id == pathway_id, PathwayEnd.superseded_at.is_(None))
    ).one_or_none()
    if end is not None:
        superseded(session, actor, PathwayEnd, end.id, case_id, reason)
    record_on(session, actor, case, "pathway:withdraw", pathway_id, "superseded_at")  # fmt: skip
