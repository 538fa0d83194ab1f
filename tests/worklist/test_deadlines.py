"""What is due in a case: each rule from the fact that begins it, what stops it, who is late."""

from datetime import timedelta

import pytest

from service.cases.programmes.loading import HERE, read
from service.cases.programmes.rules import DATED_FACTS, MILESTONES, Clock, definition_from
from service.clocks.calendars import add_days
from service.types import today
from service.worklist.sources import SOURCES, SUSPENSION, known_names
from tests.fences.scenes import serial
from tests.worklist.clocks import convene, days_ago, in_charge, programme, record, term, terms
from tests.world import World, ok, refused

CONVENE = {"rule": "ADI_FIRST_CONVENE", "anchor": "pad_signed", "met_by": "convened"}
APPOINTMENT = {"rule": "ADI_FIRST_APPT", "anchor": "pad_signed", "met_by": "convened"}
SIGN = {"rule": "ADI_PAIS_SIGN", "anchor": "convened", "met_by": "signed"}
EVERY_90 = {"rule": "ADI_CHECK_90", "anchor": "convened", "met_by": "convened"}


def test_shipped_clocks_name_facts_that_some_room_keeps_and_rules_that_there_are() -> None:
    shipped = [definition_from(read(file.name, file.read_text())) for file in sorted((HERE / "shipped").iterdir())]
    clocks: list[Clock] = [clock for one in shipped for clock in one.clocks]
    named = {name for clock in clocks for name in (clock.anchor, clock.met_by, clock.begun_by) if name}
    assert named <= known_names()


def test_what_clocks_may_name_is_what_sources_give_and_the_other_way_round() -> None:
    assert known_names() - {SUSPENSION} == {*MILESTONES, *DATED_FACTS}


def test_no_name_has_two_sources() -> None:
    assert sum(len(source.names) for source in SOURCES) == len(known_names())


def test_the_pact_begins_sixty_days_to_convene_and_a_hundred_and_twenty_to_meet(world: World) -> None:
    case = in_charge(world, programme(world, CONVENE, APPOINTMENT), "2024-03-11")
    fact = record(world, case, "pad_signed", "2024-03-12")
    convening, meeting = term(world, case, "ADI_FIRST_CONVENE"), term(world, case, "ADI_FIRST_APPT")
    assert (convening["due_on"], meeting["due_on"]) == ("2024-05-13", "2024-07-10")  # the 11th is a Saturday
    assert (convening["anchor"], convening["anchor_id"], meeting["rule_version"]) == ("pad_signed", fact, 2)
    assert (meeting["consequence"], meeting["mark"]) == ("suspension", "S2")
    assert "D.L. 48/2023" in meeting["source_note"]


def test_early_applications_run_from_the_day_on_which_inps_sent_the_data(world: World) -> None:
    case = in_charge(world, programme(world, APPOINTMENT), "2024-02-01")
    record(world, case, "pad_signed", "2024-02-10")
    assert terms(world, case, "ADI_FIRST_APPT") == []  # nothing was sent yet
    record(world, case, "inps_data_sent", "2024-03-28")
    found = term(world, case, "ADI_FIRST_APPT")
    assert (found["anchor"], found["rule_version"], found["due_on"]) == ("inps_data_sent", 1, "2024-07-26")


def test_the_first_appointment_begins_a_hundred_and_twenty_days_to_sign(world: World) -> None:
    case = in_charge(world, programme(world, SIGN), "2024-03-11")
    convene(world, case, "2024-03-12")
    assert term(world, case, "ADI_PAIS_SIGN")["due_on"] == "2024-07-10"


def test_every_presentation_begins_ninety_days_anew(world: World) -> None:
    case = in_charge(world, programme(world, EVERY_90), days_ago(200))
    for ago in (190, 120, 20):
        convene(world, case, days_ago(ago))
    first, second, third = terms(world, case, "ADI_CHECK_90")
    assert (first["status"], second["status"], third["status"]) == ("met", "late", "open")
    due = add_days(today() - timedelta(days=120), 90)
    assert (second["met_on"], second["late_days"]) == (days_ago(20), (today() - timedelta(days=20) - due).days)
    assert third["due_on"] == add_days(today() - timedelta(days=20), 90).isoformat()


