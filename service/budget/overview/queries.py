"""Reading the budget of a project as a whole: today, or as it stood when a version was approved."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Date, and_, cast, func, select
from sqlalchemy import case as when
from sqlalchemy.orm import Session, aliased

from service.budget.accounts.models import ExpenseAccount
from service.budget.accounts.queries import accounts_known_at
from service.budget.accounts.rules import account_due_on
from service.budget.funds.models import Fund
from service.budget.funds.queries import money
from service.budget.ledger.models import Entry
from service.budget.lines.models import BudgetLine, Participation
from service.budget.lines.queries import described_line, lines_with_funds, warnings_of
from service.budget.overview import rules
from service.cases.files.models import File
from service.cases.printing.models import Print
from service.cases.projects.models import ProjectVersion
from service.cases.records.queries import stood
from service.errors import NotFound
from service.types import now, today


class Move(NamedTuple):
    """What the entries of a line and a month moved, of one kind; below zero: more was reversed."""

    line_id: UUID
    month: date
    kind: str
    amount: Decimal


def budget(session: Session, case_id: UUID, number: int | None) -> dict[str, Any]:
    """The budget of today, or as it stood when a version was approved (one not approved yet has today's). Raises NotFound.

    The number of statements does not depend on how many lines and entries there are. What allocations still hold is told of
    today's budget alone.
    """
    known_at = None if number is None else approvals(session, case_id, [number])[number]
    found = lines_with_funds(session, case_id, known_at)
    moves = _moves(session, case_id, known_at)
    odd = warnings_of(session, [line for line, _ in found], is_past=known_at is not None)
    balances = rules.moved_by((move.line_id, move.kind, move.amount) for move in moves)
    plain = [_plain(line, fund, balances.get(line.id, rules.NOTHING)) for line, fund in found]
    accounts = accounts_known_at(session, case_id, known_at)
    return {
        "version": number, "as_of": known_at or now(),
        "lines": [{**described_line(line), **_as_money(balances.get(line.id, rules.NOTHING)), "warnings": odd[line.id]}
                  for line, _ in found],
        **_figures(plain), "in_kind": _in_kind(plain), "months": _months(moves),
        "participation": _participation(session, case_id, known_at, plain),
        "accounts": _accounted(plain, accounts, today(known_at)),
        "warnings": [warning for line, _ in found for warning in odd[line.id]],
    }  # fmt: skip


def differences(session: Session, case_id: UUID, one: int, other: int) -> dict[str, Any]:
    """The lines that came and went between the approvals of two versions. Raises NotFound."""
    known = approvals(session, case_id, [one, other])
    either = stood(BudgetLine, known[one]) | stood(BudgetLine, known[other])
    rows = session.execute(
        select(BudgetLine, stood(BudgetLine, known[one]), stood(BudgetLine, known[other]))
        .where(BudgetLine.case_id == case_id, either)
        .order_by(BudgetLine.id)
    ).all()
    return {
        "from_version": one, "to_version": other,
        "added": [described_line(line) for line, before, after in rows if after and not before],
        "withdrawn": [described_line(line) for line, before, after in rows if before and not after],
    }  # fmt: skip


def approvals(session: Session, case_id: UUID, numbers: Iterable[int]) -> dict[int, datetime | None]:
    """When each of these versions was approved, as its print has it, which is kept then: none of a draft, and of versions
    approved before prints were kept. Raises NotFound for one that the case has not."""
    kept = and_(Print.version_id == ProjectVersion.id, Print.layout == "full")
    statement = (
        select(ProjectVersion.number, File.recorded_at)
        .outerjoin(Print, kept)
        .outerjoin(File, File.id == Print.file_id)
        .where(ProjectVersion.case_id == case_id, ProjectVersion.number.in_(set(numbers)))
    )
    found: dict[int, datetime | None] = {row.number: row.recorded_at for row in session.execute(statement)}
    if found.keys() != set(numbers):
        raise NotFound("version_is_unknown")
    return found


def _moves(session: Session, case_id: UUID, known_at: datetime | None) -> list[Move]:
    """What the entries of a case moved, by line, month and kind: a reversal is of the kind of what it takes back."""
    parent, is_reversal = aliased(Entry), Entry.kind == "reversal"
    month = cast(func.date_trunc("month", Entry.occurred_on), Date)
    kind = when((is_reversal, parent.kind), else_=Entry.kind)
    statement = (
        select(Entry.line_id, month, kind, func.sum(when((is_reversal, -Entry.amount), else_=Entry.amount)))
        .outerjoin(parent, parent.id == Entry.parent_id)
        .where(Entry.case_id == case_id)
        .group_by(Entry.line_id, month, kind)
    )
    if known_at is not None:
        statement = statement.where(Entry.recorded_at <= known_at)
    return [Move(*row) for row in session.execute(statement)]


def _plain(line: BudgetLine, fund: Fund | None, moved: rules.Moves) -> dict[str, Any]:
    names = ("id", "source", "resource_kind", "area", "in_kind", "cost", "quantity", "unit", "shared_cost_id", "self_managed",
             "from_on", "to_on", "recorded_at")  # fmt: skip
    told = None if fund is None else (fund.code, fund.name)
    return {**{name: getattr(line, name) for name in names}, "fund": told, **moved}


def _as_money(amounts: Mapping[str, Decimal]) -> dict[str, Any]:
    return {name: money(amount) for name, amount in amounts.items()}


def _figures(lines: Sequence[rules.Line]) -> dict[str, Any]:
    amount, percent = rules.user_share(lines)
    funded = rules.figures_by([line for line in lines if line["fund"]], lambda line: line["fund"])
    return {
        "totals": _as_money(rules.figures(lines)),
        "by_source": _by(lines, lambda line: line["source"]),
        "by_resource_kind": _by(lines, lambda line: line["resource_kind"]),
        "by_area": _by(lines, lambda line: line["area"]),
        "by_fund": [{"code": code, "label": label, **_as_money(part)} for (code, label), part in funded.items()],
        "user_share": {"amount": money(amount), "percent": percent},
    }


def _by(lines: Sequence[rules.Line], of: Callable[[rules.Line], str | None]) -> list[dict[str, Any]]:
    return [{"code": code, **_as_money(part)} for code, part in rules.figures_by(lines, of).items()]


def _in_kind(lines: Sequence[rules.Line]) -> list[dict[str, Any]]:
    return [{"unit": unit, "quantity": quantity} for unit, quantity in rules.given_in_kind(lines).items()]


def _months(moves: Sequence[Move]) -> list[dict[str, Any]]:
    by_month = rules.moved_by((move.month, move.kind, move.amount) for move in moves)
    return [{"month": month, **_as_money(by_month[month])} for month in sorted(by_month)]


def _participation(
    session: Session, case_id: UUID, known_at: datetime | None, lines: Sequence[rules.Line]
) -> dict[str, bool]:
    """How the person and the family take part: as it was recorded, and who pays or gives contributes."""
    parts = session.scalars(
        select(Participation).where(Participation.case_id == case_id, stood(Participation, known_at))
    ).all()
    told = {name: any(getattr(part, name) for part in parts) for name in ("built", "contributed", "managed")}
    return {**told, "contributed": told["contributed"] or any(line["source"] in rules.OWN for line in lines)}


def _accounted(lines: Sequence[rules.Line], accounts: Sequence[ExpenseAccount], on: date) -> list[dict[str, Any]]:
    """Of each self-managed line what is accounted for, and whether an account is late on a day."""
    return [
        _account_of(line, [account for account in accounts if account.line_id == line["id"]], on)
        for line in lines
        if line["self_managed"]
    ]


def _account_of(line: rules.Line, accounts: Sequence[ExpenseAccount], on: date) -> dict[str, Any]:
    spent, accepted = (sum((getattr(one, name) for one in accounts), rules.ZERO) for name in ("spent", "accepted"))
    accounted_to = max((one.to_on for one in accounts), default=None)
    due_on = account_due_on(line["from_on"] or today(line["recorded_at"]), line["to_on"], accounted_to, on)
    return {
        "line_id": line["id"], "spent": money(spent), "accepted": money(accepted), "refused": money(spent - accepted),
        "accounted_to": accounted_to, "due_on": due_on, "is_due": rules.is_late(due_on, on),
    }  # fmt: skip
