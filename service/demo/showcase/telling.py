"""Acting out a hand-written story, step by step, each act as the operator who does it."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.actor import Actor
from service.cases.meetings.models import Meeting
from service.cases.projects.models import Goal, ProjectVersion, Support
from service.cases.projects.queries import signed_version
from service.cases.records.models import Case
from service.cases.teams.queries import members
from service.db import Database
from service.demo.ambito import STAFF, Ambito
from service.demo.showcase.acts import ACTS, Act
from service.demo.showcase.reading import Step, Story
from service.demo.telling import BIRTHPLACE
from service.people import tax_codes
from service.people.municipalities import names
from service.people.operations import register_person
from service.types import today

OF_A_STEP = ("do", "by", "day", "of", "as", "case")
MONEY = ("accepted", "amount", "cost", "monthly_allowance", "spent")
PARTS: dict[str, type[Goal | Support]] = {"goal": Goal, "support": Support}


class Teller:
    """Tells one story, remembering what it named."""

    def __init__(self, database: Database[Actor], ambito: Ambito, story: Story) -> None:
        self._database, self._ambito, self._story = database, ambito, story
        self._first_on = today() - timedelta(days=story.began)
        workers, managers, coordinator = STAFF[story.service]
        self._cast = {"worker": workers[0], "manager": managers[0], "coordinator": coordinator}
        allocations = {f"{fund}.{year}": one for (fund, year), one in ambito.allocations.items()}
        self._known: dict[str, UUID] = {**ambito.bodies, **ambito.users, **allocations,
                                        "service": ambito.bodies[story.service],
                                        **{part: ambito.users[username] for part, username in self._cast.items()}}  # fmt: skip
        self._case_id: UUID | None = None

    def tell(self) -> None:
        """The people, then every step. What is refused is raised with the step that asked for it."""
        for name in self._story.people:
            self._known[name] = self._register(name)
        for step in self._story.steps:
            try:
                self._do(step)
            except Exception as error:
                error.add_note(f"{self._story.title}: {step}")
                raise

    def _register(self, name: str) -> UUID:
        person = self._story.people[name]
        family_name, given_name, sex = (person[key] for key in ("family_name", "given_name", "sex"))
        born = self._day(person["born"]) if isinstance(person["born"], int) else person["born"]
        if "stp" in person:
            code = {"system": "stp", "value": f"STP0300{born:%d%m%y}999", "valid_from": self._day(person["stp"])}
        else:
            code = {"system": "codice_fiscale",
                    "value": tax_codes.compute(family_name, given_name, born, sex, BIRTHPLACE)}  # fmt: skip
        lives_in = {label: istat_code for istat_code, label in names().items()}
        with self._as("worker") as (session, actor):
            return register_person(
                session, actor, registered_by=self._known["service"], identifiers=[code], family_name=family_name,
                given_name=given_name, birth_date=born, sex=sex, phone=None, email=None,
                municipality=lives_in[person["lives_in"]] if "lives_in" in person else None,
            )  # fmt: skip

    def _do(self, step: Step) -> None:
        act = ACTS[step["do"]]
        if "case" in step:
            self._case_id = self._known[step["case"]]
        with self._as(step["by"]) as (session, actor):
            body = act.body().load(self._body(session, act, step))
            places = [self._case_id] if act.is_of_case else []
            of = self._plain(session, "of", step["of"]) if "of" in step else None
            places += [UUID(of) if isinstance(of, str) else of] if of is not None else []
            version = {} if act.version is None else {"expected": self._version(session, act, of)}
            made = act.operation(session, actor, *places, **version, **_without_currency(body))
        if step["do"] == "open_case":
            self._case_id = made
        if "as" in step:
            self._known[step["as"]] = made

    def _body(self, session: Session, act: Act, step: Step) -> Any:
        """The step's fields as the API takes them."""
        given = {key: value for key, value in step.items() if key not in OF_A_STEP}
        if act.day is not None:
            given = {act.day: step["day"], **given}
        return self._plain(session, "", given)

    def _plain(self, session: Session, key: str, value: Any) -> Any:
        """A value as JSON: names and days of the story become ids and dates."""
        if isinstance(value, dict):
            return {name: self._plain(session, name, one) for name, one in value.items()}
        if isinstance(value, list):
            return [self._plain(session, "", one) for one in value]
        if isinstance(value, str) and value.startswith("@"):
            return str(self._named(session, value[1:]))
        if isinstance(value, int) and (key.endswith("_on") or key == "month"):
            day = self._day(value)
            return (day.replace(day=1) if key == "month" else day).isoformat()
        return {"amount": value, "currency": "EUR"} if key in MONEY else value

    def _named(self, session: Session, name: str) -> UUID:
        sort, _, rest = name.partition(".")
        if name in self._known or not rest:
            return self._known[name]
        assert self._case_id is not None  # noqa: S101 - parts of a project and members are of a case
        if sort == "team":
            return next(one.id for one in members(session, self._case_id)
                        if one.user_id == self._known[rest] and one.to_on is None)  # fmt: skip
        key = uuid5(self._case_id, rest)
        return key if sort == "key" else _in_force(session, self._case_id, PARTS[sort], key)

    def _version(self, session: Session, act: Act, of: Any) -> int:
        """The version that the act must know."""
        statement = {
            "case": select(Case.version).where(Case.id == self._case_id),
            "project": select(ProjectVersion.version).where(
                ProjectVersion.case_id == self._case_id, ProjectVersion.number == of
            ),
            "meeting": select(Meeting.version).where(Meeting.id == of),
        }[act.of_version]
        return session.scalars(statement).one()

    def _day(self, number: int) -> date:
        return self._first_on + timedelta(days=number)

    def _as(self, who: str) -> AbstractContextManager[tuple[Session, Actor]]:
        return self._database.transaction(self._ambito.caller(self._cast.get(who, who)))


def _without_currency(value: Any) -> Any:
    """A loaded body as operations take it: euro are a number."""
    if isinstance(value, dict):
        if value.keys() == {"amount", "currency"}:
            return value["amount"]
        return {name: _without_currency(one) for name, one in value.items()}
    return value


def _in_force(session: Session, case_id: UUID, part: type[Goal | Support], key: UUID) -> UUID:
    """The goal or the support of a key, in the version that all have signed."""
    version = signed_version(session, case_id)
    assert version is not None  # noqa: S101 - a slip of the story
    return session.scalars(select(part.id).where(part.version_id == version.id, part.key == key)).one()


def tell_all(
    database: Database[Actor], ambito: Ambito, told: Sequence[Story], progress: Callable[[], None]
) -> None:  # fmt: skip
    """Every story; `progress` is called after each."""
    for story in told:
        Teller(database, ambito, story).tell()
        progress()
