"""Refusing, suspending, going on, reopening, following a newer version, putting right a day."""

from typing import Any

import pytest

from tests.world import Opened, World, ok, refused, together


def shown(world: World, case: Opened) -> Any:
    """The case as it stands."""
    return ok(world.as_("coordinator").get(f"/cases/{case.id}"))


def circumstances(world: World, case: Opened, kind: str) -> list[Any]:
    """The circumstances of a kind, the last one first."""
    found = ok(world.as_("coordinator").get(f"/cases/{case.id}/circumstances"))["items"]
    return [one for one in found if one["kind"] == kind]


def kinds(world: World, case: Opened) -> list[str]:
    """The steps of the path."""
    return [step["kind"] for step in ok(world.as_("coordinator").get(f"/cases/{case.id}/milestones"))["items"]]


def newer(world: World, version: int, valid_from: str, valid_to: str | None = None) -> None:
    """A later version of PAIS with one stage more."""
    stage = '[{"code": "in_verifica", "label": "In verifica"}]'
    world.write(
        "INSERT INTO cases.programmes (code, version, valid_from, valid_to, definition) SELECT code, :version, "
        "CAST(:since AS date), CAST(:until AS date), definition || jsonb_build_object('version', CAST(:version AS int), "
        "'stages', (definition->'stages') || CAST(:stage AS jsonb)) "
        "FROM cases.programmes WHERE code = 'PAIS' AND version = 3",
        version=version, since=valid_from, until=valid_to, stage=stage,
    )  # fmt: skip


@pytest.mark.parametrize(("judged", "codes"), [(True, ["appropriate"]), (False, ["inappropriate"]), (None, [])])
def test_a_referral_is_judged_when_it_is_accepted(world: World, judged: bool | None, codes: list[str]) -> None:
    """O9-PRO-1 of Pioltello counts appropriate referrals; no judgement is not a judgement."""
    case = world.open()
    world.act(case, "taking-in-charge", {"occurred_on": "2023-01-12", "is_appropriate": judged}, "social_worker")
    assert [one["code"] for one in circumstances(world, case, "referral_judgement")] == codes


def test_a_refused_case_ends_with_its_reason_and_without_having_been_one(world: World) -> None:
    case = world.open()
    body = {"occurred_on": "2023-01-12", "reason": "altro_ambito", "note": "Abita fuori Ambito"}
    done = world.act(case, "refusal", body, "social_worker")
    assert (done["stage"], done["is_closed"], done["outcome"]) == ("non_accolto", True, "altro_ambito")
    assert kinds(world, case) == ["referred"]
    [told] = circumstances(world, case, "refusal")
    assert (told["code"], told["from_on"], told["note"]) == ("altro_ambito", "2023-01-12", "Abita fuori Ambito")
    again = world.as_("social_worker").post(f"/cases/{case.id}/taking-in-charge", {"occurred_on": "2023-01-13"},
                                            version=case.version)  # fmt: skip
    refused(again, 409, "case_is_closed")


def test_a_refusal_wants_a_reason_of_the_programme(world: World) -> None:
    case = world.open()
    answer = world.as_("social_worker").post(f"/cases/{case.id}/refusal", {"occurred_on": "2023-01-12", "reason": "boh"},
                                             version=case.version)  # fmt: skip
    assert refused(answer, 422, "request_is_invalid")["errors"][0]["pointer"] == "#/reason"
    assert shown(world, case)["is_closed"] is False


def test_a_suspended_case_goes_on_from_where_it_stopped(world: World) -> None:
    case = world.suspended()
    assert shown(world, case)["stage"] == "sospeso"
    world.intervention(case, occurred_on="2023-03-05")
    again = {"occurred_on": "2023-03-06", "reason": "ricovero"}
    answer = world.as_("case_manager").post(f"/cases/{case.id}/suspension", again, version=case.version)
    assert refused(answer, 409, "act_is_not_allowed_now")["detail"] == (
        "L'atto «sospensione» non è possibile nella fase «Sospeso» della misura."
    )
    done = world.act(case, "resumption", {"occurred_on": "2023-04-01"}, "case_manager")
    assert done["stage"] == "in_monitoraggio"
    [pause] = circumstances(world, case, "suspension")
    assert (pause["code"], pause["from_on"], pause["to_on"]) == ("ricovero", "2023-03-01", "2023-04-01")
    assert kinds(world, case)[-2:] == ["suspended", "resumed"]


