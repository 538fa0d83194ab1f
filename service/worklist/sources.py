"""Where the facts come from that begin a legal term, meet it or stop it: one source for each kind of record.

A programme's clocks name facts (`anchor`, `met_by`, `begun_by`); a source says which names it gives, and reads them for
many cases in one statement. A room that keeps a new dated fact adds its source to `SOURCES`, and nothing else changes: a
clock runs as soon as all the names that it says have a source.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, Final, NamedTuple, TypeAlias
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, ScalarSelect, Subquery, Uuid, any_, exists, func, literal, select
from sqlalchemy.orm import Session, aliased

from service.cases.circumstances.models import Circumstance
from service.cases.circumstances.rules import kinds
from service.cases.monitoring.models import MonitoringCheck
from service.cases.placements.models import Placement, PlacementEnd
from service.cases.presentations.queries import presentations
from service.cases.programmes.rules import MILESTONES
from service.cases.projects.models import ProjectVersion
from service.cases.records.models import CasePerson, Milestone, Referral
from service.cases.records.queries import STAYS
from service.people.guardians.models import Guardian
from service.people.models import Identifier
from service.people.rules import RENEWABLE, last_day
from service.types import today

SUSPENSION: Final = "suspension"
DAYS: Final = ("date", "expiry")
"""The kinds of circumstances that are a day of a clock."""
SOCIAL_SERVICES: Final = "servizi_sociali"
"""The office at which the first appointment of a household is held."""


class Fact(NamedTuple):
    """A dated fact of a case, under the name that clocks give it.

    `person_id`: the member whose fact it is, none for one of the whole case. `arrived_on`: when the service came to know.
    `to_on`: the first day on which it was no longer so, for what lasts. `months`, `next_on`: the interval to the next of its
    kind and the day agreed for it, where the fact says so. `attested_on`: when the need to go on beyond the term was attested.
    """

    name: str
    id: UUID
    case_id: UUID
    person_id: UUID | None
    happened_on: date
    arrived_on: date
    recorded_at: datetime
    to_on: date | None = None
    months: int | None = None
    next_on: date | None = None
    attested_on: date | None = None


Read: TypeAlias = Callable[[Session, Sequence[UUID]], Iterator[Fact]]


@dataclass(frozen=True)
class Source:
    """The facts of one kind of record, and how they are read: of these cases, what is live now, in one statement."""

    names: frozenset[str]
    read: Read


def among(column: Any, ids: Sequence[UUID]) -> ColumnElement[bool]:
    """Whether a column is one of these ids, which travel as one value however many they are."""
    is_one: ColumnElement[bool] = column == any_(literal(list(ids), ARRAY(Uuid)))
    return is_one


def _milestones(session: Session, case_ids: Sequence[UUID]) -> Iterator[Fact]:
    """The steps of the path: acts of the service itself, known when they are done. A signature says how often the project
    is checked, and a check when the next one is."""
    steps, versions = _steps(case_ids), _versions(case_ids)
    is_its_version = (versions.c.case_id == steps.c.case_id) & (versions.c.place == steps.c.place)
    statement = select(
        steps, versions.c.review_months, func.coalesce(versions.c.next_check_on, _next_check(steps)).label("next_on")
    ).outerjoin(versions, is_its_version & (steps.c.kind == "signed"))
    for row in session.execute(statement):
        if row.kind != "referred":  # the referral knows more: when it happened, and when it arrived
            yield Fact(row.kind, row.id, row.case_id, None, row.occurred_on, row.occurred_on, row.recorded_at,
                       months=row.review_months, next_on=row.next_on)  # fmt: skip


def _steps(case_ids: Sequence[UUID]) -> Subquery:
    """The live milestones, each with its place among those of its kind."""
    place = func.row_number().over(
        partition_by=(Milestone.case_id, Milestone.kind), order_by=(Milestone.occurred_on, Milestone.id)
    )
    columns = (Milestone.kind, Milestone.id, Milestone.case_id, Milestone.occurred_on, Milestone.recorded_at)
    of_cases = among(Milestone.case_id, case_ids), Milestone.superseded_at.is_(None)
    return select(*columns, place.label("place")).where(*of_cases).subquery("steps")


def _versions(case_ids: Sequence[UUID]) -> Subquery:
    """The versions that were signed, in their order: that of the signatures, whose days may have been corrected."""
    place = func.row_number().over(partition_by=ProjectVersion.case_id, order_by=ProjectVersion.number)
    columns = (ProjectVersion.case_id, ProjectVersion.review_months, ProjectVersion.next_check_on)
    were_signed = among(ProjectVersion.case_id, case_ids), ProjectVersion.signed_on.is_not(None)
    return select(*columns, place.label("place")).where(*were_signed).subquery("versions")


def _next_check(steps: Subquery) -> ScalarSelect[Any]:
    """The day agreed for the next check at the one that was held."""
    return (
        select(func.min(MonitoringCheck.next_due_on))
        .where(steps.c.kind == "monitored", MonitoringCheck.case_id == steps.c.case_id,
               MonitoringCheck.held_on == steps.c.occurred_on, MonitoringCheck.superseded_at.is_(None))
        .scalar_subquery()
    )  # fmt: skip


def _referrals(session: Session, case_ids: Sequence[UUID]) -> Iterator[Fact]:
    """How the case arrived."""
    columns = (Referral.id, Referral.case_id, Referral.happened_on, Referral.arrived_on, Referral.recorded_at)
    statement = select(*columns).where(among(Referral.case_id, case_ids), Referral.superseded_at.is_(None))
    for fact_id, case_id, happened_on, arrived_on, recorded_at in session.execute(statement):
        yield Fact("referred", fact_id, case_id, None, happened_on, arrived_on, recorded_at)


def _circumstances(session: Session, case_ids: Sequence[UUID]) -> Iterator[Fact]:
    """The days that start or end a clock, by their code, those that documents say, and the suspensions."""
    columns = (Circumstance.kind, Circumstance.code, Circumstance.id, Circumstance.case_id, Circumstance.person_id,
               Circumstance.from_on, Circumstance.arrived_on, Circumstance.recorded_at, Circumstance.to_on)  # fmt: skip
    statement = select(*columns).where(
        among(Circumstance.case_id, case_ids), Circumstance.superseded_at.is_(None),
        Circumstance.kind.in_((*DAYS, SUSPENSION)),
    )  # fmt: skip
    for kind, code, fact_id, case_id, person_id, from_on, arrived_on, recorded_at, to_on in session.execute(statement):
        name = SUSPENSION if kind == SUSPENSION else code
        yield Fact(name, fact_id, case_id, person_id, from_on, arrived_on or from_on, recorded_at, to_on)


def _identifiers(session: Session, case_ids: Sequence[UUID]) -> Iterator[Fact]:
    """The codes that run out and are renewed, STP and ENI, from the day of their issue: of those of the case who have no
    tax code yet, and but for codes that somebody ended before their time."""
    tax_code = aliased(Identifier)
    has_tax_code = exists().where(
        tax_code.person_id == Identifier.person_id,
        tax_code.superseded_at.is_(None),
        tax_code.system == "codice_fiscale",
    )
    statement = (
        select(Identifier.id, CasePerson.case_id, Identifier.person_id, Identifier.valid_from, Identifier.recorded_at,
               Identifier.system, Identifier.valid_to)
        .join(CasePerson, CasePerson.person_id == Identifier.person_id)
        .where(among(CasePerson.case_id, case_ids), *STAYS, Identifier.superseded_at.is_(None),
               Identifier.system.in_(list(RENEWABLE)), Identifier.valid_from.is_not(None), ~has_tax_code)
    )  # fmt: skip
    rows: Iterable[Any] = session.execute(statement)
    for fact_id, case_id, person_id, valid_from, recorded_at, system, valid_to in rows:
        if valid_to is None or valid_to == last_day(system, valid_from):
            yield Fact("code_issued", fact_id, case_id, person_id, valid_from, valid_from, recorded_at)


def _guardians(session: Session, case_ids: Sequence[UUID]) -> Iterator[Fact]:
    """The decrees of legal protection that run out, and whose guardian has not ended."""
    statement = (
        select(Guardian.id, CasePerson.case_id, Guardian.person_id, Guardian.expires_on, Guardian.recorded_at)
        .join(CasePerson, CasePerson.person_id == Guardian.person_id)
        .where(among(CasePerson.case_id, case_ids), *STAYS, Guardian.superseded_at.is_(None),
               Guardian.to_on.is_(None), Guardian.expires_on.is_not(None))
    )  # fmt: skip
    rows: Iterable[Any] = session.execute(statement)
    for fact_id, case_id, person_id, expires_on, recorded_at in rows:
        arrived_on = max(expires_on, today(recorded_at))
        yield Fact("guardianship_expiry", fact_id, case_id, person_id, expires_on, arrived_on, recorded_at)


def _presentations(session: Session, case_ids: Sequence[UUID]) -> Iterator[Fact]:
    """The presentations of each member, and those at the social services as appointments of the household, the first apart."""
    first: dict[UUID, Fact] = {}
    for row in presentations(session, case_ids):
        if row.justified_code is not None:  # an absence, with its reason
            continue
        fact = Fact(
            "presentation", row.id, row.case_id, row.person_id, row.happened_on, row.arrived_on, row.recorded_at
        )
        yield fact
        if row.office == SOCIAL_SERVICES:
            appointment = fact._replace(name="service_presentation", person_id=None)
            yield appointment
            known = first.setdefault(row.case_id, appointment)
            if fact.happened_on < known.happened_on:
                first[row.case_id] = appointment
    for fact in first.values():
        yield fact._replace(name="first_presentation")


def _placements(session: Session, case_ids: Sequence[UUID]) -> Iterator[Fact]:
    """The first day of each chain of traineeships that goes on, from which their longest time runs, and the end of each that
    is over. The last of a chain says which it is, and whether the need to go on was attested."""
    head, later, end = aliased(Placement), aliased(Placement), PlacementEnd
    statement = (
        select(Placement.case_id, Placement.person_id, head.id.label("head_id"), head.from_on, head.recorded_at,
               Placement.attested_on, Placement.id, end.ended_on, end.recorded_at.label("end_recorded_at"))
        .join(head, head.id == Placement.chain_id)
        .outerjoin(later, (later.continues_id == Placement.id) & later.superseded_at.is_(None))
        .outerjoin(end, (end.placement_id == Placement.id) & end.superseded_at.is_(None))
        .where(among(Placement.case_id, case_ids), Placement.superseded_at.is_(None), Placement.counts_as_tirocinio,
               later.id.is_(None))
    )  # fmt: skip
    for row in session.execute(statement):
        if row.ended_on is None:
            yield Fact("work_placement", row.head_id, row.case_id, row.person_id, row.from_on, row.from_on, row.recorded_at,
                       attested_on=row.attested_on)  # fmt: skip
        else:
            yield Fact("work_placement_end", row.id, row.case_id, row.person_id, row.ended_on, row.ended_on,
                       row.end_recorded_at)  # fmt: skip


SOURCES: Final[tuple[Source, ...]] = (
    Source(frozenset(MILESTONES) - {"referred"}, _milestones),
    Source(frozenset({"referred"}), _referrals),
    Source(frozenset(code for kind in DAYS for code in kinds()[kind].codes) | {SUSPENSION}, _circumstances),
    Source(frozenset({"code_issued"}), _identifiers),
    Source(frozenset({"guardianship_expiry"}), _guardians),
    Source(frozenset({"presentation", "service_presentation", "first_presentation"}), _presentations),
    Source(frozenset({"work_placement", "work_placement_end"}), _placements),
)


@cache
def known_names() -> frozenset[str]:
    """Every name that some source gives."""
    return frozenset().union(*(source.names for source in SOURCES))


def facts_of(session: Session, case_ids: Sequence[UUID]) -> dict[UUID, list[Fact]]:
    """All the facts of these cases, by case, in order of days: one statement for each source."""
    found: dict[UUID, list[Fact]] = {case_id: [] for case_id in case_ids}
    for source in SOURCES:
        for fact in source.read(session, case_ids):
            found[fact.case_id].append(fact)
    for facts in found.values():
        facts.sort(key=in_order)
    return found


def in_order(fact: Fact) -> tuple[date, datetime]:
    """The place of a fact among others."""
    return fact.happened_on, fact.recorded_at
