"""The passage of a case to another service."""

from typing import Any
from uuid import UUID

from flask import Response

from service.actor import require
from service.cases.records.answers import answer_fact, answer_facts
from service.cases.records.operations import sight_of
from service.cases.records.queries import fact, facts
from service.cases.records.schemas import DatedActSchema
from service.cases.transfers import operations
from service.cases.transfers.models import Transfer
from service.cases.transfers.schemas import NewTransferSchema, RefusedTransferSchema, TransferSchema, TransfersSchema
from service.web.answers import answer
from service.web.blueprints import Blueprint
from service.web.requests import expected_version, once, transaction

transfers = Blueprint("transfers", __name__, description="Trasferimenti del caso")


@transfers.operation("GET", "/cases/<uuid:case_id>/transfers", "listTransfers", answer=TransfersSchema)
def list_transfers(case_id: UUID) -> Response:
    """The transfers of a case, the last one first."""
    with transaction() as (session, actor):
        found = facts(session, Transfer, case_id, newest_by=Transfer.offered_on)
        return answer_facts(session, actor, TransferSchema, case_id, found)


@transfers.operation("GET", "/cases/<uuid:case_id>/transfers/<uuid:transfer_id>", "showTransfer", answer=TransferSchema)
def show_transfer(case_id: UUID, transfer_id: UUID) -> Response:
    """One transfer."""
    with transaction() as (session, actor):
        return answer_fact(session, actor, TransferSchema, case_id, fact(session, Transfer, case_id, transfer_id))


@transfers.operation(
    "POST", "/cases/<uuid:case_id>/transfers", "offerTransfer", body=NewTransferSchema, answer=TransferSchema, status=201,
    creates=True, if_match=True,
)  # fmt: skip
def offer_transfer(case_id: UUID, body: dict[str, Any]) -> Response:
    """Offer the case to another service."""
    with transaction() as (session, actor):
        expected = expected_version()
        made = once(
            session, actor, lambda: operations.offer_transfer(session, actor, case_id, expected=expected, **body)
        )
        return answer_fact(session, actor, TransferSchema, case_id, fact(session, Transfer, case_id, made),
                           made_at="transfers.show_transfer", transfer_id=made)  # fmt: skip


@transfers.operation(
    "POST", "/cases/<uuid:case_id>/transfers/<uuid:transfer_id>/acceptance", "acceptTransfer", body=DatedActSchema,
    answer=TransferSchema, if_match=True,
)  # fmt: skip
def accept_transfer(case_id: UUID, transfer_id: UUID, body: dict[str, Any]) -> Response:
    """Take the case over."""
    with transaction() as (session, actor):
        operations.accept_transfer(session, actor, case_id, transfer_id, expected=expected_version(), **body)
        return answer_fact(session, actor, TransferSchema, case_id, fact(session, Transfer, case_id, transfer_id))


@transfers.operation(
    "POST", "/cases/<uuid:case_id>/transfers/<uuid:transfer_id>/refusal", "refuseTransfer", body=RefusedTransferSchema,
    answer=TransferSchema, if_match=True,
)  # fmt: skip
def refuse_transfer(case_id: UUID, transfer_id: UUID, body: dict[str, Any]) -> Response:
    """Turn the offer down."""
    with transaction() as (session, actor):
        receipt = sight_of(session, actor, case_id)  # before: who refuses loses sight of the case by it
        require(actor, "cases:read")
        refused = operations.refuse_transfer(session, actor, case_id, transfer_id, expected=expected_version(), **body)
        return answer(TransferSchema, refused, shown=receipt)


@transfers.operation(
    "POST", "/cases/<uuid:case_id>/transfers/<uuid:transfer_id>/withdrawal", "withdrawTransfer",
    body=RefusedTransferSchema, answer=TransferSchema, if_match=True,
)  # fmt: skip
def withdraw_transfer(case_id: UUID, transfer_id: UUID, body: dict[str, Any]) -> Response:
    """Take the offer back."""
    with transaction() as (session, actor):
        operations.withdraw_transfer(session, actor, case_id, transfer_id, expected=expected_version(), **body)
        return answer_fact(session, actor, TransferSchema, case_id, fact(session, Transfer, case_id, transfer_id))
