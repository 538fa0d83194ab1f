"""Judgements on a scale, exits from the family unit, and what a closed case still allows."""

from typing import Any

import pytest

from service.types import new_id
from tests.cases.acts import attempt
from tests.cases.shipped import ACTS
from tests.world import Opened, World, ok, refused, together


def told(answer: Any) -> list[tuple[str, str]]:
    """Places and codes of what is wrong."""
    refused(answer, 422, "request_is_invalid")
    return [(error["pointer"], error["code"]) for error in answer.get_json()["errors"]]


def judge(world: World, case: Opened, value: int, **values: Any) -> Any:
    """The answer to a judgement."""
    body = {"judge": "operators", "scale": "likert_5", "value": value, "occurred_on": "2023-06-01", **values}
    return world.as_("case_manager").post(f"/cases/{case.id}/evaluations", body)


def exit_family(world: World, case: Opened, **values: Any) -> Any:
    """The answer to an exit from the family unit."""
    body = {"occurred_on": "2023-06-01", "destination": "cohousing", **values}
    return world.as_("case_manager").post(f"/cases/{case.id}/family-exits", body)


def withdraw(world: World, case: Opened, exit_id: str, by: str = "case_manager") -> Any:
    """The answer to its withdrawal."""
    return world.as_(by).post(f"/cases/{case.id}/family-exits/{exit_id}/withdrawal", {"reason": "Era un altro caso"})


def test_a_judgement_stays_within_its_scale(world: World) -> None:
    case = world.started()
    for value in (0, 6, 1000):
        assert told(judge(world, case, value)) == [("#/value", "number_out_of_range")]
    assert "1" in judge(world, case, 6).get_json()["errors"][0]["detail"]
    for value in (1, 5):
        assert ok(judge(world, case, value))["value"] == value
    assert told(judge(world, case, 3, scale="pagella")) == [("#/scale", "scale_is_unknown")]


def test_a_judgement_is_of_a_known_judge_on_a_known_day(world: World) -> None:
    case = world.started()
    assert told(judge(world, case, 3, judge="parenti")) == [("#/judge", "value_is_unknown")]
    assert told(judge(world, case, 3, occurred_on="2023-01-09")) == [("#/occurred_on", "date_is_before_referral")]
    assert told(judge(world, case, 3, occurred_on="2999-01-01")) == [("#/occurred_on", "date_is_in_the_future")]


def test_a_judgement_of_a_pathway_is_of_one_of_this_case(world: World) -> None:
    case, other = world.started(), world.started()
    pathways = [
        ok(world.as_("case_manager").post(f"/cases/{one.id}/pathways", {"kind": "formativo", "from_on": "2023-02-11"}))[
            "id"
        ]
        for one in (case, other)
    ]
    assert ok(judge(world, case, 4, pathway_id=pathways[0]))["pathway_id"] == pathways[0]
    assert told(judge(world, case, 4, pathway_id=pathways[1])) == [("#/pathway_id", "fact_is_unknown")]
    path = ok(world.as_("coordinator").get(f"/cases/{case.id}/milestones"))["items"]
    assert "evaluated" not in [step["kind"] for step in path]  # the project itself was not judged


def test_judgements_are_listed_the_last_day_first(world: World) -> None:
    case = world.started()
    for day in ("2023-06-01", "2023-08-01", "2023-07-01"):
        ok(judge(world, case, 4, occurred_on=day))
    listed = ok(world.as_("coordinator").get(f"/cases/{case.id}/evaluations"))["items"]
    assert [one["occurred_on"] for one in listed] == ["2023-08-01", "2023-07-01", "2023-06-01"]


def test_an_exit_from_the_family_is_kept_and_may_be_withdrawn_once(world: World) -> None:
    """D2-IMP-1 of the plan counts who "esce dal nucleo familiare": a mistake must be taken back without losing it."""
    case = world.started()
    left = ok(exit_family(world, case, is_temporary=True, returned_on="2023-07-01"))
    assert (left["is_temporary"], left["returned_on"], left["superseded_at"]) == (True, "2023-07-01", None)
    withdrawn = ok(withdraw(world, case, left["id"]))
    assert withdrawn["superseded_at"] is not None
    assert ok(world.as_("coordinator").get(f"/cases/{case.id}/family-exits"))["items"] == []
    assert ok(world.as_("coordinator").get(f"/cases/{case.id}/family-exits/{left['id']}")) == withdrawn
    kept = world.seen("SELECT supersede_reason, superseded_by FROM cases.family_exits WHERE id = :id", id=left["id"])[0]
    assert tuple(kept) == ("Era un altro caso", world.as_("case_manager").user_id)
    refused(withdraw(world, case, left["id"]), 409, "fact_is_superseded")
    refused(withdraw(world, case, case.id), 404, "fact_is_unknown")


