"""Judgements by single operators and of goals, their corrections, and what becomes of goals."""

from typing import Any

import pytest

from service.actor import UserCaller
from service.cases.outcomes.operations import record_goal_outcomes
from service.cases.outcomes.queries import goals_without_outcome
from service.cases.records.operations import locked_case
from service.types import new_id
from tests.cases.test_outcomes import judge, told
from tests.world import Client, Opened, World, ok, refused, together


def operator(world: World, case: Opened, at: str) -> Client:
    """An educator of a body, on the team."""
    user = world.user("team_member", at=at)
    body = {"user_id": str(user.user_id), "organisation_id": at, "role": "educator", "component": "private_social",
            "from_on": "2023-01-14"}  # fmt: skip
    ok(world.as_("coordinator").post(f"/cases/{case.id}/team", body))
    return user


def steps(world: World, case: Opened, kind: str) -> list[str]:
    """The days of the milestones of a kind."""
    path = ok(world.as_("coordinator").get(f"/cases/{case.id}/milestones"))["items"]
    return [step["occurred_on"] for step in path if step["kind"] == kind]


def outcome(world: World, case: Opened, **values: Any) -> Any:
    """The answer to the outcome of a goal."""
    body = {"goal_id": world.goal_of(case), "status": "reached", "occurred_on": "2023-11-01", **values}
    return world.as_("case_manager").post(f"/cases/{case.id}/goal-outcomes", body)


def verdict(world: World, case: Opened) -> Any:
    """How the project is judged."""
    return ok(world.as_("coordinator").get(f"/cases/{case.id}/judgement"))


def test_an_operator_judges_for_a_body_of_their_own_and_nobody_else_changes_it(world: World) -> None:
    case = world.started()
    educator = operator(world, case, world.cooperative)
    body = {"judge": "operator", "judge_body_id": world.cooperative, "scale": "likert_5", "value": 2, "is_final": True,
            "occurred_on": "2023-06-01"}  # fmt: skip
    made = ok(educator.post(f"/cases/{case.id}/evaluations", body))
    assert (made["operator_id"], made["judge_body_id"]) == (str(educator.user_id), world.cooperative)
    assert told(judge(world, case, 5, judge="operator")) == [("#/judge_body_id", "body_goes_with_operator")]
    assert told(judge(world, case, 5, judge_body_id=world.service)) == [("#/judge_body_id", "body_goes_with_operator")]
    foreign = judge(world, case, 5, judge="operator", judge_body_id=world.cooperative)
    assert told(foreign) == [("#/judge_body_id", "organisation_is_not_yours")]
    corrects = {"id": made["id"], "reason": "Non mi piace"}
    mine = judge(world, case, 5, judge="operator", judge_body_id=world.service, corrects=corrects)
    refused(mine, 403, "judgement_is_of_another")
    withdrawal = world.as_("coordinator").post(
        f"/cases/{case.id}/evaluations/{made['id']}/withdrawal", {"reason": "No"}
    )
    refused(withdrawal, 403, "judgement_is_of_another")


def test_the_case_shows_how_both_sides_judge_the_project_and_its_pathways(world: World) -> None:
    case = world.started()
    pathway = ok(
        world.as_("case_manager").post(f"/cases/{case.id}/pathways", {"kind": "formativo", "from_on": "2023-02-11"})
    )
    silent = {"beneficiary": None, "operators": None, "is_positive": False}
    assert verdict(world, case) == {"project": silent, "pathways": [{"pathway_id": pathway["id"], "verdict": silent}]}
    ok(judge(world, case, 5, judge="beneficiary", is_final=True))
    ok(judge(world, case, 2, judge="operator", judge_body_id=world.service, is_final=True))
    assert verdict(world, case)["project"] == {"beneficiary": True, "operators": False, "is_positive": False}
    ok(judge(world, case, 4, is_final=True))
    ok(judge(world, case, 1, is_final=True, pathway_id=pathway["id"]))
    found = verdict(world, case)
    assert found["project"] == {"beneficiary": True, "operators": True, "is_positive": True}
    assert found["pathways"][0]["verdict"] == {"beneficiary": True, "operators": False, "is_positive": False}


