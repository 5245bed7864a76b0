"""How near the optimum is blur? Its choice beside every choice of clues that meets the preset. Prints JSON lines.

python -m benchmarks.optimum --world DIR [--count 40] [--seed 1] [--sweep]

Skeletons of two or three variables are grown by the graph itself at `medium`, and what blur was given at the root is
kept. To make enumeration possible each pool is cut to a handful, drawn by the seed around the clues that blur chose
from the whole pool. Every choice of at most four of them a variable and eight in all is certified, without retrieval,
and those that meet the preset are scored by `hcsp.trail.worth`. One line a skeleton, then one a search: blur as
shipped, its first choice (`--no-optimised`), a blind draw from all that meet the preset; `--sweep` adds one for each
change of the search's constants. On the whole pools, where the optimum is not known, the same searches are held
against the best known: the handful's optimum, or what one of them found. Milliseconds of processor time.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from itertools import islice
from random import Random
from statistics import fmean, median
from time import process_time
from typing import Any, NamedTuple
from unittest.mock import patch

from benchmarks.cases import about, completed, emit, progress
from benchmarks.choices import MOST, Case, Choices, Scored, grown, scored
from graph.context import Context
from hcsp import covers, selection
from hcsp.selection import Refusal, choose_clues
from worlds.opening import open_world

LIMIT = 4_000
"""Most choices of one skeleton that are certified; where there are more, its handfuls are made smaller."""
AIM = 0.9
SWEEP: Sequence[Mapping[str, int]] = (
    *({"SOLUTIONS": n} for n in (12, 24, 96)),
    *({"ROOT_BEAM": n} for n in (20, 40, 400)),
    *({"BEAM": n} for n in (3, 6, 24)),
    *({"EACH": n} for n in (1, 3, 24)),
    *({"TRIALS": n} for n in (20, 200)),
    *({"BUDGET": n} for n in (100, 400, 6_400)),
    {"EACH": 3, "BEAM": 6, "ROOT_BEAM": 40, "SOLUTIONS": 24, "BUDGET": 400},
    {"EACH": 24, "BEAM": 24, "ROOT_BEAM": 400, "SOLUTIONS": 96, "BUDGET": 6_400, "TRIALS": 400},
)
"""Other values of the search's constants, one at a time, then several together."""


class Handful(NamedTuple):
    """A case with cut pools, and all that meets the preset there, the best first."""

    case: Case
    tried: int
    every: Sequence[Scored]


def handful(case: Case, size: int, seed: str) -> Handful:
    """The largest cut of at most `size` clues a variable that can be enumerated."""
    while True:
        small = case.cut(size, Random(seed))
        trees = list(islice(Choices(small).trees(), LIMIT + 1))
        if len(trees) <= LIMIT:
            found = (scored(small, tree) for tree in trees)
            return Handful(small, len(trees), sorted(filter(None, found), key=lambda s: s.score, reverse=True))
        size -= 1


@dataclass
class Search:
    """Blur with changed constants or without a trail, and what came of it case by case."""

    name: str
    changes: Mapping[str, int] = field(default_factory=dict)
    optimised: bool = True
    found: list[Scored | None] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    clues: list[int] = field(default_factory=list)

    def run(self, case: Case, seed: str) -> None:
        """One more case; what is refused or misses the preset counts as nothing found."""
        tree, trail = None, case.trail if self.optimised else None
        with ExitStack() as changed:
            for constant, value in self.changes.items():
                changed.enter_context(patch.object(covers if constant == "BUDGET" else selection, constant, value))
            begun = process_time()
            with suppress(Refusal):
                tree = choose_clues(
                    case.tree, case.tree.root, case.pools, case.source, case.preset, Random(seed), trail=trail
                )
            self.seconds.append(process_time() - begun)
        self.found.append(None if tree is None else scored(case, tree))
        self.clues.append(0 if tree is None else len(tree.clues))

    def row(self, best: Sequence[Scored], most: int | None) -> dict[str, Any]:
        """The figures beside the best of each case; trees of more than `most` clues are counted and left out."""
        pairs = [
            (found, top)
            for found, top, clues in zip(self.found, best, self.clues, strict=True)
            if top.score > 0 and (most is None or clues <= most)
        ]
        ordered = sorted(self.seconds)
        times = {"median": median(ordered), "p90": ordered[int(0.9 * (len(ordered) - 1))], "mean": fmean(ordered)}
        return {
            "search": self.name,
            "none_found": self.found.count(None),
            "left_out": len(best) - len(pairs),
            **ratios([found.score / top.score if found else 0.0 for found, top in pairs]),
            "lost": lost([(found, top) for found, top in pairs if found]),
            "ms": {name: round(1000 * value, 1) for name, value in times.items()},
        }