def test_of_two_withdrawals_at_once_one_is_made(world: World) -> None:
    case = world.started()
    left = ok(exit_family(world, case))
    manager, path = world.as_("case_manager"), f"/cases/{case.id}/family-exits/{left['id']}/withdrawal"
    answers = together(*[lambda: manager.again().post(path, {"reason": "Errore"})] * 3)
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]


@pytest.mark.parametrize(("values", "pointer", "code"), [
    ({"returned_on": "2023-05-31"}, "#/returned_on", "date_is_before_last_step"),
    ({"returned_on": "2999-01-01"}, "#/returned_on", "date_is_in_the_future"),
    ({"occurred_on": "2023-01-09"}, "#/occurred_on", "date_is_before_referral"),
    ({"destination": "luna"}, "#/destination", "value_is_unknown"),
])  # fmt: skip
def test_a_wrong_exit_is_named(world: World, values: dict[str, Any], pointer: str, code: str) -> None:
    assert told(exit_family(world, world.in_charge(), **values)) == [(pointer, code)]


def test_a_closed_case_refuses_all_but_reading_and_taking_back_mistakes(world: World) -> None:
    case = world.started()
    left = ok(exit_family(world, case))
    world.close(case)
    closed = ok(world.as_("coordinator").get(f"/cases/{case.id}"))
    for act in ACTS:
        answer = attempt(world, case, act, world.as_("coordinator"), "2023-12-02", programme="PAIS",
                         manager=world.as_("case_manager"), outcome="decesso")  # fmt: skip
        refused(answer, 409, "case_is_closed")
    member = {"user_id": str(world.as_("team_member").user_id), "organisation_id": world.service, "role": "other",
              "component": "work", "from_on": "2023-12-02"}  # fmt: skip
    line = {
        "resource_kind": "human",
        "source": "family",
        "description": "Zia",
        "cost": {"amount": "1.00", "currency": "EUR"},
    }
    rooms = {
        "team": member, "family-exits": {"occurred_on": "2023-12-02", "destination": "altro"}, "budget/lines": line,
        "pathways": {"kind": "formativo", "from_on": "2023-12-02"},
        "budget/participations": {"who": "person", "built": True, "occurred_on": "2023-12-02"},
    }  # fmt: skip
    for room, body in rooms.items():
        refused(world.as_("case_manager").post(f"/cases/{case.id}/{room}", body, key=room) if room != "team" else
                world.as_("coordinator").post(f"/cases/{case.id}/team", body), 409, "case_is_closed")  # fmt: skip
        ok(world.as_("coordinator").get(f"/cases/{case.id}/{room}"))
    refused(
        world.as_("social_worker").patch(f"/cases/{case.id}/projects/1", {"goals": []}, version=4),
        409,
        "case_is_closed",
    )
    assert ok(world.as_("coordinator").get(f"/cases/{case.id}")) == closed
    ok(withdraw(world, case, left["id"]))


@pytest.mark.parametrize(("outcome", "milestone"), [
    ("obiettivi_raggiunti", "concluded"), ("fine_beneficio", "concluded"), ("irreperibile", "abandoned"),
])  # fmt: skip
def test_the_outcome_says_whether_a_case_was_concluded_or_abandoned(world: World, outcome: str, milestone: str) -> None:
    case = world.started()
    assert world.close(case, outcome)["outcome"] == outcome
    path = ok(world.as_("coordinator").get(f"/cases/{case.id}/milestones"))["items"]
    assert path[-1]["kind"] == milestone
    assert path[-1]["stage"] == "chiuso"


def test_a_case_that_never_was_one_closes_without_a_milestone(world: World) -> None:
    case = world.open("DOPO_DI_NOI")
    world.act(case, "closure", {"occurred_on": "2023-01-12", "outcome": "non_ammesso"}, "coordinator")
    path = ok(world.as_("coordinator").get(f"/cases/{case.id}/milestones"))["items"]
    assert [step["kind"] for step in path] == ["referred"]


