"""What became of appointments, presentations by member, protected discharges, and how pathways end."""

from typing import Any
from uuid import UUID

import pytest

from service.actor import UserCaller
from service.cases.presentations.queries import presentations
from tests.cases.test_diary import end, start, told
from tests.world import Opened, World, ok, refused

MISTAKE = {"reason": "Registrato per errore"}


def outcome(world: World, case: Opened, convocation_id: str, **values: Any) -> Any:
    """The answer to what became of an appointment."""
    body = {"occurred_on": "2023-01-16", "outcome": "attended", **values}
    return world.as_("social_worker").post(f"/cases/{case.id}/convocations/{convocation_id}/outcome", body)


def appointments(world: World, case: Opened) -> list[Any]:
    """The appointments of a case."""
    found: list[Any] = ok(world.as_("coordinator").get(f"/cases/{case.id}/convocations"))["items"]
    return found


def test_an_appointment_has_one_outcome_until_it_is_withdrawn(world: World) -> None:
    """ADI_NO_SHOW: D.L. 48/2023 art. 8 c. 6 lett. a."""
    case = world.convened()
    [convocation] = appointments(world, case)
    said = ok(outcome(world, case, convocation["id"], outcome="unjustified_absence"))
    assert (said["outcome"], said["outcome_on"]) == ("unjustified_absence", "2023-01-16")
    refused(outcome(world, case, convocation["id"]), 409, "convocation_has_an_outcome")
    address = f"/cases/{case.id}/convocations/{convocation['id']}/outcome/withdrawal"
    assert ok(world.as_("social_worker").post(address, MISTAKE))["outcome"] is None
    refused(world.as_("social_worker").post(address, MISTAKE), 409, "convocation_has_no_outcome")
    ok(outcome(world, case, convocation["id"], outcome="justified_absence", reason_code="salute"))
    assert [one["reason_code"] for one in appointments(world, case)] == ["salute"]


def test_only_a_justified_absence_has_a_reason_and_only_a_known_one(world: World) -> None:
    case = world.convened()
    [convocation] = appointments(world, case)
    goes_with = [("#/reason_code", "reason_goes_with_justified_absence")]
    assert told(outcome(world, case, convocation["id"], reason_code="salute")) == goes_with
    assert told(outcome(world, case, convocation["id"], outcome="justified_absence")) == goes_with
    unknown = outcome(world, case, convocation["id"], outcome="justified_absence", reason_code="pioggia")
    assert told(unknown) == [("#/reason_code", "value_is_unknown")]
    early = outcome(world, case, convocation["id"], occurred_on="2023-01-15")
    assert told(early) == [("#/occurred_on", "date_is_before_last_step")]


def test_a_moved_appointment_goes_on_in_another_of_the_case(world: World) -> None:
    case, other = world.convened(), world.convened()
    [first] = appointments(world, case)
    again = {"occurred_on": "2023-01-15", "appointment_on": "2023-01-20"}
    second = ok(world.as_("social_worker").post(f"/cases/{case.id}/convocations", again))["id"]
    moved = {"outcome": "moved", "occurred_on": "2023-01-15"}
    for wrong in (first["id"], appointments(world, other)[0]["id"]):
        answer = outcome(world, case, first["id"], **moved, moved_to_id=wrong)
        assert told(answer) == [("#/moved_to_id", "reference_is_unknown")]
    assert ok(outcome(world, case, first["id"], **moved, moved_to_id=second))["moved_to_id"] == second


def present(world: World, case: Opened, person_id: str, **values: Any) -> Any:
    """The answer to a presentation."""
    body = {"person_id": person_id, "office": "servizi_sociali", "occurred_on": "2023-02-15", "arrived_on": "2023-02-20",
            **values}  # fmt: skip
    return world.as_("social_worker").post(f"/cases/{case.id}/presentations", body)


def test_presentations_are_told_by_member_with_their_three_times(world: World) -> None:
    """ADI_CHECK_90 counts for each member (D.L. 48/2023 art. 4), and nothing of the count is stored."""
    household, relative = world.two()
    case = world.in_charge(**household)
    mine = ok(present(world, case, case.person_id))
    theirs = ok(present(world, case, relative, office="cpi", justified_code="lutto"))
    refused(present(world, case, relative, office="cpi"), 409, "presentation_is_recorded")
    gone = ok(present(world, case, relative, occurred_on="2023-02-16"))["id"]
    ok(world.as_("social_worker").post(f"/cases/{case.id}/presentations/{gone}/withdrawal", MISTAKE))
    with world.database.transaction(UserCaller(world.as_("coordinator").user_id)) as (session, _):
        found = presentations(session, [UUID(case.id)])
    told_of = {
        str(row.person_id): (row.office, row.justified_code, str(row.happened_on), str(row.arrived_on)) for row in found
    }
    assert told_of == {case.person_id: ("servizi_sociali", None, "2023-02-15", "2023-02-20"),
                       relative: ("cpi", "lutto", "2023-02-15", "2023-02-20")}  # fmt: skip
    assert all(row.recorded_at for row in found)
    assert {one["id"] for one in ok(world.as_("coordinator").get(f"/cases/{case.id}/presentations"))["items"]} == {
        mine["id"], theirs["id"],
    }  # fmt: skip
    [event] = [one for one in world.events(action="presentations:list") if str(one.case_id) == case.id]
    shown = world.seen("SELECT person_id FROM audit.event_people WHERE event_id = :event", event=event.id)
    assert {str(row.person_id) for row in shown} == {case.person_id, relative}


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({"arrived_on": "2023-02-14"}, ("#/arrived_on", "date_is_before_start")),
        ({"arrived_on": "2999-01-01"}, ("#/arrived_on", "date_is_in_the_future")),
        ({"gepi_recorded_on": "2023-02-14"}, ("#/gepi_recorded_on", "date_is_before_start")),
        ({"office": "bar"}, ("#/office", "value_is_unknown")),
        ({"justified_code": "pioggia"}, ("#/justified_code", "value_is_unknown")),
        ({"occurred_on": "2023-01-09"}, ("#/occurred_on", "date_is_before_referral")),
    ],
)
def test_a_presentation_has_days_in_order_and_known_codes(world: World, values: Any, wrong: tuple[str, str]) -> None:
    case = world.in_charge()
    assert told(present(world, case, case.person_id, **values)) == [wrong]


