"""What aggregate-only roles read: values frozen at the end of a half-year, without the small numbers."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from service.indicators.disclosure import is_suppressed
from service.indicators.values import Value
from tests.indicators.population import LODI, Population
from tests.world import Client, World, ok, refused

HALF_YEAR = "2023-12-31"


def value(*counts: int) -> Value:
    return Value(1, Decimal(1), counts[0], None, None, counts)


@pytest.mark.parametrize("count", range(12))
def test_from_one_to_four_is_small(count: int) -> None:
    assert is_suppressed(value(count)) == (1 <= count <= 4)


@pytest.mark.parametrize(("numerator", "denominator", "hidden"), [
    (6, 12, False), (3, 12, True), (10, 12, True), (12, 12, False), (0, 12, False), (0, 3, True), (0, 0, False),
])  # fmt: skip
def test_a_share_is_hidden_with_its_numerator_its_denominator_or_the_rest(
    numerator: int, denominator: int, hidden: bool
) -> None:
    assert is_suppressed(value(numerator, denominator, denominator - numerator)) == hidden


def started(people: Population, programme: str, count: int, *, over: str | None = None) -> list[UUID]:
    """So many projects started in the plan; concluded where `over` says."""
    cases = [people.case(programme) for _ in range(count)]
    for case in cases:
        people.milestone(case, "started", "2022-01-01")
        if over:
            people.milestone(case, "concluded", over)
    return cases


def fill(world: World) -> None:
    """Figures on both sides of the threshold."""
    people = Population(world)
    fill_projects(people)
    for _ in range(5):
        people.pathway(people.case("SIL"), "formativo", "2022-01-01")
    for year, count in (("2021", 9), ("2022", 2), ("2023", 9)):
        for _ in range(count):
            case = people.case("SIL")
            people.pathway_end(case, people.pathway(case, "inserimento_lavorativo", f"{year}-03-01"), f"{year}-09-01")
    people.write()


def fill_projects(people: Population) -> None:
    """Four signed projects; twelve of which ten name a network; twelve of which three build their budget."""
    for _ in range(4):
        people.milestone(people.case("PAIS"), "signed", "2022-01-01")
    pais = started(people, "PAIS", 12, over="2023-01-01")
    for number, case in enumerate(pais):
        if number < 10:
            people.evaluation(case, "beneficiary", 5 if number < 5 else 1, "2023-01-02")
        people.version(case, "2022-01-01", [people.cooperative] if number < 10 else [])
    for number, case in enumerate(started(people, "DOPO_DI_NOI", 12)):
        people.milestone(case, "signed", "2021-12-01")
        if number < 6:
            people.family_exit(case, "2022-05-01")
        if number < 3:
            people.participation(case, "2022-05-01")


@pytest.fixture
def filled(fresh: World) -> World:
    fill(fresh)
    return fresh


def freeze(by: Client, on: str = HALF_YEAR, key: str | None = None) -> Any:
    return by.post(f"/plans/{LODI}/snapshots", {"on": on}, key=key)


def test_small_numbers_are_left_out_of_a_snapshot_and_stay_in_live_values(filled: World) -> None:
    frozen = {item["code"]: item for item in ok(freeze(filled.as_("coordinator")))["items"]}
    live_answer = filled.as_("coordinator").get(f"/plans/{LODI}/indicators", query_string={"on": HALF_YEAR})
    live = {item["code"]: item for item in ok(live_answer)["items"]}
    assert live.keys() == frozen.keys()
    hidden = {code for code, item in frozen.items() if item["is_suppressed"]}
    # four projects; 10 of 12 leaves 2; 3 of 12; a year with 2 persons; of the paths of three years none was judged
    assert hidden == {"A1-OUT-1", "A1-IMP-2", "D2-IMP-2", "C1-OUT-2"}
    for code, item in frozen.items():
        numbers = [item[name] for name in ("value", "numerator", "denominator", "missing")]
        if code in hidden:
            assert numbers == [None] * 4, code
        else:
            assert item["value"] == live[code]["value"], code
            assert item["numerator"] == live[code]["numerator"], code
    assert [live["A1-OUT-1"]["value"], live["C1-OUT-2"]["value"]] == ["4.00", "6.67"]
    assert (frozen["C1-OUT-3"]["value"], frozen["D2-IMP-1"]["value"]) == ("5.00", "50.00")


def test_how_many_records_lack_something_is_left_out_where_they_are_few(filled: World) -> None:
    frozen = {item["code"]: item for item in ok(freeze(filled.as_("coordinator")))["items"]}
    live = ok(filled.as_("coordinator").get(f"/plans/{LODI}/indicators/A1-IMP-1", query_string={"on": HALF_YEAR}))
    assert (live["value"], live["numerator"], live["missing"]) == ("50.00", 5, 2)
    assert (frozen["A1-IMP-1"]["value"], frozen["A1-IMP-1"]["numerator"]) == ("50.00", 5)
    assert frozen["A1-IMP-1"]["missing"] is None


def test_a_snapshot_does_not_move_when_the_records_do(filled: World) -> None:
    made = ok(freeze(filled.as_("coordinator")))
    people = Population(filled)
    for _ in range(20):
        people.milestone(people.case("PAIS"), "signed", "2022-01-01")
    people.write()
    assert ok(filled.as_("plan_office").get(f"/plans/{LODI}/snapshots/{made['id']}")) == made


@pytest.mark.parametrize("role", ["plan_office", "local_administrator"])
def test_aggregate_only_roles_read_snapshots_and_no_live_value(fresh: World, role: str) -> None:
    made = ok(freeze(fresh.as_("coordinator")))
    reader = fresh.as_(role)
    listed = ok(reader.get(f"/plans/{LODI}/snapshots"))
    assert [item["id"] for item in listed["items"]] == [made["id"]]
    assert ok(reader.get(f"/plans/{LODI}/snapshots/{made['id']}"))["items"] == made["items"]
    refused(reader.get(f"/plans/{LODI}/indicators"), 403, "permission_is_missing")
    refused(reader.get(f"/plans/{LODI}/indicators/A1-OUT-1"), 403, "permission_is_missing")
    refused(freeze(reader, "2023-06-30"), 403, "permission_is_missing")
    assert ok(reader.get(f"/plans/{LODI}"))["code"] == LODI


@pytest.mark.parametrize("role", ["social_worker", "case_manager", "dpo", "accounting_officer", "system_administrator"])
def test_other_roles_freeze_and_read_no_figures(world: World, role: str) -> None:
    refused(freeze(world.as_(role)), 403, "permission_is_missing")
    refused(world.as_(role).get(f"/plans/{LODI}/snapshots"), 403, "permission_is_missing")
    refused(world.as_(role).get(f"/plans/{LODI}/indicators"), 403, "permission_is_missing")


@pytest.mark.parametrize("day", ["2023-12-30", "2023-03-31", "2023-01-01", "2020-12-31", "2024-06-30", "2099-12-31"])
def test_only_the_end_of_a_half_year_of_the_plan_is_frozen(world: World, day: str) -> None:
    body = refused(freeze(world.as_("coordinator"), day), 422, "request_is_invalid")
    assert [(error["pointer"], error["code"]) for error in body["errors"]] == [("#/on", "date_is_not_a_half_year_end")]


def test_a_half_year_that_is_not_over_is_not_frozen(world: World) -> None:
    answer = world.as_("coordinator").post("/plans/pioltello-2025-2027/snapshots", {"on": "2027-12-31"})
    refused(answer, 422, "request_is_invalid")


def test_a_half_year_is_frozen_once(fresh: World) -> None:
    ok(freeze(fresh.as_("coordinator"), "2022-06-30"))
    refused(freeze(fresh.as_("coordinator"), "2022-06-30"), 409, "snapshot_exists")
    refused(freeze(fresh.user("coordinator", at=fresh.other_service), "2022-06-30"), 409, "snapshot_exists")
    ok(freeze(fresh.as_("coordinator"), "2022-12-31"))


def test_a_freeze_asked_again_with_its_key_answers_the_same_snapshot(fresh: World) -> None:
    first, again = (freeze(fresh.as_("coordinator"), "2022-06-30", key="chiave") for _ in range(2))
    assert ok(first) == ok(again)


def test_of_two_coordinators_who_freeze_at_once_one_is_told_that_it_is_done(fresh: World) -> None:
    clients = [fresh.user("coordinator") for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda client: freeze(client, "2022-06-30"), clients))
    codes = sorted((answer.status_code, (answer.get_json() or {}).get("code", "-")) for answer in answers)
    assert codes == [(201, "-")] + [(409, "snapshot_exists")] * 3


def test_freezing_and_reading_are_on_the_log(fresh: World) -> None:
    made = UUID(ok(freeze(fresh.as_("coordinator")))["id"])
    ok(fresh.as_("plan_office").get(f"/plans/{LODI}/snapshots/{made}"))
    told = {(event.action, event.outcome, event.user_id) for event in fresh.events(resource_id=made)}
    assert ("values:freeze", "done", fresh.as_("coordinator").user_id) in told
    assert ("snapshot:show", "shown", fresh.as_("plan_office").user_id) in told


def test_a_snapshot_that_nobody_made_is_unknown(world: World) -> None:
    nowhere = f"/plans/{LODI}/snapshots/{world.service}"
    refused(world.as_("plan_office").get(nowhere), 404, "snapshot_is_unknown")
    refused(world.as_("plan_office").get("/plans/nessuno/snapshots"), 404, "plan_is_unknown")
