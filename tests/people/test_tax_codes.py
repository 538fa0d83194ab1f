"""The tax code, by vectors of invented persons and by what holds for every code."""

import string
from datetime import date
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.people import identifiers, tax_codes

ROSSI = "RSSMRA85T10A562S"
ROSSI_OMOCODIC = [
    "RSSMRA85T10A56NH",
    "RSSMRA85T10A5SNT",
    "RSSMRA85T10ARSNO",
    "RSSMRA85T1LARSNR",
    "RSSMRA85TMLARSNC",
    "RSSMRA8RTMLARSNO",
    "RSSMRAURTMLARSNL",
]
COMPUTED = [
    ("ROSSI", "Mario", date(1985, 12, 10), "M", "A562", ROSSI),
    ("BIANCHI", "Anna Maria", date(1971, 3, 5), "F", "D150", "BNCNMR71C45D150L"),
    ("FO", "Al", date(1999, 8, 31), "M", "Z600", "FOXLAX99M31Z600X"),
    ("FERRARI", "Gianfranco", date(2001, 1, 1), "M", "B157", "FRRGFR01A01B157W"),
]
DIGIT_POSITIONS = (6, 7, 9, 10, 12, 13, 14)

names = st.text("ABCDEFGHILMNOPQRSTUVZàèéìòù' -", min_size=1, max_size=20)
birth_dates = st.dates(date(1900, 1, 1), date(2026, 12, 31))
birthplaces = st.builds("{}{:03}".format, st.sampled_from("ABCDEFGHILMZ"), st.integers(0, 999))
persons = st.tuples(names, names, birth_dates, st.sampled_from("FM"), birthplaces)


def omocodic(code: str, positions: tuple[int, ...]) -> str:
    """The code with those digits replaced, as the Agenzia would issue it: the only valid letter ends it."""
    body = "".join("LMNPQRSTUV"[int(c)] if i in positions else c for i, c in enumerate(code[:15]))
    return next(body + letter for letter in string.ascii_uppercase if tax_codes.is_valid(body + letter))


@pytest.mark.parametrize(("family_name", "given_name", "born_on", "sex", "place", "code"), COMPUTED)
def test_the_code_follows_from_the_data(
    family_name: str, given_name: str, born_on: date, sex: str, place: str, code: str
) -> None:
    assert tax_codes.compute(family_name, given_name, born_on, sex, place) == code


@pytest.mark.parametrize("code", [ROSSI, *ROSSI_OMOCODIC, "BNCNMRTMCQRDMRLH", *(vector[5] for vector in COMPUTED)])
def test_a_right_code_is_valid(code: str) -> None:
    assert tax_codes.is_valid(code)


@pytest.mark.parametrize("code", ROSSI_OMOCODIC)
def test_an_omocodic_code_equals_the_plain_one(code: str) -> None:
    assert tax_codes.plain(code) == ROSSI


def test_seven_replaced_digits_are_restored() -> None:
    assert tax_codes.plain("BNCNMRTMCQRDMRLH") == "BNCNMR71C45D150L"
    assert tax_codes.birth_date("BNCNMRTMCQRDMRLH") == (71, 3, 5)
    assert tax_codes.sex("BNCNMRTMCQRDMRLH") == "F"


@pytest.mark.parametrize(
    "code",
    ["RSSMRA85T10A562T", "", "RSSMRA85T10A562", ROSSI + "S", "RSSMRA85T10AA62S", "RSSMRA85F10A562S", ROSSI + "\nX"],
)
def test_a_wrong_code_is_refused(code: str) -> None:
    assert not tax_codes.is_valid(code)
    with pytest.raises(ValueError, match="not valid"):
        tax_codes.plain(code)


@pytest.mark.parametrize("day", ["00", "32", "40", "72", "99"])
def test_a_day_that_does_not_exist_is_refused(day: str) -> None:
    assert not any(tax_codes.is_valid(f"RSSMRA85T{day}A562{letter}") for letter in string.ascii_uppercase)


def test_the_29th_of_february_needs_a_leap_year() -> None:
    assert any(tax_codes.is_valid(f"RSSMRA84B29A562{letter}") for letter in string.ascii_uppercase)
    assert not any(tax_codes.is_valid(f"RSSMRA85B29A562{letter}") for letter in string.ascii_uppercase)


def test_case_and_spaces_around_do_not_matter() -> None:
    assert tax_codes.canonical(" rssmra85t10a562s\n") == ROSSI
    assert tax_codes.is_valid(" rssmra85t10a562s ")


def test_foreign_letters_and_digits_are_not_taken_for_latin_ones() -> None:
    assert not tax_codes.is_valid("RſſMRA85T10A562S")
    assert not tax_codes.is_valid("RSSMRA٨٥T10A562S")
    assert not tax_codes.is_provisional("٠١٢٣٤٥٦٧٨٩٧")


def test_accents_and_apostrophes_fall() -> None:
    with_accents = tax_codes.compute("D'Alò", "Niccolò", date(1990, 5, 1), "M", "E648")
    assert with_accents == tax_codes.compute("DALO", "NICCOLO", date(1990, 5, 1), "M", "E648")
    assert tax_codes.compute("Müller", "Šárka", date(1990, 5, 1), "F", "Z112")[:6] == "MLLSRK"
    assert tax_codes.compute("Sørensen", "Łukasz", date(1990, 5, 1), "M", "Z107")[:6] == "SRNLSZ"