def test_a_judgement_of_a_goal_says_nothing_of_the_whole_nor_to_the_figures(world: World) -> None:
    case = world.started()
    goal = world.goal_of(case)
    made = ok(judge(world, case, -1, judge="beneficiary", scale="gas", goal_id=goal, is_final=True))
    assert (made["goal_id"], made["value"]) == (goal, -1)
    assert verdict(world, case)["project"]["beneficiary"] is None
    assert steps(world, case, "evaluated") == []
    assert world.seen("SELECT FROM facts.evaluations WHERE case_id = :case", case=case.id) == []
    other = world.goal_of(world.started())
    assert told(judge(world, case, 1, scale="gas", goal_id=other)) == [("#/goal_id", "goal_is_unknown")]
    both = judge(world, case, 1, scale="gas", goal_id=goal, pathway_id=str(new_id()))
    assert told(both) == [("#/goal_id", "judgement_is_of_one_thing")]


def test_the_judgement_of_one_operator_is_not_that_of_the_operators_to_the_figures(world: World) -> None:
    case = world.started()
    ok(judge(world, case, 5, judge="operator", judge_body_id=world.service, is_final=True))
    [row] = world.seen("SELECT judge, is_positive FROM facts.evaluations WHERE case_id = :case", case=case.id)
    assert tuple(row) == ("operator", True)


def test_a_correction_keeps_what_was_said_and_why_it_was_wrong(world: World) -> None:
    case = world.started()
    wrong = ok(judge(world, case, 2, is_final=True))
    world.close(case)
    corrects = {"id": wrong["id"], "reason": "Era il numero di un altro caso"}
    right = ok(judge(world, case, 4, is_final=True, occurred_on="2023-07-01", corrects=corrects))
    assert [one["id"] for one in ok(world.as_("coordinator").get(f"/cases/{case.id}/evaluations"))["items"]] == [
        right["id"]
    ]
    kept = ok(world.as_("coordinator").get(f"/cases/{case.id}/evaluations/{wrong['id']}"))
    assert (kept["value"], kept["superseded_at"] is not None) == (2, True)
    [row] = world.seen("SELECT supersede_reason FROM cases.evaluations WHERE id = :id", id=wrong["id"])
    assert row.supersede_reason == corrects["reason"]
    assert steps(world, case, "evaluated") == ["2023-07-01"]
    [step] = world.seen("SELECT stage FROM cases.milestones WHERE case_id = :case AND kind = 'evaluated' "
                        "AND superseded_at IS NULL", case=case.id)  # fmt: skip
    assert step.stage == "in_monitoraggio"  # where the case was, not where it is
    refused(judge(world, case, 5, corrects=corrects), 409, "fact_is_superseded")
    refused(judge(world, case, 5), 409, "case_is_closed")


def test_a_correction_is_of_the_same_thing_and_of_this_case(world: World) -> None:
    case = world.started()
    made = ok(judge(world, case, 4))
    goal = judge(world, case, 1, scale="gas", goal_id=world.goal_of(case), corrects={"id": made["id"], "reason": "x"})
    assert told(goal) == [("#/corrects/id", "correction_is_of_another_thing")]
    elsewhere = judge(world, world.started(), 4, corrects={"id": made["id"], "reason": "x"})
    assert told(elsewhere) == [("#/corrects/id", "fact_is_unknown")]
    assert ok(world.as_("coordinator").get(f"/cases/{case.id}/evaluations/{made['id']}"))["superseded_at"] is None


def test_a_withdrawn_judgement_takes_its_milestone_away(world: World) -> None:
    case = world.started()
    made = [ok(judge(world, case, 4, occurred_on=day)) for day in ("2023-06-01", "2023-06-01", "2023-07-01")]
    ok(world.as_("case_manager").post(f"/cases/{case.id}/evaluations/{made[0]['id']}/withdrawal", {"reason": "Doppio"}))
    assert steps(world, case, "evaluated") == ["2023-06-01", "2023-07-01"]


