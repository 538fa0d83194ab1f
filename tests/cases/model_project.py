"""The project of a modelled case: the state of its last version, what each act on it must answer, and what it leaves."""

from dataclasses import dataclass, field
from datetime import date

from tests.cases.cast import is_coordinator_of
from tests.cases.model_team import Team
from tests.cases.shipped import PROGRAMMES, components, signers

SIGNERS = ("person", "legal_representative", "case_manager", "service", "health_service")
POINTERS = {"draft": "#/drafted_on", "approve": "#/approved_on", "sign": "#/signed_on", "revoke": "#/revoked_on"}
"""Act -> where its body says the day."""


@dataclass
class Project:
    """What is known of the last version."""

    programme: str
    number: int = 0
    version: int = 1
    state: str | None = None
    author: str = ""
    drafted_on: date = date.min
    approved_on: date = date.min
    met_on: date | None = None
    signed: dict[str, date] = field(default_factory=dict)

    @property
    def last_on(self) -> date:
        """The day of its last step."""
        return max(self.drafted_on, self.approved_on, *self.signed.values())

    @property
    def needs_minutes(self) -> bool:
        """Whether it waits for a meeting, before it may be approved."""
        return bool(PROGRAMMES[self.programme]["project"].get("needs_minutes")) and self.met_on is None

    def completes(self, signer: str) -> bool:
        """Whether this signature is the last one that is awaited."""
        return set(signers(self.programme)) == {*self.signed, signer}

    def wrong(self, team: Team, who: str, act: str, on: date, detail: str, *, is_stale: bool) -> set[str]:
        """What is wrong with an act on the project."""
        if act == "draft":
            return {"version_is_open"} if self.state in ("draft", "approved") else set()
        if self.state is None:
            return {"version_is_unknown"}
        wrong = {"row_has_changed"} if is_stale else set()
        wrongs = {"approve": self._wrong_approve, "sign": self._wrong_sign, "revoke": self._wrong_revoke}
        return wrong | wrongs[act](team, who, on, detail)

    def _wrong_approve(self, team: Team, who: str, on: date, _: str) -> set[str]:
        wrong = set() if is_coordinator_of(who, team.service) else {"organisation_is_not_yours"}
        wrong |= {"version_is_in_another_state"} if self.state != "draft" else set()
        wrong |= {"author_may_not_approve"} if who == self.author else set()
        wrong |= {"team_is_incomplete"} if components(self.programme) - team.components_on(on) else set()
        wrong |= {"case_has_no_manager"} if team.manager is None else set()
        wrong |= {"#/approved_on date_is_before_last_step"} if on < self.drafted_on else set()
        is_met = self.met_on is not None and self.met_on <= on
        return wrong if is_met or not PROGRAMMES[self.programme]["project"].get("needs_minutes") else wrong | {
            "minutes_are_missing"
        }  # fmt: skip

    def _wrong_sign(self, team: Team, who: str, on: date, signer: str) -> set[str]:
        if self.state != "approved":
            return {"version_is_in_another_state"}
        wrong = {"#/signer value_is_unknown"} if signer not in signers(self.programme) else set()
        is_anothers = signer == "case_manager" and not team.answers(who)
        wrong |= {"case_is_managed_by_another"} if is_anothers else set()
        wrong |= {"#/signed_on date_is_before_last_step"} if on < self.approved_on else set()
        return wrong | ({"signer_has_signed"} if signer in self.signed else set())

    def _wrong_revoke(self, team: Team, who: str, on: date, _: str) -> set[str]:
        if self.state not in ("draft", "approved"):
            return {"version_is_in_another_state"}
        wrong = {"#/revoked_on date_is_before_last_step"} if on < self.last_on else set()
        if self.state == "approved" and not is_coordinator_of(who, team.service):
            wrong |= {"permission_is_missing", "organisation_is_not_yours"}
        return wrong

    def made(self, who: str, act: str, on: date, signer: str) -> None:
        """What an act that succeeded leaves."""
        if act == "draft":
            self.number, self.version, self.state, self.author = self.number + 1, 1, "draft", who
            self.drafted_on, self.approved_on, self.met_on, self.signed = on, date.min, None, {}
            return
        self.version += 1
        if act == "sign":
            self.signed[signer] = on
            self.state = "signed" if set(self.signed) == set(signers(self.programme)) else self.state
        else:
            self.state = {"approve": "approved", "revoke": "revoked"}[act]
            self.approved_on = on if act == "approve" else self.approved_on
