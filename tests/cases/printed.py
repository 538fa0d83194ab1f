"""Projects to print, and what a reader finds in the print: texts in their order, where they stand, in which font."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser
from io import BytesIO
from typing import Any

from pypdf import PdfReader
from reportlab.pdfbase.pdfmetrics import stringWidth

from service.cases.printing.document import blocks
from service.cases.printing.document.paper import BOTTOM, HEIGHT, TOP, printable
from service.cases.printing.document.typography import BOLD, ITALIC, REGULAR
from service.cases.printing.printed import (
    BudgetLine,
    Check,
    Commitment,
    Goal,
    Member,
    PrintedProject,
    Responsible,
    Signer,
    Support,
    TeamMember,
)

HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
FONTS = {"FiraSans-Regular": REGULAR, "FiraSans-SemiBold": BOLD, "FiraSans-Italic": ITALIC}
VOID = {"meta"}


def project(**values: Any) -> PrintedProject:
    """An approved project of a household, with something of everything; `values` replace its parts."""
    given: dict[str, Any] = {
        "service": "Servizio sociale di Borgo Inventato", "programme": "PaIS – Patto per l’inclusione",
        "sources": ("D.Lgs 147/2017, art. 6", "D.L. 48/2023, art. 4"),
        "person": Member(name="Amina Inventati", birth_date=date(1984, 3, 1)), "case_code": "PAIS-0412", "version": 2,
        "status": "Approvato", "is_draft": False, "drafted_on": date(2025, 3, 10), "approved_on": date(2025, 3, 18),
        "generated_on": date(2025, 3, 18), "content_hash": HASH,
        "household": (Member(name="Олександр Inventati", birth_date=date(1981, 7, 22), relation="coniuge"),),
        "team": (TeamMember(name="Carla Esempio", body="Comune", role="assistente sociale", component="sociale"),
                 TeamMember(name="Orientatrice", body="Centro per l’impiego", role="operatrice", component="lavoro")),
        "case_manager": "Carla Esempio", "preferences": "Incontri la mattina.\nSempre con la stessa persona.",
        "goals": (Goal(life_domain="Lavoro", wording="Occupazione part-time", in_first_person="Voglio un lavoro",
                       baseline="Disoccupata", target="Venti ore settimanali", due_on=date(2026, 3, 1),
                       levels=("nessun contatto", "iscritta", "sei mesi", "dodici mesi", "stabile"),
                       responsible="Orientatrice"),),
        "supports": (Support(label="Educativa domiciliare", is_existing=False, description="Compiti del pomeriggio",
                             body="Cooperativa Il Ponte", quantity=Decimal("4.50"), unit="ore", frequency="settimanale",
                             from_on=date(2025, 4, 1), to_on=date(2026, 3, 31), goal=1, area="Istruzione"),),
        "commitments": (Commitment(who="Amina", what="Andare ai colloqui", area="Ricerca di lavoro", is_conditional=True),),
        "responsibles": (Responsible(who="Carla Esempio", task="Convoca le verifiche"),),
        "checks": (Check(interval_months=3, method="Colloquio", next_on=date(2025, 6, 18)),),
        "budget": (BudgetLine(label="Educativa", source="Fondo povertà", quantity=Decimal("192"), unit="ore",
                              amount=Decimal("4224.00")),
                   BudgetLine(label="Accompagnamento", source="Rete informale", is_in_kind=True, amount=Decimal("0.10"))),
        "signers": (Signer(label="La persona", name="Amina Inventati", capacity="richiedente"),
                    Signer(label="Il case manager", name="Carla Esempio", signed_on=date(2025, 3, 18)),
                    Signer(label="Ente", name="Il Ponte", refused_on=date(2025, 3, 17), reason="Manca la convenzione")),
    }  # fmt: skip
    return PrintedProject(**given | values)


def draft(**values: Any) -> PrintedProject:
    """The least that can be printed."""
    least: dict[str, Any] = {
        "service": "SIL", "programme": "SIL", "sources": (), "person": Member(name="Luca Prova"),
        "case_code": "SIL-1", "version": 1, "status": "Bozza", "is_draft": True, "drafted_on": date(2025, 9, 1),
        "generated_on": date(2025, 9, 2),
    }  # fmt: skip
    return PrintedProject(**least | values)


@dataclass(frozen=True)
class Piece:
    """A piece of text on a page: where its baseline starts, how wide it is, in points; `is_turned`: not horizontal."""

    page: int
    text: str
    x: float
    y: float
    width: float
    is_turned: bool

    @property
    def is_body(self) -> bool:
        """Between the running head and the foot."""
        return BOTTOM <= self.y <= HEIGHT - TOP and not self.is_turned


def pieces(pdf: bytes) -> list[Piece]:
    """Every piece of text of a PDF, in the order of its content."""
    return [piece for number, page in enumerate(PdfReader(BytesIO(pdf)).pages, 1) for piece in _of_page(number, page)]


def _of_page(number: int, page: Any) -> list[Piece]:
    found: list[Piece] = []

    def visit(text: str, cm: list[float], tm: list[float], font: Any, size: float) -> None:
        if text.strip():
            name = FONTS[font["/BaseFont"].partition("+")[2]]
            found.append(Piece(number, text.strip(), cm[4] + tm[4], cm[5] + tm[5],
                               stringWidth(text.strip(), name, size), abs(cm[1]) > 0.01))  # fmt: skip

    page.extract_text(visitor_text=visit)
    return found


def squeezed(text: str) -> str:
    """Without white space: where lines break is not content."""
    return "".join(text.split())


def body_of(pdf: bytes) -> str:
    """The text between head and foot of all pages, squeezed."""
    return squeezed("".join(piece.text for piece in pieces(pdf) if piece.is_body))


def texts_of(document: blocks.Document) -> Iterator[str]:
    """Every text of a document, in reading order."""
    for block in document.blocks:
        match block:
            case blocks.Heading() | blocks.Words():
                yield block.text
            case blocks.Facts():
                yield from (text for row in block.rows for text in row)
            case blocks.Table():
                yield from block.columns
                for row in block.rows:
                    yield from (*row.cells, row.details)
            case blocks.Signature():
                yield from (block.who, block.details, *((block.outcome,) if block.outcome else ("Data", "Firma")))


def without_heads(text: str, document: blocks.Document) -> str:
    """Without the heads of tables, which stand again on every page."""
    for block in document.blocks:
        if isinstance(block, blocks.Table):
            text = text.replace(squeezed("".join(block.columns)), "")
    return text


def expected(document: blocks.Document) -> str:
    """What the PDF must say between head and foot, squeezed."""
    return squeezed("".join(printable(text) for text in texts_of(document)))


class Page(HTMLParser):
    """A strict reader of a page: what is opened is closed, in order."""

    def __init__(self, page: bytes) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self.feed(page.decode())
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.append((self.open[-1], data))

    def body(self) -> str:
        """What is read between header and footer, squeezed."""
        texts = [text for tag, text in self.texts if tag not in ("title", "style")]
        return squeezed("".join(texts))
