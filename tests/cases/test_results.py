"""Results of instruments: recorded, scored, compared, taken back; and those of health, apart."""

from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from service.cases.assessments.rules import changes
from service.types import new_id
from tests.cases.acts import areas
from tests.cases.test_instruments import SHIPPED
from tests.fences.test_sight import as_runtime
from tests.world import Client, Opened, World, ok, refused, together

KATZ = ("igiene", "vestirsi", "toilette", "trasferimenti", "continenza", "alimentazione")


def katz(points: int = 6, **values: Any) -> dict[str, Any]:
    """A result of health: independent in so many functions."""
    items = [{"item": code, "value": int(turn < points)} for turn, code in enumerate(KATZ)]
    return {"instrument": "katz_adl", "items": items, **values}


def gas(value: int = 0, **values: Any) -> dict[str, Any]:
    """A result that tells nothing of health: one goal."""
    return {"instrument": "gas", "items": [{"item": "casa", "value": value, "wording": "Trovare casa"}], **values}


def alone(result: dict[str, Any], on: str = "2023-03-01", **values: Any) -> dict[str, Any]:
    """A result to be recorded by itself."""
    return {**result, "occurred_on": on, "setting": "EVM", **values}


def told(answer: Any) -> list[tuple[str, str]]:
    """Places and codes of what is wrong."""
    refused(answer, 422, "request_is_invalid")
    return [(error["pointer"], error["code"]) for error in answer.get_json()["errors"]]


def post(client: Client, case: Opened, body: dict[str, Any]) -> Any:
    """Record a result by itself."""
    return client.post(f"/cases/{case.id}/instrument-results", body)


def listed(client: Client, case: Opened, query: str = "") -> list[Any]:
    """The results that somebody sees."""
    return list(ok(client.get(f"/cases/{case.id}/instrument-results{query}"))["items"])


def member(world: World, case: Opened, role: str, component: str) -> Client:
    """A new member of a team."""
    roles = {"provider": "provider_operator"}.get(role, "team_member")
    client = world.user(roles)
    body = {"user_id": str(client.user_id), "organisation_id": world.service, "role": role, "component": component,
            "from_on": "2023-01-14"}  # fmt: skip
    ok(world.as_("coordinator").post(f"/cases/{case.id}/team", body))
    return client


def clinician(world: World, case: Opened) -> Client:
    """A member of the clinical component."""
    return member(world, case, "health_professional", "clinical")


def test_a_result_is_scored_and_kept_with_the_version_of_its_instrument(world: World) -> None:
    case = world.assessed("DOPO_DI_NOI")
    doctor = clinician(world, case)
    answer = post(doctor, case, alone(katz(4), moment="review", is_joint_with_asst=True))
    made = ok(answer)
    assert (made["score"], made["instrument_version"], made["direction"]) == (4, 1, "higher_is_better")
    assert (made["moment"], made["is_joint_with_asst"], made["assessment_id"]) == ("review", True, None)
    assert [one["value"] for one in made["items"]] == [1, 1, 1, 1, 0, 0]
    assert ok(doctor.get(answer.headers["Location"].removeprefix("/v1"))) == made
    assert listed(doctor, case) == [made]


def test_goals_weigh_one_unless_told(world: World) -> None:
    case = world.assessed()
    goals = [{"item": "casa", "value": 1, "wording": "Trovare casa", "weight": 3},
             {"item": "lavoro", "value": -1, "wording": "Un lavoro"}]  # fmt: skip
    made = ok(post(world.as_("social_worker"), case, alone({"instrument": "gas", "items": goals})))
    assert made["score"] == 55.82
    assert [one["weight"] for one in made["items"]] == [3, None]


