"""Calls, applications and frozen rankings (DM 23/11/2016 art. 4): who comes first, always the same way."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import count, pairwise
from typing import Any
from uuid import UUID

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from service.cases.rankings.loading import ruleset_on, rulesets
from service.cases.rankings.rules import Criterion, Entry, Terms, digest, ranked, snapshot, terms_from
from tests.cases.test_results import told
from tests.fences.test_sight import as_runtime
from tests.world import Client, Opened, World, ok, refused, together

[RULES] = rulesets()
WEIGHTS = dict(zip(RULES.criteria, ("2.00", "1.50", "1.00", "0.50"), strict=True))
TERMS = Terms(RULES.code, RULES.version, RULES.classes,
              {code: Criterion(Decimal(weight), 0, 10) for code, weight in WEIGHTS.items()})  # fmt: skip
ENTRIES = st.lists(
    st.builds(
        Entry, st.uuids(), st.sampled_from(RULES.classes),
        st.fixed_dictionaries(dict.fromkeys(RULES.criteria, st.integers(0, 2))),
        st.dates(date(2023, 1, 1), date(2023, 1, 3)), st.integers(1, 3),
    ), max_size=12, unique_by=lambda entry: entry.application_id,
)  # fmt: skip
_serial = count(1)


# The order


def test_the_classes_are_those_of_the_decree_and_so_are_the_criteria() -> None:
    assert RULES.classes == ("P1", "P2", "P3", "none")
    assert RULES.criteria == ("autonomia", "sostegno_familiare", "condizione_abitativa", "condizione_economica")
    assert ruleset_on("dm_2016_art_4", date(2016, 11, 22)) is None


@given(ENTRIES)
def test_classes_are_absolute_then_scores_then_days(entries: list[Entry]) -> None:
    order = ranked(TERMS, entries)
    for before, after in pairwise(order):
        classes = [RULES.classes.index(one.priority_class) for one in (before, after)]
        scores = [TERMS.score(one.points) for one in (before, after)]
        assert classes[0] <= classes[1]
        if classes[0] == classes[1]:
            assert scores[0] >= scores[1]
            if scores[0] == scores[1]:
                assert before.protocol_on <= after.protocol_on


@given(ENTRIES, st.randoms(use_true_random=False))
def test_the_order_in_which_applications_come_never_counts(entries: list[Entry], luck: Any) -> None:
    known = snapshot(TERMS, entries)
    luck.shuffle(entries)
    assert snapshot(TERMS, entries) == known
    turned = [replace(one, points=dict(reversed(one.points.items()))) for one in entries]
    assert digest(TERMS, turned) == digest(TERMS, entries)


@given(ENTRIES.filter(len), st.data())
def test_no_score_lifts_an_application_out_of_its_class(entries: list[Entry], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(entries) - 1))
    raised = replace(entries[place], points=dict.fromkeys(RULES.criteria, 10))
    order = ranked(TERMS, [*entries[:place], raised, *entries[place + 1 :]])
    above = {one.priority_class for one in order[: order.index(raised)]}
    assert all(RULES.classes.index(one) <= RULES.classes.index(raised.priority_class) for one in above)


def test_applications_alike_in_all_but_protocol_or_id_are_told_apart() -> None:
    points = dict.fromkeys(RULES.criteria, 1)
    entries = [Entry(UUID(int=number), "P2", points, date(2023, 1, 1), protocol) for number, protocol in
               ((3, 1), (1, 2), (2, 2), (4, 2))]  # fmt: skip
    assert ranked(TERMS, entries) == ranked(TERMS, entries[::-1]) == entries


@given(ENTRIES)
def test_a_snapshot_holds_all_that_makes_it_again(entries: list[Entry]) -> None:
    content = orjson.loads(snapshot(TERMS, entries))
    read = [
        Entry(UUID(one["application_id"]), one["priority_class"], one["points"], date.fromisoformat(one["protocol_on"]),
              one["protocol_number"])
        for one in content["places"]
    ]  # fmt: skip
    assert read == ranked(TERMS, entries)
    assert snapshot(terms_from(content["terms"]), read) == snapshot(TERMS, entries)


def test_a_score_is_the_points_by_their_weights() -> None:
    assert TERMS.score(dict(zip(RULES.criteria, (1, 2, 3, 4), strict=True))) == Decimal("10.00")


# Calls


def a_call(service: str, **values: Any) -> dict[str, Any]:
    """A call of a service."""
    scales = [{"code": code, "weight": float(weight), "min": 0, "max": 10} for code, weight in WEIGHTS.items()]
    return {"code": f"ddn{next(_serial)}_{service[:8]}", "label": "Dopo di Noi 2023", "programme": "DOPO_DI_NOI",
            "ruleset": "dm_2016_art_4", "service_id": service, "opened_on": "2023-01-01", "closed_on": "2023-12-31",
            "criteria": scales, **values}  # fmt: skip


def opened(world: World, **values: Any) -> Any:
    """A call of the world's service."""
    return ok(world.as_("coordinator").post("/calls", a_call(world.service, **values)))


