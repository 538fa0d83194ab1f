"""The words for people: all there in both languages, and all that the code asks for."""

import re

import pytest

from service.errors import Refusal
from service.problems import CONSTRAINTS, HTTP_CODES, STATUS
from service.texts import texts, words

PLACES = re.compile(r"\{(\d*)\}")


@pytest.mark.parametrize("code", sorted(texts()))
def test_every_text_says_the_same_in_italian_and_in_english(code: str) -> None:
    text = texts()[code]
    assert set(text) == {"it", "en"}
    assert all(language.strip() for language in text.values())
    places = {language: sorted(PLACES.findall(text[language])) for language in text}
    assert places["it"] == places["en"]
    assert set(places["it"]) <= set("012345")
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
