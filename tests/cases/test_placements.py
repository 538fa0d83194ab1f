"""Work placements: what they need to begin, the months that the law leaves to them, attendance and its allowance; hires."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from service.cases.placements.rules import limit_of
from tests.cases.test_diary import told
from tests.world import ACTIVATION, Opened, World, a_placement, ok, refused, together


def plan(world: World, case: Opened, *, by: Any = None, **values: Any) -> Any:
    """The answer to a placement agreed."""
    return (by or world.as_("case_manager")).post(f"/cases/{case.id}/placements", a_placement(world, **values))


def act(world: World, case: Opened, placement_id: str, name: str, body: Any) -> Any:
    """The answer to an act on a placement."""
    return world.as_("case_manager").post(f"/cases/{case.id}/placements/{placement_id}/{name}", body)


def begun(world: World, case: Opened, **values: Any) -> Any:
    """An active placement."""
    made = ok(plan(world, case, **values))
    return ok(act(world, case, made["id"], "activation", ACTIVATION | {"activated_on": made["from_on"]}))


def attestation(world: World, **values: Any) -> dict[str, Any]:
    """The public body in charge attests the need."""
    return {"issuer_id": world.asst, "issued_on": "2024-12-01", "reason": "Serve altro tempo", **values}


def test_a_placement_is_agreed_begins_and_ends(world: World) -> None:
    case = world.at_work()
    made = ok(plan(world, case, monthly_allowance={"amount": "500.00", "currency": "EUR"}))
    assert (made["activation"], made["ended_on"], made["counts_as_tirocinio"]) == (None, None, True)
    assert (made["person_id"], made["limit_rule"], made["latest_on"]) == (case.person_id, "TIR_MAX_24M", "2025-03-01")
    active = ok(act(world, case, made["id"], "activation", ACTIVATION))
    assert active["activation"] == ACTIVATION | {"mandatory_notice": None}
    refused(act(world, case, made["id"], "activation", ACTIVATION), 409, "placement_is_active")
    ended = ok(act(world, case, made["id"], "end", {"ended_on": "2023-07-31", "end_code": "interrotto_persona"}))
    assert (ended["ended_on"], ended["end_code"]) == ("2023-07-31", "interrotto_persona")
    assert ok(world.as_("coordinator").get(f"/cases/{case.id}/placements"))["items"] == [ended]
    again = {"ended_on": "2023-08-01", "end_code": "concluso"}
    refused(act(world, case, made["id"], "end", again), 409, "placement_has_ended")


@pytest.mark.parametrize("missing", ["convention", "inail_insurance", "liability_insurance"])
def test_a_placement_does_not_begin_without_convention_and_both_insurances(world: World, missing: str) -> None:
    """State-Regions Agreement of 22/1/2015; DGR Lombardia 5451/2016."""
    case = world.at_work()
    made = ok(plan(world, case))["id"]
    body = {name: value for name, value in ACTIVATION.items() if name != missing}
    assert told(act(world, case, made, "activation", body)) == [(f"#/{missing}", "field_is_missing")]
    refused(act(world, case, made, "end", {"ended_on": "2023-04-01", "end_code": "concluso"}), 409,
            "placement_is_not_active")  # fmt: skip


@pytest.mark.parametrize(("to_on", "is_allowed"), [("2025-03-01", True), ("2025-03-02", False)])
def test_a_placement_ends_within_the_law_s_months(world: World, to_on: str, is_allowed: bool) -> None:
    """TIR_MAX_24M: Agreement of 22/1/2015, 24 months from the first day."""
    answer = plan(world, world.at_work(), to_on=to_on)
    assert ok(answer) if is_allowed else told(answer) == [("#/to_on", "placement_exceeds_limit")]


def test_placements_that_continue_one_another_share_the_law_s_months(world: World) -> None:
    case = world.at_work()
    first = begun(world, case)
    second = ok(plan(world, case, continues_id=first["id"], from_on="2023-09-01", to_on="2024-08-31"))
    assert second["latest_on"] == "2025-03-01"
    third = {"continues_id": second["id"], "from_on": "2024-09-01"}
    assert told(plan(world, case, **third, to_on="2025-03-02")) == [("#/to_on", "placement_exceeds_limit")]
    assert told(plan(world, case, **third, to_on=None)) == [("#/to_on", "field_is_missing")]
    attested = ok(plan(world, case, **third, to_on="2025-08-31", attestation=attestation(world)))
    assert attested["attestation"] == attestation(world)
    refused(act(world, case, second["id"], "withdrawal", {"reason": "x"}), 409, "placement_is_continued")


def test_a_placement_goes_on_after_the_one_before_of_the_same_person_and_sort(world: World) -> None:
    case, host = world.at_work(), world.organisation("Vivaio", "company", "profit")
    first = ok(plan(world, case, host_organisation_id=host))
    wrong_day = plan(world, case, continues_id=first["id"], from_on="2023-08-31", to_on="2023-12-31")
    assert told(wrong_day) == [("#/from_on", "date_is_before_last_step")]
    later = {"continues_id": first["id"], "from_on": "2023-09-01", "to_on": "2023-12-31"}
    assert told(plan(world, case, **later, kind="percorso_socio_occupazionale")) == [
        ("#/continues_id", "placement_is_of_another_sort"),
    ]  # fmt: skip
    assert told(plan(world, case, **later, person_id=world.person()["id"])) == [
        ("#/person_id", "person_is_not_in_the_case"),
    ]  # fmt: skip
    refused(plan(world, case, host_organisation_id=host, from_on="2023-10-01", to_on="2024-01-31"), 409,
            "placement_continues_another")  # fmt: skip
    refused(plan(world, world.at_work(), **later), 404, "fact_is_unknown")
    ok(plan(world, case, **later))
    refused(plan(world, case, **later), 409, "placement_is_continued")


def test_two_who_extend_a_chain_at_once_extend_it_once(world: World) -> None:
    case = world.at_work()
    first = ok(plan(world, case))["id"]
    later = {"continues_id": first, "from_on": "2023-09-01", "to_on": "2025-03-01"}
    calls = [world.as_("case_manager").again() for _ in range(4)]
    answers = together(*(lambda by=by: plan(world, case, by=by, **later) for by in calls))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]


COPY = """
    INSERT INTO cases.work_placements (id, case_id, kind, counts_as_tirocinio, person_id, host_organisation_id, continues_id,
        chain_id, from_on, to_on, limit_rule, latest_on, weekly_hours, promoter_tutor, host_tutor, recorded_by)
    SELECT {id}, case_id, kind, true, person_id, host_organisation_id, {continues}, {chain}, '2023-09-01', '{to_on}',
        limit_rule, {latest}, 20, '-', '-', recorded_by FROM cases.work_placements WHERE id = :first"""


@pytest.mark.parametrize(
    "changed",
    [{"to_on": "2025-03-02"}, {"to_on": "2025-06-01", "latest": "DATE '2025-07-01'"}, {"latest": "NULL"},
     {"continues": "NULL"}, {"chain": "gen_random_uuid()"}],
)  # fmt: skip
def test_the_database_keeps_the_limit_of_a_chain_by_itself(world: World, changed: dict[str, str]) -> None:
    first = ok(plan(world, world.at_work()))["id"]
    right = {"id": "gen_random_uuid()", "continues": "id", "chain": "chain_id", "to_on": "2025-03-01",
             "latest": "latest_on"}  # fmt: skip
    with pytest.raises(IntegrityError):
        world.write(COPY.format(**right | changed), first=first)
    world.write(COPY.format(**right), first=first)
    with pytest.raises(IntegrityError):  # a second that continues the same
        world.write(COPY.format(**right), first=first)


def test_a_placement_does_not_end_after_the_days_agreed_not_even_by_sql(world: World) -> None:
    case = world.at_work()
    made = begun(world, case)["id"]
    late = act(world, case, made, "end", {"ended_on": "2023-09-01", "end_code": "concluso"})
    assert told(late) == [("#/ended_on", "date_is_out_of_range")]
    with pytest.raises(IntegrityError):
        world.write("INSERT INTO cases.placement_ends (id, case_id, placement_id, ended_on, end_code, recorded_by) VALUES "
                    "(:id, :case, :placement, '2023-09-01', 'concluso', :id)",
                    id=uuid4(), case=case.id, placement=made)  # fmt: skip


@given(st.dates(date(2015, 1, 22), date(2090, 1, 1)))
def test_the_limit_is_the_same_day_two_years_later_or_the_last_of_its_month(first_on: date) -> None:
    limit = limit_of("TIR_MAX_24M", first_on)
    assert limit is not None
    assert (limit.latest_on.year, limit.latest_on.month) == (first_on.year + 2, first_on.month)
    assert limit.latest_on.day == first_on.day or (first_on.month, first_on.day, limit.latest_on.day) == (2, 29, 28)


def test_kinds_without_a_limit_and_days_before_the_agreement_have_none() -> None:
    assert limit_of(None, date(2023, 1, 1)) is None
    assert limit_of("TIR_MAX_24M", date(2015, 1, 22) - timedelta(days=1)) is None


def attend(world: World, case: Opened, placement_id: str, month: str, planned: str, done: str) -> Any:
    """The answer to a month recorded."""
    return act(world, case, placement_id, "attendances", {"month": month, "hours_planned": planned, "hours_done": done})


def test_the_allowance_of_a_month_is_due_from_the_least_attendance_on(world: World) -> None:
    case = world.at_work()
    made = begun(world, case, monthly_allowance={"amount": "500.00", "currency": "EUR"})["id"]
    due = ok(attend(world, case, made, "2023-03-01", "80", "56"))
    short = ok(attend(world, case, made, "2023-04-01", "80", "55.99"))
    assert [(month["is_allowance_due"], month["allowance_due"]["amount"]) for month in (due, short)] == [
        (True, "500.00"), (False, "0.00"),
    ]  # fmt: skip
    refused(attend(world, case, made, "2023-03-01", "80", "80"), 409, "attendance_is_recorded")
    body = {"reason": "Foglio sbagliato"}
    ok(act(world, case, made, f"attendances/{short['id']}/withdrawal", body))
    again = ok(attend(world, case, made, "2023-04-01", "80", "80"))
    assert ok(world.as_("coordinator").get(f"/cases/{case.id}/placements/{made}/attendances"))["items"] == [again, due]


def test_hours_done_are_within_those_planned_in_a_month_of_the_placement(world: World) -> None:
    case = world.at_work()
    planned = ok(plan(world, case))["id"]
    refused(attend(world, case, planned, "2023-03-01", "80", "80"), 409, "placement_is_not_active")
    ok(act(world, case, planned, "activation", ACTIVATION))
    for month, done, wrong in (
        ("2023-03-01", "80.01", ("#/hours_done", "number_out_of_range")),
        ("2023-02-01", "80", ("#/month", "date_is_out_of_range")), ("2023-09-01", "80", ("#/month", "date_is_out_of_range")),
        ("2023-03-02", "80", ("#/month", "date_is_not_a_month_start")),
        ("2999-01-01", "1", ("#/month", "date_is_in_the_future")),
    ):  # fmt: skip
        assert told(attend(world, case, planned, month, "80", done)) == [wrong]
    ok(act(world, case, planned, "end", {"ended_on": "2023-04-15", "end_code": "interrotto_salute"}))
    ok(attend(world, case, planned, "2023-04-01", "80", "0"))
    late = attend(world, case, planned, "2023-05-01", "80", "0")
    assert told(late) == [("#/month", "date_is_out_of_range")]


def test_a_withdrawn_placement_takes_all_its_parts_with_it(world: World) -> None:
    case = world.at_work()
    made = begun(world, case)["id"]
    ok(attend(world, case, made, "2023-03-01", "80", "80"))
    assert ok(act(world, case, made, "withdrawal", {"reason": "Persona sbagliata"}))["activation"] is None
    assert ok(world.as_("coordinator").get(f"/cases/{case.id}/placements"))["items"] == []
    for table in ("placement_activations", "attendances"):
        [row] = world.seen(f"SELECT * FROM cases.{table} WHERE placement_id = :id", id=made)
        assert row.supersede_reason == "Persona sbagliata"


def hire(world: World, case: Opened, **values: Any) -> Any:
    """The answer to a hire."""
    body = {"employer_id": world.cooperative, "contract": "determinato", "weekly_hours": "20", "from_on": "2023-05-02",
            **values}  # fmt: skip
    return world.as_("case_manager").post(f"/cases/{case.id}/hires", body)


def test_a_hire_is_kept_with_its_contract_and_may_come_out_of_a_placement(world: World) -> None:
    case = world.at_work()
    placement = begun(world, case)["id"]
    made = ok(hire(world, case, contract="socio_lavoratore_coop_b", is_l68_quota=True, convention="art14_dlgs276",
                   subsidy="dote_unica_lavoro", placement_id=placement, to_on="2024-05-01"))  # fmt: skip
    assert (made["is_l68_quota"], made["placement_id"], made["person_id"]) == (True, placement, case.person_id)
    body = {"reason": "Assunzione saltata"}
    assert ok(world.as_("case_manager").post(f"/cases/{case.id}/hires/{made['id']}/withdrawal", body))["superseded_at"]
    assert ok(world.as_("coordinator").get(f"/cases/{case.id}/hires"))["items"] == []


def test_a_hire_has_known_codes_and_days_in_order(world: World) -> None:
    case = world.at_work()
    for values, wrong in (
        ({"contract": "stretta_di_mano"}, ("#/contract", "value_is_unknown")),
        ({"convention": "art99"}, ("#/convention", "value_is_unknown")), ({"subsidy": "x"}, ("#/subsidy", "value_is_unknown")),
        ({"to_on": "2023-05-01"}, ("#/to_on", "date_is_before_start")),
        ({"from_on": "2999-01-01"}, ("#/from_on", "date_is_in_the_future")),
        ({"placement_id": case.id}, ("#/placement_id", "reference_is_unknown")),
    ):  # fmt: skip
        assert told(hire(world, case, **values)) == [wrong]


def test_the_need_is_attested_by_a_public_body_and_not_by_the_host(world: World) -> None:
    """State-Regions Agreement of 22/1/2015: the public body in charge of the person."""
    case = world.at_work()
    private = world.organisation("Officina", "company", "profit")
    for values in ({"attestation": attestation(world, issuer_id=private)},
                   {"host_organisation_id": world.asst, "attestation": attestation(world)}):  # fmt: skip
        problem = refused(plan(world, case, to_on="2029-01-01", **values), 422, "request_is_invalid")
        assert [(one["pointer"], one["code"]) for one in problem["errors"]] == [
            ("#/attestation/issuer_id", "issuer_is_not_in_charge")
        ]  # fmt: skip


def test_the_limit_follows_the_person_from_case_to_case(world: World) -> None:
    """24 months with one host, whichever case they are planned in."""
    first, host = world.at_work(), world.organisation("Officina", "company", "profit")
    ok(plan(world, first, host_organisation_id=host))
    second = world.started("SIL", person_id=first.person_id)
    refused(plan(world, second, host_organisation_id=host), 409, "placement_continues_another")
