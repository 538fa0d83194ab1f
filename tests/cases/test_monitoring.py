"""Checks of a project: held, missed or moved; and what is observed of work and school."""

from typing import Any

import pytest

from service.types import new_id
from tests.cases.ruled import approve, post, programme, ready
from tests.cases.shipped import PROGRAMMES, WALKED, allowed
from tests.cases.test_evaluations import steps
from tests.cases.test_outcomes import told
from tests.cases.test_programmes import REACHED, stage_of
from tests.fences.scenes import A_JOB
from tests.world import Opened, World, ok, refused, together


def check(world: World, case: Opened, *, by: str = "case_manager", **values: Any) -> Any:
    """The answer to a check."""
    body = {"status": "held", "held_on": "2023-05-10", **values}
    return world.as_(by).post(
        f"/cases/{case.id}/checks", {name: value for name, value in body.items() if value is not None}
    )


def job(world: World, case: Opened, **values: Any) -> Any:
    """The answer to a job observed."""
    return world.as_("case_manager").post(f"/cases/{case.id}/job-outcomes", {**A_JOB, **values})


@pytest.mark.parametrize("step", range(len(REACHED)))
@pytest.mark.parametrize("programme", [code for code in WALKED if "sign" in PROGRAMMES[code]["moves"]])
def test_checks_and_follow_ups_are_allowed_in_the_stages_that_the_file_says(
    world: World, programme: str, step: int
) -> None:
    case = REACHED[step](world, programme)
    stage, is_closed = stage_of(world, case), step == len(REACHED) - 1
    held = check(world, case, by="coordinator")
    if allowed(programme, "monitor", stage):
        ok(held)
    else:
        refused(held, 409, "case_is_closed" if is_closed else "act_is_not_allowed_now")
    body = {"months_after": 6, "occurred_on": "2024-06-03", "status": "held"}
    observed = world.as_("coordinator").post(f"/cases/{case.id}/follow-ups", body)
    if allowed(programme, "follow_up", stage):
        ok(observed)
    else:
        refused(observed, 409, "act_is_not_allowed_now")


def test_a_check_held_is_kept_whole_and_is_a_milestone(world: World) -> None:
    """D2-PRO-1 counts "monitoraggi effettuati"; E2-PRO-1 wants to know which components took part."""
    case = world.started()
    goal, minutes = world.goal_of(case), str(new_id())
    people = [
        {"component": "psychological", "organisation_id": world.asst},
        {"component": "school", "organisation_id": None},
    ]
    answer = check(world, case, due_on="2023-05-01", participants=people, progress=[{"goal_id": goal, "rating": -1}],
                   meeting_id=minutes, result="Procede con fatica", next_due_on="2023-08-10")  # fmt: skip
    made = ok(answer)
    assert {name: made[name] for name in ("participants", "progress", "meeting_id", "result", "next_due_on", "level")} == {
        "participants": people, "progress": [{"goal_id": goal, "rating": -1}], "meeting_id": minutes,
        "result": "Procede con fatica", "next_due_on": "2023-08-10", "level": 1,
    }  # fmt: skip
    assert steps(world, case, "monitored") == ["2023-05-10"]
    assert ok(world.as_("coordinator").get(answer.headers["Location"].removeprefix("/v1"))) == made
    assert ok(world.as_("coordinator").get(f"/cases/{case.id}/checks"))["items"] == [made]


def test_a_check_told_late_is_taken_and_the_case_stays_where_it_is(world: World) -> None:
    case = world.started()
    for day in ("2023-06-10", "2023-05-10"):
        ok(check(world, case, held_on=day))
    assert steps(world, case, "monitored") == ["2023-05-10", "2023-06-10"]
    found = ok(world.as_("coordinator").get(f"/cases/{case.id}"))
    assert (found["stage"], found["version"]) == ("in_monitoraggio", case.version)


def test_without_a_day_the_next_check_is_due_when_the_longest_interval_ends(world: World) -> None:
    """REVIEW_NEXT: for PAIS six months, from 10 May to 10 November; a last day that is no working day slides."""
    case = world.started()
    assert ok(check(world, case))["next_due_on"] == "2023-11-10"
    assert ok(check(world, case, held_on="2023-05-11"))["next_due_on"] == "2023-11-13"  # 11 November was a Saturday
    ok(check(world, case, held_on="2023-05-12", next_due_on="2023-11-13"))
    late = check(world, case, held_on="2023-05-13", next_due_on="2023-11-14")
    assert told(late) == [("#/next_due_on", "review_is_too_late")]


