"""The Italian tax code (codice fiscale): its shape, its check letter, omocodia, what it says of a person.

Rules of D.M. 23 December 1976 on the tax code: six letters of the names, year, month and day, place of birth, check
letter. When two persons would have the same code the Agenzia delle Entrate replaces digits by letters (omocodia), so
one person may be known by two spellings: `plain()` is the form to compare. A code isn't proof of identity, and a
mismatch with the registry is a warning, never an error.

Every function takes a code in any case and with spaces around it.
"""

import re
import unicodedata
from datetime import date
from typing import Final

_SHAPE: Final = re.compile(r"[A-Z]{6}[0-9LMNPQRSTUV]{2}[ABCDEHLMPRST][0-9LMNPQRSTUV]{2}[A-Z][0-9LMNPQRSTUV]{3}[A-Z]")
_PROVISIONAL: Final = re.compile(r"[0-9]{11}")
_BIRTHPLACE: Final = re.compile(r"[A-Z][0-9]{3}")
_MONTHS: Final = "ABCDEHLMPRST"
_OMOCODIC: Final = "LMNPQRSTUV"
_DIGIT_POSITIONS: Final = frozenset({6, 7, 9, 10, 12, 13, 14})
_TO_DIGIT: Final = str.maketrans(_OMOCODIC, "0123456789")
_ODD: Final = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23)
_WOMEN_ADD: Final = 40
# Letters that Unicode doesn't take apart into a base letter and an accent; how they are spelt is our assumption.
_SPELT: Final = str.maketrans({"Æ": "AE", "Œ": "OE", "Ø": "O", "Ł": "L", "Đ": "D", "Ð": "D", "Þ": "TH", "Ħ": "H"})


def canonical(code: str) -> str:
    """The code in capitals, without spaces around it."""
    stripped = code.strip()
    # upper() would turn some foreign letters into Latin ones (a dotless i into I) and make a wrong code right.
    return stripped.upper() if stripped.isascii() else stripped


def is_valid(code: str) -> bool:
    """Whether the code of 16 characters has the right shape, a day that exists and the right check letter."""
    code = canonical(code)
    return bool(_SHAPE.fullmatch(code)) and _day_exists(code) and code[15] == _check_letter(code[:15])


def is_provisional(code: str) -> bool:
    """Whether the code is one of 11 digits (provisional tax code, or that of a body), checked as a partita IVA is."""
    code = canonical(code)
    return bool(_PROVISIONAL.fullmatch(code)) and int(code[10]) == _check_digit(code[:10])


def plain(code: str) -> str:
    """The code with its digits restored and the check letter computed again: the key by which codes are equal.

    A provisional code is its own plain form. Raises ValueError when the code is neither valid nor provisional.
    """
    code = canonical(code)
    if is_provisional(code):
        return code
    if not is_valid(code):
        raise ValueError("the tax code is not valid")
    body = _without_omocodia(code)
    return body + _check_letter(body)


def compute(family_name: str, given_name: str, birth_date: date, sex: str, birthplace_code: str) -> str:
    """The code that these data give, without omocodia.

    `sex` is "F" or "M"; `birthplace_code` is the cadastral code of the municipality (A562) or Z and three digits for a
    foreign state. Raises ValueError for any other value. Only the Agenzia delle Entrate assigns codes: this one is
    what to expect, not what the person has.
    """
    if sex not in ("F", "M"):
        raise ValueError("sex must be F or M")
    if not _BIRTHPLACE.fullmatch(birthplace_code):
        raise ValueError("the birthplace code must be a letter and three digits")
    day = birth_date.day + (_WOMEN_ADD if sex == "F" else 0)
    born = f"{birth_date.year % 100:02}{_MONTHS[birth_date.month - 1]}{day:02}"
    body = _family_letters(family_name) + _given_letters(given_name) + born + birthplace_code
    return body + _check_letter(body)


def birth_date(code: str) -> tuple[int, int, int]:
    """Year (two digits: the code doesn't hold the century), month and day of birth. ValueError if not valid."""
    body = plain(code)
    if len(body) != 16:
        raise ValueError("a provisional code holds no birth date")
    return int(body[6:8]), _MONTHS.index(body[8]) + 1, int(body[9:11]) % _WOMEN_ADD


def sex(code: str) -> str:
    """The sex, F or M, as the day of birth says it. ValueError if not valid."""
    body = plain(code)
    if len(body) != 16:
        raise ValueError("a provisional code holds no sex")
    return "F" if int(body[9:11]) > _WOMEN_ADD else "M"


def mismatches(
    code: str, family_name: str | None, given_name: str | None, birth_date: date | None, sex: str | None
) -> list[str]:
    """Names of the given data that disagree with the code: for a warning, since registries and codes may both err.

    What is None isn't compared, nor is a sex other than "F" and "M"; a provisional code disagrees with nothing.
    Raises ValueError if the code is not valid.
    """
    body = plain(code)
    if len(body) != 16:
        return []
    born_on, code_sex = _born(body)
    checks = {
        "family_name": family_name is None or body[:3] == _family_letters(family_name),
        "given_name": given_name is None or body[3:6] == _given_letters(given_name),
        "birth_date": birth_date is None or born_on == (birth_date.year % 100, birth_date.month, birth_date.day),
        "sex": sex not in ("F", "M") or code_sex == sex,
    }
    return [field for field, agrees in checks.items() if not agrees]


def _born(body: str) -> tuple[tuple[int, int, int], str]:
    return birth_date(body), sex(body)


def _check_letter(body: str) -> str:
    """The sixteenth character: odd positions (the first is odd) weigh by a table, even ones by their value."""
    values = [int(character) if character.isdigit() else ord(character) - ord("A") for character in body]
    total = sum(value if position % 2 else _ODD[value] for position, value in enumerate(values))
    return chr(ord("A") + total % 26)


def _check_digit(digits: str) -> int:
    doubled = (2 * int(digit) for digit in digits[1::2])
    total = sum(map(int, digits[0::2])) + sum(value - 9 if value > 9 else value for value in doubled)
    return (10 - total % 10) % 10


def _without_omocodia(code: str) -> str:
    return "".join(
        character.translate(_TO_DIGIT) if position in _DIGIT_POSITIONS else character
        for position, character in enumerate(code[:15])
    )


def _day_exists(code: str) -> bool:
    body = _without_omocodia(code)
    day = int(body[9:11])
    try:
        # 2000 is a leap year and 1900 isn't: without the century the year 00 is given the benefit of the doubt.
        date(2000 + int(body[6:8]), _MONTHS.index(body[8]) + 1, day - _WOMEN_ADD if day > _WOMEN_ADD else day)
    except ValueError:
        return False
    return True


def _folded(name: str) -> str:
    """Only the letters A-Z of a name: accents, apostrophes, spaces and hyphens fall."""
    spelt = unicodedata.normalize("NFKD", name.upper()).translate(_SPELT)
    return "".join(character for character in spelt if "A" <= character <= "Z")


def _consonants_and_vowels(name: str) -> tuple[str, str]:
    letters = _folded(name)
    return re.sub("[AEIOU]", "", letters), re.sub("[^AEIOU]", "", letters)


def _family_letters(name: str) -> str:
    consonants, vowels = _consonants_and_vowels(name)
    return (consonants + vowels + "XXX")[:3]


def _given_letters(name: str) -> str:
    consonants, vowels = _consonants_and_vowels(name)
    if len(consonants) >= 4:
        return consonants[0] + consonants[2] + consonants[3]
    return (consonants + vowels + "XXX")[:3]
