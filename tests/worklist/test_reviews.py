"""When a project is next checked: at the interval that the signed version says, on the day agreed, anew at each revision."""

from datetime import date
from typing import Any

import pytest

from service.cases.programmes.loading import HERE, read
from service.cases.programmes.rules import definition_from
from service.types import new_id, now
from service.worklist.deadlines import case_deadlines
from service.worklist.queries import Followed
from service.worklist.sources import Fact
from tests.cases.ruled import approve, post
from tests.cases.test_monitoring import check
from tests.fences.test_queries import counted
from tests.worklist.clocks import term, terms
from tests.world import Opened, World, ok

GOAL = {"life_domain": "lavoro", "wording": "Trovare un lavoro", "in_first_person": "Voglio lavorare"}


def said(world: World, signed_on: str = "2023-02-01", **project: Any) -> Opened:
    """A case whose signed project says this of its checks."""
    case = world.assessed()
    draft = {"drafted_on": "2023-01-25", "preferences": "Il mattino", "goals": [GOAL], **project}
    case.project_version = ok(world.as_("social_worker").post(f"/cases/{case.id}/projects", draft))["version"]
    ok(approve(world, case))
    sign(world, case, signed_on)
    return case


def sign(world: World, case: Opened, on: str, number: int = 1) -> None:
    """All sign a version."""
    for signer in ("person", "case_manager"):
        ok(post(world, case, "signatures", {"signer": signer, "signed_on": on}, number=number))
    world.refresh(case)


def revise(world: World, case: Opened, number: int, on: str, **changes: Any) -> None:
    """A version copied from the one before, changed and signed, all on one day."""
    worker, path = world.as_("social_worker"), f"/cases/{case.id}/projects"
    made = ok(worker.post(path, {"drafted_on": on, "from_version": number - 1}))
    case.project_version = ok(worker.patch(f"{path}/{number}", changes, version=made["version"]))["version"]
    ok(approve(world, case, on=on, number=number))
    sign(world, case, on, number)


def start(world: World, case: Opened) -> None:
    """The case under way."""
    world.act(case, "start", {"occurred_on": "2023-02-10"}, "case_manager")


def dues(world: World, case: Opened) -> list[tuple[str, str, str | None]]:
    """When each term began, when it is due, when it was met; the first to begin first."""
    return sorted((one["anchored_on"], one["due_on"], one["met_on"]) for one in terms(world, case, "REVIEW_NEXT"))


def test_checks_follow_one_another_at_the_interval_of_the_project(world: World) -> None:
    """DM 23/11/2016 art. 2: the project says how and when it is checked."""
    case = said(world, review_months=3)
    assert dues(world, case) == [("2023-02-01", "2023-05-02", None)]  # 1 May
    start(world, case)
    ok(check(world, case, held_on="2023-04-03"))
    assert dues(world, case) == [("2023-02-01", "2023-05-02", "2023-04-03"), ("2023-04-03", "2023-07-03", None)]


def test_a_project_that_says_no_interval_is_checked_at_the_programme_s() -> None:
    """The longest interval of the programme, for a project that was signed before the programme asked for one."""
    shipped = definition_from(read("PAIS.yaml", (HERE / "shipped" / "PAIS.yaml").read_text()))
    case = Followed(new_id(), new_id(), shipped, "in_monitoraggio", False, None, True, True, True, True)
    days = [(date(2023, 2, 1), 3), (date(2023, 6, 1), None)]
    signed = [Fact("signed", new_id(), case.id, None, day, day, now(), months=months) for day, months in days]
    found = [due.deadline for due in case_deadlines(case, signed, date(2023, 6, 2))]
    assert [one.due_on for one in found if one.rule_id == "REVIEW_NEXT"] == [date(2023, 5, 2), date(2023, 12, 1)]


def test_the_first_check_is_on_the_day_that_the_project_says(world: World) -> None:
    """DM 23/11/2016 art. 2: the day of the first check, within the interval; the next ones follow the interval."""
    case = said(world, review_months=3, next_check_on="2023-03-15")
    assert dues(world, case) == [("2023-02-01", "2023-03-15", None)]
    start(world, case)
    ok(check(world, case, held_on="2023-03-20"))
    [first, second] = terms(world, case, "REVIEW_NEXT")
    assert (first["status"], first["late_days"], second["due_on"]) == ("late", 5, "2023-06-20")


def test_a_first_check_foreseen_before_the_signatures_says_nothing(world: World) -> None:
    """A project that was not in force yet could not be checked."""
    case = said(world, signed_on="2023-03-20", review_months=3, next_check_on="2023-03-15")
    assert dues(world, case) == [("2023-03-20", "2023-06-20", None)]


@pytest.mark.parametrize(
    ("agreed", "due"), [("2023-05-15", "2023-05-15"), ("2023-07-03", "2023-07-03"), (None, "2023-07-03")]
)
def test_the_day_agreed_at_a_check_counts_where_it_is_within_the_interval(
    world: World, agreed: str | None, due: str
) -> None:
    """The interval written in the project is the longest."""
    case = said(world, review_months=3)
    start(world, case)
    ok(check(world, case, held_on="2023-04-03", next_due_on=agreed))
    assert dues(world, case)[-1] == ("2023-04-03", due, None)


