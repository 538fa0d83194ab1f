"""Reading what an allocation did: its summary from the totals, and its statements."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import func, or_, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from service.budget.funds.models import Total
from service.budget.funds.queries import allocation_row, money
from service.budget.statements.models import Statement, StatementApproval
from service.budget.statements.printed import Moved, PrintedRow, PrintedStatement
from service.budget.statements.rules import Balance, forecast, period, spending
from service.cases.programmes.models import Programme
from service.errors import NotFound
from service.people.municipalities import municipalities
from service.types import today
from service.web.paging import page

MOVED = ("committed", "liquidated", "paid")
COUNTED = ("planned", *MOVED)
LABELLED = ("programme", "municipality")
DIMENSIONS = (*LABELLED, "intervention_code")
NAMED = (*DIMENSIONS, *(f"{name}_label" for name in LABELLED))
Sums = dict[str, Decimal]


def allocation_summary(session: Session, allocation_id: UUID, *, by: str, on: date) -> dict[str, Any]:
    """Where an allocation stands: all of it, by one dimension and by month, and how its year may end. Raises NotFound."""
    row = allocation_row(session, allocation_id)
    parts = _parts(session, allocation_id, by)
    whole = _sum(sums for _, _, sums in parts)
    first, last = period(row.year, row.spends_from, row.spends_to)
    balance = Balance(row.amount, whole["planned"], row.committed, row.paid)
    return {
        "allocation_id": row.id, "on": on, "frozen_to": row.frozen_to, "amount": money(row.amount), **_written(whole),
        "residual": money(row.amount - row.committed), "variance": money(whole["planned"] - row.committed), "by": by,
        "rows": _rows(session, by, parts), "months": _months(parts),
        "spending": {"of_allocated": spending(row.paid, row.amount), "of_planned": spending(row.paid, whole["planned"])},
        "forecast": _forecast(balance, first, last, on),
    }  # fmt: skip


def _parts(session: Session, allocation_id: UUID, by: str) -> list[tuple[date, str | None, Sums]]:
    dimension = getattr(Total, by)
    sums = [func.sum(getattr(Total, name)).label(name) for name in COUNTED]
    statement = select(Total.month, dimension.label("code"), *sums).where(Total.allocation_id == allocation_id)
    rows = session.execute(statement.group_by(Total.month, dimension))
    return [(row.month, row.code, {name: getattr(row, name) for name in COUNTED}) for row in rows]


def _sum(parts: Iterable[Sums]) -> Sums:
    whole = dict.fromkeys(COUNTED, Decimal(0))
    for sums in parts:
        whole = {name: whole[name] + sums[name] for name in COUNTED}
    return whole


def _rows(session: Session, by: str, parts: list[tuple[date, str | None, Sums]]) -> list[dict[str, Any]]:
    codes = sorted({code for _, code, _ in parts}, key=lambda code: (code is None, code))
    labels = labels_of(session, by, codes)
    return [{"code": code, "label": labels.get(code or ""), **_written(_sum(sums for _, one, sums in parts if one == code))}
            for code in codes]  # fmt: skip


def _months(parts: list[tuple[date, str | None, Sums]]) -> list[dict[str, Any]]:
    months = sorted({month for month, _, _ in parts})
    return [{"month": month, **_written(_sum(sums for one, _, sums in parts if one == month))} for month in months]


def _written(sums: Sums) -> dict[str, Any]:
    return {name: money(amount) for name, amount in sums.items()}


def _forecast(balance: Balance, first: date, last: date, on: date) -> dict[str, Any]:
    found = forecast(balance, first, last, on)
    paid = found.paid_by_year_end
    return {
        "from_on": first, "to_on": last, "committed_by_year_end": money(found.committed_by_year_end),
        "paid_by_year_end": None if paid is None else money(paid), "exhausted_on": found.exhausted_on,
    }  # fmt: skip


def labels_of(session: Session, dimension: str, codes: Iterable[str | None]) -> dict[str, str]:
    """What the codes of a dimension are called, those that have a name: programmes by their latest definition."""
    known = sorted(filter(None, codes))
    if dimension == "municipality":
        return {code: municipalities()[code].name for code in known if code in municipalities()}
    if dimension != "programme" or not known:
        return {}
    statement = select(Programme.code, Programme.definition["label"].astext.label("label")).where(
        Programme.code.in_(known)
    )
    return {row.code: row.label for row in session.execute(statement.order_by(Programme.version))}


@dataclass(frozen=True)
class Kept:
    """A statement as it is kept, with its approval if there is one. `is_newest`: none was prepared after it."""

    row: Statement
    approval: StatementApproval | None
    is_newest: bool

    @property
    def status(self) -> str:
        """approved; prepared: to be approved; replaced: prepared anew since."""
        if self.approval is not None:
            return "approved"
        return "prepared" if self.is_newest else "replaced"


def statements(session: Session, allocation_id: UUID, *, limit: int, cursor: str | None) -> list[dict[str, Any]]:
    """A page of the statements of an allocation, the newest first, without their rows. Raises NotFound."""
    allocation_row(session, allocation_id)
    wanted = _kept().where(Statement.allocation_id == allocation_id)
    rows = session.execute(page(wanted, Statement.id, limit=limit, cursor=cursor, scope=f"statements:{allocation_id}"))
    return [_head(Kept(*row)) for row in rows]


def kept_statement(session: Session, statement_id: UUID) -> Kept:
    """One statement with its approval. Raises NotFound."""
    found = session.execute(_kept().where(Statement.id == statement_id)).one_or_none()
    if found is None:
        raise NotFound("statement_is_unknown")
    return Kept(*found)


def statement(session: Session, statement_id: UUID) -> dict[str, Any]:
    """One statement, whole. Raises NotFound."""
    kept = kept_statement(session, statement_id)
    printed = _printed(kept)
    facts = ("fund", "fund_name", "year", "cup", "plan", "objective", "months")
    rows = [{**_moved(row.moved), **{name: getattr(row, name) for name in NAMED}} for row in printed.rows]
    return {
        **_head(kept), **{name: getattr(printed, name) for name in facts}, "allocated": money(printed.allocated),
        "totals": _moved(printed.totals), "cumulative": _moved(printed.cumulative), "rows": rows,
    }  # fmt: skip


def printed_statement(session: Session, statement_id: UUID) -> PrintedStatement:
    """One statement as its files show it. Raises NotFound."""
    return _printed(kept_statement(session, statement_id))


def newest_statement(session: Session, allocation_id: UUID) -> Kept | None:
    """The statement that was prepared last, if any was."""
    found = session.execute(
        _kept().where(Statement.allocation_id == allocation_id).order_by(Statement.number.desc(), Statement.version.desc())
        .limit(1)
    ).one_or_none()  # fmt: skip
    return None if found is None else Kept(*found)


def first_month(session: Session, allocation_id: UUID) -> date | None:
    """The first month in which anything moved: what is planned is not reported."""
    moved = or_(*(getattr(Total, name) != 0 for name in MOVED))
    return session.scalar(select(func.min(Total.month)).where(Total.allocation_id == allocation_id, moved))


def statement_figures(session: Session, allocation_id: UUID, from_on: date, to_on: date) -> dict[str, Any]:
    """All that a statement says, as the database says it: an approval asks it again."""
    figures: dict[str, Any] = session.execute(
        select(func.budget.statement_figures(allocation_id, from_on, to_on, type_=JSONB))
    ).scalar_one()
    return figures


def _kept() -> Any:
    """Each statement with its approval, and whether it is the newest of its allocation."""
    later = Statement.__table__.alias("later")
    is_newest = ~(
        select(later.c.id)
        .where(later.c.allocation_id == Statement.allocation_id)
        .where(func.row(later.c.number, later.c.version) > func.row(Statement.number, Statement.version))
        .exists()
    )
    return select(Statement, StatementApproval, is_newest).outerjoin(
        StatementApproval, StatementApproval.statement_id == Statement.id
    )


def _head(kept: Kept) -> dict[str, Any]:
    names = ("id", "allocation_id", "number", "version", "from_on", "to_on", "digest", "recorded_at")
    return {**{name: getattr(kept.row, name) for name in names}, "status": kept.status, "approval": kept.approval}


def _moved(moved: Moved) -> dict[str, Any]:
    return {name: money(getattr(moved, name)) for name in MOVED}


def _printed(kept: Kept) -> PrintedStatement:
    row, approval, content = kept.row, kept.approval, orjson.loads(kept.row.content)
    figures, labels = content["figures"], content["labels"]
    facts = {name: figures[name] for name in ("fund", "fund_name", "year", "cup", "plan", "objective")}
    return PrintedStatement(
        number=row.number, version=row.version, from_on=row.from_on, to_on=row.to_on, digest=row.digest, **facts,
        months=tuple(map(date.fromisoformat, content["months"])), allocated=Decimal(figures["allocated"]),
        totals=_amounts(figures["totals"]), cumulative=_amounts(figures["cumulative"]),
        rows=tuple(_printed_row(one, labels) for one in figures["rows"]),
        act=approval.act if approval else None, approved_on=today(approval.recorded_at) if approval else None,
    )  # fmt: skip


def _printed_row(row: dict[str, Any], labels: dict[str, dict[str, str]]) -> PrintedRow:
    programme, municipality = (labels[name].get(row[name]) for name in LABELLED)
    return PrintedRow(row["programme"], programme, row["municipality"], municipality, row["intervention_code"],
                      _amounts(row))  # fmt: skip


def _amounts(figures: dict[str, str]) -> Moved:
    return Moved(*(Decimal(figures[name]) for name in MOVED))
