"""A text file: nothing in it is markup."""

from worlds.corpus.decoding import decoded
from worlds.corpus.parsed import Parsed


def read(content: bytes) -> Parsed:
    """The text as it stands, without a title; raises `Unreadable`."""
    return Parsed("", "\n".join(decoded(content).splitlines()).strip())
