"""Reporting to a fund: preparing a statement, and approving it."""

from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from itertools import pairwise
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.actor import Actor, require
from service.audit.log.operations import record
from service.budget.funds.models import Allocation
from service.budget.funds.queries import allocation_row
from service.budget.statements import queries
from service.budget.statements.models import Statement, StatementApproval
from service.budget.statements.report import statement_csv, statement_pdf, statement_xlsx
from service.cases.records.operations import check_not_future
from service.errors import Conflict, invalid_field
from service.types import new_id

DAY = timedelta(days=1)
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
}
_MADE_BY = {"pdf": statement_pdf, "xlsx": statement_xlsx, "csv": statement_csv}


def prepare_statement(session: Session, actor: Actor, allocation_id: UUID, *, to_on: date) -> UUID:
    """Prepare the statement of an allocation from the day after the last approved one to the end of a month.

    The allocation is held meanwhile: what is kept is what the ledger said at one moment. One that waits for approval is
    replaced by a new version.
    """
    require(actor, "statements:prepare")
    allocation_row(session, allocation_id)
    if (to_on + DAY).day != 1:
        raise invalid_field("#/to_on", "date_is_not_a_month_end")
    check_not_future(to_on, "#/to_on")
    session.execute(select(func.budget.hold_allocation(allocation_id)))
    row = allocation_row(session, allocation_id)
    from_on = _begins_on(session, row, to_on)
    number, version = _place(session, allocation_id)
    content = orjson.dumps(_content(session, allocation_id, from_on, to_on), option=orjson.OPT_SORT_KEYS)
    made = Statement(id=new_id(), allocation_id=allocation_id, number=number, version=version, from_on=from_on, to_on=to_on,
                     content=content.decode(), digest=sha256(content).hexdigest(), recorded_by=actor.user_id)  # fmt: skip
    session.add(made)
    record(session, actor, "statement:prepare", resource_id=made.id, field_names=("to_on",))
    return made.id


def approve_statement(session: Session, actor: Actor, statement_id: UUID, *, act: str) -> None:
    """Approve a statement by an act, and freeze its period.

    The database does both while it holds the allocation, and refuses one that was prepared by the same user, is not the
    newest, or no longer says what the ledger says.
    """
    require(actor, "statements:approve")
    queries.kept_statement(session, statement_id)
    session.add(StatementApproval(statement_id=statement_id, act=act, recorded_by=actor.user_id))
    record(session, actor, "statement:approve", resource_id=statement_id, field_names=("act",))


def document(session: Session, statement_id: UUID, form: str) -> tuple[str, bytes]:
    """A statement as a file: what it is called, and its bytes. Raises NotFound."""
    printed = queries.printed_statement(session, statement_id)
    kind = "-bozza" if printed.is_draft else ""
    name = f"rendiconto-{printed.fund}-{printed.year}-{printed.number}{kind}.{form}"
    return name, _MADE_BY[form](printed)


def _begins_on(session: Session, row: Allocation, to_on: date) -> date:
    if row.frozen_to is not None:
        if to_on <= row.frozen_to:
            raise Conflict("period_is_frozen")
        return row.frozen_to + DAY
    from_on = row.spends_from or queries.first_month(session, row.id) or date(row.year, 1, 1)
    if to_on < from_on:
        raise invalid_field("#/to_on", "date_is_before_start", from_on)
    return from_on


def _place(session: Session, allocation_id: UUID) -> tuple[int, int]:
    last = queries.newest_statement(session, allocation_id)
    if last is None:
        return 1, 1
    return (last.row.number, last.row.version + 1) if last.approval is None else (last.row.number + 1, 1)


def _content(session: Session, allocation_id: UUID, from_on: date, to_on: date) -> dict[str, Any]:
    figures = queries.statement_figures(session, allocation_id, from_on, to_on)
    moved = [Decimal(figures["cumulative"][name]) for name in queries.MOVED]
    if any(before < after for before, after in pairwise([Decimal(figures["allocated"]), *moved])):
        raise Conflict("statement_is_out_of_order", to_on)
    labels = {
        dimension: queries.labels_of(session, dimension, {one[dimension] for one in figures["rows"]})
        for dimension in queries.LABELLED
    }
    return {"figures": figures, "labels": labels, "months": _months(from_on, to_on)}


def _months(from_on: date, to_on: date) -> list[date]:
    """The months of a period, each by its first day."""
    first, last = from_on.year * 12 + from_on.month - 1, to_on.year * 12 + to_on.month - 1
    return [date(place // 12, place % 12 + 1, 1) for place in range(first, last + 1)]
