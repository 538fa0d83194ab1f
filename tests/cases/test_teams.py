"""The équipe: who joins sees the case, who leaves does not, and one manages it."""

from typing import Any

import pytest

from tests.world import Client, Opened, World, ok, refused, together


def member(world: World, user: Client, **values: Any) -> dict[str, Any]:
    """A membership to ask for."""
    return {"user_id": str(user.user_id), "organisation_id": world.service, "role": "educator", "component": "psychological",
            "from_on": "2023-01-14", **values}  # fmt: skip


def join(world: World, case: Opened, user: Client, **values: Any) -> Any:
    """The answer to the request to join."""
    return world.as_("coordinator").post(f"/cases/{case.id}/team", member(world, user, **values))


def leave(world: World, case: Opened, member_id: str, on: str = "2023-02-01", by: Client | None = None) -> Any:
    """The answer to the request to leave."""
    return (by or world.as_("coordinator")).post(f"/cases/{case.id}/team/{member_id}/departure", {"to_on": on})


def told(answer: Any) -> list[tuple[str, str]]:
    """Places and codes of what is wrong."""
    refused(answer, 422, "request_is_invalid")
    return [(error["pointer"], error["code"]) for error in answer.get_json()["errors"]]


def test_who_joins_sees_the_case_and_who_leaves_does_not(world: World) -> None:
    case, user = world.in_charge(), world.user("team_member")
    refused(user.get(f"/cases/{case.id}"), 404, "case_is_unknown")
    joined = ok(join(world, case, user))
    assert ok(user.get(f"/cases/{case.id}"))["id"] == case.id
    assert [one["id"] for one in ok(user.get("/cases"))["items"]] == [case.id]
    ok(user.get(f"/people/{case.person_id}"))
    left = ok(leave(world, case, joined["id"]))
    assert left["to_on"] == "2023-02-01"
    for path in (f"/cases/{case.id}", f"/cases/{case.id}/milestones", f"/cases/{case.id}/team"):
        refused(user.get(path), 404, "case_is_unknown")
    refused(user.get(f"/people/{case.person_id}"), 404, "person_is_unknown")
    assert ok(user.get("/cases"))["items"] == []
    refused(leave(world, case, joined["id"]), 409, "member_has_left")


def test_who_left_may_come_back_later(world: World) -> None:
    case, user = world.in_charge(), world.user("team_member")
    ok(leave(world, case, ok(join(world, case, user))["id"]))
    refused(join(world, case, user, from_on="2023-01-31"), 409, "user_is_on_the_team")
    ok(join(world, case, user, from_on="2023-02-01"))
    ok(user.get(f"/cases/{case.id}"))


def test_nobody_is_on_a_team_twice_with_the_same_role(world: World) -> None:
    case, user = world.in_charge(), world.user("team_member")
    ok(join(world, case, user))
    refused(join(world, case, user, from_on="2023-03-01"), 409, "user_is_on_the_team")
    ok(join(world, case, user, role="psychologist"))


def test_one_leaves_within_ones_own_period(world: World) -> None:
    case = world.in_charge()
    joined = ok(join(world, case, world.user("team_member")))
    for on in ("2023-01-13", "2999-01-01"):
        assert told(leave(world, case, joined["id"], on)) == [("#/to_on", "date_is_out_of_range")]
    refused(leave(world, case, case.id), 404, "member_is_unknown")
    ok(leave(world, case, joined["id"], "2023-01-14"))


@pytest.mark.parametrize(("values", "pointer", "code"), [
    ({"from_on": "2023-01-09"}, "#/from_on", "date_is_before_referral"),
    ({"from_on": "2999-01-01"}, "#/from_on", "date_is_in_the_future"),
    ({"role": "case_manager"}, "#/role", "value_is_unknown"),
    ({"component": "medical"}, "#/component", "value_is_unknown"),
    ({"user_id": "0190f000-0000-7000-8000-000000000000"}, "#/user_id", "user_holds_no_role_there"),
    ({"organisation_id": "0190f000-0000-7000-8000-000000000000"}, "#/user_id", "user_holds_no_role_there"),
])  # fmt: skip
def test_a_wrong_membership_is_refused(world: World, values: dict[str, Any], pointer: str, code: str) -> None:
    case, user = world.in_charge(), world.user("team_member")
    assert told(join(world, case, user, **values)) == [(pointer, code)]
    refused(user.get(f"/cases/{case.id}"), 404, "case_is_unknown")


