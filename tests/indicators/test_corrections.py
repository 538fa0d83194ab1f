"""Two axes of time: when a thing happened, and since when it is known."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from service.types import now
from tests.indicators.population import Population, connect, figures
from tests.world import Client, Opened, World, ok, refused

MAY, JUNE, JULY = (datetime(2023, month, 1, tzinfo=UTC) for month in (5, 6, 7))


def autonomy_case(people: Population, programme: str = "DOPO_DI_NOI", person: UUID | None = None) -> UUID:
    """A project under way since 2021."""
    case = people.case(programme, person)
    people.milestone(case, "signed", "2021-01-10")
    people.milestone(case, "started", "2021-02-01")
    return case


def test_a_corrected_day_counts_from_its_correction_on(fresh: World) -> None:
    people = Population(fresh)
    case = people.case("PAIS")
    people.milestone(case, "signed", "2020-12-30", recorded_at=MAY, superseded_at=JUNE)
    people.milestone(case, "signed", "2021-01-02", recorded_at=JUNE)
    people.write()
    known = {
        at: figures(fresh, "2023-12-31", at)["A1-OUT-1"].numerator for at in (MAY, JUNE - timedelta(seconds=1), JUNE)
    }
    assert list(known.values()) == [0, 0, 1]


def test_what_was_recorded_late_is_unknown_before(fresh: World) -> None:
    people = Population(fresh)
    people.milestone(people.case("PAIS"), "signed", "2021-03-01", recorded_at=JUNE)
    people.write()
    assert figures(fresh, "2021-12-31", JUNE - timedelta(microseconds=1))["A1-OUT-1"].numerator == 0
    assert figures(fresh, "2021-12-31", JUNE)["A1-OUT-1"].numerator == 1
    assert figures(fresh, "2021-02-28", JULY)["A1-OUT-1"].numerator == 0


def test_a_return_counts_from_the_day_of_the_return(fresh: World) -> None:
    people = Population(fresh)
    people.family_exit(autonomy_case(people), "2021-05-01", returned_on="2023-02-01")
    people.write()
    left = {
        on: figures(fresh, on)["D2-IMP-1"].numerator for on in ("2021-04-30", "2021-05-01", "2023-01-31", "2023-02-01")
    }
    assert list(left.values()) == [0, 1, 1, 0]


def test_an_exit_for_a_time_is_no_exit(fresh: World) -> None:
    people = Population(fresh)
    people.family_exit(autonomy_case(people), "2021-05-01", is_temporary=True)
    people.write()
    value = figures(fresh, "2023-12-31")["D2-IMP-1"]
    assert (value.numerator, value.denominator) == (0, 1)


def test_a_project_that_ended_before_the_plan_is_not_active_unless_it_was_reopened(fresh: World) -> None:
    people = Population(fresh)
    for days in ((), ("2020-06-01",), ("2020-06-01", "2021-03-01"), ("2020-06-01", "2020-08-01", "2020-10-01")):
        case = people.case("PRO_VI")
        people.milestone(case, "started", "2020-02-01")
        for kind, day in zip(("concluded", "reopened", "abandoned"), days, strict=False):
            people.milestone(case, kind, day)
    people.write()
    assert figures(fresh, "2023-12-31")["D2-IMP-1"].denominator == 2
    assert figures(fresh, "2021-02-28")["D2-IMP-1"].denominator == 1


def test_what_became_of_a_cohort_is_observed_after_the_plan_has_ended(fresh: World) -> None:
    people = Population(fresh)
    case = people.case("GRAVE_EMARGINAZIONE")
    people.milestone(case, "started", "2023-11-01")
    people.milestone(case, "concluded", "2024-02-01")
    for judge in ("beneficiary", "operators"):
        people.evaluation(case, judge, 5, "2024-02-02")
    late = people.case("GRAVE_EMARGINAZIONE")
    people.milestone(late, "started", "2024-01-15")
    people.write()
    by_the_end, later = (figures(fresh, on)["A2-IMP-2"] for on in ("2023-12-31", "2024-06-30"))
    assert (by_the_end.numerator, by_the_end.denominator) == (0, 1)
    assert (later.numerator, later.denominator) == (1, 1)


def test_who_pays_a_line_takes_part_in_the_budget(fresh: World) -> None:
    people = Population(fresh)
    for source in ("person", "family", "comune", "volunteers"):
        people.line(autonomy_case(people), source, recorded_at=JUNE)
    people.write()
    value = figures(fresh, "2023-12-31")["D2-IMP-2"]
    assert (value.numerator, value.denominator) == (2, 4)
    assert figures(fresh, "2023-05-31")["D2-IMP-2"].numerator == 0


def test_the_budget_of_another_programme_is_not_that_of_the_autonomy_project(fresh: World) -> None:
    people = Population(fresh)
    person = people.person()
    autonomy_case(people, person=person)
    people.participation(people.case("PAIS", person), "2022-01-01")
    people.write()
    value = figures(fresh, "2023-12-31")["D2-IMP-2"]
    assert (value.numerator, value.denominator) == (0, 1)


def test_a_person_with_two_projects_counts_once(fresh: World) -> None:
    people = Population(fresh)
    person = people.person()
    for programme in ("DOPO_DI_NOI", "PRO_VI"):
        case = autonomy_case(people, programme, person)
        people.participation(case, "2022-01-01")
        people.liquidation(case, "DDN", "10.00", "2022-05-01")
    people.write()
    found = figures(fresh, "2023-12-31")
    assert (found["D2-IMP-2"].numerator, found["D2-IMP-2"].denominator) == (1, 1)
    assert found["D2-OUT-1"].numerator == 1


def test_a_removed_exit_changes_the_figure_and_not_what_was_known_before(fresh: World) -> None:
    case = under_way(fresh)
    worker = fresh.as_("case_manager")
    body = {"occurred_on": "2023-05-01", "destination": "own_home", "is_temporary": False}
    left = ok(worker.post(f"/cases/{case.id}/family-exits", body))
    before = now()
    assert share(fresh.as_("coordinator")) == ("100.00", 1, 1)
    path = f"/cases/{case.id}/family-exits/{left['id']}/withdrawal"
    ok(worker.post(path, {"reason": "Recorded on the wrong case"}))
    assert share(fresh.as_("coordinator")) == ("0.00", 0, 1)
    assert share(fresh.as_("coordinator"), before.isoformat()) == ("100.00", 1, 1)
    refused(worker.post(path, {"reason": "Again"}), 409, "fact_is_superseded")


def test_a_removed_exit_stays_in_its_table_with_the_reason(fresh: World) -> None:
    case = under_way(fresh)
    body = {"occurred_on": "2023-05-01", "destination": "own_home", "is_temporary": False}
    left = ok(fresh.as_("case_manager").post(f"/cases/{case.id}/family-exits", body))
    path = f"/cases/{case.id}/family-exits/{left['id']}/withdrawal"
    ok(fresh.as_("case_manager").post(path, {"reason": "Wrong case"}))
    with connect(fresh) as connection:
        (row,) = connection.execute("SELECT * FROM cases.family_exits").fetchall()
    assert (row.supersede_reason, row.superseded_by) == ("Wrong case", fresh.as_("case_manager").user_id)


def under_way(world: World) -> Opened:
    """An autonomy project under way, by the path that operators take."""
    return world.started("DOPO_DI_NOI")


def share(reader: Client, known_at: str | None = None) -> tuple[str, int, int]:
    """D2-IMP-1 at the end of the plan."""
    query = {"on": "2023-12-31", **({"known_at": known_at} if known_at else {})}
    value = ok(reader.get("/plans/lodi-2021-2023/indicators/D2-IMP-1", query_string=query))
    return value["value"], value["numerator"], value["denominator"]
