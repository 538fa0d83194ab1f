"""Deadlines: what each rule of the table makes of its facts, who is late, and what holds for every rule and day."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from service.clocks import calendars, rules
from service.clocks.calendars import Patron, patron_of
from service.clocks.deadlines import Anchor, Deadline, Met, Suspension, Waiver, deadline, repeated
from service.texts import words
from service.types import new_id

LODI = (1, 19)


def noon(day: date) -> datetime:
    """An instant of that day."""
    return datetime(day.year, day.month, day.day, 11, tzinfo=UTC)


def anchor(
    day: date, *, arrived_on: date | None = None, kind: str = "fact", number: int | None = None, last_on: date | None = None
) -> Anchor:  # fmt: skip
    """A fact that arrived on the day on which it happened, unless told otherwise."""
    arrived = arrived_on or day
    return Anchor(kind, new_id(), day, arrived, noon(arrived), number, last_on)


def met(day: date) -> Met:
    """Done and recorded on that day."""
    return Met(day, noon(day))


def made(
    rule_id: str, day: date, on: date, *, arrived_on: date | None = None, done: date | None = None,
    stops: tuple[tuple[date, date | None], ...] = (), number: int | None = None, waiver: Waiver | None = None,
    patron: Patron | None = None,
) -> Deadline:  # fmt: skip
    """The deadline of a rule, by the version of the anchor's day."""
    return deadline(
        rules.rule(rule_id, day), anchor(day, arrived_on=arrived_on, number=number), on=on, met=met(done) if done else None,
        suspensions=[Suspension(*stop) for stop in stops], waiver=waiver, patron=patron,
    )  # fmt: skip


@dataclass(frozen=True)
class Row:
    """A row of the table of deadlines: an anchor, the last day, what follows, and where that is written."""

    rule: str
    source: str
    day: date
    due: date
    consequence: str
    mark: str
    number: int | None = None

    def __str__(self) -> str:
        return f"{self.rule}: {self.source}"


TABLE = [
    Row("ADI_FIRST_CONVENE", "Guidelines of DM 72 of 2 May 2024", date(2026, 1, 15), date(2026, 3, 16), "alert", "S2"),
    Row("ADI_FIRST_APPT", "note 6062 of 28/3/2024", date(2024, 1, 10), date(2024, 5, 9), "suspension", "S2"),
    Row("ADI_FIRST_APPT", "INPS msg 2132 of 5/6/2024", date(2024, 3, 1), date(2024, 7, 1), "suspension", "S2"),
    Row("ADI_PAIS_SIGN", "120 days after the first appointment", date(2026, 2, 2), date(2026, 6, 3), "alert", "S2"),
    Row("ADI_CHECK_90", "D.L. 48/2023 art. 4", date(2026, 1, 5), date(2026, 4, 7), "suspension", "S2"),
    Row("ADI_NO_SHOW", "D.L. 48/2023 art. 8 c. 6 lett. a", date(2026, 4, 7), date(2026, 4, 7), "loss_of_benefit", "S"),
    Row("D147_SIGN", "D.Lgs 147/2017 art. 6", date(2025, 12, 22), date(2026, 1, 23), "alert", "S"),
    Row("GEPI_CUTOFF", "worked by INPS in the same month", date(2026, 7, 21), date(2026, 8, 20), "info", "S2"),
    Row("TIR_MAX_24M", "State-Regions Agreement of 22/1/2015", date(2024, 2, 29), date(2026, 2, 28),
        "block_unless_attested", "S"),
    Row("D62_PROC", "D.Lgs 62/2024 art. 23", date(2026, 9, 5), date(2027, 1, 4), "alert", "K"),
    Row("D62_MONITOR", "DM 197 of 12/11/2024", date(2026, 7, 1), date(2026, 12, 31), "report", "S"),
    Row("REVIEW_NEXT", "written in the project", date(2026, 1, 31), date(2026, 4, 30), "alert", "D", 3),
    Row("SIL_FOLLOWUP", "as in a Lombardy programme", date(2025, 8, 31), date(2026, 3, 2), "observation_due", "S2"),
    Row("SIL_FOLLOWUP_12", "of this software", date(2025, 6, 2), date(2026, 6, 3), "observation_due", "D"),
    Row("FOLLOW_UP", "written in the programme", date(2025, 1, 15), date(2026, 7, 15), "observation_due", "D", 18),
    Row("ISEE_EXPIRY", "31 December of the year of the DSU", date(2026, 1, 1), date(2026, 12, 31), "warning", "K"),
    Row("CERT_REVIEW", "The date written on the certificate", date(2026, 8, 15), date(2026, 8, 15), "warning", "D"),
    Row("GUARDIANSHIP_EXPIRY", "written in the court's decree", date(2026, 12, 27), date(2026, 12, 27), "warning", "D"),
    Row("STP_ENI_RENEW", "last six months", date(2025, 8, 31), date(2026, 2, 28), "warning", "S"),
    Row("PRIV_ACCESS_REPORT", "Garante, dossier guidelines", date(2026, 9, 19), date(2026, 10, 5), "dpo_alert", "S"),
    Row("PRIV_ACCESS_REPORT_COMPLEX", "when the request is complex", date(2026, 1, 15), date(2026, 2, 16), "dpo_alert", "S"),
    Row("BREACH_NOTIFY", "GDPR art. 33", date(2026, 4, 3), date(2026, 4, 6), "dpo_alert", "K"),
    Row("LOG_ACCESS_KEEP", "kept at least 24 months", date(2026, 1, 15), date(2028, 1, 15), "purge_guard", "S"),
    Row("LOG_ADMIN_KEEP", "kept at least 6 months", date(2026, 1, 15), date(2026, 7, 15), "purge_guard", "S"),
    Row("ADMIN_YEARLY", "measure of 27 November 2008", date(2026, 1, 15), date(2027, 1, 15), "alert", "S"),
]  # fmt: skip


