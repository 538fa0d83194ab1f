"""Random populations with a seed: lives of cases with their corrections, crowded around the days that decide a figure."""

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from tests.indicators.population import Population
from tests.world import World

PROGRAMMES = (
    "PAIS", "PAIS", "SIL", "SIL", "DOPO_DI_NOI", "PRO_VI", "GRAVE_EMARGINAZIONE", "DIMISSIONI_PROTETTE",
    "REDDITO_AUTONOMIA",
)  # fmt: skip
EDGES = tuple(
    date(year, month, day) for year in (2020, 2021, 2022, 2023) for month, day in ((12, 31), (6, 30))
) + tuple(date(year, month, day) for year in (2021, 2022, 2023, 2024) for month, day in ((1, 1), (7, 1)))
JUDGES = ("beneficiary", "operators")
KINDS = ("inserimento_lavorativo", "socio_occupazionale", "formativo", "esperienziale", "antidispersione")


class Invented:
    """Draws a population and writes it."""

    def __init__(self, world: World, seed: int, cases: int) -> None:
        self.draw = Random(seed)
        self.people = Population(world)
        self.instants: list[datetime] = []
        persons = [self.people.person() for _ in range(cases * 2 // 3)]
        for _ in range(cases):
            self._life(self.draw.choice(PROGRAMMES), self.draw.choice(persons))
        self.people.write()

    def day(self) -> date:
        """A day from 2020 to 2024, often one on which a period ends or begins."""
        if self.draw.random() < 0.4:
            return self.draw.choice(EDGES)
        return date(2020, 1, 1) + timedelta(days=self.draw.randrange(5 * 365))

    def instant(self, after: datetime | None = None) -> datetime:
        """An instant at which something is written, later than another."""
        begin = after or datetime(2020, 1, 1, tzinfo=UTC)
        found = begin + timedelta(seconds=self.draw.randrange(60, 500 * 86400), microseconds=self.draw.randrange(10**6))
        self.instants.append(found)
        return found

    def _perhaps(self, chance: float) -> bool:
        return self.draw.random() < chance

    def _corrected(self, write: Any, known: datetime) -> None:
        """Write a fact; sometimes it was wrong, and goes away or is replaced by another at the same instant."""
        if self._perhaps(0.7):
            write(recorded_at=known)
            return
        corrected = self.instant(known)
        write(recorded_at=known, superseded_at=corrected)
        if self._perhaps(0.7):
            write(recorded_at=corrected)

    def _life(self, programme: str, person: UUID) -> None:
        known = self.instant()
        case = self.people.case(programme, person, recorded_at=known)
        self._path(case, known)
        for _ in range(self.draw.randrange(4)):
            self._judge(case, known)
        for write in (self._version, self._paths, self._money, self._exit, self._part):
            if self._perhaps(0.6):
                write(case, known)
        self.people.intervention(case, self.day(), self.people.cooperative, recorded_at=known)

    def _path(self, case: UUID, known: datetime) -> None:
        """Steps in order, some weeks apart, so that a corrected date changes no order."""
        ends = ("concluded", "concluded", "concluded", "abandoned", "transferred")
        steps = ["referred", "signed", "started", self.draw.choice(ends), "reopened", self.draw.choice(ends)]
        day = self.day() - timedelta(days=200)
        for kind in steps[: self.draw.randrange(1, len(steps) + 1)]:
            is_last = not self._perhaps(0.9)
            day = max(day + timedelta(days=self.draw.randrange(45, 300)), self.day() if self._perhaps(0.5) else day)
            self._step(case, kind, day, known)
            known += timedelta(days=self.draw.randrange(1, 90))
            if is_last:
                break

    def _step(self, case: UUID, kind: str, day: date, known: datetime) -> None:
        if self._perhaps(0.8):
            self.people.milestone(case, kind, day, recorded_at=known)
            return
        corrected = known + timedelta(seconds=self.draw.randrange(1, 86400))
        self.instants.append(corrected)
        wrong = day + timedelta(days=self.draw.randrange(-20, 20))
        self.people.milestone(case, kind, wrong, recorded_at=known, superseded_at=corrected)
        self.people.milestone(case, kind, day, recorded_at=corrected)

    def _judge(self, case: UUID, known: datetime, pathway: UUID | None = None) -> None:
        for judge in JUDGES:
            if self._perhaps(0.75):
                self._corrected(
                    lambda judge=judge, **times: self.people.evaluation(
                        case, judge, self.draw.choice((2, 3, 4, 4, 5)), self.day(), pathway_id=pathway,
                        is_final=self._perhaps(0.8), **times),
                    self.instant(known),
                )  # fmt: skip

    def _version(self, case: UUID, known: datetime) -> None:
        for _ in range(self.draw.randrange(1, 3)):
            bodies = self.draw.choices((self.people.service, self.people.cooperative, None), k=self.draw.randrange(3))
            self.people.version(case, self.day(), bodies, recorded_at=self.instant(known))
        if self._perhaps(0.3):
            self.people.version(case, None, [self.people.cooperative], recorded_at=self.instant(known))

    def _paths(self, case: UUID, known: datetime) -> None:
        for _ in range(self.draw.randrange(1, 4)):
            begun, recorded = self.day(), self.instant(known)
            times = {"superseded_at": self.instant(recorded)} if self._perhaps(0.15) else {}
            path = self.people.pathway(case, self.draw.choice(KINDS), begun, recorded_at=recorded, **times)
            if self._perhaps(0.7):
                self._corrected(
                    lambda path=path, begun=begun, **times: self.people.pathway_end(
                        case, path, max(begun, self.day()), **times),
                    self.instant(recorded),
                )  # fmt: skip
            if self._perhaps(0.5):
                self._judge(case, recorded, path)

    def _money(self, case: UUID, known: datetime) -> None:
        fund = self.draw.choice(("DDN", "PRO_VI", "FNA"))
        for _ in range(self.draw.randrange(1, 4)):
            recorded, day = self.instant(known), self.day()
            reversal = (max(day, self.day()), self.instant(recorded)) if self._perhaps(0.3) else None
            self.people.liquidation(
                case, fund, f"{self.draw.randrange(1, 90)}.50", day, reversal=reversal, recorded_at=recorded
            )

    def _exit(self, case: UUID, known: datetime) -> None:
        def leave(**times: Any) -> None:
            left = self.day()
            back = left + timedelta(days=self.draw.randrange(700)) if self._perhaps(0.4) else None
            self.people.family_exit(case, left, is_temporary=self._perhaps(0.2), returned_on=back, **times)

        self._corrected(leave, self.instant(known))

    def _part(self, case: UUID, known: datetime) -> None:
        if self._perhaps(0.5):
            self._corrected(lambda **times: self.people.participation(case, self.day(), **times), self.instant(known))
        source = self.draw.choice(("person", "family", "comune", "volunteers"))
        self._corrected(lambda **times: self.people.line(case, source, **times), self.instant(known))
