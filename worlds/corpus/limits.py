"""How much of anything a corpus may hold; what is beyond is skipped and counted."""

LONGEST_TEXT = 10_000_000
"""Code points of one document's text."""

MOST_LINKS = 20_000
"""Links that are read of one document."""

LARGEST_FILE = 32 << 20
"""Bytes of one file of a folder."""
