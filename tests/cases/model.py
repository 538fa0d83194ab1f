"""A small model of a case, drawn from the programme's file: what each act must answer, and what it leaves."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from tests.cases.shipped import PROGRAMMES, after, allowed, milestones, outcomes, signers

WORK = {"accept", "convene", "analyse", "assess", "draft", "sign", "start", "record", "evaluate"}
MAY = {
    "worker": WORK, "manager": WORK | {"close"}, "deputy": WORK | {"close"},
    "coordinator": WORK | {"assign", "approve", "close"}, "member": {"convene", "analyse", "assess", "record", "evaluate"},
}  # fmt: skip
"""Who sees the case, and which acts are theirs: written here again, so that a slip in the service's table shows."""
SIGNERS = ("person", "legal_representative", "case_manager", "service")


@dataclass
class Model:
    """What is known of the case."""

    programme: str
    today: date
    last_on: date
    stage: str = ""
    version: int = 1
    manager: str | None = None
    components: set[str] = field(default_factory=lambda: {"social"})
    project: str | None = None
    author: str = ""
    project_version: int = 1
    number: int = 0
    approved_on: date = date.min
    is_over: bool = False
    signed: dict[str, date] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.first_on, self.stage = self.last_on, PROGRAMMES[self.programme]["first_stage"]

    @property
    def is_closed(self) -> bool:
        """Whether the case has reached its last stage."""
        return self.is_over

    def sees(self, who: str) -> bool:
        """Whether the case exists for them."""
        return who in ("worker", "coordinator", "member") or (who in ("manager", "deputy") and who == self.manager)

    def expects(self, who: str, act: str, on: date, *, is_stale: bool, detail: str) -> set[str]:
        """The codes, one of which the answer must have; `ok` for an act that must succeed."""
        if not self.sees(who):
            return {"case_is_unknown"}
        if act not in MAY[who]:
            return {"permission_is_missing"}
        if is_stale and act in ("accept", "assign", "start", "close"):
            return {"row_has_changed"}
        if self.is_closed:
            return {"case_is_closed"}
        wrong = self._wrong(who, act, on, is_stale=is_stale, detail=detail)
        return wrong or {"ok"}

    def _wrong(self, who: str, act: str, on: date, *, is_stale: bool, detail: str) -> set[str]:
        wrong: set[str] = set()
        answers_for_it = act == "start" or (act == "sign" and detail == "case_manager")
        if answers_for_it and who not in ("coordinator", self.manager):
            wrong.add("case_is_managed_by_another")
        if act == "assign" and detail == self.manager:
            wrong.add("case_has_this_manager")
        if act == "close":
            wrong |= self._wrong_outcome(detail)
        if act in ("draft", "approve", "sign"):
            wrong |= getattr(self, f"_wrong_{act}")(who, on, is_stale, detail)
        if not allowed(self.programme, act, self.stage) and (act != "sign" or self._completes(detail)):
            wrong.add("act_is_not_allowed_now")
        return wrong | self._wrong_date(act, on, detail)

    def _wrong_outcome(self, outcome: str) -> set[str]:
        fitting, others = outcomes(self.programme, self.stage)
        if outcome in fitting:
            return set()
        return {"outcome_is_not_allowed_now"} if outcome in others else {"#/outcome value_is_unknown"}

    def _wrong_draft(self, *_: object) -> set[str]:
        return {"version_is_open"} if self.project in ("draft", "approved") else set()

    def _wrong_approve(self, who: str, _: date, is_stale: bool, __: str) -> set[str]:
        if self.project is None:
            return {"version_is_unknown"}
        wrong = {"row_has_changed"} if is_stale else set()
        wrong |= {"version_is_in_another_state"} if self.project != "draft" else set()
        wrong |= {"author_may_not_approve"} if who == self.author else set()
        wrong |= (
            {"team_is_incomplete"} if set(PROGRAMMES[self.programme]["team_components"]) - self.components else set()
        )
        return wrong | ({"case_has_no_manager"} if self.manager is None else set())

    def _wrong_sign(self, who: str, on: date, is_stale: bool, signer: str) -> set[str]:
        if self.project is None:
            return {"version_is_unknown"}
        wrong = {"row_has_changed"} if is_stale else set()
        if self.project != "approved":
            return wrong | {"version_is_in_another_state"}
        wrong |= {"#/signer value_is_unknown"} if signer not in signers(self.programme) else set()
        wrong |= (
            {"case_is_managed_by_another"}
            if signer == "case_manager" and who not in ("coordinator", self.manager)
            else set()
        )
        wrong |= {"#/signed_on date_is_before_last_step"} if on < self.approved_on else set()
        return wrong | ({"signer_has_signed"} if signer in self.signed else set())

    def _completes(self, signer: str) -> bool:
        return set(signers(self.programme)) == {*self.signed, signer}

    def _wrong_date(self, act: str, on: date, detail: str) -> set[str]:
        pointer = {"draft": "#/drafted_on", "approve": "#/approved_on", "sign": "#/signed_on"}.get(act, "#/occurred_on")
        if on > self.today:
            return {f"{pointer} date_is_in_the_future"}
        if act in ("record", "evaluate"):
            return {f"{pointer} date_is_before_referral"} if on < self.first_on else set()
        if act == "sign":
            latest = max([on, *self.signed.values()])
            return (
                {f"{pointer} date_is_before_last_step"} if self._completes(detail) and latest < self.last_on else set()
            )
        wrong = {f"{pointer} date_is_before_last_step"} if on < self.last_on else set()
        # On an earlier day the members who came later are not there yet.
        return wrong | ({"team_is_incomplete"} if wrong and act == "approve" else set())

    def made(self, who: str, act: str, on: date, detail: str) -> None:
        """What an act that succeeded leaves."""
        if act in ("draft", "approve", "sign"):
            self._project_made(who, act, on, detail)
        if act == "sign":
            if self.project != "signed":
                return
            on = max(self.signed.values())
        if act == "assign":
            self.manager = detail
        if act not in ("record", "evaluate"):
            self.version += 1
        writes = (
            ends(self.programme, detail)["milestone"] if act == "close" else milestones(self.programme, act, self.stage)
        )
        if writes:
            self.last_on = max(self.last_on, on)
        self.is_over, self.stage = act == "close", self._after(act, detail)

    def _after(self, act: str, detail: str) -> str:
        stage = after(self.programme, act, self.stage)
        if act == "analyse":
            return leads_to(self.programme, detail)
        return str(ends(self.programme, detail).get("to", stage)) if act == "close" else stage

    def _project_made(self, who: str, act: str, on: date, signer: str) -> None:
        if act == "draft":
            self.project, self.author, self.signed = "draft", who, {}
            self.number, self.project_version = self.number + 1, 1
            return
        self.project_version += 1
        if act == "approve":
            self.project, self.approved_on = "approved", on
            return
        self.signed[signer] = on
        if set(self.signed) == set(signers(self.programme)):
            self.project = "signed"


def ends(programme: str, outcome: str) -> dict[str, Any]:
    """A closing outcome, as the file has it."""
    return next(one for one in PROGRAMMES[programme]["outcomes"] if one["code"] == outcome)


def leads_to(programme: str, outcome: str) -> str:
    """Where an outcome of the preliminary analysis leads."""
    return next(str(one["to"]) for one in PROGRAMMES[programme]["preliminary_outcomes"] if one["code"] == outcome)


def days(model: Model) -> dict[str, date]:
    """The days on which an act may be said to have happened."""
    return {
        "before the referral": model.first_on - timedelta(1), "the day before": model.last_on - timedelta(1),
        "the same day": model.last_on, "the day after": model.last_on + timedelta(1),
        "tomorrow": model.today + timedelta(1),
    }  # fmt: skip
