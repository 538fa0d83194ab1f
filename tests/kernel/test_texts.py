"""The words for people: all there in both languages, and all that the code asks for."""

import re
from collections.abc import Iterable

import pytest

from service.actor import ROLES
from service.cases.instruments.rules import MOMENTS
from service.cases.programmes.rules import ACTS
from service.cases.programmes.schemas import COMPONENTS, GOAL_FIELDS
from service.cases.projects.schemas import STATUSES
from service.errors import Refusal
from service.problems import CONSTRAINTS, HTTP_CODES, STATUS
from service.texts import terms, texts, words

PLACES = re.compile(r"\{([^}]*)\}")


@pytest.mark.parametrize("code", sorted(texts()))
def test_every_text_says_the_same_in_italian_and_in_english(code: str) -> None:
    text = texts()[code]
    assert set(text) == {"it", "en"}
    assert all(language.strip() for language in text.values())
    places = {language: sorted(PLACES.findall(text[language])) for language in text}
    assert places["it"] == places["en"]
    assert {place.partition(":")[0] for place in places["it"]} <= set("012345")
    assert {place.partition(":")[2] for place in places["it"]} <= {"", *terms()}
    assert text["it"] != text["en"]


def test_codes_are_facts_in_order() -> None:
    assert list(texts()) == sorted(texts())
    assert all(re.fullmatch(r"[a-z][a-z0-9_]{2,99}", code) for code in texts())


def test_every_status_constraint_and_http_error_has_its_words() -> None:
    codes = {f"status_{status}" for status in STATUS.values()} | set(HTTP_CODES.values())
    codes |= {refusal.code for refusal in CONSTRAINTS.values()}
    assert sorted(codes - set(texts())) == []
    assert set(Refusal.__subclasses__()) == set(STATUS)


def test_values_fill_the_places() -> None:
    assert words("number_out_of_range", ("1", "5"), "it") == "Il numero deve stare tra 1 e 5."
    assert words("number_out_of_range", ("1", "5"), "en") == "The number must be from 1 to 5."


@pytest.mark.parametrize(("term", "codes"), [
    ("acts", ACTS), ("components", COMPONENTS), ("goal_fields", GOAL_FIELDS), ("moments", MOMENTS), ("roles", ROLES),
    ("versions", STATUSES), ("minutes", ("attendances", "person_view")),
])  # fmt: skip
def test_every_code_that_people_are_told_has_its_words(term: str, codes: Iterable[str]) -> None:
    known = terms()[term]
    assert known.keys() == set(codes)
    assert all(set(one) == {"it", "en"} and all(map(str.strip, one.values())) for one in known.values())


def test_codes_in_a_value_are_told_in_the_words_of_the_language() -> None:
    values = ("due_on (1), in_first_person (2)",)
    assert words("goals_are_incomplete", values, "it").endswith(": la scadenza (1), le parole della persona (2).")
    assert words("goals_are_incomplete", values, "en").endswith(": the due day (1), the person's own words (2).")
    assert words("act_is_not_allowed_now", ("draft", "Convocato"), "it") == (
        "L'atto «bozza del progetto» non è possibile nella fase «Convocato» della misura."
    )


def test_a_programmes_own_labels_and_codes_to_write_stay_as_they_are() -> None:
    assert "draft" in words("act_is_not_allowed_now", ("draft", "draft"), "it")
    assert words("value_is_unknown", ("draft, social",), "it") == "Valore non previsto; previsti: draft, social."


def test_days_are_written_as_the_language_writes_them() -> None:
    assert words("date_is_before_start", ("2023-05-03",), "it") == (
        "La data è troppo presto: quella iniziale è il 03/05/2023."
    )
    assert (
        words("date_is_before_start", ("2023-05-03",), "en") == "The date is too early: the initial one is 2023-05-03."
    )
