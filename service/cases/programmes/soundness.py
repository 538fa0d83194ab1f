"""Whether a case can be followed under a definition: what no list of fields alone can tell.

A definition is data that people write, and what is wrong in it would show years later, in a figure that stays at zero or
in a case that nothing can move. So it is refused when it is loaded.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from service.cases.programmes.rules import NEEDED_ACTS, OWN_MILESTONES
from service.clocks.rules import rules

Content = Mapping[str, Any]
"""A definition as `schemas.DefinitionSchema` loads it: the stages of a move are under `stages`."""


def _missing_acts(content: Content) -> set[str]:
    return set(NEEDED_ACTS) - set(content["moves"])


def _unknown_stages(content: Content) -> set[str]:
    """Stages that a move or a choice names, and the list of stages has not."""
    named = {stage for _, move in _moves(content) for stage in move["stages"]}
    named |= {stage for outcome in content["outcomes"] for stage in outcome.get("stages", ())}
    choices = (*(move for _, move in _moves(content)), *content["preliminary_outcomes"], *content["outcomes"])
    led_to = {choice["to"] for choice in choices if "to" in choice}
    return (named | led_to | {content["first_stage"]}) - _stages(content)


def _unreached_stages(content: Content) -> set[str]:
    """Stages to which no path leads from the first."""
    reached, found = set[str](), {content["first_stage"]}
    while found:
        reached |= found
        found = {to for stage, to in _steps(content) if stage in reached} - reached
    return _stages(content) - reached


def _stuck_stages(content: Content) -> set[str]:
    """Stages of an open case that can't be closed, and pauses from which nothing is taken up again."""
    ending = {*_from(content, "close")}
    open_stages = {content["first_stage"], *(one["to"] for one in content["preliminary_outcomes"])}
    open_stages |= {move["to"] for act, move in _moves(content) if "to" in move and act not in ("close", "refuse")}
    paused = {move["to"] for move in content["moves"].get("suspend", ()) if "to" in move}
    return (open_stages - ending) | (paused - {*_from(content, "resume")})


def _unseen_acts(content: Content) -> set[str]:
    """Acts none of whose moves writes the milestone that the figures read."""
    return {
        f"{act} ({OWN_MILESTONES[act]})"
        for act, moves in content["moves"].items()
        if act in OWN_MILESTONES and all(OWN_MILESTONES[act] not in move.get("milestones", ()) for move in moves)
    }


def _endless_clocks(content: Content) -> set[str]:
    """Clocks that repeat at an interval of the project's, where the programme sets no longest interval."""
    if content["project"].get("longest_review_months") is not None:
        return set()
    return {clock["rule"] for clock in content["clocks"]
            if (version := rules()[clock["rule"]][0]).repeats and version.number is None}  # fmt: skip


def _signed_by_nobody(content: Content) -> set[str]:
    """Signers of whom there may be none: a person's case has no household."""
    signers = set(content["project"]["signers"])
    return signers if signers == {"household"} else set()


FLAWS: dict[str, Callable[[Content], set[str]]] = {
    "acts_are_missing": _missing_acts,
    "stages_are_unknown": _unknown_stages,
    "stages_are_unreached": _unreached_stages,
    "stages_have_no_end": _stuck_stages,
    "acts_are_unseen": _unseen_acts,
    "clocks_have_no_interval": _endless_clocks,
    "signers_may_be_none": _signed_by_nobody,
}
"""What is wrong -> the names in which it is."""


def _stages(content: Content) -> set[str]:
    return {stage["code"] for stage in content["stages"]}


def _moves(content: Content) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for act, moves in content["moves"].items():
        for move in moves:
            yield act, move


def _from(content: Content, act: str) -> Iterator[str]:
    for move in content["moves"].get(act, ()):
        yield from move["stages"]


def _steps(content: Content) -> Iterator[tuple[str, str]]:
    """From which stage to which a case may go in one act."""
    for _, move in _moves(content):
        yield from ((stage, move["to"]) for stage in move["stages"] if "to" in move)
    for choice in content["preliminary_outcomes"]:
        yield from ((stage, choice["to"]) for stage in _from(content, "analyse"))
    for outcome in (one for one in content["outcomes"] if "to" in one):
        yield from ((stage, outcome["to"]) for stage in outcome.get("stages", _from(content, "close")))
