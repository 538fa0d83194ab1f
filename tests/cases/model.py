"""A small model of a case, drawn from the programme's file: what each act must answer, and what it leaves."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from service.clocks.calendars import add_months
from tests.cases.cast import CAST, may
from tests.cases.model_project import POINTERS, Project
from tests.cases.model_team import Member, Team
from tests.cases.shipped import PROGRAMMES, codes, ends, leads_to, levels, milestones, months_after, move, outcomes

PASSAGE = ("transfer", "take", "turn_down", "take_back")
"""A case offered to another service, which takes it or turns it down; or the service takes its offer back."""
FACTS = ("record", "evaluate", "monitor", "follow_up")
"""What is recorded of a case without moving it, also when later steps are told already."""
OF_THE_VERSION = {"accept", "refuse", "assign", "start", "advance", "suspend", "resume", "close", "reopen", *PASSAGE}
"""Acts for who has read the case as it is now."""
AFTER_THE_END = ("reopen", "follow_up", "turn_down", "take_back")
ANSWERED_FOR = ("start", "suspend", "resume", "close", "reopen")


@dataclass
class Model:
    """What is known of the case."""

    programme: str
    today: date
    first_on: date
    version: int = 1
    stage_before: str | None = None
    is_closed: bool = False
    ended_on: date | None = None
    outcome: str = ""
    path: list[tuple[date, str]] = field(default_factory=list)
    checks: set[tuple[date, str]] = field(default_factory=set)
    observed: set[date] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.stage, self.project = PROGRAMMES[self.programme]["first_stage"], Project(self.programme)
        self.team = Team([Member("worker", "social", self.first_on)])
        self.path.append((self.first_on, "referred"))

    @property
    def last_on(self) -> date:
        """The day of the last step of the path."""
        return max(day for day, _ in self.path)

    @property
    def soonest(self) -> date:
        """The first day on which whatever comes next may happen."""
        return max(self.last_on, self.project.last_on, self.team.offered_on, self._observed_from)

    @property
    def _observed_from(self) -> date:
        """The first day on which who left may be observed: three months at most before the observation is due."""
        if not self.is_closed or self.ended_on is None:
            return date.min
        return add_months(self.ended_on, max(0, months_after(self.programme) - 3), slide=False)

    @property
    def is_final(self) -> bool:
        """Whether the case closed with an outcome after which nobody is observed."""
        return (
            self.is_closed and self.outcome != "" and not ends(self.programme, self.outcome).get("has_follow_up", True)
        )

    def expects(self, who: str, act: str, on: date, detail: str = "-", *, is_stale: bool = False) -> set[str]:
        """The codes, one of which the answer must have; `ok` for an act that must succeed."""
        gate = self._gate(who, act, is_stale=is_stale)
        return gate or self._wrong(who, act, on, detail, is_stale=is_stale) or {"ok"}

    def _gate(self, who: str, act: str, *, is_stale: bool) -> set[str]:
        """What is refused whatever the act says, the first reason alone."""
        reasons = {
            "case_is_unknown": not self.team.sees(who),
            "permission_is_missing": not may(who, act),
            "row_has_changed": is_stale and act in OF_THE_VERSION,
            "case_is_managed_by_another": not self.team.works_on_it(who) and act not in PASSAGE[1:],
            "case_is_closed": self.is_closed and act not in AFTER_THE_END,
        }
        return {next(code for code, is_so in reasons.items() if is_so)} if any(reasons.values()) else set()

    def _wrong(self, who: str, act: str, on: date, detail: str, *, is_stale: bool) -> set[str]:
        wrong = (
            self._wrong_detail(act, on, detail) | self._wrong_day(act, on, detail) | self._wrong_move(who, act, detail)
        )
        if act in POINTERS:
            wrong |= self.project.wrong(self.team, who, act, on, detail, is_stale=is_stale)
        if act in (*PASSAGE, "assign"):
            wrong |= self.team.wrong(who, act, on, detail)
        if act in ANSWERED_FOR and not self.team.answers(who):
            wrong.add("case_is_managed_by_another")
        return wrong

    def _wrong_move(self, who: str, act: str, detail: str) -> set[str]:
        if act in PASSAGE[1:] or (act == "sign" and not self.project.completes(detail)):
            return set()
        found = move(self.programme, act, self.stage, detail)
        if found is None:
            return {"act_is_not_allowed_now"}
        by = found.get("by", CAST[who].roles)
        return set() if set(by) & set(CAST[who].roles) else {"move_is_of_others"}

    def _wrong_detail(self, act: str, on: date, detail: str) -> set[str]:
        if act in ("refuse", "suspend", "analyse"):
            return set() if detail in codes(self.programme, act) else {
                "#/outcome value_is_unknown" if act == "analyse" else "#/reason value_is_unknown"
            }  # fmt: skip
        if act == "close":
            fitting, others = outcomes(self.programme, self.stage)
            wrong = "outcome_is_not_allowed_now" if detail in others else "#/outcome value_is_unknown"
            return set() if detail in fitting else {wrong}
        if act == "reopen":
            return set() if self.is_closed else {"case_is_open"}
        if act == "monitor":
            wrong = {"#/level value_is_unknown"} if detail not in levels(self.programme) else set()
            return wrong | ({"check_is_recorded"} if (on, detail) in self.checks else set())
        return self._wrong_observation(on, detail) if act == "follow_up" else set()

    def _wrong_observation(self, on: date, status: str) -> set[str]:
        if self.ended_on is None:
            return {"case_has_not_ended"}
        wrong = {"#/occurred_on date_is_before_last_step"} if on < self.ended_on else set()
        wrong |= {"#/occurred_on follow_up_is_too_early"} if self.ended_on <= on < self._observed_from else set()
        wrong |= {"outcome_has_no_follow_up"} if self.is_final else set()
        return wrong | ({"follow_up_is_recorded"} if status == "held" and self.ended_on in self.observed else set())

    def _wrong_day(self, act: str, on: date, detail: str) -> set[str]:
        pointer = POINTERS.get(act, "#/held_on" if act == "monitor" else "#/occurred_on")
        if on > self.today:
            return {f"{pointer} date_is_in_the_future"}
        if act in (*FACTS, "turn_down", "take_back"):
            return {f"{pointer} date_is_before_referral"} if on < self.first_on else set()
        if act == "sign":  # its day is the one on the paper, whatever was recorded since
            return set()
        return {f"{pointer} date_is_before_last_step"} if on < self.last_on else set()

    def made(self, who: str, act: str, on: date, detail: str) -> None:
        """What an act that succeeded leaves."""
        if act in POINTERS:
            self.project.made(who, act, on, detail)
        if act == "sign":
            if self.project.state != "signed":
                return
            on = max(self.project.signed.values())
        if act in (*PASSAGE, "assign"):
            self.team.made(act, on, detail)
        self._keep_fact(act, on, detail)
        end = ends(self.programme, detail) if act == "close" else {}
        written = milestones(self.programme, act, self.stage, detail) if self._writes(act, detail) else []
        self.path += [(on, kind) for kind in [*written, end.get("milestone")] if kind]
        self.ended_on = on if end.get("milestone") else self.ended_on
        self.version += act not in FACTS
        self._go_on(act, detail)

    def _writes(self, act: str, detail: str) -> bool:
        return act not in PASSAGE[1:] and (act != "follow_up" or detail == "held")

    def _keep_fact(self, act: str, on: date, detail: str) -> None:
        self.outcome = detail if act == "close" else "" if act in ("refuse", "reopen") else self.outcome
        if act == "monitor":
            self.checks.add((on, detail))
        if act == "follow_up" and detail == "held" and self.ended_on is not None:
            self.observed.add(self.ended_on)

    def _go_on(self, act: str, detail: str) -> None:
        """Where the case stands after the act: a pause and an end remember where it stood before."""
        stage, is_paused = self.stage, move(self.programme, "resume", self.stage) is not None
        if act in ("resume", "reopen"):
            self.stage, self.stage_before = self.stage_before or stage, None
        elif act == "analyse":
            self.stage = leads_to(self.programme, detail)
        else:
            leads = (move(self.programme, act, stage, detail) or {}).get("to", stage)
            self.stage = ends(self.programme, detail).get("to", leads) if act == "close" else leads
        if act in ("suspend", "refuse", "close") and not is_paused:
            self.stage_before = stage
        if act in ("refuse", "close", "reopen"):
            self.is_closed = act != "reopen"


DAYS = ("before the referral", "the day before", "the same day", "the soonest", "the day after", "tomorrow")


def days(model: Model) -> dict[str, date]:
    """The days on which an act may be said to have happened."""
    one = timedelta(1)
    return dict(zip(DAYS, (model.first_on - one, model.last_on - one, model.last_on, model.soonest, model.soonest + one,
                           model.today + one), strict=True))  # fmt: skip