def apply(by: Client, case_id: str, call: Any, points: int = 5, **values: Any) -> Any:
    """The application of a case."""
    body = {"call_id": call["id"], "protocol_on": "2023-02-01", "protocol_number": next(_serial), "priority_class": "none",
            "urgency_scores": dict.fromkeys(RULES.criteria, points), **values}  # fmt: skip
    return by.post(f"/cases/{case_id}/applications", body)


def freeze(by: Client, call: Any) -> Any:
    """Freeze its ranking."""
    return by.post(f"/calls/{call['id']}/rankings", {"act": "Determina 12/2023"})


def test_a_call_keeps_its_terms_and_is_listed(world: World) -> None:
    call = opened(world)
    assert call["terms"]["criteria"]["sostegno_familiare"] == {"weight": "1.50", "min": 0, "max": 10}
    assert (call["terms"]["ruleset"], call["terms"]["ruleset_version"]) == ("dm_2016_art_4", 1)
    reader = world.as_("team_member")
    assert ok(reader.get(f"/calls/{call['id']}")) == call
    assert ok(reader.get("/calls?limit=1"))["items"] == [call]
    refused(reader.get(f"/calls/{world.service}"), 404, "call_is_unknown")
    again = world.as_("coordinator").post("/calls", a_call(world.service, code=call["code"]))
    refused(again, 409, "call_exists")


SCALE = {"weight": 1, "min": 0, "max": 10}


@pytest.mark.parametrize(("values", "wrong"), [
    ({"ruleset": "mia"}, ("#/ruleset", "ruleset_is_not_in_force")),
    ({"programme": "ALTRO"}, ("#/programme", "programme_is_not_in_force")),
    ({"closed_on": "2022-12-31"}, ("#/closed_on", "date_is_before_start")),
    ({"criteria": [{"code": "autonomia", **SCALE}]}, ("#/criteria", "criteria_are_others")),
    ({"criteria": [{"code": "autonomia", **SCALE}] * 4}, ("#/criteria", "criteria_are_others")),
    ({"criteria": [{"code": code, **SCALE, "min": 10} for code in RULES.criteria]},
     ("#/criteria/0/max", "number_out_of_range")),
    ({"criteria": [{"code": code, **SCALE, "weight": 0} for code in RULES.criteria]},
     ("#/criteria/0/weight", "number_out_of_range")),
    ({"criteria": [{"code": RULES.criteria[0], **SCALE, "weight": 1.005}]}, ("#/criteria/0/weight", "number_is_invalid")),
])  # fmt: skip
def test_a_wrong_call_is_named_at_its_place(world: World, values: dict[str, Any], wrong: tuple[str, str]) -> None:
    assert told(world.as_("coordinator").post("/calls", a_call(world.service, **values))) == [wrong]