def test_only_operators_who_work_with_cases_join(world: World) -> None:
    case = world.in_charge()
    for user in (world.user("plan_office"), world.user("team_member", at=world.other_service)):
        assert told(join(world, case, user)) == [("#/user_id", "user_holds_no_role_there")]
    suspended = world.user("team_member")
    world.alter("UPDATE access.users SET is_active = false WHERE id = :id", id=suspended.user_id)
    assert told(join(world, case, suspended)) == [("#/user_id", "user_holds_no_role_there")]


def test_assistenti_sociali_do_not_compose_teams(world: World) -> None:
    case = world.in_charge()
    answer = world.as_("social_worker").post(f"/cases/{case.id}/team", member(world, world.user("team_member")))
    refused(answer, 403, "permission_is_missing")


def test_a_new_case_manager_takes_the_place_of_the_one_before(world: World) -> None:
    case, before, after = world.in_charge(), world.as_("case_manager"), world.user("case_manager")
    ok(before.get(f"/cases/{case.id}"))
    world.act(case, "assignment", {"user_id": str(after.user_id), "occurred_on": "2023-02-01"}, "coordinator")
    refused(before.get(f"/cases/{case.id}"), 404, "case_is_unknown")
    ok(after.get(f"/cases/{case.id}"))
    team = ok(after.get(f"/cases/{case.id}/team"))["items"]
    periods = [(one["user_id"], one["from_on"], one["to_on"]) for one in team if one["role"] == "case_manager"]
    assert periods == [
        (str(before.user_id), "2023-01-13", "2023-02-01"), (str(after.user_id), "2023-02-01", None),
    ]  # fmt: skip


def test_a_case_manager_may_leave_and_then_sees_the_case_no_more(world: World) -> None:
    case, manager = world.in_charge(), world.as_("case_manager")
    team = ok(manager.get(f"/cases/{case.id}/team"))["items"]
    mine = next(one for one in team if one["user_id"] == str(manager.user_id))
    assert ok(leave(world, case, mine["id"], by=manager))["to_on"] == "2023-02-01"
    refused(manager.get(f"/cases/{case.id}"), 404, "case_is_unknown")
    overlapping = {"user_id": str(world.user("case_manager").user_id), "occurred_on": "2023-01-31"}
    world.refresh(case)
    answer = world.as_("coordinator").post(f"/cases/{case.id}/assignment", overlapping, version=case.version)
    refused(answer, 409, "case_has_a_manager")


@pytest.mark.parametrize("role", ["team_member", "social_worker", "coordinator"])
def test_a_case_manager_holds_that_role_in_the_service(world: World, role: str) -> None:
    case, user = world.in_charge(), world.user(role)
    body = {"user_id": str(user.user_id), "occurred_on": "2023-02-01"}
    answer = world.as_("coordinator").post(f"/cases/{case.id}/assignment", body, version=case.version)
    assert told(answer) == [("#/user_id", "user_holds_no_role_there")]
    world.refresh(case)
    ok(world.as_("case_manager").get(f"/cases/{case.id}"))


def test_the_present_manager_is_not_named_again(world: World) -> None:
    case = world.in_charge()
    body = {"user_id": str(world.as_("case_manager").user_id), "occurred_on": "2023-02-01"}
    answer = world.as_("coordinator").post(f"/cases/{case.id}/assignment", body, version=case.version)
    refused(answer, 409, "case_has_this_manager")


def test_the_coordinator_of_another_service_assigns_nothing(world: World) -> None:
    """Seeing the case as a member gives no power over it."""
    case, foreign = world.in_charge(), world.user("coordinator", at=world.other_service)
    ok(join(world, case, foreign, organisation_id=world.other_service))
    body = {"user_id": str(world.user("case_manager").user_id), "occurred_on": "2023-02-01"}
    refused(foreign.post(f"/cases/{case.id}/assignment", body, version=case.version), 403, "organisation_is_not_yours")


def test_of_two_who_join_at_once_each_is_there_once(world: World) -> None:
    case, user = world.in_charge(), world.user("team_member")
    coordinator, body = world.as_("coordinator"), member(world, user)
    answers = together(*[lambda: coordinator.again().post(f"/cases/{case.id}/team", body)] * 4)
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    grounds = world.seen("SELECT * FROM access.grounds WHERE user_id = :user", user=user.user_id)
    assert len(grounds) == 1
