"""The files of a statement: numbers that match to the cent, the same bytes each time, nothing that runs, nobody named."""

import csv
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from service.budget.statements import report
from service.budget.statements.printed import PrintedRow, PrintedStatement
from tests.budget.ledger import Ledger
from tests.budget.reporting import approve, draft, moved, prepare, printed
from tests.world import World, ok

FORMS = {"pdf": report.statement_pdf, "xlsx": report.statement_xlsx, "csv": report.statement_csv}
EVIL = ('=HYPERLINK("http://esempio.example")', "+1", "-1", "@SUM(A1)", " =1", "\t=1")


def table(content: bytes) -> list[dict[str, str]]:
    """The rows of a CSV as an Italian spreadsheet reads them."""
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def sheets(content: bytes) -> tuple[Any, Any]:
    """The two sheets of a workbook."""
    book = load_workbook(BytesIO(content))
    return book["Rendiconto"], book["Dettaglio"]


def said(content: bytes) -> str:
    """What a PDF says, in one line."""
    text = " ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)
    return " ".join(text.replace("\xa0", " ").split())


def italian(amount: str) -> Decimal:
    return Decimal(amount.replace(",", "."))


@pytest.mark.parametrize("form", FORMS)
def test_the_same_statement_gives_the_same_bytes_and_another_gives_others(form: str) -> None:
    make = FORMS[form]
    assert make(printed()) == make(printed())
    others = {make(draft()), make(printed(number=3)), make(printed(totals=moved("1.00", "1.00", "1.00")))}
    assert len(others - {make(printed())}) == 3


def test_a_csv_opens_in_italian_spreadsheets() -> None:
    rows = table(report.statement_csv(printed()))
    assert [row["Voce"] for row in rows] == ["Dettaglio", "Dettaglio", "Totale del periodo", "Totale dall'inizio"]
    assert [row["Impegnato"] for row in rows] == ["1000000,10", "-250,35", "999749,75", "1500000,75"]
    assert rows[0] | {"Stato": "Approvato", "Fondo": "DDN", "Esercizio": "2023", "CUP": "E51B23000010001",
                      "Dal": "01/04/2023", "Al": "30/06/2023", "Stanziato": "2000000,00", "Misura": "DOPO_DI_NOI",
                      "Denominazione misura": "Dopo di Noi (L. 112/2016)", "Codice ISTAT": "098031", "Comune": "Lodi",
                      "Codice intervento": "A1"} == rows[0]  # fmt: skip
    for name in ("Impegnato", "Liquidato", "Pagato"):
        of_rows = sum(italian(row[name]) for row in rows if row["Voce"] == "Dettaglio")
        assert of_rows == italian(rows[2][name])


def test_a_workbook_holds_numbers_with_a_format_and_its_totals() -> None:
    facts, detail = sheets(report.statement_xlsx(printed()))
    head, *rows = detail.iter_rows()
    assert [cell.value for cell in head][:3] == ["Stato", "Voce", "Misura"]
    assert detail.freeze_panes == facts.freeze_panes == "A2"
    for place, name in ((7, "Impegnato"), (8, "Liquidato"), (9, "Pagato")):
        assert head[place].value == name
        cells = [row[place] for row in rows]
        assert {(cell.data_type, cell.number_format) for cell in cells} == {("n", "#,##0.00")}
        *parts, total = [Decimal(str(cell.value)) for cell in cells]
        assert sum(parts) == total == getattr(printed().totals, ("committed", "liquidated", "paid")[place - 7])
    assert [row[1].value for row in rows] == ["Dettaglio", "Dettaglio", "Totale del periodo"]
    told = {row[0].value: row[1].value for row in facts.iter_rows()}
    assert (told["Stato"], told["CUP"], told["Obiettivo"]) == ("Approvato", "E51B23000010001", "D2")
    assert told["Impegnato dall'inizio"] == 1500000.75
    assert told["Non impegnato"] == 499999.25


def test_a_column_of_a_workbook_has_room_for_what_stands_in_it() -> None:
    _, detail = sheets(report.statement_xlsx(printed()))
    for column, cells in enumerate(detail.iter_cols(values_only=True)):
        width = detail.column_dimensions[chr(ord("A") + column)].width if column < 8 else 18
        assert all(len(str(value)) < width for value in cells if value is not None)


def test_a_workbook_says_the_day_of_its_content_and_no_other() -> None:
    with ZipFile(BytesIO(report.statement_xlsx(printed()))) as parts:
        properties = parts.read("docProps/core.xml").decode()
    assert properties.count("2023-06-30T00:00:00Z") == properties.count("W3CDTF") == 2
    assert load_workbook(BytesIO(report.statement_xlsx(printed()))).properties.created == datetime(2023, 6, 30)  # noqa: DTZ001


