"""What a document is made of: the same blocks become a PDF and a page, so that both say the same."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Heading:
    """`level` 1 is the title."""

    level: int
    text: str


@dataclass(frozen=True)
class Words:
    """Running text; each line of it is a paragraph. `style`: body, lead, quote (the person's own words) or note."""

    text: str
    style: str = "body"


@dataclass(frozen=True)
class Facts:
    """Pairs of a label and what it says."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Row:
    """A row of a table; `details` run below it, as wide as the table."""

    cells: tuple[str, ...]
    details: str = ""
    is_total: bool = False


@dataclass(frozen=True)
class Table:
    """A table: its columns, what part of the width each takes, and which hold figures."""

    columns: tuple[str, ...]
    shares: tuple[int, ...]
    rows: tuple[Row, ...]
    figures: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Signature:
    """Who signs, and either how it went or the room for a date and a signature."""

    who: str
    details: str
    outcome: str | None


Block = Heading | Words | Facts | Table | Signature


@dataclass(frozen=True)
class Document:
    """A document. `reference` stands on top of every page, `seal` at its foot. `is_large`: for who reads with difficulty.
    `whole_in`: which other form of it has the letters that the typeface can't draw.
    """

    title: str
    author: str
    reference: str
    printed: str
    seal: str
    is_draft: bool
    is_large: bool
    blocks: tuple[Block, ...]
    whole_in: str = "La versione HTML"
