"""The table of deadlines: complete, without gaps in its versions, and counted as it says."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.clocks import calendars, rules

LODI = (1, 19)
ON = date(2026, 1, 15)

IDS = {
    "ADI_FIRST_CONVENE",
    "ADI_FIRST_APPT",
    "ADI_PAIS_SIGN",
    "ADI_CHECK_90",
    "ADI_NO_SHOW",
    "D147_SIGN",
    "GEPI_CUTOFF",
    "TIR_MAX_24M",
    "D62_PROC",
    "D62_MONITOR",
    "REVIEW_NEXT",
    "SIL_FOLLOWUP",
    "SIL_FOLLOWUP_12",
    "FOLLOW_UP",
    "GUARDIANSHIP_EXPIRY",
    "ISEE_EXPIRY",
    "CERT_REVIEW",
    "STP_ENI_RENEW",
    "PRIV_ACCESS_REPORT",
    "PRIV_ACCESS_REPORT_COMPLEX",
    "BREACH_NOTIFY",
    "LOG_ACCESS_KEEP",
    "LOG_ADMIN_KEEP",
    "ADMIN_YEARLY",
}

all_rules = st.sampled_from([version for versions in rules.rules().values() for version in versions])
anchors = st.dates(date(2001, 1, 1), date(2060, 12, 31))


def due(rule_id: str, anchor: date, patron: calendars.Patron | None = None, number: int | None = None) -> date:
    return rules.due_on(rules.rule(rule_id, anchor), anchor, patron, number)


def test_every_rule_of_the_table_is_there_with_its_source() -> None:
    assert set(rules.rules()) == IDS
    for versions in rules.rules().values():
        assert [version.version for version in versions] == list(range(1, len(versions) + 1))
        assert all(version.source_note and version.label and version.anchor for version in versions)
        assert all(version.mark in {"S", "S2", "K", "D"} for version in versions)


def test_only_terms_that_are_counted_can_be_suspended() -> None:
    every = [version for versions in rules.rules().values() for version in versions]
    assert {version.unit for version in every if version.is_suspendable} <= {"days", "working_days", "months"}
    assert all(version.lead_days >= 0 for version in every)


def test_where_the_sources_conflict_one_line_chooses_between_their_numbers() -> None:
    conflicting = {v.id: v for versions in rules.rules().values() for v in versions if v.alternatives}
    assert set(conflicting) == {"ADI_PAIS_SIGN"}
    assert conflicting["ADI_PAIS_SIGN"].alternatives == (120, 60)
    assert conflicting["ADI_PAIS_SIGN"].number in conflicting["ADI_PAIS_SIGN"].alternatives


def test_one_version_at_most_holds_on_a_day_and_none_is_skipped() -> None:
    for versions in rules.rules().values():
        for earlier, later in pairwise(versions):
            assert earlier.valid_to is not None
            assert later.valid_from == earlier.valid_to + timedelta(days=1)
        assert versions[-1].valid_to is None


def test_the_first_appointment_ran_from_inps_data_until_february_2024() -> None:
    assert rules.rule("ADI_FIRST_APPT", date(2024, 2, 29)).anchor == "inps_data_sent_on"
    assert rules.rule("ADI_FIRST_APPT", date(2024, 3, 1)).anchor == "pad_signed_on"


def test_an_unknown_rule_and_a_day_before_the_law_are_lookup_errors() -> None:
    with pytest.raises(LookupError, match="NO_SUCH_RULE"):
        rules.rule("NO_SUCH_RULE", ON)
    with pytest.raises(LookupError, match="D62_PROC on 2020-01-01"):
        rules.rule("D62_PROC", date(2020, 1, 1))


@pytest.mark.parametrize(
    ("rule_id", "anchor", "expected"),
    [
        ("ADI_FIRST_CONVENE", date(2026, 1, 15), date(2026, 3, 16)),
        ("ADI_FIRST_APPT", date(2026, 1, 15), date(2026, 5, 15)),
        ("ADI_FIRST_APPT", date(2026, 1, 3), date(2026, 5, 4)),  # day 120 is a Sunday
        ("ADI_PAIS_SIGN", date(2026, 2, 2), date(2026, 6, 3)),  # 2 June is a holiday
        ("ADI_CHECK_90", date(2026, 1, 15), date(2026, 4, 15)),
        ("ADI_NO_SHOW", date(2026, 4, 25), date(2026, 4, 25)),
        ("D147_SIGN", date(2025, 12, 22), date(2026, 1, 23)),
        ("GEPI_CUTOFF", date(2026, 1, 20), date(2026, 1, 20)),
        ("GEPI_CUTOFF", date(2026, 12, 21), date(2027, 1, 20)),
        ("TIR_MAX_24M", date(2024, 2, 29), date(2026, 2, 28)),
        ("D62_MONITOR", date(2026, 6, 30), date(2026, 6, 30)),
        ("D62_MONITOR", date(2026, 7, 1), date(2026, 12, 31)),
        ("SIL_FOLLOWUP", date(2025, 8, 31), date(2026, 3, 2)),  # 28 February is a Saturday
        ("SIL_FOLLOWUP_12", date(2025, 1, 15), date(2026, 1, 15)),
        ("GUARDIANSHIP_EXPIRY", date(2026, 12, 27), date(2026, 12, 27)),  # a Sunday: it ends all the same
        ("ISEE_EXPIRY", date(2026, 1, 15), date(2026, 12, 31)),
        ("CERT_REVIEW", date(2026, 8, 15), date(2026, 8, 15)),
        ("STP_ENI_RENEW", date(2025, 8, 31), date(2026, 2, 28)),
        ("PRIV_ACCESS_REPORT", date(2026, 1, 15), date(2026, 1, 30)),
        ("PRIV_ACCESS_REPORT_COMPLEX", date(2026, 1, 15), date(2026, 2, 16)),
        ("BREACH_NOTIFY", date(2026, 4, 3), date(2026, 4, 6)),  # hours run through Easter
        ("LOG_ACCESS_KEEP", date(2026, 1, 15), date(2028, 1, 15)),
        ("LOG_ADMIN_KEEP", date(2026, 1, 15), date(2026, 7, 15)),
        ("ADMIN_YEARLY", date(2026, 1, 15), date(2027, 1, 15)),
    ],
)
def test_a_deadline_falls_where_its_rule_says(rule_id: str, anchor: date, expected: date) -> None:
    assert due(rule_id, anchor) == expected


def test_the_patron_delays_where_it_is_a_holiday() -> None:
    assert due("D147_SIGN", date(2025, 12, 22), LODI) == date(2026, 1, 26)
    assert due("PRIV_ACCESS_REPORT", date(2026, 1, 4), LODI) == date(2026, 1, 20)


def test_a_term_written_in_the_project_must_be_given() -> None:
    with pytest.raises(ValueError, match="REVIEW_NEXT needs a number of months"):
        due("REVIEW_NEXT", ON)
    assert due("REVIEW_NEXT", ON, number=3) == date(2026, 4, 15)


def test_a_configured_number_replaces_that_of_the_rule() -> None:
    assert due("ADI_PAIS_SIGN", ON, number=60) == date(2026, 3, 16)


@given(all_rules, anchors)
def test_no_deadline_comes_before_its_event(rule: rules.Rule, anchor: date) -> None:
    number = 6 if rule.number is None else rule.number
    assert rules.due_on(rule, anchor, number=number) >= anchor


@given(all_rules, anchors, anchors)
def test_a_later_event_is_never_due_earlier(rule: rules.Rule, one: date, other: date) -> None:
    first, second = sorted((one, other))
    number = 6 if rule.number is None else rule.number
    assert rules.due_on(rule, first, number=number) <= rules.due_on(rule, second, number=number)


@given(all_rules, anchors)
def test_a_deadline_that_slides_ends_on_a_working_day(rule: rules.Rule, anchor: date) -> None:
    last = rules.due_on(rule, anchor, LODI, number=6 if rule.number is None else rule.number)
    if rule.slides or rule.unit == "working_days":
        assert calendars.is_working_day(last, LODI)
