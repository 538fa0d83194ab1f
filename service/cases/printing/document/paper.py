"""A document on A4 pages, as PDF: fonts inside, bookmarks, numbered pages, the same bytes for the same document."""

from io import BytesIO
from itertools import zip_longest
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    KeepTogether,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
)

from service.cases.printing.document import blocks
from service.cases.printing.document.typography import (
    ALERT,
    BLUE,
    BOLD,
    GREY,
    LINE,
    MARK,
    REGULAR,
    SHADE,
    WATERMARK,
    drawable,
    styles,
)
from service.cases.printing.document.words import clean

WIDTH, HEIGHT = A4
SIDE, TOP, BOTTOM = 60, 74, 74
TEXT_WIDTH = WIDTH - 2 * SIDE
TALLEST = 110
"""The tallest piece of a table that is never broken over two pages: a longer text goes on in a row below."""
ROOM = 65
"""The room that a heading and the first lines of what follows need on a page."""
ROOM_OF_TOTAL = 13
PADDING = 5


def pdf(document: blocks.Document) -> bytes:
    """The document as PDF."""
    drawable()
    made = BytesIO()
    template = BaseDocTemplate(
        made, pagesize=A4, title=document.title, author=document.author, creator="Trama", producer="Trama", subject="",
        keywords="", lang="it-IT", initialFontName=REGULAR, invariant=1, pageCompression=1,
    )  # fmt: skip
    frame = Frame(SIDE, BOTTOM, TEXT_WIDTH, HEIGHT - TOP - BOTTOM, 0, 0, 0, 0)
    template.addPageTemplates(PageTemplate(
        frames=[frame], onPage=lambda canvas, _: _head(canvas, document), onPageEnd=lambda canvas, _: _foot(canvas, document)
    ))  # fmt: skip
    template.build([*Setting(document).story(), Total()])
    return made.getvalue()


def _head(canvas: Canvas, document: blocks.Document) -> None:
    canvas.setViewerPreference("DisplayDocTitle", "true")
    canvas.saveState()
    if document.is_draft:
        canvas.setFillColor(WATERMARK)
        canvas.setFont(BOLD, 150)
        canvas.translate(WIDTH / 2, HEIGHT / 2)
        canvas.rotate(52)
        canvas.drawCentredString(0, -50, "BOZZA")
        canvas.restoreState()
        canvas.saveState()
        canvas.setFillColor(ALERT)
        canvas.setFont(BOLD, 11)
        canvas.drawRightString(WIDTH - SIDE, HEIGHT - 46, "BOZZA – non approvato")
    canvas.setFillColor(GREY)
    canvas.setFont(REGULAR, 9)
    canvas.drawString(SIDE, HEIGHT - 46, printable(document.reference)[:80])
    canvas.setStrokeColor(LINE)
    canvas.setLineWidth(0.5)
    canvas.line(SIDE, HEIGHT - 54, WIDTH - SIDE, HEIGHT - 54)
    canvas.restoreState()


def _foot(canvas: Canvas, document: blocks.Document) -> None:
    canvas.saveState()
    canvas.setStrokeColor(LINE)
    canvas.setLineWidth(0.5)
    canvas.line(SIDE, 56, WIDTH - SIDE, 56)
    canvas.setFillColor(GREY)
    canvas.setFont(REGULAR, 9)
    canvas.drawString(SIDE, 43, printable(document.printed))
    canvas.drawRightString(WIDTH - SIDE - ROOM_OF_TOTAL, 43, f"Pagina {canvas.getPageNumber()} di")
    canvas.doForm(Total.FORM)
    canvas.setFont(REGULAR, 7.5)
    canvas.drawString(SIDE, 31, printable(document.seal)[:120])
    canvas.restoreState()


def printable(text: str) -> str:
    """The text with a mark in place of what the typeface can't draw."""
    return "".join(letter if ord(letter) in drawable() or letter == "\n" else MARK for letter in clean(text))


