"""What runs out on a day of its own: certificates, decrees, the months of linked placements; and what is observed after."""

from datetime import timedelta
from typing import Any

import pytest

from service.types import today
from tests.cases.test_placements import act, attestation, begun, plan
from tests.worklist.clocks import days_ago, in_charge, programme, record, term, terms, work
from tests.world import Client, Opened, World, ok, refused

REVIEW = {"rule": "CERT_REVIEW", "anchor": "certificate_review", "met_by": "certificate_review"}
MISTAKE = {"reason": "Registrato per errore"}


def in_days(number: int) -> str:
    """An ISO day so many days after today."""
    return days_ago(-number)


def certificate(world: World, case: Opened, on: str, person_id: str | None = None, by: Client | None = None) -> Any:
    """The answer to a certificate that is good until a day."""
    body = {"kind": "expiry", "code": "certificate_review", "person_id": person_id or case.person_id, "from_on": on}
    return (by or world.as_("social_worker")).post(f"/cases/{case.id}/circumstances", body)


@pytest.mark.parametrize("code", ["SIL", "DOPO_DI_NOI", "PROGETTO_DI_VITA"])
def test_a_certificate_is_reviewed_by_the_day_that_is_written_on_it(world: World, code: str) -> None:
    """CERT_REVIEW, of this software: the date written on the certificate, which is still to come when it is recorded."""
    case = in_charge(world, code, days_ago(400))
    fact = ok(certificate(world, case, in_days(50)))["id"]
    found = term(world, case, "CERT_REVIEW")
    assert (found["due_on"], found["anchor_id"], found["member_id"]) == (in_days(50), fact, case.person_id)
    assert (found["status"], found["is_due_soon"], found["late_start_on"]) == ("open", True, None)
    [item] = [one for one in work(world.as_("case_manager")) if one["case_id"] == case.id and one["rule"]]
    assert (item["rule"], item["is_late"], item["member_id"]) == ("CERT_REVIEW", False, case.person_id)


def test_a_certificate_that_ran_out_is_late_until_another_is_recorded(world: World) -> None:
    """CERT_REVIEW: the later day renews the earlier one when we are told."""
    case = in_charge(world, "SIL", days_ago(400))
    ok(certificate(world, case, days_ago(10)))
    assert term(world, case, "CERT_REVIEW")["late_days"] == 10
    ok(certificate(world, case, in_days(700)))
    first, second = terms(world, case, "CERT_REVIEW")
    assert (first["met_on"], first["late_days"], second["status"]) == (days_ago(0), 10, "open")


def test_a_certificate_withdrawn_leaves_no_term(world: World) -> None:
    """A wrong day is withdrawn and recorded again."""
    case = in_charge(world, "SIL", days_ago(400))
    wrong = ok(certificate(world, case, in_days(50)))["id"]
    ok(world.as_("social_worker").post(f"/cases/{case.id}/circumstances/{wrong}/withdrawal", MISTAKE))
    assert terms(world, case, "CERT_REVIEW") == []
    ok(certificate(world, case, in_days(60)))
    assert term(world, case, "CERT_REVIEW")["due_on"] == in_days(60)


def test_a_certificate_is_of_a_member_and_one_s_does_not_renew_another_s(world: World) -> None:
    """CERT_REVIEW is of each member."""
    household, relative = world.two()
    case = in_charge(world, programme(world, REVIEW), days_ago(400), **household)
    ok(certificate(world, case, days_ago(10)))
    ok(certificate(world, case, in_days(300), relative))
    first, second = terms(world, case, "CERT_REVIEW")
    assert [(one["member_id"], one["status"]) for one in (first, second)] == [
        (case.person_id, "late"), (relative, "open"),
    ]  # fmt: skip
    body = {"kind": "expiry", "code": "certificate_review", "from_on": in_days(300)}
    answer = world.as_("social_worker").post(f"/cases/{case.id}/circumstances", body)
    [error] = refused(answer, 422, "request_is_invalid")["errors"]
    assert (error["pointer"], error["code"]) == ("#/person_id", "field_is_missing")


def test_only_an_expiry_may_lie_ahead(world: World) -> None:
    """A fact is recorded when it has happened."""
    case = in_charge(world, "SIL", days_ago(400))
    body = {"kind": "date", "code": "dsu_filed", "from_on": in_days(1)}
    answer = world.as_("social_worker").post(f"/cases/{case.id}/circumstances", body)
    [error] = refused(answer, 422, "request_is_invalid")["errors"]
    assert (error["pointer"], error["code"]) == ("#/from_on", "date_is_in_the_future")


def test_a_decree_withdrawn_runs_out_no_more(world: World) -> None:
    """GUARDIANSHIP_EXPIRY, of this software: the date written in the court's decree."""
    case = in_charge(world, "PAIS", days_ago(400))
    guardian = {"kind": "amministratore_di_sostegno", "full_name": "Tutrice Inventata", "powers": [], "may_sign": True,
                "court": "Lodi", "decree": "12/2023", "from_on": days_ago(900), "expires_on": days_ago(5)}  # fmt: skip
    coordinator, path = world.as_("coordinator"), f"/people/{case.person_id}/guardians"
    made = ok(coordinator.post(path, guardian))["id"]
    found = term(world, case, "GUARDIANSHIP_EXPIRY")
    assert (found["status"], found["late_days"], found["due_on"]) == ("late", 5, days_ago(5))
    ok(coordinator.post(f"{path}/{made}/withdrawal", MISTAKE))
    ok(coordinator.post(path, guardian | {"expires_on": in_days(100)}))
    assert term(world, case, "GUARDIANSHIP_EXPIRY")["due_on"] == in_days(100)