def test_every_version_of_every_rule_has_its_row() -> None:
    known = {(rule.id, rule.version) for versions in rules.rules().values() for rule in versions}
    assert {(row.rule, rules.rule(row.rule, row.day).version) for row in TABLE} == known


@pytest.mark.parametrize("row", TABLE, ids=str)
def test_a_rule_is_due_and_passes_as_its_source_says(row: Row) -> None:
    rule = rules.rule(row.rule, row.day)
    assert row.source in rule.source_note
    on_time = made(row.rule, row.day, row.due, number=row.number)
    passed = made(row.rule, row.day, row.due + timedelta(days=1), number=row.number)
    assert (on_time.due_on, on_time.status, on_time.late_days) == (row.due, "open", 0)
    assert (passed.consequence, passed.mark, passed.rule_version) == (row.consequence, row.mark, rule.version)
    if passed.effect == "none":
        assert (passed.status, on_time.is_due_soon) == ("met", False)  # kept long enough
    else:
        assert (passed.status, passed.late_days, on_time.is_due_soon) == ("late", 1, True)


@pytest.mark.parametrize("row", TABLE, ids=str)
def test_what_is_done_on_the_last_day_is_met_and_the_day_after_is_late(row: Row) -> None:
    later = row.due + timedelta(days=1)
    on = row.due + timedelta(days=30)
    assert made(row.rule, row.day, on, number=row.number, done=row.due).status == "met"
    late = made(row.rule, row.day, on, number=row.number, done=later)
    assert (late.status, late.met_on, late.late_days, late.late_by) == ("late", later, 1, "service")


def test_what_was_done_later_was_not_done_yet() -> None:
    signed = {"done": date(2026, 6, 10)}
    assert made("ADI_PAIS_SIGN", date(2026, 2, 2), date(2026, 6, 3), **signed).status == "open"
    assert made("ADI_PAIS_SIGN", date(2026, 2, 2), date(2026, 6, 4), **signed).met_on is None
    assert made("ADI_PAIS_SIGN", date(2026, 2, 2), date(2026, 6, 10), **signed).late_days == 7


def test_it_is_due_soon_within_the_lead_of_its_rule() -> None:
    lead = rules.rule("ADI_CHECK_90", date(2026, 1, 5)).lead_days
    soon = date(2026, 4, 7) - timedelta(days=lead)
    assert made("ADI_CHECK_90", date(2026, 1, 5), soon).is_due_soon
    assert not made("ADI_CHECK_90", date(2026, 1, 5), soon - timedelta(days=1)).is_due_soon
    assert not made("ADI_CHECK_90", date(2026, 1, 5), date(2026, 4, 8)).is_due_soon  # late, not soon


# Late by whom.