def test_results_come_with_an_assessment_and_share_its_circumstances(world: World) -> None:
    case = world.to_assess("DOPO_DI_NOI")
    body = {"occurred_on": "2023-01-20", "setting": "EVM", "moment": "review", "is_joint_with_asst": True,
            "areas": areas("DOPO_DI_NOI"), "results": [katz(5), gas(1), {"instrument": "sidi", "score": 3}]}  # fmt: skip
    made = ok(world.as_("coordinator").post(f"/cases/{case.id}/assessments", body))
    assert [(one["instrument"], one["score"]) for one in made["results"]] == [("gas", 60), ("katz_adl", 5), ("sidi", 3)]
    for one in listed(world.as_("coordinator"), case):
        assert one["assessment_id"] == made["id"]
        assert (one["occurred_on"], one["setting"], one["moment"]) == ("2023-01-20", "EVM", "review")
        assert one["is_joint_with_asst"] is True


def test_an_instrument_with_areas_gives_a_score_for_each(world: World) -> None:
    case, coordinator = world.assessed("DOPO_DI_NOI"), world.as_("coordinator")
    for area, score in ((None, 100), ("diritti", 18), ("inclusione", 6)):
        ok(post(coordinator, case, alone({"instrument": "pos", "area": area, "score": score})))
    assert {(one["area"], one["score"]) for one in listed(coordinator, case)} == {
        (None, 100), ("diritti", 18), ("inclusione", 6),
    }  # fmt: skip
    too_much = post(coordinator, case, alone({"instrument": "pos", "area": "diritti", "score": 19}))
    assert told(too_much) == [("#/score", "number_out_of_range")]


def items(*given: tuple[str, int], **more: Any) -> dict[str, Any]:
    """Answers to Katz."""
    return {"instrument": "katz_adl", "items": [{"item": item, "value": value, **more} for item, value in given]}


WHOLE = [(code, 1) for code in KATZ]


@pytest.mark.parametrize(("result", "wrong"), [
    (items(*WHOLE[:5]), [("/items", "items_are_missing")]), (items(), [("/items", "items_are_missing")]),
    (items(*WHOLE, ("altro", 1)), [("/items/6/item", "item_is_unknown")]),
    (items(*WHOLE, WHOLE[0]), [("/items/6/item", "item_is_repeated")]),
    (items(*WHOLE[:5], ("alimentazione", 2)), [("/items/5/value", "value_is_unknown")]),
    (items(*WHOLE[:5], ("altro", 2)), [("/items", "items_are_missing"), ("/items/5/item", "item_is_unknown")]),
    (katz(score=6), [("/score", "score_is_computed")]), (katz(area="igiene"), [("/area", "instrument_area_is_unknown")]),
    ({**items(*WHOLE[:5]), "items": [*items(*WHOLE[:5])["items"], {"item": "alimentazione", "value": 1, "weight": 2}]},
     [("/items/5/weight", "item_is_not_a_goal")]),
    ({"instrument": "sidi"}, [("/score", "field_is_missing")]),
    ({"instrument": "sidi", "score": 0}, [("/score", "number_out_of_range")]),
    ({"instrument": "sidi", "score": 6}, [("/score", "number_out_of_range")]),
    ({"instrument": "sidi", "score": 2.5}, [("/score", "score_has_too_many_decimals")]),
    ({"instrument": "sidi", "score": 2.555}, [("/score", "number_is_invalid")]),
    ({"instrument": "sidi", "score": "2"}, [("/score", "number_is_invalid")]),
    ({"instrument": "sidi", "score": True}, [("/score", "number_is_invalid")]),
    ({"instrument": "sidi", "score": 2, "area": "diritti"}, [("/area", "instrument_area_is_unknown")]),
    ({"instrument": "sidi", "score": 2, "items": [{"item": "a", "value": 1}]}, [("/items", "instrument_has_no_items")]),
    (gas(3), [("/items/0/value", "value_is_unknown")]), ({"instrument": "gas"}, [("/items", "length_out_of_range")]),
    ({"instrument": "gas", "items": [{"item": "a", "value": 0}]}, [("/items/0/wording", "field_is_missing")]),
    ({"instrument": "gas", "items": gas()["items"] * 2}, [("/items/1/item", "item_is_repeated")]),
    ({"instrument": "gas", "items": [{"item": f"g{n}", "value": 0, "wording": "-"} for n in range(21)]},
     [("/items", "length_out_of_range")]),
    ({"instrument": "scheda_lavoro", "score": 2}, [("/instrument", "value_is_unknown")]),  # of another programme
    ({"instrument": "katz_adl", "instrument_version": 2}, [("/instrument_version", "value_is_unknown")]),
])  # fmt: skip
def test_a_wrong_result_is_named_at_its_place_alone_and_in_an_assessment(
    world: World, result: dict[str, Any], wrong: list[tuple[str, str]]
) -> None:
    case, coordinator = world.to_assess("DOPO_DI_NOI"), world.as_("coordinator")
    assert told(post(coordinator, case, alone(result))) == [(f"#{place}", code) for place, code in wrong]
    body = {"occurred_on": "2023-01-20", "setting": "EVM", "areas": areas("DOPO_DI_NOI"), "results": [katz(), result]}
    if result["instrument"] != "katz_adl":
        answer = coordinator.post(f"/cases/{case.id}/assessments", body)
        assert told(answer) == [(f"#/results/1{place}", code) for place, code in wrong]
    assert listed(coordinator, case) == []
    assert ok(coordinator.get(f"/cases/{case.id}/assessments"))["items"] == []


