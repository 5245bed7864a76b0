"""The certificate agrees with brute force on random small worlds: all subsets of clues, all routes."""

from collections.abc import Iterator
from itertools import combinations, permutations
from random import Random

import pytest
from brute import Brute, subsets
from drawn import Between, draw_derived
from plain import PlainSource
from thorough import times

from hcsp.certificate import certify
from hcsp.constraints import anchor_of
from hcsp.retrieval import Query, Retrieved, Said, reach
from hcsp.solver import Solver

WORLDS, SOME = range(times(120, 500)), range(10)
every = pytest.mark.parametrize(
    "seeds", [pytest.param(SOME, id="some"), pytest.param(WORLDS, id="all", marks=pytest.mark.slow)]
)


@every
def test_the_certificate_agrees_with_all_assignments_for_all_subsets(seeds: range) -> None:
    chorded, unique, kinds = 0, 0, set()
    for seed in seeds:
        tree, source = _problem(seed)
        brute, solver = Brute(tree, source), Solver(tree, source)
        for without in subsets(tree):
            for vertex in tree.entities:
                assert set(solver.candidates(vertex, without).lower) == brute.answers(vertex, without)
        found, expected = certify(tree, source), brute.fields()
        assert {name: getattr(found, name) for name in expected} == expected
        for rival in found.rivals:
            assert int(rival.entity) in brute.answers("A", rival.fails)
        chorded += bool(tree.chords)
        unique += found.unique
        kinds |= {(c.kind, anchor_of(c) is None) for c in tree.clues}
    assert chorded > len(seeds) / 3
    assert unique > len(seeds) / 20
    assert len(kinds) == 8


@every
def test_bounds_hold_the_truth_for_all_subsets_and_equal_bounds_are_exact(seeds: range) -> None:
    for seed in seeds:
        tree, truth = _problem(seed)
        brute = Brute(tree, truth)
        rng = Random(f"between:{seed}")
        within = PlainSource(truth.size, _some(rng, truth), truth.types, truth.years)
        around = PlainSource(truth.size, truth.facts | _some(rng, _problem(seed + 1000)[1]), truth.types, truth.years)
        between, equal = Solver(tree, Between(within, _fitted(around))), Solver(tree, Between(truth, truth))
        for without in subsets(tree):
            found = between.answers(without)
            assert set(found.lower) <= brute.answers("A", without) <= set(found.upper)
            assert set(equal.answers(without).lower) == set(equal.answers(without).upper) == brute.answers("A", without)


def _problem(seed: int):
    """The next seed's problem that there is."""
    return next(found for n in range(seed * 7, seed * 7 + 7) if (found := draw_derived(n)) is not None)


def _some(rng: Random, source: PlainSource) -> frozenset:
    return frozenset(f for f in sorted(source.facts) if rng.random() < 0.8)


def _fitted(source: PlainSource) -> PlainSource:
    """Without the facts about entities that are not there."""
    facts = frozenset(f for f in source.facts if max(f[0], f[2]) < source.size)
    return PlainSource(source.size, facts, source.types, source.years)


Route = tuple[int, ...]


def draw_retrieved(rng: Random) -> Retrieved:
    """A few pages with what they say and show, and a few queries, some of which need a name that a page shows."""
    pages, names = [f"p{n}" for n in range(rng.randint(2, 6))], ["x", "y", "z"][: rng.randint(1, 3)]
    goal: list[Said] = [(f"c{n}", 0) for n in range(rng.randint(1, 5))]
    says = {p: frozenset(s for s in goal if rng.random() < 0.5) for p in pages}
    shows = {p: frozenset(n for n in names if rng.random() < 0.4) for p in pages}
    queries = [Query("the answer", names[0])]
    queries += [Query(f"q{n}", rng.choice([None, *names])) for n in range(rng.randint(1, 5))]
    results = [tuple(rng.sample(pages, rng.randint(0, 2))) for _ in queries]
    blind = tuple(tuple(rng.sample(pages, rng.randint(0, 2))) for _ in range(rng.randint(0, 5)))
    return Retrieved(
        tuple(queries), tuple(results), {p: s for p, s in says.items() if s}, shows, frozenset(goal), blind, names[0]
    )


def routes(found: Retrieved) -> Iterator[Route]:
    """Every sequence of different queries, each with its name seen before, whose pages state everything."""
    for length in range(len(found.queries) + 1):
        for order in permutations(range(len(found.queries)), length):
            held = [_held(found, order[:n]) for n in range(length + 1)]
            allowed = all(found.queries[q].name in {None, *_shown(found, held[n])} for n, q in enumerate(order))
            if allowed and found.goal <= _said(found, held[-1]):
                yield order


def _held(found: Retrieved, order: Route) -> set[str]:
    return {page for q in order for page in found.results[q]}


def _said(found: Retrieved, pages: set[str]) -> set[Said]:
    return {s for p in pages for s in found.says.get(p, ())}


def _shown(found: Retrieved, pages: set[str]) -> set[str]:
    return {n for p in pages for n in found.shows[p]}


def chain(found: Retrieved, order: Route) -> int:
    """The longest run of queries each of which uses a name first seen in the pages of the one before."""
    first: dict[str, int] = {}
    longest = [0]
    for q in order:
        name = found.queries[q].name
        longest.append(1 + (0 if name is None else first[name]))
        for shown in _shown(found, set(found.results[q])):
            first.setdefault(shown, longest[-1])
    return max(longest)


@every
def test_the_way_to_the_evidence_agrees_with_all_routes(seeds: range) -> None:
    reached = deep = 0
    for seed in range(10 * len(seeds)):
        found = draw_retrieved(Random(f"routes:{seed}"))
        seen, every_route = reach(found), list(routes(found))
        spread = [
            n
            for n in range(len(found.says) + 1)
            for p in combinations(found.says, n)
            if found.goal <= _said(found, set(p))
        ]
        assert seen.dispersion == min(spread, default=None)
        assert seen.dependency == min((chain(found, r) for r in every_route), default=None)
        assert (seen.floor is None) == (not every_route)
        if seen.floor is not None:
            assert seen.floor.low == seen.floor.high == min(map(len, every_route)) == len(seen.route)
            assert seen.floor.route in every_route
            assert [(h.query, h.pages) for h in seen.route] == [
                (found.queries[q].text, found.results[q]) for q in seen.floor.route
            ]
            reached += 1
            deep += seen.dependency > 1
        counts = range(1, len(found.blind) + 1)
        held = [{p for pages in found.blind[:n] for p in pages} for n in counts]
        assert seen.blind_cost == next(
            (n for n, h in zip(counts, held, strict=True) if found.goal <= _said(found, h)), None
        )
        assert seen.t_hit == next(
            (n for n, h in zip(counts, held, strict=True) if found.answer in _shown(found, h)), None
        )
    assert min(reached, deep) > len(seeds) / 2