@pytest.mark.parametrize(("istat_code", "due_on"), [(None, "2023-04-26"), ("098031", "2023-04-26")])
def test_twenty_working_days_over_easter_and_the_liberation(world: World, istat_code: str | None, due_on: str) -> None:
    world.write("UPDATE access.organisations SET istat_code = :code WHERE id = :id", code=istat_code, id=world.service)
    case = in_charge(world, "PAIS", "2023-03-20")
    convene(world, case, "2023-03-21")
    analysis = {"occurred_on": "2023-03-27", "outcome": "equipe_multidisciplinare"}
    ok(world.as_("social_worker").post(f"/cases/{case.id}/preliminary-analyses", analysis))
    assert term(world, case, "D147_SIGN")["due_on"] == due_on


@pytest.mark.parametrize(("istat_code", "due_on"), [(None, "2023-02-13"), ("098031", "2023-02-14")])
def test_the_feast_of_the_patron_is_no_working_day(world: World, istat_code: str | None, due_on: str) -> None:
    world.write("UPDATE access.organisations SET istat_code = :code WHERE id = :id", code=istat_code, id=world.service)
    case = world.to_assess()  # analysed on 16 January; San Bassiano is on the 19th
    assert term(world, case, "D147_SIGN")["due_on"] == due_on


def test_what_was_done_in_time_is_met_and_what_was_done_late_says_by_how_much(world: World) -> None:
    code = programme(world, CONVENE)
    in_time, late = in_charge(world, code, "2024-03-11"), in_charge(world, code, "2024-03-11")
    for case, convened_on in ((in_time, "2024-05-13"), (late, "2024-05-20")):
        record(world, case, "pad_signed", "2024-03-12")
        convene(world, case, convened_on)
    met, missed = term(world, in_time, "ADI_FIRST_CONVENE"), term(world, late, "ADI_FIRST_CONVENE")
    assert (met["status"], met["met_on"], met["late_days"]) == ("met", "2024-05-13", 0)
    assert (missed["status"], missed["met_on"], missed["late_days"], missed["late_by"]) == (
        "late", "2024-05-20", 7, "service")  # fmt: skip


def test_days_late_are_the_sources_until_its_data_are_as_old_here_as_the_term_is_long(world: World) -> None:
    code, happened = programme(world, CONVENE), today() - timedelta(days=100)
    both, sources = in_charge(world, code, days_ago(101)), in_charge(world, code, days_ago(101))
    record(world, both, "pad_signed", days_ago(100), days_ago(70))
    record(world, sources, "pad_signed", days_ago(100), days_ago(30))
    due, full = add_days(happened, 60), add_days(happened + timedelta(days=30), 60)
    found = term(world, both, "ADI_FIRST_CONVENE", language="en")
    assert (found["status"], found["late_by"], found["late_start_on"]) == ("late", "service", full.isoformat())
    assert (found["source_days"], found["service_days"]) == ((full - due).days, (today() - full).days)
    assert found["late_days"] == (today() - due).days
    assert f"{found['source_days']} by the source, {found['service_days']} by the service" in found["message"]
    other = term(world, sources, "ADI_FIRST_CONVENE")
    assert (other["late_by"], other["service_days"], other["source_days"]) == ("source", 0, found["late_days"])
    assert f"{found['late_days']} della fonte, 0 del servizio" in other["message"]


def test_the_project_is_checked_within_the_interval_from_its_signature(world: World) -> None:
    found = term(world, world.started(), "REVIEW_NEXT")
    assert (found["anchor"], found["anchored_on"], found["due_on"]) == ("signed", "2023-02-01", "2023-08-01")


def test_a_suspension_stops_the_terms_that_may_stop_and_no_other(world: World) -> None:
    suspended = world.suspended()  # since 1 March
    fact = record(world, suspended, "dsu_filed", "2023-02-15")
    assert term(world, suspended, "REVIEW_NEXT")["status"] == "suspended"
    assert term(world, suspended, "ISEE_EXPIRY")["status"] == "late"
    world.act(suspended, "resumption", {"occurred_on": "2023-04-01"}, "case_manager")
    assert term(world, suspended, "REVIEW_NEXT")["due_on"] == "2023-09-01"
    assert [(one["due_on"], one["anchor_id"]) for one in terms(world, suspended, "ISEE_EXPIRY")] == [
        ("2023-12-31", fact)
    ]


