"""The measures: small definitions that say how an indicator is counted. Data in the plan's file, never code.

    measure:
      version: 1
      grain: case               # what a row is: case (one case, one project) or pathway
      count: person             # what is counted, once each: case, person or pathway
      programmes: [PAIS]        # or group: AUTONOMIA
      population: [conditions]  # all must hold
      numerator: [conditions]   # absent: the figure is the population
      missing: [conditions]     # how many lack what the measure needs (answered beside the value)
      period: plan              # or yearly_mean

A condition looks for rows of a fact with the key of the row at hand (`by`: case, person, pathway; the grain's if absent):

    {fact: milestones, where: {kind: signed}, take: first, is: {…}, when: window}

`where` chooses rows, `take` the first or last of them, `is` and `when` say what must be true of the taken one. `when` is
window (from its first to its last day), until (by its last day), asked (by the day that is asked, which may come later),
before (earlier than its first day), or always. Absent, it is until in the population, and asked in the numerator and in
`missing`: what became of a cohort is observed until the day asked. A date that is null has not come by that day.
`sum: amount, more_than: 0` asks for a sum. `any_of`, `all_of` and `not` combine conditions.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from service.indicators.facts import FACTS, Fact

GRAINS = {"case": "case_id", "pathway": "pathway_id"}
KEYS = {**GRAINS, "person": "person_id"}
TAKES, WHENS, PERIODS = (
    ("any", "first", "last"),
    ("window", "until", "asked", "before", "always"),
    ("plan", "yearly_mean"),
)
Path = tuple[str | int, ...]


@dataclass(frozen=True)
class MeasureError(Exception):
    """What is wrong in a measure, and where: the path of keys from the measure's top."""

    path: Path
    message: str


@dataclass(frozen=True)
class Condition:
    """Rows of a fact that must be there."""

    fact: str
    by: str
    where: Mapping[str, Any] = field(default_factory=dict)
    take: str = "any"
    then: Mapping[str, Any] = field(default_factory=dict)
    when: str = "asked"
    sum: str | None = None
    more_than: float | None = None


@dataclass(frozen=True)
class Combination:
    """Conditions put together: `how` is any_of, all_of or not."""

    how: str
    parts: tuple["Condition | Combination", ...]


@dataclass(frozen=True)
class Measure:
    """A whole definition, checked."""

    version: int
    grain: str
    count: str
    programmes: tuple[str, ...]
    group: str | None
    population: Combination
    numerator: Combination | None
    missing: Combination | None
    period: str


def measure_from(content: Any) -> Measure:
    """The measure that a document holds. Raises MeasureError with the path of the wrong key."""
    known = {"version", "grain", "count", "programmes", "group", "population", "numerator", "missing", "period"}
    _check_keys(content, known, {"version", "grain", "count", "population"}, ())
    if ("programmes" in content) == ("group" in content):
        raise MeasureError((), "give either programmes or group")
    if not isinstance(content.get("group", ""), str):
        raise MeasureError(("group",), "must be a code")
    grain = _choice(content["grain"], tuple(GRAINS), ("grain",))
    if not isinstance(content["version"], int) or content["version"] < 1:
        raise MeasureError(("version",), "must be a whole number from 1")

    def conditions(name: str) -> Combination | None:
        return _all(content[name], grain, (name,)) if name in content else None

    population = conditions("population")
    assert population is not None  # noqa: S101 - its key is compulsory
    return Measure(
        version=content["version"], grain=grain, count=_choice(content["count"], _countable(grain), ("count",)),
        programmes=tuple(_codes(content.get("programmes", []), ("programmes",))), group=content.get("group"),
        population=population, numerator=conditions("numerator"), missing=conditions("missing"),
        period=_choice(content.get("period", "plan"), PERIODS, ("period",)),
    )  # fmt: skip


def _countable(grain: str) -> tuple[str, ...]:
    return ("case", "person") if grain == "case" else ("pathway", "case", "person")


