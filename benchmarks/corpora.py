"""How fast a corpus becomes a world, and how fast pages are found in it. Prints JSON lines.

    python benchmarks/corpora.py [--data ../shared/data] [--pages 10000 20000 40000]

Builds `wikispeedia` by the command, opens it and searches it; then looks pages up at random in generated worlds of
rising size, beside a baseline that reads an index of titles line by line until it comes to the page.
"""

import argparse
import asyncio
import json
import os
import platform
import re
import resource
import statistics
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.generated import TOLD, Generated
from benchmarks.timing import awaited, timed
from worlds.build import build
from worlds.local import LocalWorld
from worlds.model import Page

CORPUS = "wikispeedia.jsonl.xz"
QUERIES, LOOKUPS, OPENINGS = 500, 2000, 20
WORDS = 12
"""In a query, drawn as a run from a page: about as many as in a clause."""


def main() -> None:
    """Print a line for the corpus, and one for each number of pages."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help=f"where {CORPUS} is")
    parser.add_argument("--pages", type=int, nargs="*", default=[10_000, 20_000, 40_000], help="pages to look up among")
    parsed = parser.parse_args()
    machine = {"machine": platform.machine(), "cores": os.cpu_count(), "python": platform.python_version()}
    about = machine | {name: version(name) for name in ("numpy", "tantivy")}
    with TemporaryDirectory() as folder:
        if (parsed.data / CORPUS).exists():
            print(json.dumps(corpus(parsed.data / CORPUS, Path(folder)) | about), flush=True)
        else:
            print(f"{parsed.data} does not hold {CORPUS}; nothing built of it", file=sys.stderr)
        for pages in parsed.pages:
            print(json.dumps(looking_up(pages, Path(folder) / str(pages)) | about), flush=True)


def corpus(source: Path, folder: Path) -> dict[str, Any]:
    """Building by the command, opening, and searching by runs of words from pages drawn at random."""
    out, begun = folder / "corpus", time.perf_counter()
    command = [sys.executable, "-m", "worlds", "build", "pages", str(source), "--out", str(out)]
    subprocess.run(command, check=True, capture_output=True)
    taken = time.perf_counter() - begun
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    opening = timed(lambda _: LocalWorld(out), range(OPENINGS))
    world, rng = LocalWorld(out), Random("worlds")
    queries = [asyncio.run(_query(world, rng)) for _ in range(QUERIES)]
    searching = asyncio.run(awaited(lambda query: world.search(query, 5), queries))
    return {
        "benchmark": "corpus",
        **world.counts,
        "build_s": round(taken, 1),
        "build_cpu_s": round(used.ru_utime + used.ru_stime, 1),
        "build_peak_mb": round(used.ru_maxrss / 1024),
        "open_ms": round(statistics.median(opening), 1),
        "bm25_median_ms": round(statistics.median(searching), 2),
        "bm25_p99_ms": round(statistics.quantiles(searching, n=100)[98], 2),
    }


def looking_up(pages: int, folder: Path) -> dict[str, Any]:
    """Random pages by id, beside the baseline on the same pages in the same order."""
    data = Generated(TOLD * pages, seed=0)
    build(data, data.pages(), folder)
    world, rng = LocalWorld(folder), Random("worlds")
    wanted = [world.page_ids[rng.randrange(len(world.page_ids))] for _ in range(LOOKUPS)]
    index, texts = _baseline(world, folder)
    ours = asyncio.run(awaited(world.page, wanted))
    theirs = timed(lambda page: _scanned(page, index, texts), wanted[:200])
    found = {"median_ms": round(statistics.median(ours), 4), "scanning_ms": round(statistics.median(theirs), 3)}
    return {"benchmark": "page", "pages": len(world.page_ids)} | found | {"open_ms": _opening(folder)}


def _opening(folder: Path) -> float:
    return round(statistics.median(timed(lambda _: LocalWorld(folder), range(OPENINGS))), 1)


def _baseline(world: LocalWorld, folder: Path) -> tuple[Path, Path]:
    """An index of `id, offset, length` a line, and the pages as JSON, as multistream dumps come."""
    index, texts = folder / "baseline.tsv", folder / "baseline.jsonl"
    with index.open("w", encoding="utf-8") as lines, texts.open("wb") as out:
        for page in world.page_ids:
            start = out.tell()
            length = out.write(asyncio.run(world.page(page)).model_dump_json().encode())
            lines.write(f"{page}\t{start}\t{length}\n")
    return index, texts


def _scanned(page: str, index: Path, texts: Path) -> Page:
    with index.open(encoding="utf-8") as lines:
        found = next(line for line in lines if line.startswith(f"{page}\t"))
    _, start, length = found.split("\t")
    with texts.open("rb") as source:
        source.seek(int(start))
        return Page.model_validate_json(source.read(int(length)))


async def _query(world: LocalWorld, rng: Random) -> str:
    page = await world.page(world.page_ids[rng.randrange(len(world.page_ids))])
    words = re.findall(r"\w+", page.text)
    start = rng.randrange(max(1, len(words) - WORDS))
    return " ".join(words[start : start + WORDS])


if __name__ == "__main__":
    main()
