"""The terms of the ADI from real facts: the pact and INPS's data, presentations by member, absences, who is late."""

from datetime import timedelta
from typing import Any

import pytest

from service.clocks.calendars import add_days
from service.types import today
from tests.worklist.clocks import convene, day, days_ago, in_charge, record, term, terms
from tests.world import Opened, World, ok

MISTAKE = {"reason": "Registrato per errore"}


def present(world: World, case: Opened, on: str, person_id: str | None = None, **values: Any) -> str:
    """A presentation at the social services, known on its day, unless told otherwise; its id."""
    body = {"person_id": person_id or case.person_id, "office": "servizi_sociali", "occurred_on": on, "arrived_on": on,
            **values}  # fmt: skip
    return str(ok(world.as_("social_worker").post(f"/cases/{case.id}/presentations", body))["id"])


def withdraw(world: World, case: Opened, what: str, fact_id: str) -> None:
    """A fact recorded by mistake."""
    ok(world.as_("coordinator").post(f"/cases/{case.id}/{what}/{fact_id}/withdrawal", MISTAKE))


def of_member(found: list[Any], person_id: str) -> list[tuple[str, str, str | None]]:
    """The terms of one member: when each began, how it stands, when it was met."""
    return [(one["anchored_on"], one["status"], one["met_on"]) for one in found if one["member_id"] == person_id]


@pytest.mark.parametrize(("presented_on", "status", "late_days"), [
    ("2024-07-10", "met", 0), ("2024-07-11", "late", 1),
])  # fmt: skip
def test_the_first_appointment_is_held_within_a_hundred_and_twenty_days_of_the_pact(
    world: World, presented_on: str, status: str, late_days: int
) -> None:
    """D.L. 48/2023 art. 4; INPS message 2132 of 5/6/2024: suspended from the month after the term."""
    case = in_charge(world, "PAIS", "2024-03-11")
    record(world, case, "pad_signed", "2024-03-12")
    present(world, case, presented_on)
    found = term(world, case, "ADI_FIRST_APPT")
    assert (found["due_on"], found["status"], found["late_days"]) == ("2024-07-10", status, late_days)
    assert (found["met_on"], found["member_id"], found["consequence"]) == (presented_on, None, "suspension")


@pytest.mark.parametrize("other", [
    {"office": "cpi"}, {"office": "patronato"}, {"justified_code": "salute"}, {"on": "2024-03-11"},
])  # fmt: skip
def test_only_a_presentation_at_the_social_services_after_the_pact_is_the_first_appointment(
    world: World, other: dict[str, str]
) -> None:
    """INPS message 2132 of 5/6/2024: the first appointment at the social services; the term runs from the pact."""
    case = in_charge(world, "PAIS", "2024-03-11")
    record(world, case, "pad_signed", "2024-03-12")
    present(world, case, **{"on": "2024-04-02", **other})
    assert term(world, case, "ADI_FIRST_APPT")["met_on"] is None
    present(world, case, "2024-06-03")
    assert term(world, case, "ADI_FIRST_APPT")["met_on"] == "2024-06-03"


def test_any_member_at_the_social_services_holds_the_first_appointment_of_the_household(world: World) -> None:
    """D.L. 48/2023 art. 4: the appointment is of the household."""
    household, relative = world.two()
    case = in_charge(world, "PAIS", "2024-03-11", **household)
    record(world, case, "pad_signed", "2024-03-12")
    present(world, case, "2024-04-02", relative)
    assert term(world, case, "ADI_FIRST_APPT")["met_on"] == "2024-04-02"
    signing = term(world, case, "ADI_PAIS_SIGN")
    assert (signing["anchored_on"], signing["due_on"], signing["member_id"]) == ("2024-04-02", "2024-07-31", None)


def test_an_early_application_runs_from_what_inps_sent(world: World) -> None:
    """Note 6062 of 28/3/2024: applications up to 29/2/2024 run from the day on which INPS sent the data."""
    case = in_charge(world, "PAIS", "2024-01-08")
    record(world, case, "pad_signed", "2024-01-10")
    sent = record(world, case, "inps_data_sent", "2024-01-15", "2024-01-30")
    found = term(world, case, "ADI_FIRST_APPT")
    assert (found["anchor_id"], found["due_on"], found["late_start_on"]) == (sent, "2024-05-14", "2024-05-29")
    withdraw(world, case, "circumstances", sent)
    assert terms(world, case, "ADI_FIRST_APPT") == []


