"""A process that parses files one after the other, and that can be killed: started by `worlds.corpus.deadline`.

It reads a JSON string a line, the path of a file, and answers each with a JSON list: `["parsed", …]` with the fields of
`Parsed`, `["skipped", why]`, or `["missing", library]`.
"""

import json
import logging
import os
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

from worlds.corpus.limits import LARGEST_FILE, LONGEST_TEXT
from worlds.corpus.parsed import Parsed, Unreadable

if sys.platform != "win32":
    import resource

MEMORY = 3 << 30
"""Bytes of address space that parsing one file may take."""


READERS: Mapping[str, str] = {
    ".md": "markdown",
    ".markdown": "markdown",
    ".txt": "plaintext",
    ".text": "plaintext",
    ".html": "webpage",
    ".htm": "webpage",
    ".xhtml": "webpage",
    ".pdf": "pdf",
}
"""The module here whose `read` reads a file, by the end of its name; loaded, with its library, when it is needed."""


def parse(path: Path) -> Parsed:
    """The document in a file; raises `Unreadable`."""
    try:
        with path.open("rb") as stream:
            content = stream.read(LARGEST_FILE + 1)
    except OSError:
        raise Unreadable("cannot be opened") from None
    if len(content) > LARGEST_FILE:
        raise Unreadable("file too large")
    reader = import_module(f"worlds.corpus.{READERS[path.suffix.lower()]}")
    found: Parsed = reader.read(content)
    if not found.text.strip():
        raise Unreadable("no text")
    if len(found.text) > LONGEST_TEXT:
        raise Unreadable("text too long")
    return found


def serve() -> None:
    """Answer until standard input ends."""
    logging.disable()
    if sys.platform != "win32":
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="ascii")
    sys.stdout = sys.stderr
    for line in sys.stdin:
        answers.write(json.dumps(_answer(Path(json.loads(line)))) + "\n")
        answers.flush()


def _answer(path: Path) -> list[object]:
    try:
        return ["parsed", *parse(path)]
    except Unreadable as why:
        return ["skipped", str(why)]
    except ModuleNotFoundError as error:
        return ["missing", error.name]
    except MemoryError:
        return ["skipped", "takes too much memory"]


if __name__ == "__main__":
    serve()
