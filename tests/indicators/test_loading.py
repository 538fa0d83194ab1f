"""Loading plans: whole or not at all, with the line and the key of whatever is wrong."""

from collections.abc import Iterator
from datetime import date
from textwrap import dedent, indent

import pytest
from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session

from service.indicators import queries
from service.indicators.loading import Loaded, PlanFileError, checked, load_plan, shipped
from service.indicators.models import Indicator, Objective, Plan
from service.installation import Urls

HEAD = """\
plan:
  code: prova
  title: Piano di prova
  ambito: Prova
  period_start: 2021-01-01
  period_end: 2023-12-31
  objectives:
    - code: X1
      macro_area: X
      title: Un obiettivo
      indicators:
"""
COUNTED = """
    version: 1
    grain: case
    count: case
    programmes: [PAIS]
    population: [{fact: milestones, where: {kind: signed}}]
"""


def indicator(code: str = "X1-OUT-1", measure: str = "", **values: str) -> str:
    """An indicator's lines, and those of its measure."""
    fields = {"code": code, "family": "output", "statement": "n. 3 cose", "value_type": "count", "expected": "3",
              "basis": "unstated", "fed_by": "cases", **values}  # fmt: skip
    lines = [f"{name}: {value}" for name, value in fields.items()]
    if measure:
        lines += ["measure:", indent(dedent(measure).strip("\n"), "  ")]
    return indent("- " + indent("\n".join(lines), "  ").lstrip(), "        ") + "\n"


def plan(*indicators: str) -> str:
    """A whole file; its first indicator begins on line 12, the measure of that one on line 19."""
    return HEAD + "".join(indicators or (indicator(measure=COUNTED),))


def errors_of(text: str) -> list[str]:
    """What is wrong, a line each."""
    with pytest.raises(PlanFileError) as caught:
        checked("prova.yaml", text)
    return str(caught.value).splitlines()


@pytest.fixture
def owner(urls: Urls) -> Iterator[Session]:
    """The owner's session, undone at the end."""
    engine = create_engine(urls.owner or "")
    with Session(engine) as session:
        yield session
        session.rollback()
    engine.dispose()


@pytest.mark.parametrize(
    ("code", "objectives", "indicators"), [("lodi-2021-2023", 18, 184), ("pioltello-2025-2027", 14, 239)]
)
def test_the_shipped_plans_are_loaded_whole(owner: Session, code: str, objectives: int, indicators: int) -> None:
    found = queries.plan(owner, code)
    assert owner.scalar(select(func.count()).where(Objective.plan_id == found.id)) == objectives
    assert owner.scalar(select(func.count()).where(Indicator.plan_id == found.id)) == indicators


def test_the_shipped_plans_loaded_again_change_nothing(owner: Session) -> None:
    before = owner.scalar(select(func.count()).select_from(Plan))
    assert [load_plan(owner, name, text).is_new for name, text in shipped()] == [False, False]
    assert owner.scalar(select(func.count()).select_from(Plan)) == before


def test_a_changed_file_makes_a_new_version_and_leaves_the_old_one(owner: Session) -> None:
    assert load_plan(owner, "prova.yaml", plan()) == Loaded("prova", 1, is_new=True)
    assert load_plan(owner, "prova.yaml", plan()) == Loaded("prova", 1, is_new=False)
    changed = plan(indicator(expected="4"))
    assert load_plan(owner, "prova.yaml", changed) == Loaded("prova", 2, is_new=True)
    rows = owner.execute(select(Plan.version, Indicator.expected).join(Indicator, Indicator.plan_id == Plan.id)
                         .where(Plan.code == "prova").order_by(Plan.version)).all()  # fmt: skip
    assert [(row.version, row.expected) for row in rows] == [(1, 3), (2, 4)]
    assert queries.plan(owner, "prova").version == 2