def test_a_project_may_ask_for_checks_sooner_than_its_programme(world: World) -> None:
    case = ready(world, programme(world, longest_review_months=12), review_months=3)
    ok(approve(world, case))
    ok(post(world, case, "signatures", {"signer": "person", "signed_on": "2023-02-01"}))
    world.refresh(case)
    world.act(case, "start", {"occurred_on": "2023-02-10"}, "case_manager")
    assert ok(check(world, case))["next_due_on"] == "2023-08-10"
    late = check(world, case, held_on="2023-05-13", next_due_on="2023-08-15")
    assert told(late) == [("#/next_due_on", "review_is_too_late")]


def test_a_check_is_missed_after_the_case_arrived(world: World) -> None:
    early = check(world, world.started(), status="missed", held_on=None, due_on="2023-01-09")
    assert told(early) == [("#/due_on", "date_is_before_referral")]


def test_a_check_missed_or_moved_is_no_milestone(world: World) -> None:
    case = world.started()
    ok(check(world, case, status="missed", held_on=None, due_on="2023-05-10"))
    ok(check(world, case, status="moved", held_on=None, due_on="2023-05-10", next_due_on="2023-05-08"))
    assert steps(world, case, "monitored") == []


@pytest.mark.parametrize(("values", "wrong"), [
    ({"held_on": None}, [("#/held_on", "day_goes_with_held")]),
    ({"status": "missed", "due_on": "2023-05-01"}, [("#/held_on", "day_goes_with_held")]),
    ({"status": "missed", "held_on": None}, [("#/due_on", "field_is_missing")]),
    ({"status": "missed", "held_on": None, "due_on": "2999-01-01"}, [("#/due_on", "date_is_in_the_future")]),
    ({"status": "moved", "held_on": None, "due_on": "2023-05-01"}, [("#/next_due_on", "check_is_moved_to_another_day")]),
    ({"status": "moved", "held_on": None, "due_on": "2023-05-01", "next_due_on": "2023-05-01"},
     [("#/next_due_on", "check_is_moved_to_another_day")]),
    ({"status": "missed", "held_on": None, "due_on": "2023-05-01", "participants": [{"component": "social"}]},
     [("#/participants", "check_was_not_held")]),
    ({"next_due_on": "2023-05-10"}, [("#/next_due_on", "date_is_before_last_step")]),
    ({"held_on": "2999-01-01"}, [("#/held_on", "date_is_in_the_future")]),
    ({"held_on": "2023-01-09"}, [("#/held_on", "date_is_before_referral")]),
    ({"level": 2}, [("#/level", "value_is_unknown")]),
    ({"participants": [{"component": "parenti"}]}, [("#/participants/0/component", "value_is_unknown")]),
    ({"progress": [{"goal_id": "01890000-0000-7000-8000-000000000000", "rating": 0}]},
     [("#/progress/0/goal_id", "goal_is_unknown")]),
])  # fmt: skip
def test_a_wrong_check_is_named(world: World, values: dict[str, Any], wrong: list[tuple[str, str]]) -> None:
    assert told(check(world, world.started(), **values)) == wrong


def test_a_goal_stands_once_in_a_check(world: World) -> None:
    case = world.started()
    goal = world.goal_of(case)
    twice = [{"goal_id": goal, "rating": 0}, {"goal_id": goal, "rating": 1}]
    assert told(check(world, case, progress=twice)) == [("#/progress/1/goal_id", "goal_is_repeated")]


def test_a_body_that_nobody_knows_takes_part_in_no_check(world: World) -> None:
    people = [{"component": "social", "organisation_id": str(new_id())}]
    refused(check(world, world.started(), participants=people), 422, "reference_is_unknown")


def test_a_correction_of_a_check_moves_its_milestone_and_keeps_the_reason(world: World) -> None:
    case = world.started()
    made = ok(check(world, case))
    right = ok(check(world, case, held_on="2023-05-20", corrects={"id": made["id"], "reason": "Era il 20"}))
    assert steps(world, case, "monitored") == ["2023-05-20"]
    missed = ok(check(world, case, status="missed", held_on=None, due_on="2023-05-20",
                      corrects={"id": right["id"], "reason": "Non si è tenuta"}))  # fmt: skip
    assert steps(world, case, "monitored") == []
    world.close(case)
    late = check(world, case, corrects={"id": missed["id"], "reason": "Si è tenuta"})
    refused(late, 409, "act_is_not_allowed_now")  # it would be a new check of a closed case
    ok(check(world, case, status="missed", held_on=None, due_on="2023-05-21",
             corrects={"id": missed["id"], "reason": "Era il 21"}))  # fmt: skip
    reasons = world.seen("SELECT supersede_reason FROM cases.monitoring_checks WHERE case_id = :case AND superseded_at "
                         "IS NOT NULL ORDER BY superseded_at", case=case.id)  # fmt: skip
    assert [row.supersede_reason for row in reasons] == ["Era il 20", "Non si è tenuta", "Era il 21"]


