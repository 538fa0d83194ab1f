"""Cases' facts written straight into the tables, and read back as plain rows."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import namedtuple_row
from psycopg.sql import SQL, Identifier, Placeholder
from sqlalchemy import make_url

from service.actor import AnonymousCaller
from service.indicators import queries
from service.indicators.values import Value, values
from service.types import new_id, now
from tests.world import World

LODI = "lodi-2021-2023"
LONG_AGO = datetime(2019, 1, 1, tzinfo=UTC)
SOMEBODY = new_id()
TABLES = (
    "people.persons", "cases.cases", "cases.milestones", "cases.projects", "cases.project_versions", "cases.supports",
    "cases.interventions", "cases.pathways", "cases.pathway_ends", "cases.evaluations", "cases.family_exits",
    "budget.funds", "budget.allocations", "budget.lines", "budget.participations", "budget.entries",
)  # fmt: skip
NO_BALANCES = {"committed": 0, "liquidated": 0, "paid": 0}


class Population:
    """Rows to be written, with everything that a test does not care about filled in."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.service, self.cooperative = UUID(world.service), UUID(world.cooperative)
        self._rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self._versions: dict[UUID, tuple[UUID, int]] = {}
        self._allocations: dict[str, UUID] = {}

    def _add(self, table: str, **columns: Any) -> UUID:
        row = {"id": new_id(), "recorded_at": LONG_AGO, "recorded_by": SOMEBODY, **columns}
        self._rows[table].append({name: value for name, value in row.items() if value is not ...})
        return UUID(str(row["id"]))

    def person(self) -> UUID:
        """Somebody."""
        return self._add("people.persons", version=1)

    def case(self, programme: str, person: UUID | None = None, *, recorded_at: datetime = LONG_AGO) -> UUID:
        """A case."""
        return self._add("cases.cases", programme=programme, programme_version=1, person_id=person or self.person(),
                         service_id=self.service, stage="-", is_closed=False, version=1, recorded_at=recorded_at)  # fmt: skip

    def milestone(self, case_id: UUID, kind: str, day: str | date, **times: Any) -> UUID:
        """A step of the path."""
        return self._add("cases.milestones", case_id=case_id, kind=kind, occurred_on=day, stage="-", **times)

    def version(self, case_id: UUID, signed_on: date | str | None, bodies: list[UUID | None], **times: Any) -> None:
        """A version of the project with a support of each body; unsigned without a day."""
        if case_id not in self._versions:
            self._versions[case_id] = (self._add("cases.projects", case_id=case_id), 0)
        project_id, number = self._versions[case_id]
        self._versions[case_id] = (project_id, number + 1)
        version_id = self._add(
            "cases.project_versions", project_id=project_id, case_id=case_id, number=number + 1, version=1,
            status="superseded" if signed_on else "approved", author_id=SOMEBODY, drafted_on=date(2019, 1, 1),
            content_hash=b"-", signed_on=signed_on, signed_at=times.get("recorded_at", LONG_AGO) if signed_on else None,
            recorded_by=...,
        )  # fmt: skip
        for position, body in enumerate(bodies):
            self._add("cases.supports", version_id=version_id, case_id=case_id, position=position, kind="educativo",
                      organisation_id=body, is_existing=False, recorded_at=..., recorded_by=...)  # fmt: skip

    def intervention(self, case_id: UUID, day: date, body: UUID, **times: Any) -> UUID:
        """Something done."""
        return self._add("cases.interventions", case_id=case_id, kind="colloquio", occurred_on=day, minutes=60,
                         organisation_id=body, **times)  # fmt: skip

    def pathway(self, case_id: UUID, kind: str, day: str | date, **times: Any) -> UUID:
        """A pathway begun."""
        return self._add("cases.pathways", case_id=case_id, kind=kind, from_on=day, **times)

    def pathway_end(self, case_id: UUID, pathway_id: UUID, day: str | date, **times: Any) -> UUID:
        """A pathway ended."""
        return self._add("cases.pathway_ends", case_id=case_id, pathway_id=pathway_id, ended_on=day, end_code="completed",
                         **times)  # fmt: skip

    def evaluation(self, case_id: UUID, judge: str, value: int, day: str | date, *, pathway_id: UUID | None = None,
                   is_final: bool = True, **times: Any) -> UUID:  # fmt: skip
        """A judgement."""
        return self._add("cases.evaluations", case_id=case_id, judge=judge, pathway_id=pathway_id, scale="likert_5",
                         value=value, is_final=is_final, occurred_on=day, **times)  # fmt: skip

    def family_exit(self, case_id: UUID, day: str | date, *, is_temporary: bool = False,
                    returned_on: date | str | None = None, **times: Any) -> UUID:  # fmt: skip
        """Somebody left the family unit."""
        return self._add("cases.family_exits", case_id=case_id, occurred_on=day, destination="own_home",
                         is_temporary=is_temporary, returned_on=returned_on, **times)  # fmt: skip

    def line(self, case_id: UUID, source: str, allocation_id: UUID | None = None, **times: Any) -> UUID:
        """A line of the project's budget."""
        return self._add("budget.lines", case_id=case_id, resource_kind="economic", source=source, description="-",
                         allocation_id=allocation_id, cost=1000, programme="-", in_kind=False, is_existing=False,
                         self_managed=False, **NO_BALANCES, **times)  # fmt: skip

    def participation(self, case_id: UUID, day: str | date, **times: Any) -> UUID:
        """The person built the budget."""
        return self._add("budget.participations", case_id=case_id, who="person", built=True, contributed=False,
                         managed=False, occurred_on=day, **times)  # fmt: skip

    def liquidation(self, case_id: UUID, fund: str, amount: str, day: str | date, *,
                    reversal: tuple[date, datetime] | None = None, **times: Any) -> UUID:  # fmt: skip
        """Money of a fund found due for a case; taken back, if a day and the instant of its recording are given."""
        if fund not in self._allocations:
            fund_id = self._add("budget.funds", code=fund, name=fund)
            self._allocations[fund] = self._add("budget.allocations", fund_id=fund_id, year=2021, amount=100_000,
                                                programmes=[], resource_kinds=[], intervention_codes=[],
                                                **NO_BALANCES)  # fmt: skip
        allocation_id = self._allocations[fund]
        line_id = self.line(case_id, "fund", allocation_id)
        entry = {"case_id": case_id, "line_id": line_id, "allocation_id": allocation_id, "amount": amount, "used": 0,
                 "reversed": 0, "act": "-"}  # fmt: skip
        commitment_id = self._add("budget.entries", kind="commitment", occurred_on=day, **entry)
        liquidation_id = self._add("budget.entries", kind="liquidation", parent_id=commitment_id, occurred_on=day, **entry,
                                   **times)  # fmt: skip
        if reversal is not None:
            day, instant = reversal
            self._add(
                "budget.entries",
                kind="reversal",
                parent_id=liquidation_id,
                occurred_on=day,
                recorded_at=instant,
                **entry,
            )
        return liquidation_id

    def write(self) -> None:
        """Into the tables at once, past triggers and row-level security."""
        with connect(self.world) as connection:
            connection.execute("SET session_replication_role = replica")
            for table in TABLES:
                for row in (rows := self._rows.pop(table, [])):
                    row.setdefault("superseded_at", ...)
                by_columns: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
                for row in rows:
                    kept = {name: value for name, value in row.items() if value is not ...}
                    by_columns[tuple(kept)].append(kept)
                for columns, same in by_columns.items():
                    connection.cursor().executemany(_insert(table, columns), same)


