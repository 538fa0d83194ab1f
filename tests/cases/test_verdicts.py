"""How judgements are read together, against a plain reading of the same words."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.cases.outcomes.rules import Judgement, Verdict, is_positive, level_fits, verdict

SCALES = {"likert_5": 4, "gas": 0}
PATHWAYS = [UUID(int=1), UUID(int=2)]
OPERATORS = [UUID(int=11), UUID(int=12), UUID(int=13)]
FIRST = datetime(2023, 1, 1, tzinfo=UTC)


def said(judge: str, value: int, *, day: int = 1, **values: Any) -> Judgement:
    """A final judgement of the project on a day of January 2023."""
    whole = {"operator_id": None, "pathway_id": None, "scale": "likert_5", "is_final": True,
             "recorded_at": FIRST + timedelta(days=day)} | values  # fmt: skip
    return Judgement(judge=judge, value=value, occurred_on=date(2023, 1, day), **whole)


@st.composite
def judgements(draw: st.DrawFn) -> list[Judgement]:
    """Some judgements, few days and few judges, so that they meet; no two recorded at one instant."""
    found = []
    for place in range(draw(st.integers(0, 12))):
        judge = draw(st.sampled_from(["beneficiary", "operator", "operators"]))
        scale = draw(st.sampled_from(sorted(SCALES)))
        found.append(said(
            judge, draw(st.integers(-2, 2) if scale == "gas" else st.integers(1, 5)), day=draw(st.integers(1, 4)),
            operator_id=draw(st.sampled_from(OPERATORS)) if judge == "operator" else None, scale=scale,
            pathway_id=draw(st.sampled_from([None, *PATHWAYS])), is_final=draw(st.sampled_from([True, True, False])),
            recorded_at=FIRST + timedelta(hours=place),
        ))  # fmt: skip
    return draw(st.permutations(found))


def plainly(judged: list[Judgement], of: UUID | None) -> Verdict:
    """The same, said step by step."""

    def last_of(judge: str, thing: UUID | None, operator: UUID | None = None) -> bool | None:
        best = None
        for one in judged:
            fits = one.is_final and (one.judge, one.pathway_id, one.operator_id) == (judge, thing, operator)
            if fits and (best is None or (one.occurred_on, one.recorded_at) > (best.occurred_on, best.recorded_at)):
                best = one
        return None if best is None else best.value >= SCALES[best.scale]

    def operators(thing: UUID | None) -> bool | None:
        agreed = last_of("operators", thing)
        if agreed is not None:
            return agreed
        own = [good for good in (last_of("operator", thing, one) for one in OPERATORS) if good is not None]
        return None if not own else False not in own

    beneficiary, together = last_of("beneficiary", of), operators(of)
    return Verdict(last_of("beneficiary", None) if beneficiary is None else beneficiary,
                   operators(None) if together is None else together)  # fmt: skip


@given(judgements(), st.sampled_from([None, *PATHWAYS]))
def test_a_verdict_is_that_of_a_plain_reading(judged: list[Judgement], of: UUID | None) -> None:
    assert verdict(judged, SCALES, of) == plainly(judged, of)
    assert is_positive(judged, SCALES, of) == (plainly(judged, of) == Verdict(True, True))


@pytest.mark.parametrize(("beneficiary", "operators", "positive"), [
    (4, 4, True), (3, 5, False), (5, 3, False), (None, 5, False), (5, None, False), (None, None, False),
])  # fmt: skip
def test_a_project_ends_well_if_both_sides_say_so(
    beneficiary: int | None, operators: int | None, positive: bool
) -> None:
    """A2-IMP-2: "valutati positivamente sia del beneficiario sia dagli operatori"; a missing judgement is no positive one."""
    judged = [said(judge, value) for judge, value in (("beneficiary", beneficiary), ("operators", operators)) if value]
    assert is_positive(judged, SCALES) is positive


def test_without_an_agreed_judgement_every_operator_must_be_satisfied() -> None:
    own = [said("operator", value, operator_id=one) for value, one in zip((5, 4, 3), OPERATORS, strict=True)]
    assert verdict(own[:2], SCALES).operators is True
    assert verdict(own, SCALES).operators is False
    assert verdict([*own, said("operators", 4)], SCALES).operators is True


def test_the_last_final_judgement_of_each_judge_counts() -> None:
    judged = [said("beneficiary", 5), said("beneficiary", 2, day=3), said("beneficiary", 5, day=4, is_final=False)]
    assert verdict(judged, SCALES).beneficiary is False


def test_a_pathway_that_a_side_did_not_judge_takes_the_judgement_of_its_project() -> None:
    pathway = PATHWAYS[0]
    judged = [said("beneficiary", 5), said("operators", 5), said("operators", 1, pathway_id=pathway)]
    assert verdict(judged, SCALES, pathway) == Verdict(beneficiary=True, operators=False)
    assert verdict(judged, SCALES) == Verdict(True, True)


@pytest.mark.parametrize(("status", "levels"), [
    ("reached", {0, 1, 2}), ("partly", {-2, -1}), ("not_reached", {-2, -1}), ("dropped", set()),
])  # fmt: skip
def test_a_level_of_attainment_agrees_with_what_became_of_the_goal(status: str, levels: set[int]) -> None:
    assert {level for level in range(-2, 3) if level_fits(status, level)} == levels
    assert level_fits(status, None)