def test_data_that_arrive_when_the_term_has_run_out_are_late_by_the_source() -> None:
    """Signed on 15 January, known here on 1 June: the appointment was due by 15 May and is late before anybody can act."""
    late = made("ADI_FIRST_APPT", date(2026, 1, 15), date(2026, 6, 1), arrived_on=date(2026, 6, 1))
    assert (late.due_on, late.late_start_on) == (date(2026, 5, 15), date(2026, 9, 29))
    assert (late.late_days, late.late_by, late.source_days, late.service_days) == (17, "source", 17, 0)


def test_data_that_arrive_with_few_days_left_are_late_by_the_source_until_a_whole_term_has_run() -> None:
    known = {"arrived_on": date(2026, 5, 10)}
    last = date(2026, 9, 7)
    in_term = made("ADI_FIRST_APPT", date(2026, 1, 15), last, done=last, **known)
    assert (in_term.late_by, in_term.source_days, in_term.service_days) == ("source", 115, 0)
    beyond = made("ADI_FIRST_APPT", date(2026, 1, 15), date(2026, 10, 1), done=date(2026, 9, 10), **known)
    assert (beyond.late_by, beyond.source_days, beyond.service_days) == ("service", 115, 3)


def test_data_that_arrive_at_once_leave_no_delay_to_the_source() -> None:
    late = made("ADI_FIRST_APPT", date(2026, 1, 15), date(2026, 6, 1))
    assert (late.late_start_on, late.late_by, late.source_days, late.service_days) == (None, "service", 0, 17)


def test_days_between_arrival_and_record_are_the_services() -> None:
    known = Anchor("pad_signed_on", new_id(), date(2026, 1, 15), date(2026, 1, 16), noon(date(2026, 5, 30)))
    late = deadline(rules.rule("ADI_FIRST_APPT", date(2026, 1, 15)), known, on=date(2026, 6, 1))
    assert late.recorded_on == date(2026, 5, 30)
    assert (late.source_days, late.service_days) == (3, 14)  # the arrival's term would have slid to Monday 18 May


# Stops, waivers, limits.


def test_a_suspension_stops_the_term_and_says_so_while_it_lasts() -> None:
    stop = ((date(2026, 2, 10), None),)
    first = made("REVIEW_NEXT", date(2026, 1, 15), date(2026, 2, 19), number=3, stops=stop)
    assert (first.status, first.due_on) == ("suspended", date(2026, 4, 27))  # ten days; Saturday 25 April
    resumed = ((date(2026, 2, 10), date(2026, 3, 1)),)
    second = made("REVIEW_NEXT", date(2026, 1, 15), date(2026, 3, 2), number=3, stops=resumed)
    assert (second.status, second.due_on) == ("open", date(2026, 5, 5))


def test_a_term_in_working_days_loses_none_of_them_to_a_suspension() -> None:
    """Five working days have run; the other fifteen run after it, whatever the days in between were."""
    plain = made("D147_SIGN", date(2026, 3, 2), date(2026, 3, 2))
    stopped = made("D147_SIGN", date(2026, 3, 2), date(2026, 3, 2), stops=((date(2026, 3, 10), date(2026, 4, 6)),))
    assert plain.due_on == date(2026, 3, 30)
    assert stopped.due_on == calendars.add_working_days(date(2026, 4, 6), 15) == date(2026, 4, 27)


def test_a_term_that_ran_out_is_not_saved_by_a_later_suspension() -> None:
    late = made("REVIEW_NEXT", date(2026, 1, 15), date(2026, 5, 1), number=3, stops=((date(2026, 4, 20), None),))
    assert (late.status, late.due_on) == ("late", date(2026, 4, 15))


def test_a_last_day_does_not_slide_into_a_suspension() -> None:
    """Day 120 is Sunday 3 May; the Monday on which it would end is suspended."""
    slid = made("ADI_PAIS_SIGN", date(2026, 1, 3), date(2026, 5, 4), stops=((date(2026, 5, 4), date(2026, 5, 8)),))
    assert (slid.due_on, slid.status) == (date(2026, 5, 11), "suspended")