def test_a_call_is_opened_and_ranked_by_a_coordinator_of_the_service_that_runs_it(world: World) -> None:
    neighbour = world.user("coordinator", at=world.other_service)
    refused(neighbour.post("/calls", a_call(world.service)), 403, "organisation_is_not_yours")
    refused(freeze(neighbour, opened(world)), 403, "organisation_is_not_yours")
    refused(freeze(world.as_("coordinator"), {"id": world.service}), 404, "call_is_unknown")


# Applications


@pytest.mark.parametrize(("values", "wrong"), [
    ({"protocol_on": "2022-12-31"}, ("#/protocol_on", "date_is_out_of_range")),
    ({"protocol_on": "2024-01-01"}, ("#/protocol_on", "date_is_out_of_range")),
    ({"priority_class": "P4"}, ("#/priority_class", "value_is_unknown")),
    ({"urgency_scores": {"autonomia": 1}}, ("#/urgency_scores", "criteria_are_others")),
    ({"urgency_scores": {**dict.fromkeys(RULES.criteria, 1), "simpatia": 1}}, ("#/urgency_scores", "criteria_are_others")),
    ({"urgency_scores": {**dict.fromkeys(RULES.criteria, 1), "autonomia": 11}},
     ("#/urgency_scores/autonomia", "number_out_of_range")),
])  # fmt: skip
def test_a_wrong_application_is_named_at_its_place(
    world: World, values: dict[str, Any], wrong: tuple[str, str]
) -> None:
    case = world.open("DOPO_DI_NOI")
    assert told(apply(world.as_("social_worker"), case.id, opened(world), **values)) == [wrong]


def test_an_application_is_of_a_case_of_the_programme_once_in_a_call(world: World) -> None:
    call, worker = opened(world), world.as_("social_worker")
    assert told(apply(worker, world.open("PAIS").id, call)) == [("#/call_id", "reference_is_unknown")]
    assert told(apply(worker, world.open("DOPO_DI_NOI").id, {"id": world.service})) == [
        ("#/call_id", "reference_is_unknown")
    ]
    case = world.open("DOPO_DI_NOI")
    answers = together(*[lambda: apply(worker.again(), case.id, call)] * 3)
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
    refused(apply(worker, case.id, call), 409, "application_exists")
    [live] = ok(worker.get(f"/cases/{case.id}/applications"))["items"]
    taken = {"protocol_number": live["protocol_number"]}
    refused(apply(worker, world.open("DOPO_DI_NOI").id, call, **taken), 409, "protocol_is_taken")
    path = f"/cases/{case.id}/applications/{live['id']}"
    gone = ok(worker.post(f"{path}/withdrawal", {"reason": "Protocollo sbagliato"}))
    assert ok(worker.get(path)) == gone
    ok(apply(worker, case.id, call))


# Rankings


def four(world: World) -> tuple[Any, list[Opened]]:
    """A call and four cases in it, in the order in which they are to be ranked."""
    call, worker = opened(world), world.as_("social_worker")
    cases = [world.open("DOPO_DI_NOI") for _ in range(4)]
    for case, points, values in (
        (cases[3], 10, {"priority_class": "none"}), (cases[2], 4, {"priority_class": "P2", "protocol_on": "2023-02-02"}),
        (cases[0], 0, {"priority_class": "P1"}), (cases[1], 4, {"priority_class": "P2"}),
    ):  # fmt: skip
        ok(apply(worker, case.id, call, points, **values))
    return call, cases


def order(ranking: Any) -> list[str]:
    """The cases in their order."""
    return [place["case_id"] for place in ranking["places"]]