def test_a_declaration_filed_anew_renews_the_one_before(world: World) -> None:
    case = world.in_charge()
    record(world, case, "dsu_filed", "2023-02-15")
    record(world, case, "dsu_filed", "2024-01-10")
    first, second = terms(world, case, "ISEE_EXPIRY")
    assert (first["met_on"], first["late_days"], second["due_on"]) == ("2024-01-10", 10, "2024-12-31")


def test_a_code_of_foreigners_is_renewed_every_six_months_until_there_is_a_tax_code(world: World) -> None:
    person = world.person(identifiers=[{"system": "stp", "value": _stp(), "valid_from": "2023-01-31"}])
    case = world.in_charge(person_id=person["id"])
    found = term(world, case, "STP_ENI_RENEW")
    assert (found["due_on"], found["anchor"], found["member_id"]) == ("2023-07-31", "code_issued", person["id"])
    with_tax_code = world.person(
        identifiers=[{"system": "stp", "value": _stp(), "valid_from": "2023-01-31"},
                     {"system": "codice_fiscale", "value": "RSSMRA85T10A562S"}]
    )  # fmt: skip
    assert terms(world, world.in_charge(person_id=with_tax_code["id"]), "STP_ENI_RENEW") == []


def test_a_decree_of_legal_protection_runs_out_on_its_day_in_every_programme(world: World) -> None:
    case = world.in_charge("SIL")
    expires_on = (today() + timedelta(days=30)).isoformat()
    guardian = {"kind": "amministratore_di_sostegno", "full_name": "Tutrice Inventata", "powers": [], "may_sign": True,
                "court": "Lodi", "decree": "12/2023", "from_on": "2023-01-01", "expires_on": expires_on}  # fmt: skip
    answer = world.as_("coordinator").post(f"/people/{case.person_id}/guardians", guardian)
    made = ok(answer)["id"]
    found = term(world, case, "GUARDIANSHIP_EXPIRY")
    assert (found["due_on"], found["is_due_soon"], found["member_id"]) == (expires_on, True, case.person_id)
    ok(world.as_("coordinator").post(f"/people/{case.person_id}/guardians/{made}/end", {"to_on": days_ago(0)}))
    assert terms(world, case, "GUARDIANSHIP_EXPIRY") == []


def test_the_end_of_a_case_waives_what_is_open_and_begins_what_is_to_be_observed(world: World) -> None:
    case = world.closed()  # on 1 December 2023
    review = term(world, case, "REVIEW_NEXT")
    assert (review["status"], review["waived_because"]) == ("waived", "case_is_closed")
    six, twelve = terms(world, case, "FOLLOW_UP")
    assert (six["due_on"], twelve["due_on"]) == ("2024-06-03", "2024-12-02")  # Saturday, Sunday and the Republic's day
    assert {six["status"], twelve["status"]} == {"late"}


def test_an_observation_counts_for_the_term_that_it_is_near(world: World) -> None:
    case = world.closed()
    world.write("INSERT INTO cases.milestones (id, case_id, kind, occurred_on, stage, recorded_by) "
                "VALUES (gen_random_uuid(), :case, 'follow_up', '2024-06-03', 'chiuso', gen_random_uuid())",
                case=case.id)  # fmt: skip
    six, twelve = terms(world, case, "FOLLOW_UP")
    assert (six["status"], twelve["status"]) == ("met", "late")


def test_a_reopened_case_goes_on_where_it_stopped(world: World) -> None:
    case = world.closed()
    before = world.started()
    world.act(case, "reopening", {"occurred_on": "2023-12-31", "reason": "Nuovo bisogno"}, "case_manager")
    due = term(world, before, "REVIEW_NEXT")["due_on"]
    assert term(world, case, "REVIEW_NEXT")["due_on"] == due  # it had passed before the end
    assert terms(world, case, "FOLLOW_UP") == []


def test_a_case_without_the_fact_has_no_deadline(world: World) -> None:
    assert ok(world.as_("coordinator").get(f"/cases/{world.open().id}/deadlines"))["items"] == []


def test_who_does_not_see_the_case_sees_none_of_its_deadlines(world: World) -> None:
    case = world.started()
    stranger = world.user("coordinator", at=world.other_service)
    refused(stranger.get(f"/cases/{case.id}/deadlines"), 404, "case_is_unknown")


def _stp() -> str:
    return f"STP{next(serial):013d}"
