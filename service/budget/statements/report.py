"""The files of a statement: a PDF to sign, a workbook and a CSV for who receives it.

Pure: the same bytes for the same statement. The texts are Italian; amounts are in euro, and numbers where a spreadsheet
reads them.
"""

import csv
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO, StringIO

from xlsxwriter import Workbook

from service.budget.statements.printed import Moved, PrintedRow, PrintedStatement
from service.cases.printing.document import blocks, paper
from service.cases.printing.document.words import MONTHS, NO_BREAK, NOT_SAID, clean, day, money, period, said, short_day

MONEY_FORMAT = "#,##0.00"
BEGINS_A_FORMULA = ("=", "+", "-", "@")
AMOUNTS = ("Impegnato", "Liquidato", "Pagato")
ROW = ("Misura", "Denominazione misura", "Codice ISTAT", "Comune", "Codice intervento", *AMOUNTS)
NO_TEXTS = ("",) * (len(ROW) - len(AMOUNTS))
HEAD = ("Stato", "Rendiconto", "Versione", "Fondo", "Esercizio", "CUP", "Dal", "Al", "Stanziato")
DETAIL, OF_PERIOD, SINCE_START = "Dettaglio", "Totale del periodo", "Totale dall'inizio"
WIDEST, ROOM_OF_AMOUNT = 60, 18


def statement_csv(statement: PrintedStatement) -> bytes:
    """One row for each of the statement and two for its totals, each saying of which statement it is.

    As Italian spreadsheets open it: semicolons, decimal comma, UTF-8 with its mark.
    """
    made = StringIO()
    writer = csv.writer(made, delimiter=";", lineterminator="\r\n")
    writer.writerow((*HEAD, "Voce", *ROW))
    head = [*map(_harmless, _head(statement)), _italian(statement.allocated)]
    for voice, texts, moved in (*_lines(statement), (SINCE_START, NO_TEXTS, statement.cumulative)):
        writer.writerow((*head, voice, *map(_harmless, texts), *map(_italian, moved.amounts())))
    return b"\xef\xbb\xbf" + made.getvalue().encode()


def statement_xlsx(statement: PrintedStatement) -> bytes:
    """A workbook: what the statement is of, and its rows with their totals."""
    made = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with Workbook(made, options) as book:
        created = datetime(statement.to_on.year, statement.to_on.month, statement.to_on.day)  # noqa: DTZ001 - a day, not an instant
        book.set_properties({"title": _title(statement), "author": "Trama", "created": created})
        _summary_sheet(book, statement)
        _detail_sheet(book, statement)
    return made.getvalue()


def statement_pdf(statement: PrintedStatement) -> bytes:
    """The statement on A4 pages; a draft says that it is one."""
    reference = f"{statement.fund} {statement.year} – rendiconto n. {statement.number}"
    return paper.pdf(blocks.Document(
        title=_title(statement), author="Trama", reference=reference,
        printed=f"Rendiconto n. {statement.number}, versione {statement.version}",
        seal=f"Impronta SHA-256 del contenuto: {statement.digest}", is_draft=statement.is_draft, is_large=False,
        blocks=(blocks.Heading(1, _title(statement)), blocks.Facts(_facts(statement)), *_situation(statement),
                *_detail(statement)), whole_in="Il foglio XLSX",
    ))  # fmt: skip


def _title(statement: PrintedStatement) -> str:
    return f"Rendiconto n. {statement.number} – {clean(statement.fund_name)} {statement.year}"


def _head(statement: PrintedStatement) -> tuple[str, ...]:
    """The values of HEAD but for the amount."""
    return (statement.status, str(statement.number), str(statement.version), statement.fund, str(statement.year),
            clean(statement.cup or ""), short_day(statement.from_on), short_day(statement.to_on))  # fmt: skip


def _facts(statement: PrintedStatement) -> tuple[tuple[str, str], ...]:
    approved = (
        f"{clean(statement.act or '')}, {day(statement.approved_on)}" if statement.approved_on else "non approvato"
    )
    return (
        ("Stato", statement.status), ("Fondo", f"{clean(statement.fund_name)} ({statement.fund})"),
        ("Esercizio", str(statement.year)), ("CUP", said(statement.cup)),
        ("Piano di Zona", said(statement.plan)), ("Obiettivo", said(statement.objective)),
        ("Periodo", period(statement.from_on, statement.to_on)), ("Mesi", _months(statement.months)),
        ("Approvazione", approved),
    )  # fmt: skip


def _months(months: tuple[date, ...]) -> str:
    named = [f"{MONTHS[month.month - 1]} {month.year}" for month in months]
    return named[0] if len(named) == 1 else f"{named[0]} – {named[-1]} ({len(named)})"


def _lines(statement: PrintedStatement) -> Iterable[tuple[str, tuple[str, ...], Moved]]:
    """Every line of the table and its total, with what it is."""
    yield from ((DETAIL, _texts(row), row.moved) for row in statement.rows)
    yield OF_PERIOD, NO_TEXTS, statement.totals


def _texts(row: PrintedRow) -> tuple[str, ...]:
    names = (row.programme, row.programme_label, row.municipality, row.municipality_label, row.intervention_code)
    return tuple(clean(name or "") for name in names)


