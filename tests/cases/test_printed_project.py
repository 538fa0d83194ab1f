"""The printed project: complete, in order, within its pages, the same for the same data, in full and in plain words."""

import re
import subprocess
import sys
from dataclasses import replace
from datetime import date
from decimal import Decimal
from hashlib import sha256
from io import BytesIO
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from service.cases.printing.document import full, plain
from service.cases.printing.document.page import POLICY
from service.cases.printing.document.paper import BOTTOM, HEIGHT, SIDE, TEXT_WIDTH, TOP, printable
from service.cases.printing.document.typography import MARK
from service.cases.printing.document.words import clean, day, money, number, short_day
from service.cases.printing.printed import BudgetLine, Commitment, Goal, PrintedProject, Signer, Support
from service.cases.printing.report import project_html, project_pdf
from tests.cases.printed import (
    HASH,
    Page,
    body_of,
    draft,
    expected,
    pieces,
    project,
    squeezed,
    texts_of,
    without_heads,
)
from tests.soak import TIMES

BOTH = pytest.mark.parametrize("is_plain", [False, True], ids=["full", "plain"])
DOCUMENTS = {False: full.document, True: plain.document}
LONG = "Precipitevolissimevolmente" * 400
AWKWARD = (
    "Ciao <b>grassetto</b> & &amp; <script>alert(1)</script> "
    + "«Été» ə Ươ Ω \u202eisra\u202c \u200b\ufeff 漢字 مرحبا 😀 \x07 %s {0} \\n"
)
RARELY = settings(max_examples=8 * TIMES, deadline=None, phases=[Phase.generate])  # to print is slow, to shrink slower
letters = st.characters(exclude_categories=("Cs",))
short = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=12)
words = st.text(letters, max_size=120) | st.just(AWKWARD) | st.just(LONG[:900])
narrative = words | st.builds(lambda text: (text or "x") * (1500 // max(1, len(text))), st.text(letters, max_size=80))


def reader(pdf: bytes) -> PdfReader:
    """A PDF, opened."""
    return PdfReader(BytesIO(pdf))


def filled(words: str, narrative: str, short: str) -> PrintedProject:
    """A project with these texts wherever somebody may write."""
    goal = Goal(life_domain=short, wording=narrative, in_first_person=words, baseline=words, target=narrative,
                levels=(short, words, narrative, short, words), responsible=words)  # fmt: skip
    support = Support(label=short, is_existing=True, description=narrative, body=short, unit=short, area=words)
    return project(
        preferences=narrative, goals=(goal, goal), supports=(support, support),
        commitments=(Commitment(who=short, what=narrative, area=short),),
        signers=(Signer(label=words, name=narrative, capacity=words),
                 Signer(label=short, refused_on=date(2025, 1, 1), reason=narrative)),
    )  # fmt: skip


@BOTH
def test_a_pdf_reads_in_order_and_says_everything_once(is_plain: bool) -> None:
    document = DOCUMENTS[is_plain](project())
    pdf = project_pdf(project(), is_plain=is_plain)
    assert without_heads(body_of(pdf), document) == without_heads(expected(document), document)


def test_the_full_print_holds_every_text_that_it_was_given() -> None:
    given, said = project(), body_of(project_pdf(project()))
    texts = [text for part in _values(given) for text in _values_of(part)]
    assert len(texts) > 60
    assert [text for text in texts if squeezed(text) not in said and text != HASH] == []


def _values(given: PrintedProject) -> list[Any]:
    return [getattr(given, name) for name in given.__dataclass_fields__ if name not in ("is_draft", "generated_on")]


def _values_of(part: Any) -> list[str]:
    if isinstance(part, tuple):
        return [text for one in part for text in _values_of(one)]
    if hasattr(part, "__dataclass_fields__"):
        return [text for name in part.__dataclass_fields__ for text in _values_of(getattr(part, name))]
    if part is None or isinstance(part, (bool, int)):
        return []
    if isinstance(part, date):
        return [_written(part)]
    return [part if isinstance(part, str) and "\n" not in part else _number(part)]


def _written(part: date) -> str:
    is_in_table = part in (date(1981, 7, 22), date(2025, 4, 1), date(2026, 3, 31), date(2025, 6, 18))
    return short_day(part) if is_in_table else day(part)


def _number(part: Any) -> str:
    return money(part) if isinstance(part, Decimal) and part in (4224, Decimal("0.10")) else (
        number(part) if isinstance(part, Decimal) else part
    )  # fmt: skip


def test_the_plain_print_begins_each_goal_with_the_persons_own_words_and_says_no_jargon() -> None:
    said = " ".join(piece.text for piece in pieces(project_pdf(project(), is_plain=True)))
    assert "Voglio un lavoro" in said
    for question in ("Che cosa voglio?", "Chi mi aiuta?", "Quando ci rivediamo?", "Chi firma?"):
        assert question in said
    assert not re.search(r"GAS|équipe|componente|Occupazione part-time|baseline|L\. 328|case manager:", said)


def test_a_goal_without_the_persons_words_is_told_in_those_of_the_service() -> None:
    goal = Goal(life_domain="Casa", wording="Conservare l’alloggio", in_first_person=" ")
    assert "Conservarel’alloggio" in body_of(project_pdf(project(goals=(goal,)), is_plain=True))


def test_preferences_that_were_not_expressed_are_told_with_their_reason() -> None:
    given = project(preferences=None, why_unexpressed="Comunica solo con lo sguardo")
    for is_plain in (False, True):
        assert squeezed("Comunica solo con lo sguardo") in body_of(project_pdf(given, is_plain=is_plain))


@RARELY
@given(words=words, narrative=narrative, short=short)
def test_whatever_is_written_is_printed_whole_within_the_page(words: str, narrative: str, short: str) -> None:
    given = filled(words, narrative, short)
    for is_plain in (False, True):
        document, pdf = DOCUMENTS[is_plain](given), project_pdf(given, is_plain=is_plain)
        found = pieces(pdf)
        warning = "Alcuni caratteri non si possono stampare"
        if not any(MARK in printable(text) for text in texts_of(document)):
            assert sorted(body_of(pdf)) == sorted(expected(document) + _repeated(document, pdf))
        else:
            assert warning in found[2].text or any(warning in piece.text for piece in found)
        for piece in found:
            assert piece.is_turned or (piece.x > SIDE - 0.1 and piece.x + piece.width <= SIDE + TEXT_WIDTH + 0.5), piece
            assert piece.is_body or piece.y < BOTTOM - 10 or piece.y > HEIGHT - TOP + 10, piece


def _repeated(document: Any, pdf: bytes) -> str:
    """The heads of tables that stand once more, on each page on which their table goes on."""
    heads = {squeezed("".join(block.columns)) for block in document.blocks if getattr(block, "columns", None)}
    said, wanted = body_of(pdf), expected(document)
    return "".join(head * (said.count(head) - wanted.count(head)) for head in heads)


@RARELY
@given(words=words, narrative=narrative, short=short)
def test_the_page_is_well_formed_and_says_what_the_pdf_says(words: str, narrative: str, short: str) -> None:
    given = filled(words, narrative, short)
    for is_plain in (False, True):
        document, page = DOCUMENTS[is_plain](given), Page(project_html(given, is_plain=is_plain))
        assert squeezed("".join(map(clean, texts_of(document)))) in page.body()
        assert {tag for tag, _ in page.tags} <= {
            "html", "head", "meta", "title", "style", "body", "main", "header", "footer", "h1", "h2", "h3", "p", "dl", "dt",
            "dd", "table", "thead", "tbody", "tr", "th", "td", "blockquote", "div",
        }  # fmt: skip


def test_markup_in_a_text_stays_text() -> None:
    page = project_html(project(preferences=AWKWARD))
    assert b"<script" not in page
    assert "<b>grassetto</b> & &amp; <script>alert(1)</script>" in "".join(text for _, text in Page(page).texts)
    assert squeezed("<b>grassetto</b> & &amp; <script>") in body_of(project_pdf(project(preferences=AWKWARD)))


def test_what_the_typeface_cannot_draw_is_marked_and_told() -> None:
    said = body_of(project_pdf(project(preferences="Saluto: مرحبا")))
    assert squeezed(f"Saluto: {MARK * 5}") in said
    assert "U+0645" in said
    assert "مرحبا".encode() in project_html(project(preferences="Saluto: مرحبا"))


def test_a_name_in_cyrillic_greek_or_vietnamese_is_printed_as_it_is() -> None:
    for name in ("Олександр", "Αλέξανδρος", "Nguyễn Thị Ươm", "Əliyev", "Șerban", "Łukasz", "Đorđe"):
        given = replace(project(), person=replace(project().person, name=name))
        assert squeezed(name) in body_of(project_pdf(given))


def test_texts_of_ten_thousand_characters_stay_within_their_pages() -> None:
    long = filled(LONG[:200], LONG[:10_000], LONG[:40])
    for is_plain in (False, True):
        for piece in pieces(project_pdf(long, is_plain=is_plain)):
            assert piece.is_turned or piece.x + piece.width <= SIDE + TEXT_WIDTH + 0.5


@BOTH
@pytest.mark.parametrize("given", [project(), draft(), filled(AWKWARD, AWKWARD, "x")], ids=["full", "least", "awkward"])
def test_every_font_is_in_the_file(given: PrintedProject, is_plain: bool) -> None:
    for page in reader(project_pdf(given, is_plain=is_plain)).pages:
        fonts = [font.get_object() for font in page["/Resources"]["/Font"].values()]
        assert fonts
        for font in fonts:
            assert re.fullmatch(r"/[A-Z]{6}\+FiraSans-(Regular|SemiBold|Italic)", font["/BaseFont"])
            assert "/FontFile2" in font["/FontDescriptor"]
            assert "/ToUnicode" in font


@BOTH
def test_a_pdf_says_what_it_is_and_has_bookmarks(is_plain: bool) -> None:
    pdf = reader(project_pdf(project(), is_plain=is_plain))
    title = "Il mio progetto" if is_plain else "Progetto personalizzato"
    assert pdf.metadata is not None
    assert pdf.metadata.title == f"{title} · caso PAIS-0412 · versione 2"
    assert pdf.metadata.author == "Servizio sociale di Borgo Inventato"
    assert pdf.trailer["/Root"]["/Lang"] == "it-IT"
    assert pdf.trailer["/Root"]["/ViewerPreferences"]["/DisplayDocTitle"]
    (top, inner) = pdf.outline
    assert top["/Title"] == title
    headings = [one["/Title"] for one in inner if not isinstance(one, list)]
    assert ("Chi mi aiuta?" if is_plain else "Sostegni") in headings
    places = [pdf.get_destination_page_number(one) for one in inner if not isinstance(one, list)]
    assert places == sorted(places)


@BOTH
def test_pages_are_numbered_and_carry_the_case_the_version_and_the_seal(is_plain: bool) -> None:
    many = project(goals=project().goals * 12)
    pdf = project_pdf(many, is_plain=is_plain)
    count = len(reader(pdf).pages)
    assert count > 3
    around = [piece for piece in pieces(pdf) if not piece.is_body]
    for place in range(1, count + 1):
        assert [piece.text for piece in around if piece.page == place] == [
            "Caso PAIS-0412 · Versione 2", "Generato il 18 marzo 2025", f"Pagina {place} di", str(count),
            f"Impronta del contenuto (SHA-256): {HASH}",
        ]  # fmt: skip


@BOTH
def test_a_draft_says_so_on_every_page_and_carries_no_seal(is_plain: bool) -> None:
    given = draft(goals=project().goals * 12)
    pdf = project_pdf(given, is_plain=is_plain)
    for place in range(1, len(reader(pdf).pages) + 1):
        around = [piece.text for piece in pieces(pdf) if piece.page == place and not piece.is_body]
        assert {"BOZZA", "BOZZA – non approvato"} <= set(around)
        assert not [text for text in around if "Impronta" in text]
    assert "BOZZA – non approvato" in [text for _, text in Page(project_html(given)).texts]
    assert "BOZZA" not in body_of(project_pdf(project(), is_plain=is_plain))


def test_the_same_project_is_printed_in_the_same_bytes_in_any_process() -> None:
    program = ("from tests.cases.printed import project; from service.cases.printing.report import *; import hashlib;"
               "print(hashlib.sha256(project_pdf(project()) + project_html(project())).hexdigest())")  # fmt: skip
    here = sha256(project_pdf(project()) + project_html(project())).hexdigest()
    there = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert there.stdout.strip() == here
    assert project_pdf(project(version=3)) != project_pdf(project())


@pytest.mark.parametrize("number", range(1, 30, 4))
def test_a_box_for_a_signature_stays_whole_with_its_signer(number: int) -> None:
    signers = tuple(Signer(label=f"Firmatario {place}", name="Nome") for place in range(12))
    found = pieces(project_pdf(draft(signers=signers, preferences="riga\n" * number)))
    assert len([piece for piece in found if piece.text == "Firma"]) == 12
    for place in range(12):
        [signer] = [index for index, piece in enumerate(found) if piece.text == f"Firmatario {place}"]
        assert [piece.text for piece in found[signer : signer + 4]] == [f"Firmatario {place}", "Nome", "Data", "Firma"]
        assert len({piece.page for piece in found[signer : signer + 4]}) == 1
        assert found[signer + 3].y - 50 > BOTTOM - 1


@pytest.mark.parametrize("number", range(1, 30, 4))
def test_how_a_signature_went_stands_with_its_signer(number: int) -> None:
    signers = tuple(Signer(label=f"Firmatario {place}", name="Nome", signed_on=date(2025, 1, 2)) for place in range(20))
    found = pieces(project_pdf(draft(signers=signers, preferences="riga\n" * number)))
    for place in range(20):
        [signer] = [index for index, piece in enumerate(found) if piece.text == f"Firmatario {place}"]
        assert [piece.text for piece in found[signer + 1 : signer + 3]] == ["Nome", "Firmato il 2 gennaio 2025."]
        assert len({piece.page for piece in found[signer : signer + 3]}) == 1


@pytest.mark.parametrize("number", range(0, 30, 3))
def test_a_heading_is_never_left_alone_at_the_foot_of_a_page(number: int) -> None:
    found = [piece for piece in pieces(project_pdf(project(preferences="riga\n" * number))) if piece.is_body]
    for heading in ("Obiettivi", "Sostegni", "Impegni", "Verifiche", "Budget di progetto", "Firme"):
        [place] = [index for index, piece in enumerate(found) if piece.text == heading and piece.x == SIDE]
        assert found[place].page == found[place + 3].page


def test_a_long_table_has_its_head_on_every_page() -> None:
    lines = tuple(BudgetLine(label=f"Voce {place}", source="Comune", amount=Decimal(1)) for place in range(120))
    found = pieces(project_pdf(project(budget=lines)))
    pages = {piece.page for piece in found if re.fullmatch(r"Voce \d+", piece.text)}
    assert len(pages) > 3
    assert pages == {piece.page for piece in found if piece.text == "Voce"}


def test_totals_of_the_budget_are_by_source_and_form() -> None:
    lines = (
        BudgetLine(label="a", source="Comune", amount=Decimal("1000.10")),
        BudgetLine(label="b", source="Comune", amount=Decimal("0.20"), is_in_kind=True),
        BudgetLine(label="c", source="Famiglia"),
    )
    said = body_of(project_pdf(project(budget=lines)))
    assert squeezed("Comune 1.000,10 € 0,20 € 1.000,30 € Famiglia 0,00 € 0,00 € 0,00 € Totale 1.000,10 €") in said


@BOTH
def test_a_page_asks_for_nothing_from_elsewhere_and_runs_nothing(is_plain: bool) -> None:
    page = project_html(project(), is_plain=is_plain)
    tags = Page(page).tags
    assert page.startswith(b'<!DOCTYPE html>\n<html lang="it">')
    assert not [
        name for _, attributes in tags for name in attributes if name in ("src", "href") or name.startswith("on")
    ]
    assert not re.search(rb"url\(|@import|https?:", page)
    [policy] = [attributes["content"] for tag, attributes in tags if attributes.get("http-equiv")]
    assert policy == POLICY


def test_a_page_is_read_by_its_headings_and_its_tables_by_their_heads() -> None:
    tags = Page(project_html(project())).tags
    levels = [int(tag[1]) for tag, _ in tags if tag in ("h1", "h2", "h3")]
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    ids = [attributes["id"] for _, attributes in tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert all(attributes.get("scope") in ("col", "row") for tag, attributes in tags if tag == "th")
    assert all(attributes["aria-labelledby"] in ids for tag, attributes in tags if tag == "table")


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("0", "0"),
        ("12.50", "12,5"),
        ("1234567.00", "1.234.567"),
        ("0.05", "0,05"),
        ("-3.20", "-3,2"),
        ("1E+3", "1.000"),
    ],
)
def test_numbers_are_written_in_italian(value: str, written: str) -> None:
    assert number(Decimal(value)) == written
