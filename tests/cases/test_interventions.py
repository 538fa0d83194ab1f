"""Interventions in full: what is told of each, many at once, corrections, and what a provider may say."""

from typing import Any

import pytest

from tests.cases.test_diary import provider, record, told
from tests.world import Opened, World, ok, refused, together


def entry(world: World, **values: Any) -> dict[str, Any]:
    """An entry of the diary."""
    return {"kind": "colloquio", "occurred_on": "2023-02-11", "minutes": 60, "organisation_id": world.service, **values}


def batch(world: World, case: Opened, items: list[dict[str, Any]], *, by: Any = None, key: str | None = None) -> Any:
    """The answer to many entries in one request."""
    return (by or world.as_("case_manager")).post(f"/cases/{case.id}/interventions/batch", {"items": items}, key=key)


def correct(world: World, case: Opened, entry_id: str, replacement: Any = None, by: Any = None) -> Any:
    """The answer to a correction."""
    body = {"reason": "Giorno sbagliato", "replacement": replacement}
    return (by or world.as_("case_manager")).post(f"/cases/{case.id}/interventions/{entry_id}/correction", body)


def listed(world: World, case: Opened, query: str = "") -> list[Any]:
    """The diary."""
    found: list[Any] = ok(world.as_("coordinator").get(f"/cases/{case.id}/interventions{query}"))["items"]
    return found


def signed_parts(world: World, case: Opened) -> tuple[str, str]:
    """A goal and a support of the signed project."""
    row = world.seen("SELECT g.id AS goal, s.id AS support FROM cases.goals g JOIN cases.supports s USING (version_id) "
                     "WHERE g.case_id = :case", case=case.id)[0]  # fmt: skip
    return str(row.goal), str(row.support)


def test_an_intervention_tells_how_much_how_for_what_and_with_whom(world: World) -> None:
    household, relative = world.two()
    case = world.started(**household)
    goal, support = signed_parts(world, case)
    member = ok(world.as_("coordinator").get(f"/cases/{case.id}/team"))["items"][0]["id"]
    said = entry(world, minutes=None, quantity="2.50", unit="ora", mode="domicilio", is_person_present=True,
                 is_family_present=True, goal_id=goal, support_id=support, member_ids=[member, member],
                 person_ids=[relative], organisation_ids=[world.cooperative])  # fmt: skip
    made = ok(world.as_("case_manager").post(f"/cases/{case.id}/interventions", said))
    kept = {name: made[name] for name in said}
    assert kept == said | {"member_ids": [member]}
    assert listed(world, case) == [made]


def test_everybody_whom_an_intervention_tells_of_is_on_the_log(world: World) -> None:
    household, relative = world.two()
    case = world.in_charge(**household)
    made = ok(record(world, case, person_ids=[relative]))
    world.as_("coordinator").get(f"/cases/{case.id}/interventions/{made['id']}")
    for action in ("intervention:record", "intervention:show"):
        event = [one for one in world.events(action=action) if str(one.case_id) == case.id][-1]
        people = world.seen("SELECT person_id FROM audit.event_people WHERE event_id = :event", event=event.id)
        assert {str(row.person_id) for row in people} == {case.person_id, relative}


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({"minutes": None}, ("#/minutes", "field_is_missing")), ({"unit": "ora"}, ("#/unit", "unit_goes_with_quantity")),
        ({"quantity": "1"}, ("#/unit", "unit_goes_with_quantity")), ({"mode": "sogno"}, ("#/mode", "value_is_unknown")),
        ({"quantity": "0", "unit": "ora"}, ("#/quantity", "number_out_of_range")),
        ({"quantity": "1", "unit": "lega"}, ("#/unit", "value_is_unknown")),
        ({"quantity": 1, "unit": "ora"}, ("#/quantity", "quantity_is_invalid")),
    ],
)  # fmt: skip
def test_what_is_told_is_measured_and_coded(world: World, values: dict[str, Any], wrong: tuple[str, str]) -> None:
    assert told(record(world, world.in_charge(), **values)) == [wrong]


def test_an_intervention_names_only_what_is_of_its_case(world: World) -> None:
    case, other = world.in_charge(), world.started()
    goal, support = signed_parts(world, other)
    member = ok(world.as_("coordinator").get(f"/cases/{other.id}/team"))["items"][0]["id"]
    neighbour = world.user("social_worker", at=world.other_service)
    stranger = world.person(neighbour, registered_by=world.other_service)["id"]
    answer = record(world, case, goal_id=goal, support_id=support, member_ids=[member], person_ids=[stranger],
                    organisation_ids=[case.id])  # fmt: skip
    places = ("goal_id", "support_id", "person_ids/0", "member_ids/0", "organisation_ids/0")
    assert told(answer) == [(f"#/{place}", "reference_is_unknown") for place in places]


def test_a_goal_of_a_draft_is_served_by_nothing(world: World) -> None:
    case = world.drafted()
    goal, _ = signed_parts(world, case)
    assert told(record(world, case, goal_id=goal)) == [("#/goal_id", "reference_is_unknown")]


def test_many_are_recorded_in_one_request_with_one_event(world: World) -> None:
    case = world.in_charge()
    items = [entry(world, minutes=minutes) for minutes in range(1, 101)]
    answer = batch(world, case, items)
    made = ok(answer)["items"]
    assert [one["minutes"] for one in made] == list(range(1, 101))
    assert len({one["batch_id"] for one in made}) == 1
    found = ok(world.as_("coordinator").get(answer.headers["Location"].removeprefix("/v1")))["items"]
    assert found == made[::-1]
    [event] = [
        one for one in world.events(action="interventions:record", outcome="done") if str(one.case_id) == case.id
    ]
    assert str(event.resource_id) == made[0]["batch_id"]
    assert told(batch(world, case, [*items, entry(world)])) == [("#/items", "length_out_of_range")]
    assert told(batch(world, case, [])) == [("#/items", "length_out_of_range")]


