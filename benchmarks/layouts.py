"""What does it matter where facts are told? The same roots with facts on the subject's page, on both, at random.

  python -m benchmarks.layouts --data DIR --count 40

DIR holds `codex-labelled.json.gz`; the worlds are built anew. Two tables of absolute medians over every certificate
field, a JSON line a row. *Same trees*: each tree that the random layout gave, certified in all three worlds: one and
the same question, only the pages differ. *Grown anew*: what each layout's own run gives for the same roots, with its
yield, over all it accepts and over the roots that all layouts accept with as many variables and clues.
"""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.ablation import medians
from benchmarks.cases import Case, Funnel, about, case_of, emit, generate
from benchmarks.predict import fields_of
from benchmarks.variants import Variant
from graph.context import Context
from tasks.record import TaskRecord
from worlds.build import build
from worlds.local import LocalWorld
from worlds.opening import open_world
from worlds.statements import LAYOUTS, plain_sentences, render_pages
from worlds.triples import read_triples

FILE = "codex-labelled.json.gz"
VARIANTS = (
    Variant("before optimisation", context={"optimised": False}),
    Variant("after optimisation"),
)
"""Without the choice among clue sets, and with it; only the second where this version has no such setting."""


def main() -> int:
    """Measure and print; skips where the data is absent, exit code 2 for bad input."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help=f"the directory of {FILE}")
    parser.add_argument("--count", type=int, default=40, help="roots a layout and variant (default 40)")
    parser.add_argument("--seed", type=int, default=0, help="draws roots and pages (default 0)")
    parser.add_argument("--judged", action="store_true", help="judge by the preset's retrieval numbers too")
    parsed = parser.parse_args()
    if not (parsed.data / FILE).exists():
        print(f"skipped: {parsed.data / FILE} is not there; name its directory with --data", file=sys.stderr)
        return 0
    try:
        with tempfile.TemporaryDirectory() as scratch:
            asyncio.run(run(parsed, Path(scratch)))
    except (OSError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


async def run(parsed: argparse.Namespace, scratch: Path) -> None:
    """Build the worlds, grow in each, compare."""
    names = {layout: build_world(parsed.data / FILE, scratch / layout, layout, parsed.seed) for layout in LAYOUTS}
    roots = await open_world(names["random"]).sample(parsed.count, f"{parsed.seed}:layouts")
    for variant in VARIANTS:
        if variant.unknown:
            emit({"variant": variant.name, "skipped": f"no setting {', '.join(variant.unknown)}"})
            continue
        grown, funnels = {}, {}
        for layout, name in names.items():
            settings = Context(world=name, seed=parsed.seed, retrieval=parsed.judged)
            grown[layout], funnels[layout] = await grow(settings, roots, variant)
        await emit_same_trees(variant, names, list(grown["random"].values()))
        emit_grown(variant, grown, funnels)
    emit({"roots": len(roots), "seed": parsed.seed, **about()})


def build_world(data: Path, out: Path, layout: str, seed: int) -> str:
    """The directory of a world whose pages follow a layout."""
    triples = read_triples(data, f"codex {layout}")
    relations = {r.id: r for r in triples.data.relations}
    wording = plain_sentences(relations, triples.descriptions)
    pages = render_pages(triples.data, wording, seed, layout, "", "\n")
    build(triples.data, pages, out, {"kind": "triples", "layout": layout, "seed": seed})
    return str(out)


async def grow(settings: Context, roots: Sequence[str], variant: Variant) -> tuple[dict[str, Case], Funnel]:
    """The accepted questions by root, and what became of the others."""
    world, funnel, found = open_world(settings.world), Funnel(), dict[str, Case]()
    async for record in generate(settings, roots, funnel, variant):
        case = await case_of(world, record)
        found[case.tree.entities[case.tree.root]] = case
    return found, funnel


async def emit_same_trees(variant: Variant, names: Mapping[str, str], questions: Sequence[Case]) -> None:
    """The trees of the random layout, certified in every world."""
    records = [case.record for case in questions]
    for layout, name in names.items():
        rows = [fields_of(case) async for case in elsewhere(open_world(name), records)]
        emit({"table": "same trees", "variant": variant.name, "layout": layout, **table(rows)})


async def elsewhere(world: LocalWorld, records: Sequence[TaskRecord]) -> AsyncIterator[Case]:
    """The questions of another world's records in this one; both hold the same facts on different pages."""
    for record in records:
        yield await case_of(world, record)


def emit_grown(variant: Variant, grown: Mapping[str, Mapping[str, Case]], funnels: Mapping[str, Funnel]) -> None:
    """Each layout's own questions: all of them, and those that match in variables and clues across the layouts."""
    alike = matching(grown)
    for layout, found in grown.items():
        base = {"table": "grown anew", "variant": variant.name, "layout": layout}
        own, same = [fields_of(c) for c in found.values()], [fields_of(found[r]) for r in alike]
        tried = funnels[layout].tried
        rates = {"yield": round(len(found) / tried, 3) if tried else None, **funnels[layout].row()}
        emit(base | {"of": "all accepted", **table(own), **rates})
        emit(base | {"of": "matched roots", **table(same)})


def matching(grown: Mapping[str, Mapping[str, Case]]) -> list[str]:
    """The roots that every layout accepts with as many variables and clues."""
    shared = sorted(set.intersection(*(set(found) for found in grown.values())))
    return [root for root in shared if len({_size(found[root]) for found in grown.values()}) == 1]


def _size(case: Case) -> tuple[int, int]:
    return len(case.tree.variables), len(case.tree.clues)


def table(rows: Sequence[Mapping[str, float | None]]) -> dict[str, Any]:
    """How many questions, and the median of every field."""
    return {"questions": len(rows), "medians": medians(rows) if rows else {}}


if __name__ == "__main__":
    sys.exit(main())
