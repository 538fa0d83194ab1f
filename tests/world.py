"""An invented Ambito, and clients that speak to the API as its operators do."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from hashlib import sha256
from itertools import count
from threading import Barrier
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import Engine, create_engine, make_url, text
from werkzeug.test import TestResponse

from service.access import operations
from service.access.models import Organisation
from service.actor import AnonymousCaller
from service.installation import Urls
from service.types import new_id
from tests.contract import check_answer

PASSWORD = "una password abbastanza lunga"
_serial = count(1)
PATCH = "application/merge-patch+json"
PDF = b"%PDF-1.7\n% una scansione inventata\n%%EOF\n"


class Client:
    """Requests as one operator; every answer is held against the contract."""

    def __init__(self, app: Flask, user_id: UUID | None = None, token: str | None = None) -> None:
        self.app, self.user_id, self.token = app, user_id, token
        self._http = app.test_client()

    def request(
        self, method: str, path: str, body: Any = None, *, headers: dict[str, str] | None = None, **options: Any
    ) -> TestResponse:
        """Any request; `body` goes as JSON (a merge patch for PATCH)."""
        sent = {**({"Authorization": f"Bearer {self.token}"} if self.token else {}), **(headers or {})}
        if isinstance(body, bytes):
            options |= {"data": body}
        elif body is not None:
            options |= {"json": body}
            sent.setdefault("Content-Type", PATCH if method == "PATCH" else "application/json")
        answer = self._http.open(f"/v1{path}", method=method, headers=sent, **options)
        check_answer(self.app, method, f"/v1{path}", answer)
        return answer

    def again(self) -> "Client":
        """Another connection of the same operator, for another thread."""
        return Client(self.app, self.user_id, self.token)

    def get(self, path: str, **options: Any) -> TestResponse:
        """GET."""
        return self.request("GET", path, **options)

    def post(self, path: str, body: Any, *, version: int | None = None, key: str | None = None) -> TestResponse:
        """POST, with `If-Match` for a version and `Idempotency-Key` for a key."""
        headers = {} if version is None else {"If-Match": f'"{version}"'}
        return self.request("POST", path, body, headers=headers | ({} if key is None else {"Idempotency-Key": key}))

    def put(self, path: str, content: bytes, media_type: str = "application/pdf") -> TestResponse:
        """PUT the bytes of a file."""
        return self.request("PUT", path, content, headers={"Content-Type": media_type})

    def patch(self, path: str, body: Any, *, version: int | None = None) -> TestResponse:
        """PATCH."""
        return self.request("PATCH", path, body, headers={} if version is None else {"If-Match": f'"{version}"'})


def ok(answer: TestResponse) -> Any:
    """The body of an answer that must have succeeded."""
    assert answer.status_code < 300, f"{answer.status_code} {answer.get_json()}"
    return answer.get_json() if answer.is_json else answer.data


def refused(answer: TestResponse, status: int, code: str) -> Any:
    """The problem of an answer that must have been refused so."""
    body = answer.get_json()
    assert (answer.status_code, body["code"]) == (status, code), f"{answer.status_code} {body}"
    return body


@dataclass
class Opened:
    """A case under way: ids and the version to send next."""

    id: str
    person_id: str
    version: int
    project_version: int = 0
    number: int = 1
    director: Client | None = None


class World:
    """Bodies, operators by role, and the steps of a case as short calls."""

    def __init__(self, app: Flask, urls: Urls) -> None:
        self.app, self.urls = app, urls
        self.database = app.extensions["trama"]
        self._clients: dict[str, Client] = {}
        self.service = self.organisation("Servizio sociale", "service", "public")
        self.other_service = self.organisation("Altro servizio", "service", "public")
        self.asst = self.organisation("ASST", "asst", "health")
        self.cooperative = self.organisation("Cooperativa", "third_sector", "third_sector")

    def organisation(self, name: str, kind: str, nature: str) -> str:
        """A body."""
        row = Organisation(id=new_id(), name=f"{name} {next(_serial)}", kind=kind, nature=nature, istat_code=None)
        with self.database.transaction(AnonymousCaller()) as (session, _):
            session.add(row)
        return str(row.id)

    def user(self, *roles: str, at: str | None = None) -> Client:
        """A new operator with the roles in a body, logged in."""
        username = f"utente{next(_serial)}"
        held = [{"role": role, "organisation_id": UUID(at or self.service)} for role in roles]
        with self.database.transaction(AnonymousCaller()) as (session, actor):
            user_id = operations.add_user(session, actor, username=username, display_name="Operatore Inventato",
                                          password=PASSWORD, roles=held)  # fmt: skip
        tokens = ok(Client(self.app).post("/tokens", {"username": username, "password": PASSWORD}))
        client = Client(self.app, user_id, tokens["access_token"])
        client.username, client.tokens = username, tokens  # type: ignore[attr-defined]
        return client

    def as_(self, role: str) -> Client:
        """The operator who holds a role in the service, made at first call."""
        if role not in self._clients:
            self._clients[role] = self.user(role)
        return self._clients[role]

    # The path of a case, step by step.

    def person(self, by: Client | None = None, **values: Any) -> Any:
        """A registered person."""
        body = {"family_name": "Inventati", "given_name": f"Persona{next(_serial)}", "sex": "F",
                "birth_date": "1980-05-17", "registered_by": self.service, **values}  # fmt: skip
        return ok((by or self.as_("social_worker")).post("/people", body))

    def open(
        self,
        programme: str = "PAIS",
        *,
        on: str = "2023-01-10",
        person_id: str | None = None,
        by: Client | None = None,
        service: str | None = None,
        **values: Any,
    ) -> Opened:
        """A case opened by the assistente sociale."""
        worker = by or self.as_("social_worker")
        person_id = person_id or self.person(worker)["id"]
        referral = {"channel": "servizio", "happened_on": on, "arrived_on": on, "need": "Bisogno di prova"}
        body = {"programme": programme, "person_id": person_id, "service_id": service or self.service,
                "referral": referral, **values}  # fmt: skip
        case = ok(worker.post("/cases", body))
        return Opened(case["id"], person_id, case["version"])

    def act(self, case: Opened, path: str, body: Any, by: str) -> Any:
        """An act that moves the case."""
        done = ok(self.as_(by).post(f"/cases/{case.id}/{path}", body, version=case.version))
        case.version = done["version"]
        return done

    def refresh(self, case: Opened) -> None:
        """Read the version anew."""
        case.version = ok(self.as_("coordinator").get(f"/cases/{case.id}"))["version"]

    def in_charge(self, programme: str = "PAIS", **options: Any) -> Opened:
        """A case accepted and assigned to the case manager."""
        case = self.open(programme, **options)
        self.act(case, "taking-in-charge", {"occurred_on": "2023-01-12"}, "social_worker")
        manager = {"user_id": str(self.as_("case_manager").user_id), "occurred_on": "2023-01-13"}
        self.act(case, "assignment", manager, "coordinator")
        return case

    def convened(self) -> Opened:
        """A case whose household was given an appointment."""
        case = self.in_charge()
        self._convene(case)
        return case

    def suspended(self) -> Opened:
        """A case that stopped for a while."""
        case = self.started()
        self.act(case, "suspension", {"occurred_on": "2023-03-01", "reason": "ricovero"}, "case_manager")
        return case

    def household(self, *members: str, since: str = "2022-01-01") -> str:
        """A household of these persons."""
        joined = [{"person_id": one, "relationship": "altro", "from_on": since} for one in members]
        made = ok(self.as_("social_worker").post("/households", {"kind": "isee", "members": joined}))
        return str(made["id"])

    def of_household(self) -> Opened:
        """A case of a household of two, in charge."""
        return self.in_charge(**self.two()[0])

    def two(self) -> tuple[dict[str, str], str]:
        """What opens a case of a household of two, and the one of them for whom it is not opened."""
        first, second = (self.person()["id"] for _ in range(2))
        return {"person_id": first, "household_id": self.household(first, second)}, second

    def offered(self) -> Opened:
        """A case of the other service, offered to this one."""
        worker = self.user("social_worker", "coordinator", at=self.other_service)
        person = self.person(worker, registered_by=self.other_service)
        case = self.open(person_id=person["id"], by=worker, service=self.other_service)
        ok(worker.post(f"/cases/{case.id}/taking-in-charge", {"occurred_on": "2023-01-12"}, version=1))
        offer = {"to_service_id": self.service, "occurred_on": "2023-03-01", "reason": "Cambio di residenza"}
        ok(worker.post(f"/cases/{case.id}/transfers", offer, version=2))
        case.version, case.director = 3, worker
        return case

    def at_work(self) -> Opened:
        """A case of work insertion under way."""
        return self.started("SIL")

    def _convene(self, case: Opened) -> None:
        appointment = {"occurred_on": "2023-01-14", "appointment_on": "2023-01-16"}
        ok(self.as_("social_worker").post(f"/cases/{case.id}/convocations", appointment))

    def analysed(self, case: Opened, outcome: str = "equipe_multidisciplinare") -> None:
        """The household convened and the preliminary analysis closed."""
        self._convene(case)
        analysis = {"occurred_on": "2023-01-16", "outcome": outcome}
        ok(self.as_("social_worker").post(f"/cases/{case.id}/preliminary-analyses", analysis))

    def to_assess(self, programme: str = "PAIS", **options: Any) -> Opened:
        """A case in charge whose multidimensional assessment comes next."""
        case = self.in_charge(programme, **options)
        if "analyse" in ok(self.as_("social_worker").get(f"/programmes/{programme}"))["moves"]:
            self.analysed(case)
        return case

    def assessed(self, programme: str = "PAIS", **options: Any) -> Opened:
        """A case assessed, with the components that the programme demands on its team."""
        case = self.to_assess(programme, **options)
        definition = ok(self.as_("social_worker").get(f"/programmes/{programme}"))
        for place, component in enumerate(sorted({*definition["team_components"]} - {"social"})):
            user = self.user("team_member") if place else self.as_("team_member")
            member = {"user_id": str(user.user_id), "organisation_id": self.service, "role": "other",
                      "component": component, "from_on": "2023-01-14"}  # fmt: skip
            ok(self.as_("coordinator").post(f"/cases/{case.id}/team", member))
        areas = [{"area": area["code"], "support_need": 2} for area in definition["assessment_areas"]]
        body = {"occurred_on": "2023-01-20", "setting": "EM", "areas": areas}
        ok(self.as_("social_worker").post(f"/cases/{case.id}/assessments", body))
        return case

    def drafted(self, programme: str = "PAIS", **options: Any) -> Opened:
        """A case with a draft."""
        supports = options.pop("supports", [{"kind": "educativo", "organisation_id": self.cooperative}])
        goal = {"life_domain": "lavoro", "wording": "Trovare un lavoro", "in_first_person": "Voglio lavorare"}
        goals = options.pop("goals", [goal])
        case = self.assessed(programme, **options)
        draft = {
            "drafted_on": "2023-01-25",
            "preferences": "Preferisce il mattino",
            "goals": goals,
            "supports": supports,
        }
        case.project_version = ok(self.as_("social_worker").post(f"/cases/{case.id}/projects", draft))["version"]
        if ok(self.as_("case_manager").get(f"/programmes/{programme}"))["project"]["needs_budget_lines"]:
            self.line(case)
        return case

    def approved(self, programme: str = "PAIS", **options: Any) -> Opened:
        """A case whose project is approved."""
        case = self.drafted(programme, **options)
        approval = self.as_("coordinator").post(
            f"/cases/{case.id}/projects/1/approval", {"approved_on": "2023-01-30"}, version=case.project_version
        )
        case.project_version = ok(approval)["version"]
        return case

    def signed(self, programme: str = "PAIS", *, signed_on: str = "2023-02-01", **options: Any) -> Opened:
        """A case whose project is signed."""
        case = self.approved(programme, **options)
        rules = ok(self.as_("case_manager").get(f"/programmes/{programme}"))["project"]
        members = ok(self.as_("case_manager").get(f"/cases/{case.id}/people"))["items"]
        adults = [{"signer": "household", "person_id": one["person_id"]} for one in members if one["role"] == "member"]
        for signer in rules["signers"]:
            for signing in adults if signer == "household" else [{"signer": signer}]:
                body = {**signing, "signed_on": signed_on}
                answer = self.as_("case_manager").post(
                    f"/cases/{case.id}/projects/1/signatures", body, version=case.project_version
                )
                case.project_version = ok(answer)["version"]
        self.refresh(case)
        return case

    def started(self, programme: str = "PAIS", *, started_on: str = "2023-02-10", **options: Any) -> Opened:
        """A case under way."""
        case = self.signed(programme, **options)
        self.act(case, "start", {"occurred_on": started_on}, "case_manager")
        return case

    def line(self, case: Opened, by: str = "case_manager", **values: Any) -> Any:
        """A resource of the project's budget that costs no public money."""
        body = {"resource_kind": "human", "source": "volunteers", "description": "Volontari inventati",
                "cost": {"amount": "0.00", "currency": "EUR"}, **values}  # fmt: skip
        return ok(self.as_(by).post(f"/cases/{case.id}/budget/lines", body, key=f"line-{next(_serial)}"))

    def intervention(self, case: Opened, by: str = "case_manager", **values: Any) -> Any:
        """An entry of the diary."""
        body = {
            "kind": "colloquio",
            "occurred_on": "2023-02-11",
            "minutes": 60,
            "organisation_id": self.service,
            **values,
        }
        return ok(self.as_(by).post(f"/cases/{case.id}/interventions", body))

    def evaluation(self, case: Opened, judge: str, value: int, **values: Any) -> Any:
        """A final judgement."""
        body = {
            "judge": judge,
            "scale": "likert_5",
            "value": value,
            "is_final": True,
            "occurred_on": "2023-11-01",
            **values,
        }
        made = ok(self.as_("case_manager").post(f"/cases/{case.id}/evaluations", body))
        self.refresh(case)
        return made

    def file(self, case: Opened, by: str = "social_worker", *, content: bytes = PDF, **values: Any) -> Any:
        """A file of the case, described and not yet sent."""
        body = {"file_name": "certificato.pdf", "kind": "certificate", "media_type": "application/pdf", "size": len(content),
                "sha256": sha256(content).hexdigest(), "right": "case", "occurred_on": "2023-02-01", **values}  # fmt: skip
        return ok(self.as_(by).post(f"/cases/{case.id}/files", body))

    def close(self, case: Opened, outcome: str = "obiettivi_raggiunti", on: str = "2023-12-01") -> Any:
        """The closure, with what became of the goals."""
        told = [{"goal_id": goal, "status": "reached"} for goal in self.open_goals(case)]
        body = {"occurred_on": on, "outcome": outcome, "goal_outcomes": told}
        return self.act(case, "closure", body, "case_manager")

    def open_goals(self, case: Opened) -> list[str]:
        """The goals in force of which nobody has told yet."""
        goals = ok(self.as_("coordinator").get(f"/cases/{case.id}/goal-outcomes"))["goals"]
        return [goal["goal_id"] for goal in goals if not goal["has_outcome"]]

    def closed(self, programme: str = "PAIS", **options: Any) -> Opened:
        """A case that reached its goals."""
        case = self.started(programme, **options)
        self.close(case)
        return case

    def goal_of(self, case: Opened) -> str:
        """A goal of the signed project."""
        told = ok(self.as_("coordinator").get(f"/cases/{case.id}/goal-outcomes"))
        found: str = told["goals"][0]["goal_id"]
        return found

    def seen(self, statement: str, **values: Any) -> list[Any]:
        """What is in the database, whoever asks: rows read as the superuser."""
        with _superuser(self.urls.owner or "").connect() as connection:
            return list(connection.execute(text(statement), values))

    def tables_of_cases(self) -> list[tuple[str, str]]:
        """The tables that hold what belongs to a case, the log aside, each with the column that names the case."""
        found = self.seen("SELECT table_schema || '.' || table_name AS name FROM information_schema.tables "
                          "JOIN information_schema.columns USING (table_schema, table_name) WHERE column_name = 'case_id' "
                          "AND table_type = 'BASE TABLE' AND table_schema NOT IN ('audit') ORDER BY name")  # fmt: skip
        return [("cases.cases", "id"), *((row.name, "case_id") for row in found)]

    def alter(self, statement: str, **values: Any) -> None:
        """Change the database as the superuser: what no caller could do."""
        engine = create_engine(make_url(self.urls.owner or "").set(username="postgres"))
        with engine.begin() as connection:
            connection.execute(text(statement), values)
        engine.dispose()

    def text_of(self, schema: str) -> str:
        """Every row of every table of a schema as text, bytes in hexadecimal."""
        tables = self.seen("SELECT table_name FROM information_schema.tables WHERE table_schema = :schema "
                           "AND table_type = 'BASE TABLE'", schema=schema)  # fmt: skip
        return "\n".join(
            str(row[0]) for table in tables for row in self.seen(f"SELECT t::text FROM {schema}.{table[0]} t")
        )

    def write(self, statement: str, **values: Any) -> None:
        """Change the database behind the service's back, as the superuser."""
        engine = create_engine(make_url(self.urls.owner or "").set(username="postgres"))
        with engine.begin() as connection:
            connection.execute(text(statement), values)
        engine.dispose()

    def events(self, **wanted: Any) -> list[Any]:
        """The events of the log with these columns, the oldest first."""
        where = " AND ".join(f"{name} = :{name}" for name in wanted) or "true"
        return self.seen(f"SELECT * FROM audit.events WHERE {where} ORDER BY occurred_at", **wanted)


