"""The hand-written stories: every programme, every room, and something that is due today or should have been done."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy import select

from service.actor import Actor
from service.audit.log.operations import refused
from service.cases.programmes import loading
from service.cases.programmes.rules import MILESTONES
from service.cases.projects.models import ProjectVersion, Signature
from service.cases.records.models import Case
from service.cases.records.queries import linked_cases
from service.cases.timeline.queries import KINDS, timeline
from service.db import Database, engine_for
from service.demo.ambito import STAFF, Ambito, build
from service.demo.showcase.acts import ACTS
from service.demo.showcase.reading import Story, stories
from service.demo.showcase.telling import tell_all
from service.errors import Conflict
from service.installation import Urls
from service.worklist.items import items
from service.worklist.rules import Item

# elena.psicologa sees what coordinators do not: results that are of clinicians.
READERS = (*(coordinator for _, _, coordinator in STAFF.values()), "elena.psicologa")


@dataclass
class Told:
    """A database with the Ambito and its hand-written stories, read as its operators."""

    database: Database[Actor]
    ambito: Ambito

    def cases(self) -> list[Case]:
        """The cases that the coordinators see."""
        found: dict[object, Case] = {}
        for reader in READERS:
            with self.database.transaction(self.ambito.caller(reader)) as (session, _):
                found |= {case.id: case for case in session.scalars(select(Case))}
        return list(found.values())

    def entries(self) -> set[tuple[str, str | None]]:
        """Kind and code of everything on the timelines."""
        found = set()
        for reader in READERS:
            with self.database.transaction(self.ambito.caller(reader)) as (session, _):
                for case_id in session.scalars(select(Case.id)).all():
                    found |= {(row.kind, row.code) for row in timeline(session, case_id, limit=1000, cursor=None)}
        return found

    def worklist(self, username: str) -> list[Item]:
        """What awaits an operator."""
        with self.database.transaction(self.ambito.caller(username)) as (session, actor):
            return items(session, actor)


def tell(urls: Urls, folder: Path, told: list[Story]) -> Told:
    """An Ambito in a database of its own, and stories told to it."""
    database = Database[Actor](engine_for(urls.runtime, pool_size=2), refused)
    ambito = build(database, folder / "logins.json")
    tell_all(database, ambito, told, lambda: None)
    return Told(database, ambito)


@pytest.fixture(scope="module")
def told(new_database: Callable[[], Urls], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    """The hand-written stories, told."""
    made = tell(new_database(), tmp_path_factory.mktemp("showcase"), stories())
    yield made
    made.database.engine.dispose()


def test_each_shipped_programme_has_a_case(told: Told) -> None:
    shipped = {file.stem for file in (Path(loading.__file__).parent / "shipped").glob("*.yaml")}
    assert {case.programme for case in told.cases()} == shipped
    assert len(shipped) == 21


def test_each_kind_of_fact_is_on_some_timeline(told: Told) -> None:
    of_no_story = {"programme_version", "project_revocation"}  # one version of each programme; no project is given up
    assert {kind for kind, _ in told.entries()} == KINDS - of_no_story


def test_each_step_of_a_path_is_made_in_some_case(told: Told) -> None:
    assert {code for kind, code in told.entries() if kind == "milestone"} == set(MILESTONES)


def test_every_act_that_can_be_told_is_told() -> None:
    assert {step["do"] for story in stories() for step in story.steps} == set(ACTS)


def test_the_coordinator_has_something_due_and_something_late(told: Told) -> None:
    terms = [item for item in told.worklist("paola.coordinatrice") if item.deadline is not None]
    assert {item.is_late for item in terms} == {True, False}


def test_the_coordinators_have_every_kind_of_thing_to_do(told: Told) -> None:
    waiting = {item.kind for _, _, coordinator in STAFF.values() for item in told.worklist(coordinator)}
    assert waiting >= {"deadline", "case_to_accept", "case_to_assign", "transfer_to_answer", "project_to_approve",
                       "signatures_missing", "evaluations_missing"}  # fmt: skip


def test_a_household_a_refusal_a_representative_and_a_revision_are_there(told: Told) -> None:
    cases = told.cases()
    assert any(case.household_id for case in cases)
    assert any(case.is_closed and case.outcome == "altro_ambito" for case in cases)
    with told.database.transaction(told.ambito.caller("franca.coordinatrice")) as (session, _):
        assert session.scalars(select(Signature).where(Signature.signed_by == "representative")).first()
    with told.database.transaction(told.ambito.caller("paola.coordinatrice")) as (session, _):
        assert session.scalars(select(Signature).where(Signature.is_refusal)).first()
        numbers = session.scalars(select(ProjectVersion.number).where(ProjectVersion.status == "signed")).all()
        assert 2 in numbers


def test_who_has_two_cases_has_them_linked(told: Told) -> None:
    with told.database.transaction(told.ambito.caller("wanda.coordinatrice")) as (session, _):
        [flat] = session.scalars(select(Case.id).where(Case.programme == "HOUSING_FIRST"))
        assert [other["programme"] for other in linked_cases(session, flat)] == ["GRAVE_EMARGINAZIONE"]


def test_a_story_that_is_refused_says_at_which_step(new_database: Callable[[], Urls], tmp_path: Path) -> None:
    short = next(story for story in stories() if story.title == "Una domanda di un altro Ambito")
    twice = replace(
        short, steps=[*short.steps, {"do": "refuse_case", "by": "worker", "day": 10, "reason": "altro_ambito"}]
    )
    with pytest.raises(Conflict) as refusal:
        tell(new_database(), tmp_path, [twice])
    assert "Una domanda di un altro Ambito: {'do': 'refuse_case'" in refusal.value.__notes__[0]


def test_the_stories_hold_whichever_day_they_are_told(new_database: Callable[[], Urls], tmp_path: Path) -> None:
    earlier = [replace(story, began=story.began + 45) for story in stories()]
    assert len(tell(new_database(), tmp_path, earlier).cases()) > len(earlier)