def test_of_many_all_are_recorded_or_none_and_every_wrong_one_is_named(world: World) -> None:
    case = world.in_charge()
    items = [entry(world), entry(world, occurred_on="2023-01-09"), entry(world), entry(world, mode="sogno")]
    wrong = [("#/items/1/occurred_on", "date_is_before_referral"), ("#/items/3/mode", "value_is_unknown")]
    assert told(batch(world, case, items, key="tutti")) == wrong
    assert listed(world, case) == []
    ok(batch(world, case, [entry(world)], key="tutti"))  # what was refused took no key


def test_many_repeated_with_their_key_are_recorded_once(world: World) -> None:
    case, items = world.in_charge(), [entry(world), entry(world)]
    first, again = (batch(world, case, items, key="una volta sola") for _ in range(2))
    assert (first.status_code, again.status_code, first.get_json()) == (201, 201, again.get_json())
    assert first.headers["Location"] == again.headers["Location"]
    refused(batch(world, case, items[:1], key="una volta sola"), 422, "idempotency_key_is_taken")
    calls = [world.as_("case_manager").again() for _ in range(4)]
    answers = together(*(lambda by=by: batch(world, case, items, by=by, key="insieme") for by in calls))
    assert len({str(answer.get_json()) for answer in answers if answer.status_code == 201}) == 1
    assert len(listed(world, case)) == 4


def test_a_replay_tells_of_entries_corrected_since(world: World) -> None:
    case, items = world.in_charge(), [entry(world), entry(world)]
    made = ok(batch(world, case, items, key="k"))["items"]
    ok(correct(world, case, made[0]["id"]))
    again = ok(batch(world, case, items, key="k"))["items"]
    assert [one["id"] for one in again] == [one["id"] for one in made]
    assert [one["superseded_at"] is None for one in again] == [False, True]


def test_a_correction_keeps_the_wrong_entry_and_puts_the_right_one_in_its_place(world: World) -> None:
    case = world.in_charge()
    wrong = ok(record(world, case))
    right = ok(correct(world, case, wrong["id"], entry(world, occurred_on="2023-02-12")))
    assert (right["replaces_id"], right["occurred_on"]) == (wrong["id"], "2023-02-12")
    assert listed(world, case) == [right]
    kept = ok(world.as_("coordinator").get(f"/cases/{case.id}/interventions/{wrong['id']}"))
    assert kept["superseded_at"] is not None
    [row] = world.seen("SELECT supersede_reason FROM cases.interventions WHERE id = :id", id=wrong["id"])
    assert row.supersede_reason == "Giorno sbagliato"
    refused(correct(world, case, wrong["id"]), 409, "fact_is_superseded")
    assert ok(correct(world, case, right["id"]))["superseded_at"] is not None
    assert listed(world, case) == []


def test_a_wrong_correction_changes_nothing(world: World) -> None:
    case = world.in_charge()
    kept = ok(record(world, case))
    answer = correct(world, case, kept["id"], entry(world, occurred_on="2999-01-01"))
    assert told(answer) == [("#/replacement/occurred_on", "date_is_in_the_future")]
    assert listed(world, case) == [kept]


def test_an_entry_corrected_twice_at_once_is_corrected_once(world: World) -> None:
    case = world.in_charge()
    wrong = ok(record(world, case))["id"]
    calls = [world.as_("case_manager").again() for _ in range(4)]
    answers = together(*(lambda by=by: correct(world, case, wrong, entry(world), by=by) for by in calls))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    assert len(listed(world, case)) == 1


def test_a_provider_dates_nothing_before_they_joined(world: World) -> None:
    case = world.in_charge()
    operator = provider(world, case)  # on the team since 14 January
    mine = {"organisation_id": world.cooperative}
    early = record(world, case, by=operator, occurred_on="2023-01-13", **mine)
    assert told(early) == [("#/occurred_on", "date_is_before_joining")]
    ok(record(world, case, by=operator, occurred_on="2023-01-14", **mine))
    answer = batch(world, case, [entry(world, occurred_on="2023-01-13", **mine)], by=operator)
    assert told(answer) == [("#/items/0/occurred_on", "date_is_before_joining")]


def test_a_provider_corrects_and_batches_its_own_entries_only(world: World) -> None:
    case = world.in_charge()
    operator = provider(world, case)
    ours = ok(record(world, case))
    mine = {"organisation_id": world.cooperative, "organisation_ids": [world.asst], "person_ids": [case.person_id]}
    theirs = ok(batch(world, case, [entry(world, **mine)] * 2, by=operator))["items"]
    refused(correct(world, case, ours["id"], by=operator), 404, "fact_is_unknown")
    right = ok(correct(world, case, theirs[0]["id"], entry(world, **mine), by=operator))
    assert right["organisation_ids"] == [world.asst]
    seen = ok(operator.get(f"/cases/{case.id}/interventions"))["items"]
    assert seen == [right, theirs[1]]
    members = world.seen("SELECT id FROM cases.team_members WHERE case_id = :case", case=case.id)
    answer = record(world, case, by=operator, **mine, member_ids=[str(members[0].id)])
    assert told(answer) == [("#/member_ids/0", "reference_is_unknown")]  # the team is not a provider's to see
