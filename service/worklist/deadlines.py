"""The legal terms of a case as they stand on a day, derived from its facts at each question and stored nowhere.

Every clock of the case's programme is asked, and those that run for anybody. A clock without a fact that begins it gives no
deadline, and neither does one that names a fact which no room keeps: it could never be met.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, TypeAlias
from uuid import UUID

from sqlalchemy.orm import Session

from service.cases.monitoring.rules import earliest_observation
from service.cases.programmes.rules import Clock
from service.clocks import rules
from service.clocks.deadlines import ONE_DAY, Anchor, Deadline, Met, Suspension, Waiver, deadline, repeated
from service.clocks.rules import Rule
from service.types import today
from service.worklist.queries import Followed
from service.worklist.sources import SUSPENSION, Fact, facts_of, in_order, known_names

EVERYWHERE: Final = (
    Clock("STP_ENI_RENEW", anchor="code_issued", met_by="code_issued"),
    Clock("GUARDIANSHIP_EXPIRY", anchor="guardianship_expiry", met_by=None),
)
"""What runs for whoever has such a code or such a guardian, whatever the programme."""
FOLLOW_UP: Final = Clock("FOLLOW_UP", anchor="concluded", met_by="follow_up")
OBSERVATION: Final = "observation_due"
"""The consequence of the terms that begin with an end, and so outlive the case."""
ENDS: Final = ("concluded", "abandoned", "transferred")
NEVER_AGAIN: Final = "case_is_closed"
ATTESTED: Final = "need_is_attested"

Facts: TypeAlias = Mapping[str, Sequence[Fact]]
"""The facts of one case by name, in order of days."""


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline of a case; `member_id` is the person for whom it runs, none where it is of the whole case. `number` tells
    apart the terms that one rule makes of one fact."""

    case: Followed
    clock: Clock
    member_id: UUID | None
    deadline: Deadline
    number: int | None = None

    @property
    def is_pending(self) -> bool:
        """Whether something is still to be done."""
        return self.deadline.met_on is None and self.deadline.status in ("open", "late", "suspended")


def deadlines_of(session: Session, cases: Sequence[Followed], on: date) -> list[Due]:
    """The deadlines of these cases as they stand on a day, case by case, the first to run out first."""
    facts = facts_of(session, [case.id for case in cases])
    return [due for case in cases for due in case_deadlines(case, facts[case.id], on)]


def case_deadlines(case: Followed, facts: Iterable[Fact], on: date) -> list[Due]:
    """The same of one case, from its facts."""
    named: dict[str, list[Fact]] = {}
    for fact in facts:
        named.setdefault(fact.name, []).append(fact)
    own = {clock.rule for clock in case.programme.clocks}
    clocks = (*case.programme.clocks, *(clock for clock in EVERYWHERE if clock.rule not in own))
    found = [due for clock in clocks for due in _of_clock(case, clock, named, on)]
    found += _follow_ups(case, named, found, on)
    return sorted(found, key=lambda due: (due.deadline.due_on, due.deadline.rule_id, due.deadline.anchor_id))


def _of_clock(case: Followed, clock: Clock, named: Facts, on: date) -> Iterator[Due]:
    if {clock.anchor, clock.met_by or clock.anchor} - known_names():
        return
    versions = rules.rules()[clock.rule]
    anchors = named.get(clock.anchor, ())
    if versions[0].repeats:
        yield from _repeating(case, clock, named, on)
        return
    for fact in anchors:
        rule = _version(clock.rule, fact.happened_on)
        begins = _begins(rule, fact, clock, named) if rule else None
        if rule and begins:
            yield _single(case, clock, rule, begins, named, on)


def _version(rule_id: str, on: date) -> Rule | None:
    return next((version for version in rules.rules()[rule_id] if version.holds_on(on)), None)


def _begins(rule: Rule, fact: Fact, clock: Clock, named: Facts) -> Fact | None:
    """The fact from which this version of the rule counts: another than the programme's where the rule names one.

    Applications for ADI up to 29/2/2024 run from the day on which INPS sent the data (note 6062 of 28/3/2024), later ones
    from the pact itself; which it is, the day of the application says.
    """
    other = rule.anchor.removesuffix("_on")
    if other == clock.anchor or other not in known_names():
        return fact
    return next((one for one in named.get(other, ()) if one.happened_on >= fact.happened_on), None)


def _single(
    case: Followed, clock: Clock, rule: Rule, begins: Fact, named: Facts, on: date, number: int | None = None
) -> Due:
    found = deadline(rule, _anchor(begins, number), on=on, met=_met(clock, rule, begins, named, number),
                     suspensions=_stops(named), patron=case.patron, waiver=_waiver(case, rule, on, begins))  # fmt: skip
    return Due(case, clock, begins.person_id if rule.subject == "member" else None, found, number)


