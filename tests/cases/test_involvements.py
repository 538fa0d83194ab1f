"""Involvements of bodies and of the family: declared with evidence, withdrawn with a reason."""

from typing import Any

import pytest
from sqlalchemy import text

from tests.cases.minutes import closed, told, write
from tests.fences.test_sight import as_runtime
from tests.world import Opened, World, ok, refused

NOBODY = "0190f000-0000-7000-8000-000000000000"
KINDS = ("body", "family")


@pytest.fixture
def case(world: World) -> Opened:
    """A case in charge."""
    return world.in_charge()


def declaration(world: World, who: str, **values: Any) -> dict[str, Any]:
    """An involvement to declare."""
    shown = {"occurred_on": "2023-01-20", "evidence": "Lettera agli atti", "meeting_id": None}
    body = {"organisation_id": world.cooperative, "component": "private_social", "phase": "planning"}
    return {**(body if who == "body" else {"kind": "involved", "is_possible": True}), **shown, **values}


def declare(world: World, case: Opened, who: str, **values: Any) -> Any:
    """The answer to a declaration."""
    return world.as_("social_worker").post(f"/cases/{case.id}/{who}-involvements", declaration(world, who, **values))


def live(world: World, case: Opened, who: str) -> list[Any]:
    """The live ones."""
    return list(ok(world.as_("coordinator").get(f"/cases/{case.id}/{who}-involvements"))["items"])


@pytest.mark.parametrize("who", KINDS)
def test_an_involvement_is_kept_as_declared(world: World, case: Opened, who: str) -> None:
    meeting = closed(world, case)
    answer = declare(world, case, who, meeting_id=meeting["id"])
    made = ok(answer)
    given = declaration(world, who, meeting_id=meeting["id"])
    assert {name: made[name] for name in given} == given
    assert live(world, case, who) == [made]
    assert ok(world.as_("coordinator").get(answer.headers["Location"].removeprefix("/v1"))) == made


@pytest.mark.parametrize("who", KINDS)
def test_one_declared_by_mistake_stays_with_the_reason(world: World, case: Opened, who: str) -> None:
    made = ok(declare(world, case, who))
    path = f"/cases/{case.id}/{who}-involvements/{made['id']}"
    ok(world.as_("social_worker").post(f"{path}/withdrawal", {"reason": "Altro caso"}))
    assert live(world, case, who) == []
    assert ok(world.as_("social_worker").get(path))["id"] == made["id"]
    refused(world.as_("social_worker").post(f"{path}/withdrawal", {"reason": "Due volte"}), 409, "fact_is_superseded")
    [row] = world.seen(f"SELECT * FROM cases.{who}_involvements WHERE id = :id", id=made["id"])
    assert (row.supersede_reason, row.superseded_by) == ("Altro caso", world.as_("social_worker").user_id)


@pytest.mark.parametrize(("who", "values", "pointer", "code"), [
    *((who, {"occurred_on": "2023-01-09"}, "#/occurred_on", "date_is_before_referral") for who in KINDS),
    *((who, {"occurred_on": "2999-01-01"}, "#/occurred_on", "date_is_in_the_future") for who in KINDS),
    *((who, {"meeting_id": NOBODY}, "#/meeting_id", "fact_is_unknown") for who in KINDS),
    *((who, {"evidence": " "}, "#/evidence", "length_out_of_range") for who in KINDS),
    ("body", {"organisation_id": NOBODY}, "#/organisation_id", "reference_is_unknown"),
    ("body", {"phase": "discharge"}, "#/phase", "value_is_unknown"),
    ("body", {"component": "medical"}, "#/component", "value_is_unknown"),
    ("family", {"kind": None}, "#/kind", "kind_goes_with_possible"),
    ("family", {"is_possible": False}, "#/kind", "kind_goes_with_possible"),
])  # fmt: skip
def test_a_wrong_declaration_is_refused(
    world: World, case: Opened, who: str, values: dict[str, Any], pointer: str, code: str
) -> None:
    assert told(declare(world, case, who, **values)) == [(pointer, code)]
    assert live(world, case, who) == []


def test_a_family_that_can_not_be_involved_is_told_without_a_kind(world: World, case: Opened) -> None:
    made = ok(declare(world, case, "family", is_possible=False, kind=None))
    assert (made["is_possible"], made["kind"]) == (False, None)


def test_the_meeting_that_shows_it_is_a_live_one_of_the_same_case(world: World, case: Opened) -> None:
    elsewhere = closed(world, world.in_charge())
    withdrawn = ok(write(world, case))
    ok(world.as_("social_worker").post(f"/cases/{case.id}/meetings/{withdrawn['id']}/withdrawal", {"reason": "Errore"}))
    for meeting in (elsewhere, withdrawn):
        answer = declare(world, case, "body", meeting_id=meeting["id"])
        assert told(answer) == [("#/meeting_id", "fact_is_unknown")]


@pytest.mark.parametrize("who", KINDS)
def test_a_case_not_yet_in_charge_or_closed_takes_none(world: World, who: str) -> None:
    refused(declare(world, world.open(), who), 409, "act_is_not_allowed_now")
    case = world.started()
    made = ok(declare(world, case, who))
    world.close(case)
    refused(declare(world, case, who), 409, "case_is_closed")
    path = f"/cases/{case.id}/{who}-involvements/{made['id']}/withdrawal"
    ok(world.as_("social_worker").post(path, {"reason": "Errore"}))


@pytest.mark.parametrize("who", KINDS)
def test_involvements_of_other_cases_do_not_exist_by_sql_either(world: World, case: Opened, who: str) -> None:
    made, stranger = ok(declare(world, case, who)), world.user("coordinator", at=world.other_service)
    refused(stranger.get(f"/cases/{case.id}/{who}-involvements/{made['id']}"), 404, "fact_is_unknown")
    with as_runtime(world.urls, stranger.user_id) as connection:
        assert connection.scalar(text(f"SELECT count(*) FROM cases.{who}_involvements")) == 0
