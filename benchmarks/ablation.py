"""What is each ingredient worth? The same roots, one ingredient off at a time, certificates and solvers side by side.

  python -m benchmarks.ablation --world DIR --count 60

One JSON line a variant: yield, medians of every certificate field, and how the four model-free solvers fare on its
questions. A variant whose setting this version does not have is named and skipped.
"""

import argparse
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from statistics import mean, median
from typing import Any

import networkx as nx

from benchmarks.cases import Case, Funnel, Wording, about, case_of, cases, completed, emit, generate
from benchmarks.predict import fields_of, summary
from benchmarks.reading import Library
from benchmarks.solvers import BUDGET, SOLVERS, Outcome, play_all
from benchmarks.variants import AS_SHIPPED, Variant
from graph.context import Context
from hcsp.constraints import ToEntity, child_of, is_edge
from hcsp.tree import ResearchTree, variables_of
from tasks.files import append
from tasks.record import TaskRecord, tree_of
from tasks.unaided import said_again
from worlds.local import LocalWorld
from worlds.opening import open_world

VARIANTS = (
    AS_SHIPPED,
    Variant("blur does not optimise", context={"optimised": False}),
    Variant("fuzz off: no derived clues", context={"derived": False}),
    Variant("cycles off: no chords", context={"chords": False}),
)
"""Every ingredient off once; a new setting is one line here."""
LEVELS = (2, 1)
"""Extend off: the shipped trees with every variable below so many levels spelt out as a constant."""


def main() -> int:
    """Measure and print; exit code 2 for bad input."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--world", required=True, help="the directory of a built world, or atlas")
    parser.add_argument("--difficulty", default="medium", help="the preset of every variant (default medium)")
    parser.add_argument("--count", type=int, default=60, help="roots a variant, the same for all (default 60)")
    parser.add_argument("--seed", type=int, default=0, help="draws the roots (default 0)")
    parser.add_argument("--budget", type=int, default=BUDGET, help=f"most retrievals of a solver (default {BUDGET})")
    parser.add_argument("--judged", action="store_true", help="judge by the preset's retrieval numbers too")
    parser.add_argument("--out", type=Path, help="append the records to <number>.jsonl in this directory")
    return completed(run(parser.parse_args()))


async def run(parsed: argparse.Namespace) -> None:
    """Every variant on the same roots."""
    world = open_world(parsed.world)
    library = await Library.of(world)
    settings = Context.model_validate(
        {"world": parsed.world, "difficulty": parsed.difficulty, "seed": parsed.seed, "retrieval": parsed.judged}
    )
    roots = await world.sample(parsed.count, f"{parsed.seed}:ablation")
    for number, variant in enumerate(VARIANTS):
        if variant.unknown:
            emit({"variant": variant.name, "skipped": f"no setting {', '.join(variant.unknown)}"})
            continue
        funnel = Funnel()
        records = [record async for record in generate(settings, roots, funnel, variant)]
        if parsed.out is not None:
            keep(records, parsed.out / f"{number}.jsonl")
        played = await playing(world, library, cases(world, records), parsed.budget)
        emit({"variant": variant.name, "accepted": len(records), **funnel.row(), **figures(played)})
        if variant is AS_SHIPPED:
            for levels in LEVELS:
                flat = spelt_out_cases(world, records, levels)
                shorter = await playing(world, library, flat, parsed.budget)
                emit({"variant": f"extend off: {levels} of the levels", "accepted": len(records), **figures(shorter)})
    emit({"world": world.name, "preset": parsed.difficulty, "budget": parsed.budget, **about()})


async def playing(
    world: LocalWorld, library: Library, questions: AsyncIterator[Case], budget: int
) -> list[tuple[Case, list[Outcome]]]:
    """Every solver on every question."""
    return [(case, await play_all(world, case, library, budget)) async for case in questions]


async def spelt_out_cases(world: LocalWorld, records: Sequence[TaskRecord], levels: int) -> AsyncIterator[Case]:
    """The records' questions with fewer levels, worded anew."""
    relations = {r.id: r.label for r in (await world.relations()).values()}
    for record in records:
        tree = tree_of(record)
        labels = {e: (await world.entity(e)).label for e in tree.entities.values()}
        flat = spelt_out(tree, levels, labels)
        said = said_again(record.provenance, flat, labels, relations)
        yield await case_of(world, record, Wording(flat, said.question, said.surfaces))


def spelt_out(tree: ResearchTree, levels: int, labels: Mapping[str, str]) -> ResearchTree:
    """The tree with the variables of its first levels; one that hung below them is named where it stood."""
    depth = nx.single_source_shortest_path_length(tree.graph, tree.root)
    kept = {v for v in tree.entities if depth[v] < levels}
    constraints = []
    for constraint in tree.constraints:
        if variables_of(constraint) <= kept:
            constraints.append(constraint)
        elif constraint.vertex in kept and is_edge(constraint):
            entity = tree.entities[child_of(constraint)]
            there = ToEntity(entity=entity, label=labels[entity])
            constraints.append(constraint.model_copy(update={"target": there}))
    return ResearchTree(variables=tuple(v for v in tree.variables if v.id in kept), constraints=tuple(constraints))


def figures(played: Sequence[tuple[Case, list[Outcome]]]) -> dict[str, Any]:
    """Medians of the fields, and the solvers' results; nothing for no questions."""
    if not played:
        return {}
    solvers = {solver.name: summary([found[n] for _, found in played]) for n, solver in enumerate(SOLVERS)}
    return {"medians": medians([fields_of(case) for case, _ in played]), "solvers": solvers}


def medians(rows: Sequence[Mapping[str, float | None]]) -> dict[str, float]:
    """The median of every field over the questions that have it; how many have no floor, and the others' mean."""
    found = {}
    for name in rows[0]:
        values = [value for row in rows if (value := row[name]) is not None]
        if values:
            found[name] = round(median(values), 2)
    floors = [floor for row in rows if (floor := row["search_floor"]) is not None]
    if floors:
        found["search_floor_mean"] = round(mean(floors), 2)
    return found | {"unretrievable": len(rows) - len(floors)}


def keep(records: Sequence[TaskRecord], out: Path) -> None:
    """Append the records to a file."""
    for record in records:
        append(out, record.model_dump(mode="json"))


if __name__ == "__main__":
    sys.exit(main())