def together(*calls: Callable[[], Any]) -> list[Any]:
    """Make these calls at the same moment, each in a thread of its own; their results in order."""
    barrier = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        barrier.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(run, calls))


@cache
def _superuser(url: str) -> Engine:
    return create_engine(make_url(url).set(username="postgres"), pool_size=1, isolation_level="AUTOCOMMIT")


ACTIVATION = {"activated_on": "2023-03-01", "convention": "Conv. 12/2023", "inail_insurance": "PAT 1234",
              "liability_insurance": "Polizza RC 77"}  # fmt: skip


def a_placement(world: World, **values: Any) -> dict[str, Any]:
    """A placement of inclusion of six months with a host of its own."""
    return {"kind": "tirocinio_inclusione", "host_organisation_id": world.organisation("Officina", "company", "profit"),
            "from_on": "2023-03-01", "to_on": "2023-08-31", "weekly_hours": "20", "promoter_tutor": "Tutor Inventata",
            "host_tutor": "Capo Inventato", **values}  # fmt: skip


def a_dwelling(world: World, **values: Any) -> dict[str, Any]:
    """A flat of the cooperative, with four places and one for respite."""
    return {"organisation_id": world.cooperative, "label": "Casa inventata", "kinds": ["cohousing"], "capacity": 4,
            "respite_capacity": 1, "from_on": "2020-01-01", **values}  # fmt: skip


def days_after(day: str, number: int) -> str:
    """An ISO day so many days later."""
    return (date.fromisoformat(day) + timedelta(days=number)).isoformat()
