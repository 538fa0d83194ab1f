"""How a document is asked for."""

from service.cases.printing.operations import MEDIA_TYPES
from service.cases.printing.printed import LAYOUTS
from service.web.schemas import Choice, Schema


class DocumentQuery(Schema):
    """In full or in plain language; a PDF, or an accessible page."""

    layout = Choice(LAYOUTS, load_default="full")
    format = Choice(tuple(MEDIA_TYPES), load_default="pdf")