def test_a_pdf_tells_of_all_the_statement() -> None:
    text = said(report.statement_pdf(printed()))
    expected = ["Rendiconto n. 2", "Fondo Dopo di Noi 2023", "E51B23000010001", "lodi-2021-2023",
                "dal 01/04/2023 al 30/06/2023",
                "aprile 2023 – giugno 2023 (3)", "Determina 30, 3 luglio 2023", "2.000.000,00", "499.999,25", "1.500.000,75",
                "Lodi", "1.000.000,10", "-250,35", "SIL", "999.749,75", "ab" * 32, "Pagina 1 di 1"]  # fmt: skip
    assert [words for words in expected if words not in text] == []
    reader = PdfReader(BytesIO(report.statement_pdf(printed())))
    assert (reader.metadata.title, reader.root_object["/Lang"]) == ("Rendiconto n. 2 – Fondo Dopo di Noi 2023", "it-IT")


def test_a_draft_says_that_it_is_one_and_an_approved_statement_does_not() -> None:
    assert "BOZZA" in said(report.statement_pdf(draft()))
    assert "BOZZA" not in said(report.statement_pdf(printed()))
    for statement, status in ((draft(), "BOZZA"), (printed(), "Approvato")):
        assert {row["Stato"] for row in table(report.statement_csv(statement))} == {status}
        facts, detail = sheets(report.statement_xlsx(statement))
        assert (facts["B2"].value, detail["A2"].value) == (status, status)


def _named(text: str) -> PrintedStatement:
    row = PrintedRow("SIL", text, None, None, text, moved("-1.00", "0.00", "0.00"))
    return printed(fund_name=text, cup=text, act=text, rows=(row,), totals=moved("-1.00", "0.00", "0.00"))


@pytest.mark.parametrize("text", EVIL)
def test_no_text_of_a_file_is_a_formula(text: str) -> None:
    rows = table(report.statement_csv(_named(text)))
    texts = [row[name] for row in rows for name in ("CUP", "Denominazione misura", "Codice intervento") if row[name]]
    assert len(texts) == 5
    assert all(cell.startswith("'") for cell in texts)
    assert rows[0]["Impegnato"] == "-1,00"
    for sheet in sheets(report.statement_xlsx(_named(text))):
        assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
    with ZipFile(BytesIO(report.statement_xlsx(_named(text)))) as parts:
        assert all(b"<f>" not in parts.read(name) and b"hyperlink" not in parts.read(name) for name in parts.namelist())


def test_letters_that_no_typeface_draws_are_marked_and_stay_in_the_other_forms() -> None:
    statement = printed(fund_name="Fondo 福祉 <b>&")
    assert "Il foglio XLSX li riporta" in said(report.statement_pdf(statement))
    facts, _ = sheets(report.statement_xlsx(statement))
    assert facts["B3"].value == "Fondo 福祉 <b>& (DDN)"


def test_many_rows_go_on_page_after_page_under_their_heads() -> None:
    one = moved("1.00", "0.00", "0.00")
    rows = tuple(PrintedRow("SIL", "Servizio inserimento", f"{number:06}", None, None, one) for number in range(300))
    reader = PdfReader(BytesIO(report.statement_pdf(printed(rows=rows, totals=moved("300.00", "0.00", "0.00")))))
    assert len(reader.pages) > 5
    assert all("Impegnato" in page.extract_text() for page in reader.pages)


def test_a_statement_without_movements_says_so() -> None:
    nothing = moved("0.00", "0.00", "0.00")
    statement = printed(rows=(), totals=nothing, months=(date(2023, 6, 1),))
    assert "non ci sono stati movimenti" in said(report.statement_pdf(statement))
    assert [row["Voce"] for row in table(report.statement_csv(statement))] == [
        "Totale del periodo",
        "Totale dall'inizio",
    ]
    _, detail = sheets(report.statement_xlsx(statement))
    assert [cell.value for cell in detail[2]][:2] == ["Approvato", "Totale del periodo"]


@pytest.mark.parametrize(("form", "media_type"), [
    ("pdf", "application/pdf"), ("csv", "text/csv"),
    ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
])  # fmt: skip
def test_a_file_is_of_the_statement_and_names_no_person_and_no_case(world: World, form: str, media_type: str) -> None:
    ledger = Ledger.of(world)
    ok(ledger.commit(ledger.line("80.00"), "80.00"))
    statement = ok(prepare(ledger, "2023-03-31"))
    path, officer = f"/statements/{statement['id']}/document?format={form}", world.as_("spending_officer")
    first, again = officer.get(path), officer.get(path)
    assert (first.status_code, first.mimetype, first.data) == (200, media_type, again.data)
    assert f"rendiconto-{ledger.fund['code']}-2023-1-bozza.{form}" in first.headers["Content-Disposition"]
    if form == "xlsx":
        with ZipFile(BytesIO(first.data)) as parts:
            text = " ".join(parts.read(name).decode() for name in parts.namelist())
    else:
        text = said(first.data) if form == "pdf" else first.data.decode()
    assert "Dopo di Noi" in text
    person = world.seen("SELECT person_id FROM cases.cases WHERE id = :id", id=ledger.case.id)[0].person_id
    for word in ("Inventati", "Persona", ledger.case.id, str(person), "Affitto", "Operatore"):
        assert word not in text
    ok(approve(ledger, statement))
    assert "bozza" not in officer.get(path).headers["Content-Disposition"]
    told = world.events(action="statement_document:show", outcome="shown")
    assert [event.resource_id.hex for event in told][-1] == statement["id"].replace("-", "")