def test_a_household_is_convened_within_sixty_days_and_the_data_may_come_late(world: World) -> None:
    """Guidelines of DM 72 of 2 May 2024: sixty days from the pact, recommended; late by the source until as many days have
    passed since the data arrived."""
    case = in_charge(world, "PAIS", "2024-05-02")
    record(world, case, "pad_signed", "2024-03-12", "2024-05-02")
    convene(world, case, "2024-07-08")
    found = term(world, case, "ADI_FIRST_CONVENE")
    assert (found["due_on"], found["late_start_on"], found["met_on"]) == ("2024-05-13", "2024-07-01", "2024-07-08")
    assert (found["late_by"], found["source_days"], found["service_days"]) == ("service", 49, 7)


def test_a_household_convened_before_the_data_are_old_is_late_by_the_source_alone(world: World) -> None:
    """Guidelines of DM 72 of 2 May 2024."""
    case = in_charge(world, "PAIS", "2024-05-02")
    record(world, case, "pad_signed", "2024-03-12", "2024-05-02")
    convene(world, case, "2024-06-28")
    found = term(world, case, "ADI_FIRST_CONVENE")
    assert (found["late_by"], found["source_days"], found["service_days"]) == ("source", 46, 0)


def test_each_member_presents_themselves_every_ninety_days_and_one_s_presentation_is_not_another_s(
    world: World,
) -> None:
    """D.L. 48/2023 art. 4: every ninety days, by member; who misses a term is suspended, and the next one runs from the day
    on which they came."""
    household, relative = world.two()
    case = in_charge(world, "PAIS", "2024-01-08", **household)
    for on in ("2024-01-15", "2024-04-15", "2024-07-15"):  # the second on the last day, the third a day late
        present(world, case, on)
    present(world, case, "2024-01-15", relative)
    found = terms(world, case, "ADI_CHECK_90")
    assert of_member(found, case.person_id) == [
        ("2024-01-15", "met", "2024-04-15"), ("2024-04-15", "met", "2024-07-15"), ("2024-07-15", "late", None),
    ]  # fmt: skip
    assert of_member(found, relative) == [("2024-01-15", "late", None)]
    missed = found[-1]
    assert (missed["due_on"], missed["consequence"]) == ("2024-10-14", "suspension")  # the 13th is a Sunday


def test_a_presentation_that_came_late_says_by_how_much_and_begins_the_term_anew(world: World) -> None:
    """D.L. 48/2023 art. 4."""
    case = in_charge(world, "PAIS", days_ago(200))
    present(world, case, days_ago(150))
    due = add_days(today() - timedelta(days=150), 90)
    present(world, case, days_ago(20))
    late, runs = terms(world, case, "ADI_CHECK_90")
    assert (late["due_on"], late["status"], late["met_on"]) == (due.isoformat(), "late", days_ago(20))
    assert (late["late_days"], late["late_by"]) == ((today() - timedelta(days=20) - due).days, "service")
    assert (runs["status"], runs["due_on"]) == ("open", add_days(today() - timedelta(days=20), 90).isoformat())


def test_a_presentation_elsewhere_renews_the_term_whenever_it_arrives_here(world: World) -> None:
    """D.L. 48/2023 art. 4: at a patronato or at the job centre too; it counts from the day on which it was held."""
    case = in_charge(world, "PAIS", "2024-01-08")
    present(world, case, "2024-01-15")
    present(world, case, "2024-04-10", office="patronato", arrived_on="2024-05-30")
    first, second = terms(world, case, "ADI_CHECK_90")
    assert (first["status"], first["met_on"]) == ("met", "2024-04-10")
    assert (second["due_on"], second["late_start_on"]) == ("2024-07-09", "2024-08-28")


