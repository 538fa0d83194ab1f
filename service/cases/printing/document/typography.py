"""The typeface, and the sizes of either version. Lengths are in points of 1/72 inch.

Fira Sans (SIL Open Font License 1.1), from a package that carries its licence: it draws Latin with all the letters of
European languages and of Vietnamese, Greek and Cyrillic. What it can't draw is marked, never dropped.
"""

from functools import cache
from importlib.resources import as_file, files

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase.pdfmetrics import registerFont, registerFontFamily
from reportlab.pdfbase.ttfonts import TTFont

REGULAR, BOLD, ITALIC = "TramaSans", "TramaSans-Bold", "TramaSans-Italic"
_WEIGHTS = {REGULAR: "Regular", BOLD: "SemiBold", ITALIC: "Italic"}
INK, BLUE, GREY = HexColor("#1A1A1A"), HexColor("#17324D"), HexColor("#4A5560")
LINE, SHADE, ALERT = HexColor("#B1B9C1"), HexColor("#EEF2F5"), HexColor("#A3232B")
WATERMARK = Color(0.64, 0.14, 0.17, alpha=0.08)
MARK = "▯"
"""Stands for a character that the typeface can't draw."""


@cache
def drawable() -> frozenset[int]:
    """The code points that the typeface draws, in every weight. The first call registers it."""
    fonts = [_font(name, weight) for name, weight in _WEIGHTS.items()]
    for font in fonts:
        registerFont(font)
    registerFontFamily(REGULAR, normal=REGULAR, bold=BOLD, italic=ITALIC, boldItalic=BOLD)
    return frozenset.intersection(*(frozenset(font.face.charToGlyph) for font in fonts))


def _font(name: str, weight: str) -> TTFont:
    with as_file(files("fontpkg_fira_sans") / "files" / f"FiraSans-{weight}.ttf") as file:
        return TTFont(name, str(file))


def styles(*, is_large: bool) -> dict[str, ParagraphStyle]:
    """The styles of the blocks, by name."""
    size = 15.0 if is_large else 11.0
    text = ParagraphStyle("body", fontName=REGULAR, fontSize=size, leading=size * 1.45, textColor=INK, spaceAfter=size * 0.5,
                          splitLongWords=True, spaceShrinkage=0, allowWidows=0, allowOrphans=0)  # fmt: skip
    small = size * 0.92
    fact = ParagraphStyle("fact", text, leading=size * 1.35, spaceAfter=0, allowWidows=1, allowOrphans=1)
    cell = ParagraphStyle(
        "cell", text, fontSize=small, leading=small * 1.35, spaceAfter=0, allowWidows=1, allowOrphans=1
    )
    return {
        "body": text,
        "lead": ParagraphStyle("lead", text, fontSize=size * 1.2, leading=size * 1.6, textColor=BLUE),
        "quote": ParagraphStyle("quote", text, fontName=ITALIC, fontSize=size * 1.1, leading=size * 1.55, leftIndent=12,
                                textColor=BLUE, borderColor=BLUE),
        "note": ParagraphStyle("note", text, fontSize=small, leading=small * 1.4, textColor=GREY),
        "heading1": _heading(1, size * 2.1, before=0.2), "heading2": _heading(2, size * 1.45, before=1.2),
        "heading3": _heading(3, size * 1.12, before=0.8),
        "fact": fact, "fact_label": ParagraphStyle("fact_label", fact, fontName=BOLD, textColor=BLUE), "cell": cell,
        "label": ParagraphStyle("label", cell, fontName=BOLD, textColor=BLUE),
        "figure": ParagraphStyle("figure", cell, alignment=TA_RIGHT),
        "figure_label": ParagraphStyle("figure_label", cell, fontName=BOLD, textColor=BLUE, alignment=TA_RIGHT),
        "figure_total": ParagraphStyle("figure_total", cell, fontName=BOLD, alignment=TA_RIGHT),
        "signer": ParagraphStyle("signer", text, fontName=BOLD, spaceBefore=size * 0.6, spaceAfter=size * 0.2),
    }  # fmt: skip


def _heading(level: int, size: float, *, before: float) -> ParagraphStyle:
    return ParagraphStyle(f"heading{level}", fontName=BOLD, fontSize=size, leading=size * 1.25, textColor=BLUE,
                          spaceBefore=size * before, spaceAfter=size * 0.4, splitLongWords=True, spaceShrinkage=0)  # fmt: skip