def test_of_two_final_judgements_of_one_judge_on_one_day_one_is_made(world: World) -> None:
    """Which of the two counts could not be told."""
    case, manager = world.started(), world.as_("case_manager")
    body = {"judge": "operators", "scale": "likert_5", "is_final": True, "occurred_on": "2023-06-01"}
    answers = together(*[
        lambda value=value: manager.again().post(f"/cases/{case.id}/evaluations", body | {"value": value})
        for value in (2, 4, 5)
    ])  # fmt: skip
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
    assert {answer.get_json()["code"] for answer in answers if answer.status_code == 409} == {"judgement_is_final"}
    ok(manager.post(f"/cases/{case.id}/evaluations", body | {"value": 3, "occurred_on": "2023-06-02"}))
    ok(manager.post(f"/cases/{case.id}/evaluations", body | {"value": 3, "judge": "beneficiary"}))
    ok(manager.post(f"/cases/{case.id}/evaluations", body | {"value": 3, "is_final": False}))


def test_of_two_corrections_at_once_one_is_made(world: World) -> None:
    case, manager = world.started(), world.as_("case_manager")
    made = ok(judge(world, case, 2, is_final=True))
    body = {"judge": "operators", "scale": "likert_5", "is_final": True, "occurred_on": "2023-06-01", "value": 4,
            "corrects": {"id": made["id"], "reason": "Errore"}}  # fmt: skip
    answers = together(*[lambda: manager.again().post(f"/cases/{case.id}/evaluations", body)] * 3)
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
    assert len(ok(manager.get(f"/cases/{case.id}/evaluations"))["items"]) == 1


def test_a_scale_is_used_only_while_it_is_in_force(fresh: World) -> None:
    case = fresh.started()
    fresh.write("UPDATE cases.judgement_scales SET valid_to = '2023-05-31' WHERE code = 'likert_5'")
    assert told(judge(fresh, case, 4)) == [("#/scale", "scale_is_not_in_force")]
    ok(judge(fresh, case, 4, occurred_on="2023-05-31"))


def test_a_goal_has_one_outcome_that_can_be_corrected_and_withdrawn(world: World) -> None:
    case = world.started()
    made = ok(outcome(world, case, status="partly", gas_level=-1, note="A metà"))
    refused(outcome(world, case), 409, "goal_has_outcome")
    right = ok(outcome(world, case, gas_level=1, corrects={"id": made["id"], "reason": "Letto male"}))
    listed = ok(world.as_("coordinator").get(f"/cases/{case.id}/goal-outcomes"))
    assert [one["id"] for one in listed["items"]] == [right["id"]]
    assert [goal["has_outcome"] for goal in listed["goals"]] == [True]
    ok(world.as_("case_manager").post(f"/cases/{case.id}/goal-outcomes/{right['id']}/withdrawal", {"reason": "Presto"}))
    listed = ok(world.as_("coordinator").get(f"/cases/{case.id}/goal-outcomes"))
    assert (listed["items"], [goal["has_outcome"] for goal in listed["goals"]]) == ([], [False])


@pytest.mark.parametrize(("values", "pointer", "code"), [
    ({"status": "reached", "gas_level": -1}, "#/gas_level", "level_contradicts_status"),
    ({"status": "not_reached", "gas_level": 0}, "#/gas_level", "level_contradicts_status"),
    ({"status": "dropped", "gas_level": -2}, "#/gas_level", "level_contradicts_status"),
    ({"gas_level": 3}, "#/gas_level", "number_out_of_range"),
    ({"status": "forse"}, "#/status", "value_is_unknown"),
    ({"goal_id": str(new_id())}, "#/goal_id", "goal_is_unknown"),
    ({"occurred_on": "2999-01-01"}, "#/occurred_on", "date_is_in_the_future"),
])  # fmt: skip
def test_a_wrong_outcome_of_a_goal_is_named(world: World, values: dict[str, Any], pointer: str, code: str) -> None:
    assert told(outcome(world, world.started(), **values)) == [(pointer, code)]