def _all(content: Any, grain: str, path: Path) -> Combination:
    if not isinstance(content, list):
        raise MeasureError(path, "must be a list of conditions")
    return Combination("all_of", tuple(_part(part, grain, (*path, index)) for index, part in enumerate(content)))


def _part(content: Any, grain: str, path: Path) -> Condition | Combination:
    if not isinstance(content, dict):
        raise MeasureError(path, "must be a condition")
    for how in ("any_of", "all_of", "not"):
        if how in content:
            _check_keys(content, {how}, {how}, path)
            inner = content[how] if how != "not" else [content[how]]
            return Combination(how, _all(inner, grain, (*path, how)).parts)
    return _condition(content, grain, path)


def _condition(content: dict[str, Any], grain: str, path: Path) -> Condition:
    _check_keys(content, {"fact", "by", "where", "take", "is", "when", "sum", "more_than"}, {"fact"}, path)
    fact = FACTS[_choice(content["fact"], tuple(FACTS), (*path, "fact"))]
    by = _choice(content.get("by", grain), tuple(KEYS), (*path, "by"))
    if KEYS[by] not in fact.keys:
        raise MeasureError((*path, "by"), f"{fact.name} has no {KEYS[by]}")
    if grain == "case" and by == "pathway":
        raise MeasureError((*path, "by"), "a case has many pathways")
    for part in ("where", "is"):
        _check_keys(content.get(part, {}), set(fact.columns), set(), (*path, part))
        for name, value in content.get(part, {}).items():
            _check_test(fact, name, value, (*path, part, name))
    _check_sum(content, fact, path)
    by_default = "until" if path[0] == "population" else "asked"
    return Condition(
        fact=fact.name, by=by, where=content.get("where", {}), then=content.get("is", {}),
        take=_choice(content.get("take", "any"), TAKES, (*path, "take")),
        when=_choice(content.get("when", by_default), WHENS, (*path, "when")),
        sum=content.get("sum"), more_than=content.get("more_than"),
    )  # fmt: skip


def _check_test(fact: Fact, name: str, value: Any, path: Path) -> None:
    codes, kind = fact.codes.get(name), fact.table.c[name].type.python_type
    for one in value if isinstance(value, list) else [value]:
        if codes is not None and one not in codes:
            raise MeasureError(path, f"{one!r} is none of {', '.join(codes)}")
        if one is not None and not isinstance(one, kind):
            raise MeasureError(path, f"{one!r} is no {kind.__name__}")


def _check_sum(content: dict[str, Any], fact: Fact, path: Path) -> None:
    if ("sum" in content) != ("more_than" in content):
        raise MeasureError(path, "sum and more_than go together")
    if "sum" not in content:
        return
    _choice(content["sum"], ("amount",) if "amount" in fact.columns else (), (*path, "sum"))
    if type(content["more_than"]) not in (int, float):
        raise MeasureError((*path, "more_than"), "must be a number")
    if content.get("take", "any") != "any":
        raise MeasureError((*path, "take"), "a sum is of all rows")


def _check_keys(content: Any, known: set[str], compulsory: set[str], path: Path) -> None:
    if not isinstance(content, dict):
        raise MeasureError(path, "must be a mapping")
    for name in content:
        if name not in known:
            raise MeasureError((*path, name), f"unknown key; known ones: {', '.join(sorted(known))}")
    for name in sorted(compulsory - set(content)):
        raise MeasureError(path, f"{name} is missing")


def _choice(value: Any, choices: tuple[str, ...], path: Path) -> str:
    if value not in choices:
        raise MeasureError(path, f"{value!r} is none of {', '.join(choices)}")
    return str(value)


def _codes(value: Any, path: Path) -> Iterator[str]:
    if not isinstance(value, list) or not all(isinstance(code, str) for code in value):
        raise MeasureError(path, "must be a list of codes")
    yield from value
