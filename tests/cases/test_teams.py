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
    [error] = refused(answer, 422, "request_is_invalid")["errors"]
    assert (error["pointer"], error["code"]) == ("#/occurred_on", "date_is_before_last_step")


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


# Members without an account.


def guest(**values: Any) -> dict[str, Any]:
    """A member by name to ask for."""
    return {"full_name": "Ida Inventati", "function": "Medico di base", "role": "general_practitioner",
            "component": "clinical", "from_on": "2023-01-14", **values}  # fmt: skip


def test_a_member_without_an_account_counts_on_the_team_and_sees_nothing(world: World) -> None:
    case, coordinator = world.in_charge(), world.as_("coordinator")
    before = world.seen("SELECT count(*) AS number FROM access.grounds WHERE case_id = :case", case=case.id)
    made = ok(coordinator.post(f"/cases/{case.id}/team", guest(organisation_id=world.asst)))
    assert (made["user_id"], made["person_id"], made["full_name"]) == (None, None, "Ida Inventati")
    assert made in ok(coordinator.get(f"/cases/{case.id}/team"))["items"]
    assert world.seen("SELECT count(*) AS number FROM access.grounds WHERE case_id = :case", case=case.id) == before
    assert ok(leave(world, case, made["id"]))["to_on"] == "2023-02-01"


def test_the_beneficiary_and_a_relative_are_members_as_registered_persons(world: World) -> None:
    """Whoever is shown the team is shown them: the log names both."""
    case, coordinator, relative = world.in_charge(), world.as_("coordinator"), world.person()["id"]
    for person, role, component in ((case.person_id, "beneficiary", "person"), (relative, "relative", "family")):
        body = {"person_id": person, "role": role, "component": component, "from_on": "2023-01-14"}
        made = ok(coordinator.post(f"/cases/{case.id}/team", body))
        assert (made["person_id"], made["user_id"], made["full_name"]) == (person, None, None)
        refused(
            coordinator.post(f"/cases/{case.id}/team", body | {"from_on": "2023-02-01"}), 409, "person_is_on_the_team"
        )
    ok(coordinator.get(f"/cases/{case.id}/team"))
    for action, outcome in (("team:join", "done"), ("team:show", "shown")):
        event = world.events(action=action, outcome=outcome, case_id=case.id)[-1]
        named = world.seen("SELECT person_id FROM audit.event_people WHERE event_id = :event", event=event.id)
        assert {str(row.person_id) for row in named} == {case.person_id, relative}
    assert (
        world.seen("SELECT FROM access.grounds WHERE person_id = :person AND case_id IS NOT NULL", person=relative)
        == []
    )


def test_a_person_out_of_sight_does_not_join(world: World) -> None:
    case, neighbour = world.in_charge(), world.user("social_worker", at=world.other_service)
    hidden = world.person(neighbour, registered_by=world.other_service)["id"]
    for person in (hidden, "0190f000-0000-7000-8000-000000000000"):
        body = {"person_id": person, "role": "relative", "component": "family", "from_on": "2023-01-14"}
        refused(world.as_("coordinator").post(f"/cases/{case.id}/team", body), 404, "person_is_unknown")


@pytest.mark.parametrize(("values", "pointer", "code"), [
    ({"full_name": None, "function": None}, "#", "member_is_named_once"),
    ({"person_id": "0190f000-0000-7000-8000-000000000000"}, "#", "member_is_named_once"),
    ({"function": None}, "#/function", "function_goes_with_name"),
    ({"user_id": "0190f000-0000-7000-8000-000000000000", "full_name": None}, "#/function", "function_goes_with_name"),
    ({"user_id": "0190f000-0000-7000-8000-000000000000", "full_name": None, "function": None}, "#/organisation_id",
     "field_is_missing"),
])  # fmt: skip
def test_a_member_is_named_in_one_way(world: World, values: dict[str, Any], pointer: str, code: str) -> None:
    case = world.in_charge()
    body = {name: value for name, value in guest(**values).items() if value is not None}
    assert told(world.as_("coordinator").post(f"/cases/{case.id}/team", body)) == [(pointer, code)]


