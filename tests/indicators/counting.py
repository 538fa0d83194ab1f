"""The indicators counted by hand: plain loops over plain rows, from the words that define each figure.

Nothing here is read from a plan's file; it is the second opinion that the compiled measures are held against.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

PERIOD = (date(2021, 1, 1), date(2023, 12, 31))
ENDS = ("concluded", "abandoned", "transferred")
POSITIVE_FROM = 4


@dataclass(frozen=True)
class Figure:
    """A figure: a count has no denominator."""

    value: Decimal | None
    numerator: int
    denominator: int | None
    missing: int | None


def _share(numerator: set[Any], denominator: set[Any], missing: set[Any] | None = None) -> Figure:
    assert numerator <= denominator
    value = _rounded(Decimal(100 * len(numerator)) / len(denominator)) if denominator else None
    return Figure(value, len(numerator), len(denominator), None if missing is None else len(missing))


def _count(counted: set[Any]) -> Figure:
    return Figure(Decimal(len(counted)), len(counted), None, None)


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)


class Count:
    """All the figures of Lodi 2021-2023 `on` a day as `known_at` an instant."""

    def __init__(self, rows: Mapping[str, list[Any]], on: date, known_at: datetime) -> None:
        self._rows, self.on, self.known_at = rows, on, known_at
        self.first, self.last = PERIOD[0], min(on, PERIOD[1])
        self._person = {row.id: row.person_id for row in rows["cases.cases"] if row.recorded_at <= known_at}
        self._programme = {row.id: row.programme for row in rows["cases.cases"]}
        self._known: dict[str, list[Any]] = {}
        self._steps: dict[UUID, list[Any]] = defaultdict(list)
        for row in self._facts("cases.milestones"):
            self._steps[row.case_id].append(row)

    def all(self) -> dict[str, Figure]:
        """Code -> figure."""
        return {
            "A1-OUT-1": self.signed_projects(), "A1-IMP-1": self.judged_by_the_beneficiary(),
            "A1-IMP-2": self.network_foreseen(), "A2-IMP-2": self.concluded_positively(),
            "C1-OUT-2": self.work_paths_by_year(), "C1-OUT-3": self.training_paths(),
            "C1-IMP-2": self.work_paths_concluded_positively(), "D2-OUT-1": self.users_of("DDN"),
            "D2-OUT-2": self.users_of("PRO_VI"), "D2-IMP-1": self.left_the_family_unit(),
            "D2-IMP-2": self.take_part_in_the_budget(),
        }  # fmt: skip

    # What is known, of whom, when.

    def _facts(self, table: str) -> list[Any]:
        if table not in self._known:
            self._known[table] = [
                row for row in self._rows[table]
                if row.recorded_at <= self.known_at
                and (getattr(row, "superseded_at", None) is None or row.superseded_at > self.known_at)
            ]  # fmt: skip
        return self._known[table]

    def _cases(self, *programmes: str) -> list[UUID]:
        return [case_id for case_id in self._person if self._programme[case_id] in programmes]

    def _group(self, code: str) -> list[UUID]:
        return self._cases(*(row.programme for row in self._rows["cases.programme_groups"] if row.group_code == code))

    def _in_window(self, day: date | None) -> bool:
        return day is not None and self.first <= day <= self.last

    def _days(self, case_id: UUID, *kinds: str) -> list[date]:
        return sorted(row.occurred_on for row in self._steps[case_id] if row.kind in kinds)

    def _first(self, case_id: UUID, kind: str) -> date | None:
        return next(iter(self._days(case_id, kind)), None)

    def _by_now(self, case_id: UUID, kind: str) -> bool:
        return any(day <= self.on for day in self._days(case_id, kind))

    def _is_active(self, case_id: UUID) -> bool:
        """Started by the end of the window, and not ended before it; a reopening takes the end away."""
        started = self._first(case_id, "started")
        if started is None or started > self.last:
            return False
        reopened = [day for day in self._days(case_id, "reopened") if day <= self.last]
        return not any(
            end < self.first and not any(day >= end for day in reopened) for end in self._days(case_id, *ENDS)
        )

    def _judgement(self, judge: str, *, case_id: UUID | None = None, pathway_id: UUID | None = None,
                   finals_only: bool = True) -> bool | None:  # fmt: skip
        """Whether the latest judgement by this judge is positive; None without one."""
        judged = [
            row for row in self._facts("cases.evaluations")
            if row.judge == judge and row.occurred_on <= self.on and (row.is_final or not finals_only)
            and row.pathway_id == pathway_id and (case_id is None or row.case_id == case_id)
        ]  # fmt: skip
        if not judged:
            return None
        return bool(max(judged, key=lambda row: (row.occurred_on, row.recorded_at)).value >= POSITIVE_FROM)

    def _people(self, case_ids: Iterable[UUID]) -> set[UUID]:
        return {self._person[case_id] for case_id in case_ids}

    # The figures.

    def signed_projects(self) -> Figure:
        """A1-OUT-1: projects of PAIS whose first signature is in the window."""
        return _count({case for case in self._cases("PAIS") if self._in_window(self._first(case, "signed"))})

    def judged_by_the_beneficiary(self) -> Figure:
        """A1-IMP-1: of the projects judged by the beneficiary in the window, those whose latest judgement is positive."""
        judged = {
            row.case_id for row in self._facts("cases.evaluations")
            if row.judge == "beneficiary" and row.pathway_id is None and self._in_window(row.occurred_on)
        } & set(self._cases("PAIS"))  # fmt: skip

        def latest(case: UUID) -> bool | None:
            return self._judgement("beneficiary", case_id=case, finals_only=False)

        missing = {
            case for case in self._cases("PAIS")
            if self._in_window(self._first(case, "concluded")) and latest(case) is None
        }  # fmt: skip
        return _share({case for case in judged if latest(case)}, judged, missing)

    def network_foreseen(self) -> Figure:
        """A1-IMP-2: of the projects started, those whose signed version names a body other than the service."""
        started = {case for case in self._cases("PAIS") if self._in_window(self._first(case, "started"))}
        service_of = {row.id: row.service_id for row in self._rows["cases.cases"]}
        signed = {
            row.id for row in self._rows["cases.project_versions"]
            if row.signed_on is not None and row.signed_on <= self.on and row.signed_at <= self.known_at
        }  # fmt: skip
        foreseen = {
            row.case_id for row in self._rows["cases.supports"]
            if row.version_id in signed and row.organisation_id not in (None, service_of[row.case_id])
        }  # fmt: skip
        return _share(started & foreseen, started)

    def concluded_positively(self) -> Figure:
        """A2-IMP-2: of the projects started, those concluded and judged positive by the beneficiary and the operators."""
        started = {case for case in self._group("SENZA_DIMORA") if self._in_window(self._first(case, "started"))}
        judged = {
            case: (self._judgement("beneficiary", case_id=case), self._judgement("operators", case_id=case))
            for case in started
            if self._by_now(case, "concluded")
        }
        return _share({case for case, both in judged.items() if all(both)}, started,
                      {case for case, both in judged.items() if None in both})  # fmt: skip

    def work_paths_by_year(self) -> Figure:
        """C1-OUT-2: mean over the full years of the persons with a job-placement path active in the year."""
        full = [year for year in (2021, 2022, 2023) if date(year, 12, 31) <= self.on]
        by_year = {year: self._on_work_paths(date(year, 1, 1), date(year, 12, 31)) for year in full}
        with_data = [len(people) for people in by_year.values() if people]
        value = _rounded(Decimal(sum(with_data)) / len(with_data)) if with_data else None
        return Figure(value, sum(with_data), len(with_data), len(full) - len(with_data))

    def _on_work_paths(self, first: date, last: date) -> set[UUID]:
        ended_before = {row.pathway_id for row in self._facts("cases.pathway_ends") if row.ended_on < first}
        cases = set(self._cases("SIL"))
        return self._people(
            row.case_id for row in self._facts("cases.pathways")
            if row.case_id in cases and row.kind == "inserimento_lavorativo"
            and row.from_on <= last and row.id not in ended_before
        )  # fmt: skip

    def _begun(self, *kinds: str) -> list[Any]:
        cases = set(self._cases("SIL"))
        return [row for row in self._facts("cases.pathways")
                if row.case_id in cases and row.kind in kinds and self._in_window(row.from_on)]  # fmt: skip

    def training_paths(self) -> Figure:
        """C1-OUT-3: persons who began a training or experiential path."""
        return _count(self._people(row.case_id for row in self._begun("formativo", "esperienziale")))

    def work_paths_concluded_positively(self) -> Figure:
        """C1-IMP-2: of the paths begun, those ended and judged positive by both; without a judgement of its own a path takes
        the final one of its project."""
        begun = self._begun("inserimento_lavorativo", "socio_occupazionale")
        ended = {row.pathway_id for row in self._facts("cases.pathway_ends") if row.ended_on <= self.on}

        def judged(path: Any, judge: str) -> bool | None:
            own = self._judgement(judge, pathway_id=path.id)
            return self._judgement(judge, case_id=path.case_id) if own is None else own

        both = {path.id: (judged(path, "beneficiary"), judged(path, "operators")) for path in begun if path.id in ended}
        return _share({path for path, two in both.items() if all(two)}, {path.id for path in begun},
                      {path for path, two in both.items() if None in two})  # fmt: skip

    def users_of(self, fund: str) -> Figure:
        """D2-OUT-1 and D2-OUT-2: persons of the autonomy projects for whom more money of a fund was liquidated in the window
        than taken back."""
        fund_of = {row.id: row.code for row in self._rows["budget.funds"]}
        of_allocation = {row.id: fund_of[row.fund_id] for row in self._rows["budget.allocations"]}
        due: dict[UUID | None, Decimal] = defaultdict(Decimal)
        entries = {row.id: row for row in self._rows["budget.entries"]}
        for row in self._facts("budget.entries"):
            of = (
                entries[row.parent_id] if row.kind == "reversal" else row
            )  # taken back on the day of what it takes back
            if (
                of.kind == "liquidation"
                and of_allocation[row.allocation_id] == fund
                and self._in_window(of.occurred_on)
            ):
                due[self._person.get(row.case_id)] += row.amount if of is row else -row.amount
        used = {person for person, amount in due.items() if amount > 0}
        return _count(used & self._people(self._group("AUTONOMIA")))

    def left_the_family_unit(self) -> Figure:
        """D2-IMP-1: of the persons with an active autonomy project, those who left their family in the window, to stay."""
        active = self._people(case for case in self._group("AUTONOMIA") if self._is_active(case))
        left = {
            self._person.get(row.case_id) for row in self._facts("cases.family_exits")
            if self._in_window(row.occurred_on) and not row.is_temporary
            and (row.returned_on is None or row.returned_on > self.on)
        }  # fmt: skip
        return _share(active & left, active)

    def take_part_in_the_budget(self) -> Figure:
        """D2-IMP-2: of the persons with an active and signed autonomy project, those who built, contribute to or manage its
        budget; who pays a line contributes from the day on which it was recorded."""
        signed = {case for case in self._group("AUTONOMIA") if self._is_active(case) and self._by_now(case, "signed")}
        part = {row.case_id for row in self._facts("budget.participations") if row.occurred_on <= self.on}
        part |= {
            row.case_id for row in self._facts("budget.lines")
            if row.source in ("person", "family")
            and row.recorded_at.astimezone(ZoneInfo("Europe/Rome")).date() <= self.on
        }  # fmt: skip
        return _share(self._people(signed & part), self._people(signed))
