"""Deadlines as an iCalendar file (RFC 5545): all-day events that name a rule and an opaque code, and nobody."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from icalendar import Alarm, Calendar, Event, vDuration

from service.cases.records.rules import case_code
from service.clocks import rules
from service.clocks.deadlines import Deadline
from service.worklist.deadlines import Due

REFRESH = timedelta(hours=6)


def calendar_of(dues: Iterable[Due], at: datetime) -> bytes:
    """The file, made at an instant (UTC)."""
    calendar = Calendar()
    calendar.add("prodid", "-//Trama//Scadenze//IT")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", "Trama: scadenze")
    calendar.add("refresh-interval", vDuration(REFRESH), parameters={"VALUE": "DURATION"})  # RFC 7986
    for due in dues:
        calendar.add_component(_event(due, at))
    content: bytes = calendar.to_ical()
    return content


def _event(due: Due, at: datetime) -> Event:
    found, code = due.deadline, case_code(due.case.id)
    event = Event()
    event.add("uid", f"{_uid(due)}@trama")
    event.add("dtstamp", at)
    event.add("dtstart", found.due_on)
    event.add("summary", f"{found.label} ({code})")
    if found.status == "late":
        event.add("description", f"In ritardo da {found.late_days} giorni.")
    event.add("class", "PRIVATE")
    event.add("transp", "TRANSPARENT")  # a last day keeps nobody busy
    event.add_component(_alarm(found))
    return event


def _alarm(found: Deadline) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", found.label)
    alarm.add("trigger", -timedelta(days=_lead_days(found)))
    return alarm


def _lead_days(found: Deadline) -> int:
    version = next(one for one in rules.rules()[found.rule_id] if one.version == found.rule_version)
    return version.lead_days


def _uid(due: Due) -> UUID:
    """The same for the same term at every reading, wherever its last day moves to; and of no use for finding the case."""
    parts = (due.deadline.rule_id, due.deadline.anchor_id, due.case.id, due.member_id, due.clock.anchor, due.number)
    return UUID(bytes=sha256("/".join(map(str, parts)).encode()).digest()[:16])