def test_a_case_is_started_and_closed_by_its_manager_or_a_coordinator_of_its_service(world: World) -> None:
    case, other = world.signed(), world.user("case_manager", "coordinator", at=world.other_service)
    member = {"user_id": str(other.user_id), "organisation_id": world.other_service, "role": "educator",
              "component": "work", "from_on": "2023-01-14"}  # fmt: skip
    ok(world.as_("coordinator").post(f"/cases/{case.id}/team", member))
    goals = [{"goal_id": goal, "status": "dropped"} for goal in world.open_goals(case)]
    started = {"occurred_on": "2023-02-10"}
    closed = {"occurred_on": "2023-02-10", "outcome": "decesso", "goal_outcomes": goals}
    for by in (world.as_("social_worker"), other):
        refused(by.post(f"/cases/{case.id}/start", started, version=case.version), 403, "case_is_managed_by_another")
    refused(other.post(f"/cases/{case.id}/closure", closed, version=case.version), 403, "case_is_managed_by_another")
    answer = world.as_("social_worker").post(f"/cases/{case.id}/closure", closed, version=case.version)
    refused(answer, 403, "permission_is_missing")
    world.act(case, "start", started, "coordinator")
    world.act(case, "closure", closed, "case_manager")


def test_a_case_closes_with_an_outcome_for_each_goal(world: World) -> None:
    goals = [
        {"life_domain": "lavoro", "wording": wording, "in_first_person": "Voglio"}
        for wording in ("Trovare un lavoro", "Tenerlo", "Imparare")
    ]
    case, manager = world.started(goals=goals), world.as_("case_manager")
    told, *open_goals = world.open_goals(case)
    outcome = {"goal_id": told, "status": "reached", "occurred_on": "2023-06-01"}
    ok(manager.post(f"/cases/{case.id}/goal-outcomes", outcome))
    world.refresh(case)
    closure = {"occurred_on": "2023-12-01", "outcome": "obiettivi_raggiunti"}

    def close(*goals: str, status: str = "partly", **values: int) -> Any:
        given = [{"goal_id": goal, "status": status, **values} for goal in goals]
        return manager.post(f"/cases/{case.id}/closure", closure | {"goal_outcomes": given}, version=case.version)

    for answer, pointer, code in (
        (close(), "#/goal_outcomes", "goals_are_without_outcome"),
        (close(open_goals[0]), "#/goal_outcomes", "goals_are_without_outcome"),
        (close(*open_goals, str(new_id())), "#/goal_outcomes/2/goal_id", "goal_is_unknown"),
        (close(*open_goals, gas_level=1), "#/goal_outcomes/0/gas_level", "level_contradicts_status"),
    ):
        error = refused(answer, 422, "request_is_invalid")["errors"][0]
        assert (error["pointer"], error["code"]) == (pointer, code)
    untold = refused(close(open_goals[0]), 422, "request_is_invalid")["errors"][0]["detail"]
    assert untold == "Va detto l'esito di ogni obiettivo del progetto. Manca per: 3 (Imparare)."
    refused(close(told, *open_goals), 409, "goal_has_outcome")
    assert world.open_goals(case) == open_goals  # nothing was half-written
    assert ok(close(*open_goals))["is_closed"]
    found = ok(manager.get(f"/cases/{case.id}/goal-outcomes"))
    assert [one["occurred_on"] for one in found["items"] if one["goal_id"] in open_goals] == ["2023-12-01"] * 2
    assert all(goal["has_outcome"] for goal in found["goals"])


def test_of_a_start_and_a_closure_at_once_one_is_made(world: World) -> None:
    case, manager, coordinator = world.signed(), world.as_("case_manager"), world.as_("coordinator")
    version = case.version
    told = [{"goal_id": goal, "status": "dropped"} for goal in world.open_goals(case)]
    answers = together(
        lambda: manager.again().post(f"/cases/{case.id}/start", {"occurred_on": "2023-02-10"}, version=version),
        lambda: coordinator.again().post(
            f"/cases/{case.id}/closure",
            {"occurred_on": "2023-02-10", "outcome": "irreperibile", "goal_outcomes": told},
            version=version,
        ),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412]
    path = ok(coordinator.get(f"/cases/{case.id}/milestones"))["items"]
    assert [step["kind"] for step in path].count("started") + [step["kind"] for step in path].count("abandoned") == 1