@pytest.mark.parametrize(
    ("rule", "due"),
    [("ADI_PAIS_SIGN", date(2026, 7, 10)), ("D147_SIGN", date(2026, 4, 10))],
    ids=["days", "working days"],
)
def test_of_a_suspension_that_was_there_before_only_what_follows_the_anchor_counts(rule: str, due: date) -> None:
    """From 2 March to the 12th: ten days of it, not those of February."""
    stops = ((date(2026, 2, 1), date(2026, 3, 12)),)
    assert made(rule, date(2026, 3, 2), date(2026, 3, 2), stops=stops).due_on == due
    over = ((date(2026, 2, 1), date(2026, 3, 2)),)
    assert (
        made(rule, date(2026, 3, 2), date(2026, 3, 2), stops=over).due_on
        == made(rule, date(2026, 3, 2), date(2026, 3, 2)).due_on
    )


def test_overlapping_suspensions_count_their_days_once() -> None:
    twice = ((date(2026, 2, 1), date(2026, 2, 10)), (date(2026, 2, 5), date(2026, 2, 14)))
    once = ((date(2026, 2, 1), date(2026, 2, 14)),)
    dues = {made("ADI_PAIS_SIGN", date(2026, 1, 3), date(2026, 3, 1), stops=stops).due_on for stops in (twice, once)}
    assert dues == {date(2026, 5, 18)}  # Sunday 17 May


def test_a_term_that_inps_counts_runs_on_while_the_case_is_suspended() -> None:
    stop = ((date(2026, 2, 1), date(2026, 3, 1)),)
    assert made("ADI_CHECK_90", date(2026, 1, 5), date(2026, 2, 10), stops=stop).due_on == date(2026, 4, 7)
    assert made("ADI_CHECK_90", date(2026, 1, 5), date(2026, 2, 10), stops=stop).status == "open"


def test_who_does_not_come_without_a_reason_loses_the_benefit_and_a_reason_waives_it() -> None:
    day, reason = date(2026, 4, 7), Waiver(date(2026, 4, 9), "health")
    assert made("ADI_NO_SHOW", day, date(2026, 4, 8)).consequence == "loss_of_benefit"
    assert made("ADI_NO_SHOW", day, date(2026, 4, 8), waiver=reason).status == "late"  # not given yet
    excused = made("ADI_NO_SHOW", day, date(2026, 4, 9), waiver=reason)
    assert (excused.status, excused.late_days, excused.waived_because) == ("waived", 0, "health")
    assert made("ADI_NO_SHOW", day, date(2026, 4, 9), done=day, waiver=reason).status == "met"


def test_a_traineeship_goes_beyond_24_months_only_with_an_attestation() -> None:
    limit = made("TIR_MAX_24M", date(2024, 3, 1), date(2026, 2, 1))
    assert (limit.effect, limit.due_on) == ("block", date(2026, 3, 1))
    attested = Waiver(date(2026, 2, 1), "attestation of need")
    assert made("TIR_MAX_24M", date(2024, 3, 1), date(2027, 3, 1), waiver=attested).status == "waived"
    assert made("ADI_CHECK_90", date(2026, 1, 5), date(2027, 1, 1)).effect != "block"  # late, not forbidden


def test_presentations_recorded_by_day_20_in_rome_are_worked_in_the_same_month() -> None:
    rule, on = rules.rule("GEPI_CUTOFF", date(2026, 7, 6)), date(2026, 8, 1)
    presented = anchor(date(2026, 7, 6))
    before_midnight = Met(date(2026, 7, 6), datetime(2026, 7, 20, 21, 59, tzinfo=UTC))
    after_midnight = Met(date(2026, 7, 6), datetime(2026, 7, 20, 22, 1, tzinfo=UTC))
    assert deadline(rule, presented, on=on, met=before_midnight).status == "met"
    late = deadline(rule, presented, on=on, met=after_midnight)
    assert (late.status, late.met_on, late.consequence) == ("late", date(2026, 7, 21), "info")


# Clocks that begin again.


def test_each_presentation_ends_a_clock_and_begins_the_next() -> None:
    days = [date(2026, 1, 5), date(2026, 3, 2), date(2026, 7, 1)]
    found = repeated("ADI_CHECK_90", [anchor(day) for day in reversed(days)], on=date(2026, 7, 15))
    assert [(one.anchored_on, one.status, one.met_on) for one in found] == [
        (days[0], "met", days[1]), (days[1], "late", days[2]), (days[2], "open", None),
    ]  # fmt: skip
    assert [one.due_on for one in found] == [date(2026, 4, 7), date(2026, 6, 1), date(2026, 9, 29)]