def test_an_instrument_is_given_once_in_an_assessment_for_each_area(world: World) -> None:
    case, coordinator = world.to_assess("DOPO_DI_NOI"), world.as_("coordinator")
    body = {"occurred_on": "2023-01-20", "setting": "EVM", "areas": areas("DOPO_DI_NOI"),
            "results": [{"instrument": "pos", "score": 90}, {"instrument": "pos", "area": "diritti", "score": 9},
                        {"instrument": "pos", "score": 91}]}  # fmt: skip
    answer = coordinator.post(f"/cases/{case.id}/assessments", body)
    assert told(answer) == [("#/results/2/instrument", "instrument_is_repeated")]
    body["results"].pop()
    assert len(ok(coordinator.post(f"/cases/{case.id}/assessments", body))["results"]) == 2


def test_a_result_waits_for_a_stage_in_which_facts_are_recorded_and_for_its_day(world: World) -> None:
    worker = world.as_("social_worker")
    refused(post(worker, world.open(), alone(gas(), "2023-01-11")), 409, "act_is_not_allowed_now")
    case = world.in_charge()
    assert told(post(worker, case, alone(gas(), "2023-01-09"))) == [("#/occurred_on", "date_is_before_referral")]
    assert told(post(worker, case, alone(gas(), "2999-01-01"))) == [("#/occurred_on", "date_is_in_the_future")]
    ok(post(worker, case, alone(gas(), "2023-01-12")))


def test_a_version_is_used_while_it_is_valid(fresh: World) -> None:
    definition = "(definition || '{\"version\": 2}')"
    fresh.write(f"""INSERT INTO cases.instruments (code, version, sensitivity, direction, valid_from, definition)
                    SELECT code, 2, sensitivity, direction, '2023-06-01', {definition} FROM cases.instruments
                    WHERE code = 'gas'""")
    fresh.write("UPDATE cases.instruments SET valid_to = '2023-12-31' WHERE code = 'gas' AND version = 1")
    case, worker = fresh.assessed(), fresh.as_("social_worker")

    def version(on: str, **asked: Any) -> Any:
        return post(worker, case, alone(gas(**asked), on))

    assert ok(version("2023-05-31"))["instrument_version"] == 1
    assert ok(version("2023-06-01"))["instrument_version"] == 2
    assert ok(version("2023-06-01", instrument_version=1))["instrument_version"] == 1
    assert told(version("2024-01-01", instrument_version=1)) == [("#/instrument_version", "value_is_unknown")]
    assert told(version("2023-05-31", instrument_version=2)) == [("#/instrument_version", "value_is_unknown")]
    # Scores of different versions are never compared.
    found = ok(worker.get(f"/cases/{case.id}/instrument-results/changes"))["items"]
    assert [(one["instrument_version"], one["first"]["occurred_on"]) for one in found] == [(1, "2023-05-31")]