def test_an_absence_with_a_reason_is_no_presentation(world: World) -> None:
    """D.L. 48/2023 art. 8 c. 6 lett. a speaks of absences without a reason; the ninety days run all the same."""
    case = in_charge(world, "PAIS", "2024-01-08")
    present(world, case, "2024-01-15")
    present(world, case, "2024-04-10", justified_code="salute")
    assert of_member(terms(world, case, "ADI_CHECK_90"), case.person_id) == [("2024-01-15", "late", None)]


def test_a_presentation_withdrawn_gives_back_the_term_that_it_had_met(world: World) -> None:
    """Facts are corrected by superseding them; what they made is derived anew."""
    case = in_charge(world, "PAIS", "2024-01-08")
    present(world, case, "2024-01-15")
    wrong = present(world, case, "2024-04-10")
    withdraw(world, case, "presentations", wrong)
    assert of_member(terms(world, case, "ADI_CHECK_90"), case.person_id) == [("2024-01-15", "late", None)]
    present(world, case, "2024-04-12")
    assert [one["anchored_on"] for one in terms(world, case, "ADI_CHECK_90")] == ["2024-01-15", "2024-04-12"]


def test_the_days_of_a_pact_recorded_anew_move_its_terms(world: World) -> None:
    """D.L. 48/2023 art. 4; a wrong day is withdrawn and recorded again."""
    case = in_charge(world, "PAIS", "2024-03-11")
    wrong = record(world, case, "pad_signed", "2024-03-12")
    withdraw(world, case, "circumstances", wrong)
    assert terms(world, case, "ADI_FIRST_APPT") == terms(world, case, "ADI_FIRST_CONVENE") == []
    right = record(world, case, "pad_signed", "2024-03-22")
    found = term(world, case, "ADI_FIRST_APPT")
    assert (found["due_on"], found["anchor_id"]) == ("2024-07-22", right)  # the 20th is a Saturday


def test_a_corrected_day_of_the_convocation_tells_whether_it_was_in_time(world: World) -> None:
    """Guidelines of DM 72 of 2 May 2024."""
    case = in_charge(world, "PAIS", "2024-03-11")
    record(world, case, "pad_signed", "2024-03-12")
    convene(world, case, "2024-05-14")
    assert term(world, case, "ADI_FIRST_CONVENE")["late_days"] == 1
    steps = ok(world.as_("coordinator").get(f"/cases/{case.id}/milestones"))["items"]
    convened = next(step for step in steps if step["kind"] == "convened")
    world.refresh(case)
    body = {"occurred_on": "2024-05-13", "reason": "Giorno sbagliato"}
    world.act(case, f"milestones/{convened['id']}/correction", body, "case_manager")
    assert term(world, case, "ADI_FIRST_CONVENE")["status"] == "met"


def test_the_pact_for_inclusion_is_signed_within_a_hundred_and_twenty_days_that_a_suspension_stops(
    world: World,
) -> None:
    """D.L. 48/2023 art. 4: 120 days after the first appointment (60 in another source); INPS's own counts do not stop."""
    case = in_charge(world, "PAIS", "2024-01-08")
    present(world, case, "2024-01-15")
    convene(world, case, "2024-01-15")
    analysis = {"occurred_on": "2024-01-22", "outcome": "equipe_multidisciplinare"}
    ok(world.as_("social_worker").post(f"/cases/{case.id}/preliminary-analyses", analysis))
    assert (term(world, case, "ADI_PAIS_SIGN")["due_on"], term(world, case, "D147_SIGN")["due_on"]) == (
        "2024-05-14", "2024-02-19")  # fmt: skip
    world.refresh(case)
    world.act(case, "suspension", {"occurred_on": "2024-02-01", "reason": "ricovero"}, "case_manager")
    stopped = term(world, case, "ADI_PAIS_SIGN")
    assert (stopped["status"], day(stopped["due_on"]) > today()) == ("suspended", True)
    world.act(case, "resumption", {"occurred_on": "2024-02-11"}, "case_manager")
    assert (term(world, case, "ADI_PAIS_SIGN")["due_on"], term(world, case, "D147_SIGN")["due_on"]) == (
        "2024-05-24", "2024-02-28")  # fmt: skip
    assert term(world, case, "ADI_CHECK_90")["due_on"] == "2024-04-15"
