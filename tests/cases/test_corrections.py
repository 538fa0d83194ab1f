"""What was recorded by mistake is taken back or written anew, with a reason; complexity follows its last judgement."""

from typing import Any

import pytest

from tests.cases.acts import areas
from tests.cases.test_results import gas, katz, listed, told
from tests.world import Opened, World, ok, refused, together

REASON = {"reason": "Persona sbagliata"}


def assess(world: World, case: Opened, programme: str = "PAIS", by: str = "social_worker", **values: Any) -> Any:
    """An assessment."""
    body = {"occurred_on": "2023-01-20", "setting": "EM", "areas": areas(programme), **values}
    return ok(world.as_(by).post(f"/cases/{case.id}/assessments", body))


def steps(world: World, case: Opened, kind: str = "assessed") -> list[str]:
    """The days of a milestone."""
    path = ok(world.as_("coordinator").get(f"/cases/{case.id}/milestones"))["items"]
    return [step["occurred_on"] for step in path if step["kind"] == kind]


def withdraw(world: World, case: Opened, made: Any, by: str = "social_worker") -> Any:
    """Take an assessment back."""
    return world.as_(by).post(f"/cases/{case.id}/assessments/{made['id']}/withdrawal", REASON)


def correct(world: World, case: Opened, made: Any, by: str = "social_worker", **values: Any) -> Any:
    """Write an assessment anew."""
    body = {"occurred_on": "2023-01-20", "setting": "EVM", "areas": areas("PAIS"), **REASON, **values}
    return world.as_(by).post(f"/cases/{case.id}/assessments/{made['id']}/correction", body)


def stage(world: World, case: Opened) -> str:
    """Where the case is."""
    return str(ok(world.as_("coordinator").get(f"/cases/{case.id}"))["stage"])


# Assessments


def test_an_assessment_taken_back_stays_with_its_results_and_its_milestone_goes(world: World) -> None:
    case = world.to_assess()
    made = assess(world, case, results=[gas()])
    before = stage(world, case)
    gone = ok(withdraw(world, case, made))
    assert gone["superseded_at"] is not None
    assert [one["instrument"] for one in gone["results"]] == ["gas"]
    assert (steps(world, case), listed(world.as_("coordinator"), case)) == ([], [])
    assert ok(world.as_("coordinator").get(f"/cases/{case.id}/assessments"))["items"] == []
    assert ok(world.as_("coordinator").get(f"/cases/{case.id}/assessments/{made['id']}")) == gone
    assert stage(world, case) == before  # the next act moves it
    refused(withdraw(world, case, made), 409, "fact_is_superseded")
    assess(world, case)
    assert steps(world, case) == ["2023-01-20"]


def test_of_two_assessments_of_a_day_one_keeps_its_milestone(world: World) -> None:
    case = world.to_assess()
    first, _ = assess(world, case), assess(world, case)
    ok(withdraw(world, case, first))
    assert steps(world, case) == ["2023-01-20"]


def test_a_result_taken_back_before_its_assessment_does_not_come_back_with_it(world: World) -> None:
    case = world.to_assess()
    made = assess(world, case, results=[gas()])
    result = made["results"][0]["id"]
    ok(world.as_("social_worker").post(f"/cases/{case.id}/instrument-results/{result}/withdrawal", REASON))
    assert ok(world.as_("social_worker").get(f"/cases/{case.id}/assessments/{made['id']}"))["results"] == []
    assert ok(withdraw(world, case, made))["results"] == []


def test_an_assessment_takes_back_also_the_health_results_that_its_author_sees_no_more(world: World) -> None:
    case = world.to_assess("DOPO_DI_NOI")
    author = world.user("team_member")
    body = {"user_id": str(author.user_id), "organisation_id": world.service, "role": "health_professional",
            "component": "clinical", "from_on": "2023-01-14"}  # fmt: skip
    joined = ok(world.as_("coordinator").post(f"/cases/{case.id}/team", body))["id"]
    given = {"occurred_on": "2023-01-20", "setting": "EVM", "areas": areas("DOPO_DI_NOI"), "results": [katz()]}
    made = ok(author.post(f"/cases/{case.id}/assessments", given))
    ok(world.as_("coordinator").post(f"/cases/{case.id}/team", body | {"role": "other", "component": "social"}))
    ok(world.as_("coordinator").post(f"/cases/{case.id}/team/{joined}/departure", {"to_on": "2023-02-01"}))
    gone = ok(author.post(f"/cases/{case.id}/assessments/{made['id']}/withdrawal", REASON))
    assert gone["results"] == []  # out of sight by now
    [kept] = world.seen("SELECT * FROM cases.instrument_results WHERE case_id = :case", case=case.id)
    [assessment] = world.seen("SELECT * FROM cases.assessments WHERE case_id = :case", case=case.id)
    assert (kept.superseded_at, kept.superseded_by, kept.supersede_reason) == (
        assessment.superseded_at, author.user_id, REASON["reason"],
    )  # fmt: skip