def test_a_ranking_is_frozen_with_its_order_its_act_and_its_digest(world: World) -> None:
    call, cases = four(world)
    answer = freeze(world.as_("coordinator"), call)
    made = ok(answer)
    assert order(made) == [case.id for case in cases]
    assert [(one["position"], one["priority_class"], one["score"]) for one in made["places"]] == [
        (1, "P1", 0), (2, "P2", 20), (3, "P2", 20), (4, "none", 50),
    ]  # fmt: skip
    assert (made["ranking"]["number"], made["ranking"]["size"], made["not_shown"]) == (1, 4, 0)
    assert (made["ranking"]["act"], made["is_reproduced"]) == ("Determina 12/2023", True)
    assert ok(world.as_("coordinator").get(answer.headers["Location"].removeprefix("/v1"))) == made
    assert ok(world.as_("social_worker").get(f"/calls/{call['id']}/rankings"))["items"] == [made["ranking"]]


def test_a_frozen_ranking_stays_when_applications_change(world: World) -> None:
    call, cases = four(world)
    coordinator, worker = world.as_("coordinator"), world.as_("social_worker")
    made = ok(freeze(coordinator, call))
    [first] = ok(worker.get(f"/cases/{cases[0].id}/applications"))["items"]
    ok(worker.post(f"/cases/{cases[0].id}/applications/{first['id']}/withdrawal", {"reason": "Rinuncia"}))
    late = world.open("DOPO_DI_NOI")
    ok(apply(worker, late.id, call, 9, priority_class="P2"))
    again = ok(freeze(coordinator, call))
    assert order(again) == [late.id, cases[1].id, cases[2].id, cases[3].id]
    assert (again["ranking"]["number"], again["ranking"]["digest"] != made["ranking"]["digest"]) == (2, True)
    assert ok(coordinator.get(f"/calls/{call['id']}/rankings/{made['ranking']['id']}")) == made
    refused(coordinator.get(f"/calls/{call['id']}/rankings/{call['id']}"), 404, "ranking_is_unknown")


def test_the_same_applications_give_the_same_digest_and_a_touched_place_is_found_out(world: World) -> None:
    call, _ = four(world)
    coordinator = world.as_("coordinator")
    first, second = ok(freeze(coordinator, call)), ok(freeze(coordinator, call))
    assert first["ranking"]["digest"] == second["ranking"]["digest"]
    world.alter("UPDATE cases.ranking_places SET priority_class = 'P1' WHERE ranking_id = :id AND position = 4",
                id=first["ranking"]["id"])  # fmt: skip
    assert ok(coordinator.get(f"/calls/{call['id']}/rankings/{first['ranking']['id']}"))["is_reproduced"] is False


def test_a_call_without_applications_is_not_ranked(world: World) -> None:
    refused(freeze(world.as_("coordinator"), opened(world)), 409, "call_has_no_applications")


def test_two_rankings_at_once_are_two_one_after_the_other(world: World) -> None:
    call, _ = four(world)
    coordinator = world.as_("coordinator")
    made = [ok(answer) for answer in together(*[lambda: freeze(coordinator.again(), call)] * 4)]
    assert sorted(one["ranking"]["number"] for one in made) == [1, 2, 3, 4]
    assert len({one["ranking"]["digest"] for one in made}) == 1
    places = world.seen("""SELECT count(*) AS number FROM cases.ranking_places p JOIN cases.rankings r ON r.id = p.ranking_id
                           WHERE r.call_id = :call""", call=call["id"])[0].number  # fmt: skip
    assert places == 16


def test_a_retry_with_the_same_key_freezes_once(world: World) -> None:
    call, _ = four(world)
    coordinator, body = world.as_("coordinator"), {"act": "Determina 1/2023"}
    first, second = (ok(coordinator.post(f"/calls/{call['id']}/rankings", body, key="una")) for _ in range(2))
    assert first == second


def next_door(world: World, call: Any, **values: Any) -> tuple[Client, str]:
    """A case of another service in the same call, and who follows it."""
    worker = world.user("social_worker", at=world.other_service)
    person = world.person(worker, registered_by=world.other_service)["id"]
    body = {"programme": "DOPO_DI_NOI", "person_id": person, "service_id": world.other_service,
            "referral": {"channel": "servizio", "happened_on": "2023-01-10", "arrived_on": "2023-01-10"}}  # fmt: skip
    case_id = ok(worker.post("/cases", body))["id"]
    ok(apply(worker, case_id, call, **values))
    return worker, case_id


