"""Telling a story to the service, step by step, through the operations that its operators use."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.actor import Actor
from service.budget.ledger import operations as ledger
from service.budget.lines import operations as budget
from service.cases.assessments.operations import analyse_case, record_assessment
from service.cases.diary import operations as diary
from service.cases.outcomes.operations import record_evaluation, record_family_exit
from service.cases.outcomes.queries import goals_without_outcome
from service.cases.path import approving, signing
from service.cases.path import operations as path
from service.cases.path.opening import open_case
from service.cases.programmes.queries import definition_in_force
from service.cases.programmes.rules import Definition
from service.cases.projects import operations as projects
from service.cases.projects.models import ProjectVersion
from service.cases.records.models import Case
from service.cases.teams.operations import join_team
from service.db import Database
from service.demo.ambito import SERVICE_OF, STAFF, Ambito
from service.demo.stories import SEED, Path, Story
from service.people import tax_codes
from service.people.municipalities import names
from service.people.operations import register_person

# Clearly invented; the place of birth X999 is of no Comune and no state, so that no code is anybody's.
FAMILY_NAMES = ("Fantasia", "Belpoggio", "Acquachiara", "Montefinto", "Valleverde", "Cielolungo", "Pratobello", "Solealto",
                "Rivadolce", "Boscofitto", "Lunastorta", "Campolungo", "Ventofermo", "Stellapiena")  # fmt: skip
GIVEN_NAMES = {"F": ("Alba", "Bice", "Clara", "Dafne", "Elsa", "Flora", "Gemma", "Ines"),
               "M": ("Aldo", "Bruno", "Ciro", "Duilio", "Elio", "Fosco", "Gino", "Ivo")}  # fmt: skip
BIRTHPLACE = "X999"
REACHED = ("obiettivi_raggiunti", "fine_progetto", "assunzione")
COMPONENTS = {"clinical": ("elena.psicologa", "ASST", "psychologist"), "work": ("dario.tutor", "SIL", "work_tutor")}


class Teller:
    """Tells stories, remembering who was registered."""

    def __init__(self, database: Database[Actor], ambito: Ambito) -> None:
        self._database, self._ambito = database, ambito
        self._people: dict[int, UUID] = {}
        self._municipalities = [code for code in names() if code.startswith("098")]

    def tell(self, story: Story) -> None:
        """One case, from its referral to where it got."""
        case_id = self._open(story)
        with self._as(self._coordinator(story)) as (session, actor):
            version = _version(session, case_id)
            path.assign_case(
                session,
                actor,
                case_id,
                expected=version,
                user_id=self._ambito.users[self._manager(story)],
                occurred_on=_after(story, 4),
            )
            self._compose(session, actor, story, case_id)
        if story.signed_on is not None:
            self._sign(story, case_id, story.signed_on)
        with self._as(self._manager(story)) as (session, actor):
            self._live(session, actor, story, case_id)
        if story.money is not None:
            self._pay(story, case_id, *story.money)
        if story.closed_on and story.outcome:
            with self._as(self._manager(story)) as (session, actor):
                became = "reached" if story.outcome in REACHED else "partly"
                told = [{"goal_id": goal.id, "status": became, "gas_level": None, "note": None}
                        for goal in goals_without_outcome(session, case_id)]  # fmt: skip
                path.close_case(session, actor, case_id, expected=_version(session, case_id), occurred_on=story.closed_on,
                                outcome=story.outcome, goal_outcomes=told)  # fmt: skip

    @staticmethod
    def _worker(story: Story) -> str:
        workers = STAFF[SERVICE_OF[story.programme]][0]
        return workers[story.person % len(workers)]

    @staticmethod
    def _manager(story: Story) -> str:
        managers = STAFF[SERVICE_OF[story.programme]][1]
        return managers[story.person % len(managers)]

    @staticmethod
    def _coordinator(story: Story) -> str:
        return STAFF[SERVICE_OF[story.programme]][2]

    def _as(self, username: str) -> AbstractContextManager[tuple[Session, Actor]]:
        return self._database.transaction(self._ambito.caller(username))

    def _open(self, story: Story) -> UUID:
        service_id = self._ambito.bodies[SERVICE_OF[story.programme]]
        with self._as(self._worker(story)) as (session, actor):
            if story.person not in self._people:
                self._people[story.person] = self._register(session, actor, story, service_id)
            referral = {"channel": "gepi" if story.programme == "PAIS" else "servizio", "from_organisation_id": None,
                        "happened_on": story.referred_on, "arrived_on": story.referred_on,
                        "reason_code": None, "need": "Bisogno inventato"}  # fmt: skip
            case_id = open_case(session, actor, programme=story.programme, person_id=self._people[story.person],
                                household_id=None, service_id=service_id, contact_id=None, referral=referral)  # fmt: skip
            path.accept_case(session, actor, case_id, expected=1, occurred_on=_after(story, 3), is_appropriate=None)
            return case_id

    def _register(self, session: Session, actor: Actor, story: Story, service_id: UUID) -> UUID:
        draw = Random(SEED + story.person)
        sex = draw.choice("FM")
        family_name, given_name = draw.choice(FAMILY_NAMES), draw.choice(GIVEN_NAMES[sex])
        birth_date = date(1955, 1, 1) + timedelta(days=draw.randint(0, 365 * 48))
        is_homeless = SERVICE_OF[story.programme] == "GRAVE"
        code = {
            "system": "codice_fiscale",
            "value": tax_codes.compute(family_name, given_name, birth_date, sex, BIRTHPLACE),
        }
        if is_homeless:
            code = {"system": "stp", "value": f"STP0300{story.person:09}"}
        return register_person(
            session, actor, registered_by=service_id, identifiers=[code] if story.person % 7 else [], family_name=family_name,
            given_name=given_name, birth_date=birth_date, sex=sex, phone=None, email=None,
            municipality=None if is_homeless else draw.choice(self._municipalities),
        )  # fmt: skip

    def _compose(self, session: Session, actor: Actor, story: Story, case_id: UUID) -> None:
        for component in _definition(session, story).team_components:
            if component in COMPONENTS:
                username, body, role = COMPONENTS[component]
                join_team(session, actor, case_id, user_id=self._ambito.users[username], role=role, component=component,
                          organisation_id=self._ambito.bodies[body], from_on=_after(story, 5))  # fmt: skip

    def _sign(self, story: Story, case_id: UUID, signed_on: date) -> None:
        with self._as(self._worker(story)) as (session, actor):
            definition = _definition(session, story)
            if definition.preliminary_outcomes:
                diary.convene_case(
                    session, actor, case_id, occurred_on=_after(story, 7), appointment_on=_after(story, 9), note=None
                )
                analyse_case(session, actor, case_id, occurred_on=_after(story, 9), outcome="equipe_multidisciplinare",
                             outcome_letter=None, finding=None)  # fmt: skip
            areas = [{"area": area, "support_need": 2, "finding": None} for area in definition.areas]
            record_assessment(session, actor, case_id, occurred_on=_after(story, 15), setting="EM", areas=areas)
            projects.draft_project(session, actor, case_id, drafted_on=_after(story, 25), preferences="Preferenze inventate",
                                   goals=[_goal(story)], supports=self._supports(story))  # fmt: skip
            if definition.project.needs_budget_lines:
                budget.add_line(session, actor, case_id, resource_kind="professional", source="comune", cost=Decimal(0),
                                description="Ore di servizio sociale", allocation_id=None)  # fmt: skip
        with self._as(self._coordinator(story)) as (session, actor):
            approving.approve_project(session, actor, case_id, 1, expected=1, approved_on=_after(story, 35))
        with self._as(self._manager(story)) as (session, actor):
            for signer in (one for one in definition.project.signers if one != "household"):  # each lives alone
                version = session.scalars(select(ProjectVersion.version).where(ProjectVersion.case_id == case_id)).one()
                signing.sign_project(session, actor, case_id, 1, expected=version, signer=signer, signed_on=signed_on)

    def _supports(self, story: Story) -> list[dict[str, object]]:
        own = {"kind": "servizio_sociale", "organisation_id": self._ambito.bodies[SERVICE_OF[story.programme]]}
        other = {
            "kind": "educativo",
            "organisation_id": self._ambito.bodies[("COOP", "ASSOC", "CFP")[story.person % 3]],
        }
        blank = {"is_existing": False, "description": None}
        return [{**support, **blank} for support in ([own, other] if story.has_network else [own])]

    def _live(self, session: Session, actor: Actor, story: Story, case_id: UUID) -> None:
        if story.started_on is None:
            return
        path.start_case(session, actor, case_id, expected=_version(session, case_id), occurred_on=story.started_on)
        service_id = self._ambito.bodies[SERVICE_OF[story.programme]]
        for day in story.interventions:
            diary.record_intervention(session, actor, case_id, kind="colloquio", occurred_on=day, minutes=60,
                                      organisation_id=service_id, note=None)  # fmt: skip
        for pathway in story.pathways:
            _follow(session, actor, case_id, pathway)
        if story.exit is not None:
            record_family_exit(session, actor, case_id, occurred_on=story.exit.occurred_on, destination=story.exit.destination,
                               is_temporary=story.exit.is_temporary, returned_on=story.exit.returned_on)  # fmt: skip
        if story.takes_part_on is not None:
            budget.record_participation(session, actor, case_id, who="both", built=True, contributed=story.person % 2 == 0,
                                        managed=False, occurred_on=story.takes_part_on)  # fmt: skip
        for judge, value, on in story.evaluations:
            record_evaluation(session, actor, case_id, judge=judge, pathway_id=None, scale="likert_5", value=value,
                              is_final=True, occurred_on=on, note=None)  # fmt: skip

    def _pay(self, story: Story, case_id: UUID, fund: str, amount: Decimal, on: date) -> None:
        act = f"Determina inventata {on.year}/{str(case_id)[-4:]}"
        with self._as(self._manager(story)) as (session, actor):
            line_id = budget.add_line(session, actor, case_id, resource_kind="economic", source="fund", description="Sostegno",
                                      cost=amount, allocation_id=self._ambito.allocations[fund, on.year])  # fmt: skip
        with self._as("rita.ragioneria") as (session, actor):
            commitment_id = ledger.commit_money(session, actor, line_id, amount=amount, act=act, occurred_on=on)
        with self._as("sara.spesa") as (session, actor):
            liquidation_id = ledger.liquidate_money(
                session, actor, commitment_id, amount=amount, act=act, occurred_on=on
            )
        with self._as("rita.ragioneria") as (session, actor):
            ledger.pay_money(session, actor, liquidation_id, amount=amount, act=act, occurred_on=on)


def tell_all(database: Database[Actor], ambito: Ambito, told: list[Story], progress: Callable[[], None]) -> None:
    """Every story; `progress` is called after each."""
    teller = Teller(database, ambito)
    for story in told:
        teller.tell(story)
        progress()


def _follow(session: Session, actor: Actor, case_id: UUID, pathway: Path) -> None:
    pathway_id = diary.start_pathway(session, actor, case_id, kind=pathway.kind, from_on=pathway.from_on)
    if pathway.ended_on is not None:
        diary.end_pathway(session, actor, case_id, pathway_id, ended_on=pathway.ended_on, end_code=pathway.end_code)


def _goal(story: Story) -> dict[str, object]:
    return {"life_domain": "lavoro" if story.programme == "SIL" else "abitare", "in_first_person": "Voglio fare da me",
            "wording": "Obiettivo inventato", "due_on": None}  # fmt: skip


def _definition(session: Session, story: Story) -> Definition:
    return definition_in_force(session, story.programme, story.referred_on)


def _after(story: Story, days: int) -> date:
    return story.referred_on + timedelta(days=days)


def _version(session: Session, case_id: UUID) -> int:
    return session.scalars(select(Case.version).where(Case.id == case_id)).one()