def test_an_assessment_is_corrected_after_the_path_went_on(world: World) -> None:
    case = world.signed()
    [wrong] = ok(world.as_("coordinator").get(f"/cases/{case.id}/assessments"))["items"]
    answer = correct(world, case, wrong, results=[gas()])
    right = ok(answer)
    assert (right["setting"], right["results"][0]["score"]) == ("EVM", 50)
    assert ok(world.as_("coordinator").get(answer.headers["Location"].removeprefix("/v1"))) == right
    assert ok(world.as_("coordinator").get(f"/cases/{case.id}/assessments"))["items"] == [right]
    assert steps(world, case) == ["2023-01-20"]
    assert steps(world, case, "signed") == ["2023-02-01"]


def test_a_corrected_day_takes_the_milestone_with_it(world: World) -> None:
    case = world.drafted()
    [wrong] = ok(world.as_("coordinator").get(f"/cases/{case.id}/assessments"))["items"]
    assert told(correct(world, case, wrong, occurred_on="2999-01-01")) == [("#/occurred_on", "date_is_in_the_future")]
    ok(correct(world, case, wrong, occurred_on="2023-01-18"))
    assert steps(world, case) == ["2023-01-18"]


def test_an_assessment_is_taken_back_by_its_author_or_a_coordinator_of_the_service(world: World) -> None:
    case = world.to_assess()
    made = assess(world, case)
    for act in (withdraw, correct):
        refused(act(world, case, made, by="case_manager"), 403, "assessment_is_of_another")
    assert steps(world, case) == ["2023-01-20"]
    ok(withdraw(world, case, made, by="coordinator"))


def test_a_closed_case_lets_a_mistake_be_taken_back(world: World) -> None:
    case = world.started()
    world.close(case)
    [made] = ok(world.as_("coordinator").get(f"/cases/{case.id}/assessments"))["items"]
    ok(withdraw(world, case, made))


def test_of_two_corrections_at_once_one_is_made(world: World) -> None:
    case = world.to_assess()
    made, worker = assess(world, case), world.as_("social_worker")
    body = {"occurred_on": "2023-01-20", "setting": "UVM", "areas": areas("PAIS"), **REASON}
    path = f"/cases/{case.id}/assessments/{made['id']}/correction"
    answers = together(*[lambda: worker.again().post(path, body)] * 3)
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
    assert len(steps(world, case)) == 1


def test_a_moment_of_the_path_is_one_that_is_known_and_the_start_unless_told(world: World) -> None:
    case = world.to_assess()
    assert assess(world, case)["moment"] == "start"
    assert assess(world, case, moment="follow_up")["moment"] == "follow_up"
    body = {"occurred_on": "2023-01-20", "setting": "EM", "areas": areas("PAIS"), "moment": "mezzo"}
    assert told(world.as_("social_worker").post(f"/cases/{case.id}/assessments", body)) == [
        ("#/moment", "value_is_unknown")
    ]


# The preliminary analysis


def correct_analysis(world: World, case: Opened, outcome: str, **values: Any) -> Any:
    """Write the last analysis anew."""
    [analysis, *_] = ok(world.as_("social_worker").get(f"/cases/{case.id}/preliminary-analyses"))["items"]
    body = {"outcome": outcome, **REASON, **values}
    return world.as_("social_worker").post(f"/cases/{case.id}/preliminary-analyses/{analysis['id']}/correction", body)


@pytest.mark.parametrize(("outcome", "leads_to"), [
    ("lavoro", "inviato_cpi"), ("pais_semplificato", "pais_in_definizione"), ("equipe_multidisciplinare", "quadro_in_corso"),
])  # fmt: skip
def test_a_corrected_analysis_leads_where_the_right_outcome_does(world: World, outcome: str, leads_to: str) -> None:
    case = world.in_charge()
    world.analysed(case, "servizi_specialistici")
    version = ok(world.as_("coordinator").get(f"/cases/{case.id}"))["version"]
    right = ok(correct_analysis(world, case, outcome, outcome_letter="C", finding="Riletto"))
    assert (right["outcome"], right["outcome_letter"], right["occurred_on"]) == (outcome, "C", "2023-01-16")
    assert stage(world, case) == leads_to
    assert ok(world.as_("coordinator").get(f"/cases/{case.id}"))["version"] > version
    assert [
        one["id"] for one in ok(world.as_("coordinator").get(f"/cases/{case.id}/preliminary-analyses"))["items"]
    ] == [right["id"]]
    assert steps(world, case, "preliminarily_analysed") == ["2023-01-16"]
    ok(correct_analysis(world, case, "nessun_sostegno"))  # and again
    assert stage(world, case) == "analisi_preliminare"


