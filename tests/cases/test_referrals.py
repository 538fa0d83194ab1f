"""How a case begins: from a referral whose days are in order, in a service of one's own."""

from typing import Any

import pytest

from tests.world import World, days_after, ok, refused


def open_case(world: World, by: str = "social_worker", referral: dict[str, Any] | None = None, **values: Any) -> Any:
    """The answer to the request to open a case."""
    full = {"channel": "ospedale", "happened_on": "2023-01-05", "arrived_on": "2023-01-10", **(referral or {})}
    body = {"programme": "PAIS", "person_id": None, "service_id": world.service, "referral": full, **values}
    body["person_id"] = body["person_id"] or world.person()["id"]
    return world.as_(by).post("/cases", body)


def told(answer: Any) -> list[tuple[str, str]]:
    """Places and codes of what is wrong."""
    refused(answer, 422, "request_is_invalid")
    return [(error["pointer"], error["code"]) for error in answer.get_json()["errors"]]


def test_a_case_keeps_both_days_of_its_referral(world: World) -> None:
    answer = open_case(world, referral={"need": "Senza casa", "reason_code": None, "from_organisation_id": world.asst})
    case = ok(answer)
    assert case["referral"] == {"channel": "ospedale", "happened_on": "2023-01-05", "arrived_on": "2023-01-10",
                                "need": "Senza casa", "reason_code": None, "from_organisation_id": world.asst}  # fmt: skip
    assert (case["stage"], case["is_closed"], case["outcome"], case["version"]) == ("nuovo", False, None, 1)
    assert answer.headers["ETag"] == '"1"'
    path = ok(world.as_("social_worker").get(f"/cases/{case['id']}/milestones"))["items"]
    assert [(step["kind"], step["occurred_on"]) for step in path] == [("referred", "2023-01-10")]
    team = ok(world.as_("social_worker").get(f"/cases/{case['id']}/team"))["items"]
    assert [one["user_id"] for one in team] == [str(world.as_("social_worker").user_id)]


@pytest.mark.parametrize(("referral", "pointer", "code"), [
    ({"happened_on": "2023-01-11"}, "#/referral/arrived_on", "date_is_before_start"),
    ({"arrived_on": "2999-01-01"}, "#/referral/arrived_on", "date_is_in_the_future"),
    ({"arrived_on": None}, "#/referral/arrived_on", "field_is_null"),
    ({"channel": "piccione"}, "#/referral/channel", "value_is_unknown"),
    ({"need": ""}, "#/referral/need", "length_out_of_range"),
    ({"sender": "x"}, "#/referral/sender", "field_is_unknown"),
])  # fmt: skip
def test_a_wrong_referral_is_named(world: World, referral: dict[str, Any], pointer: str, code: str) -> None:
    person = world.person()["id"]
    assert told(open_case(world, referral=referral, person_id=person)) == [(pointer, code)]
    assert ok(world.as_("coordinator").get(f"/cases?person_id={person}"))["items"] == []


def test_a_referral_may_arrive_the_day_it_happens_and_today(world: World) -> None:
    today = world.seen("SELECT (now() AT TIME ZONE 'Europe/Rome')::date::text")[0][0]
    assert ok(open_case(world, referral={"happened_on": today, "arrived_on": today}))["referral"]["arrived_on"] == today
    tomorrow = days_after(today, 1)
    answer = open_case(world, referral={"happened_on": today, "arrived_on": tomorrow})
    assert told(answer) == [("#/referral/arrived_on", "date_is_in_the_future")]


def test_one_opens_cases_only_in_a_service_of_ones_own(world: World) -> None:
    refused(open_case(world, service_id=world.other_service), 403, "organisation_is_not_yours")
    refused(open_case(world, by="team_member"), 403, "permission_is_missing")


def test_a_person_may_have_many_cases(world: World) -> None:
    person = world.person()["id"]
    first, second = (ok(open_case(world, person_id=person, programme=programme)) for programme in ("PAIS", "SIL"))
    listed = ok(world.as_("coordinator").get(f"/cases?person_id={person}"))["items"]
    assert [case["id"] for case in listed] == [second["id"], first["id"]]


@pytest.mark.parametrize(("act", "on", "code"), [
    ("taking-in-charge", "2023-01-09", "date_is_before_last_step"),
    ("taking-in-charge", "2999-01-01", "date_is_in_the_future"),
])  # fmt: skip
def test_no_step_comes_before_the_referral_or_after_today(world: World, act: str, on: str, code: str) -> None:
    case = world.open()
    answer = world.as_("social_worker").post(f"/cases/{case.id}/{act}", {"occurred_on": on}, version=case.version)
    assert told(answer) == [("#/occurred_on", code)]
