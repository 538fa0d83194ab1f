"""Random acts by random roles, held against the model of the programme: no illegal stage, no failure, nothing by halves."""

from collections import Counter
from datetime import date

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from werkzeug.test import TestResponse

from service.types import today
from tests.cases.acts import attempt
from tests.cases.model import SIGNERS, Model, days
from tests.cases.shipped import ACTS, PROGRAMMES, WALKED, after, allowed, signers
from tests.soak import IS_FIXED, TIMES
from tests.world import Client, World, ok

START = date(2022, 3, 1)
PEOPLE = ("worker", "manager", "deputy", "coordinator", "member", "stranger")
# Good days and the right people come up more often, so that cases get somewhere.
WHEN = st.sampled_from(
    ["the same day"] * 6 + ["the day after"] * 3 + ["the day before", "before the referral", "tomorrow"]
)
WHO = st.sampled_from([*PEOPLE, "coordinator", "coordinator", "worker", "worker"])


def code_of(answer: TestResponse) -> str:
    """`ok`, or the code of the refusal; for wrong fields the place too."""
    if answer.status_code < 300:
        return "ok"
    problem = answer.get_json()
    if problem["code"] == "request_is_invalid":
        return f"{problem['errors'][0]['pointer']} {problem['errors'][0]['code']}"
    return str(problem["code"])


def people(world: World) -> dict[str, Client]:
    """Who acts on the cases of this test."""
    managers = {name: world.user("case_manager") for name in ("manager", "deputy")}
    return managers | {
        "worker": world.as_("social_worker"), "coordinator": world.as_("coordinator"), "member": world.as_("team_member"),
        "stranger": world.user("social_worker", "coordinator", "case_manager", at=world.other_service),
    }  # fmt: skip


