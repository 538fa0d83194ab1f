"""What awaits somebody, put together from a few statements: terms that run out, and acts that others wait for."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from service.actor import Actor
from service.cases.projects.rules import demanded
from service.errors import Conflict
from service.types import today
from service.web.paging import cursor_after, id_in_cursor
from service.worklist import queries
from service.worklist.deadlines import Due, case_deadlines
from service.worklist.queries import Followed, Offer, OpenVersion
from service.worklist.rules import JUDGES, Item, act_that_reaches, lack_of
from service.worklist.sources import Fact, facts_of

SCOPE = "worklist"


def items(session: Session, actor: Actor) -> list[Item]:
    """All that awaits the actor today, the most urgent first, within what they may see."""
    on = today()
    cases = queries.followed_cases(session, actor, on)
    facts = facts_of(session, [case.id for case in cases])
    answered_for = {case.id: case for case in cases if case.is_answered_for}
    found = [
        *(item for case in answered_for.values() for item in _terms(case, facts[case.id], on)),
        *(item for case in cases for item in _arrivals(actor, case, facts[case.id])),
        *(_offered(offer) for offer in queries.offers(session, actor) if "cases:transfer" in actor.permissions),
        *_versions(
            actor, {case.id: case for case in cases}, queries.open_versions(session, [case.id for case in cases]), on
        ),
        *_judgements(actor, answered_for.values(), facts, queries.final_judges(session, list(answered_for))),
    ]
    return sorted(found, key=lambda item: item.key)


def page_of_items(
    session: Session, actor: Actor, *, limit: int, cursor: str | None, kind: str | None, is_late: bool | None
) -> dict[str, Any]:
    """A page of the same: `items` and `next_cursor`."""
    after = id_in_cursor(cursor, SCOPE) if cursor is not None else None
    wanted = [
        item
        for item in items(session, actor)
        if kind in (None, item.kind) and is_late in (None, item.is_late) and (after is None or item.key > after)
    ]
    goes_on = len(wanted) > limit
    return {"items": wanted[:limit], "next_cursor": cursor_after(wanted[limit - 1].key, SCOPE) if goes_on else None}


def own_deadlines(session: Session, actor: Actor) -> list[Due]:
    """Every term that still runs, or has passed undone, of the cases that the actor answers for."""
    on = today()
    cases = [case for case in queries.followed_cases(session, actor, on) if case.is_answered_for]
    facts = facts_of(session, [case.id for case in cases])
    return [
        due
        for case in cases
        for due in case_deadlines(case, facts[case.id], on)
        if due.is_pending and due.deadline.effect != "none"
    ]


def _terms(case: Followed, facts: Sequence[Fact], on: date) -> Iterator[Item]:
    for due in case_deadlines(case, facts, on):
        found = due.deadline
        if due.is_pending and (found.is_due_soon or found.status == "late"):
            yield Item(kind="deadline", case_id=case.id, person_id=case.person_id, programme=case.programme.code,
                       source_id=found.anchor_id, since=found.anchored_on, member_id=due.member_id, deadline=found,
                       next_act=act_that_reaches(case.programme, due.clock.met_by))  # fmt: skip


def _arrivals(actor: Actor, case: Followed, facts: Sequence[Fact]) -> Iterator[Item]:
    """A case that nobody has accepted yet, or that nobody manages."""
    if _may(actor, case, "accept", "cases:accept"):
        yield _item(case, "case_to_accept", "accept", _last_day(facts, "referred"))
    elif case.is_directed and not case.has_manager and _may(actor, case, "assign", "cases:assign"):
        yield _item(case, "case_to_assign", "assign", _last_day(facts, "taken_in_charge", "referred"))


def _offered(offer: Offer) -> Item:
    return Item(kind="transfer_to_answer", case_id=offer.case_id, person_id=offer.person_id, programme=offer.programme,
                source_id=offer.id, since=offer.offered_on, next_act="transfer")  # fmt: skip


def _versions(
    actor: Actor, cases: Mapping[UUID, Followed], versions: Sequence[OpenVersion], on: date
) -> Iterator[Item]:
    """Drafts that may be approved today, by another than who wrote in them; drafts that lack something, for who did;
    approved versions that not all have signed."""
    for version in versions:
        case = cases[version.case_id]
        if version.is_draft:
            yield from _drafted(actor, case, version, on)
        elif case.is_answered_for and _may(actor, case, "sign", "projects:sign"):
            rules = case.programme.project
            signings = demanded(rules.signers, version.members - {case.person_id})
            missing = tuple(dict.fromkeys(signer for signer, who in signings if (signer, who) not in version.signed))
            yield _item(case, "signatures_missing", "sign", version.since, version.id, missing)


def _drafted(actor: Actor, case: Followed, version: OpenVersion, on: date) -> Iterator[Item]:
    is_writer = actor.user_id in version.writers
    lack = lack_of(version.content, case.programme.project, on)
    if lack is None:
        if not is_writer and case.has_manager and case.is_directed and _may(actor, case, "approve", "projects:approve"):
            yield _item(case, "project_to_approve", "approve", version.since, version.id)
    elif is_writer and "projects:draft" in actor.permissions and not case.is_closed:
        yield _item(case, "draft_to_complete", None, version.since, version.id, (lack.code,), lack)


def _judgements(
    actor: Actor, cases: Any, facts: dict[UUID, list[Fact]], judged: dict[UUID, set[str]]
) -> Iterator[Item]:
    """Cases under way of which one side, or both, have not given their final judgement."""
    for case in cases:
        missing = tuple(judge for judge in JUDGES if judge not in judged.get(case.id, set()))
        if missing and _may(actor, case, "evaluate", "outcomes:record"):
            since = _last_day(facts[case.id], "started", "signed", "taken_in_charge")
            yield _item(case, "evaluations_missing", "evaluate", since, missing=missing)


def _may(actor: Actor, case: Followed, act: str, permission: str) -> bool:
    allowed = permission in actor.permissions and not case.is_closed
    return allowed and case.programme.may(act, case.stage, actor.role_names)


def _last_day(facts: Sequence[Fact], *names: str) -> date | None:
    """The day of the last fact of the first of these names that there is."""
    for name in names:
        days = [fact.arrived_on for fact in facts if fact.name == name]
        if days:
            return days[-1]
    return None


def _item(
    case: Followed,
    kind: str,
    act: str | None,
    since: date | None,
    source_id: UUID | None = None,
    missing: tuple[str, ...] = (),
    lack: Conflict | None = None,
) -> Item:
    return Item(kind=kind, case_id=case.id, person_id=case.person_id, programme=case.programme.code,
                source_id=source_id or case.id, since=since, next_act=act, missing=missing, lack=lack)  # fmt: skip
