"""How judgements are read together: whether a project or a pathway ended well."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID


@dataclass(frozen=True)
class Judgement:
    """A live judgement of the project (`pathway_id`: none) or of a pathway. `operator_id` tells an operator's own."""

    judge: str
    operator_id: UUID | None
    pathway_id: UUID | None
    scale: str
    value: int
    is_final: bool
    occurred_on: date
    recorded_at: datetime


@dataclass(frozen=True)
class Verdict:
    """What each side says in the end: positive or not, or nothing yet (none)."""

    beneficiary: bool | None
    operators: bool | None

    @property
    def is_positive(self) -> bool:
        """A2-IMP-2 of Lodi: "conclusi positivamente si intende valutati positivamente sia del beneficiario sia dagli
        operatori". A judgement that is missing is not a positive one."""
        return self.beneficiary is True and self.operators is True


def verdict(
    judgements: Iterable[Judgement], positive_from: Mapping[str, int], pathway_id: UUID | None = None
) -> Verdict:
    """The verdict on a pathway, or on the project (none). `positive_from`: scale -> the first value that is positive.

    Only final judgements are read, the last one of each judge. The operators speak through the team's agreed judgement where
    there is one, else each for their own: then all must be positive. What a side did not judge of a pathway is taken from its
    project.
    """
    last = _last_of_each([one for one in judgements if one.is_final])
    sides = (_side(last, positive_from, of) for of in ((pathway_id, None) if pathway_id else (None,)))
    found = list(sides)
    return Verdict(*(next((side[i] for side in found if side[i] is not None), None) for i in (0, 1)))


def is_positive(
    judgements: Iterable[Judgement], positive_from: Mapping[str, int], pathway_id: UUID | None = None
) -> bool:
    """Whether the project, or the pathway, ended well by both sides."""
    return verdict(judgements, positive_from, pathway_id).is_positive


def level_fits(status: str, gas_level: int | None) -> bool:
    """Whether a level of goal attainment agrees with what became of the goal: 0 is what was expected, dropped goals have
    none."""
    if gas_level is None:
        return True
    return status != "dropped" and (status == "reached") == (gas_level >= 0)


Judge = tuple[UUID | None, str, UUID | None]


def _last_of_each(finals: list[Judgement]) -> dict[Judge, Judgement]:
    in_order = sorted(finals, key=lambda one: (one.occurred_on, one.recorded_at))
    return {(one.pathway_id, one.judge, one.operator_id): one for one in in_order}


def _side(
    last: Mapping[Judge, Judgement], positive_from: Mapping[str, int], of: UUID | None
) -> tuple[bool | None, bool | None]:
    """What the beneficiary and the operators say of one thing."""
    said = {judge: one.value >= positive_from[one.scale] for judge, one in last.items() if judge[0] == of}
    own = [is_good for (_, judge, _), is_good in said.items() if judge == "operator"]
    agreed = said.get((of, "operators", None))
    return said.get((of, "beneficiary", None)), (all(own) if own else None) if agreed is None else agreed
