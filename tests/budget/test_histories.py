"""Random histories of a ledger, held step by step against a model of three sums."""

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

from tests.budget.ledger import Ledger
from tests.soak import IS_FIXED, TIMES
from tests.world import World

cents = st.integers(1, 60_000)
place = st.integers(0, 10**6)


def written(amount: int) -> str:
    """Cents as the API writes euro."""
    return f"{amount // 100}.{amount % 100:02}"


class Histories(RuleBasedStateMachine):
    """What is allocated, committed to lines, liquidated on commitments: all in cents."""

    world: World

    @initialize(allocated=st.integers(50_000, 150_000))
    def open(self, allocated: int) -> None:
        self.ledger, self.allocated = Ledger.of(self.world, written(allocated)), allocated
        self.lines: list[dict[str, Any]] = []
        self.entries: list[dict[str, Any]] = []

    def committed(self, line: Any = None) -> int:
        return sum(entry["amount"] for entry in self.entries if line is None or entry["line"] is line)

    @rule(cost=cents)
    def plan(self, cost: int) -> None:
        self.lines.append({**self.ledger.line(written(cost)), "cost": cost})

    @precondition(lambda self: self.lines)
    @rule(where=place, amount=cents)
    def commit(self, where: int, amount: int) -> None:
        line = self.lines[where % len(self.lines)]
        self._commit(line, amount)

    @precondition(lambda self: self.lines)
    @rule(where=place, over=st.integers(0, 1))
    def commit_to_the_last_cent(self, where: int, over: int) -> None:
        line = self.lines[where % len(self.lines)]
        room = min(line["cost"] - self.committed(line), self.allocated - self.committed())
        if room + over > 0:
            self._commit(line, room + over)

    def _commit(self, line: Any, amount: int) -> None:
        answer = self.ledger.commit(line, written(amount))
        if self.committed() + amount > self.allocated:
            assert (answer.status_code, answer.get_json()["code"]) == (409, "allocation_is_exhausted")
        elif self.committed(line) + amount > line["cost"]:
            assert (answer.status_code, answer.get_json()["code"]) == (409, "line_is_exhausted")
        else:
            assert answer.status_code == 201
            self.entries.append({**answer.get_json(), "line": line, "amount": amount, "liquidated": 0})

    @precondition(lambda self: self.entries)
    @rule(where=place, amount=cents)
    def liquidate(self, where: int, amount: int) -> None:
        entry = self.entries[where % len(self.entries)]
        answer = self.ledger.liquidate(entry, written(amount))
        if entry["liquidated"] + amount > entry["amount"]:
            assert (answer.status_code, answer.get_json()["code"]) == (409, "commitment_is_exhausted")
        else:
            assert answer.status_code == 201
            entry["liquidated"] += amount

    @invariant()
    def balances_are_the_sums_of_the_entries(self) -> None:
        if not hasattr(self, "ledger"):
            return
        liquidated = sum(entry["liquidated"] for entry in self.entries)
        assert self.ledger.balances() == {
            "amount": written(self.allocated), "committed": written(self.committed()),
            "liquidated": written(liquidated),
        }  # fmt: skip
        assert self.allocated >= self.committed() >= liquidated

    def teardown(self) -> None:
        if not hasattr(self, "ledger"):
            return
        in_tables = self.world.seen(
            """SELECT l.committed, (SELECT COALESCE(sum(amount), 0) FROM budget.commitments c WHERE c.line_id = l.id),
                      (SELECT COALESCE(sum(c.liquidated), 0) FROM budget.commitments c WHERE c.line_id = l.id),
                      (SELECT COALESCE(sum(d.amount), 0) FROM budget.liquidations d
                         JOIN budget.commitments c ON c.id = d.commitment_id WHERE c.line_id = l.id), l.cost
               FROM budget.lines l WHERE l.allocation_id = :allocation""",
            allocation=self.ledger.allocation["id"],
        )
        for balance, committed, liquidated, paid, cost in in_tables:
            assert balance == committed <= cost
            assert liquidated == paid <= committed
        assert sum((row[0] for row in in_tables), Decimal(0)) == Decimal(written(self.committed()))


def test_no_history_breaks_allocated_committed_liquidated(world: World) -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        type("HistoriesHere", (Histories,), {"world": world}),
        settings=settings(max_examples=25 * TIMES, stateful_step_count=20, deadline=None, derandomize=IS_FIXED, database=None,
                          suppress_health_check=list(HealthCheck)),
    )  # fmt: skip
