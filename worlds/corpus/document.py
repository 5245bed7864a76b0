"""What every reader of a corpus hands on: documents as they were written, and what was left out."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

Kind = Literal["article", "redirect", "disambiguation", "list", "stub"]
"""What a document is: only an article can be an answer, a redirect is another name of its target."""


class Link(NamedTuple):
    """A link as it stands in a document: `text[start:end]` shows it, `target` is the title as the source writes it.

    Where the source tells only that the document links to the target, and the text does not name it, both are 0.
    """

    start: int
    end: int
    target: str


class Document(NamedTuple):
    """One page of a corpus in plain text.

    Attributes:
        title: what it is about; the name by which other documents link to it.
        text: plain text, paragraphs apart by an empty line; positions count code points.
        links: in order of appearance, those without a place last.
        url: where it can be read, empty when nowhere.
        kind: see `Kind`; of a redirect the first link is its target, and the text is empty.
        aliases: other names that the source itself gives it.
        types: what the source says that it is, such as categories: broad ones included, names as written.
    """

    title: str
    text: str
    links: tuple[Link, ...] = ()
    url: str = ""
    kind: Kind = "article"
    aliases: tuple[str, ...] = ()
    types: tuple[str, ...] = ()


class Skipped(NamedTuple):
    """Something that was not read: where it stands in the input, and why, in a few words that can be counted."""

    where: str
    why: str


Read = Document | Skipped
Reading = Iterator[Read]
"""Documents as they come, in the order of the input; reading holds one at a time in memory."""
