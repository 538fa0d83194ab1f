"""What is so for a case over a period: coded, with an end, one at a time where that is meant."""

from typing import Any

import pytest

from tests.world import Opened, World, ok, refused, together


def add(world: World, case: Opened, **values: Any) -> Any:
    """A circumstance by the assistente sociale."""
    body = {"kind": "intensity", "code": "bassa", "from_on": "2023-02-01", **values}
    return world.as_("social_worker").post(f"/cases/{case.id}/circumstances", body)


def told(answer: Any) -> tuple[str, str]:
    """The one wrong field."""
    [error] = refused(answer, 422, "request_is_invalid")["errors"]
    return error["pointer"], error["code"]


def test_a_new_intensity_ends_the_one_before_and_the_history_stays(world: World) -> None:
    case = world.started()
    first, second = ok(add(world, case)), ok(add(world, case, code="alta", from_on="2023-03-01"))
    listed = ok(world.as_("coordinator").get(f"/cases/{case.id}/circumstances"))["items"]
    assert [(one["id"], one["from_on"], one["to_on"]) for one in listed] == [
        (second["id"], "2023-03-01", None), (first["id"], "2023-02-01", "2023-03-01"),
    ]  # fmt: skip


def test_two_intensities_at_once_leave_one(world: World) -> None:
    case = world.started()
    client = world.as_("social_worker")
    bodies = [{"kind": "intensity", "code": code, "from_on": "2023-02-01"} for code in ("bassa", "alta")]
    together(*(lambda body=body: client.again().post(f"/cases/{case.id}/circumstances", body) for body in bodies))
    rows = world.seen("SELECT count(*) FILTER (WHERE to_on IS NULL) AS live FROM cases.circumstances "
                      "WHERE case_id = :case AND kind = 'intensity'", case=case.id)  # fmt: skip
    assert rows[0].live == 1


def test_a_day_known_later_keeps_both_days(world: World) -> None:
    """D.L. 48/2023: the pact is signed on a platform, and its data arrive at the service days after."""
    case = world.in_charge()
    made = ok(add(world, case, kind="date", code="pad_signed", from_on="2023-01-02", arrived_on="2023-01-20"))
    assert (made["from_on"], made["arrived_on"]) == ("2023-01-02", "2023-01-20")


@pytest.mark.parametrize(("values", "pointer", "code"), [
    ({"code": "altissima"}, "#/code", "value_is_unknown"),
    ({"kind": "suspension"}, "#/kind", "value_is_unknown"),
    ({"kind": "target_group", "code": "anziano"}, "#/person_id", "field_is_missing"),
    ({"kind": "date", "code": "pad_signed", "to_on": "2023-03-01"}, "#/to_on", "field_is_out_of_place"),
    ({"to_on": "2023-01-31"}, "#/to_on", "date_is_before_start"),
    ({"from_on": "2999-01-01"}, "#/from_on", "date_is_in_the_future"),
    ({"arrived_on": "2023-01-31"}, "#/arrived_on", "date_is_before_start"),
])  # fmt: skip
def test_a_wrong_circumstance_is_refused_where_it_is_wrong(
    world: World, values: dict[str, Any], pointer: str, code: str
) -> None:
    assert told(add(world, world.started(), **values)) == (pointer, code)


def test_a_target_group_is_of_a_person_of_the_case_and_of_the_programme(world: World) -> None:
    case = world.started("SIL")
    of_person = {"kind": "target_group", "person_id": case.person_id}
    ok(add(world, case, **of_person, code="l68"))
    assert told(add(world, case, **of_person, code="tratta")) == ("#/code", "value_is_unknown")
    stranger = {**of_person, "person_id": world.person()["id"], "code": "l381"}
    assert told(add(world, case, **stranger)) == ("#/person_id", "person_is_not_in_the_case")
    refused(add(world, case, **of_person, code="l68", from_on="2023-02-15"), 409, "circumstance_is_there")


def test_a_circumstance_ends_once_and_is_withdrawn_with_its_reason(world: World) -> None:
    case = world.started()
    made = ok(add(world, case))
    here = f"/cases/{case.id}/circumstances/{made['id']}"
    worker = world.as_("social_worker")
    assert ok(worker.post(f"{here}/end", {"to_on": "2023-04-01"}))["to_on"] == "2023-04-01"
    refused(worker.post(f"{here}/end", {"to_on": "2023-05-01"}), 409, "circumstance_has_ended")
    ok(worker.post(f"{here}/withdrawal", {"reason": "Per errore"}))
    assert ok(worker.get(f"/cases/{case.id}/circumstances"))["items"] == []
    assert ok(worker.get(here))["superseded_at"] is not None


def test_what_an_act_wrote_is_not_withdrawn_by_hand(world: World) -> None:
    case = world.suspended()
    [pause] = ok(world.as_("social_worker").get(f"/cases/{case.id}/circumstances"))["items"]
    answer = world.as_("social_worker").post(
        f"/cases/{case.id}/circumstances/{pause['id']}/withdrawal", {"reason": "x"}
    )
    refused(answer, 409, "circumstance_is_of_an_act")