@pytest.mark.parametrize(("sex", "place"), [("X", "A562"), ("M", "a562"), ("M", "A56"), ("", "A562")])
def test_unknown_sex_or_birthplace_is_refused(sex: str, place: str) -> None:
    with pytest.raises(ValueError, match="must be"):
        tax_codes.compute("ROSSI", "MARIO", date(1985, 12, 10), sex, place)


def test_what_disagrees_is_named() -> None:
    born_on = date(1985, 12, 10)
    assert tax_codes.mismatches(ROSSI, "Rossi", "Mario", born_on, "M") == []
    assert tax_codes.mismatches(ROSSI_OMOCODIC[-1], "Rossi", "Mario", born_on, "M") == []
    assert tax_codes.mismatches(ROSSI, "Verdi", "Mario", born_on, "M") == ["family_name"]
    everything = ["family_name", "given_name", "birth_date", "sex"]
    assert tax_codes.mismatches(ROSSI, "Verdi", "Lucia", date(1985, 12, 11), "F") == everything


def test_what_is_unknown_is_not_compared() -> None:
    assert tax_codes.mismatches(ROSSI, None, None, None, None) == []
    assert tax_codes.mismatches(ROSSI, "Rossi", None, None, "unknown") == []


def test_the_century_is_not_in_the_code() -> None:
    assert tax_codes.mismatches(ROSSI, "Rossi", "Mario", date(1885, 12, 10), "M") == []


def test_a_provisional_code_says_nothing_of_the_person() -> None:
    assert tax_codes.is_provisional("01234567897")
    assert not tax_codes.is_provisional("01234567890")
    assert not tax_codes.is_valid("01234567897")
    assert tax_codes.plain("01234567897") == "01234567897"
    assert tax_codes.mismatches("01234567897", "Rossi", "Mario", None, None) == []
    with pytest.raises(ValueError, match="provisional"):
        tax_codes.birth_date("01234567897")
    with pytest.raises(ValueError, match="provisional"):
        tax_codes.sex("01234567897")


@given(persons)
def test_a_computed_code_is_valid_and_says_what_it_was_made_of(person: tuple[str, str, date, str, str]) -> None:
    family_name, given_name, born_on, sex, place = person
    code = tax_codes.compute(family_name, given_name, born_on, sex, place)
    assert tax_codes.is_valid(code)
    assert tax_codes.plain(code) == code
    assert tax_codes.birth_date(code) == (born_on.year % 100, born_on.month, born_on.day)
    assert tax_codes.sex(code) == sex
    assert code[11:15] == place
    assert tax_codes.mismatches(code, family_name, given_name, born_on, sex) == []


@given(persons, st.sets(st.sampled_from(DIGIT_POSITIONS)))
def test_any_omocodic_variant_is_valid_and_leads_back(
    person: tuple[str, str, date, str, str], positions: set[int]
) -> None:
    code = tax_codes.compute(*person)
    variant = omocodic(code, tuple(positions))
    assert tax_codes.plain(variant) == code
    assert tax_codes.birth_date(variant) == tax_codes.birth_date(code)
    assert tax_codes.mismatches(variant, *person[:4]) == []


def test_every_choice_of_digits_gives_another_spelling_of_the_same_code() -> None:
    choices = [chosen for size in range(8) for chosen in combinations(DIGIT_POSITIONS, size)]
    variants = {omocodic(ROSSI, chosen) for chosen in choices}
    assert len(variants) == 2**7
    assert {tax_codes.plain(variant) for variant in variants} == {ROSSI}


@given(
    persons,
    st.sets(st.sampled_from(DIGIT_POSITIONS)),
    st.integers(0, 15),
    st.sampled_from(string.ascii_uppercase + string.digits),
)
def test_one_wrong_character_never_passes(
    person: tuple[str, str, date, str, str], positions: set[int], position: int, character: str
) -> None:
    code = omocodic(tax_codes.compute(*person), tuple(positions))
    typed = code[:position] + character + code[position + 1 :]
    assert tax_codes.is_valid(typed) is (typed == code)


@given(st.from_regex(r"[0-9]{10}", fullmatch=True, alphabet=string.digits), st.integers(0, 10), st.integers(0, 9))
def test_one_wrong_digit_of_a_provisional_code_never_passes(body: str, position: int, digit: int) -> None:
    code = next(f"{body}{last}" for last in range(10) if tax_codes.is_provisional(f"{body}{last}"))
    typed = code[:position] + str(digit) + code[position + 1 :]
    assert tax_codes.is_provisional(typed) is (typed == code)


@given(st.text())
def test_no_text_breaks_the_check(text: str) -> None:
    assert tax_codes.is_valid(text) in (True, False)
    assert tax_codes.is_provisional(text) in (True, False)


@pytest.mark.parametrize(
    ("system", "value", "expected"),
    [
        ("codice_fiscale", ROSSI, True),
        ("codice_fiscale", "01234567897", True),
        ("codice_fiscale", "STP0010011234567", False),
        ("stp", "STP0010011234567", True),
        ("stp", "stp0010011234567 ", True),
        ("stp", "ENI0010011234567", False),
        ("stp", "STP001001123456", False),
        ("eni", "ENI0010011234567", True),
        ("eni", "ENI00100112345678", False),
    ],
)
def test_each_system_knows_its_values(system: str, value: str, expected: bool) -> None:
    assert identifiers.is_valid(system, value) is expected


def test_an_unknown_system_is_an_error() -> None:
    assert set(identifiers.SYSTEMS) == {"codice_fiscale", "stp", "eni"}
    with pytest.raises(ValueError, match="unknown system"):
        identifiers.is_valid("passport", "X")
