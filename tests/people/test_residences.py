"""Residence over time, and Comuni that become others."""

import pytest

from service.people.municipalities import municipalities, names
from service.types import today
from tests.world import World, days_after, ok, refused

LODI, CODOGNO, CAMAIRAGO, CASTELGERUNDO, MILANO = "098031", "098019", "098007", "098062", "015146"


def on(world: World, person_id: str, day: str) -> str | None:
    """The municipality in which a person resided on a day, as a figure reads it."""
    rows = world.seen("""
        SELECT municipality FROM people.residences WHERE person_id = :person AND superseded_at IS NULL
           AND (from_on IS NULL OR from_on <= :day) ORDER BY from_on DESC NULLS LAST LIMIT 1""",
        person=person_id, day=day)  # fmt: skip
    return rows[0].municipality if rows else None


def test_who_moves_resided_elsewhere_before(world: World) -> None:
    worker, person = world.as_("social_worker"), world.person(municipality=LODI)
    here = f"/people/{person['id']}"
    ok(worker.post(f"{here}/residences", {"municipality": CODOGNO, "from_on": "2023-06-01"}))
    ok(worker.post(f"{here}/residences", {"municipality": None, "from_on": "2024-01-01"}))
    assert [on(world, person["id"], day) for day in ("2020-01-01", "2023-05-31", "2023-06-01", "2024-02-01")] == [
        LODI, LODI, CODOGNO, None,
    ]  # fmt: skip
    assert ok(worker.get(here))["municipality"] is None
    listed = ok(worker.get(f"{here}/residences"))["items"]
    assert [(one["municipality"], one["from_on"]) for one in listed] == [
        (None, "2024-01-01"), (CODOGNO, "2023-06-01"), (LODI, None),
    ]  # fmt: skip


def test_a_withdrawn_residence_gives_way_to_the_one_before(world: World) -> None:
    worker, person = world.as_("social_worker"), world.person(municipality=LODI)
    here = f"/people/{person['id']}/residences"
    wrong = ok(worker.post(here, {"municipality": CODOGNO, "from_on": "2023-06-01"}))
    again = {"municipality": MILANO, "from_on": "2023-06-01"}
    refused(worker.post(here, again), 409, "residence_is_recorded")
    withdrawn = ok(worker.post(f"{here}/{wrong['id']}/withdrawal", {"reason": "Un altro comune"}))
    assert withdrawn["supersede_reason"] == "Un altro comune"
    assert ok(worker.get(f"/people/{person['id']}"))["municipality"] == LODI
    ok(worker.post(here, again))
    refused(worker.post(f"{here}/{wrong['id']}/withdrawal", {"reason": "Ancora"}), 409, "fact_is_superseded")


@pytest.mark.parametrize(("code", "from_on", "is_taken"), [
    (CAMAIRAGO, "2017-12-31", True), (CAMAIRAGO, "2018-01-01", False), (CASTELGERUNDO, "2018-01-01", True),
    (MILANO, "2020-01-01", True), ("999999", "2020-01-01", True),
])  # fmt: skip
def test_a_comune_of_ours_that_had_ceased_is_refused_with_what_it_became(
    world: World, code: str, from_on: str, is_taken: bool
) -> None:
    person = world.person()
    answer = world.as_("social_worker").post(
        f"/people/{person['id']}/residences", {"municipality": code, "from_on": from_on}
    )
    if is_taken:
        assert ok(answer)["municipality"] == code
        return
    [error] = refused(answer, 422, "request_is_invalid")["errors"]
    assert (error["pointer"], error["code"]) == ("#/municipality", "municipality_has_ceased")
    assert "Castelgerundo" in error["detail"]
    assert CASTELGERUNDO in error["detail"]


def test_nobody_is_registered_in_a_comune_that_has_ceased(world: World) -> None:
    body = {"family_name": "Inventi", "given_name": "Ada", "sex": "F", "registered_by": world.service,
            "municipality": CAMAIRAGO}  # fmt: skip
    refused(world.as_("social_worker").post("/people", body), 422, "request_is_invalid")


def test_nobody_resides_anywhere_from_tomorrow(world: World) -> None:
    body = {"municipality": LODI, "from_on": days_after(today().isoformat(), 1)}
    answer = world.as_("social_worker").post(f"/people/{world.person()['id']}/residences", body)
    refused(answer, 422, "request_is_invalid")


def test_every_comune_that_has_ceased_names_one_that_exists() -> None:
    ceased = [one for one in municipalities().values() if one.valid_to is not None]
    assert {one.istat_code for one in ceased} == {CAMAIRAGO, "098016"}
    assert all(one.successor in names() for one in ceased)