def _harmless(text: str) -> str:
    """The text, with a mark before what a spreadsheet would run as a formula."""
    return f"'{text}" if text.lstrip().startswith(BEGINS_A_FORMULA) else text


def _italian(amount: Decimal) -> str:
    """1234,50: without points, so that every spreadsheet reads a number."""
    return f"{amount:.2f}".replace(".", ",")


def _summary_sheet(book: Workbook, statement: PrintedStatement) -> None:
    sheet = book.add_worksheet("Rendiconto")
    bold, amount = book.add_format({"bold": True}), book.add_format({"num_format": MONEY_FORMAT})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, WIDEST)
    sheet.write_string(0, 0, _title(statement), book.add_format({"bold": True, "font_size": 14}))
    sheet.freeze_panes(1, 0)
    place = 1
    for label, text in (*_facts(statement), ("Impronta SHA-256", statement.digest)):
        sheet.write_string(place, 0, label, bold)
        sheet.write_string(place, 1, text, wrapped)
        place += 1
    for label, value in _amounts(statement):
        sheet.write_string(place, 0, label, bold)
        sheet.write_number(place, 1, value, amount)
        place += 1


def _amounts(statement: PrintedStatement) -> list[tuple[str, Decimal]]:
    """The amounts of the whole, one by one."""
    return [
        ("Stanziato", statement.allocated),
        *((f"{name} nel periodo", value) for name, value in zip(AMOUNTS, statement.totals.amounts(), strict=True)),
        *((f"{name} dall'inizio", value) for name, value in zip(AMOUNTS, statement.cumulative.amounts(), strict=True)),
        ("Non impegnato", statement.allocated - statement.cumulative.committed),
    ]


def _detail_sheet(book: Workbook, statement: PrintedStatement) -> None:
    sheet = book.add_worksheet("Dettaglio")
    head = book.add_format({"bold": True, "bottom": 1, "bg_color": "#EEF2F5"})
    plain = {False: book.add_format({"num_format": MONEY_FORMAT}),
             True: book.add_format({"num_format": MONEY_FORMAT, "bold": True, "top": 1})}  # fmt: skip
    total = book.add_format({"bold": True, "top": 1})
    columns = ("Stato", "Voce", *ROW)
    for column, name in enumerate(columns):
        sheet.write_string(0, column, name, head)
    lines = [(voice, (statement.status, voice, *texts), moved) for voice, texts, moved in _lines(statement)]
    for place, (voice, texts, moved) in enumerate(lines, 1):
        is_total = voice != DETAIL
        for column, text in enumerate(texts):
            write = sheet.write_string if text else sheet.write_blank
            write(place, column, text, total if is_total else None)
        for column, value in enumerate(moved.amounts(), len(texts)):
            sheet.write_number(place, column, value, plain[is_total])
    for column, name in enumerate(columns):
        sheet.set_column(column, column, _width(name, [texts for _, texts, _ in lines], column))
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(statement.rows), 1), len(columns) - 1)


def _width(name: str, lines: list[tuple[str, ...]], column: int) -> int:
    """Room for what stands in a column, in characters."""
    if name in AMOUNTS:
        return ROOM_OF_AMOUNT
    return min(WIDEST, max(len(text) for text in (name, *(texts[column] for texts in lines))) + 3)


def _situation(statement: PrintedStatement) -> tuple[blocks.Block, ...]:
    rows = tuple(
        blocks.Row((label, *map(money, moved.amounts())))
        for label, moved in ((OF_PERIOD, statement.totals), (SINCE_START, statement.cumulative))
    )
    left = statement.allocated - statement.cumulative.committed
    held = (("Stanziato", money(statement.allocated)), ("Non impegnato", money(left)))
    return (
        blocks.Heading(2, f"Situazione dello stanziamento al {day(statement.to_on)}"), blocks.Facts(held),
        blocks.Table(("", *AMOUNTS), (31, 23, 23, 23), rows, frozenset({1, 2, 3})),
    )  # fmt: skip


def _detail(statement: PrintedStatement) -> tuple[blocks.Block, ...]:
    heading = blocks.Heading(2, "Movimenti del periodo, in euro")
    if not statement.rows:
        return heading, blocks.Words("Nel periodo non ci sono stati movimenti.")
    rows = tuple(blocks.Row((*_named(row), *map(_figure, row.moved.amounts()))) for row in statement.rows)
    total = blocks.Row((OF_PERIOD, "", "", *map(_figure, statement.totals.amounts())), is_total=True)
    columns = ("Misura", "Comune", "Codice", *AMOUNTS)
    return heading, blocks.Table(columns, (22, 16, 11, 17, 17, 17), (*rows, total), frozenset({3, 4, 5}))


def _named(row: PrintedRow) -> tuple[str, str, str]:
    """By their names where they have one."""
    comune = row.municipality_label or row.municipality or NOT_SAID
    return row.programme_label or row.programme, comune, row.intervention_code or "–"


def _figure(amount: Decimal) -> str:
    """1.234,50: the heading says that it is euro."""
    return money(amount).partition(NO_BREAK)[0]
