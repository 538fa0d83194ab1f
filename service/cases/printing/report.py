"""The printed project: a PDF to sign and keep, and an accessible page; each in full, or in plain language.

Pure functions of plain data: the same project gives the same bytes, whose hash signatures can bind to.
"""

from service.cases.printing.document import full, page, paper, plain
from service.cases.printing.document.blocks import Document
from service.cases.printing.printed import PrintedProject


def project_pdf(project: PrintedProject, *, is_plain: bool = False) -> bytes:
    """The project on A4 pages."""
    return paper.pdf(_document(project, is_plain))


def project_html(project: PrintedProject, *, is_plain: bool = False) -> bytes:
    """The project as one HTML page, in UTF-8."""
    return page.html(_document(project, is_plain))


def _document(project: PrintedProject, is_plain: bool) -> Document:
    return plain.document(project) if is_plain else full.document(project)