class Paths(RuleBasedStateMachine):
    """One case and its model; the test says in which world, and with whom."""

    world: World
    cast: dict[str, Client]
    done: Counter[str]

    @initialize(programme=st.sampled_from([*WALKED, *["PAIS"] * 4]))
    def open(self, programme: str) -> None:
        self.model = Model(programme, today(), START)
        self.case = self.world.open(programme, on=START.isoformat())
        member = {"user_id": str(self.cast["member"].user_id), "organisation_id": self.world.service, "role": "other",
                  "component": "psychological", "from_on": START.isoformat()}  # fmt: skip
        ok(self.cast["coordinator"].post(f"/cases/{self.case.id}/team", member))
        if PROGRAMMES[programme]["project"].get("needs_budget_lines"):
            self.world.line(self.case, "coordinator")

    @rule(who=WHO, act=st.sampled_from(ACTS), when=WHEN, is_stale=st.sampled_from([False] * 9 + [True]), data=st.data())
    def act(self, who: str, act: str, when: str, is_stale: bool, data: st.DataObject) -> None:
        self._try(who, act, days(self.model)[when], self._detail(act, data), is_stale=is_stale)

    @precondition(lambda self: self._next() is not None)
    @rule(steps=st.integers(1, 4))
    def advance(self, steps: int) -> None:
        """The right acts by the right people on the right day: they must succeed."""
        for _ in range(steps):
            step = self._next()
            if step is not None:
                assert self._try(*step[:2], self.model.last_on, step[2]) == "ok", step

    @precondition(lambda self: not self.model.is_closed and not self._is_complete())
    @rule()
    def complete_the_team(self) -> None:
        for component in set(PROGRAMMES[self.model.programme]["team_components"]) - self.model.components:
            body = {"user_id": str(self.cast["member"].user_id), "organisation_id": self.world.service, "role": "educator",
                    "component": component, "from_on": START.isoformat()}  # fmt: skip
            ok(self.cast["coordinator"].post(f"/cases/{self.case.id}/team", body))
            self.model.components.add(component)

    @invariant()
    def the_case_is_where_the_model_says(self) -> None:
        if not hasattr(self, "model"):
            return
        case = ok(self.cast["coordinator"].get(f"/cases/{self.case.id}"))
        assert (case["stage"], case["is_closed"], case["version"]) == (
            self.model.stage, self.model.is_closed, self.model.version,
        )  # fmt: skip

    def teardown(self) -> None:
        """The path tells every step that succeeded, in the order of days, and the log has one event for each."""
        if hasattr(self, "model"):
            path = ok(self.cast["coordinator"].get(f"/cases/{self.case.id}/milestones"))["items"]
            assert [step["occurred_on"] for step in path] == sorted(step["occurred_on"] for step in path)

    def _try(self, who: str, act: str, on: date, detail: str, *, is_stale: bool = False) -> str:
        expected = self.model.expects(who, act, on, is_stale=is_stale, detail=detail)
        self.case.version = self.model.version + is_stale
        self.case.project_version = self.model.project_version + is_stale
        self.case.number = self.model.number or 1
        answer = attempt(self.world, self.case, act, self.cast[who], on.isoformat(), programme=self.model.programme,
                         manager=self.cast.get(detail), outcome=detail, signer=detail)  # fmt: skip
        got = code_of(answer)
        assert got in expected, f"{who} {act} {detail} in {self.model.stage} on {on}: {got}, not {expected}"
        if got == "ok":
            self.model.made(who, act, on, detail)
            self.done[act] += 1
        return got

    def _next(self) -> tuple[str, str, str] | None:
        """Who does what next, if the case is to go on."""
        model = self.model
        if model.is_closed or not (allowed(model.programme, "accept", model.stage) or self._is_complete()):
            return None
        if model.version > 1 and model.manager is None:
            return "coordinator", "assign", "manager"
        if allowed(model.programme, "approve", model.stage):
            return self._next_of_project()
        steps = {"accept": ("worker", "-"), "analyse": ("worker", "equipe_multidisciplinare"), "assess": ("worker", "-"),
                 "convene": ("worker", "-"), "start": ("coordinator", "-")}  # fmt: skip
        moving = (act for act in steps if allowed(model.programme, act, model.stage)
                  and (act == "analyse" or after(model.programme, act, model.stage) != model.stage))  # fmt: skip
        act = next(moving, None)
        return None if act is None else (steps[act][0], act, steps[act][1])

    def _next_of_project(self) -> tuple[str, str, str] | None:
        if self.model.project in (None, "signed"):
            return "worker", "draft", "-"
        if self.model.project == "draft":
            return None if self.model.author == "coordinator" else ("coordinator", "approve", "-")
        left = set(signers(self.model.programme)) - set(self.model.signed)
        return "coordinator", "sign", min(left)

    def _is_complete(self) -> bool:
        return set(PROGRAMMES[self.model.programme]["team_components"]) <= self.model.components

    def _detail(self, act: str, data: st.DataObject) -> str:
        ends = [outcome["code"] for outcome in PROGRAMMES[self.model.programme]["outcomes"]]
        found = [outcome["code"] for outcome in PROGRAMMES[self.model.programme].get("preliminary_outcomes", [])]
        choices = {"assign": ["manager", "deputy"], "sign": [*signers(self.model.programme) * 3, *SIGNERS],
                   "close": [*ends, "inventato"], "analyse": found or ["lavoro"]}  # fmt: skip
        return str(data.draw(st.sampled_from(choices.get(act, ["-"]))))


def test_no_path_leaves_what_the_programme_allows(world: World) -> None:
    Paths.world, Paths.cast, Paths.done = world, people(world), Counter()
    run_state_machine_as_test(Paths, settings=settings(
        max_examples=20 * TIMES, stateful_step_count=25, deadline=None, derandomize=IS_FIXED,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],  # making a failure small would take minutes, and the failure says where it is
    ))  # fmt: skip
    assert set(Paths.done) == set(ACTS), f"the random paths got nowhere: {Paths.done}"
