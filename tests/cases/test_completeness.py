"""What a case lacks for the figures of the plan."""

from datetime import date
from typing import Any

import pytest

from service.cases.completeness.queries import CHECKS
from service.cases.completeness.rules import is_complete, needed_facts, words
from service.cases.programmes.schemas import REQUIRED_FACTS
from tests.cases.shipped import PROGRAMMES
from tests.world import Opened, World, ok


def lacks(world: World, case: Opened) -> dict[str, Any]:
    """Fact -> since when it is there."""
    found = ok(world.as_("coordinator").get(f"/cases/{case.id}/completeness"))
    assert found["is_complete"] == all(one["is_there"] for one in found["items"])
    assert all((one["to_do"] is None) == one["is_there"] == (one["since"] is not None) for one in found["items"])
    return {one["fact"]: one["since"] for one in found["items"]}


def post(world: World, case: Opened, path: str, body: Any) -> None:
    """A fact recorded by the case manager."""
    ok(world.as_("case_manager").post(f"/cases/{case.id}/{path}", body))


def test_every_fact_that_a_shipped_programme_asks_for_has_a_check() -> None:
    asked = {fact for content in PROGRAMMES.values() for fact in content.get("required_facts", ())}
    assert asked - CHECKS.keys() == set()


def test_every_fact_that_a_programme_may_ask_for_has_its_words() -> None:
    assert words().keys() == set(REQUIRED_FACTS)
    assert CHECKS.keys() <= set(REQUIRED_FACTS)


def test_a_fact_without_a_check_is_not_told_and_hides_nothing() -> None:
    needed = needed_facts(["contact", "assessment", "pathway"], {"assessment": date(2023, 1, 1), "pathway": None})
    assert [(one.fact, one.is_there, one.since) for one in needed] == [
        ("contact", None, None), ("assessment", True, date(2023, 1, 1)), ("pathway", False, None),
    ]  # fmt: skip
    assert [one.to_do is None for one in needed] == [False, True, False]
    assert not is_complete(needed)
    assert is_complete(needed[:2])


def test_a_case_of_pais_fills_step_by_step(world: World) -> None:
    case = world.in_charge()
    assert lacks(world, case) == dict.fromkeys(
        (
            "preliminary_analysis",
            "signed_project",
            "family_involvement",
            "body_involvement",
            "beneficiary_judgement",
            "goal_outcomes",
        )
    )
    case = world.started()
    assert lacks(world, case) == {
        "preliminary_analysis": "2023-01-16", "signed_project": "2023-02-01", "body_involvement": "2023-02-01",
        "family_involvement": None, "beneficiary_judgement": None, "goal_outcomes": None,
    }  # fmt: skip
    world.evaluation(case, "beneficiary", 2, is_final=False)
    world.evaluation(case, "operators", 2)
    assert lacks(world, case)["beneficiary_judgement"] is None
    world.evaluation(case, "beneficiary", 2)
    post(
        world, case, "goal-outcomes", {"goal_id": world.goal_of(case), "status": "dropped", "occurred_on": "2023-11-02"}
    )
    involved = {"kind": "involved", "is_possible": True, "occurred_on": "2023-03-01", "evidence": "Colloquio"}
    post(world, case, "family-involvements", involved)
    assert None not in lacks(world, case).values()


def test_the_outcomes_of_goals_are_there_when_every_goal_has_one(world: World) -> None:
    case = world.started(
        goals=[
            {"life_domain": "casa", "wording": f"Obiettivo {place}", "in_first_person": "Voglio"} for place in range(2)
        ]
    )
    goals = ok(world.as_("coordinator").get(f"/cases/{case.id}/goal-outcomes"))["goals"]
    for goal, there in zip(goals, (None, "2023-11-02"), strict=True):
        body = {"goal_id": goal["goal_id"], "status": "reached", "occurred_on": "2023-11-02"}
        post(world, case, "goal-outcomes", body)
        assert lacks(world, case)["goal_outcomes"] == there


def test_a_case_of_dopo_di_noi_asks_for_the_exit_the_check_and_the_budget(world: World) -> None:
    case = world.started("DOPO_DI_NOI")
    missing = {fact for fact, since in lacks(world, case).items() if since is None}
    assert missing == {"family_exit", "monitoring_level", "housing_placement", "budget_participation"}
    post(world, case, "family-exits", {"occurred_on": "2023-06-01", "destination": "cohousing"})
    post(world, case, "checks", {"status": "missed", "due_on": "2023-05-01"})
    post(world, case, "checks", {"status": "held", "held_on": "2023-05-10"})
    post(world, case, "budget/participations", {"who": "family", "built": True, "occurred_on": "2023-03-01"})
    found = lacks(world, case)
    assert {fact: found[fact] for fact in missing} == {
        "housing_placement": None, "family_exit": "2023-06-01",
        "monitoring_level": "2023-05-10", "budget_participation": "2023-03-01",
    }  # fmt: skip


def test_what_was_withdrawn_is_lacking_again(world: World) -> None:
    case = world.started("DOPO_DI_NOI")
    body = {"occurred_on": "2023-06-01", "destination": "cohousing"}
    left = ok(world.as_("case_manager").post(f"/cases/{case.id}/family-exits", body))
    post(world, case, f"family-exits/{left['id']}/withdrawal", {"reason": "Errore"})
    assert lacks(world, case)["family_exit"] is None


def test_a_programme_that_asks_for_nothing_has_nothing_to_lack(world: World) -> None:
    found = ok(world.as_("coordinator").get(f"/cases/{world.open('INTEGRAZIONE').id}/completeness"))
    assert found == {"is_complete": True, "items": []}


@pytest.mark.parametrize("fact", sorted(CHECKS))
def test_every_check_is_a_statement_that_the_database_answers(world: World, fact: str) -> None:
    case = world.open()
    with world.database.engine.connect() as connection:
        assert connection.execute(CHECKS[fact](case.id)).scalar_one_or_none() is None
