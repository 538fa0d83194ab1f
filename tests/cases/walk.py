"""One case beside its model: every attempt is held against what the model says of it, and so is what it leaves."""

from collections import Counter
from datetime import date
from typing import Any
from uuid import uuid4

from werkzeug.test import TestResponse

from service.types import today
from tests.cases.acts import attempt, bring, meet, pass_on
from tests.cases.cast import CAST, HERE, THERE, is_coordinator_of
from tests.cases.guide import missing
from tests.cases.model import PASSAGE, Model
from tests.cases.model_team import Member
from tests.cases.shipped import PROGRAMMES, move
from tests.world import Client, World, ok

START = date(2022, 3, 1)


def code_of(answer: TestResponse) -> str:
    """`ok`, or the code of the refusal; for wrong fields the place too."""
    if answer.status_code < 300:
        return "ok"
    problem = answer.get_json()
    if problem["code"] == "request_is_invalid":
        return f"{problem['errors'][0]['pointer']} {problem['errors'][0]['code']}"
    return str(problem["code"])


class Walk:
    """A case opened for this; `done` counts the acts that succeeded, `made` holds the moves of the file that they were."""

    def __init__(self, world: World, cast: dict[str, Client], programme: str) -> None:
        self.world, self.cast, self.done, self.made = world, cast, Counter[str](), set[tuple[str, int]]()
        self.model, self.transfer, self._seen_with = Model(programme, today(), START), str(uuid4()), -1
        rows = " UNION ALL ".join(f"SELECT t::text AS row FROM {table} t WHERE {column} = :case"
                                  for table, column in world.tables_of_cases())  # fmt: skip
        self._digest = f"SELECT md5(string_agg(row, '|' ORDER BY row)) FROM ({rows}) AS rows"
        self.case = world.open(programme, on=START.isoformat(), by=cast["worker"])
        colleague = {"user_id": str(cast["member"].user_id), "organisation_id": world.service, "role": "other",
                     "component": "psychological", "from_on": START.isoformat()}  # fmt: skip
        ok(cast["coordinator"].post(f"/cases/{self.case.id}/team", colleague))
        self.model.team.members.append(Member("member", "psychological", START))
        if PROGRAMMES[programme]["project"].get("needs_budget_lines"):
            world.line(self.case, "coordinator")

    @property
    def director(self) -> str:
        """The coordinator of the service that has the case in charge."""
        return next(who for who in CAST if is_coordinator_of(who, self.model.team.service))

    def attempt(self, who: str, act: str, on: date, detail: str = "-", *, is_stale: bool = False) -> str:
        """Try an act and compare; what is refused has changed nothing."""
        expected = self.model.expects(who, act, on, detail, is_stale=is_stale)
        before = self._rows() if expected != {"ok"} else None
        answer = self._ask(who, act, on, detail, is_stale=is_stale)
        got = code_of(answer)
        assert got in expected, (
            f"{self.model.programme}: {who} {act} {detail} in {self.model.stage} on {on}: {got}, not {expected}"
        )
        if got == "ok":
            self._keep(who, act, on, detail, answer)
        else:
            assert self._rows() == before, f"{who} was refused {act} {detail}, and something changed"
        return got

    def must(self, who: str, act: str, detail: str, on: date | None = None) -> None:
        """An act that the model allows, on a day or as soon as it may happen."""
        assert self.attempt(who, act, on or self.model.soonest, detail) == "ok", (who, act, detail)

    def complete_the_team(self) -> None:
        """Whoever the programme demands and the team lacks joins it."""
        for component in sorted(missing(self.model)):
            bring(self.case, self.cast[self.director], component, self.model.soonest.isoformat())
            self.model.team.members.append(Member(None, component, self.model.soonest))

    def meet(self) -> None:
        """The team meets about the draft."""
        self.case.number = self.model.project.number
        meet(self.world, self.case, self.cast[self.director], self.model.soonest.isoformat())
        self.model.project.met_on = self.model.soonest

    def check(self) -> None:
        """The case, its path and its project are where the model says; who sees it is asked when that may have changed."""
        case, model = {"case": self.case.id}, self.model
        [row] = self.world.seen("SELECT stage, is_closed, version FROM cases.cases WHERE id = :case", **case)
        assert tuple(row) == (model.stage, model.is_closed, model.version), f"{model.programme}: {row}, {self.done}"
        path = self.world.seen("SELECT occurred_on, kind FROM cases.milestones WHERE case_id = :case", **case)
        assert sorted(map(tuple, path)) == sorted(model.path)
        last = self.world.seen("SELECT status, version FROM cases.project_versions WHERE case_id = :case "
                               "ORDER BY number DESC LIMIT 1", **case)  # fmt: skip
        assert list(map(tuple, last)) == [(model.project.state, model.project.version)][: model.project.number]
        if self._seen_with != model.team.changes:
            self._seen_with = model.team.changes
            self.check_sight()

    def check_path(self) -> None:
        """The path is told in the order of its days."""
        path = ok(self.cast[self.director].get(f"/cases/{self.case.id}/milestones"))["items"]
        assert [step["occurred_on"] for step in path] == sorted(day.isoformat() for day, _ in self.model.path)

    def check_sight(self) -> None:
        """Whoever the case is not for finds nothing there."""
        seeing = {who for who, client in self.cast.items() if client.get(f"/cases/{self.case.id}").status_code == 200}
        assert seeing == {who for who in CAST if self.model.team.sees(who)}

    def _keep(self, who: str, act: str, on: date, detail: str, answer: TestResponse) -> None:
        made = move(self.model.programme, act, self.model.stage, detail)
        self.model.made(who, act, on, detail)
        self.done[act] += 1
        if act == "transfer":
            self.transfer = answer.get_json()["id"]
        if made is not None and (act != "sign" or self.model.project.state == "signed"):
            self.made.add((act, PROGRAMMES[self.model.programme]["moves"][act].index(made)))

    def _ask(self, who: str, act: str, on: date, detail: str, *, is_stale: bool) -> TestResponse:
        model, case, by = self.model, self.case, self.cast[who]
        case.version, case.project_version = model.version + is_stale, model.project.version + is_stale
        case.number = model.project.number or 1
        services = {HERE: self.world.service, THERE: self.world.other_service}
        if act in PASSAGE:
            return pass_on(case, act, by, on.isoformat(), to=services.get(detail), transfer=self.transfer)
        return attempt(self.world, case, act, by, on.isoformat(), programme=model.programme, says=detail,
                       manager=self.cast.get(detail), outcome=detail, signer=detail,
                       organisation=services.get(CAST[who].home))  # fmt: skip

    def _rows(self) -> Any:
        """Every row of the case in the database, as one digest."""
        return self.world.seen(self._digest, case=self.case.id)
