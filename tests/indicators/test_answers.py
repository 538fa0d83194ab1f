"""Plans and live values over HTTP."""

from typing import Any

import pytest

from service.types import now
from tests.indicators.population import LODI
from tests.world import World, ok, refused


def value_of(world: World, code: str, **query: str) -> Any:
    return ok(world.as_("coordinator").get(f"/plans/{LODI}/indicators/{code}", query_string=query))


def test_a_signed_project_raises_the_figure_by_one(fresh: World) -> None:
    before, instant = value_of(fresh, "A1-OUT-1"), now().isoformat()
    fresh.signed("PAIS", signed_on="2023-02-01")
    after = value_of(fresh, "A1-OUT-1")
    assert (before["value"], after["value"]) == ("0.00", "1.00")
    assert value_of(fresh, "A1-OUT-1", on="2023-01-31")["numerator"] == 0
    assert value_of(fresh, "A1-OUT-1", on="2023-02-01")["numerator"] == 1
    assert value_of(fresh, "A1-OUT-1", known_at=instant)["numerator"] == 0


def test_the_path_of_a_case_feeds_the_outcomes(fresh: World) -> None:
    case = fresh.started("PAIS")
    fresh.evaluation(case, "beneficiary", 4)
    assert {code: value_of(fresh, code)["value"] for code in ("A1-IMP-1", "A1-IMP-2")} == {
        "A1-IMP-1": "100.00", "A1-IMP-2": "100.00"}  # fmt: skip
    fresh.evaluation(case, "beneficiary", 3, occurred_on="2023-11-02")
    assert value_of(fresh, "A1-IMP-1")["value"] == "0.00"


def test_a_project_of_the_service_alone_foresees_no_network(fresh: World) -> None:
    fresh.started("PAIS", supports=[{"kind": "educativo", "organisation_id": fresh.service}])
    value = value_of(fresh, "A1-IMP-2")
    assert (value["numerator"], value["denominator"], value["value"]) == (0, 1, "0.00")


def test_every_operator_reads_the_plans(world: World) -> None:
    listed = ok(world.as_("provider_operator").get("/plans"))["items"]
    assert [(plan["code"], plan["period_start"], plan["period_end"]) for plan in listed] == [
        (LODI, "2021-01-01", "2023-12-31"), ("pioltello-2025-2027", "2025-01-01", "2027-12-31")]  # fmt: skip


def test_a_plan_is_shown_with_what_it_promised(world: World) -> None:
    plan = ok(world.as_("local_administrator").get(f"/plans/{LODI}"))
    promises = {one["code"]: one for objective in plan["objectives"] for one in objective["indicators"]}
    assert (len(plan["objectives"]), len(promises)) == (18, 184)
    assert promises["A1-OUT-1"]["expected"] == "270.00"
    assert promises["A1-OUT-1"]["has_measure"] is True
    assert promises["A1-INP-1"]["has_measure"] is False
    assert plan["objectives"][0]["indicators"][0]["code"] == "A1-INP-1"


def test_live_values_carry_the_promise_untouched_and_what_was_asked(fresh: World) -> None:
    fresh.signed("PAIS")
    asked = {"on": "2023-12-31", "known_at": "2030-01-01T00:00:00.000000Z"}
    answer = ok(fresh.as_("coordinator").get(f"/plans/{LODI}/indicators", query_string=asked))
    assert (answer["plan"], answer["on"], answer["known_at"]) == (LODI, asked["on"], asked["known_at"])
    plan = ok(fresh.as_("coordinator").get(f"/plans/{LODI}"))
    promises = {one["code"]: one for objective in plan["objectives"] for one in objective["indicators"]}
    measured = [code for code, promise in promises.items() if promise["has_measure"]]
    assert [item["code"] for item in answer["items"]] == measured
    assert len(measured) == 11
    for item in answer["items"]:
        same = ("family", "statement", "value_type", "expected")
        assert {name: item[name] for name in same} == {name: promises[item["code"]][name] for name in same}
        assert item["is_suppressed"] is False