def test_a_case_closed_while_it_was_suspended_is_reopened_where_it_had_stopped(world: World) -> None:
    case = world.suspended()
    world.close(case, "fine_beneficio", "2023-04-01")
    assert circumstances(world, case, "suspension")[0]["to_on"] == "2023-04-01"
    done = world.act(case, "reopening", {"occurred_on": "2023-05-01", "reason": "Nuovo beneficio"}, "coordinator")
    assert (done["stage"], done["is_closed"], done["outcome"]) == ("in_monitoraggio", False, None)


def test_a_reopened_case_keeps_its_first_dates_and_can_close_again(world: World) -> None:
    case = world.closed()
    first = kinds(world, case)
    world.act(case, "reopening", {"occurred_on": "2023-12-10", "reason": "Nuovo bisogno"}, "case_manager")
    assert kinds(world, case) == [*first, "reopened"]
    assert circumstances(world, case, "reopening")[0]["note"] == "Nuovo bisogno"
    world.close(case, "parzialmente_raggiunti", "2023-12-20")
    assert shown(world, case)["outcome"] == "parzialmente_raggiunti"


def test_an_open_case_is_not_reopened(world: World) -> None:
    case = world.started()
    answer = world.as_("case_manager").post(f"/cases/{case.id}/reopening", {"occurred_on": "2023-03-01", "reason": "x"},
                                            version=case.version)  # fmt: skip
    refused(answer, 409, "case_is_open")


def test_what_answers_for_a_case_is_not_for_a_colleague_without_it(world: World) -> None:
    case, colleague = world.started(), world.user("case_manager")
    ok(world.as_("coordinator").post(f"/cases/{case.id}/team", {
        "user_id": str(colleague.user_id), "organisation_id": world.service, "role": "educator", "component": "social",
        "from_on": "2023-02-10"}))  # fmt: skip
    for path, body in (("suspension", {"reason": "ricovero"}), ("closure", {"outcome": "decesso"})):
        answer = colleague.post(f"/cases/{case.id}/{path}", {"occurred_on": "2023-03-01", **body}, version=case.version)
        refused(answer, 403, "case_is_managed_by_another")


def test_two_who_suspend_at_once_suspend_once(world: World) -> None:
    case, body = world.started(), {"occurred_on": "2023-03-01", "reason": "ricovero"}
    clients = [world.as_("case_manager").again(), world.as_("coordinator").again()]
    answers = together(
        *(lambda c=c: c.post(f"/cases/{case.id}/suspension", body, version=case.version) for c in clients)
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412]
    assert len(circumstances(world, case, "suspension")) == 1


def test_a_case_follows_a_newer_version_only_when_it_is_told_to(fresh: World) -> None:
    case = fresh.started()
    newer(fresh, 41, "2023-02-01")
    assert shown(fresh, case)["programme_version"] == 3
    here = f"/cases/{case.id}/programme-version"
    body = {"version": 41, "stage": "in_verifica", "occurred_on": "2023-03-01"}
    answer = fresh.as_("case_manager").post(here, body, version=case.version)
    assert refused(answer, 403, "permission_is_missing")["detail"].endswith("; spetta a: coordinatore.")
    done = fresh.act(case, "programme-version", body, "coordinator")
    assert (done["programme_version"], done["stage"]) == (41, "in_verifica")
    assert circumstances(fresh, case, "programme_version")[0]["code"] == "41"
    again = fresh.as_("coordinator").post(here, {**body, "version": 41}, version=case.version)
    assert refused(again, 422, "request_is_invalid")["errors"][0]["code"] == "version_is_not_newer"


@pytest.mark.parametrize(("change", "pointer", "code"), [
    ({"version": 99}, "#/version", "programme_is_not_in_force"),
    ({"stage": "inesistente"}, "#/stage", "value_is_unknown"),
    ({"occurred_on": "2023-02-28"}, "#/version", "programme_is_not_in_force"),
])  # fmt: skip
def test_a_version_that_can_not_be_followed_is_refused(
    fresh: World, change: dict[str, Any], pointer: str, code: str
) -> None:
    case = fresh.started()
    newer(fresh, 41, "2023-03-01", "2023-03-31")
    body = {"version": 41, "stage": "in_verifica", "occurred_on": "2023-03-02", **change}
    answer = fresh.as_("coordinator").post(f"/cases/{case.id}/programme-version", body, version=case.version)
    [error] = refused(answer, 422, "request_is_invalid")["errors"]
    assert (error["pointer"], error["code"]) == (pointer, code)