def test_a_project_of_life_is_signed_within_a_hundred_and_twenty_days_of_the_request(world: World) -> None:
    """D.Lgs 62/2024 art. 23 [K, to be confirmed]."""
    case = in_charge(world, "PROGETTO_DI_VITA", "2026-02-02")
    fact = record(world, case, "application_filed", "2026-02-02", "2026-02-20")
    found = term(world, case, "D62_PROC")
    assert (found["due_on"], found["late_start_on"], found["mark"]) == (
        "2026-06-03",
        "2026-06-22",
        "K",
    )  # 2 June, 20 June
    ok(world.as_("coordinator").post(f"/cases/{case.id}/circumstances/{fact}/withdrawal", MISTAKE))
    assert terms(world, case, "D62_PROC") == []


def end(world: World, case: Opened, placement_id: str, on: str) -> None:
    """The last day of a placement."""
    ok(act(world, case, placement_id, "end", {"ended_on": on, "end_code": "interrotto_persona"}))


def test_placements_that_continue_one_another_have_one_limit_from_the_first_day(world: World) -> None:
    """State-Regions Agreement of 22/1/2015; DGR Lombardia 5451/2016: 24 months, extensions included."""
    case = world.at_work()
    first = begun(world, case, from_on="2023-03-01", to_on="2023-08-31")
    assert term(world, case, "TIR_MAX_24M")["due_on"] == "2025-03-01"
    second = begun(world, case, from_on="2023-10-02", to_on="2024-09-30", continues_id=first["id"])
    found = term(world, case, "TIR_MAX_24M")  # one, also while the first has no recorded end
    assert (found["due_on"], found["anchor_id"], found["member_id"]) == ("2025-03-01", first["id"], case.person_id)
    end(world, case, first["id"], "2023-08-31")
    assert term(world, case, "TIR_MAX_24M") == found
    end(world, case, second["id"], "2024-06-28")
    assert terms(world, case, "TIR_MAX_24M") == []


def test_a_placement_beyond_the_limit_goes_on_with_an_attestation_and_is_told_without(world: World) -> None:
    """State-Regions Agreement of 22/1/2015: repetition or extension only with an attestation of need."""
    without, attested = world.at_work(), world.at_work()
    begun(world, without, from_on="2023-03-01", to_on="2025-03-01")
    begun(world, attested, from_on="2023-03-01", to_on="2025-08-31", attestation=attestation(world))
    passed, waived = term(world, without, "TIR_MAX_24M"), term(world, attested, "TIR_MAX_24M")
    assert (passed["status"], passed["consequence"]) == ("late", "block_unless_attested")
    assert (waived["status"], waived["waived_because"]) == ("waived", "need_is_attested")
    assert [one for one in work(world.as_("case_manager"), "&kind=deadline") if one["rule"] == "TIR_MAX_24M"
            and one["case_id"] == attested.id] == []  # fmt: skip


def test_a_placement_withdrawn_has_no_limit(world: World) -> None:
    """State-Regions Agreement of 22/1/2015; a placement recorded by mistake never was."""
    case = world.at_work()
    placed = ok(plan(world, case, from_on="2023-03-01", to_on="2023-08-31"))["id"]
    ok(act(world, case, placed, "withdrawal", MISTAKE))
    assert terms(world, case, "TIR_MAX_24M") == []


def test_who_was_placed_is_observed_six_and_twelve_months_after_the_last_of_the_linked_placements(world: World) -> None:
    """SIL_FOLLOWUP: six months after the end of the traineeship, as in a Lombardy programme; twelve, of this software."""
    case = world.at_work()
    first = begun(world, case, from_on="2023-03-01", to_on="2023-08-31")
    end(world, case, first["id"], "2023-08-31")
    assert term(world, case, "SIL_FOLLOWUP")["due_on"] == "2024-02-29"
    second = begun(world, case, from_on="2023-10-02", to_on="2024-09-30", continues_id=first["id"])
    assert terms(world, case, "SIL_FOLLOWUP") == []  # it goes on
    end(world, case, second["id"], "2024-06-28")
    six, twelve = term(world, case, "SIL_FOLLOWUP"), term(world, case, "SIL_FOLLOWUP_12")
    assert (six["due_on"], twelve["due_on"]) == ("2024-12-30", "2025-06-30")  # Saturdays
    assert (six["anchor_id"], six["member_id"]) == (second["id"], case.person_id)
    ok(act(world, case, second["id"], "withdrawal", MISTAKE))
    assert term(world, case, "SIL_FOLLOWUP")["due_on"] == "2024-02-29"


def test_the_end_of_a_placement_is_known_when_it_is_recorded(world: World) -> None:
    """Of each fact we tell when it happened and when it was recorded."""
    case = world.at_work()
    placed = begun(world, case, from_on="2023-03-01", to_on="2023-08-31")
    world.write("UPDATE cases.work_placements SET recorded_at = recorded_at - interval '300 days' WHERE id = :id",
                id=placed["id"])  # fmt: skip
    assert term(world, case, "TIR_MAX_24M")["recorded_on"] == (today() - timedelta(days=300)).isoformat()
    end(world, case, placed["id"], "2023-08-31")
    assert term(world, case, "SIL_FOLLOWUP")["recorded_on"] == today().isoformat()