def test_a_check_withdrawn_or_corrected_moves_the_next(world: World) -> None:
    """Facts are corrected by superseding them; what they made is derived anew."""
    case = said(world, review_months=3)
    start(world, case)
    held = ok(check(world, case, held_on="2023-04-03", next_due_on="2023-05-15"))
    body = {"status": "held", "held_on": "2023-04-12", "corrects": {"id": held["id"], "reason": "Giorno sbagliato"}}
    right = ok(world.as_("case_manager").post(f"/cases/{case.id}/checks", body))
    assert dues(world, case)[-1] == ("2023-04-12", "2023-07-12", None)
    again = {**body, "next_due_on": "2023-06-15", "corrects": {"id": right["id"], "reason": "Accordo"}}
    right = ok(world.as_("case_manager").post(f"/cases/{case.id}/checks", again))
    again = {**body, "next_due_on": "2023-06-22", "corrects": {"id": right["id"], "reason": "Altro accordo"}}
    right = ok(world.as_("case_manager").post(f"/cases/{case.id}/checks", again))
    assert dues(world, case)[-1] == ("2023-04-12", "2023-06-22", None)
    reason = {"reason": "Registrata per errore"}
    ok(world.as_("case_manager").post(f"/cases/{case.id}/checks/{right['id']}/withdrawal", reason))
    assert dues(world, case) == [("2023-02-01", "2023-05-02", None)]


def test_a_version_signed_begins_its_own_interval_and_past_terms_keep_theirs(world: World) -> None:
    """Each version says how often it is checked; a project that is agreed anew has been checked."""
    case = said(world, review_months=6)
    start(world, case)
    ok(check(world, case, held_on="2023-04-03"))
    revise(world, case, 2, "2023-05-08", review_months=2, next_check_on="2023-06-01")
    assert dues(world, case) == [
        ("2023-02-01", "2023-08-01", "2023-04-03"), ("2023-04-03", "2023-10-03", "2023-05-08"),
        ("2023-05-08", "2023-06-01", None),
    ]  # fmt: skip
    ok(check(world, case, held_on="2023-06-01"))
    assert dues(world, case)[-1] == ("2023-06-01", "2023-08-01", None)


def test_a_draft_or_an_approval_changes_no_term(world: World) -> None:
    """The version in force is the last that all have signed."""
    case = said(world, review_months=6)
    start(world, case)
    worker, path = world.as_("social_worker"), f"/cases/{case.id}/projects"
    made = ok(worker.post(path, {"drafted_on": "2023-05-08", "from_version": 1}))
    case.project_version = ok(worker.patch(f"{path}/2", {"review_months": 1}, version=made["version"]))["version"]
    ok(approve(world, case, on="2023-05-08", number=2))
    assert dues(world, case) == [("2023-02-01", "2023-08-01", None)]


def test_a_corrected_day_of_the_signature_moves_the_term_and_keeps_the_interval(world: World) -> None:
    """The milestone is put right; the version keeps the day on which its signatures were recorded."""
    case = said(world, review_months=3)
    revised = said(world, review_months=6)
    start(world, revised)
    revise(world, revised, 2, "2023-05-08", review_months=2)
    for one, day, due in ((case, "2023-01-31", "2023-05-02"), (revised, "2023-05-08", "2023-07-10")):  # a Saturday
        steps = ok(world.as_("coordinator").get(f"/cases/{one.id}/milestones"))["items"]
        signed = [step for step in steps if step["kind"] == "signed"][-1]
        body = {"occurred_on": day, "reason": "Giorno sbagliato"}
        world.act(one, f"milestones/{signed['id']}/correction", body, "case_manager")
        assert dues(world, one)[-1] == (day, due, None)


def test_a_suspension_moves_the_day_of_the_first_check_too(world: World) -> None:
    """Nobody is asked for a check while the case is suspended."""
    case = said(world, review_months=3, next_check_on="2023-04-04")
    start(world, case)
    world.act(case, "suspension", {"occurred_on": "2023-03-01", "reason": "ricovero"}, "case_manager")
    assert term(world, case, "REVIEW_NEXT")["status"] == "suspended"
    world.act(case, "resumption", {"occurred_on": "2023-03-11"}, "case_manager")
    assert term(world, case, "REVIEW_NEXT")["due_on"] == "2023-04-14"


def test_many_versions_and_checks_ask_as_many_statements_as_few(world: World) -> None:
    case, asked = said(world, review_months=6), []
    start(world, case)
    for number, month in ((2, 5), (3, 6), (4, 7)):
        revise(world, case, number, f"2023-0{month}-08", review_months=2)
        ok(check(world, case, held_on=f"2023-0{month}-20"))
        with counted(world) as sent:
            ok(world.as_("coordinator").get(f"/cases/{case.id}/deadlines"))
        asked.append(len(sent))
    assert set(asked) == {asked[0]}
