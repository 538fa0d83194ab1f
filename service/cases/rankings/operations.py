"""Opening calls, recording applications, freezing rankings."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from service.actor import Actor, require
from service.audit.log.operations import record
from service.cases.programmes.queries import definition_in_force
from service.cases.rankings.loading import ruleset_on
from service.cases.rankings.models import Application, Call, Place, Ranking
from service.cases.rankings.queries import call as call_of
from service.cases.rankings.queries import live_applications
from service.cases.rankings.rules import Criterion, Entry, Ruleset, Terms, digest, ranked, terms_from
from service.cases.records.operations import locked_case, record_on, superseded
from service.errors import Conflict, FieldError, Forbidden, Invalid, invalid_field
from service.types import new_id, today


def open_call(
    session: Session, actor: Actor, *, code: str, label: str, programme: str, service_id: UUID, ruleset: str,
    opened_on: date, closed_on: date | None, criteria: list[dict[str, Any]],
) -> UUID:  # fmt: skip
    """Open a call in a service that the actor coordinates, with the scale and the weight of every criterion of urgency.

    DM 23/11/2016 art. 4. Raises Invalid for a programme or rules that aren't in force, or criteria that are not the rules'.
    """
    require(actor, "calls:open")
    _require_service(actor, service_id)
    definition_in_force(session, programme, opened_on)
    if closed_on is not None and closed_on < opened_on:
        raise invalid_field("#/closed_on", "date_is_before_start", opened_on)
    rules = ruleset_on(ruleset, opened_on)
    if rules is None:
        raise invalid_field("#/ruleset", "ruleset_is_not_in_force", ruleset)
    call = Call(id=new_id(), code=code, label=label, programme=programme, service_id=service_id, opened_on=opened_on,
                closed_on=closed_on, terms=_terms(rules, criteria).as_json(), recorded_by=actor.user_id)  # fmt: skip
    session.add(call)
    record(session, actor, "call:open", resource_id=call.id,
           field_names=("code", "label", "programme", "service_id", "opened_on", "closed_on", "terms"))  # fmt: skip
    return call.id


def _terms(rules: Ruleset, criteria: list[dict[str, Any]]) -> Terms:
    given = [one["code"] for one in criteria]
    if sorted(given) != sorted(rules.criteria):
        raise invalid_field("#/criteria", "criteria_are_others", ", ".join(rules.criteria))
    for index, one in enumerate(criteria):
        if one["least"] >= one["most"]:
            raise invalid_field(f"#/criteria/{index}/max", "number_out_of_range", one["least"] + 1, 100)
        if one["weight"] <= 0:
            raise invalid_field(f"#/criteria/{index}/weight", "number_out_of_range", "0.01", 100)
    scales = {one["code"]: Criterion(Decimal(one["weight"]), one["least"], one["most"]) for one in criteria}
    return Terms(rules.code, rules.version, rules.classes, scales)


def record_application(
    session: Session, actor: Actor, case_id: UUID, *, call_id: UUID, protocol_on: date, protocol_number: int,
    priority_class: str, urgency_scores: dict[str, int],
) -> UUID:  # fmt: skip
    """Record the application of a case in a call of its programme, once: another asks that the first be withdrawn."""
    case = locked_case(session, actor, "applications:record", case_id)
    call = session.get(Call, call_id)
    if call is None or call.programme != case.programme:
        raise invalid_field("#/call_id", "reference_is_unknown")
    last = min(call.closed_on or today(), today())
    if not call.opened_on <= protocol_on <= last:
        raise invalid_field("#/protocol_on", "date_is_out_of_range", call.opened_on, last)
    terms = terms_from(call.terms)
    if priority_class not in terms.classes:
        raise invalid_field("#/priority_class", "value_is_unknown", ", ".join(terms.classes))
    _check_points(terms, urgency_scores)
    made = Application(id=new_id(), case_id=case_id, call_id=call_id, protocol_on=protocol_on,
                       protocol_number=protocol_number, priority_class=priority_class, urgency_scores=urgency_scores,
                       recorded_by=actor.user_id)  # fmt: skip
    session.add(made)
    record_on(session, actor, case, "application:record", made.id,
              "call_id", "protocol_on", "protocol_number", "priority_class", "urgency_scores")  # fmt: skip
    return made.id


def _check_points(terms: Terms, points: Mapping[str, int]) -> None:
    if points.keys() != terms.criteria.keys():
        raise invalid_field("#/urgency_scores", "criteria_are_others", ", ".join(terms.criteria))
    wrong = tuple(
        FieldError(f"#/urgency_scores/{code}", "number_out_of_range", (str(one.least), str(one.most)))
        for code, one in terms.criteria.items()
        if not one.least <= points[code] <= one.most
    )
    if wrong:
        raise Invalid("request_is_invalid", errors=wrong)


def withdraw_application(session: Session, actor: Actor, case_id: UUID, application_id: UUID, *, reason: str) -> None:
    """An application given up or recorded by mistake: later rankings leave it out, those frozen keep it."""
    case = locked_case(session, actor, "applications:record", case_id, may_be_closed=True)
    superseded(session, actor, Application, application_id, case_id, reason)
    record_on(session, actor, case, "application:withdraw", application_id, "superseded_at")


def freeze_ranking(session: Session, actor: Actor, call_id: UUID, *, act: str) -> UUID:
    """Freeze the ranking of a call as its applications are now, for a coordinator of the service that runs it.

    All of its applications are ranked, also those of cases that the coordinator does not see.
    """
    require(actor, "rankings:freeze")
    call = call_of(session, call_id)
    _require_service(actor, call.service_id)
    # Rankings of one call are numbered one after the other: the second of two at once waits here.
    session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:call, 0))"), {"call": f"ranking:{call_id}"})
    applications = {one.id: one for one in live_applications(session, call_id)}
    if not applications:
        raise Conflict("call_has_no_applications")
    terms, entries = terms_from(call.terms), [_entry(one) for one in applications.values()]
    last = session.scalar(select(func.max(Ranking.number)).where(Ranking.call_id == call_id)) or 0
    ranking = Ranking(id=new_id(), call_id=call_id, number=last + 1, size=len(entries), digest=digest(terms, entries),
                      act=act, frozen_by=actor.user_id)  # fmt: skip
    session.add(ranking)
    session.flush()
    session.add_all(
        Place(ranking_id=ranking.id, case_id=applications[entry.application_id].case_id, position=position,
              application_id=entry.application_id, priority_class=entry.priority_class, urgency_scores=entry.points,
              protocol_on=entry.protocol_on, protocol_number=entry.protocol_number, score=terms.score(entry.points))
        for position, entry in enumerate(ranked(terms, entries), start=1)
    )  # fmt: skip
    record(
        session,
        actor,
        "ranking:freeze",
        resource_id=ranking.id,
        field_names=("act", "number", "size", "digest", "places"),
    )
    return ranking.id


def _entry(application: Application) -> Entry:
    return Entry(application.id, application.priority_class, application.urgency_scores, application.protocol_on,
                 application.protocol_number)  # fmt: skip


def _require_service(actor: Actor, service_id: UUID) -> None:
    if service_id not in actor.organisations("coordinator"):
        raise Forbidden("organisation_is_not_yours")