def test_a_plan_keeps_its_words_its_numbers_and_its_order(owner: Session) -> None:
    load_plan(owner, "prova.yaml", plan(indicator("X1-OUT-2", expected="12.5"), indicator("X1-OUT-1", expected="null")))
    found = queries.plan(owner, "prova")
    assert (found.period_start, found.period_end) == (date(2021, 1, 1), date(2023, 12, 31))
    rows = queries.indicators(owner, found.id)
    assert [(row.code, row.expected, row.statement) for row in rows] == [
        ("X1-OUT-2", 12.5, "n. 3 cose"), ("X1-OUT-1", None, "n. 3 cose")]  # fmt: skip


def test_a_refused_file_leaves_no_plan(owner: Session) -> None:
    with pytest.raises(PlanFileError):
        load_plan(owner, "prova.yaml", plan(indicator(family="risultato")))
    assert owner.scalar(select(func.count()).where(Plan.code == "prova")) == 0


I0 = "plan.objectives.0.indicators.0"
WRONG_FILES = [
    pytest.param(
        plan().replace("  ambito: Prova", "  ambito: Prova\n  colour: red"), 5, "plan.colour", id="unknown key"
    ),
    pytest.param(plan(indicator(family="risultato")), 13, f"{I0}.family", id="wrong family"),
    pytest.param(plan(indicator(value_type="numero")), 15, f"{I0}.value_type", id="wrong value type"),
    pytest.param(plan(indicator(expected="molti")), 16, f"{I0}.expected", id="expected is no number"),
    pytest.param(plan(indicator(fed_by="vento")), 18, f"{I0}.fed_by", id="wrong source"),
    pytest.param(plan().replace("          statement: n. 3 cose\n", ""), 12, f"{I0}.statement", id="statement missing"),
    pytest.param(plan(indicator(), indicator()), 19, "plan.objectives.0.indicators.1.code", id="code there twice"),
    pytest.param(plan().replace("2023-12-31", "2020-12-31"), 6, "plan.period_end", id="period reversed"),
    pytest.param(plan().replace("2023-12-31", "presto"), 6, "plan.period_end", id="no day"),
    pytest.param(plan(indicator(measure=COUNTED, fed_by="manual")), 19, f"{I0}.measure", id="measure not fed by cases"),
    pytest.param("[]\n", 1, "(the file)", id="not a plan"),
]


@pytest.mark.parametrize(("text", "line", "key"), WRONG_FILES)
def test_what_is_wrong_in_a_file_is_told_with_its_line_and_key(text: str, line: int, key: str) -> None:
    (error,) = errors_of(text)
    assert error.startswith(f"prova.yaml:{line}: {key}: "), error
    assert len(error) > len(f"prova.yaml:{line}: {key}: ")