def test_a_clock_is_asked_as_of_a_day_when_later_facts_are_not_there_yet() -> None:
    anchors = [anchor(date(2026, 1, 5)), anchor(date(2026, 3, 2))]
    assert [one.status for one in repeated("ADI_CHECK_90", anchors, on=date(2026, 3, 1))] == ["open"]
    assert repeated("ADI_CHECK_90", [], on=date(2026, 3, 1)) == []


def test_reviews_follow_the_interval_of_the_project_and_a_waiver_is_of_one_term() -> None:
    checks = [anchor(date(2026, 1, 15), number=3), anchor(date(2026, 5, 4), number=2)]
    waivers = {checks[1].id: Waiver(date(2026, 6, 1), "case_is_closed")}
    found = repeated("REVIEW_NEXT", checks, on=date(2026, 12, 1), waivers=waivers)
    assert [(one.due_on, one.status) for one in found] == [(date(2026, 4, 15), "late"), (date(2026, 7, 6), "waived")]


@pytest.mark.parametrize(
    ("number", "last_on", "due"),
    [
        (3, date(2026, 2, 20), date(2026, 2, 20)),
        (3, date(2026, 2, 21), date(2026, 2, 23)),  # a Saturday
        (3, date(2026, 7, 1), date(2026, 4, 15)),  # the interval is the longest
        (None, date(2026, 7, 1), date(2026, 7, 1)),
    ],
)
def test_a_day_agreed_counts_where_it_comes_before_the_interval_is_over(
    number: int | None, last_on: date, due: date
) -> None:
    known = anchor(date(2026, 1, 15), number=number, last_on=last_on)
    assert deadline(rules.rule("REVIEW_NEXT", due), known, on=date(2026, 1, 16)).due_on == due


def test_a_suspension_moves_a_day_agreed_too() -> None:
    known = anchor(date(2026, 1, 15), number=3, last_on=date(2026, 2, 20))
    stop = Suspension(date(2026, 2, 2), date(2026, 2, 8))
    found = deadline(rules.rule("REVIEW_NEXT", known.happened_on), known, on=date(2026, 2, 9), suspensions=[stop])
    assert found.due_on == date(2026, 2, 27)


def test_a_rule_that_does_not_repeat_makes_no_chain() -> None:
    with pytest.raises(ValueError, match="D147_SIGN doesn't repeat"):
        repeated("D147_SIGN", [anchor(date(2026, 1, 5))], on=date(2026, 3, 1))


# The calendar.


@pytest.mark.parametrize(
    ("rule", "day", "due", "patron"),
    [
        ("ADI_CHECK_90", date(2026, 1, 6), date(2026, 4, 7), None),  # Easter Monday, 6 April
        ("ADI_PAIS_SIGN", date(2026, 2, 2), date(2026, 6, 3), None),  # 2 June
        ("PRIV_ACCESS_REPORT", date(2027, 9, 19), date(2027, 10, 5), None),  # San Francesco, Monday 4 October 2027
        ("PRIV_ACCESS_REPORT", date(2021, 9, 19), date(2021, 10, 4), None),  # no holiday before 2026
        ("PRIV_ACCESS_REPORT", date(2026, 1, 4), date(2026, 1, 20), "098031"),  # San Bassiano, at Lodi
        ("PRIV_ACCESS_REPORT", date(2026, 1, 4), date(2026, 1, 19), None),
        ("PRIV_ACCESS_REPORT", date(2026, 11, 22), date(2026, 12, 9), "015146"),  # Sant'Ambrogio, then the Immacolata
        ("PRIV_ACCESS_REPORT", date(2026, 12, 10), date(2026, 12, 28), None),  # Christmas, Santo Stefano, Sunday
        ("PRIV_ACCESS_REPORT", date(2026, 12, 17), date(2027, 1, 4), None),  # Capodanno, and the week-end
        ("PRIV_ACCESS_REPORT", date(2026, 3, 16), date(2026, 3, 31), None),  # through the day of 23 hours
        ("PRIV_ACCESS_REPORT", date(2026, 10, 15), date(2026, 10, 30), None),  # through the day of 25
        ("BREACH_NOTIFY", date(2026, 3, 27), date(2026, 3, 30), None),
    ],
)
def test_the_last_day_is_one_on_which_offices_work(rule: str, day: date, due: date, patron: str | None) -> None:
    assert made(rule, day, day, patron=patron_of(patron) if patron else None).due_on == due


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (datetime(2026, 1, 15, 22, 59, tzinfo=UTC), date(2026, 1, 15)),
        (datetime(2026, 1, 15, 23, 0, tzinfo=UTC), date(2026, 1, 16)),
        (datetime(2026, 3, 29, 22, 0, tzinfo=UTC), date(2026, 3, 30)),
        (datetime(2026, 10, 25, 22, 30, tzinfo=UTC), date(2026, 10, 25)),
        (datetime(2026, 12, 31, 23, 0, tzinfo=UTC), date(2027, 1, 1)),
    ],
)
def test_the_day_of_a_record_is_that_of_rome(at: datetime, day: date) -> None:
    recorded = replace(anchor(date(2026, 1, 1)), recorded_at=at)
    assert deadline(rules.rule("ISEE_EXPIRY", day), recorded, on=day).recorded_on == day