def test_one_value_is_the_one_of_the_list(fresh: World) -> None:
    fresh.signed("PAIS")
    asked = {"on": "2023-12-31", "known_at": "2030-01-01T00:00:00.000000Z"}
    listed = ok(fresh.as_("coordinator").get(f"/plans/{LODI}/indicators", query_string=asked))
    for item in listed["items"]:
        one = value_of(fresh, item["code"], **asked)
        assert {name: one[name] for name in item} == item


def test_without_a_day_the_figure_is_of_today_as_known_now(fresh: World) -> None:
    fresh.signed("PAIS")
    answer = ok(fresh.as_("coordinator").get(f"/plans/{LODI}/indicators"))
    assert {item["code"]: item["value"] for item in answer["items"]}["A1-OUT-1"] == "1.00"
    assert abs((now() - now().fromisoformat(answer["known_at"])).total_seconds()) < 60


def test_asked_again_as_it_was_known_then_a_figure_is_the_same(fresh: World) -> None:
    fresh.signed("PAIS")
    first = ok(fresh.as_("coordinator").get(f"/plans/{LODI}/indicators"))
    fresh.signed("PAIS")
    asked = {name: first[name] for name in ("on", "known_at")}
    assert ok(fresh.as_("coordinator").get(f"/plans/{LODI}/indicators", query_string=asked)) == first


def test_before_the_plan_begins_there_is_no_figure(fresh: World) -> None:
    fresh.signed("PAIS")
    for item in ok(fresh.as_("coordinator").get(f"/plans/{LODI}/indicators", query_string={"on": "2020-06-30"}))[
        "items"
    ]:
        assert item["numerator"] == 0


@pytest.mark.parametrize("path", ["/plans", f"/plans/{LODI}", f"/plans/{LODI}/indicators", f"/plans/{LODI}/snapshots"])
def test_unknown_parameters_are_refused(world: World, path: str) -> None:
    answer = world.as_("coordinator").get(path, query_string={"colour": "red"})
    body = refused(answer, 400, "parameters_are_invalid")
    assert [(error["pointer"], error["code"]) for error in body["errors"]] == [("#/query/colour", "field_is_unknown")]


@pytest.mark.parametrize(("name", "text"), [
    ("on", "2023-02-30"), ("on", "ieri"), ("on", ""), ("known_at", "2023-01-01"), ("known_at", "2023-01-01T10:00:00"),
    ("known_at", "ora"),
])  # fmt: skip
def test_a_day_or_an_instant_that_is_none_is_refused(world: World, name: str, text: str) -> None:
    for path in ("indicators", "indicators/A1-OUT-1"):
        answer = world.as_("coordinator").get(f"/plans/{LODI}/{path}", query_string={name: text})
        body = refused(answer, 400, "parameters_are_invalid")
        assert [error["pointer"] for error in body["errors"]] == [f"#/query/{name}"]


def test_the_edges_of_the_calendar_are_answered(world: World) -> None:
    for on in ("0001-01-01", "9999-12-31"):
        ok(world.as_("coordinator").get(f"/plans/{LODI}/indicators", query_string={"on": on}))
    for known_at in ("0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59+00:00"):
        found = value_of(world, "A1-OUT-1", known_at=known_at)
        assert found["numerator"] >= 0


def test_an_unknown_plan_or_indicator_is_not_found(world: World) -> None:
    reader = world.as_("coordinator")
    refused(reader.get("/plans/nessuno"), 404, "plan_is_unknown")
    refused(reader.get("/plans/nessuno/indicators"), 404, "plan_is_unknown")
    refused(reader.get(f"/plans/{LODI}/indicators/Z9-OUT-9"), 404, "indicator_is_unknown")
    refused(reader.get(f"/plans/{LODI}/indicators/A1-INP-1"), 404, "indicator_is_unknown")


def test_who_looked_at_a_figure_is_on_the_log(world: World) -> None:
    reader = world.user("coordinator")
    ok(reader.get(f"/plans/{LODI}/indicators"))
    ok(reader.get(f"/plans/{LODI}/indicators/A1-OUT-1"))
    told = [(event.action, event.outcome) for event in world.events(user_id=reader.user_id)]
    assert told[-2:] == [("values:list", "shown"), ("value:show", "shown")]


def test_figures_ask_for_a_log_in(world: World) -> None:
    answer = world.app.test_client().get(f"/v1/plans/{LODI}/indicators")
    assert answer.status_code == 401