M = f"{I0}.measure"
SIGNED = "[{fact: milestones, where: {kind: signed}}]"
WRONG_MEASURES = [
    ("programmes: [PAIS]", "programmes: [PAIS]\n    colour: red", 24, f"{M}.colour"),
    ("programmes: [PAIS]", "programmes: PAIS", 23, f"{M}.programmes"),
    ("programmes: [PAIS]", "programmes: [PAIS]\n    group: AUTONOMIA", 19, M),
    ("version: 1", "version: prima", 20, f"{M}.version"),
    ("grain: case", "grain: month", 21, f"{M}.grain"),
    ("count: case", "count: pathway", 22, f"{M}.count"),
    ("count: case", "count: case\n    period: forever", 23, f"{M}.period"),
    (SIGNED, "{fact: milestones}", 24, f"{M}.population"),
    (SIGNED, "[milestones]", 24, f"{M}.population.0"),
    (SIGNED, "[{fact: sunsets}]", 24, f"{M}.population.0.fact"),
    (SIGNED, "[{fact: milestones, where: {colour: red}}]", 24, f"{M}.population.0.where.colour"),
    (SIGNED, "[{fact: milestones, where: {kind: [signed, sunk]}}]", 24, f"{M}.population.0.where.kind"),
    (SIGNED, "[{fact: milestones, where: {kind: signed}, is: {sex: F}}]", 24, f"{M}.population.0.is.sex"),
    (SIGNED, "[{fact: milestones, where: [signed]}]", 24, f"{M}.population.0.where"),
    (SIGNED, "[{fact: evaluations, where: {is_positive: abbastanza}}]", 24, f"{M}.population.0.where.is_positive"),
    (SIGNED, "[{fact: liquidations, take: last, sum: amount, more_than: 0}]", 24, f"{M}.population.0.take"),
    ("programmes: [PAIS]", "group: [PAIS]", 23, f"{M}.group"),
    (SIGNED, "[{fact: milestones, take: second}]", 24, f"{M}.population.0.take"),
    (SIGNED, "[{fact: milestones, when: soon}]", 24, f"{M}.population.0.when"),
    (SIGNED, "[{fact: milestones, by: pathway}]", 24, f"{M}.population.0.by"),
    (SIGNED, "[{fact: evaluations, by: pathway}]", 24, f"{M}.population.0.by"),
    (SIGNED, "[{fact: liquidations, sum: amount}]", 24, f"{M}.population.0"),
    (SIGNED, "[{fact: milestones, sum: amount, more_than: 0}]", 24, f"{M}.population.0.sum"),
    (SIGNED, "[{fact: liquidations, sum: amount, more_than: molto}]", 24, f"{M}.population.0.more_than"),
    (SIGNED, "[{any_of: {fact: milestones}}]", 24, f"{M}.population.0.any_of"),
    (SIGNED, "[{not: {fact: milestones}, when: until}]", 24, f"{M}.population.0.when"),
    (SIGNED, "[{not: {any_of: [{fact: sunsets}]}}]", 24, f"{M}.population.0.not.0.any_of.0.fact"),
]


@pytest.mark.parametrize(("right", "wrong", "line", "key"), WRONG_MEASURES)
def test_what_is_wrong_in_a_measure_is_told_with_its_line_and_key(right: str, wrong: str, line: int, key: str) -> None:
    assert right in COUNTED
    (error,) = errors_of(plan(indicator(measure=COUNTED.replace(right, wrong))))
    assert error.startswith(f"prova.yaml:{line}: {key}: "), error


def test_the_message_names_what_would_have_been_right() -> None:
    (error,) = errors_of(plan(indicator(measure=COUNTED.replace("milestones", "sunsets"))))
    assert "'sunsets' is none of" in error
    assert "milestones" in error


def test_all_that_is_wrong_is_told_at_once() -> None:
    text = plan(indicator(family="risultato"), indicator("X1-OUT-2", basis="ogni tanto")).replace("title:", "titolo:")
    keys = [error.split(": ")[1] for error in errors_of(text)]
    second = "plan.objectives.0.indicators.1"
    assert sorted(keys) == sorted(["plan.title", "plan.titolo", "plan.objectives.0.title", "plan.objectives.0.titolo",
                                   f"{I0}.family", f"{second}.basis"])  # fmt: skip


def test_every_wrong_measure_of_a_file_is_told_at_once() -> None:
    wrong = COUNTED.replace("milestones", "sunsets")
    errors = errors_of(plan(indicator("X1-OUT-1", wrong), indicator("X1-OUT-1", wrong, fed_by="survey")))
    assert len(errors) == 4  # the fact of each, the code that is there twice, the measure that cases don't feed


@pytest.mark.parametrize(("text", "line"), [
    ("plan:\n  code: [prova\n", 3), ("plan: {a: b: c}\n", 1), ("", 1), (plan().replace("2021-01-01", "2021-02-30"), 1),
])  # fmt: skip
def test_a_file_that_is_no_yaml_is_refused_with_the_place(text: str, line: int) -> None:
    (error,) = errors_of(text)
    assert error.startswith(f"prova.yaml:{line}: (the file): ")
