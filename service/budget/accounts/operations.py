"""Recording what who manages a line accounts for."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.actor import Actor
from service.budget.accounts.models import ExpenseAccount
from service.budget.accounts.rules import wrong_fields
from service.budget.lines.models import BudgetLine
from service.cases.files.queries import has_file
from service.cases.records.operations import check_after_referral, locked_case, record_on, superseded
from service.cases.records.queries import stood
from service.errors import FieldError, Invalid
from service.types import new_id


def record_expense_account(
    session: Session, actor: Actor, case_id: UUID, *, line_id: UUID, from_on: date, to_on: date, presented_on: date,
    spent: Decimal, accepted: Decimal, refusal_reason: str | None, file_id: UUID | None,
) -> UUID:  # fmt: skip
    """What was spent of a self-managed line in a period, and how much of it is accepted (D.Lgs 62/2024 art. 28 c. 8).

    A case that is closed is still accounted for. Raises Conflict for a period of which a day is accounted for already.
    """
    case = locked_case(session, actor, "budget:build", case_id, may_be_closed=True)
    wrong = (*_unknown(session, case_id, line_id, file_id),
             *wrong_fields(from_on, to_on, presented_on, spent, accepted, refusal_reason))  # fmt: skip
    if wrong:
        raise Invalid("request_is_invalid", errors=wrong)
    check_after_referral(session, case_id, presented_on, "#/presented_on")
    account = ExpenseAccount(id=new_id(), case_id=case_id, line_id=line_id, from_on=from_on, to_on=to_on, spent=spent,
                             presented_on=presented_on, accepted=accepted, refusal_reason=refusal_reason, file_id=file_id,
                             recorded_by=actor.user_id)  # fmt: skip
    session.add(account)
    record_on(session, actor, case, "expense_account:record", account.id, "line_id", "from_on", "to_on", "presented_on",
              "spent", "accepted", "refusal_reason", "file_id")  # fmt: skip
    return account.id


def withdraw_expense_account(session: Session, actor: Actor, case_id: UUID, account_id: UUID, *, reason: str) -> None:
    """An account recorded by mistake: the row stays, superseded, with the reason."""
    case = locked_case(session, actor, "budget:build", case_id, may_be_closed=True)
    superseded(session, actor, ExpenseAccount, account_id, case_id, reason)
    record_on(session, actor, case, "expense_account:withdraw", account_id, "superseded_at")


def _unknown(session: Session, case_id: UUID, line_id: UUID, file_id: UUID | None) -> Iterator[FieldError]:
    """A line that does not stand in the case, or that the person does not manage; a file that the case has not."""
    statement = select(BudgetLine.self_managed).where(
        BudgetLine.case_id == case_id, BudgetLine.id == line_id, stood(BudgetLine, None)
    )
    is_self_managed = session.scalar(statement)
    if not is_self_managed:
        yield FieldError("#/line_id", "reference_is_unknown" if is_self_managed is None else "line_is_not_self_managed")
    if file_id is not None and not has_file(session, case_id, file_id):
        yield FieldError("#/file_id", "reference_is_unknown")