def test_of_two_outcomes_of_a_goal_at_once_one_is_made(world: World) -> None:
    case, manager = world.started(), world.as_("case_manager")
    body = {"goal_id": world.goal_of(case), "status": "dropped", "occurred_on": "2023-11-01"}
    answers = together(*[lambda: manager.again().post(f"/cases/{case.id}/goal-outcomes", body)] * 3)
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]


def test_the_database_itself_refuses_a_second_outcome_and_a_goal_of_another_case(world: World) -> None:
    case, other = world.started(), world.started()
    ok(outcome(world, case))
    row = """INSERT INTO cases.goal_outcomes (id, case_id, goal_id, status, gas_level, occurred_on, recorded_by)
             VALUES (gen_random_uuid(), :case, :goal, :status, :level, '2023-11-01', gen_random_uuid())"""
    for values, broken in (
        ({"case": case.id, "goal": world.goal_of(case), "status": "dropped", "level": None}, "uq_goal_outcomes_live"),
        (
            {"case": case.id, "goal": world.goal_of(other), "status": "dropped", "level": None},
            "fk_goal_outcomes_goal_id",
        ),
        ({"case": other.id, "goal": world.goal_of(other), "status": "reached", "level": -1}, "level_fits_status"),
    ):
        with pytest.raises(Exception, match=broken):
            world.write(row, **values)


def test_a_closure_may_ask_which_goals_have_no_outcome_and_tell_them_all(world: World) -> None:
    goals = [
        {"life_domain": "casa", "wording": f"Obiettivo {place}", "in_first_person": "Voglio"} for place in range(3)
    ]
    case = world.started(goals=goals)
    caller = UserCaller(world.as_("case_manager").user_id)
    with world.database.transaction(caller) as (session, actor):
        asked = goals_without_outcome(session, case.id)
        assert [goal.wording for goal in asked] == ["Obiettivo 0", "Obiettivo 1", "Obiettivo 2"]
        row = locked_case(session, actor, "outcomes:record", case.id)
        told_ones = [{"goal_id": goal.id, "status": "partly", "gas_level": None, "note": None} for goal in asked]
        assert len(record_goal_outcomes(session, actor, row, told_ones, asked[0].due_on or row.recorded_at.date())) == 3
        assert goals_without_outcome(session, case.id) == []


def test_a_case_without_a_signed_project_has_no_goals_to_tell_of(world: World) -> None:
    listed = ok(world.as_("coordinator").get(f"/cases/{world.approved().id}/goal-outcomes"))
    assert listed == {"items": [], "goals": []}


def test_a_return_to_the_family_ends_the_exit_and_the_past_stays_known(world: World) -> None:
    case = world.started("DOPO_DI_NOI")
    body = {"occurred_on": "2023-06-01", "destination": "cohousing", "lived_with_family_at_start": True}
    left = ok(world.as_("case_manager").post(f"/cases/{case.id}/family-exits", body))
    path = f"/cases/{case.id}/family-exits/{left['id']}/return"
    assert told(world.as_("case_manager").post(path, {"returned_on": "2023-05-31"})) == [
        ("#/returned_on", "date_is_before_last_step")
    ]
    world.close(case)
    back = ok(world.as_("case_manager").post(path, {"returned_on": "2023-12-20"}))
    assert (back["returned_on"], back["lived_with_family_at_start"]) == ("2023-12-20", True)
    refused(world.as_("case_manager").post(path, {"returned_on": "2023-12-21"}), 409, "fact_is_superseded")
    again = world.as_("case_manager").post(
        f"/cases/{case.id}/family-exits/{back['id']}/return", {"returned_on": "2023-12-22"}
    )
    refused(again, 409, "person_has_returned")
    rows = world.seen("SELECT returned_on::text, recorded_at, superseded_at FROM facts.family_exits WHERE case_id = :case "
                      "ORDER BY recorded_at", case=case.id)  # fmt: skip
    assert [row.returned_on for row in rows] == [None, "2023-12-20"]
    assert rows[0].superseded_at == rows[1].recorded_at  # at every instant one of the two is known