def test_a_presentation_is_entered_in_gepi_once(world: World) -> None:
    case = world.in_charge()
    made = ok(present(world, case, case.person_id))["id"]
    address, worker = f"/cases/{case.id}/presentations/{made}/report", world.as_("social_worker")
    assert ok(worker.post(address, {"gepi_recorded_on": "2023-02-17"}))["gepi_recorded_on"] == "2023-02-17"
    refused(worker.post(address, {"gepi_recorded_on": "2023-02-18"}), 409, "presentation_is_reported")


def test_nobody_presents_themselves_who_is_unknown_to_the_actor(world: World) -> None:
    case, neighbour = world.in_charge(), world.user("social_worker", at=world.other_service)
    for person_id in (world.person(neighbour, registered_by=world.other_service)["id"], case.id):
        assert told(present(world, case, person_id)) == [("#/person_id", "person_is_not_in_the_case")]


def test_a_protected_discharge_is_a_coded_fact(world: World) -> None:
    """A2-OUT-2 of Lodi."""
    case, worker = world.in_charge(), world.as_("social_worker")
    body = {"hospital_id": world.asst, "discharged_on": "2023-02-01", "destination": "accoglienza_temporanea",
            "is_carried_out": False}  # fmt: skip
    made = ok(worker.post(f"/cases/{case.id}/discharges", body))
    assert {name: made[name] for name in body} == body
    unknown = worker.post(f"/cases/{case.id}/discharges", body | {"destination": "luna"})
    assert told(unknown) == [("#/destination", "value_is_unknown")]
    assert ok(worker.post(f"/cases/{case.id}/discharges/{made['id']}/withdrawal", MISTAKE))["superseded_at"]
    assert ok(worker.get(f"/cases/{case.id}/discharges"))["items"] == []


def test_a_pathway_tells_who_follows_it_what_came_of_it_and_its_certificate(world: World) -> None:
    household, relative = world.two()
    case = world.in_charge(**household)
    pathway = ok(start(world, case, person_id=relative, shared_key="gruppo_7"))
    assert (pathway["person_id"], pathway["shared_key"]) == (relative, "gruppo_7")
    ended = ok(end(world, case, pathway["id"], outcome_code="qualifica", certificate_issued_on="2023-06-01"))
    assert (ended["is_positive"], ended["certificate_issued_on"]) == (True, "2023-06-01")
    negative = ok(start(world, case))
    assert negative["person_id"] == case.person_id
    assert ok(end(world, case, negative["id"], outcome_code="ritiro"))["is_positive"] is False
    third = ok(start(world, case))["id"]
    assert told(end(world, case, third, outcome_code="boh")) == [("#/outcome_code", "value_is_unknown")]
    early = end(world, case, third, certificate_issued_on="2023-02-10")
    assert told(early) == [("#/certificate_issued_on", "date_is_before_start")]


def test_a_pathway_and_its_end_are_corrected_with_a_reason(world: World) -> None:
    case = world.in_charge()
    pathway = ok(start(world, case))["id"]
    address, manager = f"/cases/{case.id}/pathways/{pathway}", world.as_("case_manager")
    refused(manager.post(f"{address}/reopening", MISTAKE), 409, "pathway_has_not_ended")
    ok(end(world, case, pathway))
    assert ok(manager.post(f"{address}/reopening", MISTAKE))["ended_on"] is None
    assert ok(end(world, case, pathway, ended_on="2023-04-01"))["ended_on"] == "2023-04-01"
    assert ok(manager.post(f"{address}/withdrawal", MISTAKE))["superseded_at"] is not None
    refused(manager.post(f"{address}/withdrawal", MISTAKE), 409, "fact_is_superseded")
    refused(end(world, case, pathway), 404, "fact_is_unknown")
    assert ok(manager.get(f"/cases/{case.id}/pathways"))["items"] == []
    rows = world.seen("SELECT supersede_reason FROM cases.pathway_ends WHERE pathway_id = :id", id=pathway)
    assert [row.supersede_reason for row in rows] == ["Registrato per errore"] * 2
