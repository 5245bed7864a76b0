"""A PDF as plain text."""

import io
import re

from pypdf import PdfReader
from pypdf.errors import DependencyError, PyPdfError

from worlds.corpus.limits import LONGEST_TEXT
from worlds.corpus.parsed import Parsed, Unreadable, keywords

_ENDS = (".", "!", "?", ":", '"', "”", ")")
_SHORT_LINE = 0.75


def read(content: bytes) -> Parsed:
    """The text of a PDF page by page, lines joined to paragraphs; title and types are its metadata's.

    Raises `Unreadable` for a damaged or encrypted file and for one without text, such as a scan.
    """
    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            raise Unreadable("encrypted PDF")
        title, types = _described(reader)
        pages = _pages(reader)
    except Unreadable:
        raise
    except DependencyError:
        raise Unreadable("encrypted PDF") from None
    except (PyPdfError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError, OSError):
        raise Unreadable("damaged PDF") from None
    if not (text := "\n\n".join(pages)):
        raise Unreadable("PDF without text")
    return Parsed(title, text, types=types)


def _described(reader: PdfReader) -> tuple[str, tuple[str, ...]]:
    told = reader.metadata
    title, about = (_whole(str(part or "")) for part in ((told.title, told.keywords) if told else ("", "")))
    return " ".join(title.split()), keywords(about)


def _pages(reader: PdfReader) -> list[str]:
    pages: list[str] = []
    size = 0
    for page in reader.pages:
        if text := flowing(_whole(page.extract_text())):
            pages.append(text)
            size += len(text)
        if size > LONGEST_TEXT:
            raise Unreadable("text too long")
    return pages


def flowing(text: str) -> str:
    """Lines as set on a page joined to paragraphs, an empty line between them.

    A paragraph ends at an empty line, or at a line that ends a sentence and is clearly shorter than the longest one. A
    hyphen at the end of a line is dropped with the break when a small letter stands on both sides.
    """
    lines = [" ".join(line.split()) for line in text.splitlines()]
    full = max(map(len, lines), default=0) * _SHORT_LINE
    parts = [line + ("\n\n" if not line or (line.endswith(_ENDS) and len(line) < full) else "\n") for line in lines]
    joined = re.sub(r"(?<=[^\W\d_])-\n(?=[^\W\d_A-Z])", "", "".join(parts))
    paragraphs = re.split(r"\n{2,}", joined)
    return "\n\n".join(flat for part in paragraphs if (flat := " ".join(part.split())))


def _whole(text: str) -> str:
    """Surrogate pairs as the characters they stand for; half ones, which broken fonts give, as the replacement."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
