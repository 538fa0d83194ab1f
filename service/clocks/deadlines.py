"""What is due: a rule and the facts that begin, stop, meet or waive its term make a deadline.

Pure and deterministic: the same facts and the same `on` give the same deadline, so nothing is stored. The state of a
deadline is derived, and an answer of last year can be computed again.

The fact that begins a term has three times: when it happened, when it arrived here, when it was recorded. The law counts
from when it happened, and so does `due_on`. The data of a platform may arrive with the term running, or over: so a delay
has two parts. `late_start_on` is the last day of the same term counted from the arrival; the days of delay up to it are
late **by the source**, those beyond it late **by the service**, which then had its whole term and overran it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Final, Literal, TypeAlias
from uuid import UUID

from service.clocks import calendars, rules
from service.clocks.calendars import Patron
from service.clocks.rules import Rule
from service.types import today

Status = Literal["open", "met", "late", "suspended", "waived"]
LateBy = Literal["source", "service"]
Pause: TypeAlias = tuple[date, date]
"""First and last day of a stop, both included."""

ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Anchor:
    """The fact from which a term runs. `kind` is the rule's `anchor`; days are of Europe/Rome, `recorded_at` is UTC.

    What is written of its term elsewhere, in a project say: `number`, an interval in the rule's unit that stands for the
    rule's own, and `last_on`, a day agreed for it, which counts where it comes before the interval is over.
    """

    kind: str
    id: UUID
    happened_on: date
    arrived_on: date
    recorded_at: datetime
    number: int | None = None
    last_on: date | None = None


@dataclass(frozen=True, slots=True)
class Met:
    """The fact that does what a rule asks: its day, and the instant at which it was recorded."""

    on: date
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Suspension:
    """The subject was suspended on these days, both included; still is, if `to_on` is None."""

    from_on: date
    to_on: date | None


@dataclass(frozen=True, slots=True)
class Waiver:
    """What the rule asks is no longer asked: a justified absence, an attestation of need, the end of the case."""

    on: date
    reason: str


@dataclass(frozen=True, slots=True)
class Deadline:
    """A term on a day. `late` are terms that passed unmet, whether done afterwards (`met_on`) or not yet.

    `late_days` (calendar days after `due_on`) are `source_days` and `service_days` together; `late_by` is "service" as
    soon as one of them is the service's. `late_start_on` is None where the anchor arrived on the day on which it happened.
    `effect` "block" says that something may not last beyond `due_on`, "none" that it is kept until then.
    """

    rule_id: str
    rule_version: int
    label: str
    subject: rules.Subject
    anchor_kind: str
    anchor_id: UUID
    anchored_on: date
    arrived_on: date
    recorded_on: date
    due_on: date
    late_start_on: date | None
    status: Status
    is_due_soon: bool
    met_on: date | None
    late_days: int
    late_by: LateBy | None
    source_days: int
    service_days: int
    waived_because: str | None
    consequence: str
    consequence_label: str
    effect: rules.Effect
    mark: rules.Mark
    source_note: str

    @property
    def message_code(self) -> str:
        """The code of the sentence that tells people (`texts.words`, with `message_values`)."""
        if self.effect == "none":
            return "deadline_keeps"
        if self.effect == "block" and self.status in ("open", "late"):
            return "deadline_blocks" if self.status == "late" else "deadline_is_a_limit"
        if self.status == "late":
            return "deadline_is_late" if self.met_on is None else "deadline_was_met_late"
        return "deadline_is_due_soon" if self.is_due_soon else _MESSAGES[self.status]

    @property
    def message_values(self) -> tuple[str, ...]:
        """The values of the sentence: label, last day, day on which it was met, days late: all, by source, by service."""
        days = (self.late_days, self.source_days, self.service_days)
        return (self.label, str(self.due_on), str(self.met_on or ""), *(str(number) for number in days))


_MESSAGES: Final[Mapping[Status, str]] = {
    "open": "deadline_is_open", "met": "deadline_is_met", "suspended": "deadline_is_suspended",
    "waived": "deadline_is_waived",
}  # fmt: skip


def deadline(
    rule: Rule,
    anchor: Anchor,
    *,
    on: date,
    met: Met | None = None,
    suspensions: Iterable[Suspension] = (),
    patron: Patron | None = None,
    waiver: Waiver | None = None,
) -> Deadline:
    """The deadline that a rule makes of these facts, as it stands `on` a day.

    `patron`: the feast of the municipality. What happens after `on` (the meeting, the waiver) is not known yet. A waiver
    counts unless the rule was met before. ValueError if the rule needs a number and the anchor says no term.
    """
    done_on = _done_on(rule, met, on)
    pauses = _pauses(suspensions, done_on or on) if rule.is_suspendable else []
    due = _due_on(rule, anchor, anchor.happened_on, pauses, patron)
    late_start = max(due, _due_on(rule, anchor, max(anchor.happened_on, anchor.arrived_on), pauses, patron))
    is_waived = waiver is not None and waiver.on <= on
    is_stopped = any(first <= on <= last for first, last in pauses)
    status = _status(rule, due, done_on, on, is_waived, is_stopped)
    late_days = ((done_on or on) - due).days if status == "late" else 0
    source_days = min(late_days, (late_start - due).days)
    return Deadline(
        rule_id=rule.id, rule_version=rule.version, label=rule.label, subject=rule.subject,
        anchor_kind=anchor.kind, anchor_id=anchor.id, anchored_on=anchor.happened_on, arrived_on=anchor.arrived_on,
        recorded_on=today(anchor.recorded_at), due_on=due,
        late_start_on=late_start if anchor.arrived_on > anchor.happened_on else None, status=status,
        is_due_soon=status == "open" and (due - on).days <= rule.lead_days and rule.consequence.effect != "none",
        met_on=done_on, late_days=late_days, late_by=_late_by(late_days, source_days), source_days=source_days,
        service_days=late_days - source_days, waived_because=waiver.reason if waiver and status == "waived" else None,
        consequence=rule.consequence.code, consequence_label=rule.consequence.label, effect=rule.consequence.effect,
        mark=rule.mark, source_note=rule.source_note,
    )  # fmt: skip


def repeated(
    rule_id: str,
    anchors: Iterable[Anchor],
    *,
    on: date,
    suspensions: Iterable[Suspension] = (),
    patron: Patron | None = None,
    waivers: Mapping[UUID, Waiver] = MappingProxyType({}),
) -> list[Deadline]:
    """The deadlines of a rule that repeats: each anchor meets the term of the one before and begins the next.

    One for each anchor that has happened `on` that day, oldest first; the last is the one that runs. Anchors are of one
    subject: presentations of one member, checks of one project; each says how long the term is that it begins, where that
    is written elsewhere. `waivers` are by the id of the anchor. The version is that of each anchor's day. ValueError if the
    rule doesn't repeat.
    """
    ordered = sorted((a for a in anchors if a.happened_on <= on), key=lambda a: (a.happened_on, a.recorded_at))
    following = [*(Met(anchor.happened_on, anchor.recorded_at) for anchor in ordered[1:]), None]
    stops, found = tuple(suspensions), []
    for anchor, met in zip(ordered, following, strict=False):
        version = rules.rule(rule_id, anchor.happened_on)
        if not version.repeats:
            raise ValueError(f"rule {rule_id} doesn't repeat")
        found.append(deadline(version, anchor, on=on, met=met, suspensions=stops, patron=patron,
                              waiver=waivers.get(anchor.id)))  # fmt: skip
    return found


def _done_on(rule: Rule, met: Met | None, on: date) -> date | None:
    """The day on which the rule was met, of the act or of its recording as the rule says; None if not by that day."""
    if met is None:
        return None
    day = today(met.recorded_at) if rule.met_by == "recording" else met.on
    return day if day <= on else None


def _status(rule: Rule, due: date, done_on: date | None, on: date, is_waived: bool, is_stopped: bool) -> Status:
    if done_on is not None:
        return "met" if done_on <= due else "late"
    if is_waived:
        return "waived"
    if on > due:
        return "met" if rule.consequence.effect == "none" else "late"
    return "suspended" if is_stopped else "open"


def _late_by(late_days: int, source_days: int) -> LateBy | None:
    if not late_days:
        return None
    return "service" if late_days > source_days else "source"


def _pauses(suspensions: Iterable[Suspension], until: date) -> list[Pause]:
    """The days not counted, in order and without overlaps; a suspension that still lasts has stopped the term so far."""
    merged: list[Pause] = []
    for first, last in sorted((stop.from_on, stop.to_on or until) for stop in suspensions):
        if last < first:
            continue  # it begins after the day that is asked about
        if merged and first <= merged[-1][1] + ONE_DAY:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return merged


def _due_on(rule: Rule, anchor: Anchor, begun_on: date, pauses: Sequence[Pause], patron: Patron | None) -> date:
    """The last day with the suspended days added; it slides at the end, and not into a suspension."""
    last = _written(rule, anchor, begun_on, patron)
    for first, until in pauses:
        last = _resumed(rule, last, max(first, begun_on + ONE_DAY), until, patron)
    due = calendars.add_days(last, 0, rule.slides, patron)
    for first, until in pauses:
        if last < first <= due <= until:
            due = calendars.add_days(until, 1, rule.slides, patron)
    return due


def _written(rule: Rule, anchor: Anchor, begun_on: date, patron: Patron | None) -> date:
    """The last day if nothing stops the term: that of its interval, or the one agreed where it comes before."""
    if anchor.last_on is not None and anchor.number is None and rule.number is None:
        return anchor.last_on
    last = rules.last_day(rule, begun_on, patron, anchor.number)
    return last if anchor.last_on is None else min(last, anchor.last_on)


def _resumed(rule: Rule, last: date, first: date, until: date, patron: Patron | None) -> date:
    """The last day of a term that stops on `first` and runs again after `until`."""
    if first > min(last, until):
        return last
    if rule.unit == "working_days":
        stopped = (first + timedelta(days=n) for n in range((last - first).days + 1))
        left = sum(calendars.is_working_day(day, patron) for day in stopped)
        return calendars.add_working_days(until, left, patron)
    return last + (until - first + ONE_DAY)