def searches(sweep: bool) -> list[Search]:
    """Blur as shipped, its first choice, and with `sweep` one for each change of its constants."""
    found = [Search("as shipped"), Search("first choice", optimised=False)]
    if sweep:
        found += [Search(", ".join(f"{name} {n}" for name, n in c.items()), c) for c in SWEEP]
    return found


def ratios(found: Sequence[float]) -> dict[str, Any]:
    """How scores stand to the best: nearest-rank quantiles, a histogram by tenths, and shares."""
    ordered, count = sorted(found), max(1, len(found))
    at = {name: ordered[int(q * (len(ordered) - 1))] for name, q in (("min", 0), ("p10", 0.1), ("median", 0.5))}
    tenths = Counter(max(0, int(10 * ratio + 1e-9)) / 10 for ratio in ordered)
    return {
        "skeletons": len(ordered),
        "mean": round(fmean(ordered), 3),
        **{name: round(value, 3) for name, value in at.items()},
        "best": round(sum(ratio > 1 - 1e-9 for ratio in ordered) / count, 3),
        "aim_met": round(sum(ratio >= AIM for ratio in ordered) / count, 3),
        "tenths": {str(tenth): tenths[tenth] for tenth in sorted(tenths)},
    }


def lost(pairs: Sequence[tuple[Scored, Scored]]) -> dict[str, float]:
    """What each term lacks of the best, on average; a negative term is better than the best one's."""
    if not pairs:
        return {}
    return {
        term: round(fmean(top.terms[term] - found.terms[term] for found, top in pairs), 3) for term in pairs[0][1].terms
    }


def main() -> int:
    """Measure and print; exit code 2 for bad input."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--world", required=True, help="the directory of a built world, or atlas")
    parser.add_argument("--count", type=int, default=40, help="skeletons (default 40)")
    parser.add_argument("--seed", type=int, default=1, help="draws roots and handfuls (default 1)")
    parser.add_argument("--size", type=int, default=13, help="most clues of a variable to choose from (default 13)")
    parser.add_argument("--sweep", action="store_true", help="change the constants of the search, one at a time")
    return completed(run(parser.parse_args()))


async def run(parsed: argparse.Namespace) -> None:
    """All skeletons, then all searches on handfuls and on whole pools."""
    world = open_world(parsed.world)
    settings = Context.model_validate({"world": parsed.world, "difficulty": "medium", "seed": parsed.seed})
    cut, whole = searches(parsed.sweep), searches(parsed.sweep)
    hands: list[Handful] = []
    async for case in grown(world, settings, parsed.count):
        seed = f"{parsed.seed}:{case.tree.entities[case.tree.root]}:optimum"
        hands.append(handful(case, parsed.size, seed))
        for few, many in zip(cut, whole, strict=True):
            few.run(hands[-1].case, seed)
            many.run(case, seed)
        emit(about_hand(hands[-1], cut))
        progress(f"{len(hands)}/{parsed.count} skeletons")
    if not hands:
        raise ValueError(f"{parsed.world}: no skeleton that meets the preset")
    best = [hand.every[0] for hand in hands]
    emit({"search": "blind draw", "pools": "handful", **blind(hands)})
    for search in cut:
        emit({"pools": "handful", **search.row(best, MOST)})
    known = [
        max((s for s in tops if s), key=lambda s: s.score) for tops in zip(best, *(s.found for s in whole), strict=True)
    ]
    for search in whole:
        emit({"pools": "whole", **search.row(known, None)})
    emit({"world": world.name, "seed": parsed.seed, "aim": AIM, **about()})


def about_hand(hand: Handful, cut: Sequence[Search]) -> dict[str, Any]:
    """One skeleton: how many choices there were, their scores, and the last of each search."""
    case, scores = hand.case, [s.score for s in hand.every]
    return {
        "root": case.tree.entities[case.tree.root],
        "variables": len(case.tree.variables),
        "pools": {v: len(pool) for v, pool in case.pools.items()},
        "certified": hand.tried,
        "choices": len(scores),
        "optimum": {"score": round(scores[0], 3), **hand.every[0].terms},
        "median": round(median(scores), 3),
        **{s.name: round(last.score, 3) if (last := s.found[-1]) else None for s in cut[:2]},
    }


def blind(hands: Sequence[Handful]) -> dict[str, Any]:
    """What a choice drawn blindly from all that meet the preset is expected to score."""
    return ratios([fmean(s.score for s in h.every) / h.every[0].score for h in hands if h.every[0].score > 0])


if __name__ == "__main__":
    sys.exit(main())
