"""Random acts by random roles, held against the model of the programme: no illegal stage, no failure, nothing by halves."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from random import Random

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

from tests.cases.cast import CAST, people
from tests.cases.guide import ALL_ACTS, Step, choices, may_meet, missing, next_step, possible
from tests.cases.model import DAYS, days
from tests.cases.shipped import PROGRAMMES
from tests.cases.walk import Walk
from tests.soak import IS_FIXED, TIMES
from tests.world import Client, World

# Good days and the right people come up more often, so that cases get somewhere.
WHEN = st.sampled_from([*["the soonest", "the day after"] * 4, *DAYS])
# So do the programmes that have most to go wrong: an analysis, a waiting list, a ranking, minutes.
WHICH = st.sampled_from([*PROGRAMMES, *["PAIS", "SIL"] * 7, *["DOPO_DI_NOI", "PROGETTO_DI_VITA"] * 4])
IS_STALE = st.sampled_from([False] * 9 + [True])
WHO = st.sampled_from([*CAST, "coordinator", "coordinator", "worker", "worker", "director"])


class Paths(RuleBasedStateMachine):
    """One case and its model; the test says in which world, and with whom."""

    world: World
    cast: dict[str, Client]
    done: Counter[str]
    walk: Walk | None = None

    @initialize(programme=WHICH)
    def open(self, programme: str) -> None:
        self.walk = Walk(self.world, self.cast, programme)

    @rule(who=WHO, act=st.sampled_from(ALL_ACTS), when=WHEN, is_stale=IS_STALE, data=st.data())
    def act(self, who: str, act: str, when: str, is_stale: bool, data: st.DataObject) -> None:
        """Anybody tries anything."""
        detail = data.draw(st.sampled_from(choices(self.walk.model.programme, act)))
        self.walk.attempt(who, act, days(self.walk.model)[when], detail, is_stale=is_stale)

    @rule(chosen=st.randoms(use_true_random=False), is_later=st.booleans())
    def may(self, chosen: Random, is_later: bool) -> None:
        """An act that must succeed."""
        on = self.walk.model.soonest + timedelta(is_later)
        for step in self.one_of(possible(self.walk.model, on=on), chosen):
            self.walk.must(*step, on)

    @rule(chosen=st.randoms(use_true_random=False), when=st.sampled_from([None, *DAYS]), is_stale=st.booleans())
    def almost(self, chosen: Random, when: str | None, is_stale: bool) -> None:
        """An act that would succeed, but for the day, or who makes it, or having read an older version."""
        model = self.walk.model
        for who, act, detail in self.one_of(possible(model), chosen):
            by = chosen.choice([*CAST]) if when is None else who
            self.walk.attempt(by, act, days(model)[when or "the soonest"], detail, is_stale=is_stale and when is None)

    def one_of(self, steps: Iterator[Step], chosen: Random) -> list[Step]:
        """One of the steps, if there are any: of an act that this case has seen least, so that each has its turn.

        A refusal, after which there is little left to try, comes up seldom.
        """
        done, may_refuse = self.walk.done, chosen.random() < 0.2
        found = [step for step in steps if may_refuse or step[1] != "refuse"]
        least = min((done[act] for _, act, _ in found), default=0)
        acts = sorted({act for _, act, _ in found if done[act] == least})
        act = chosen.choice(acts) if acts else None
        return [chosen.choice([step for step in found if step[1] == act])] if acts else []

    @precondition(lambda self: next_step(self.walk.model) is not None)
    @rule(steps=st.integers(1, 4))
    def advance(self, steps: int) -> None:
        """The right acts by the right people on the right day: they must succeed."""
        for _ in range(steps):
            self.prepare()
            step = next_step(self.walk.model)
            if step is not None:
                self.walk.must(*step)

    def prepare(self) -> None:
        """What no act of the programme brings: the team whole, and its meeting about the draft."""
        if not self.walk.model.is_closed and missing(self.walk.model):
            self.walk.complete_the_team()
        if may_meet(self.walk.model):
            self.walk.meet()

    @invariant()
    def the_case_is_where_the_model_says(self) -> None:
        if self.walk is not None:
            self.walk.check()

    def teardown(self) -> None:
        if self.walk is not None:
            self.walk.check_sight()
            self.walk.check_path()
            type(self).done += self.walk.done


def test_no_path_leaves_what_the_programme_allows(world: World) -> None:
    Paths.world, Paths.cast, Paths.done = world, people(world), Counter()
    run_state_machine_as_test(Paths, settings=settings(
        max_examples=30 * TIMES, stateful_step_count=30, deadline=None, derandomize=IS_FIXED,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],  # making a failure small would take minutes, and the failure says where it is
    ))  # fmt: skip
    assert set(Paths.done) == set(ALL_ACTS), f"the random paths got nowhere: {Paths.done}"