def _insert(table: str, columns: tuple[str, ...]) -> Any:
    return SQL("INSERT INTO {} ({}) VALUES ({})").format(
        Identifier(*table.split(".")),
        SQL(", ").join(map(Identifier, columns)),
        SQL(", ").join(map(Placeholder, columns)),
    )


def connect(world: World) -> psycopg.Connection[Any]:
    """As the superuser, who sees and may do everything."""
    url = make_url(world.urls.owner or "").set(username="postgres", drivername="postgresql")
    return psycopg.connect(url.render_as_string(hide_password=False), row_factory=namedtuple_row)


def rows_of(world: World) -> Mapping[str, list[Any]]:
    """All the rows, by table, as they are."""
    with connect(world) as connection:
        found = {table: connection.execute(f"SELECT * FROM {table}").fetchall() for table in TABLES}
        found["cases.programme_groups"] = connection.execute("SELECT * FROM cases.programme_groups").fetchall()
    return found


def figures(world: World, on: str | date, known_at: datetime | None = None, plan: str = LODI) -> dict[str, Value]:
    """What the service computes, by code."""
    day = date.fromisoformat(on) if isinstance(on, str) else on
    with world.database.transaction(AnonymousCaller()) as (session, _):
        found = queries.plan(session, plan)
        return values(session, found, queries.indicators(session, found.id), day, known_at or now())