def test_an_instrument_is_used_at_its_moments(fresh: World) -> None:
    fresh.write("""UPDATE cases.instruments SET definition = definition || '{"moments": ["end"]}' WHERE code = 'gas'""")
    case, worker = fresh.assessed(), fresh.as_("social_worker")
    assert told(post(worker, case, alone(gas()))) == [("#/moment", "instrument_is_not_for_moment")]
    ok(post(worker, case, alone(gas(), moment="end")))


def test_a_result_taken_back_stays_and_counts_no_more(world: World) -> None:
    case, worker = world.assessed(), world.as_("social_worker")
    made = ok(post(worker, case, alone(gas())))
    path = f"/cases/{case.id}/instrument-results/{made['id']}"
    answers = together(*[lambda: worker.again().post(f"{path}/withdrawal", {"reason": "Altro caso"})] * 3)
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    assert listed(worker, case) == []
    assert ok(worker.get(path))["superseded_at"] is not None
    kept = world.seen("SELECT supersede_reason FROM cases.instrument_results WHERE id = :id", id=made["id"])
    assert kept[0].supersede_reason == "Altro caso"


def test_results_are_paged_and_asked_by_instrument(world: World) -> None:
    case, coordinator = world.assessed("DOPO_DI_NOI"), world.as_("coordinator")
    made = [ok(post(coordinator, case, alone(one)))["id"] for one in (gas(), katz(), gas(1))]
    first = ok(coordinator.get(f"/cases/{case.id}/instrument-results?limit=2"))
    rest = listed(coordinator, case, f"?limit=2&cursor={first['next_cursor']}")
    assert [one["id"] for one in [*first["items"], *rest]] == made[::-1]
    assert [one["id"] for one in listed(coordinator, case, "?instrument=gas")] == [made[2], made[0]]


# Changes between two days


def change(client: Client, case: Opened, query: str = "") -> list[Any]:
    """What changed."""
    return list(ok(client.get(f"/cases/{case.id}/instrument-results/changes{query}"))["items"])


def test_a_change_goes_from_the_first_to_the_last_result_of_the_window(world: World) -> None:
    case, worker = world.started("SIL"), world.as_("social_worker")
    levels = {"2023-03-01": 2, "2023-05-01": 1, "2023-07-01": 3}
    sheet = SHIPPED["scheda_lavoro"].items
    for day, level in levels.items():
        answers = [{"item": code, "value": level} for code in sheet]
        ok(post(worker, case, alone({"instrument": "scheda_lavoro", "items": answers}, day)))
    ok(post(worker, case, alone(gas(), "2023-07-02")))  # once only: nothing to compare
    [whole] = change(worker, case)
    assert (whole["first"]["score"], whole["last"]["score"], whole["difference"]) == (2, 3, 1)
    assert (whole["change"], whole["threshold"], whole["reaches_threshold"]) == ("better", 0.5, True)
    [fall] = change(worker, case, "?instrument=scheda_lavoro&to_on=2023-05-01")
    assert (fall["difference"], fall["change"], fall["reaches_threshold"]) == (-1, "worse", True)
    [rise] = change(worker, case, "?from_on=2023-05-01&to_on=2023-07-01")
    assert (rise["first"]["occurred_on"], rise["difference"]) == ("2023-05-01", 2)
    assert change(worker, case, "?instrument=gas") == change(worker, case, "?from_on=2023-06-01") == []


def test_a_lower_index_of_support_needs_is_better_and_states_no_threshold(world: World) -> None:
    case, coordinator = world.assessed("DOPO_DI_NOI"), world.as_("coordinator")
    for day, score in (("2023-03-01", 110), ("2023-09-01", 95)):
        ok(post(coordinator, case, alone({"instrument": "sis", "score": score}, day)))
    [found] = change(coordinator, case)
    assert (found["difference"], found["change"], found["reaches_threshold"]) == (-15, "better", None)


RESULTS = st.lists(
    st.builds(
        SimpleNamespace, id=st.uuids(), instrument=st.sampled_from(["gas", "sis"]), instrument_version=st.just(1),
        area=st.none(), occurred_on=st.dates(date(2023, 1, 1), date(2023, 1, 9)),
        score=st.integers(30, 80).map(Decimal),
    ), max_size=12, unique_by=lambda one: one.id,
)  # fmt: skip


