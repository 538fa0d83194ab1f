"""A document as one HTML page: for screens, screen readers and printers. No script, nothing from elsewhere.

It is built as a tree, never by pasting texts: what somebody wrote can't become markup. Aims at WCAG 2.1 AA (UNI CEI EN
301549, which binds Italian public bodies).
"""

from base64 import b64encode
from hashlib import sha256
from xml.etree.ElementTree import Element, SubElement, tostring

from service.cases.printing.document import blocks
from service.cases.printing.document.words import clean

STYLE = """
:root { color: #1a1a1a; background: #fff; font: 1.0625rem/1.5 "Fira Sans", "Titillium Web", system-ui, sans-serif }
body.large { font-size: 1.4rem; line-height: 1.6 }
main { max-width: 50rem; margin: 0 auto; padding: 1.5rem; overflow-wrap: break-word }
h1, h2, h3, dt, th, .lead, blockquote { color: #17324d }
h1 { font-size: 2em; line-height: 1.2; margin: .3em 0 } h2 { font-size: 1.4em; margin: 1.6em 0 .5em }
h3 { font-size: 1.12em; margin: 1.3em 0 .4em } p { margin: 0 0 .6em } .lead { font-size: 1.2em }
.note, header, footer { color: #4a5560; font-size: .9em } .draft { color: #a3232b; font-weight: 600 }
blockquote { margin: 0 0 .8em; padding-left: .8em; border-left: 3px solid #17324d; font-style: italic; font-size: 1.1em }
dl { display: grid; grid-template-columns: minmax(8rem, 28%) 1fr; margin: 0 0 1em; border-bottom: 1px solid #b1b9c1 }
dt, dd { margin: 0; padding: .3em .4em; border-top: 1px solid #b1b9c1; white-space: pre-line } dt { font-weight: 600 }
table { width: 100%; border-collapse: collapse; margin: 0 0 1em; font-size: .95em; border-bottom: 1px solid #b1b9c1 }
th, td { text-align: left; vertical-align: top; padding: .35em .4em; white-space: pre-line }
thead th { background: #eef2f5; border-bottom: 2px solid #17324d } tbody th { font-weight: 400; color: inherit }
tbody tr:not(.details) > * { border-top: 1px solid #b1b9c1 } .figure { text-align: right }
@media (min-width: 40rem) { .figure { white-space: nowrap } }
@media (max-width: 40rem) { table { display: block; overflow-x: auto } th, td { min-width: 6rem } }
tr.total > *, tr.more > th { font-weight: 600 } tr.details > td { padding-top: 0 }
.signature { break-inside: avoid; margin: 0 0 1.2em } .signature h3 { margin-bottom: .1em }
.room { display: grid; grid-template-columns: 3fr 7fr; border: 1px solid #4a5560; min-height: 4.5em }
.room p { padding: .3em .5em } .room p + p { border-left: 1px solid #b1b9c1 }
@media print {
  @page { margin: 2cm } main { max-width: none; padding: 0 }
  tr, blockquote { break-inside: avoid } thead { display: table-header-group } h1, h2, h3 { break-after: avoid }
}
"""
POLICY = f"default-src 'none'; style-src 'sha256-{b64encode(sha256(STYLE.encode()).digest()).decode()}'"
"""The Content-Security-Policy under which the page is whole: it carries this itself, wherever it is opened."""


def html(document: blocks.Document) -> bytes:
    """The document as a page, in UTF-8."""
    page = Element("html", lang="it")
    head = SubElement(page, "head")
    SubElement(head, "meta", charset="utf-8")
    SubElement(head, "meta", {"http-equiv": "Content-Security-Policy", "content": POLICY})
    SubElement(head, "meta", name="viewport", content="width=device-width, initial-scale=1")
    SubElement(head, "meta", name="author", content=clean(document.author))
    _add(head, "title", document.title)
    SubElement(head, "style").text = STYLE
    main = SubElement(SubElement(page, "body", {"class": "large"} if document.is_large else {}), "main")
    header = SubElement(main, "header")
    _add(header, "p", document.reference)
    if document.is_draft:
        _add(header, "p", "BOZZA – non approvato", "draft")
    for place, block in enumerate(document.blocks):
        _block(main, block, place)
    footer = SubElement(main, "footer")
    _add(footer, "p", document.printed)
    if document.seal:
        _add(footer, "p", document.seal)
    return b"<!DOCTYPE html>\n" + tostring(page, encoding="unicode", method="html").encode() + b"\n"


def _add(parent: Element, tag: str, text: str, kind: str = "") -> Element:
    made = SubElement(parent, tag, {"class": kind} if kind else {})
    made.text = clean(text)
    return made


def _block(main: Element, block: blocks.Block, place: int) -> None:
    match block:
        case blocks.Heading():
            _add(main, f"h{block.level}", block.text).set("id", f"h{place}")
        case blocks.Words():
            _words(main, block)
        case blocks.Facts():
            pairs = SubElement(main, "dl")
            for label, text in block.rows:
                _add(pairs, "dt", label)
                _add(pairs, "dd", text)
        case blocks.Table():
            _table(main, block)
        case blocks.Signature():
            _signature(main, block)


def _words(main: Element, block: blocks.Words) -> None:
    parent = SubElement(main, "blockquote") if block.style == "quote" else main
    kind = block.style if block.style in ("lead", "note") else ""
    for line in filter(str.strip, clean(block.text).split("\n")):
        _add(parent, "p", line, kind)


def _table(main: Element, block: blocks.Table) -> None:
    named_by = next(one for one in reversed(main) if one.get("id"))
    table = SubElement(main, "table", {"aria-labelledby": named_by.get("id", "")})
    head = SubElement(SubElement(table, "thead"), "tr")
    for place, name in enumerate(block.columns):
        _add(head, "th", name, "figure" if place in block.figures else "").set("scope", "col")
    body = SubElement(table, "tbody")
    for row in block.rows:
        kind = "total" if row.is_total else "more" if row.details else ""
        line = SubElement(body, "tr", {"class": kind} if kind else {})
        for place, text in enumerate(row.cells):
            cell = _add(line, "td" if place else "th", text, "figure" if place in block.figures else "")
            if not place:
                cell.set("scope", "row")
        if row.details:
            _add(SubElement(body, "tr", {"class": "details"}), "td", row.details).set("colspan", str(len(row.cells)))


def _signature(main: Element, block: blocks.Signature) -> None:
    part = SubElement(main, "div", {"class": "signature"})
    _add(part, "h3", block.who)
    if block.details:
        _add(part, "p", block.details)
    if block.outcome is not None:
        _add(part, "p", block.outcome)
        return
    room = SubElement(part, "div", {"class": "room"})
    _add(room, "p", "Data")
    _add(room, "p", "Firma")