def test_a_ranking_has_everybody_and_shows_to_each_their_own_cases(world: World) -> None:
    call, cases = four(world)
    neighbour, theirs = next_door(world, call, points=10, priority_class="P1")
    made = ok(freeze(world.as_("coordinator"), call))
    assert (order(made), made["not_shown"]) == ([case.id for case in cases], 1)
    assert [place["position"] for place in made["places"]] == [2, 3, 4, 5]
    assert made["is_reproduced"] is True  # by all of its places, those not shown too
    path = f"/calls/{call['id']}/rankings/{made['ranking']['id']}"
    seen = ok(neighbour.get(path))
    assert (order(seen), seen["not_shown"], seen["is_reproduced"]) == ([theirs], 4, None)
    stranger = ok(world.user("team_member").get(path))
    assert (stranger["places"], stranger["not_shown"], stranger["is_reproduced"]) == ([], 5, None)
    assert theirs not in world.as_("coordinator").get(path).get_data(as_text=True)


def test_the_log_names_those_whose_place_is_shown_and_nobody_else(world: World) -> None:
    call, cases = four(world)
    neighbour, _ = next_door(world, call)
    made = ok(freeze(world.as_("coordinator"), call))
    for reader, people in ((neighbour, 1), (world.as_("coordinator"), 4)):
        ok(reader.get(f"/calls/{call['id']}/rankings/{made['ranking']['id']}"))
        event = world.events(user_id=reader.user_id, action="ranking:show")[-1]
        named = world.seen("SELECT person_id FROM audit.event_people WHERE event_id = :event", event=event.id)
        assert len(named) == people
    assert {str(row.person_id) for row in named} == {case.person_id for case in cases}


def test_by_sql_too_a_ranking_is_shown_whole_to_the_service_that_runs_it_alone(world: World) -> None:
    call, _ = four(world)
    neighbour, _ = next_door(world, call)
    ok(freeze(world.as_("coordinator"), call))
    next_coordinator = world.user("coordinator", at=world.other_service)
    expected = {world.as_("coordinator"): 5, neighbour: 1, next_coordinator: 1, world.as_("social_worker"): 4,
                world.user("team_member"): 0}  # fmt: skip
    for client, number in expected.items():
        with as_runtime(world.urls, client.user_id) as connection:
            for table in ("applications a", "ranking_places p JOIN cases.rankings a ON a.id = p.ranking_id"):
                asked = text(f"SELECT count(*) FROM cases.{table} WHERE a.call_id = :call")
                assert connection.scalar(asked, {"call": call["id"]}) == number


def test_no_place_is_added_to_a_frozen_ranking_by_whoever_runs_the_call(world: World) -> None:
    call, _ = four(world)
    coordinator = world.as_("coordinator")
    made = ok(freeze(coordinator, call))
    statement = """
        INSERT INTO cases.ranking_places (id, ranking_id, case_id, application_id, position, priority_class, urgency_scores,
                                          protocol_on, protocol_number, score)
        SELECT gen_random_uuid(), :ranking, case_id, application_id, 9, 'P1', '{}', protocol_on, protocol_number, 0
        FROM cases.ranking_places WHERE ranking_id = :ranking LIMIT 1"""
    with as_runtime(world.urls, coordinator.user_id) as connection, pytest.raises(IntegrityError) as raised:
        connection.execute(text(statement), {"ranking": made["ranking"]["id"]})
    diagnostic: Any = raised.value.orig
    assert diagnostic.diag.constraint_name == "ranking_is_frozen"
    with as_runtime(world.urls, world.as_("social_worker").user_id) as connection, pytest.raises(DBAPIError):
        connection.execute(text(statement), {"ranking": made["ranking"]["id"]})
