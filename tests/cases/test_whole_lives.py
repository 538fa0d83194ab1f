"""One life of a case in each shipped programme, in which every move of its file is made."""

from datetime import timedelta

import pytest

from tests.cases.cast import people
from tests.cases.guide import choices, may_meet, possible
from tests.cases.model import PASSAGE
from tests.cases.shipped import EVERY_ACT, PROGRAMMES, allowed, ends, move, outcomes, signers
from tests.cases.walk import Walk
from tests.world import World

ARRIVAL = """
    advance:lista_attesa accept assign:manager convene convene assign:deputy record
    analyse:lavoro analyse:servizi_specialistici analyse:nessun_sostegno analyse:equipe_multidisciplinare
    transfer turn_down transfer take_back suspend record resume assess assess
    advance:in_graduatoria assess advance:lista_attesa advance:progetto_in_definizione
"""
PROJECT = "draft revoke draft approve revoke draft approve sign start"
COURSE = """
    record monitor evaluate assess advance:mantenimento advance:in_percorso
    draft revoke draft approve revoke draft approve sign
"""
PASSED_ON = """
    accept assign:manager transfer close turn_down reopen transfer take
    assign:successor convene suspend close follow_up:untraceable reopen
"""
"""Acts in order, with what they say where it matters; those that a programme has not, or not there, are left out."""


def live(walk: Walk, acts: str) -> None:
    """Make each of the acts that the file allows where the case stands."""
    for one in acts.split():
        act, _, detail = one.partition(":")
        to = detail if act == "advance" else None
        is_answer = act in PASSAGE[1:] and walk.model.team.offered_to is not None
        if act == "follow_up" and walk.model.is_final:
            walk.attempt("coordinator", act, walk.model.soonest, detail)
        elif is_answer or move(walk.model.programme, act, walk.model.stage, to):
            for said in signers(walk.model.programme) if act == "sign" else [detail]:
                make(walk, act, said)


def make(walk: Walk, act: str, said: str) -> None:
    """Make an act on the next day, by the first who may; what it does not say is chosen. An end is tried too early."""
    if act == "approve":
        walk.complete_the_team()
    if may_meet(walk.model):
        walk.meet()
    on = walk.model.soonest + timedelta(1)
    steps = [step for step in possible(walk.model, (act,), on) if said in ("", step[2])]
    assert steps, f"nobody may {act} {said} in {walk.model.stage}"
    (who, _, detail), early = steps[0], walk.model.soonest - timedelta(1)
    if act in ("approve", "revoke", "close") and walk.model.expects(who, act, early, detail) != {"ok"}:
        walk.attempt(who, act, early, detail)
    walk.must(who, act, detail, on)
    walk.check()


def end(walk: Walk) -> None:
    """Every end that the file allows here, one after the other; from those that can't be undone, the last one only."""
    programme, stage = walk.model.programme, walk.model.stage
    final = {outcome: not allowed(programme, "reopen", ends(programme, outcome).get("to", ended(programme, stage)))
             for outcome in outcomes(programme, stage)[0]}  # fmt: skip
    for outcome in sorted(final, key=final.__getitem__):
        if not walk.model.is_closed:
            live(walk, f"close:{outcome} follow_up:held reopen")


def ended(programme: str, stage: str) -> str:
    """Where a case that closes in the stage ends, unless its outcome says otherwise."""
    return str((move(programme, "close", stage) or {})["to"])


@pytest.mark.parametrize("programme", PROGRAMMES)
def test_a_life_makes_every_move_of_the_programme(world: World, programme: str) -> None:
    cast = people(world)
    turned_away, passed_on, whole = (Walk(world, cast, programme) for _ in range(3))
    live(turned_away, "refuse reopen")
    live(passed_on, PASSED_ON)
    for acts in (ARRIVAL, PROJECT, COURSE):
        live(whole, acts)
    end(whole)
    whole.check_path()
    moves = PROGRAMMES[programme]["moves"]
    every_move = {(act, number) for act in moves for number in range(len(moves[act]))}
    assert turned_away.made | passed_on.made | whole.made == every_move


def test_a_service_to_which_a_case_is_offered_reads_it_and_only_answers(world: World) -> None:
    walk = Walk(world, people(world), "PAIS")
    live(walk, "accept assign:manager convene transfer")
    for act in EVERY_ACT:
        assert walk.attempt("director", act, walk.model.soonest, choices("PAIS", act)[0]) != "ok", act
    live(walk, "take assign:successor")
