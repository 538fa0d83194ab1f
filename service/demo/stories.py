"""The stories of an invented Ambito: what happened in each case, drawn once from a fixed seed.

Plain data, told to the service through its own operations (`telling`) and counted by hand in the tests.
The autonomy projects are such that objective D2 comes out as Lodi published it: 100 projects of L. 112/2016, 14 Pro.Vi and
6 Reddito di autonomia, for 80 persons in the two first, of whom 16 left the family (20 %) and 64 took part in the budget
(80 %).
"""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

SEED = 20260101
FIRST, LAST = date(2021, 1, 4), date(2023, 12, 31)
AUTONOMY_PERSONS, SECOND_PROJECTS, PRO_VI_ONLY = 80, 24, 4
LASTING_EXITS, PARTICIPANTS, DDN_PAID, PRO_VI_PAID = 16, 64, 52, 9


@dataclass
class Path:
    """A pathway and its end."""

    kind: str
    from_on: date
    ended_on: date | None = None
    end_code: str = "completed"


@dataclass
class Exit:
    """The person left the family unit."""

    occurred_on: date
    destination: str = "cohousing"
    is_temporary: bool = False
    returned_on: date | None = None


@dataclass
class Story:
    """One case. Steps that did not happen are None; `person` numbers who it is about."""

    programme: str
    person: int
    referred_on: date
    signed_on: date | None = None
    started_on: date | None = None
    has_network: bool = False
    interventions: list[date] = field(default_factory=list)
    evaluations: list[tuple[str, int, date]] = field(default_factory=list)
    pathways: list[Path] = field(default_factory=list)
    exit: Exit | None = None
    takes_part_on: date | None = None
    money: tuple[str, Decimal, date] | None = None
    closed_on: date | None = None
    outcome: str | None = None


def stories() -> list[Story]:
    """All the stories, the same at every call."""
    draw = random.Random(SEED)
    return [*_pais(draw), *_autonomy(draw), *_reddito(draw), *_sil(draw), *_homeless(draw)]


def _later(day: date, draw: random.Random, least: int, most: int) -> date:
    return day + timedelta(days=draw.randint(least, most))


def _day(draw: random.Random, first: date, last: date) -> date:
    return first + timedelta(days=draw.randint(0, (last - first).days))


def _begin(draw: random.Random, programme: str, person: int, referred_on: date) -> Story:
    story = Story(programme, person, referred_on)
    story.signed_on = _later(referred_on, draw, 40, 75)
    story.started_on = _later(story.signed_on, draw, 1, 20)
    story.interventions = [_later(story.started_on, draw, 1, 50) for _ in range(2)]
    return story


def _judge(draw: random.Random, story: Story, on: date, chance: float) -> None:
    for judge in ("beneficiary", "operators"):
        story.evaluations.append((judge, draw.choice((4, 5)) if draw.random() < chance else draw.choice((1, 2, 3)), on))


def _close(story: Story, on: date, outcome: str) -> None:
    story.closed_on, story.outcome = on, outcome


def _pais(draw: random.Random) -> list[Story]:
    told = []
    for number in range(290):
        story = _begin(draw, "PAIS", 1000 + number, _day(draw, FIRST, date(2023, 9, 15)))
        story.has_network = draw.random() < 0.7
        if number % 29 == 0:  # some never sign
            story.signed_on = story.started_on = None
            story.interventions = []
            _close(story, _later(story.referred_on, draw, 80, 100), "irreperibile")
        elif story.started_on and story.started_on < date(2023, 3, 1) and draw.random() < 0.75:
            on = _later(story.started_on, draw, 180, 290)
            if draw.random() < 0.92:
                _judge(draw, story, on, 0.66)
            _close(story, on, draw.choice(("obiettivi_raggiunti", "obiettivi_raggiunti", "parzialmente_raggiunti")))
        told.append(story)
    return told