def test_a_member_without_an_account_completes_the_team_that_the_programme_demands(world: World) -> None:
    case = world.drafted("DOPO_DI_NOI")
    coordinator = world.as_("coordinator")
    team = ok(coordinator.get(f"/cases/{case.id}/team"))["items"]
    clinical = next(one for one in team if one["component"] == "clinical")
    ok(leave(world, case, clinical["id"], "2023-01-28"))
    approval = f"/cases/{case.id}/projects/1/approval"
    refused(coordinator.post(approval, {"approved_on": "2023-01-30"}, version=1), 409, "team_is_incomplete")
    ok(coordinator.post(f"/cases/{case.id}/team", guest(from_on="2023-01-28")))
    assert ok(coordinator.post(approval, {"approved_on": "2023-01-30"}, version=1))["status"] == "approved"


# Memberships recorded by mistake.


def withdraw(world: World, case: Opened, member_id: str, by: Client | None = None) -> Any:
    """The answer to the request to withdraw."""
    path = f"/cases/{case.id}/team/{member_id}/withdrawal"
    return (by or world.as_("coordinator")).post(path, {"reason": "Omonimia"})


def test_a_member_recorded_by_mistake_is_gone_at_once_and_the_row_stays(world: World) -> None:
    case, user = world.in_charge(), world.user("team_member")
    joined = ok(join(world, case, user))
    ok(user.get(f"/cases/{case.id}"))
    ok(withdraw(world, case, joined["id"]))
    refused(user.get(f"/cases/{case.id}"), 404, "case_is_unknown")
    coordinator = world.as_("coordinator")
    assert joined["id"] not in [one["id"] for one in ok(coordinator.get(f"/cases/{case.id}/team"))["items"]]
    assert ok(coordinator.get(f"/cases/{case.id}/team/{joined['id']}"))["from_on"] == "2023-01-14"
    [row] = world.seen("SELECT * FROM cases.team_members WHERE id = :id", id=joined["id"])
    assert (row.supersede_reason, row.superseded_by) == ("Omonimia", coordinator.user_id)
    for answer in (withdraw(world, case, joined["id"]), leave(world, case, joined["id"])):
        refused(answer, 409, "fact_is_superseded")
    ok(join(world, case, user))  # in the very same period: the mistake counts for nothing
    ok(user.get(f"/cases/{case.id}"))


def test_a_mistake_is_withdrawn_by_who_answers_for_the_case(world: World) -> None:
    case, guest_manager = world.in_charge(), world.user("case_manager")
    joined = ok(join(world, case, guest_manager))
    refused(withdraw(world, case, joined["id"], guest_manager), 403, "case_is_managed_by_another")
    refused(withdraw(world, case, joined["id"], world.as_("social_worker")), 403, "permission_is_missing")
    refused(withdraw(world, case, case.id), 404, "fact_is_unknown")
    ok(withdraw(world, case, joined["id"], world.as_("case_manager")))


def test_a_manager_named_by_mistake_is_followed_by_another_from_the_same_day(world: World) -> None:
    case, right = world.in_charge(), world.user("case_manager")
    manager = world.as_("case_manager")
    mine = next(one for one in ok(manager.get(f"/cases/{case.id}/team"))["items"] if one["role"] == "case_manager")
    ok(withdraw(world, case, mine["id"], manager))
    refused(manager.get(f"/cases/{case.id}"), 404, "case_is_unknown")
    world.act(case, "assignment", {"user_id": str(right.user_id), "occurred_on": "2023-01-13"}, "coordinator")
    ok(right.get(f"/cases/{case.id}"))


def test_operators_on_the_team_are_told_by_name_and_others_have_none(world: World) -> None:
    case, director = world.in_charge(), world.as_("coordinator")
    neighbour = {"full_name": "Vicina Inventata", "function": "Vicina di casa", "role": "volunteer",
                 "component": "private_social", "from_on": "2023-01-20"}  # fmt: skip
    made = ok(director.post(f"/cases/{case.id}/team", neighbour))
    manager = ok(director.get(f"/users/{world.as_('case_manager').user_id}"))
    told = {one["id"]: one for one in ok(world.as_("social_worker").get(f"/cases/{case.id}/team"))["items"]}
    assert made["display_name"] is told[made["id"]]["display_name"] is None
    [managing] = [one for one in told.values() if one["role"] == "case_manager"]
    assert managing["display_name"] == manager["display_name"]
    educator = world.user("team_member")
    joins = {"user_id": str(educator.user_id), "organisation_id": world.service, "role": "educator",
             "component": "private_social", "from_on": "2023-01-20"}  # fmt: skip
    joined = ok(director.post(f"/cases/{case.id}/team", joins))
    assert joined["display_name"] == ok(director.get(f"/users/{educator.user_id}"))["display_name"]