@given(RESULTS, st.randoms(use_true_random=False))
def test_changes_do_not_depend_on_the_order_of_results(results: list[Any], luck: Any) -> None:
    known = {(code, 1): SHIPPED[code] for code in ("gas", "sis")}
    found = changes(results, known)
    luck.shuffle(results)
    assert changes(results, known) == found
    for one in found:
        days = [result.occurred_on for result in results if result.instrument == one.instrument]
        assert (one.first.occurred_on, one.last.occurred_on) == (min(days), max(days))
        assert one.last.score - one.first.score == one.difference
        assert (one.change == "same") == (one.difference == 0)


# Health, apart

RELATIONS = {
    "social_worker": False, "case_manager": False, "coordinator": True, "clinical": True, "psychological": False,
    "private_social": False, "clinical provider": False, "coordinator next door": False, "stranger": False,
    "who left": False,
}  # fmt: skip
"""Who stands in which relation to the case, and whether they see its health data."""


@pytest.fixture
def mixed(world: World) -> tuple[World, Opened, dict[str, UUID], dict[str, Client]]:
    """A case with results of both kinds, alone and within an assessment, and people around it."""
    case = world.to_assess("DOPO_DI_NOI")
    coordinator = world.as_("coordinator")
    body = {"occurred_on": "2023-01-20", "setting": "EVM", "areas": areas("DOPO_DI_NOI"), "results": [katz(5), gas()]}
    made = ok(coordinator.post(f"/cases/{case.id}/assessments", body))
    ids = {f"{one['instrument']} within": UUID(one["id"]) for one in made["results"]}
    for result in (katz(6), gas(1)):
        one = ok(post(coordinator, case, alone(result)))
        ids[f"{one['instrument']} alone"] = UUID(one["id"])
    gone = clinician(world, case)
    membership = ok(coordinator.get(f"/cases/{case.id}/team"))["items"]
    [mine] = [one["id"] for one in membership if one["user_id"] == str(gone.user_id)]
    ok(coordinator.post(f"/cases/{case.id}/team/{mine}/departure", {"to_on": "2023-02-01"}))
    people = {
        **{role: world.as_(role) for role in ("social_worker", "case_manager", "coordinator")},
        "clinical": clinician(world, case), "psychological": member(world, case, "psychologist", "psychological"),
        "private_social": member(world, case, "educator", "private_social"),
        "clinical provider": member(world, case, "provider", "clinical"),
        "coordinator next door": world.user("coordinator", at=world.other_service),
        "stranger": world.user("team_member"), "who left": gone,
    }  # fmt: skip
    return world, case, ids, people


NO_SIGHT = ("coordinator next door", "stranger", "who left")


def test_health_results_are_shown_by_sql_to_the_clinical_component_and_the_coordinators_alone(mixed: Any) -> None:
    world, case, ids, people = mixed
    here, social = {"case": case.id}, {one for name, one in ids.items() if name.startswith("gas")}
    for relation, sees in RELATIONS.items():
        nothing = relation in (*NO_SIGHT, "clinical provider")
        with as_runtime(world.urls, people[relation].user_id) as connection:
            rows = connection.scalars(text("SELECT id FROM cases.instrument_results WHERE case_id = :case"), here)
            shown = set(rows)
            of_health = set(connection.scalars(text("SELECT case_id FROM access.my_health_cases")))
        assert (UUID(case.id) in of_health) == sees
        expected = set() if nothing else set(ids.values()) if sees else social
        assert (relation, shown) == (relation, expected)