class Total(Flowable):  # type: ignore[misc]  # the package is untyped
    """How many pages there are, known at the end: a form that every foot shows."""

    FORM = "total"

    def wrap(self, *_: float) -> tuple[float, float]:
        """No room."""
        return 0, 0

    def draw(self) -> None:
        """Say it."""
        self.canv.beginForm(self.FORM)
        self.canv.setFillColor(GREY)
        self.canv.setFont(REGULAR, 9)
        self.canv.drawString(WIDTH - SIDE - ROOM_OF_TOTAL, 43, f" {self.canv.getPageNumber()}")
        self.canv.endForm()


class Bookmark(Flowable):  # type: ignore[misc]  # the package is untyped
    """A place in the outline: takes no room."""

    def __init__(self, key: str, text: str, level: int) -> None:
        super().__init__()
        self.key, self.text, self.level = key, text, level

    def wrap(self, *_: float) -> tuple[float, float]:
        """No room."""
        return 0, 0

    def draw(self) -> None:
        """Mark the place."""
        self.canv.bookmarkHorizontal(self.key, 0, 20)
        self.canv.addOutlineEntry(self.text, self.key, self.level)


class Setting:
    """The blocks of one document, set in type: flowables are used up by a layout, so each has its own."""

    def __init__(self, document: blocks.Document) -> None:
        self.document = document
        self.styles = styles(is_large=document.is_large)
        self.headings = 0
        self.lost: set[str] = set()

    def story(self) -> list[Flowable]:
        """Everything, from top to bottom, in the order in which it is read."""
        all_blocks = self.document.blocks
        story = []
        for block, following in zip(all_blocks, (*all_blocks[1:], None), strict=True):
            if isinstance(block, blocks.Heading):
                story += self._heading(block, following)
            else:
                story += self._block(block)
        return [*self._warning(), *story]

    def _warning(self) -> list[Flowable]:
        if not self.lost:
            return []
        codes = ", ".join(f"U+{ord(letter):04X}" for letter in sorted(self.lost)[:20])
        note = f"Alcuni caratteri non si possono stampare e hanno al loro posto il segno {MARK}: {codes}"
        return [self._paragraph(f"{note}. {self.document.whole_in} li riporta.", "note")]

    def _block(self, block: blocks.Words | blocks.Facts | blocks.Table | blocks.Signature) -> list[Flowable]:
        match block:
            case blocks.Words():
                return [self._paragraph(line, block.style) for line in clean(block.text).split("\n") if line.strip()]
            case blocks.Facts():
                return self._facts(block)
            case blocks.Table():
                return self._table(block)
            case blocks.Signature():
                return self._signature(block)

    def _paragraph(self, text: str, style: str) -> Paragraph:
        text = clean(text)
        self.lost |= {letter for letter in text if ord(letter) not in drawable() and letter != "\n"}
        return Paragraph(escape(printable(text)).replace("\n", "<br/>"), self.styles[style])

    def _heading(self, block: blocks.Heading, following: blocks.Block | None) -> list[Flowable]:
        """A heading is never the last thing on a page: it goes to the next one with what follows."""
        self.headings += 1
        room = ROOM if isinstance(following, blocks.Words) else ROOM + TALLEST
        place = Bookmark(f"h{self.headings}", printable(block.text)[:100], block.level - 1)
        return [CondPageBreak(room), place, self._paragraph(block.text, f"heading{block.level}")]

    def _facts(self, block: blocks.Facts) -> list[Flowable]:
        rows = tuple(blocks.Row(row) for row in block.rows)
        return self._table(blocks.Table((), (27, 73), rows))

    def _signature(self, block: blocks.Signature) -> list[Flowable]:
        words = [self._paragraph(block.who, "signer")]
        words += [self._paragraph(block.details, "body")] if block.details else []
        if block.outcome is not None:
            return [KeepTogether([*words, self._paragraph(block.outcome, "body")])]
        room = Table([[self._paragraph("Data", "label"), self._paragraph("Firma", "label")]],
                     colWidths=[TEXT_WIDTH * 0.3, TEXT_WIDTH * 0.7], rowHeights=[58], hAlign="LEFT",
                     style=[("BOX", (0, 0), (-1, -1), 0.75, GREY), ("INNERGRID", (0, 0), (-1, -1), 0.5, LINE),
                            ("VALIGN", (0, 0), (-1, -1), "TOP"), ("FONTNAME", (0, 0), (-1, -1), REGULAR)])  # fmt: skip
        return [KeepTogether([*words, room]), Spacer(0, 8)]

    def _table(self, block: blocks.Table) -> list[Flowable]:
        widths = [TEXT_WIDTH * share / 100 for share in block.shares]
        has_head = bool(block.columns)
        cells: list[list[Any]] = []
        style: list[tuple[Any, ...]] = [
            ("FONTNAME", (0, 0), (-1, -1), REGULAR), ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), PADDING),
            ("RIGHTPADDING", (0, 0), (-1, -1), PADDING), ("TOPPADDING", (0, 0), (-1, -1), 3),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 3), ("LINEBELOW", (0, -1), (-1, -1), 0.5, LINE),
        ]  # fmt: skip
        if has_head:
            cells.append([self._paragraph(name, "figure_label" if place in block.figures else "label")
                          for place, name in enumerate(block.columns)])  # fmt: skip
            style += [("BACKGROUND", (0, 0), (-1, 0), SHADE), ("LINEBELOW", (0, 0), (-1, 0), 1, BLUE)]
        for row in block.rows:
            style += self._row(block, row, widths, cells)
        table = Table(cells, colWidths=widths, repeatRows=int(has_head), style=style, hAlign="LEFT", spaceAfter=8)
        return [table]

    def _row(
        self, block: blocks.Table, row: blocks.Row, widths: list[float], cells: list[list[Any]]
    ) -> list[tuple[Any, ...]]:
        """Add a row of the document, as as many rows of pieces as its longest texts need; answers their style."""
        first = len(cells)
        pieces = [self._pieces(text, self._cell_style(block, row, place), widths[place])
                  for place, text in enumerate(row.cells)]  # fmt: skip
        cells += [list(line) for line in zip_longest(*pieces, fillvalue="")]
        below = len(cells)
        details = self._pieces(row.details, "cell", TEXT_WIDTH) if row.details else []
        cells += [[piece, *[""] * (len(widths) - 1)] for piece in details]
        style: list[tuple[Any, ...]] = [("LINEABOVE", (0, first), (-1, first), 0.5, LINE)] if first else []
        style += [("SPAN", (0, line), (-1, line)) for line in range(below, len(cells))]
        style += [("NOSPLIT", (0, below - 1), (-1, below))] if details else []
        for line in {*range(first + 1, len(cells))} - {below}:  # what goes on goes on without a gap
            style += [("BOTTOMPADDING", (0, line - 1), (-1, line - 1), 0), ("TOPPADDING", (0, line), (-1, line), 0)]
        return style

    def _cell_style(self, block: blocks.Table, row: blocks.Row, place: int) -> str:
        if place in block.figures:
            return "figure_total" if row.is_total else "figure"
        if not block.columns:
            return "fact" if place else "fact_label"
        return "label" if row.is_total or (row.details and not place) else "cell"

    def _pieces(self, text: str, style: str, width: float) -> list[Paragraph]:
        """A text of a cell, in pieces that fit on any page."""
        pieces, rest = [], self._paragraph(text, style)
        while rest.wrap(width - 2 * PADDING, HEIGHT)[1] > TALLEST:
            piece, rest = rest.split(width - 2 * PADDING, TALLEST)
            pieces.append(piece)
        return [*pieces, rest]
