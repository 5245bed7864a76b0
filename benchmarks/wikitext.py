"""How fast wikitext becomes text with links, beside mwparserfromhell in the same run. Prints JSON lines.

python benchmarks/wikitext.py [--data DIR] [--rounds 3]

DIR holds `enwiki-excerpt.xml.bz2`, by default `../shared/data`.
"""

import argparse
import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

try:
    import mwparserfromhell
    from reference_wikitext import reference_links

    from worlds.corpus.document import Skipped
    from worlds.corpus.dump import Page, read_pages
    from worlds.corpus.mediawiki import read_dump
    from worlds.corpus.wikitext import plain_text
except ImportError as missing:
    sys.exit(f"error: {missing}; install it with pip install --group test")

FILE = "enwiki-excerpt.xml.bz2"
RATE, SLOWEST = 0.8, 2.0
"""Targets: MB of wikitext a second of processor time, at least; seconds a page, at most."""

Read = Callable[[Page], object]
READERS: dict[str, Read] = {
    "taproot": lambda page: plain_text(page.text or "", page.site),
    "mwparserfromhell": lambda page: mwparserfromhell.parse(page.text or ""),
}


def main() -> None:
    """A line for each reader, one for the whole dump, one for the links, one that compares; exit code 1 for a miss."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help=f"the directory of {FILE}")
    parser.add_argument("--rounds", type=int, default=3, help="how often each reader has its turn; medians count")
    parsed = parser.parse_args()
    path = parsed.data / FILE
    if not path.exists():
        print(f"{path} is not there: nothing to measure", file=sys.stderr)
        return
    pages = [page for page in read_pages(path) if isinstance(page, Page)]
    rates, slowest = measured(pages, parsed.rounds)
    told({"whole dump": whole(path)})
    different = differences(pages)
    told({"links": {"pages": len(pages), "differ": len(different), "differences": different}})
    ratio = statistics.median(a / b for a, b in zip(rates["taproot"], rates["mwparserfromhell"], strict=True))
    told({"ratio": round(ratio, 2), "targets": {"mb_s": RATE, "slowest_s": SLOWEST}, **machine()})
    met = statistics.median(rates["taproot"]) >= RATE and slowest["taproot"] <= SLOWEST and not different
    sys.exit(0 if met else 1)


def measured(pages: list[Page], rounds: int) -> tuple[dict[str, list[float]], dict[str, float]]:
    """MB a second in each round, and the slowest page of all rounds in seconds; readers take turns."""
    size = sum(len((page.text or "").encode()) for page in pages) / 1e6
    seconds: dict[str, list[list[float]]] = {name: [] for name in READERS}
    for _ in range(rounds):
        for name, read in READERS.items():
            seconds[name].append([timed(read, page) for page in pages])
    rates = {name: [size / sum(times) for times in found] for name, found in seconds.items()}
    slowest = {name: max(map(max, found)) for name, found in seconds.items()}
    for name, found in seconds.items():
        least = [min(times) for times in zip(*found, strict=True)]
        title = pages[least.index(max(least))].title
        shown = {"mb_s": round(statistics.median(rates[name]), 2), "rounds": [round(rate, 2) for rate in rates[name]]}
        told({"reader": name, **shown, "slowest_s": round(slowest[name], 3), "slowest": title, "mb": round(size, 2)})
    return rates, slowest


def timed(read: Read, page: Page) -> float:
    """Processor seconds: the machine may be shared."""
    started = time.process_time()
    read(page)
    return time.process_time() - started


def whole(path: Path) -> dict[str, Any]:
    """Unpacking, XML and text together, as a build reads a dump."""
    started = time.process_time()
    found = list(read_dump(path))
    seconds = time.process_time() - started
    return {"s": round(seconds, 2), "read": len(found), "skipped": sum(isinstance(f, Skipped) for f in found)}


def differences(pages: list[Page]) -> dict[str, list[str]]:
    """By page, the targets that only one of the two has, see `reference_links`."""
    found = {}
    for page in pages:
        text = page.text or ""
        ours = {link.target for link in plain_text(text, page.site).links}
        if apart := ours ^ reference_links(text, page.site):
            found[page.title] = sorted(apart)
    return found


def machine() -> dict[str, Any]:
    """What it was measured on."""
    packages = {name: version(name) for name in ("lxml", "mwparserfromhell")}
    return {"python": platform.python_version(), "machine": platform.machine(), "cores": os.cpu_count(), **packages}


def told(line: dict[str, Any]) -> None:
    """One JSON line."""
    print(json.dumps(line, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