def test_health_results_are_absent_everywhere_for_the_others(mixed: Any) -> None:
    _, case, ids, people = mixed
    for relation, sees in RELATIONS.items():
        client = people[relation]
        if relation in NO_SIGHT:
            refused(client.get(f"/cases/{case.id}/instrument-results"), 404, "case_is_unknown")
            continue
        provides = relation == "clinical provider"
        wanted = set() if provides else {"katz_adl", "gas"} if sees else {"gas"}
        assert {one["instrument"] for one in listed(client, case)} == wanted
        assert {one["instrument"] for one in change(client, case)} == wanted
        assert bool(listed(client, case, "?instrument=katz_adl")) == sees
        assessed = ok(client.get(f"/cases/{case.id}/assessments"))["items"]
        assert [len(one["areas"]) for one in assessed] == (
            [] if provides else [4]
        )  # the areas are for who sees the case
        assert {result["instrument"] for one in assessed for result in one["results"]} == wanted
        for name, result_id in ids.items():
            answer = client.get(f"/cases/{case.id}/instrument-results/{result_id}")
            if name.split()[0] in wanted:
                ok(answer)
            else:
                missing = client.get(f"/cases/{case.id}/instrument-results/{new_id()}")
                assert (answer.status_code, answer.get_json()) == (404, missing.get_json())


def test_who_may_not_see_health_results_neither_records_nor_withdraws_them(mixed: Any) -> None:
    world, case, ids, people = mixed
    for relation in ("social_worker", "case_manager", "psychological"):
        client = people[relation]
        refused(post(client, case, alone(katz())), 403, "health_data_is_of_clinicians")
        hidden, missing = (
            client.post(f"/cases/{case.id}/instrument-results/{one}/withdrawal", {"reason": "Errore"})
            for one in (ids["katz_adl alone"], new_id())
        )
        assert (hidden.status_code, hidden.get_json()) == (404, missing.get_json())
    body = {"occurred_on": "2023-02-01", "setting": "EVM", "areas": areas("DOPO_DI_NOI"), "results": [katz()]}
    refused(people["social_worker"].post(f"/cases/{case.id}/assessments", body), 403, "health_data_is_of_clinicians")
    assert len(world.seen("SELECT id FROM cases.instrument_results WHERE case_id = :case", case=case.id)) == len(ids)


def test_a_health_result_can_not_be_slipped_in_as_a_social_one_or_by_who_may_not_see_it(mixed: Any) -> None:
    world, case, _, people = mixed
    statement = """
        INSERT INTO cases.instrument_results (id, case_id, instrument, instrument_version, sensitivity, direction,
            occurred_on, moment, setting, is_joint_with_asst, score, items, recorded_by)
        VALUES (gen_random_uuid(), :case, 'katz_adl', 1, :sensitivity, 'higher_is_better', '2023-03-01', 'start', 'EVM',
                false, 6, '[]', :user)"""
    worker = people["social_worker"]
    for sensitivity in ("health", "social"):
        values = {"case": case.id, "sensitivity": sensitivity, "user": worker.user_id}
        with as_runtime(world.urls, worker.user_id) as connection, pytest.raises(DBAPIError):
            connection.execute(text(statement), values)


def test_a_clinician_who_leaves_sees_health_no_more_and_a_newcomer_does_at_once(mixed: Any) -> None:
    world, case, _, people = mixed
    doctor, coordinator = people["clinical"], people["coordinator"]
    assert len(listed(doctor, case)) == 4
    team = ok(coordinator.get(f"/cases/{case.id}/team"))["items"]
    [mine] = [one["id"] for one in team if one["user_id"] == str(doctor.user_id)]
    ok(coordinator.post(f"/cases/{case.id}/team/{mine}/departure", {"to_on": "2023-02-01"}))
    refused(doctor.get(f"/cases/{case.id}/instrument-results"), 404, "case_is_unknown")
    assert len(listed(clinician(world, case), case)) == 4


def test_figures_read_the_scores_of_health_and_not_the_answers(mixed: Any) -> None:
    world, case, ids, _ = mixed
    with as_runtime(world.urls) as connection:
        connection.execute(text("SET LOCAL ROLE trama_figures"))
        read = "SELECT id, score, moment, direction, setting, is_joint_with_asst FROM cases.instrument_results"
        assert {row.id for row in connection.execute(text(f"{read} WHERE case_id = :case"), {"case": case.id})} == set(
            ids.values()
        )
        with pytest.raises(DBAPIError):
            connection.execute(text("SELECT items FROM cases.instrument_results"))
