"""Plain text put together piece by piece, with the links in it at their places."""

import re

from worlds.corpus.document import Link

_SPACE = re.compile(r"\s+")
_GAPS = ("", " ", "\n", "\n\n")


class Prose:
    """Text with white space as a reader sees it: paragraphs apart by an empty line, single spaces elsewhere."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._gap = ""
        self._target: str | None = None
        self._start = -1
        self._links: list[Link] = []

    def say(self, text: str) -> None:
        """Go on with the paragraph; any white space is one space."""
        flat = _SPACE.sub(" ", text)
        body = flat.strip(" ")
        if flat.startswith(" "):
            self._space(" ")
        if body:
            self._put(self._gap if self._length else "")
            self._gap = " " if flat.endswith(" ") else ""
            self._start = self._length if self._start < 0 else self._start
            self._put(body)

    def line(self) -> None:
        """Go on in a new line."""
        self._space("\n")

    def paragraph(self) -> None:
        """Go on in a new paragraph."""
        self._space("\n\n")

    def open_link(self, target: str) -> None:
        """What is said from here on, until `close_link` or the next link, shows a link."""
        self.close_link()
        self._target, self._start = target, -1

    def close_link(self) -> None:
        """End the open link, if there is one; one that shows nothing is left out."""
        if self._target is not None and 0 <= self._start < self._length:
            self._links.append(Link(self._start, self._length, self._target))
        self._target = None

    def finish(self) -> tuple[str, tuple[Link, ...]]:
        """The whole text and its links in order of appearance."""
        self.close_link()
        return "".join(self._parts), tuple(self._links)

    def _space(self, gap: str) -> None:
        self._gap = max(self._gap, gap, key=_GAPS.index)

    def _put(self, text: str) -> None:
        self._parts.append(text)
        self._length += len(text)
