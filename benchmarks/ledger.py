"""What an answer about an allocation costs as its entries grow: a hundred beside a hundred thousand, asked in turns."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from statistics import median
from typing import Any, NamedTuple
from uuid import UUID

from benchmarks.running import Installation, Served, migrated  # the settings come first

# isort: split
from sqlalchemy import ARRAY, Date, Numeric, Text, Uuid, bindparam, text
from sqlalchemy.orm import Session

from benchmarks.population import PASSWORD, token
from benchmarks.routes import Route
from service import postgres
from service.access.models import Organisation
from service.access.operations import add_user
from service.actor import AnonymousCaller, UserCaller
from service.budget.funds.operations import allocate_fund, open_fund
from service.budget.lines.models import BudgetLine
from service.cases.path.opening import open_case
from service.people.operations import register_person
from service.types import new_id

FEW, MANY, ALLOWED = 100, 100_000, 1.5
ROUNDS, REQUESTS, WARM_UP = 4, 60, 20
CASES, LINES = 60, {FEW: 100, MANY: 2000}
PROGRAMMES = ("PAIS", "SIL", "DOPO_DI_NOI")
COMUNI = ("098031", "098010", "098002", "098014", "098019", "098049", "098054", "098061", None)  # ISTAT codes; unknown
CODES = ("A1.01", "B2.02", "C3.03", None)  # of interventions, invented
FIRST_DAY, DAYS = date(2022, 1, 1), 730
SHARES = {"commitment": 0.4, "liquidation": 0.3, "payment": 0.2, "reversal": 0.1}
CENTS = {"commitment": 1000, "liquidation": 800, "payment": 500, "reversal": 100}
BATCH = (
    250  # entries of a transaction: all of them change the allocation's one row, whose versions pile up until it ends
)

ENTRY = {"amount": {"amount": "0.01", "currency": "EUR"}, "act": "Determina inventata", "occurred_on": "2023-12-01"}
ROUTES: tuple[tuple[str, str, str, Any], ...] = (
    ("an allocation", "GET", "/v1/allocations/{allocation}", None),
    ("25 of its entries", "GET", "/v1/allocations/{allocation}/entries?limit=25", None),
    ("its summary", "GET", "/v1/allocations/{allocation}/summary?by=programme", None),
    ("a statement", "POST", "/v1/allocations/{allocation}/statements", {"to_on": "2023-12-31"}),
    ("a commitment", "POST", "/v1/commitments", {"line_id": "{line}", **ENTRY}),
)
"""What is timed: name, method, address, body; `{allocation}` and `{line}` stand for ids."""

_POST = text("""
    INSERT INTO budget.entries (id, kind, parent_id, line_id, allocation_id, case_id, amount, used, reversed, act, occurred_on,
                                recorded_by)
    SELECT e.id, :kind, e.parent_id, l.id, l.allocation_id, l.case_id, :amount, 0, 0, 'Determina inventata', e.occurred_on, :by
    FROM unnest(:ids, :parents, :lines, :days) AS e (id, parent_id, line_id, occurred_on)
    JOIN unnest(:lines_known, :allocations, :cases) AS l (id, allocation_id, case_id) ON l.id = e.line_id
