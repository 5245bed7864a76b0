"""What a parser makes of one file, before links between files are resolved."""

from typing import NamedTuple

from worlds.corpus.document import Link


class Parsed(NamedTuple):
    """A document as its file has it; `title` is empty when the file names none.

    Targets of `links` are as written: a relative address, or in double square brackets the title of a wiki link.
    """

    title: str
    text: str
    links: tuple[Link, ...] = ()
    aliases: tuple[str, ...] = ()
    types: tuple[str, ...] = ()


def keywords(given: str | None) -> tuple[str, ...]:
    """Keywords as files give them, apart by commas or semicolons."""
    return tuple(flat for part in (given or "").replace(";", ",").split(",") if (flat := " ".join(part.split())))


class Unreadable(ValueError):
    """A file that is skipped; the message is the reason in a few words that can be counted."""
