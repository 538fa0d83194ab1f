"""What is observed of a person after the end of the case."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.cases.monitoring import rules
from service.cases.monitoring.rules import Observed, follow_ups_due, still_due
from service.cases.programmes.loading import read
from service.cases.programmes.rules import definition_from
from service.clocks.calendars import is_working_day
from service.codes import Entry
from tests.cases.shipped import FOLDER
from tests.cases.test_evaluations import steps
from tests.cases.test_outcomes import told
from tests.world import Opened, World, ok, refused, together


def observe(world: World, case: Opened, *, by: str = "case_manager", **values: Any) -> Any:
    """The answer to an observation six months after."""
    body = {"months_after": 6, "occurred_on": "2024-06-03", "status": "held", **values}
    return world.as_(by).post(f"/cases/{case.id}/follow-ups", body)


def followed(world: World, case: Opened) -> Any:
    """What was tried, and what is still due."""
    return ok(world.as_("coordinator").get(f"/cases/{case.id}/follow-ups"))


def definition(code: str) -> Any:
    """A shipped programme."""
    return definition_from(read(code, (FOLDER / "shipped" / f"{code}.yaml").read_text()))


def test_a_closed_case_says_when_it_is_to_be_observed(world: World) -> None:
    """Six months after 1 December 2023 is 1 June 2024, a Saturday: the last day slides to Monday the third."""
    case = world.started("SIL")
    assert followed(world, case) == {"items": [], "due": []}
    world.close(case)
    assert followed(world, case)["due"] == [
        {"months_after": 6, "due_on": "2024-06-03", "rule": "SIL_FOLLOWUP", "rule_version": 1},
        {"months_after": 12, "due_on": "2024-12-02", "rule": "SIL_FOLLOWUP_12", "rule_version": 1},
    ]
    made = ok(observe(world, case))
    found = followed(world, case)
    assert ([one["id"] for one in found["items"]], [one["months_after"] for one in found["due"]]) == (
        [made["id"]],
        [12],
    )
    assert (made["ended_on"], steps(world, case, "follow_up")) == ("2023-12-01", ["2024-06-03"])


def test_without_a_deadline_of_its_own_a_programme_counts_its_months_by_the_calendar(world: World) -> None:
    case = world.closed("PAIS")
    assert followed(world, case)["due"] == [
        {"months_after": 6, "due_on": "2024-06-03", "rule": None, "rule_version": None},
        {"months_after": 12, "due_on": "2024-12-02", "rule": None, "rule_version": None},
    ]


@pytest.mark.parametrize("outcome", ["decesso", "trasferimento"])
def test_nobody_is_observed_after_a_death_or_a_transfer(world: World, outcome: str) -> None:
    case = world.started()
    world.close(case, outcome)
    assert followed(world, case)["due"] == []


def test_a_case_that_never_was_one_has_nothing_to_observe(world: World) -> None:
    case = world.open("DOPO_DI_NOI")
    world.act(case, "closure", {"occurred_on": "2023-01-12", "outcome": "non_ammesso"}, "coordinator")
    assert followed(world, case) == {"items": [], "due": []}
    refused(observe(world, case, by="coordinator"), 409, "act_is_not_allowed_now")


def test_months_run_from_an_end_that_is_known(world: World) -> None:
    """A closure whose outcome writes no milestone, in a stage in which a programme allows the act."""
    case = world.closed()
    world.write(
        "UPDATE cases.milestones SET superseded_at = now() WHERE case_id = :case AND kind = 'concluded'", case=case.id
    )
    refused(observe(world, case), 409, "case_has_not_ended")
    assert followed(world, case)["due"] == []


@given(st.dates(date(2018, 1, 1), date(2035, 12, 31)), st.sampled_from(["PAIS", "SIL"]))
def test_an_observation_is_due_on_a_working_day_soon_after_its_months(ended_on: date, code: str) -> None:
    """SIL_FOLLOWUP (6 months) and SIL_FOLLOWUP_12: `deadlines.yaml`, from rules of work-insertion services."""
    due = follow_ups_due(definition(code), ended_on)
    assert [one.months_after for one in due] == [6, 12]
    for one in due:
        months = (one.due_on.year - ended_on.year) * 12 + one.due_on.month - ended_on.month
        assert months - one.months_after in (0, 1)
        assert is_working_day(one.due_on)
        first = one.due_on - timedelta(days=5)
        assert any(day.day == ended_on.day or (day + timedelta(days=1)).month != day.month
                   for day in (first + timedelta(days=number) for number in range(6)))  # fmt: skip


def test_a_second_end_is_observed_anew() -> None:
    due = follow_ups_due(definition("SIL"), date(2024, 3, 1))
    assert still_due(due, [Observed(6, date(2023, 1, 1))], date(2024, 3, 1)) == due
    assert [one.months_after for one in still_due(due, [Observed(6, date(2024, 3, 1))], date(2024, 3, 1))] == [12]


def test_answers_are_coded_and_a_score_names_its_instrument(world: World) -> None:
    case = world.closed("SIL")
    answers = [
        {"question": "lives_outside_family", "answer": "yes"},
        {"question": "still_employed", "answer": "same_job"},
    ]
    made = ok(observe(world, case, answers=answers, instrument="scheda_lavoro", score=12))
    assert (made["answers"], made["instrument"], made["score"]) == (answers, "scheda_lavoro", 12)


@pytest.mark.parametrize(("values", "wrong"), [
    ({"months_after": 7}, [("#/months_after", "value_is_unknown")]),
    ({"occurred_on": "2023-11-30"}, [("#/occurred_on", "date_is_before_last_step")]),
    ({"occurred_on": "2999-01-01"}, [("#/occurred_on", "date_is_in_the_future")]),
    ({"status": "refused", "score": 3, "instrument": "scheda_lavoro"}, [("#/status", "follow_up_was_not_held")]),
    ({"status": "untraceable", "answers": [{"question": "still_employed", "answer": "unknown"}]},
     [("#/status", "follow_up_was_not_held")]),
    ({"score": 3}, [("#/score", "score_goes_with_instrument")]),
    ({"score": 3, "instrument": "oroscopo"}, [("#/instrument", "value_is_unknown")]),
    ({"answers": [{"question": "segno", "answer": "unknown"}]}, [("#/answers/0/question", "value_is_unknown")]),
    ({"answers": [{"question": "still_employed", "answer": "forse"}]}, [("#/answers/0/answer", "value_is_unknown")]),
    ({"answers": [{"question": "still_employed", "answer": "unknown"}] * 2},
     [("#/answers/1/question", "question_is_repeated")]),
])  # fmt: skip
def test_a_wrong_observation_is_named(world: World, values: dict[str, Any], wrong: list[tuple[str, str]]) -> None:
    assert told(observe(world, world.closed("SIL"), **values)) == wrong


def test_who_can_not_be_traced_may_be_found_later(world: World) -> None:
    case = world.closed("SIL")
    ok(observe(world, case, status="untraceable"))
    assert steps(world, case, "follow_up") == []
    assert [one["months_after"] for one in followed(world, case)["due"]] == [12]
    ok(observe(world, case, occurred_on="2024-07-01"))
    assert steps(world, case, "follow_up") == ["2024-07-01"]
    refused(observe(world, case, occurred_on="2024-07-02"), 409, "follow_up_is_recorded")


def test_of_two_records_of_one_observation_at_once_one_is_made(world: World) -> None:
    case, manager = world.closed("SIL"), world.as_("case_manager")
    body = {"months_after": 6, "occurred_on": "2024-06-03", "status": "held"}
    answers = together(*[lambda: manager.again().post(f"/cases/{case.id}/follow-ups", body)] * 3)
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
    assert steps(world, case, "follow_up") == ["2024-06-03"]


def test_a_corrected_or_withdrawn_observation_takes_its_milestone_along(world: World) -> None:
    case = world.closed("SIL")
    made = ok(observe(world, case))
    right = ok(observe(world, case, occurred_on="2024-06-05", corrects={"id": made["id"], "reason": "Era il 5"}))
    assert steps(world, case, "follow_up") == ["2024-06-05"]
    refusal = ok(observe(world, case, status="refused", corrects={"id": right["id"], "reason": "Ha rifiutato"}))
    assert steps(world, case, "follow_up") == []
    path = f"/cases/{case.id}/follow-ups/{refusal['id']}/withdrawal"
    assert ok(world.as_("case_manager").post(path, {"reason": "Altra persona"}))["superseded_at"] is not None
    assert [one["months_after"] for one in followed(world, case)["due"]] == [6, 12]


def test_codes_are_used_from_their_first_day_to_their_last(monkeypatch: pytest.MonkeyPatch) -> None:
    dated = (
        Entry("a", "A", "D", "-", date(2020, 1, 1), date(2020, 12, 31), {"answers": ["x"]}),
        Entry("b", "B", "D", "-", date(2021, 1, 1), date.max, {"answers": ["y", "z"]}),
    )
    monkeypatch.setattr(rules, "code_list", lambda *_: dated)
    days = (date(2019, 12, 31), date(2020, 1, 1), date(2020, 12, 31), date(2021, 1, 1))
    assert [rules.questions_on(day) for day in days] == [{}, {"a": ("x",)}, {"a": ("x",)}, {"b": ("y", "z")}]


def test_nobody_is_observed_after_an_outcome_that_has_no_follow_up(world: World) -> None:
    case = world.started("SIL")
    world.close(case, "decesso")
    refused(observe(world, case), 409, "outcome_has_no_follow_up")


def test_an_observation_is_made_three_months_before_it_is_due_at_the_earliest(world: World) -> None:
    """SIL_FOLLOWUP: six months after the end; one made ten days after it tells nothing of them."""
    case = world.closed("SIL")  # on 1 December 2023
    assert told(observe(world, case, occurred_on="2024-02-29")) == [("#/occurred_on", "follow_up_is_too_early")]
    ok(observe(world, case, occurred_on="2024-03-01"))


def test_who_died_is_on_no_worklist(world: World) -> None:
    case = world.started("SIL")
    world.close(case, "decesso")
    due = ok(world.as_("coordinator").get(f"/cases/{case.id}/deadlines"))["items"]
    assert {one["status"] for one in due if one["rule"] in ("FOLLOW_UP", "SIL_FOLLOWUP")} <= {"waived"}
    work = ok(world.as_("coordinator").get("/worklist?limit=100"))["items"]
    assert [one for one in work if one["case_id"] == case.id] == []
