"""How days, numbers and money are written in Italian, and which characters a text may bring along."""

import unicodedata
from datetime import date
from decimal import Decimal

MONTHS = ("gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio", "agosto", "settembre", "ottobre",
          "novembre", "dicembre")  # fmt: skip
NOT_SAID = "non indicato"
NO_BREAK = "\N{NO-BREAK SPACE}"
_LINE_ENDS = frozenset("\n\v\f\x1c\x1d\x1e\x85\u2028\u2029")
_INVISIBLE = frozenset({"Cc", "Cf", "Cs"})


def clean(text: str) -> str:
    """The text without what is not seen: control characters, marks that turn the direction of writing, noncharacters."""
    return "".join(_cleaned(letter) for letter in unicodedata.normalize("NFC", text.replace("\r\n", "\n"))).strip()


def _cleaned(letter: str) -> str:
    if letter in _LINE_ENDS or letter == "\r":
        return "\n"
    if letter == "\t":
        return " "
    code = ord(letter)
    is_noncharacter = code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF
    return "" if is_noncharacter or unicodedata.category(letter) in _INVISIBLE else letter


def said(text: str | None) -> str:
    """A text, or that there is none."""
    return clean(text or "") or NOT_SAID


def joined(*parts: str | None, by: str = ", ") -> str:
    """The parts that say something, in one line."""
    return by.join(part for part in map(clean, filter(None, parts)) if part)


def day(value: date) -> str:
    """3 marzo 2025; the first of the month is an ordinal."""
    number = "1º" if value.day == 1 else str(value.day)
    return f"{number}{NO_BREAK}{MONTHS[value.month - 1]}{NO_BREAK}{value.year}"


def short_day(value: date) -> str:
    """03/03/2025, for tables."""
    return f"{value:%d/%m}/{value.year}"


def told(template: str, value: str | date | int | None) -> str:
    """The template with a text or a day in its place; empty if there is none."""
    text = day(value) if isinstance(value, date) else clean(str(value or ""))
    return template.format(text) if text else ""


def period(from_on: date | None, to_on: date | None) -> str:
    """dal … al …; empty if neither is known."""
    return joined(f"dal {short_day(from_on)}" if from_on else "", f"al {short_day(to_on)}" if to_on else "", by=" ")


def number(value: Decimal) -> str:
    """12,5: without needless zeros, a point for each thousand."""
    text = f"{value:,f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return _italian(text)


def money(value: Decimal) -> str:
    """1.234,50 €"""
    return f"{_italian(f'{value:,.2f}')}{NO_BREAK}€"


def quantity(value: Decimal | None, unit: str | None) -> str:
    """12,5 ore; whatever of the two is known."""
    return joined(None if value is None else number(value), unit, by=" ")


def months(count: int) -> str:
    """ogni mese, ogni 6 mesi."""
    return "ogni mese" if count == 1 else f"ogni {count} mesi"


def _italian(text: str) -> str:
    return text.translate({ord(","): ".", ord("."): ","})
