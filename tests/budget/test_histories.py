"""Random histories of a ledger, held step by step against a model of sums, in all and by month."""

from collections import Counter
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.budget import reporting
from tests.budget.ledger import Ledger
from tests.soak import IS_FIXED, TIMES
from tests.world import World

cents = st.integers(1, 60_000)
place = st.integers(0, 10**6)


def written(amount: int) -> str:
    """Cents as the API writes euro."""
    return f"{amount // 100}.{amount % 100:02}"


class Histories(RuleBasedStateMachine):
    """What is allocated, planned, committed, liquidated, paid and taken back: all in cents. An entry of the model knows
    its parent, what its children took of it and what was reversed.

    Acts are of the current month of 2023, which goes on; months before it are reported and frozen.
    """

    world: World

    @initialize(allocated=st.integers(50_000, 150_000))
    def open(self, allocated: int) -> None:
        self.ledger, self.allocated = Ledger.of(self.world, written(allocated), spends_from="2023-01-01"), allocated
        self.month, self.frozen = 2, 0
        self.moved: Counter[tuple[int, str]] = Counter()
        self.changed: Counter[int] = Counter()
        self.lines: list[dict[str, Any]] = []
        self.entries: list[dict[str, Any]] = []

    def net(self, kind: str, line: Any = None) -> int:
        """What stands of a kind."""
        return sum(one["cents"] - one["reversed"] for one in self.entries
                   if one["kind"] == kind and (line is None or one["line"] is line))  # fmt: skip

    def of(self, kind: str, where: int) -> Any:
        """An entry of a kind."""
        found = [one for one in self.entries if one["kind"] == kind]
        return found[where % len(found)] if found else None

    @property
    def today(self) -> str:
        """The day of every act."""
        return f"{day(self.month)}"

    @precondition(lambda self: self.month < 12)
    @rule()
    def go_on(self) -> None:
        self.month += 1

    @rule(cost=cents, month=st.integers(1, 12))
    def plan(self, cost: int, month: int) -> None:
        line = self.ledger.line(written(cost), from_on=f"{day(month)}")
        self.lines.append({**line, "cents": cost, "month": month, "is_withdrawn": False})
        self.moved[month, "planned"] += cost

    @precondition(lambda self: self.lines)
    @rule(where=place)
    def withdraw(self, where: int) -> None:
        line = self.lines[where % len(self.lines)]
        path = f"/cases/{self.ledger.case.id}/budget/lines/{line['id']}/withdrawal"
        answer = self.world.as_("case_manager").post(path, {"reason": "Non serve"})
        if line["is_withdrawn"]:
            assert (answer.status_code, answer.get_json()["code"]) == (409, "fact_is_superseded")
        elif self.net("commitment", line):
            assert (answer.status_code, answer.get_json()["code"]) == (409, "line_is_committed")
        else:
            assert answer.status_code == 200
            line["is_withdrawn"] = True
            self.moved[line["month"], "planned"] -= line["cents"]

    @precondition(lambda self: self.month - 1 > self.frozen)
    @rule()
    def report(self) -> None:
        statement = reporting.frozen(self.ledger, f"{date.fromordinal(day(self.month).toordinal() - 1)}")
        first = date.fromisoformat(statement["from_on"])
        self.frozen = self.month - 1
        for name in SUMS:
            told = sum(self.moved[month, name] for month in range(first.month, self.month))
            assert Decimal(statement["totals"][name]["amount"]) == Decimal(told) / 100
        later = sum(delta for month, delta in self.changed.items() if month > self.frozen)
        assert statement["allocated"]["amount"] == written(self.allocated - later)

    @precondition(lambda self: self.frozen and any(not line["is_withdrawn"] for line in self.lines))
    @rule(amount=cents)
    def commit_too_late(self, amount: int) -> None:
        line = next(line for line in self.lines if not line["is_withdrawn"])
        answer = self.ledger.commit(line, written(amount), occurred_on=f"{day(self.frozen)}")
        codes = {"period_is_frozen", "allocation_is_exhausted", "line_is_exhausted"}
        assert answer.status_code == 409
        assert answer.get_json()["code"] in codes

    @rule(kind=st.sampled_from(["increase", "cut"]), amount=cents)
    def change(self, kind: str, amount: int) -> None:
        answer = self.ledger.change(kind, written(amount), occurred_on=self.today)
        if kind == "cut" and amount > self.allocated - self.net("commitment"):
            assert (answer.status_code, answer.get_json()["code"]) == (409, "allocation_is_committed")
        else:
            assert answer.status_code == 201
            delta = amount if kind == "increase" else -amount
            self.allocated += delta
            self.changed[self.month] += delta

    @precondition(lambda self: self.lines)
    @rule(where=place, amount=cents)
    def commit(self, where: int, amount: int) -> None:
        line = self.lines[where % len(self.lines)]
        self._commit(line, amount)

    @precondition(lambda self: self.lines)
    @rule(where=place, over=st.integers(0, 1))
    def commit_to_the_last_cent(self, where: int, over: int) -> None:
        line = self.lines[where % len(self.lines)]
        room = min(line["cents"] - self.net("commitment", line), self.allocated - self.net("commitment"))
        if room + over > 0:
            self._commit(line, room + over)

    def _commit(self, line: Any, amount: int) -> None:
        answer = self.ledger.commit(line, written(amount), occurred_on=self.today)
        if line["is_withdrawn"]:
            assert (answer.status_code, answer.get_json()["code"]) == (404, "line_is_unknown")
        elif self.net("commitment") + amount > self.allocated:
            assert (answer.status_code, answer.get_json()["code"]) == (409, "allocation_is_exhausted")
        elif self.net("commitment", line) + amount > line["cents"]:
            assert (answer.status_code, answer.get_json()["code"]) == (409, "line_is_exhausted")
        else:
            self._keep(answer, amount, line, None)

    @precondition(lambda self: self.entries)
    @rule(kind=st.sampled_from(["liquidation", "payment"]), where=place, amount=cents, is_last=st.booleans())
    def follow(self, kind: str, where: int, amount: int, is_last: bool) -> None:
        parent = self.of({"liquidation": "commitment", "payment": "liquidation"}[kind], where)
        if parent is None:
            return
        amount = room(parent) if is_last and room(parent) else amount
        act = self.ledger.liquidate if kind == "liquidation" else self.ledger.pay
        answer = act(parent, written(amount), occurred_on=self.today)
        if amount > room(parent):
            assert (answer.status_code, answer.get_json()["code"]) == (409, "entry_is_exhausted")
        else:
            self._keep(answer, amount, parent["line"], parent)

    @precondition(lambda self: self.entries)
    @rule(
        kind=st.sampled_from(["commitment", "liquidation", "payment"]), where=place, amount=cents, is_last=st.booleans()
    )
    def take_back(self, kind: str, where: int, amount: int, is_last: bool) -> None:
        entry = self.of(kind, where)
        if entry is None:
            return
        amount = room(entry) if is_last and room(entry) else amount
        answer = self.ledger.reverse(entry, written(amount), occurred_on=self.today)
        if amount > room(entry):
            assert (answer.status_code, answer.get_json()["code"]) == (409, "entry_is_used")
            return
        assert answer.status_code == 201
        entry["reversed"] += amount
        self.moved[self.month, NAMES[entry["kind"]]] -= amount
        if entry["parent"] is not None:
            entry["parent"]["used"] -= amount

    def _keep(self, answer: Any, amount: int, line: Any, parent: Any) -> None:
        assert answer.status_code == 201, answer.get_json()
        self.entries.append(
            {**answer.get_json(), "cents": amount, "used": 0, "reversed": 0, "line": line, "parent": parent}
        )
        self.moved[self.month, NAMES[answer.get_json()["kind"]]] += amount
        if parent is not None:
            parent["used"] += amount

    @invariant()
    def balances_are_the_sums_of_the_entries(self) -> None:
        if not hasattr(self, "ledger"):
            return
        told = {name: self.net(kind) for name, kind in SUMS.items()}
        assert self.ledger.balances() == {
            "amount": written(self.allocated), **{name: written(one) for name, one in told.items()}
        }  # fmt: skip
        assert self.allocated >= told["committed"] >= told["liquidated"] >= told["paid"] >= 0

    def teardown(self) -> None:
        if not hasattr(self, "ledger"):
            return
        sums = ", ".join(f"sum({name}) AS {name}" for name in ("planned", *SUMS))
        months = self.world.seen(
            f"SELECT month, {sums} FROM budget.totals WHERE allocation_id = :id GROUP BY 1",
            id=self.ledger.allocation["id"],
        )
        found = {(row.month.month, name): getattr(row, name) * 100 for row in months for name in ("planned", *SUMS)}
        assert {place: cents for place, cents in found.items() if cents} == {
            place: cents for place, cents in self.moved.items() if cents
        }  # fmt: skip
        rows = self.world.seen("SELECT * FROM budget.lines WHERE allocation_id = :id", id=self.ledger.allocation["id"])
        by_id = {str(row.id): row for row in rows}
        for line in self.lines:
            for name, kind in SUMS.items():
                assert getattr(by_id[line["id"]], name) == Decimal(written(self.net(kind, line)))
        for row in self.world.seen(
            "SELECT * FROM budget.entries WHERE allocation_id = :id", id=self.ledger.allocation["id"]
        ):
            known = next((one for one in self.entries if one["id"] == str(row.id)), None)
            if known is not None:
                assert (row.used, row.reversed) == (
                    Decimal(written(known["used"])),
                    Decimal(written(known["reversed"])),
                )


SUMS = {"committed": "commitment", "liquidated": "liquidation", "paid": "payment"}
NAMES = {kind: name for name, kind in SUMS.items()}


def day(month: int) -> date:
    """The day of the acts of a month."""
    return date(2023, month, 1)


def room(entry: dict[str, Any]) -> int:
    """What is left of an entry."""
    return int(entry["cents"] - entry["used"] - entry["reversed"])


def test_no_history_breaks_allocated_committed_liquidated_paid(world: World) -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        type("HistoriesHere", (Histories,), {"world": world}),
        settings=settings(max_examples=25 * TIMES, stateful_step_count=30, deadline=None, derandomize=IS_FIXED, database=None,
                          suppress_health_check=list(HealthCheck)),
    )  # fmt: skip