""").bindparams(
    bindparam("kind", type_=Text()), bindparam("amount", type_=Numeric(14, 2)), bindparam("by", type_=Uuid()),
    bindparam("days", type_=ARRAY(Date())),
    *(bindparam(name, type_=ARRAY(Uuid())) for name in ("ids", "parents", "lines", "lines_known", "allocations", "cases")),
)  # fmt: skip


class Posted(NamedTuple):
    """An entry that was loaded: its line, and the day."""

    id: UUID
    line: BudgetLine
    occurred_on: date


@dataclass
class Loaded:
    """An allocation, how many entries it has, and a line to commit to."""

    entries: int
    allocation: UUID
    line: UUID


def run(server: postgres.Server) -> bool:
    """Load both allocations, ask about them in turns, show the ratios; whether none is above what is allowed."""
    with migrated(server, "ledger") as made:
        users = _staff(made)
        cases = _cases(made, users)
        began = time.perf_counter()
        both = [_load(made, users, cases, entries) for entries in (FEW, MANY)]
        with made.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            held = connection.exec_driver_sql("SELECT count(*) FROM budget.totals").scalar()
        print(f"\nThe ledger: {FEW} and {MANY} entries, {held} totals, loaded in {time.perf_counter() - began:.0f} s")
        with made.service() as service:
            return report(measured(service, both, token(made.app, "accounting")))


def measured(service: Served, both: list[Loaded], bearer: str) -> dict[str, list[float]]:
    """Route -> the median latency for the few and for the many, ms: one request to each in turns."""
    found = {}
    for name, *_ in ROUTES:
        pair = [_route(name, one, bearer) for one in both]
        taken: list[list[float]] = [[], []]
        for number in range(WARM_UP + ROUNDS * REQUESTS):
            for place, route in enumerate(pair):
                seconds, _ = service.ask(route)
                if number >= WARM_UP:
                    taken[place].append(1000 * seconds)
        found[name] = [median(times) for times in taken]
    return found


def _route(name: str, one: Loaded, bearer: str) -> Route:
    _, method, url, body = next(route for route in ROUTES if route[0] == name)
    ids = {"allocation": one.allocation, "line": one.line}
    filled = body and {key: value.format(**ids) if isinstance(value, str) else value for key, value in body.items()}
    return Route(name, method, url.format(**ids), bearer, filled)


def report(found: dict[str, list[float]]) -> bool:
    """The table; whether every ratio is within what is allowed: neither many entries nor those of others slow an answer."""
    print(f"{'latency p50, ms':24}{f'{FEW:,} entries':>18}{f'{MANY:,} entries':>18}{'ratio':>9}")
    for name, (few, many) in found.items():
        print(f"{name:24}{few:18.2f}{many:18.2f}{many / few:9.2f}")
    kept = all(max(pair) / min(pair) <= ALLOWED for pair in found.values())
    print(f"At most {ALLOWED} times as long is allowed, either way: {'kept' if kept else 'NOT kept'}.")
    return kept


def _staff(made: Installation) -> dict[str, UUID]:
    service = new_id()
    with made.database.transaction(AnonymousCaller()) as (session, nobody):
        session.add(Organisation(id=service, name="Servizio sociale", kind="service", nature="public", istat_code=None))
        session.flush()
        roles = {"worker": "social_worker", "accounting": "accounting_officer", "spending": "spending_officer"}
        users = {
            name: add_user(session, nobody, username=name, display_name=name, password=PASSWORD,
                           roles=[{"role": role, "organisation_id": service}])
            for name, role in roles.items()
        }  # fmt: skip
    return {**users, "service": service}


def _cases(made: Installation, users: dict[str, UUID]) -> list[UUID]:
    """Cases of every programme with persons of every Comune."""
    found, day, service = [], date(2022, 1, 1), users["service"]
    referral = {"channel": "servizio", "happened_on": day, "arrived_on": day, "need": "Bisogno di prova",
                "reason_code": None, "from_organisation_id": None}  # fmt: skip
    with made.database.transaction(UserCaller(users["worker"])) as (session, actor):
        for number in range(CASES):
            person = register_person(
                session, actor, registered_by=service, identifiers=[], family_name="Inventati", given_name=f"Persona{number}",
                birth_date=date(1980, 5, 17), sex="F", municipality=COMUNI[number % len(COMUNI)], phone=None,
                email=None)  # fmt: skip
            found.append(open_case(
                session, actor, programme=PROGRAMMES[number // len(COMUNI) % len(PROGRAMMES)], person_id=person,
                household_id=None, service_id=service, contact_id=None, referral=referral))  # fmt: skip
    return found


def _load(made: Installation, users: dict[str, UUID], cases: list[UUID], entries: int) -> Loaded:
    """An allocation with its lines and so many entries, written as the service's own role through the ledger's guards."""
    draw = Random(entries)
    with made.database.transaction(UserCaller(users["accounting"])) as (session, actor):
        fund = open_fund(session, actor, code=f"FONDO_{entries}", name="Fondo inventato")
        allocation = allocate_fund(session, actor, fund, year=2022, amount=Decimal("900000000.00"), act="-",
                                   occurred_on=FIRST_DAY)  # fmt: skip
    with made.database.transaction(UserCaller(users["worker"])) as (session, _):
        lines = [
            BudgetLine(id=new_id(), case_id=cases[number % CASES], resource_kind="economic", source="fund",
                       allocation_id=allocation, description="-", cost=Decimal("100000.00"), from_on=_day(draw),
                       intervention_code=draw.choice(CODES), recorded_by=users["worker"])
            for number in range(LINES[entries])
        ]  # fmt: skip
        session.add_all(lines)
    parents: list[Posted | None] = [None] * round(entries * SHARES["commitment"])
    for kind, share in SHARES.items():
        chosen = parents[: round(entries * share)]
        by = users["spending" if kind == "liquidation" else "accounting"]
        posted = [_after(parent, lines, draw) for parent in chosen]
        for batch in _batches(list(zip(posted, chosen, strict=True))):
            with made.database.transaction(UserCaller(users["accounting"])) as (session, _):
                _post(session, kind, by, batch)
        parents = list(draw.sample(posted, len(posted)))
    return Loaded(entries, allocation, lines[0].id)


def _after(parent: Posted | None, lines: list[BudgetLine], draw: Random) -> Posted:
    """A new entry: of its parent's line some days later, or of any line on any day."""
    if parent is None:
        return Posted(new_id(), draw.choice(lines), _day(draw))
    return Posted(new_id(), parent.line, parent.occurred_on + timedelta(days=draw.randrange(30)))


def _day(draw: Random) -> date:
    return FIRST_DAY + timedelta(days=draw.randrange(DAYS))


def _batches(pairs: list[tuple[Posted, Posted | None]]) -> Iterator[list[tuple[Posted, Posted | None]]]:
    return (pairs[start : start + BATCH] for start in range(0, len(pairs), BATCH))


def _post(session: Session, kind: str, by: UUID, batch: list[tuple[Posted, Posted | None]]) -> None:
    used = {one.line.id: one.line for one, _ in batch}.values()
    session.execute(_POST, {
        "kind": kind, "by": by, "amount": Decimal(CENTS[kind]) / 100,
        "ids": [one.id for one, _ in batch], "parents": [parent and parent.id for _, parent in batch],
        "lines": [one.line.id for one, _ in batch], "days": [one.occurred_on for one, _ in batch],
        "lines_known": [line.id for line in used], "allocations": [line.allocation_id for line in used],
        "cases": [line.case_id for line in used],
    })  # fmt: skip