def _met(clock: Clock, rule: Rule, begins: Fact, named: Facts, number: int | None) -> Met | None:
    """The first fact that does what the rule asks: of the same member, and not the one that began the term."""
    # What is signed already when the term begins is signed.
    earliest = date.min if clock.met_by == "signed" else begins.happened_on
    months = number or rule.number
    if rule.consequence.code == OBSERVATION and months:
        earliest = earliest_observation(earliest, months)
    for fact in named.get(clock.met_by or "", ()):
        is_of_another = None not in (fact.person_id, begins.person_id) and fact.person_id != begins.person_id
        if fact.id != begins.id and fact.happened_on >= earliest and not is_of_another:
            # What is renewed until a day to come is renewed when we are told.
            return Met(min(fact.happened_on, today(fact.recorded_at)), fact.recorded_at)
    return None


def _repeating(case: Followed, clock: Clock, named: Facts, on: date) -> Iterator[Due]:
    """A rule that repeats: by member where it is of each, from what begins its first term.

    Where the interval is written in the project, each version that is signed begins its own first term: a project that is
    agreed anew has been checked.
    """
    by_member: dict[UUID | None, list[Fact]] = {}
    known = rules.rules()[clock.rule][0]
    begun = named.get(clock.begun_by or "", ())
    for fact in (*(begun if known.number is None else begun[:1]), *named.get(clock.anchor, ())):
        if _version(clock.rule, fact.happened_on):
            by_member.setdefault(fact.person_id if known.subject == "member" else None, []).append(fact)
    waiver = _waiver(case, known, on)
    for member_id, facts in by_member.items():
        anchors = _reviews(case, clock, facts) if known.number is None else [_anchor(fact) for fact in facts]
        for found in repeated(clock.rule, anchors, on=on, suspensions=_stops(named), patron=case.patron,
                              waivers={fact.id: waiver for fact in facts} if waiver else {}):  # fmt: skip
            yield Due(case, clock, member_id, found)


def _reviews(case: Followed, clock: Clock, facts: Iterable[Fact]) -> list[Anchor]:
    """The signatures and the checks of a project as what begins the term of the next check: at the interval of the version
    in force, or of the programme where the project says none; on the day agreed, where it is still to come."""
    longest = case.programme.project.longest_review_months
    months, found = longest, []
    for fact in sorted(facts, key=in_order):
        months = fact.months or longest if fact.name == clock.begun_by else months
        next_on = fact.next_on if fact.next_on and fact.next_on > fact.happened_on else None
        if months or next_on:
            found.append(replace(_anchor(fact, months), last_on=next_on))
    return found


def _follow_ups(case: Followed, named: Facts, found: Sequence[Due], on: date) -> Iterator[Due]:
    """The observations that the programme asks for after the end, but those that a rule of its own asks for already."""
    end = named.get(FOLLOW_UP.anchor, ())[-1:]
    if not case.is_closed or not case.has_follow_up or not end:
        return
    asked = {rules.rule(due.clock.rule, due.deadline.anchored_on).number for due in found
             if due.deadline.consequence == OBSERVATION}  # fmt: skip
    for months in case.programme.follow_up_months:
        if months not in asked:
            rule = rules.rule(FOLLOW_UP.rule, end[0].happened_on)
            yield _single(case, FOLLOW_UP, rule, end[0], named, on, number=months)


def _waiver(case: Followed, rule: Rule, on: date, begins: Fact | None = None) -> Waiver | None:
    """The end of the case waives what is open, but for what is to be observed after it; a limit is waived where the public
    body in charge attests the need (State-Regions Agreement of 22/1/2015)."""
    if case.is_closed and (rule.consequence.code != OBSERVATION or not case.has_follow_up):
        return Waiver(on, NEVER_AGAIN)
    if begins is not None and begins.attested_on is not None and rule.consequence.effect == "block":
        return Waiver(begins.attested_on, ATTESTED)
    return None


def _stops(named: Facts) -> list[Suspension]:
    """The days on which nothing was asked: the suspensions, and the time between an end and a reopening."""
    stops = [
        Suspension(fact.happened_on, fact.to_on - ONE_DAY if fact.to_on else None) for fact in named.get(SUSPENSION, ())
    ]
    ends = [fact.happened_on for kind in ENDS for fact in named.get(kind, ())]
    for reopened in named.get("reopened", ()):
        before = [day for day in ends if day <= reopened.happened_on]
        if before:
            stops.append(Suspension(max(before), reopened.happened_on - ONE_DAY))
    return stops


def _anchor(fact: Fact, number: int | None = None) -> Anchor:
    return Anchor(fact.name, fact.id, fact.happened_on, fact.arrived_on, fact.recorded_at, number)
