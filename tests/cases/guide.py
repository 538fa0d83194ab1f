"""Which steps a modelled case may make now, and which of them brings it on."""

from collections.abc import Iterator
from datetime import date

from tests.cases.cast import CAST, HERE, MANAGERS, THERE
from tests.cases.model import PASSAGE, Model
from tests.cases.model_project import SIGNERS
from tests.cases.shipped import EVERY_ACT, PROGRAMMES, after, allowed, codes, components, signers, stages

Step = tuple[str, str, str]
"""Who, which act, and what it says beside the day."""
ALL_ACTS = (*EVERY_ACT, *PASSAGE[1:])
ONWARD = ("accept", "assign", "convene", "analyse", "assess", "draft", "approve", "sign", "start")
TO_A_TEAM = "equipe_multidisciplinare"


def choices(programme: str, act: str) -> list[str]:
    """What an act may say: the good ones, and some that it may not."""
    content = PROGRAMMES[programme]
    found = {
        "assign": [*MANAGERS], "sign": [*signers(programme) * 3, *SIGNERS], "transfer": [HERE, THERE],
        "close": [*(outcome["code"] for outcome in content["outcomes"]), "inventato"], "advance": stages(programme),
        "monitor": ["1", "2"], "follow_up": ["held", "untraceable", "refused"],
    }  # fmt: skip
    return [*codes(programme, act), "inventato"] if act in ("analyse", "refuse", "suspend") else found.get(act, ["-"])


def possible(model: Model, acts: tuple[str, ...] = ALL_ACTS, on: date | None = None) -> Iterator[Step]:
    """The steps that must succeed, on a day or as soon as they may happen."""
    for act in acts:
        for detail in dict.fromkeys(choices(model.programme, act)):
            for who in CAST:
                if model.expects(who, act, on or model.soonest, detail) == {"ok"}:
                    yield who, act, detail


def next_step(model: Model) -> Step | None:
    """Who does what next, if the case is to go on."""
    return next((step for step in possible(model, ONWARD) if _goes_on(model, *step[1:])), None)


def _goes_on(model: Model, act: str, detail: str) -> bool:
    if act == "assign":
        return model.team.manager is None and model.version > 1
    if act == "analyse":
        return detail == TO_A_TEAM
    if act == "draft":
        return allowed(model.programme, "approve", model.stage)
    return act in ("approve", "sign") or after(model.programme, act, model.stage) != model.stage


def missing(model: Model) -> set[str]:
    """The components that the team still lacks."""
    return components(model.programme) - model.team.components_on(model.soonest)


def may_meet(model: Model) -> bool:
    """Whether a meeting about the draft is due, and has everybody."""
    return not model.is_closed and model.project.state == "draft" and model.project.needs_minutes and not missing(model)
