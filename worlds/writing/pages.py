"""Pages as they stream by: their texts, what they state and where, and the index of their words."""

import json
from array import array
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from worlds import canonical
from worlds.model import Rendered, Statement
from worlds.retrieval import indexing
from worlds.store import Keys, StringWriter, write_strings
from worlds.writing.facts import Facts
from worlds.writing.numbering import Numbering
from worlds.writing.spill import Spool


def write_pages(
    pages: Iterable[Rendered], facts: Facts, numbering: Numbering, path: Path, spill: Path, digest: canonical.Digest
) -> int:
    """Write pages, what they state and where, and the text index; returns how many there are.

    Raises `ValueError` when a page stands twice, or states what is not among the facts.
    """
    keys, rows = array("Q"), array("I")
    with Spool(spill / "pages") as spool:
        for page, statements in pages:
            rows.extend(_put(spool.put(page.id, canonical.page_line(page)), statements, numbering, keys))
        places = spool.sort("page")
        digest.add(canonical.PAGES, _written(spool.values(), path))
    table = np.array(rows, dtype=np.uint32).reshape(-1, 3)
    table[:, 0] = places[table[:, 0]]
    _write_statements(np.array(keys, dtype=np.uint64), table, facts, numbering, spool.names, path)
    write_strings(path / "page_ids", spool.names)
    return len(spool.names)


def _put(number: int, statements: Iterable[Statement], numbering: Numbering, keys: "array[int]") -> Iterator[int]:
    """Page, start and end of what a page states; the keys of the facts are added to `keys`."""
    for fact, page, start, end in statements:
        try:
            keys.append(numbering.key(fact))
        except ValueError:
            raise _untold(page, fact) from None
        yield from (number, start, end)


def _write_statements(
    keys: Keys, places: NDArray[np.uint32], facts: Facts, numbering: Numbering, pages: Sequence[str], path: Path
) -> None:
    """Write which fact stands where, by fact, then page, then place."""
    order = np.lexsort((places[:, 2], places[:, 1], places[:, 0], keys))
    keys, places = keys[order], places[order]
    at = facts.stated.searchsorted(keys)
    known = np.zeros(len(keys), dtype=bool)
    inside = at < len(facts.stated)
    known[inside] = facts.stated[at[inside]] == keys[inside]
    if not known.all():
        bad = int(np.argmin(known))
        raise _untold(pages[places[bad, 0]], numbering.fact(int(keys[bad]), facts.literals))
    np.save(path / "stated.npy", keys)
    np.save(path / "places.npy", places)


def _untold(page: str, fact: Sequence[str]) -> ValueError:
    return ValueError(f"page {page!r} states {tuple(fact)}, which is not among the facts")


def _written(lines: Iterable[str], path: Path) -> Iterator[str]:
    """Hand lines of pages on as texts, titles and words are written."""
    with (
        StringWriter(path / "pages") as texts,
        StringWriter(path / "about") as about,
        indexing(path / "index") as index,
    ):
        for line in lines:
            page = json.loads(line)
            texts.add(page["text"])
            about.add(json.dumps([page["title"], page["url"], page["links"]], ensure_ascii=False))
            index(f"{page['title']} {page['text']}")
            yield line