# What people are told.


@pytest.mark.parametrize("language", ["it", "en"])
@pytest.mark.parametrize(
    ("told", "code"),
    [
        (made("ADI_PAIS_SIGN", date(2026, 2, 2), date(2026, 2, 3)), "deadline_is_open"),
        (made("ADI_PAIS_SIGN", date(2026, 2, 2), date(2026, 6, 1)), "deadline_is_due_soon"),
        (made("ADI_PAIS_SIGN", date(2026, 2, 2), date(2026, 6, 8)), "deadline_is_late"),
        (made("ADI_PAIS_SIGN", date(2026, 2, 2), date(2026, 6, 8), done=date(2026, 6, 2)), "deadline_is_met"),
        (made("ADI_PAIS_SIGN", date(2026, 2, 2), date(2026, 6, 8), done=date(2026, 6, 5)), "deadline_was_met_late"),
        (made("ADI_PAIS_SIGN", date(2026, 2, 2), date(2026, 3, 1), stops=((date(2026, 3, 1), None),)),
         "deadline_is_suspended"),
        (made("ADI_PAIS_SIGN", date(2026, 2, 2), date(2026, 3, 1), waiver=Waiver(date(2026, 3, 1), "case_is_closed")),
         "deadline_is_waived"),
        (made("TIR_MAX_24M", date(2024, 3, 1), date(2026, 3, 1)), "deadline_is_a_limit"),
        (made("TIR_MAX_24M", date(2024, 3, 1), date(2026, 3, 2)), "deadline_blocks"),
        (made("LOG_ADMIN_KEEP", date(2026, 1, 15), date(2027, 1, 1)), "deadline_keeps"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_people_are_told_in_words(told: Deadline, code: str, language: str) -> None:
    assert told.message_code == code
    sentence = words(code, told.message_values, language)
    assert told.label in sentence
    assert (
        code == "deadline_is_waived"
        or (f"{told.due_on:%d/%m/%Y}" if language == "it" else str(told.due_on)) in sentence
    )


# What holds for every rule and day.

all_rules = st.sampled_from([rule for versions in rules.rules().values() for rule in versions])
suspendable = st.sampled_from([r for versions in rules.rules().values() for r in versions if r.is_suspendable])
days = st.dates(date(2001, 1, 1), date(2060, 12, 31))
few = st.integers(0, 200)
patrons = st.none() | st.tuples(st.integers(1, 12), st.integers(1, 28))
some_stops = st.lists(st.tuples(days, few), max_size=3).map(
    lambda pairs: [Suspension(first, first + timedelta(days=length)) for first, length in pairs]
)
near_stops = st.lists(st.tuples(st.integers(-30, 200), few), max_size=4)


def of(rule: rules.Rule, day: date, on: date, **facts: object) -> Deadline:
    """The deadline of a rule of any kind, with six where it has no number of its own."""
    known = replace(facts.pop("anchor", None) or anchor(day), number=rule.number or 6)  # type: ignore[type-var]
    return deadline(rule, known, on=on, **facts)  # type: ignore[arg-type]


def around(day: date, pairs: list[tuple[int, int]]) -> list[Suspension]:
    """Suspensions that begin so many days after a day, and last so long."""
    return [Suspension(day + timedelta(days=n), day + timedelta(days=n + length)) for n, length in pairs]


@given(suspendable, days, st.data(), patrons)
def test_a_suspension_inside_the_term_moves_its_end_by_as_many_days_before_it_slides(
    rule: rules.Rule, day: date, data: st.DataObject, patron: Patron | None
) -> None:
    last = rules.last_day(rule, day, patron, rule.number or 6)
    first = day + timedelta(days=data.draw(st.integers(1, (last - day).days)))
    length = data.draw(st.integers(1, 100))
    stop = Suspension(first, first + timedelta(days=length - 1))
    due = of(rule, day, day, suspensions=[stop], patron=patron).due_on
    if rule.unit == "working_days":
        ran = [day + timedelta(days=n) for n in range(1, (due - day).days + 1)]
        counted = [d for d in ran if calendars.is_working_day(d, patron) and not first <= d <= (stop.to_on or first)]
        assert len(counted) == rule.number
    else:
        assert due == calendars.add_days(last, length, rule.slides, patron)


@given(all_rules, days, days, patrons, near_stops)
def test_a_later_anchor_is_never_due_earlier(
    rule: rules.Rule, one: date, other: date, patron: Patron | None, pairs: list[tuple[int, int]]
) -> None:
    first, second = sorted((one, other))
    # Two days of different months may end on the same day of a shorter one: stops between them can't be compared.
    stops = around(first, pairs) if rule.unit != "months" else []
    on = second + timedelta(days=1000)
    dues = [of(rule, day, on, suspensions=stops, patron=patron).due_on for day in (first, second)]
    assert dues == sorted(dues)


@given(all_rules, days, near_stops, near_stops)
def test_another_suspension_never_brings_a_deadline_nearer(
    rule: rules.Rule, day: date, pairs: list[tuple[int, int]], more: list[tuple[int, int]]
) -> None:
    on = day + timedelta(days=1000)
    few_stops, many_stops = around(day, pairs), around(day, pairs + more)
    assert of(rule, day, on, suspensions=few_stops).due_on <= of(rule, day, on, suspensions=many_stops).due_on


@given(all_rules, days, few, few, few, near_stops)
def test_what_is_done_in_time_is_never_late_and_the_parts_of_a_delay_are_the_delay(
    rule: rules.Rule, day: date, arrived: int, done: int, asked: int, pairs: list[tuple[int, int]]
) -> None:
    known, on = anchor(day, arrived_on=day + timedelta(days=arrived)), day + timedelta(days=done + asked)
    act = met(day + timedelta(days=done))
    found = of(rule, day, on, anchor=known, met=act, suspensions=around(day, pairs))
    assert (found.status == "late") == (act.on > found.due_on) == (found.late_days > 0)
    assert found.source_days + found.service_days == found.late_days == max(0, (act.on - found.due_on).days)
    assert min(found.source_days, found.service_days) >= 0
    assert (found.late_by is None) == (found.late_days == 0)
    assert not arrived or (found.late_by == "source") == (found.due_on < act.on <= (found.late_start_on or act.on))


@given(all_rules, days, st.integers(0, 1500), near_stops)
def test_a_term_that_nobody_meets_goes_from_open_to_late_once(
    rule: rules.Rule, day: date, later: int, pairs: list[tuple[int, int]]
) -> None:
    on = day + timedelta(days=later)
    found = of(rule, day, on, suspensions=around(day, pairs))
    if on <= found.due_on:
        assert found.status in ("open", "suspended")
    else:
        assert found.status == ("met" if found.effect == "none" else "late")


@given(all_rules, days, days, some_stops)
def test_the_same_facts_make_the_same_deadline(rule: rules.Rule, day: date, on: date, stops: list[Suspension]) -> None:
    known = Anchor("fact", UUID(int=1), day, day, noon(day))
    found = [of(rule, day, on, anchor=known, suspensions=order) for order in (stops, stops[::-1])]
    assert found[0] == found[1]


@given(days, st.lists(st.integers(0, 400), min_size=1, max_size=6))
def test_of_a_clock_that_begins_again_one_term_runs_and_the_others_are_decided(day: date, gaps: list[int]) -> None:
    assume(day >= date(2023, 12, 18))
    times = [day + timedelta(days=sum(gaps[:n])) for n in range(len(gaps) + 1)]
    found = repeated("ADI_CHECK_90", [anchor(one) for one in times], on=times[-1])
    assert [one.met_on for one in found] == [*times[1:], None]
    assert [one.status for one in found[:-1]] == ["met" if one.met_on <= one.due_on else "late" for one in found[:-1]]  # type: ignore[operator]
    assert found[-1].status == "open"