def steps(world: World, case: Opened) -> dict[str, Any]:
    """Kind -> the step."""
    found = ok(world.as_("coordinator").get(f"/cases/{case.id}/milestones"))["items"]
    return {step["kind"]: step for step in found}


def correct(world: World, case: Opened, kind: str, on: str) -> Any:
    """Put right the day of a step."""
    body = {"occurred_on": on, "reason": "Data sbagliata"}
    path = f"/cases/{case.id}/milestones/{steps(world, case)[kind]['id']}/correction"
    return world.as_("case_manager").post(path, body, version=case.version)


def test_the_day_of_a_step_is_put_right_and_the_wrong_one_stays_in_the_history(world: World) -> None:
    case = world.started()
    ok(correct(world, case, "started", "2023-02-05"))
    assert steps(world, case)["started"]["occurred_on"] == "2023-02-05"
    rows = world.seen("SELECT occurred_on, supersede_reason FROM cases.milestones WHERE case_id = :case AND kind = 'started' "
                      "ORDER BY id", case=case.id)  # fmt: skip
    assert [(row.occurred_on.isoformat(), row.supersede_reason) for row in rows] == [
        ("2023-02-10", "Data sbagliata"), ("2023-02-05", None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "on"), [("started", "2023-01-31"), ("assigned", "2023-01-11"), ("taken_in_charge", "2023-01-14")]
)
def test_a_correction_does_not_change_the_order_of_the_steps(world: World, kind: str, on: str) -> None:
    case = world.started()
    answer = correct(world, case, kind, on)
    assert refused(answer, 422, "request_is_invalid")["errors"][0]["code"] == "date_is_out_of_range"
    assert steps(world, case)[kind]["occurred_on"] != on


@pytest.mark.parametrize("kind", ["referred", "assessed"])
def test_a_day_that_a_record_says_too_is_not_corrected_apart_from_it(world: World, kind: str) -> None:
    case = world.started()
    refused(correct(world, case, kind, "2023-01-25"), 409, "milestone_is_of_a_fact")


def test_a_step_that_is_superseded_is_not_corrected_again(world: World) -> None:
    case = world.started()
    wrong = steps(world, case)["started"]["id"]
    case.version = ok(correct(world, case, "started", "2023-02-05"))["version"]
    answer = world.as_("case_manager").post(f"/cases/{case.id}/milestones/{wrong}/correction",
                                            {"occurred_on": "2023-02-06", "reason": "x"}, version=case.version)  # fmt: skip
    refused(answer, 409, "fact_is_superseded")


def test_the_first_step_goes_no_further_back_and_a_day_taken_back_opens_no_door(world: World) -> None:
    case = world.started()
    refused(correct(world, case, "taken_in_charge", "2023-01-09"), 422, "request_is_invalid")
    case.version = ok(correct(world, case, "taken_in_charge", "2023-01-10"))["version"]
    early = {"kind": "colloquio", "occurred_on": "1900-01-01", "minutes": 60, "organisation_id": world.service}
    answer = world.as_("case_manager").post(f"/cases/{case.id}/interventions", early)
    assert refused(answer, 422, "request_is_invalid")["errors"][0]["code"] == "date_is_before_referral"


def test_a_paused_case_that_adopts_a_version_under_way_is_paused_no_more(fresh: World) -> None:
    case = fresh.suspended()
    newer(fresh, 43, "2023-03-01")
    body = {"version": 43, "stage": "in_monitoraggio", "occurred_on": "2023-03-05"}
    fresh.act(case, "programme-version", body, "coordinator")
    [stop] = circumstances(fresh, case, "suspension")
    assert stop["to_on"] == "2023-03-05"
    fresh.act(case, "suspension", {"occurred_on": "2023-03-10", "reason": "ricovero"}, "case_manager")
    assert fresh.act(case, "resumption", {"occurred_on": "2023-03-11"}, "case_manager")["stage"] == "in_monitoraggio"
