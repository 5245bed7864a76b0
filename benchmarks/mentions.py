"""How fast known names are found in text: megabytes a second of one core, with many names."""

import argparse
import gc
import json
import platform
import sys
import time
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy

from worlds.corpus.document import Document
from worlds.corpus.fields import FieldFact, parse_fields, read_fields
from worlds.corpus.jsonl import read_pages
from worlds.corpus.mentions import Names, ordinary_words
from worlds.corpus.wordspans import read_words

CORPORA = ("wikispeedia.jsonl.xz", "movies.jsonl.xz")
TARGET = 5.0


def main() -> int:
    """Print a JSON line a corpus; 1 when one is slower than the target."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="where the corpora are")
    parser.add_argument("--names", type=int, default=100_000, help="how many names to look for (default 100000)")
    parser.add_argument("--repeat", type=int, default=3, help="times over; the fastest counts (default 3)")
    parsed = parser.parse_args()
    paths = [parsed.data / name for name in CORPORA]
    if not all(path.exists() for path in paths):
        print(f"{parsed.data} does not hold {' and '.join(CORPORA)}; nothing measured")
        return 0
    texts = [[page.text for page in read_pages(path) if isinstance(page, Document)] for path in paths]
    names = [(name, n) for n, name in enumerate(_names(paths, texts[0], parsed.names))]
    gc.freeze()
    rows = [_measure(path.name, names, told, parsed.repeat) for path, told in zip(paths, texts, strict=True)]
    for row in rows:
        print(json.dumps(row), flush=True)
    return int(any(row["mb_a_second"] < TARGET for row in rows))


def _names(paths: Iterable[Path], texts: Iterable[str], wanted: int) -> list[str]:
    """Titles, the names of casts and directors, and then neighbouring capitalised words, until there are enough."""
    found: dict[str, None] = {}
    for path in paths:
        found |= {page.title: None for page in read_pages(path) if isinstance(page, Document)}
    facts = read_fields(path, parse_fields(["cast=P161", "director=P57"]))
    found |= {fact.object: None for fact in facts if isinstance(fact, FieldFact)}
    pairs = _pairs(texts)
    while len(found) < wanted and (pair := next(pairs, "")):
        found[pair] = None
    return list(found)[:wanted]


def _pairs(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        words = read_words(text)
        for (a, b), (c, d) in pairwise(zip(words.starts, words.ends, strict=True)):
            if text[a].isupper() and text[c].isupper() and c == b + 1:
                yield text[a:d]


def _measure(name: str, names: list[tuple[str, int]], texts: list[str], repeat: int) -> dict[str, Any]:
    size = sum(len(text.encode()) for text in texts) / 1e6
    begun = time.process_time()
    ordinary = ordinary_words(texts, (name for name, _ in names))
    counted = time.process_time()
    ready = Names(names, ordinary)
    built = time.process_time()
    seconds, mentions, ambiguous = min(_run(ready, texts) for _ in range(repeat))
    return {
        "corpus": name,
        "megabytes": round(size, 1),
        "names": len(names),
        "mb_a_second": round(size / seconds, 1),
        "ordinary_mb_a_second": round(size / (counted - begun), 1),
        "build_s": round(built - counted, 2),
        "mentions": mentions,
        "ambiguous": ambiguous,
        "target_mb_a_second": TARGET,
        "machine": f"{platform.machine()}, Python {platform.python_version()}, numpy {numpy.__version__}",
    }


def _run(ready: Names, texts: list[str]) -> tuple[float, int, int]:
    """Seconds of processor time, how many mentions, and how many of them are of several documents."""
    begun, mentions, ambiguous = time.process_time(), 0, 0
    for found in ready.find_each(texts):
        mentions += len(found)
        ambiguous += sum(len(mention.documents) > 1 for mention in found)
    return time.process_time() - begun, mentions, ambiguous


if __name__ == "__main__":
    sys.exit(main())
