"""The team of a modelled case: who is on it, who manages it, in whose charge it is, who sees it."""

from dataclasses import dataclass
from datetime import date

from tests.cases.cast import CAST, HERE, is_coordinator_of


@dataclass
class Member:
    """Somebody on the team over a period; who has no account there has no name here."""

    who: str | None
    component: str
    from_on: date
    to_on: date | None = None
    is_manager: bool = False


@dataclass
class Team:
    """What is known of it, and of the offer to pass the case to another service."""

    members: list[Member]
    service: str = HERE
    offered_to: str | None = None
    offered_on: date = date.min
    offers: int = 0
    managed_until: date = date.min
    changes: int = 0

    @property
    def manager(self) -> str | None:
        """The present case manager."""
        return next((one.who for one in self.members if one.is_manager and one.to_on is None), None)

    def works_on_it(self, who: str) -> bool:
        """Whether the case is theirs to work on: on its team, or in their service's charge."""
        return is_coordinator_of(who, self.service) or any(one.who == who and one.to_on is None for one in self.members)

    def sees(self, who: str) -> bool:
        """Whether the case exists for them: it is theirs, or it is offered to the service that they direct."""
        return self.works_on_it(who) or (self.offered_to is not None and is_coordinator_of(who, self.offered_to))

    def answers(self, who: str) -> bool:
        """Whether they answer for the case."""
        return is_coordinator_of(who, self.service) or who == self.manager

    def components_on(self, day: date) -> set[str]:
        """The components that the team has on a day."""
        return {one.component for one in self.members if one.from_on <= day and (one.to_on is None or day < one.to_on)}

    def wrong(self, who: str, act: str, on: date, detail: str) -> set[str]:
        """What is wrong with naming a manager, or with a step of a passage to another service."""
        return {"assign": self._wrong_assign, "transfer": self._wrong_offer}.get(act, self._wrong_decision)(
            who, act, on, detail
        )

    def _wrong_assign(self, who: str, _: str, on: date, detail: str) -> set[str]:
        wrong = set() if is_coordinator_of(who, self.service) else {"organisation_is_not_yours"}
        wrong |= {"case_has_this_manager"} if detail == self.manager else set()
        wrong |= {"#/user_id user_holds_no_role_there"} if CAST[detail].home != self.service else set()
        return wrong | ({"#/occurred_on date_is_before_last_step"} if on < self.managed_until else set())

    def _wrong_offer(self, who: str, _: str, __: date, detail: str) -> set[str]:
        wrong = set() if is_coordinator_of(who, self.service) else {"organisation_is_not_yours"}
        wrong |= {"#/to_service_id service_is_not_another"} if detail == self.service else set()
        return wrong | ({"transfer_is_open"} if self.offered_to is not None else set())

    def _wrong_decision(self, who: str, act: str, on: date, _: str) -> set[str]:
        if self.offered_to is None:
            return {"transfer_is_decided" if self.offers else "fact_is_unknown"}
        side = self.service if act == "take_back" else self.offered_to
        wrong = set() if is_coordinator_of(who, side) else {"organisation_is_not_yours"}
        return wrong | ({"#/occurred_on date_is_before_last_step"} if on < self.offered_on else set())

    def made(self, act: str, on: date, detail: str) -> None:
        """What a new manager, or a step of a passage, leaves."""
        self.changes += 1
        if act == "assign":
            self._end([one for one in self.members if one.is_manager], on)
            self.members.append(Member(detail, "social", on, is_manager=True))
        elif act == "transfer":
            self.offered_to, self.offered_on, self.offers = detail, on, self.offers + 1
        else:
            if act == "take" and self.offered_to is not None:
                self._change_hands(self.offered_to, on)
            self.offered_to = None

    def _change_hands(self, to: str, on: date) -> None:
        self._end([one for one in self.members if one.who and CAST[one.who].home == self.service], on)
        self.managed_until = max([one.to_on or date.min for one in self.members if one.is_manager], default=date.min)
        self.service = to

    def _end(self, members: list[Member], on: date) -> None:
        for one in members:
            one.to_on = one.to_on or max(on, one.from_on)