def test_a_path_that_went_on_is_not_undone_by_a_corrected_analysis(world: World) -> None:
    case = world.assessed()
    before = stage(world, case)
    ok(correct_analysis(world, case, "lavoro"))
    assert stage(world, case) == before
    assert told(correct_analysis(world, case, "altro")) == [("#/outcome", "value_is_unknown")]


def test_an_analysis_is_corrected_once(world: World) -> None:
    case = world.assessed()
    [wrong] = ok(world.as_("social_worker").get(f"/cases/{case.id}/preliminary-analyses"))["items"]
    path = f"/cases/{case.id}/preliminary-analyses/{wrong['id']}"
    worker = world.as_("social_worker")
    answers = together(*[lambda: worker.again().post(f"{path}/correction", {"outcome": "lavoro", **REASON})] * 3)
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
    assert ok(worker.get(path))["superseded_at"] is not None


# Complexity


def declare(world: World, case: Opened, from_on: str, *criteria: str, by: str = "case_manager", **values: Any) -> Any:
    """Say that a case is complex by these criteria, or not complex."""
    body = {"from_on": from_on, "is_complex": bool(criteria), "criteria": list(criteria), "setting": "EM", **values}
    return world.as_(by).post(f"/cases/{case.id}/complexities", body)


def periods(world: World, case: Opened) -> list[tuple[str, str | None, bool]]:
    """When the case was complex, and when not."""
    found = ok(world.as_("coordinator").get(f"/cases/{case.id}/complexities"))["items"]
    return [(one["from_on"], one["to_on"], one["is_complex"]) for one in found]


def test_a_later_judgement_ends_the_one_before_whatever_the_order_of_recording(world: World) -> None:
    case = world.started()
    ok(declare(world, case, "2023-02-01", "piu_aree", "rete_assente"))
    ok(declare(world, case, "2023-09-01"))
    middle = ok(declare(world, case, "2023-05-01", "minori_a_rischio", by="coordinator"))
    assert middle["to_on"] == "2023-09-01"
    assert periods(world, case) == [
        ("2023-09-01", None, False), ("2023-05-01", "2023-09-01", True), ("2023-02-01", "2023-05-01", True),
    ]  # fmt: skip
    path = f"/cases/{case.id}/complexities/{middle['id']}"
    gone = ok(world.as_("case_manager").post(f"{path}/withdrawal", REASON))
    assert (gone["to_on"], gone["superseded_at"] is None) == (None, False)
    assert periods(world, case) == [("2023-09-01", None, False), ("2023-02-01", "2023-09-01", True)]
    assert ok(world.as_("coordinator").get(path)) == gone


def test_two_judgements_of_one_day_are_refused_also_at_once(world: World) -> None:
    case, manager = world.started(), world.as_("case_manager")
    body = {"from_on": "2023-03-01", "is_complex": True, "criteria": ["piu_aree"], "setting": "single"}
    answers = together(*[lambda: manager.again().post(f"/cases/{case.id}/complexities", body)] * 3)
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
    refused(declare(world, case, "2023-03-01"), 409, "complexity_is_declared")


def test_complexity_is_judged_by_the_case_manager_or_a_coordinator_by_the_criteria_of_the_programme(
    world: World,
) -> None:
    case = world.started()
    refused(declare(world, case, "2023-03-01", "piu_aree", by="social_worker"), 403, "case_is_managed_by_another")
    assert told(declare(world, case, "2023-03-01", "piu_aree", "simpatia")) == [("#/criteria/1", "value_is_unknown")]
    for wrong in ({"is_complex": True, "criteria": []}, {"is_complex": False, "criteria": ["piu_aree"]}):
        assert told(declare(world, case, "2023-03-01", **wrong)) == [("#/criteria", "criteria_go_with_complexity")]
    assert told(declare(world, case, "2023-01-01")) == [("#/from_on", "date_is_before_referral")]
    assert periods(world, case) == []