def test_a_withdrawn_check_takes_its_milestone_away(world: World) -> None:
    case = world.started()
    made = ok(check(world, case))
    path = f"/cases/{case.id}/checks/{made['id']}/withdrawal"
    ok(world.as_("case_manager").post(path, {"reason": "Di un altro caso"}))
    assert steps(world, case, "monitored") == []
    assert ok(world.as_("coordinator").get(f"/cases/{case.id}/checks"))["items"] == []
    refused(world.as_("case_manager").post(path, {"reason": "Ancora"}), 409, "fact_is_superseded")


def test_of_two_records_of_one_check_at_once_one_is_made(world: World) -> None:
    case, manager = world.started(), world.as_("case_manager")
    body = {"status": "held", "held_on": "2023-05-10"}
    answers = together(*[lambda: manager.again().post(f"/cases/{case.id}/checks", body)] * 3)
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
    assert {answer.get_json()["code"] for answer in answers if answer.status_code == 409} == {"check_is_recorded"}
    assert steps(world, case, "monitored") == ["2023-05-10"]


def test_a_job_is_observed_at_the_hire_and_after_the_end(world: World) -> None:
    """O10-OUT-2: a satisfactory job of any contract, by the person's own judgement."""
    case = world.at_work()
    hired = ok(job(world, case))
    world.close(case)
    kept = ok(job(world, case, observed_on="2024-06-03", satisfaction=4, scale="satisfaction", judged_by="beneficiary"))
    listed = ok(world.as_("coordinator").get(f"/cases/{case.id}/job-outcomes"))["items"]
    assert [one["id"] for one in listed] == [kept["id"], hired["id"]]
    path = f"/cases/{case.id}/job-outcomes/{hired['id']}/withdrawal"
    assert ok(world.as_("case_manager").post(path, {"reason": "Altra azienda"}))["superseded_at"] is not None


@pytest.mark.parametrize(("values", "wrong"), [
    ({"contract": "cottimo"}, [("#/contract", "value_is_unknown")]),
    ({"weekly_hours": 61}, [("#/weekly_hours", "number_out_of_range")]),
    ({"observed_on": "2023-02-14"}, [("#/observed_on", "date_is_before_start")]),
    ({"observed_on": "2999-01-01"}, [("#/observed_on", "date_is_in_the_future")]),
    ({"to_on": "2023-02-14"}, [("#/to_on", "date_is_before_start")]),
    ({"satisfaction": 4}, [("#/satisfaction", "satisfaction_is_in_parts")]),
    ({"satisfaction": 6, "scale": "satisfaction", "judged_by": "operator"}, [("#/satisfaction", "number_out_of_range")]),
    ({"satisfaction": 4, "scale": "pagella", "judged_by": "operator"}, [("#/scale", "scale_is_unknown")]),
])  # fmt: skip
def test_a_wrong_job_is_named(world: World, values: dict[str, Any], wrong: list[tuple[str, str]]) -> None:
    assert told(job(world, world.at_work(), **values)) == wrong


def test_school_is_observed_while_the_case_goes_on(world: World) -> None:
    case = world.started()
    manager, path = world.as_("case_manager"), f"/cases/{case.id}/school-statuses"
    made = [ok(manager.post(path, {"status": status, "observed_on": day}))
            for status, day in (("attending", "2023-03-01"), ("interrupted", "2023-05-01"))]  # fmt: skip
    assert [one["status"] for one in ok(manager.get(path))["items"]] == ["interrupted", "attending"]
    assert told(manager.post(path, {"status": "bocciato", "observed_on": "2023-05-01"})) == [
        ("#/status", "value_is_unknown")
    ]
    world.close(case)
    refused(manager.post(path, {"status": "qualified", "observed_on": "2023-12-02"}), 409, "case_is_closed")
    ok(manager.post(f"{path}/{made[1]['id']}/withdrawal", {"reason": "Era un'altra persona"}))
    assert [one["status"] for one in ok(manager.get(path))["items"]] == ["attending"]