def _autonomy(draw: random.Random) -> list[Story]:
    persons = [2000 + number for number in range(AUTONOMY_PERSONS)]
    first = {person: _begin(draw, "DOPO_DI_NOI", person, _day(draw, FIRST, date(2021, 12, 20)))
             for person in persons[: AUTONOMY_PERSONS - PRO_VI_ONLY]}  # fmt: skip
    second = []
    for person in persons[:SECOND_PROJECTS]:
        closed_on = _later(first[person].started_on or LAST, draw, 300, 330)
        _judge(draw, first[person], closed_on, 0.8)
        _close(first[person], closed_on, "fine_progetto")
        second.append(_begin(draw, "DOPO_DI_NOI", person, _later(closed_on, draw, 5, 40)))
    pro_vi = [_begin(draw, "PRO_VI", person, _day(draw, FIRST, date(2022, 12, 20))) for person in persons[-14:]]
    told = [*first.values(), *second, *pro_vi]
    by_person = {story.person: story for story in reversed(told)}
    _live(draw, persons, by_person)
    _pay(draw, list(first.values())[:DDN_PAID], "DDN", Decimal("3000.00"))
    _pay(draw, pro_vi[:PRO_VI_PAID], "PRO_VI", Decimal("4800.00"))
    return told


def _live(draw: random.Random, persons: list[int], by_person: dict[int, Story]) -> None:
    """Who leaves home, for good or not, and who takes part in the budget."""
    shuffled = draw.sample(persons, len(persons))
    for place, person in enumerate(shuffled[: LASTING_EXITS + 6]):
        story = by_person[person]
        story.exit = Exit(
            _later(story.started_on or FIRST, draw, 20, 200), draw.choice(("cohousing", "palestra", "own_home"))
        )
        if LASTING_EXITS <= place < LASTING_EXITS + 4:
            story.exit.is_temporary = True
        elif place >= LASTING_EXITS + 4:
            story.exit.returned_on = _later(story.exit.occurred_on, draw, 30, 60)
    for person in draw.sample(persons, PARTICIPANTS):
        story = by_person[person]
        story.takes_part_on = story.signed_on


def _pay(draw: random.Random, told: list[Story], fund: str, amount: Decimal) -> None:
    for story in told:
        story.money = (fund, amount, _later(story.started_on or FIRST, draw, 10, 60))


def _reddito(draw: random.Random) -> list[Story]:
    return [
        _begin(draw, "REDDITO_AUTONOMIA", 3000 + number, _day(draw, FIRST, date(2023, 6, 1))) for number in range(6)
    ]


def _sil(draw: random.Random) -> list[Story]:
    told = []
    for number in range(320):
        story = _begin(draw, "SIL", 4000 + number, _day(draw, FIRST, date(2023, 6, 30)))
        story.has_network = draw.random() < 0.5
        kind = draw.choices(("inserimento_lavorativo", "socio_occupazionale", "formativo"), (82, 8, 10))[0]
        from_on = story.started_on or LAST
        path = Path(kind, from_on)
        ends_on = _later(from_on, draw, 200, 900)
        if ends_on < LAST - timedelta(days=30):
            path.ended_on, path.end_code = ends_on, draw.choices(("completed", "interrupted"), (80, 20))[0]
            if draw.random() < 0.95:
                _judge(draw, story, ends_on, 0.85 if path.end_code == "completed" else 0.3)
            if draw.random() < 0.6:
                _close(
                    story,
                    _later(ends_on, draw, 1, 25),
                    draw.choice(("assunzione", "obiettivi_raggiunti", "fine_percorso")),
                )
        story.pathways.append(path)
        if draw.random() < 0.18:
            begins_on = _later(from_on, draw, 5, 25)
            story.pathways.append(Path("esperienziale", begins_on, begins_on + timedelta(days=60)))
        told.append(story)
    return told


def _homeless(draw: random.Random) -> list[Story]:
    told = []
    for number in range(26):
        programme = "DIMISSIONI_PROTETTE" if number % 3 == 0 else "GRAVE_EMARGINAZIONE"
        story = _begin(draw, programme, 5000 + number, _day(draw, FIRST, date(2023, 8, 1)))
        if number % 4:
            on = _later(story.started_on or LAST, draw, 55, 90)
            _judge(draw, story, on, 0.8)
            _close(story, on, "obiettivi_raggiunti")
        told.append(story)
    return told
